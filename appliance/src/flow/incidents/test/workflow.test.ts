/** What people do with incidents, as the engine keeps it: expiry, merge and split. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../../../messages/text.ts"
import type { AlertId } from "../../../platform/ids.ts"
import { activeSymptoms, merged } from "../engine/merge-split.ts"
import type { Incident } from "../model.ts"
import { World } from "./world.ts"

const BY = { name: "Ada" }
/** Two branches: a fault in one says nothing about the other. */
const LINKS = ["A-B", "B-C", "A-D", "D-E", "E-F"]
const two = (): World => {
  const world = new World({ links: LINKS, at: "A" }).run(12_000)
  world.cutLink("A-B")
  world.run(4_000)
  world.cutLink("D-E")
  world.run(4_000)
  assert.equal(world.open().length, 2)
  return world
}
const put = (world: World, changed: readonly Incident[]): void => {
  for (const incident of changed) {
    world.incidentEngine.put(incident)
    world.incidents.set(incident.id, incident)
  }
}
const pair = (world: World): [Incident, Incident] => {
  const [one, other] = world.open()
  assert.ok(one !== undefined && other !== undefined)
  return [one, other]
}
const devicesOf = (incident: Incident | undefined): number =>
  new Set(
    incident === undefined
      ? []
      : activeSymptoms(incident).flatMap(({ deviceId }) => deviceId ?? []),
  ).size

test("an acknowledgement that expires opens the incident again and says so, once", () => {
  const world = new World({ links: LINKS, at: "A" }).run(12_000)
  world.cutLink("A-B")
  world.run(4_000)
  const [incident] = world.open()
  assert.ok(incident !== undefined)
  const untilMs = world.nowMs + 30 * 60_000
  const acknowledged: Incident = {
    ...incident,
    state: "acknowledged",
    acknowledgedBy: "Ada",
    acknowledgedAtMs: world.nowMs,
    acknowledgedUntilMs: untilMs,
    ownerName: "Ada",
    snoozedUntilMs: untilMs,
  }
  put(world, [acknowledged])
  assert.deepEqual(world.incidentEngine.expire(untilMs - 1), { changed: [], lines: [] })
  const { changed, lines } = world.incidentEngine.expire(untilMs)
  assert.deepEqual(
    changed.map(({ state, acknowledgedBy, ownerName, snoozedUntilMs }) => [
      state,
      acknowledgedBy,
      ownerName,
      snoozedUntilMs,
    ]),
    [["open", null, null, null]],
  )
  assert.deepEqual(
    lines.map(({ message }) => textOf(message)),
    ["The acknowledgement by Ada has expired: the incident is open again", "The snooze is over"],
  )
  assert.deepEqual(world.incidentEngine.expire(untilMs + 1), { changed: [], lines: [] })
  assert.equal(world.incidentEngine.get(incident.id)?.state, "open")
})

test("who was assigned stays the owner when the acknowledgement of another one expires", () => {
  const world = two()
  const [incident] = pair(world)
  put(world, [
    {
      ...incident,
      state: "acknowledged",
      acknowledgedBy: "Ada",
      acknowledgedUntilMs: world.nowMs,
      ownerName: "Grace",
    },
  ])
  const [next] = world.incidentEngine.expire(world.nowMs).changed
  assert.deepEqual([next?.state, next?.ownerName], ["open", "Grace"])
})

test("merged incidents stay one until the last of both faults is over, also over a restart", () => {
  const world = two()
  const [into, from] = pair(world)
  put(world, merged(BY, from, into, world.nowMs).changed)
  world.run(3_000)
  assert.deepEqual(
    world.open().map(({ id }) => id),
    [into.id],
  )
  // B, C, E and F do not answer; A and D report their ports.
  assert.equal(devicesOf(world.open()[0]), 6)
  world.restart()
  world.run(20_000)
  assert.deepEqual(
    world.open().map(({ id }) => id),
    [into.id],
  )
  // Its own fault is repaired: it goes on with the one it took over.
  world.repairLink("A-B")
  world.run(40_000)
  const [left] = world.open()
  assert.equal(left?.id, into.id)
  assert.deepEqual(
    left.causes.map(({ name }) => name),
    ["D–E"],
  )
  world.repairLink("D-E")
  world.run(40_000)
  assert.deepEqual(world.open(), [])
  assert.equal(world.incidents.size, 2)
})

test("what joins the fault of a merged incident later joins the incident it was merged into", () => {
  const world = two()
  const [into, from] = pair(world)
  put(world, merged(BY, from, into, world.nowMs).changed)
  world.run(2_000)
  world.kill("F")
  world.run(6_000)
  assert.deepEqual(
    world.open().map(({ id }) => id),
    [into.id],
  )
})

test("split symptoms stay an incident of their own until they are over, also over a restart", () => {
  const world = new World({ links: LINKS, at: "A" }).run(12_000)
  world.cutLink("D-E")
  world.run(4_000)
  const [from] = world.open()
  assert.ok(from !== undefined)
  const ofF = activeSymptoms(from).filter(({ deviceId }) => deviceId === world.device("F"))
  assert.equal(ofF.length, 1)
  const ids = new Set<AlertId>(ofF.map(({ alertId }) => alertId))
  const work = { by: BY, from }
  const { changed, lines } = world.incidentEngine.split(
    world.topology,
    world.alertEngine,
    work,
    ids,
    world.nowMs,
  )
  assert.deepEqual(
    lines.map(({ message }) => textOf(message)),
    ["1 symptom split off into #2 by Ada", "Split off from #1 by Ada: 1 symptom"],
  )
  assert.match(textOf(changed[1]?.title ?? from.title), /F/)
  put(world, changed)
  for (const step of ["run", "restart"] as const) {
    if (step === "restart") world.restart()
    world.run(15_000)
    assert.deepEqual(
      world.open().map((one) => [one.number, devicesOf(one)]),
      [
        [1, 2],
        [2, 1],
      ],
      step,
    )
  }
  world.repairLink("D-E")
  world.run(40_000)
  assert.deepEqual(world.open(), [])
  assert.equal(world.incidents.size, 2)
})

test("of indistinguishable components, the one that people confirmed twice is named first; it stays a class", () => {
  const named = (confirmed: ReadonlyMap<string, number>): string[] => {
    const world = new World({ links: ["A-B", "B-C"], at: "A", mute: ["B"] })
    world.incidentEngine.setConfirmed(confirmed)
    world.run(12_000)
    world.kill("C")
    world.run(6_000)
    const [incident] = world.open()
    assert.ok(incident !== undefined)
    return [...incident.causes, ...incident.alternatives].map(({ name }) => name)
  }
  const [first, second] = named(new Map())
  assert.deepEqual([first, second].sort(), ["B–C", "C"])
  const world = new World({ links: ["A-B", "B-C"], at: "A" })
  const link = [...world.topology.links.values()].find(({ name }) => name === "B–C")
  const idOf = (name: string | undefined): string =>
    (name === "C" ? world.device("C") : link?.id) ?? ""
  assert.deepEqual(named(new Map([[idOf(second), 1]])), [first, second])
  assert.deepEqual(named(new Map([[idOf(second), 2]])), [second, first])
  assert.deepEqual(
    named(
      new Map([
        [idOf(second), 2],
        [idOf(first), 2],
      ]),
    ),
    [first, second],
  )
})
