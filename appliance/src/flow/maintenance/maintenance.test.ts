/** Maintenance windows in a real database, and what the pipeline makes of them. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { openPipelineWorld, type PipelineWorld } from "../../../test/pipeline-world.ts"
import { MaintenanceInput } from "../../api/maintenance.ts"
import { textOf } from "../../messages/text.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { OrgId } from "../../platform/ids.ts"
import { createOrg } from "../../registry/orgs/orgs.ts"
import type { AfterSave } from "../incidents/incidents.ts"
import type { Pipeline } from "../pipeline.ts"
import { createMaintenance, type Maintenance } from "./maintenance.ts"
import { localTimeOf } from "./occurrences.ts"

const MINUTE_MS = 60_000
let world: PipelineWorld
let pipeline: Pipeline
let maintenance: Maintenance
let link: string
/** Each stored state of an incident, as what follows in its transaction sees it. */
const stored: { state: string; isMarked: boolean }[] = []
const recorded: AfterSave = {
  inTransaction: async (tx, org, ids) => {
    const rows = await tx<{ state: string; isMarked: boolean }[]>`
      select state, maintenance_window_id is not null as "isMarked" from incidents.incident
      where org_id = ${org} and id = any(${[...ids]}::uuid[])`
    stored.push(...rows)
  },
  committed: () => undefined,
  onError: (error) => assert.fail(String(error)),
}
before(async () => {
  world = await openPipelineWorld()
  pipeline = world.make({ afterSave: recorded })
  maintenance = createMaintenance({
    db: world.dbs.ui,
    now: world.clock.now,
    onChanged: (org, id) => world.changes.emit({ org, what: "maintenance", id }),
    incidents: (org, ids) => pipeline.incidents.byIds(org, ids),
  })
  await pipeline.start()
  const links = await world.dbs.ui.asOrg(
    world.org,
    (tx) => tx<{ id: string }[]>`
      select id from inventory.link where a_device_id = ${world.device(1)} and b_device_id = ${world.device(2)}`,
  )
  link = links[0]?.id ?? ""
})
after(() => world.close())

/** Rounds in which the link is up or down; the inventory is read again at most once a second. */
const rounds = async (isCut: boolean, count: number): Promise<void> => {
  for (let round = 0; round < count; round += 1) {
    world.clock.nowMs += 600
    await world.deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(isCut) })
  }
}
const openNow = () => world.openNow(pipeline)
const input = (changes: object): MaintenanceInput =>
  MaintenanceInput.parse({
    name: "New optics",
    targets: [{ kind: "link", id: link }],
    startsAt: "2026-01-01T01:00",
    minutes: 60,
    zone: "Europe/Istanbul",
    ...changes,
  })

test("a fault in a window opens an incident that says so; the window is over and the fault lasts: it is said, stored and counted", async () => {
  const actor = world.actor()
  await rounds(false, 3)
  const { id } = await maintenance.startNow(actor, {
    targets: [{ kind: "link", id: link }],
    withDependents: true,
    minutes: 30,
    note: "",
  })
  await rounds(false, 3)
  assert.deepEqual(
    [
      pipeline.statuses(world.org).link(link).status.status,
      pipeline.statuses(world.org).device(world.device(1)).status.status,
    ],
    ["maintenance", "ok"],
  )
  assert.equal(
    textOf(pipeline.statuses(world.org).link(link).status.message),
    'In maintenance window "Anna", now up.',
  )
  await rounds(true, 8)
  const [held] = await openNow()
  assert.ok(held !== undefined)
  assert.equal(held.maintenanceWindowId, id)
  assert.ok(stored.length > 0)
  assert.ok(
    stored.every(({ isMarked }) => isMarked),
    "no transaction stored it without the mark",
  )
  assert.equal(pipeline.statuses(world.org).link(link).status.status, "maintenance")
  const during = await maintenance.detail(world.org, id)
  assert.deepEqual(
    [during.now !== null, during.heldBack, during.incidents.map((one) => one.id)],
    [true, 1, [held.id]],
  )
  world.clock.nowMs += 31 * MINUTE_MS
  await rounds(true, 3)
  const [outlived] = await openNow()
  assert.deepEqual([outlived?.id, outlived?.maintenanceWindowId], [held.id, null])
  assert.deepEqual(stored.at(-1), { state: "open", isMarked: false })
  assert.equal(pipeline.statuses(world.org).link(link).status.status, "down")
  const { timeline } = await pipeline.incidents.detail(world.org, held.id)
  assert.deepEqual(
    timeline.filter(({ kind }) => kind === "maintenance").map(({ message }) => message.code),
    ["timeline.in-maintenance", "timeline.maintenance-over"],
  )
  assert.equal((await maintenance.detail(world.org, id)).now, null)
  await rounds(false, 10)
  assert.deepEqual(await openNow(), [])
  assert.deepEqual(world.errors, [])
})

test("a window that is ended early, or removed, covers nothing any more", async () => {
  const actor = world.actor()
  const now = { withDependents: true, minutes: 60, note: "", targets: [] }
  const targets = [{ kind: "link" as const, id: link }]
  for (const end of ["end", "remove"] as const) {
    const { id } = await maintenance.startNow(actor, { ...now, targets })
    await rounds(false, 3)
    assert.equal(pipeline.statuses(world.org).link(link).status.status, "maintenance")
    if (end === "end") await maintenance.endNow(actor, id)
    else await maintenance.remove(actor, id)
    await rounds(false, 3)
    assert.equal(pipeline.statuses(world.org).link(link).status.status, "ok", end)
    if (end === "remove") await assert.rejects(maintenance.detail(world.org, id), /no maintenance/i)
  }
})

test("windows are planned, listed with their occurrences, changed, and hidden from other organisations", async () => {
  const actor = world.actor()
  const { id } = await maintenance.create(actor, input({ rrule: "FREQ=WEEKLY;BYDAY=TU" }))
  const range = { from: Date.parse("2026-06-01T00:00Z"), to: Date.parse("2026-06-15T00:00Z") }
  const find = async () =>
    (await maintenance.list(world.org, range)).find((window) => window.id === id)
  assert.deepEqual(
    (await find())?.occurrences.map(({ fromMs }) => new Date(fromMs).toISOString()),
    ["2026-06-01T22:00:00.000Z", "2026-06-08T22:00:00.000Z"],
  )
  assert.equal((await find())?.targets[0]?.name, "Izmir–Bursa")
  await maintenance.change(actor, id, input({ name: "Old optics", startsAt: "2031-01-01T01:00" }))
  assert.deepEqual([(await find())?.name, (await find())?.occurrences], ["Old optics", []])
  await assert.rejects(maintenance.create(actor, input({ rrule: "FREQ=DAILY;BYDAY=XX" })), /rrule/)
  await assert.rejects(maintenance.change(actor, randomUUID(), input({})), /no maintenance/i)
  const otherOrg = world.org.replace(/^./, (first) => (first === "0" ? "1" : "0"))
  const stranger = { ...actor, org: otherOrg as typeof actor.org }
  await assert.rejects(maintenance.detail(stranger.org, id), /no maintenance/i)
})

const removeAll = async (): Promise<void> => {
  for (const { id } of await maintenance.list(world.org, {}))
    await maintenance.remove(world.actor(), id)
}
/** The paths and codes of what is wrong. */
const wrongOf = async (work: Promise<unknown>): Promise<string[]> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error === null) return []
  assert.ok(error instanceof HttpError, String(error))
  return (error.fields ?? []).map(({ path, code }) => `${path} ${code}`)
}

test("a window wholly in the past is rejected; one that is on, or recurs later, is planned", async () => {
  const actor = world.actor()
  const at = (ms: number): string => localTimeOf(world.clock.nowMs + ms, "UTC")
  const plan = (changes: object) =>
    maintenance.create(actor, input({ zone: "UTC", minutes: 60, ...changes }))
  assert.deepEqual(await wrongOf(plan({ startsAt: at(-61 * MINUTE_MS) })), ["startsAt field.past"])
  assert.deepEqual(await wrongOf(plan({ startsAt: at(-59 * MINUTE_MS) })), [])
  const longAgo = at(-30 * 1_440 * MINUTE_MS)
  const rules: [string, string[]][] = [
    ["FREQ=DAILY;COUNT=5", ["startsAt field.past"]],
    ["FREQ=WEEKLY;UNTIL=20230101", ["startsAt field.past"]],
    ["FREQ=DAILY;COUNT=40", []],
    ["FREQ=YEARLY", []],
  ]
  for (const [rrule, wrong] of rules) {
    const startsAt = rrule.includes("UNTIL") ? "2022-12-01T01:00" : longAgo
    assert.deepEqual(await wrongOf(plan({ startsAt, rrule })), wrong, rrule)
  }
  // What has ended meanwhile can still be renamed, and not be moved within the past.
  const past = { startsAt: at(-50 * MINUTE_MS), zone: "UTC", minutes: 60 }
  const { id } = await maintenance.create(actor, input(past))
  world.clock.nowMs += 20 * MINUTE_MS
  const change = (more: object) => maintenance.change(actor, id, input({ ...past, ...more }))
  assert.deepEqual(await wrongOf(change({ name: "Older optics" })), [])
  assert.deepEqual(await wrongOf(change({ minutes: 30 })), ["startsAt field.past"])
  await removeAll()
})

/** Another organisation with one site. */
const otherOrgWith = async (site: string): Promise<OrgId> => {
  const { id } = await world.dbs.ui.sql.begin((tx) => createOrg(tx, "Other"))
  await world.dbs.ui.asOrg(
    OrgId.parse(id),
    (tx) => tx`insert into inventory.site (id, org_id, name) values (${site}, ${id}, 'Theirs')`,
  )
  return OrgId.parse(id)
}

test("a target that does not exist, is of another kind or of another organisation is rejected by its place", async () => {
  const actor = world.actor()
  const foreign = randomUUID()
  const other = await otherOrgWith(foreign)
  const good = { kind: "link", id: link } as const
  const cases: [object[], string[]][] = [
    [[good, { kind: "device", id: randomUUID() }], ["targets.1.id field.not-found"]],
    [[{ kind: "site", id: link }, good], ["targets.0.id field.not-found"]],
    [[good, { kind: "site", id: foreign }], ["targets.1.id field.not-found"]],
    [[good, { kind: "region", id: link }], ["targets.1.id field.not-found"]],
    [[good, { kind: "tag", id: "radio:nobody" }], []],
  ]
  for (const [targets, wrong] of cases) {
    const now = { withDependents: true, minutes: 30, note: "" }
    const given = input({ targets, rrule: "FREQ=YEARLY" })
    assert.deepEqual(await wrongOf(maintenance.create(actor, given)), wrong)
    const started = maintenance.startNow(actor, { ...now, targets: given.targets })
    assert.deepEqual(await wrongOf(started), wrong)
  }
  const own = { ...actor, org: other }
  const theirs = input({ targets: [{ kind: "site", id: foreign }], rrule: "FREQ=YEARLY" })
  const { id } = await maintenance.create(own, theirs)
  await world.dbs.ui.asOrg(other, (tx) => tx`delete from inventory.site where id = ${foreign}`)
  assert.deepEqual(await wrongOf(maintenance.change(own, id, theirs)), [], "it may stay")
  await removeAll()
})

test("a window of a tag covers what carries the tag: also what gets it while the window is on", async () => {
  const actor = world.actor()
  const statusOf = () => pipeline.statuses(world.org).link(link).status.status
  const setTags = async (tags: string[]): Promise<void> => {
    await world.dbs.ui.asOrg(
      world.org,
      (tx) => tx`update inventory.link set tags = ${tags} where id = ${link}`,
    )
    world.changes.emit({ org: world.org, what: "link", id: link })
    await rounds(false, 3)
  }
  const { id } = await maintenance.startNow(actor, {
    targets: [{ kind: "tag", id: "radio:north" }],
    withDependents: false,
    minutes: 30,
    note: "",
  })
  await setTags([])
  assert.equal(statusOf(), "ok")
  await setTags(["radio:north"])
  assert.equal(statusOf(), "maintenance")
  const { targets } = await maintenance.detail(world.org, id)
  assert.deepEqual(targets, [{ kind: "tag", id: "radio:north", name: "radio:north" }])
  await setTags(["radio:south"])
  assert.equal(statusOf(), "ok")
  await maintenance.remove(actor, id)
})

test("a window of a region covers its sites, also those that get into it while the window is on", async () => {
  const actor = world.actor()
  const statusOf = () => pipeline.statuses(world.org).device(world.device(2)).status.status
  const [region, site] = [randomUUID(), randomUUID()]
  await world.dbs.ui.asOrg(world.org, async (tx) => {
    await tx`insert into inventory.region (id, org_id, name) values (${region}, ${world.org}, 'North')`
    await tx`insert into inventory.site (id, org_id, name, region_id) values (${site}, ${world.org}, 'Hill', ${region})`
  })
  const move = async (to: string | null): Promise<void> => {
    await world.dbs.ui.asOrg(
      world.org,
      (tx) => tx`update inventory.device set site_id = ${to} where id = ${world.device(2)}`,
    )
    world.changes.emit({ org: world.org, what: "device", id: world.device(2) })
    await rounds(false, 3)
  }
  const targets = [{ kind: "region", id: region }] as const
  const now = { targets: [...targets], withDependents: false, minutes: 30, note: "" }
  const { id } = await maintenance.startNow(actor, now)
  await move(null)
  assert.equal(statusOf(), "ok")
  await move(site)
  assert.equal(statusOf(), "maintenance")
  const shown = await maintenance.detail(world.org, id)
  assert.deepEqual(shown.targets, [{ kind: "region", id: region, name: "North" }])
  await world.dbs.ui.asOrg(world.org, (tx) => tx`delete from inventory.region where id = ${region}`)
  world.changes.emit({ org: world.org, what: "region", id: region })
  await rounds(false, 3)
  assert.equal(statusOf(), "ok", "nothing is in a region that was removed")
  const [target] = (await maintenance.detail(world.org, id)).targets
  assert.equal(target?.name, null)
  await maintenance.remove(actor, id)
  await move(null)
})

test("a zone that does not exist, an hourly rule and a window of minutes are rejected by name", () => {
  const cases: [object, string][] = [
    [{ zone: "Mars/Olympus" }, "zone"],
    [{ rrule: "FREQ=HOURLY" }, "rrule"],
    [{ rrule: "FREQ=DAILY\nEXDATE:2026" }, "rrule"],
    [{ rrule: "FREQ=DAILY;BYHOUR=1,2" }, "rrule"],
    [{ rrule: "FREQ=DAILY;BYSETPOS=5" }, "rrule"],
    [{ rrule: "FREQ=DAILY;COUNT=-1" }, "rrule"],
    [{ rrule: "FREQ=YEARLY;BYMONTH=13" }, "rrule"],
    [{ minutes: 1 }, "minutes"],
    [{ startsAt: "2026-02-31T01:00" }, "startsAt"],
    [{ targets: [] }, "targets"],
    [{ targets: [{ kind: "tag", id: "; drop" }] }, "targets.0.id"],
    [{ targets: [{ kind: "device", id: "radio" }] }, "targets.0.id"],
  ]
  for (const [changes, field] of cases) {
    const result = MaintenanceInput.safeParse({ ...input({}), ...changes })
    assert.deepEqual(
      result.error?.issues.map(({ path }) => path.join(".")),
      [field],
      field,
    )
  }
})
