import assert from "node:assert/strict"
import { test } from "node:test"
import type { MaintenanceTarget } from "../../../api/maintenance.ts"
import { textOf } from "../../../messages/text.ts"
import type { PlannedWindow } from "../../maintenance/model.ts"
import { WORK_LASTS_MS } from "../engine/planned-work.ts"
import type { Incident } from "../model.ts"
import { World } from "./world.ts"

/** A ring, and a branch that hangs on C. */
const LINKS = ["A-B", "B-C", "C-D", "D-A", "C-E", "E-F"]
const MINUTE_MS = 60_000
const makeWorld = (): World => new World({ links: LINKS, at: "A" }).run(12_000)
const linkId = (world: World, name: string): string =>
  [...world.topology.links.values()].find((link) => link.name === name)?.id ?? name
const on = (world: World, name: string): MaintenanceTarget =>
  name.length === 1
    ? { kind: "device", id: world.device(name) }
    : { kind: "link", id: linkId(world, name) }
const plan = (world: World, name: string, fromMs: number, untilMs: number): void => {
  const window: PlannedWindow = {
    id: "w1",
    name: "New firmware",
    targets: [on(world, name)],
    withDependents: true,
    occurrences: [{ fromMs, untilMs }],
  }
  world.incidentEngine.setWindows([window])
}
const onlyIncident = (world: World): Incident => {
  const [incident, ...more] = world.open()
  assert.ok(incident !== undefined)
  assert.deepEqual(
    more.map(({ title }) => textOf(title)),
    [],
  )
  return incident
}
const plannedReasons = ({ because }: Incident): string[] =>
  because.filter(({ code }) => code === "reason.planned-work").map((reason) => textOf(reason))
const plannedEvidence = ({ evidence }: Incident): string[] =>
  evidence.flatMap(({ message }) =>
    message.code === "evidence.planned-work" ? [textOf(message)] : [],
  )

test("a link that goes dark during work on one of its ends is down, explained by that work", () => {
  const world = makeWorld()
  plan(world, "B", world.nowMs - MINUTE_MS, world.nowMs + 30 * MINUTE_MS)
  world.cutLink("B-C")
  const incident = onlyIncident(world.run(6_000))
  assert.match(textOf(incident.title), /^Link B–C is cut/)
  const expected =
    'Planned work "New firmware" on B was under way when it began: probably the cause (90 %)'
  assert.deepEqual(plannedReasons(incident), [`${expected}.`])
  assert.deepEqual(plannedEvidence(incident), [expected])
  assert.deepEqual(incident.hypotheses[0]?.planned, [
    { id: "w1", name: "New firmware", probability: 0.9 },
  ])
  assert.match(world.linesOf("opened").join(), /Planned work "New firmware" on B was under way/)
})

test("work that has just ended may be the cause, one that ended long before is not", () => {
  const reasonsAfter = (endedMs: number): string[] => {
    const world = makeWorld()
    plan(world, "B", world.nowMs - 90 * MINUTE_MS, world.nowMs - endedMs)
    world.cutLink("B-C")
    return plannedReasons(onlyIncident(world.run(6_000)))
  }
  assert.match(
    reasonsAfter(4 * MINUTE_MS).join(),
    /had ended 4 min( \d s)? before it began: probably/,
  )
  assert.deepEqual(reasonsAfter(WORK_LASTS_MS + 1_000), [])
})

test("a fault from before the work is not because of it, also if somebody works on it now", () => {
  const world = makeWorld()
  world.cutLink("B-C")
  const before = onlyIncident(world.run(6_000))
  plan(world, "B", world.nowMs, world.nowMs + 30 * MINUTE_MS)
  const incident = onlyIncident(world.run(20_000))
  assert.deepEqual(plannedReasons(incident), [])
  assert.equal(incident.id, before.id)
  assert.equal(incident.hypotheses[0]?.planned, undefined)
})

test("a fault elsewhere during work is not blamed on it", () => {
  for (const [place, fail] of [
    ["B", (world: World) => world.kill("F")],
    ["B", (world: World) => world.cutLink("C-E")],
    ["A–B", (world: World) => world.kill("D")],
    ["E–F", (world: World) => world.cutLink("D-A")],
  ] as const) {
    const planned = makeWorld()
    plan(planned, place, planned.nowMs - MINUTE_MS, planned.nowMs + 30 * MINUTE_MS)
    const free = makeWorld()
    for (const world of [planned, free]) {
      fail(world)
      world.run(6_000)
    }
    const [incident, expected] = [onlyIncident(planned), onlyIncident(free)]
    assert.deepEqual(plannedReasons(incident), [], place)
    assert.equal(textOf(incident.title), textOf(expected.title))
    assert.equal(incident.confidence, expected.confidence)
  }
})

test("of causes that look the same, the one under work is named first", () => {
  const causesOf = (place: string | null): string[] => {
    const world = makeWorld()
    if (place !== null) plan(world, place, world.nowMs, world.nowMs + 30 * MINUTE_MS)
    world.kill("F")
    const { causes, alternatives } = onlyIncident(world.run(6_000))
    return [...causes, ...alternatives].map(({ name }) => name)
  }
  assert.deepEqual(causesOf(null), ["E–F", "F"])
  assert.deepEqual(causesOf("E–F"), ["E–F", "F"])
  // The router alone; work on it includes its link.
  assert.deepEqual(causesOf("F"), ["E–F", "F"])
})

test("the explanation outlives the window and a restart", () => {
  const world = makeWorld()
  plan(world, "B", world.nowMs - MINUTE_MS, world.nowMs + MINUTE_MS)
  world.cutLink("B-C")
  const reasons = plannedReasons(onlyIncident(world.run(6_000)))
  assert.equal(reasons.length, 1)
  world.run(2 * MINUTE_MS)
  assert.deepEqual(plannedReasons(onlyIncident(world)), reasons)
  world.restart()
  plan(world, "B", world.nowMs - 3.5 * MINUTE_MS, world.nowMs - 1 * MINUTE_MS)
  assert.equal(plannedReasons(onlyIncident(world.run(12_000))).length, 1)
})
