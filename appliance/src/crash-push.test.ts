/**
 * Router reports, and items that were rejected or cannot be evaluated, after a crash between
 * storing and evaluating.
 */

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../test/database.ts"
import { makeActor, makeDevice, makeInventory } from "../test/make.ts"
import {
  batchOf,
  eventOf,
  interfaceOf,
  makeAgent,
  makeMonitored,
  makeOrg,
  pingOf,
} from "../test/make-flow.ts"
import { heartbeat, link, pushOf } from "../test/make-push.ts"
import { makeClock, makeIngest, startPipeline } from "../test/pipeline-rig.ts"
import type { Pipeline, PipelineDeps } from "./flow/pipeline.ts"
import { createPushes, type Router } from "./flow/push/push.ts"
import { textOf } from "./messages/text.ts"
import { DeviceId, type OrgId } from "./platform/ids.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
const started: Pipeline[] = []
after(async () => {
  await Promise.all(started.map((pipeline) => pipeline.stop()))
  await db.close()
})

const unevaluated = (org: OrgId): Promise<number> =>
  db.dbs.jobs.asOrg(org, async (tx) =>
    Number((await tx`select count(*) from ingest.unevaluated`)[0]?.count),
  )
const makePlace = async (name: string) => {
  const org = await makeOrg(db, name)
  const clock = makeClock()
  const ingest = makeIngest(db, clock)
  const pushes = createPushes({
    db: db.dbs.ingest,
    clock,
    store: ingest.push,
    changes: { emit: () => undefined, on: () => () => undefined },
    count: () => undefined,
  })
  const errors: unknown[] = []
  const start = async (over: Partial<PipelineDeps> = {}): Promise<Pipeline> => {
    const pipeline = await startPipeline(db, org, clock, {
      ingest,
      pushes,
      onError: (_, error) => errors.push(error),
      ...over,
    })
    started.push(pipeline)
    return pipeline
  }
  const linkOf = (a: string, b: string): Promise<string> =>
    db.dbs.ui.asOrg(org, async (tx) => {
      const [row] = await tx<{ id: string }[]>`
        insert into inventory.link (org_id, a_device_id, a_interface, b_device_id, b_interface)
        values (${org}, ${a}, 'ether1', ${b}, 'ether1') returning id`
      return row?.id ?? ""
    })
  return { org, clock, ingest, pushes, errors, start, linkOf }
}
const titles = async (pipeline: Pipeline, org: OrgId): Promise<string[]> =>
  (await pipeline.incidents.overview(org)).open.map(({ title }) => textOf(title))

test("a stored and unevaluated push of a router is evaluated at the next start", async () => {
  const place = await makePlace("a push before the crash")
  const { org, clock, pushes } = place
  const inventory = makeInventory(db)
  const [upstream, downstream] = await Promise.all(
    [1, 2].map(async () => (await inventory.createDevice(makeActor(org), makeDevice())).id),
  )
  const router: Router = { org, device: DeviceId.parse(upstream), name: "near" }
  const cut = await place.linkOf(upstream ?? "", downstream ?? "")
  const first = await place.start()
  await first.push(router, pushOf([heartbeat(1), link(2, { state: "up" })]), "192.0.2.1")
  await first.evaluateTimers()
  await first.stop()
  clock.nowMs += 1_000
  const outcome = await pushes.accept(
    router,
    pushOf([link(3, { up: "01:00:01" })], { up: "01:00:01" }),
    "192.0.2.1",
  )
  assert.deepEqual([outcome.ok, await unevaluated(org)], [true, 1])

  clock.nowMs += 600_000
  const second = await place.start()
  assert.equal(second.statuses(org).link(cut).status.status, "down", "the link is never shown ok")
  for (let passed = 0; passed < 20; passed += 1) {
    clock.nowMs += 1_000
    await second.evaluateTimers()
  }
  const open = await titles(second, org)
  assert.equal(open.length, 1, String(open))
  assert.match(open[0] ?? "", /link|port/i)
  assert.deepEqual([await unevaluated(org), place.errors], [0, []])
  assert.notEqual(
    second.statuses(org).device(upstream ?? "").status.status,
    "down",
    "its silence counts from the start",
  )
})

test("rejected readings make their device unknown, also after a crash", async () => {
  const place = await makePlace("refused before the crash")
  const { org, clock, ingest } = place
  const agent = await makeAgent(db, org)
  const device = await makeMonitored(db, agent)
  const first = await place.start()
  await first.accept(agent, batchOf([pingOf(device, clock.nowMs)], clock.nowMs))
  await first.evaluateTimers()
  assert.equal(first.statuses(org).device(device).status.status, "ok")
  await first.stop()
  clock.nowMs += 1_000
  await ingest.accept(
    agent,
    batchOf([pingOf(device, clock.nowMs, { answers: "perhaps" })], clock.nowMs),
  )
  const { status, reason } = (await place.start()).statuses(org).device(device).status
  assert.deepEqual([status, reason], ["unknown", "samples-rejected"])
})

test("probes of a second machine with the agent's identity do not count after a crash either; its events do", async () => {
  const place = await makePlace("a second sender before the crash")
  const { org, clock, ingest } = place
  const agent = await makeAgent(db, org)
  const [upstream, downstream] = await Promise.all([
    makeMonitored(db, agent),
    makeMonitored(db, agent),
  ])
  const cut = await place.linkOf(upstream, downstream)
  const first = await place.start()
  const up = [upstream, downstream].flatMap((device) => [
    pingOf(device, clock.nowMs),
    interfaceOf(device, clock.nowMs, "ether1"),
  ])
  await first.accept(agent, batchOf(up, clock.nowMs))
  await first.evaluateTimers()
  await first.stop()
  clock.nowMs += 1_000
  const icmp = { sent: 6, received: 0, rttUs: null, jitterUs: null }
  const unanswered = pingOf(downstream, clock.nowMs, { answers: false, icmp, because: "missed" })
  const malformed = pingOf(upstream, clock.nowMs, { answers: "perhaps" })
  const event = eventOf(upstream, clock.nowMs, { name: "link-down", interface: "ether1" })
  await ingest.accept(agent, batchOf([unanswered, malformed, event], clock.nowMs), {
    boot: "b2",
    isSecond: true,
  })
  const { device, link: linkStatus } = (await place.start()).statuses(org)
  assert.deepEqual([device(upstream).status.status, device(downstream).status.status], ["ok", "ok"])
  assert.equal(linkStatus(cut).status.status, "down")
})

test("a stored remainder that cannot be read or evaluated is skipped, reported and counted", async () => {
  const place = await makePlace("an unreadable remainder")
  const { org, clock, ingest, errors } = place
  const agent = await makeAgent(db, org)
  const [upstream, downstream] = await Promise.all([
    makeMonitored(db, agent),
    makeMonitored(db, agent),
  ])
  const cut = await place.linkOf(upstream, downstream)
  const down = () => eventOf(upstream, clock.nowMs, { name: "link-down", interface: "ether1" })
  await db.dbs.ingest.asOrg(
    org,
    (tx) => tx`
      insert into ingest.unevaluated (org_id, agent_id, received_at, skew_ms, observations)
      values (${org}, ${agent.id}, now(), 0, '{"pings": 1}')`,
  )
  await ingest.accept(agent, batchOf([down()], clock.nowMs))
  const pipeline = await place.start()
  assert.match(String(errors), /batch .* cannot be evaluated/)
  assert.equal(errors.length, 1)
  assert.equal(pipeline.statuses(org).link(cut).status.status, "down")
  await pipeline.evaluateTimers()
  assert.equal(await unevaluated(org), 0)
})
