/** What was dead and comes back with loss is one incident: outage, then degradation, one close. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "@ispvm/rca/random"
import { playHistories, seededHistories } from "../../../../test/histories.ts"
import { rulesOf } from "../../alerts/rules/test/rule-world.ts"
import { type LossOf, LossWorld, type Name } from "./loss-world.ts"

const BEHIND: readonly Name[] = ["C", "D", "F"]
const behind =
  (ratio: number): LossOf =>
  (name) =>
    BEHIND.includes(name) ? ratio : 0
const atE =
  (ratio: number): LossOf =>
  (name) =>
    name === "E" ? ratio : 0
const fine: LossOf = () => 0

test("a cut link that comes back with loss stays one incident, is degraded then, and closes once", () => {
  const world = new LossWorld(3)
  world.during(60_000, fine).during(60_000, behind(1), "B-C")
  assert.match(world.all().join(), /^open Link B–C is (possibly |probably )?cut/)
  world.during(20_000, behind(0.3))
  assert.equal(world.open().length, 1, "it is held")
  assert.ok(world.codes().includes("timeline.still-lossy"))
  world.during(280_000, behind(0.3))
  assert.equal(world.incidents.size, 1, world.all().join(" | "))
  assert.match(
    world.all()[0] ?? "",
    /^open Link B–C is (probably )?degraded: \d+ % loss; 3 devices/,
  )
  assert.equal(world.codes().filter((code) => code === "timeline.now-degraded").length, 1)
  assert.ok((world.open()[0]?.confidence ?? 0) > 0.5)
  world.heal()
  assert.match(world.all().join(), /^closed Link B–C was (probably )?degraded/)
  assert.deepEqual([world.count("opened"), world.count("closed")], [1, 1])
  assert.equal(world.lines.at(-1)?.kind, "closed")
})

test("degraded, dead, degraded again, fine: one incident that closes once", () => {
  const world = new LossWorld(5)
  world.during(60_000, fine).during(200_000, behind(0.3))
  world.during(60_000, behind(1), "B-C").during(200_000, behind(0.3)).heal()
  assert.equal(world.incidents.size, 1, world.all().join(" | "))
  assert.deepEqual([world.count("opened"), world.count("closed")], [1, 1])
  const codes = world.codes()
  assert.ok(codes.indexOf("timeline.escalated") < codes.indexOf("timeline.now-degraded"))
})

test("loss that is over before a rule finds it: the outage closes, once, and nothing else opens", () => {
  const world = new LossWorld(6)
  world.during(60_000, fine).during(30_000, behind(1), "B-C").during(10_000, behind(0.3))
  assert.equal(world.open().length, 1)
  world.during(20_000, fine)
  assert.equal(world.open().length, 1)
  world.during(70_000, fine)
  assert.match(world.all().join(), /^closed Link B–C was cut/)
  assert.deepEqual([world.count("opened"), world.count("closed")], [1, 1])
})

test("what comes back without loss closes within a second of when it would if nobody counted lost probes", () => {
  for (let seed = 1; seed <= 6; seed += 1) {
    const [closed, closedUncounted] = [false, true].map((isUncounted) => {
      const world = new LossWorld(seed, { isUncounted })
      const loss = seed % 2 === 0 ? atE : behind
      world.during(10_000, fine).during(15_000, loss(1), seed % 4 === 0 ? "A-E" : null)
      world.during(25_000, fine)
      assert.equal(world.incidents.size, 1)
      return world.ordered()[0]?.closedAtMs ?? assert.fail(`seed ${seed}: open`)
    })
    // One more probe of a router that is alone behind the fault.
    assert.ok((closed ?? 0) - (closedUncounted ?? 0) <= 1_000, `seed ${seed}`)
  }
})

test("where no rule is about loss, nothing is held", () => {
  const rules = rulesOf(`rules:
  - id: cpu
    name: { en: CPU, tr: CPU }
    when: { metric: device.cpu_pct, above: 90 }
    severity: major
`)
  const world = new LossWorld(8, { rules })
  world.during(30_000, fine).during(30_000, behind(1), "B-C").during(60_000, behind(0.3))
  assert.match(world.all().join(), /^closed/)
})

test("a router with 30 % loss that was dead is one incident in almost all of 25 histories", () => {
  let one = 0
  for (let seed = 1; seed <= 25; seed += 1) {
    const world = new LossWorld(seed)
    world.during(10_000, fine).during(20_000, atE(1)).during(150_000, atE(0.3)).heal()
    assert.deepEqual(world.open(), [], `seed ${seed}`)
    if (world.incidents.size === 1) one += 1
  }
  assert.ok(one >= 24, `${one} of 25`)
})

test("a restart while it is held changes nothing", () => {
  for (const waitMs of [6_000, 30_000, 150_000]) {
    const world = new LossWorld(9)
    world.during(60_000, fine).during(60_000, behind(1), "B-C").during(waitMs, behind(0.3))
    world.restart()
    world.during(300_000, behind(0.3)).heal()
    assert.equal(world.incidents.size, 1, `${waitMs}: ${world.all().join(" | ")}`)
    assert.deepEqual([world.count("opened"), world.count("closed")], [1, 1])
  }
})

/** Minutes of a network; how many incidents opened. */
const playLoss = (seed: number): number => {
  const random = seeded(seed)
  const world = new LossWorld(seed).during(30_000, fine)
  for (let step = 0; step < 8; step += 1) {
    const ratio = [0, 0.1, 0.3, 0.5, 1][Math.floor(random() * 5)] ?? 0
    const loss = random() < 0.5 ? behind : atE
    const cut = ratio === 1 && random() < 0.5 ? (loss === behind ? "B-C" : "A-E") : null
    world.during(2_000 + Math.floor(random() * 80) * 1_000, loss(ratio), cut)
    if (random() < 0.1) world.restart()
    const holders = world
      .open()
      .flatMap(({ symptoms }) => [...symptoms.values()].filter(({ untilMs }) => untilMs === null))
    assert.equal(
      new Set(holders.map(({ alertId }) => alertId)).size,
      holders.length,
      `seed ${seed}: one symptom in two incidents`,
    )
  }
  world.heal()
  assert.deepEqual(world.open(), [], `seed ${seed}: ${world.all().join(" | ")}`)
  for (const { id } of world.ordered()) {
    const kinds = world.lines.flatMap((one) => (one.incidentId === id ? one.kind : []))
    assert.equal(kinds.filter((kind) => kind === "opened").length, 1, `seed ${seed}: opened once`)
    assert.equal(kinds.filter((kind) => kind === "closed").length, 1, `seed ${seed}: closed once`)
    assert.equal(kinds.at(-1), "closed", `seed ${seed}: nothing after the close`)
  }
  return world.incidents.size
}
const HISTORIES = seededHistories(12, 1 / 100)
test("in any history of outages and loss, each incident opens once and closes once, with nothing after it", () => {
  let opened = 0
  playHistories(import.meta.url, HISTORIES, (seed) => {
    opened += playLoss(seed)
  })
  assert.ok(opened > HISTORIES, `only ${opened} incidents`)
})

test("a degradation whose heavy loss looked like an outage once goes on in its incident, and opens no other", () => {
  // In this history one burst of a router is lost; only that router was out of reach.
  assert.equal(playLoss(464), 2)
})
