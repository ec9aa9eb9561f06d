import assert from "node:assert/strict"
import { test } from "node:test"
import type { Lever } from "./commands.ts"
import { ANATOLIA } from "./lab.ts"
import { brokenBy, type Hand, pulled, stuck, UNTOUCHED } from "./levers.ts"
import { portKey, portStates, reachable } from "./topology.ts"
import { readTopology } from "./topology-file.ts"

const topology = readTopology(ANATOLIA)
const after = (...levers: readonly Lever[]): Hand => levers.reduce((hand, lever) => pulled(topology, hand, lever), UNTOUCHED)
const routersOf = (site: string): string[] => topology.routers.filter((r) => r.site === site).map((r) => r.name)

const pairs: readonly (readonly [Lever, Lever])[] = [
  [
    { do: "cut", link: "bursa-izmir" },
    { do: "mend", link: "bursa-izmir" },
  ],
  [
    { do: "kill", router: "gaz-agg-1" },
    { do: "revive", router: "gaz-agg-1" },
  ],
  [
    { do: "power-off", site: "ankara" },
    { do: "power-on", site: "Ankara" },
  ],
  [
    { do: "lose-upstream", router: "ist-transit-1" },
    { do: "restore-upstream", router: "ist-transit-1" },
  ],
  [{ do: "cut-way-out" }, { do: "mend-way-out" }],
  [
    { do: "loss", ratio: 0.05 },
    { do: "loss", ratio: 0 },
  ],
]
for (const [there, back] of pairs) {
  test(`${there.do} breaks something, ${back.do} undoes it, and twice is once`, () => {
    assert.notDeepEqual(after(there), UNTOUCHED)
    assert.deepEqual(after(there, there), after(there))
    assert.deepEqual(after(there, back), UNTOUCHED)
  })
}

test("a site without power is all its routers dead, and nobody else", () => {
  const { cutLinks, deadRouters } = brokenBy(topology, after({ do: "power-off", site: "ankara" }))
  assert.deepEqual([...deadRouters].sort(), routersOf("ankara").sort())
  assert.equal(cutLinks.size, 0)
})

test("a site is known by its key and by its name in the inventory", () => {
  assert.deepEqual(after({ do: "power-off", site: "İstanbul" }), after({ do: "power-off", site: "istanbul" }))
})

test("power that comes back boots all of the site but what was killed by itself", () => {
  const hand = after({ do: "kill", router: "ank-acc-1" }, { do: "power-off", site: "ankara" }, { do: "power-on", site: "ankara" })
  assert.deepEqual([...brokenBy(topology, hand).deadRouters], ["ank-acc-1"])
})

test("a router on a dark site cannot be revived, and which lever comes first is said", () => {
  const dark = after({ do: "power-off", site: "ankara" })
  assert.equal(
    stuck(topology, dark, { do: "revive", router: "ank-acc-1" }),
    "ank-acc-1 has no power to boot with: power-on ankara comes first",
  )
  assert.equal(stuck(topology, dark, { do: "revive", router: "gaz-agg-1" }), null)
  assert.equal(stuck(topology, UNTOUCHED, { do: "revive", router: "ank-acc-1" }), null)
})

test("a lost upstream is silent and our port towards it is down; all else is reached", () => {
  const broken = brokenBy(topology, after({ do: "lose-upstream", router: "ist-transit-1" }))
  assert.equal(broken.deadRouters.size, 0, "the carrier's router lives on")
  assert.equal(portStates(topology, broken).get(portKey({ router: "ist-border-1", port: "sfp-sfpplus1" })), false)
  const seen = reachable(topology, broken)
  assert.deepEqual(
    topology.routers.map((r) => r.name).filter((name) => !seen.has(name)),
    ["ist-transit-1"],
  )
})

test("without its way out the agent reaches nobody, and no port of anybody is down", () => {
  const broken = brokenBy(topology, after({ do: "cut-way-out" }))
  assert.equal(reachable(topology, broken).size, 0)
  assert.ok([...portStates(topology, broken).values()].every(Boolean))
})

test("two faults are both there", () => {
  const broken = brokenBy(topology, after({ do: "cut", link: "bursa-izmir" }, { do: "kill", router: "gaz-agg-1" }))
  assert.deepEqual([[...broken.cutLinks], [...broken.deadRouters]], [["bursa-izmir"], ["gaz-agg-1"]])
})
