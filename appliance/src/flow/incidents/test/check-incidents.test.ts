/** Incidents of the appliance itself, in a real database: one per check, apart from the network. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { openPipelineWorld, type PipelineWorld } from "../../../../test/pipeline-world.ts"
import type { CheckId } from "../../../api/check-messages.ts"
import { Incident } from "../../../api/incidents.ts"
import { textOf } from "../../../messages/text.ts"
import type { Db } from "../../../platform/postgres/db.ts"
import type { Pipeline, PipelineDeps } from "../../pipeline.ts"
import type { IncidentOfCheck } from "../incidents.ts"

let world: PipelineWorld
before(async () => {
  world = await openPipelineWorld()
})
after(() => world.close())

const start = async (deps: Partial<PipelineDeps> = {}): Promise<Pipeline> => {
  const pipeline = world.make(deps)
  await pipeline.start()
  return pipeline
}
const of = (check: CheckId, incident: IncidentOfCheck["incident"]): IncidentOfCheck => ({
  check,
  incident,
  found: { code: "check.database-failing", params: { fault: "unreachable" } },
})
/** Until it is evaluated, also on a busy machine: work of one organisation runs in order. */
const deliver = async (
  pipeline: Pipeline,
  part: Parameters<PipelineWorld["deliver"]>[1],
): Promise<void> => {
  await world.deliver(pipeline, part)
  await pipeline.evaluateTimers()
  await pipeline.reviewChecks(world.org, [])
}
const active = async (pipeline: Pipeline) =>
  (await pipeline.incidents.overview(world.org)).open.filter(({ check }) => check !== null)

test("an incident of the appliance and one of the network leave each other alone", async () => {
  const { org, clock } = world
  const pipeline = await start()
  await deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(false) })
  await pipeline.reviewChecks(org, [of("queue", "open")])
  clock.nowMs += 1_000
  await deliver(pipeline, { interfaces: [world.port(world.device(1), "to-2", false)] })
  clock.nowMs += 200
  await deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(true) })
  const open = (await pipeline.incidents.overview(org)).open
  assert.deepEqual(
    open.map(({ check, causes, symptoms }) => [check, causes.map(({ name }) => name), symptoms]),
    [
      [null, ["Izmir–Bursa"], 2],
      ["queue", [], 0],
    ],
  )
  assert.equal(new Set(open.map(({ number }) => number)).size, 2)
  assert.equal(pipeline.statuses(org).device(world.device(0)).incidentId, null)
  clock.nowMs += 1_000
  await deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(false) })
  clock.nowMs += 4_000
  await deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(false) })
  assert.deepEqual(
    (await pipeline.incidents.overview(org)).open.map(({ check }) => check),
    ["queue"],
  )
  await pipeline.reviewChecks(org, [of("queue", "close")])
  await pipeline.stop()
})

test("a critical check opens one incident, which a restart does not repeat, and closes when it is well", async () => {
  const { org, clock } = world
  const first = await start()
  await first.reviewChecks(org, [of("database", "open"), of("disk", "keep")])
  await first.reviewChecks(org, [of("database", "open")])
  const [opened, ...more] = await active(first)
  assert.deepEqual(more, [])
  assert.ok(opened)
  assert.deepEqual(Incident.parse(opened), opened)
  assert.equal(textOf(opened.title), "The appliance cannot store data")
  assert.deepEqual(
    [opened.check, opened.causes, opened.devicesDown, opened.devicesUnreachable, opened.symptoms],
    ["database", [], 0, 0, 0],
  )
  await first.stop()

  const second = await start()
  const actor = world.actor()
  clock.nowMs += 10_000
  await second.reviewChecks(org, [of("database", "open")])
  assert.deepEqual(
    (await active(second)).map(({ id }) => id),
    [opened.id],
  )
  await second.incidents.acknowledge(actor, opened.id, "on it")
  await second.reviewChecks(org, [of("database", "keep")])
  assert.equal((await active(second))[0]?.state, "acknowledged")
  clock.nowMs += 50_000
  await second.reviewChecks(org, [of("database", "close"), of("disk", "close")])
  assert.deepEqual(await active(second), [])
  const detail = await second.incidents.detail(org, opened.id)
  assert.deepEqual(
    detail.timeline.map(({ message }) => textOf(message)),
    [
      "The appliance cannot store data. The database does not answer. Agents keep what they measure in their buffers and deliver it later.",
      `Acknowledged by ${actor.name}: on it`,
      "Resolved after 1 min: the check is ok again.",
    ],
  )
  assert.equal(textOf(detail.title), "The appliance could not store data")
  await second.stop()
})

test("what cannot be stored is written later, opened and closed in one piece", async () => {
  const { org, clock } = world
  const errors: string[] = []
  let isDown = false
  const jobs: Db = {
    ...world.dbs.jobs,
    asOrg: (...args) =>
      isDown ? Promise.reject(new Error("connection lost")) : world.dbs.jobs.asOrg(...args),
  }
  const pipeline = await start({ jobs, onError: (stage) => errors.push(stage) })
  isDown = true
  await pipeline.reviewChecks(org, [of("database", "open")])
  clock.nowMs += 30_000
  await pipeline.reviewChecks(org, [of("database", "close")])
  assert.deepEqual(errors, ["incidents", "incidents"])
  isDown = false
  await pipeline.reviewChecks(org, [of("database", "keep")])
  const { items } = await pipeline.incidents.list(org, { state: "closed", before: null, limit: 1 })
  const [stored] = items
  assert.equal(stored?.check, "database")
  assert.equal((stored?.closedAtMs ?? 0) - (stored?.openedAtMs ?? 0), 30_000)
  const { timeline } = await pipeline.incidents.detail(org, stored?.id ?? "")
  assert.deepEqual(
    timeline.map(({ kind }) => kind),
    ["opened", "closed"],
  )
  await pipeline.stop()
})

test("an incident of a check that this release does not know hides no other one", async () => {
  const { org } = world
  await world.dbs.ui.asOrg(
    org,
    (tx) => tx`
      insert into incidents.incident (number, org_id, state, check_id, title, causes, opened_at)
      values (900, ${org}, 'open', 'of-the-future', '{"code": "title.other"}', '[]', now())`,
  )
  const pipeline = await start()
  await pipeline.reviewChecks(org, [of("disk", "open")])
  const [opened, ...more] = await active(pipeline)
  assert.deepEqual([opened?.check, opened?.number, more], ["disk", 901, []])
  await pipeline.stop()
})
