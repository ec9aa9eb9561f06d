/** What people do with incidents, stored in a real database and kept over a restart. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { openPipelineWorld, type PipelineWorld } from "../../../test/pipeline-world.ts"
import type { IncidentsAction } from "../../api/incident-actions.ts"
import type { IncidentDetail } from "../../api/incidents.ts"
import { textOf } from "../../messages/text.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { AccountId } from "../../platform/ids.ts"
import type { Pipeline } from "../pipeline.ts"
import { mentionsIn } from "./acts.ts"

const MINUTE_MS = 60_000
let world: PipelineWorld
let anna: Actor
let ali: string
/** The incident that was closed with a cause code. */
let codedNumber = 0
before(async () => {
  world = await openPipelineWorld()
  const account = (name: string, role: string): Promise<string> =>
    world.dbs.ui.asOrg(world.org, async (tx) => {
      const [row] = await tx<{ id: string }[]>`
        insert into auth.account (org_id, email, name, role, password_hash)
        values (${world.org}, ${`${randomUUID()}@example.net`}, ${name}, ${role}, 'x') returning id`
      return row?.id ?? ""
    })
  anna = { ...world.actor(), account: AccountId.parse(await account("Anna", "operator")) }
  ali = await account("Ali Veli", "operator")
  await account("Vera", "viewer")
})
after(() => world.close())

const act = (pipeline: Pipeline, id: string, request: DistributiveOmit<IncidentsAction>) =>
  pipeline.incidents.act(anna, id, { ...request, ids: [id] } as IncidentsAction)
type DistributiveOmit<T> = T extends unknown ? Omit<T, "ids"> : never

const detail = ({ incidents }: Pipeline, id: string): Promise<IncidentDetail> =>
  incidents.detail(world.org, id)
const said = ({ timeline }: IncidentDetail, kind: string): string[] =>
  timeline.filter((line) => line.kind === kind).map(({ message }) => textOf(message))

/** The link Izmir–Bursa is cut; answers the id of its incident. */
const cut = async (pipeline: Pipeline): Promise<string> => {
  world.clock.nowMs += 60_000
  for (let round = 0; round < 10; round += 1) {
    world.clock.nowMs += 500
    const interfaces = world.ports(round > 0)
    await world.deliver(pipeline, { pings: world.allAnswer(), interfaces })
    const [opened] = await world.openNow(pipeline)
    if (opened !== undefined) return opened.id
  }
  throw new Error("no incident opened")
}
const recover = async (pipeline: Pipeline): Promise<void> => {
  for (const afterMs of [1_000, 4_000]) {
    world.clock.nowMs += afterMs
    await world.deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(false) })
  }
  assert.deepEqual(await world.openNow(pipeline), [])
}

test("an incident is taken for 30 minutes, assigned, snoozed, rated and given a ticket; all is kept over a restart and expires", async () => {
  const first = world.make()
  await first.start()
  const id = await cut(first)
  await act(first, id, { action: "acknowledge", note: "on it", forMinutes: 30, ifOpen: false })
  await act(first, id, { action: "snooze", untilMs: world.clock.nowMs + 20 * MINUTE_MS })
  await act(first, id, { action: "ticket", url: "https://tickets.example/7", number: "NOC-7" })
  await act(first, id, { action: "severity", severity: "warning" })
  await act(first, id, { action: "note", note: "@ali veli please call @Nobody, not me@Anna" })
  const taken = await detail(first, id)
  assert.deepEqual(
    [taken.state, taken.ownerId, taken.ownerName, taken.severity, taken.severitySetBy],
    ["acknowledged", anna.account, "Anna", "warning", "Anna"],
  )
  assert.deepEqual(
    taken.timeline.filter(({ kind }) => kind === "note").map(({ mentions }) => mentions),
    [[ali]],
  )
  await first.stop()

  const second = world.make()
  await second.start()
  const restored = await detail(second, id)
  assert.deepEqual(restored.ticket, { url: "https://tickets.example/7", number: "NOC-7" })
  world.clock.nowMs += 20 * MINUTE_MS
  await second.evaluateTimers()
  assert.deepEqual(
    [(await detail(second, id)).snoozedUntilMs, (await detail(second, id)).state],
    [null, "acknowledged"],
  )
  world.clock.nowMs += 10 * MINUTE_MS
  await second.evaluateTimers()
  const expired = await detail(second, id)
  assert.deepEqual([expired.state, expired.ownerName, expired.severity], ["open", null, "warning"])
  assert.equal(said(expired, "acknowledgement-expired").length, 1)
  await act(second, id, { action: "assign", account: ali })
  await act(second, id, { action: "severity", severity: null })
  const assigned = await detail(second, id)
  assert.deepEqual(
    [assigned.state, assigned.ownerName, assigned.severity, assigned.severitySetBy],
    ["open", "Ali Veli", "minor", null],
  )
  await recover(second)
  await second.stop()
})

test("an incident closes for people with a cause code: before its fault is over, or later", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const id = await cut(pipeline)
  await act(pipeline, id, { action: "close", causeCode: "fibre-cut", note: "" })
  assert.deepEqual(
    [(await detail(pipeline, id)).state, (await detail(pipeline, id)).causeCode],
    ["open", "fibre-cut"],
  )
  await recover(pipeline)
  assert.equal((await detail(pipeline, id)).causeCode, "fibre-cut")
  await act(pipeline, id, { action: "close", causeCode: "power", note: "the splicer was wrong" })
  await act(pipeline, id, { action: "feedback", rating: "wrong", actual: null, note: "power" })
  const closed = await detail(pipeline, id)
  assert.deepEqual(
    [closed.state, closed.causeCode, closed.causeCodedBy, closed.feedback?.rating],
    ["closed", "power", "Anna", "wrong"],
  )
  codedNumber = closed.number
  assert.deepEqual(said(closed, "cause-code"), [
    'Cause code "fibre cut" set by Anna, the incident closes when its fault is over',
    'Cause code "power" set by Anna, the incident is closed: the splicer was wrong',
  ])
  await assert.rejects(act(pipeline, id, { action: "snooze", untilMs: null }), /closed/)
  await assert.rejects(act(pipeline, id, { action: "merge", into: id }), /itself/)
  await assert.rejects(
    act(pipeline, randomUUID(), { action: "close", causeCode: "power", note: "" }),
    /no incident/i,
  )
  await pipeline.stop()
})

test("a snooze into the past and an owner who may not act are rejected, and nothing is stored", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const id = await cut(pipeline)
  const before = await detail(pipeline, id)
  const vera = (
    await world.dbs.ui.asOrg(
      world.org,
      (tx) => tx<{ id: string }[]>`select id from auth.account where name = 'Vera'`,
    )
  ).at(0)?.id
  for (const request of [
    { action: "snooze", untilMs: world.clock.nowMs },
    { action: "assign", account: vera ?? "" },
    { action: "assign", account: randomUUID() },
  ] as const)
    await assert.rejects(act(pipeline, id, request))
  assert.deepEqual(await detail(pipeline, id), before)
  assert.deepEqual(
    (await pipeline.incidents.assignees(world.org)).map(({ name }) => name),
    ["Ali Veli", "Anna"],
  )
  await recover(pipeline)
  await pipeline.stop()
})

test("symptoms that are split off are an incident of their own in the database, and merge back", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const id = await cut(pipeline)
  const { symptomList, number } = await detail(pipeline, id)
  const [one, other] = symptomList
  assert.ok(one !== undefined && other !== undefined)
  const all = [one.alertId, other.alertId]
  await assert.rejects(pipeline.incidents.split(anna, id, all), /all symptoms/)
  await assert.rejects(pipeline.incidents.split(anna, id, [randomUUID()]), /None of these/)
  const { id: made } = await pipeline.incidents.split(anna, id, [other.alertId])
  world.clock.nowMs += 500
  await pipeline.evaluateTimers()
  assert.equal((await world.openNow(pipeline)).length, 2)
  assert.match(textOf((await detail(pipeline, made)).title), /Bursa|Izmir/)
  await act(pipeline, made, { action: "merge", into: id })
  world.clock.nowMs += 500
  await pipeline.evaluateTimers()
  assert.deepEqual(
    (await world.openNow(pipeline)).map((each) => each.id),
    [id],
  )
  const merged = await detail(pipeline, made)
  assert.deepEqual([merged.state, merged.mergedInto], ["closed", { id, number }])
  await recover(pipeline)
  assert.deepEqual(world.errors, [])
  await pipeline.stop()
})

test("a handover shows what happened since, and is kept with the incidents that were open", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const sinceMs = world.clock.nowMs
  const id = await cut(pipeline)
  await act(pipeline, id, { action: "note", note: "splicer called" })
  const { number } = await detail(pipeline, id)
  const draft = await pipeline.incidents.handover(world.org, sinceMs)
  assert.deepEqual([draft.sinceMs, draft.open.map((one) => one.id)], [sinceMs, [id]])
  assert.deepEqual(
    draft.events.filter(({ incidentId }) => incidentId === id).map(({ kind }) => kind),
    ["note", "opened"],
  )
  await pipeline.incidents.handOver(anna, sinceMs, "Izmir: splicer is on the way")
  await recover(pipeline)
  const next = await pipeline.incidents.handover(world.org, null)
  const [note] = next.notes
  assert.ok(note !== undefined)
  assert.deepEqual(
    [note.who, note.text, note.open],
    ["Anna", "Izmir: splicer is on the way", [{ id, number }]],
  )
  assert.equal(next.sinceMs, note.atMs)
  assert.deepEqual(
    next.resolved.map((one) => one.id),
    [id],
  )
  await pipeline.stop()
})

test("a post-mortem has durations and who did what, and text of people stays text in it", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const id = await cut(pipeline)
  world.clock.nowMs += 5_000
  await act(pipeline, id, {
    action: "acknowledge",
    note: "# not a heading | <b>",
    forMinutes: null,
    ifOpen: false,
  })
  await recover(pipeline)
  await act(pipeline, id, { action: "close", causeCode: "fibre-cut", note: "" })
  const document = await pipeline.incidents.postMortem(world.org, id, "en")
  assert.equal(document.state, "closed")
  assert.equal(document.durations.acknowledgedAfterMs, 5_000)
  assert.equal(
    document.durations.resolvedAfterMs,
    (document.resolvedAtMs ?? 0) - document.openedAtMs,
  )
  assert.deepEqual(
    document.people.map(({ name, actions }) => [name, actions.length]),
    [["Anna", 2]],
  )
  assert.match(document.markdown, /^# Post-mortem #\d+: Link Izmir–Bursa was cut/)
  assert.match(document.markdown, /\| Cause code \| fibre cut \|/)
  assert.match(document.markdown, /Acknowledged by Anna: \\# not a heading \\\| \\<b\\>/)
  const turkish = await pipeline.incidents.postMortem(world.org, id, "tr")
  assert.match(turkish.markdown, /\| Neden kodu \| fiber kopması \|/)
  await assert.rejects(pipeline.incidents.postMortem(world.org, randomUUID(), "en"), /no incident/i)
  await pipeline.stop()
})

test("saved filters are of one account, and one name is there once", async () => {
  const { incidents } = world.make()
  const other = { ...anna, account: AccountId.parse(ali) }
  await incidents.saveFilter(anna, { name: "Mine", query: "state=open" })
  const { id } = await incidents.saveFilter(anna, { name: "Mine", query: "severity=critical" })
  assert.deepEqual(await incidents.savedFilters(anna), [
    { id, name: "Mine", query: "severity=critical" },
  ])
  assert.deepEqual(await incidents.savedFilters(other), [])
  await assert.rejects(incidents.removeFilter(other, id), /no filter/i)
  await incidents.removeFilter(anna, id)
  assert.deepEqual(await incidents.savedFilters(anna), [])
  for (let n = 0; n < 50; n += 1) await incidents.saveFilter(anna, { name: `F${n}`, query: "" })
  await assert.rejects(incidents.saveFilter(anna, { name: "more", query: "" }), /50 filters/)
})

test("the timeline cannot be changed by the program", async () => {
  for (const statement of [
    "update incidents.timeline set who = 'x'",
    "delete from incidents.timeline",
  ])
    await assert.rejects(
      world.dbs.ui.asOrg(world.org, (tx) => tx.unsafe(statement)),
      /permission denied/,
    )
})

test("the list is filtered by owner, severity, cause code, number and the names of devices", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const id = await cut(pipeline)
  await act(pipeline, id, { action: "assign", account: ali })
  const numbers = async (more: object): Promise<number[]> =>
    (
      await pipeline.incidents.list(world.org, { state: null, before: null, limit: 50, ...more })
    ).items.map((each) => each.number)
  const { number } = await detail(pipeline, id)
  assert.deepEqual(await numbers({ owner: ali, state: "active" }), [number])
  assert.deepEqual(await numbers({ owner: "none", state: "active" }), [])
  assert.deepEqual(await numbers({ severity: "critical" }), [])
  assert.deepEqual(await numbers({ severity: "minor", state: "active" }), [number])
  assert.deepEqual(await numbers({ causeCode: "power" }), [codedNumber])
  assert.ok((await numbers({ causeCode: "none" })).includes(number))
  assert.deepEqual(await numbers({ q: `#${number}` }), [number])
  assert.deepEqual(await numbers({ q: "bursa", state: "active" }), [number])
  assert.deepEqual(await numbers({ q: "100%" }), [])
  assert.deepEqual(await numbers({ q: "title.fault" }), [])
  assert.deepEqual(await numbers({ q: "noc-7" }), [1])
  assert.deepEqual(await numbers({ site: randomUUID() }), [])
  await recover(pipeline)
  await pipeline.stop()
})

test("a mention is a whole name after an @, the longest one that fits", () => {
  const people = [
    { id: "1", name: "Ali" },
    { id: "2", name: "Ali Veli" },
    { id: "3", name: "İpek" },
  ]
  const cases: [string, string[]][] = [
    ["@Ali look", ["1"]],
    ["@ali veli, look", ["2"]],
    ["(@Ali) and @Ali Veli", ["1", "2"]],
    ["@Alina", []],
    ["@İpek look", ["3"]],
    ["@İpekçi look", []],
    ["mail@ali", []],
    ["@", []],
    ["name@example.net and ether1@r1", []],
  ]
  for (const [text, expected] of cases)
    assert.deepEqual(mentionsIn(text, people).named, expected, text)
})

test("a name after an @ that nobody has is unknown, each once", () => {
  const { named, unknown } = mentionsIn("@ali @Alina, @noc-1. @alina (@x) me@y", [
    { id: "1", name: "Ali" },
  ])
  assert.deepEqual([named, unknown], [["1"], ["alina", "noc-1", "x"]])
})

test("an acknowledgement that is repeated changes nothing; that of another person takes over", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const id = await cut(pipeline)
  const plain = { action: "acknowledge", note: "", forMinutes: null, ifOpen: false } as const
  await Promise.all([act(pipeline, id, plain), act(pipeline, id, plain)])
  const { timeline, updatedAtMs } = await detail(pipeline, id)
  assert.equal(timeline.filter(({ kind }) => kind === "acknowledged").length, 1)
  world.clock.nowMs += 1_000
  await act(pipeline, id, plain)
  assert.equal((await detail(pipeline, id)).updatedAtMs, updatedAtMs)
  const other = { ...anna, account: AccountId.parse(ali), name: "Ali Veli" }
  await pipeline.incidents.act(other, id, { ...plain, ids: [id] })
  assert.equal((await detail(pipeline, id)).ownerName, "Ali Veli")
  await act(pipeline, id, {
    action: "acknowledge",
    note: "again mine",
    forMinutes: null,
    ifOpen: false,
  })
  assert.equal((await detail(pipeline, id)).ownerName, "Anna")
  await recover(pipeline)
  await pipeline.stop()
})

test("of two people who acknowledge at once the second one learns who was first, and takes nothing over", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const id = await cut(pipeline)
  const other = { ...anna, account: AccountId.parse(ali), name: "Ali Veli" }
  const ifOpen = { action: "acknowledge", note: "mine", forMinutes: null, ifOpen: true } as const
  const [first, second] = await Promise.allSettled([
    act(pipeline, id, ifOpen),
    pipeline.incidents.act(other, id, { ...ifOpen, ids: [id] }),
  ])
  assert.equal(first.status, "fulfilled")
  assert.ok(second.status === "rejected" && second.reason instanceof HttpError)
  assert.match(second.reason.message, /^Anna has acknowledged this incident/)
  const shown = await detail(pipeline, id)
  assert.deepEqual([shown.ownerName, said(shown, "acknowledged").length], ["Anna", 1])
  await act(pipeline, id, { ...ifOpen, note: "still mine" })
  await pipeline.incidents.act(other, id, { ...ifOpen, ids: [id], ifOpen: false })
  assert.equal((await detail(pipeline, id)).ownerName, "Ali Veli")
  await recover(pipeline)
  await pipeline.stop()
})

test("what it was instead is a component of the inventory, and has its name", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const id = await cut(pipeline)
  const rate = (actual: { kind: "device" | "link"; id: string; name: string }) =>
    act(pipeline, id, { action: "feedback", rating: "wrong", actual, note: "" })
  const device = world.device(1)
  const isMissing = (error: unknown): boolean => error instanceof HttpError && error.status === 404
  await assert.rejects(rate({ kind: "device", id: randomUUID(), name: "x" }), isMissing)
  await assert.rejects(rate({ kind: "link", id: device, name: "x" }), isMissing)
  assert.equal((await detail(pipeline, id)).feedback, null)
  await rate({ kind: "device", id: device, name: "not its name" })
  const { feedback } = await detail(pipeline, id)
  assert.deepEqual([feedback?.actual?.id, feedback?.actual?.name], [device, "Izmir"])
  await recover(pipeline)
  await assert.rejects(rate({ kind: "device", id: randomUUID(), name: "x" }), isMissing)
  await rate({ kind: "device", id: device, name: "x" })
  await pipeline.stop()
})

test("an incident is snoozed for 30 days at most", async () => {
  const pipeline = world.make()
  await pipeline.start()
  const id = await cut(pipeline)
  const days = (count: number) => world.clock.nowMs + count * 24 * 60 * MINUTE_MS
  await assert.rejects(
    act(pipeline, id, { action: "snooze", untilMs: days(31) }),
    /at most 30 days/,
  )
  assert.equal((await detail(pipeline, id)).snoozedUntilMs, null)
  await act(pipeline, id, { action: "snooze", untilMs: days(30) })
  assert.equal((await detail(pipeline, id)).snoozedUntilMs, days(30))
  await recover(pipeline)
  await pipeline.stop()
})
