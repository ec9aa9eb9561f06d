import assert from "node:assert/strict"
import { test } from "node:test"
import type { Fault } from "./commands.ts"
import { DEVICE_FAULTS } from "./device-faults.ts"
import {
  applyFault,
  brokenBy,
  type FaultState,
  faultError,
  NO_FAULTS,
  pathLosses,
} from "./faults.ts"
import { ANATOLIA } from "./lab.ts"
import { pathsFromAgent, portKey, portStates, reachable } from "./topology.ts"
import { readTopology } from "./topology-file.ts"

const topology = readTopology(ANATOLIA)
const after = (...faults: readonly Fault[]): FaultState =>
  faults.reduce((state, fault) => applyFault(topology, state, fault), NO_FAULTS)
const routersOf = (site: string): string[] =>
  topology.routers.filter((r) => r.site === site).map((r) => r.name)

const pairs: readonly (readonly [Fault, Fault])[] = [
  [
    { do: "degrade", link: "bursa-izmir", ratio: 0.3 },
    { do: "degrade", link: "bursa-izmir", ratio: 0 },
  ],
  [
    { do: "congest", link: "bursa-izmir" },
    { do: "decongest", link: "bursa-izmir" },
  ],
  [
    { do: "cut", link: "bursa-izmir" },
    { do: "repair", link: "bursa-izmir" },
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
  [
    { do: "isis-down", link: "istanbul-bursa" },
    { do: "isis-up", link: "istanbul-bursa" },
  ],
  ...DEVICE_FAULTS.map(([fault, repair]): readonly [Fault, Fault] => [
    { do: fault, router: "ist-core-1" },
    { do: repair, router: "ist-core-1" },
  ]),
  [{ do: "cut-uplink" }, { do: "repair-uplink" }],
  [
    { do: "loss", ratio: 0.05 },
    { do: "loss", ratio: 0 },
  ],
]
for (const [there, back] of pairs) {
  test(`${there.do} breaks something, ${back.do} undoes it, and twice is once`, () => {
    assert.notDeepEqual(after(there), NO_FAULTS)
    assert.deepEqual(after(there, there), after(there))
    assert.deepEqual(after(there, back), NO_FAULTS)
  })
}

test("a site without power has all its routers dead, and no others", () => {
  const { cutLinks, deadRouters } = brokenBy(topology, after({ do: "power-off", site: "ankara" }))
  assert.deepEqual([...deadRouters].sort(), routersOf("ankara").sort())
  assert.equal(cutLinks.size, 0)
})

test("a site is known by its key and by its name in the inventory", () => {
  assert.deepEqual(
    after({ do: "power-off", site: "İstanbul" }),
    after({ do: "power-off", site: "istanbul" }),
  )
})

test("when power returns, all routers of the site boot except killed ones", () => {
  const state = after(
    { do: "kill", router: "ank-acc-1" },
    { do: "power-off", site: "ankara" },
    { do: "power-on", site: "ankara" },
  )
  assert.deepEqual([...brokenBy(topology, state).deadRouters], ["ank-acc-1"])
})

test("a router on a site without power cannot be revived; the error names the command that comes first", () => {
  const poweredOff = after({ do: "power-off", site: "ankara" })
  assert.equal(
    faultError(topology, poweredOff, { do: "revive", router: "ank-acc-1" }),
    "ank-acc-1 has no power: power-on ankara comes first",
  )
  assert.equal(faultError(topology, poweredOff, { do: "revive", router: "gaz-agg-1" }), null)
  assert.equal(faultError(topology, NO_FAULTS, { do: "revive", router: "ank-acc-1" }), null)
})

test("a lost upstream is silent and our port to it is down; all others are reached", () => {
  const broken = brokenBy(topology, after({ do: "lose-upstream", router: "ist-transit-1" }))
  assert.equal(broken.deadRouters.size, 0, "the carrier's router runs")
  assert.equal(
    portStates(topology, broken).get(portKey({ router: "ist-border-1", port: "sfp-sfpplus1" })),
    false,
  )
  const seen = reachable(topology, broken)
  assert.deepEqual(
    topology.routers.map((r) => r.name).filter((name) => !seen.has(name)),
    ["ist-transit-1"],
  )
})

test("without its uplink the agent reaches no router, and no port is down", () => {
  const broken = brokenBy(topology, after({ do: "cut-uplink" }))
  assert.equal(reachable(topology, broken).size, 0)
  assert.ok([...portStates(topology, broken).values()].every(Boolean))
})

test("faults of routers are known by router, and one that ends leaves the others", () => {
  const { deviceFaults } = brokenBy(
    topology,
    after(
      { do: "load-cpu", router: "ist-core-1" },
      { do: "overheat", router: "ist-core-1" },
      { do: "overheat", router: "ank-core-1" },
      { do: "relieve-cpu", router: "ist-core-1" },
    ),
  )
  assert.deepEqual(
    [...(deviceFaults ?? [])].map(([router, faults]) => [router, [...faults]]),
    [
      ["ist-core-1", ["overheat"]],
      ["ank-core-1", ["overheat"]],
    ],
  )
})

test("two faults are both active", () => {
  const broken = brokenBy(
    topology,
    after({ do: "cut", link: "bursa-izmir" }, { do: "kill", router: "gaz-agg-1" }),
  )
  assert.deepEqual(
    [[...broken.cutLinks], [...broken.deadRouters]],
    [["bursa-izmir"], ["gaz-agg-1"]],
  )
})

test("a degraded link loses packets of the routers behind it, a congested one some of them", () => {
  const lossy = after({ do: "degrade", link: "bursa-izmir", ratio: 0.3 })
  const paths = pathsFromAgent(topology, brokenBy(topology, lossy))
  const behind = [...paths].flatMap(([router, links]) =>
    links.includes("bursa-izmir") ? [router] : [],
  )
  assert.ok(behind.length > 0, "some router is reached over it")
  const losses = pathLosses(topology, lossy)
  assert.deepEqual([...losses.keys()].sort(), behind.toSorted())
  for (const loss of losses.values()) assert.ok(Math.abs(loss - 0.3) < 1e-9)
  const both = after(
    { do: "degrade", link: "bursa-izmir", ratio: 0.3 },
    { do: "congest", link: "bursa-izmir" },
  )
  for (const loss of pathLosses(topology, both).values()) assert.ok(loss > 0.3 && loss < 0.4)
  const repaired = applyFault(
    topology,
    applyFault(topology, both, { do: "degrade", link: "bursa-izmir", ratio: 0 }),
    { do: "decongest", link: "bursa-izmir" },
  )
  assert.equal(pathLosses(topology, repaired).size, 0)
})
