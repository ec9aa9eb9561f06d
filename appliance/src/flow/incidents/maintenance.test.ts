import assert from "node:assert/strict"
import { test } from "node:test"
import type { MaintenanceTarget } from "../../api/maintenance.ts"
import { textOf } from "../../messages/text.ts"
import type { PlannedWindow } from "../maintenance/model.ts"
import { createReachability } from "./engine/reachability.ts"
import { createCoverage, isInMaintenance, markMaintenance } from "./maintenance.ts"
import type { Incident } from "./model.ts"
import { World } from "./test/world.ts"

/** A ring, and a branch that hangs on C. */
const LINKS = ["A-B", "B-C", "C-D", "D-A", "C-E", "E-F"]
const makeWorld = (): World => new World({ links: LINKS, at: "A", sites: { Hill: ["E"] } })
const HOUR_MS = 3_600_000

const windowOf = (
  world: World,
  targets: readonly MaintenanceTarget[],
  withDependents: boolean,
): PlannedWindow => ({
  id: "w1",
  name: "New optics",
  targets,
  withDependents,
  occurrences: [{ fromMs: world.nowMs, untilMs: world.nowMs + HOUR_MS }],
})
const device = (world: World, name: string): MaintenanceTarget => ({
  kind: "device",
  id: world.device(name),
})
const linkId = (world: World, name: string): string =>
  [...world.topology.links.values()].find((link) => link.name === name)?.id ?? name

/** Names of the devices and links that are in maintenance. */
const coveredIn = (
  world: World,
  topology: World["topology"],
  windows: readonly PlannedWindow[],
  atMs = world.nowMs,
): string[] =>
  ["A", "B", "C", "D", "E", "F", ...LINKS.map((link) => link.replace("-", "–"))].filter((name) => {
    const id = name.length === 1 ? world.device(name) : linkId(world, name)
    return isInMaintenance(topology, createReachability(), windows, id, atMs)
  })

test("a window covers its target and its links, and what hangs on it only if it says so, while it is on", () => {
  const world = makeWorld()
  const [siteId = ""] = [...world.topology.sites.keys()]
  const [from, until] = [world.nowMs, world.nowMs + HOUR_MS]
  const cases: [MaintenanceTarget, boolean, number, string[]][] = [
    [device(world, "E"), true, from, ["E", "F", "C–E", "E–F"]],
    [device(world, "E"), false, from, ["E", "C–E", "E–F"]],
    [{ kind: "site", id: siteId }, true, from, ["E", "F", "C–E", "E–F"]],
    [{ kind: "link", id: linkId(world, "C–E") }, true, from, ["E", "F", "C–E", "E–F"]],
    [{ kind: "link", id: linkId(world, "C–E") }, false, from, ["C–E"]],
    // The ring has another way around it.
    [{ kind: "link", id: linkId(world, "B–C") }, true, from, ["B–C"]],
    [device(world, "E"), true, from - 1, []],
    [device(world, "E"), true, until - 1, ["E", "F", "C–E", "E–F"]],
    [device(world, "E"), true, until, []],
  ]
  for (const [target, withDependents, atMs, expected] of cases) {
    const windows = [windowOf(world, [target], withDependents)]
    const covered = coveredIn(world, world.topology, windows, atMs)
    assert.deepEqual(covered.sort(), expected.sort(), JSON.stringify([target, withDependents]))
  }
})

test("a tag stands for the sites, devices and links that carry it, as the inventory is now", () => {
  const world = makeWorld()
  const { devices, links, sites } = world.topology
  const tagged = <T extends { id: string }>(all: ReadonlyMap<string, T>, ids: readonly string[]) =>
    new Map(
      [...all].map(([id, one]) => [id, ids.includes(id) ? { ...one, tags: ["x", "radio"] } : one]),
    )
  const windows = [windowOf(world, [{ kind: "tag", id: "radio" }], false)]
  const coveredBy = (ids: readonly string[]): string[] => {
    const topology = {
      ...world.topology,
      devices: tagged(devices, ids),
      links: tagged(links, ids),
      sites: tagged(sites, ids),
    }
    return coveredIn(world, topology, windows)
  }
  const [siteId = ""] = [...sites.keys()]
  assert.deepEqual(coveredBy([]), [])
  assert.deepEqual(coveredBy([linkId(world, "B–C")]), ["B–C"])
  assert.deepEqual(coveredBy([world.device("F"), linkId(world, "B–C")]), ["F", "B–C", "E–F"])
  assert.deepEqual(coveredBy([siteId]), ["E", "C–E", "E–F"])
})

test("a region stands for the sites that are in it, as the inventory is now", () => {
  const world = makeWorld()
  const [region, other] = ["r1", "r2"]
  const windows = [windowOf(world, [{ kind: "region", id: region }], false)]
  const coveredWhen = (regionId: string): string[] => {
    const sites = new Map(
      [...world.topology.sites].map(([id, site]) => [id, { ...site, regionId }]),
    )
    const topology = { ...world.topology, sites }
    return coveredIn(world, topology, windows)
  }
  assert.deepEqual(coveredWhen(region), ["E", "C–E", "E–F"])
  assert.deepEqual(coveredWhen(other), [])
})

test("a tag that nothing carries covers nothing, also of what depends on it", () => {
  const world = makeWorld()
  const coverage = createCoverage(createReachability())
  coverage.setWindows([windowOf(world, [{ kind: "tag", id: "radio" }], true)])
  assert.equal(coverage.update(world.topology, world.nowMs), true)
  assert.deepEqual(
    coverage.covered().map(({ own, dependents }) => [own.size, dependents.size]),
    [[0, 0]],
  )
})

const failing = (fail: (world: World) => void): { world: World; incident: Incident } => {
  const world = makeWorld().run(12_000)
  fail(world)
  world.run(4_000)
  const [incident, ...more] = world.open()
  assert.ok(incident !== undefined)
  assert.deepEqual(more, [])
  return { world, incident }
}
const markedBy = (world: World, incident: Incident, window: PlannedWindow): string | null => {
  const coverage = createCoverage(createReachability())
  coverage.setWindows([window])
  coverage.update(world.topology, world.nowMs)
  const { changed } = coverage.mark([incident], world.nowMs)
  return (changed[0] ?? incident).maintenanceWindowId
}

test("an incident is in maintenance if its cause is, and all that is out of reach because of it", () => {
  const cut = failing((world) => world.cutLink("C-E"))
  const link = { kind: "link", id: linkId(cut.world, "C–E") } as const
  assert.equal(markedBy(cut.world, cut.incident, windowOf(cut.world, [link], true)), "w1")
  // E and F are out of reach, and the window is about the link alone.
  assert.equal(markedBy(cut.world, cut.incident, windowOf(cut.world, [link], false)), null)
  // Somewhere else.
  const other = windowOf(cut.world, [device(cut.world, "B")], true)
  assert.equal(markedBy(cut.world, cut.incident, other), null)
  const dead = failing((world) => world.kill("F"))
  const onF = windowOf(dead.world, [device(dead.world, "F")], false)
  assert.equal(markedBy(dead.world, dead.incident, onF), "w1")
  // What depends on the target fails by itself: planned as well, if the window says so.
  const onE = (withDependents: boolean): PlannedWindow =>
    windowOf(dead.world, [device(dead.world, "E")], withDependents)
  assert.equal(markedBy(dead.world, dead.incident, onE(true)), "w1")
  assert.equal(markedBy(dead.world, dead.incident, onE(false)), "w1", "its link E–F may be it")
})

test("the mark is set once, and taken back with its reason: the window is over, or more has failed", () => {
  const { world, incident } = failing((one) => one.kill("F"))
  const window = windowOf(world, [device(world, "F")], false)
  const coverage = createCoverage(createReachability())
  coverage.setWindows([window])
  assert.equal(coverage.update(world.topology, world.nowMs), true)
  assert.equal(coverage.update(world.topology, world.nowMs), false)
  const first = coverage.mark([incident], world.nowMs)
  const [marked] = first.changed
  assert.ok(marked !== undefined)
  assert.deepEqual(coverage.mark([marked], world.nowMs), { changed: [], lines: [] })
  const endMs = world.nowMs + HOUR_MS
  assert.equal(coverage.update(world.topology, endMs), true)
  const over = coverage.mark([marked], endMs)
  assert.deepEqual(
    [first, over].flatMap(({ lines }) => lines.map(({ message }) => textOf(message))),
    [
      'In maintenance window "New optics": planned work is the likely cause, nobody is notified',
      'Maintenance window "New optics" is over and the fault lasts: notifications go out',
    ],
  )
  assert.equal(over.changed[0]?.maintenanceWindowId, null)
  coverage.update(world.topology, world.nowMs)
  const wider = {
    ...marked,
    expected: [{ deviceId: world.device("B"), role: "downstream" }],
  } as const
  const exceeded = markMaintenance([wider], coverage.covered(), [window], world.nowMs)
  assert.deepEqual(
    exceeded.lines.map(({ message }) => message.code),
    ["timeline.maintenance-exceeded"],
  )
})
