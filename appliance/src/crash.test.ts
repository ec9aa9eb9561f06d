/**
 * What was acknowledged before a crash is evaluated after it: a pipeline over a real database that
 * is not stopped.
 */

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../test/database.ts"
import {
  batchOf,
  eventOf,
  interfaceOf,
  makeAgent,
  makeMonitored,
  makeOrg,
  pingOf,
} from "../test/make-flow.ts"
import { makeClock, makeIngest, type SetClock, startPipeline } from "../test/pipeline-rig.ts"
import type { AgentIdentity, Ingest } from "./flow/ingest/ingest.ts"
import type { Pipeline } from "./flow/pipeline.ts"
import { textOf } from "./messages/text.ts"
import type { OrgId } from "./platform/ids.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
const started: Pipeline[] = []
after(async () => {
  await Promise.all(started.map((pipeline) => pipeline.stop())) // Of a test that failed half-way.
  await db.close()
})

type Place = Awaited<ReturnType<typeof makePlace>>
/** Two routers with a link, an agent that monitors both, and the evaluation. */
const makePlace = async (name: string) => {
  const org = await makeOrg(db, name)
  const agent = await makeAgent(db, org)
  const upstream = await makeMonitored(db, agent)
  const downstream = await makeMonitored(db, agent)
  const link = await db.dbs.ui.asOrg(org, async (tx) => {
    await tx`update agents.agent set enrolled_at = now(), device_id = ${upstream} where id = ${agent.id}`
    const [row] = await tx<{ id: string }[]>`
      insert into inventory.link (org_id, a_device_id, a_interface, b_device_id, b_interface)
      values (${org}, ${upstream}, 'sfp1', ${downstream}, 'sfp2') returning id`
    return row?.id ?? ""
  })
  const clock = makeClock()
  const ingest = makeIngest(db, clock)
  return {
    org,
    agent,
    upstream,
    downstream,
    link,
    clock,
    ingest,
    start: () => start(org, clock, ingest),
  }
}
const start = async (org: OrgId, clock: SetClock, ingest: Ingest): Promise<Pipeline> => {
  const pipeline = await startPipeline(db, org, clock, { ingest })
  started.push(pipeline)
  return pipeline
}
const unevaluated = ({ org }: Place): Promise<number> =>
  db.dbs.jobs.asOrg(org, async (tx) =>
    Number((await tx`select count(*) from ingest.unevaluated`)[0]?.count),
  )
const allUp = ({ upstream, downstream, clock }: Place) => [
  ...[upstream, downstream].map((device) => pingOf(device, clock.nowMs)),
  interfaceOf(upstream, clock.nowMs, "sfp1"),
  interfaceOf(downstream, clock.nowMs, "sfp2"),
]
const cut = ({ upstream, downstream, clock }: Place) =>
  [
    [upstream, "sfp1"],
    [downstream, "sfp2"],
  ].map(([device = "", port]) =>
    eventOf(device, clock.nowMs, { name: "link-down", interface: port, severity: "error" }),
  )
/** What an agent measures next: both routers answer, and their ports stay down. */
const keepProbing = async (
  place: Place,
  pipeline: Pipeline,
  agent: AgentIdentity,
  seconds: number,
): Promise<void> => {
  for (let second = 0; second < seconds; second += 1) {
    place.clock.nowMs += 1_000
    const probes = [place.upstream, place.downstream].map((device) =>
      pingOf(device, place.clock.nowMs),
    )
    await pipeline.accept(agent, batchOf(probes, place.clock.nowMs))
    await pipeline.evaluateTimers()
  }
}
const openIncidents = async ({ org }: Place, pipeline: Pipeline): Promise<string[]> =>
  (await pipeline.incidents.overview(org)).open.map(({ title }) => textOf(title))

test("a batch that was acknowledged and not evaluated is evaluated at the next start", async () => {
  const place = await makePlace("killed at the acknowledgement")
  const first = await place.start()
  await first.accept(place.agent, batchOf(allUp(place), place.clock.nowMs))
  await first.evaluateTimers()
  await first.stop()
  assert.equal(await unevaluated(place), 0, "nothing is marked of a batch without bad news")

  place.clock.nowMs += 1_000
  const reported = batchOf(cut(place), place.clock.nowMs)
  const { ack } = await place.ingest.accept(place.agent, reported)
  assert.deepEqual([ack.accepted, await unevaluated(place)], [2, 1])

  place.clock.nowMs += 5_000
  const second = await place.start()
  const status = () => second.statuses(place.org).link(place.link).status.status
  assert.equal(status(), "down", "the link is never shown ok")
  assert.deepEqual(
    await second.accept(place.agent, reported),
    ack,
    "the batch again gets the same answer",
  )
  await keepProbing(place, second, place.agent, 5)
  assert.equal((await openIncidents(place, second)).length, 1)
  assert.equal(await unevaluated(place), 0)
  await second.stop()
})

test("marks are cleared with the resulting states, and by a regular stop", async () => {
  const place = await makePlace("stopped in order")
  const pipeline = await place.start()
  await pipeline.accept(place.agent, batchOf([...allUp(place), ...cut(place)], place.clock.nowMs))
  await pipeline.stop()
  assert.equal(await unevaluated(place), 0)
})

test("pending input is evaluated as of its time of receipt, and a clock that was set back creates no future times", async () => {
  const place = await makePlace("clock set back while down")
  const first = await place.start()
  await first.accept(place.agent, batchOf(allUp(place), place.clock.nowMs))
  await first.stop()
  await place.ingest.accept(place.agent, batchOf(cut(place), place.clock.nowMs))
  place.clock.nowMs -= 3_600_000
  const second = await place.start()
  const { sinceMs, status } = second.statuses(place.org).link(place.link).status
  assert.deepEqual([status, (sinceMs ?? 0) <= place.clock.nowMs], ["down", true])
  await keepProbing(place, second, place.agent, 5)
  assert.equal((await openIncidents(place, second)).length, 1)
  await second.stop()
})

test("measurements from while the appliance was away count, and one fault in pieces is one incident", async () => {
  const place = await makePlace("a fault while away")
  const first = await place.start()
  await first.accept(place.agent, batchOf(allUp(place), place.clock.nowMs))
  await first.stop()
  const faultMs = place.clock.nowMs + 10_000
  place.clock.nowMs += 120_000
  const second = await place.start()
  const sent = place.clock.nowMs
  await second.accept(
    place.agent,
    batchOf([eventOf(place.upstream, faultMs, { name: "link-down", interface: "sfp1" })], sent),
  )
  await second.evaluateTimers()
  assert.equal(
    second.statuses(place.org).link(place.link).status.status,
    "down",
    "the link is never shown ok again",
  )
  place.clock.nowMs += 1_500
  await second.evaluateTimers()
  assert.deepEqual(await openIncidents(place, second), [], "the backlog is not drained yet")
  await keepProbing(place, second, place.agent, 5)
  assert.equal((await openIncidents(place, second)).length, 1)
  await second.stop()
})

for (const byMs of [-3_600_000, -600_000, 600_000, 3_600_000]) {
  test(`a clock set by ${byMs / 60_000} min: no agent goes offline, and a fault is reported as fast as before`, async () => {
    const place = await makePlace(`clock set by ${byMs}`)
    const { clock, agent, upstream, downstream } = place
    const pipeline = await place.start()
    await pipeline.accept(agent, batchOf(allUp(place), clock.nowMs))
    await keepProbing(place, pipeline, agent, 5)
    clock.set(byMs)
    await pipeline.evaluateTimers()
    await pipeline.evaluateTimers()
    assert.deepEqual(await openIncidents(place, pipeline), [])
    await keepProbing(place, pipeline, agent, 4)
    assert.deepEqual(await openIncidents(place, pipeline), [])
    const unanswered = {
      answers: false,
      icmp: { sent: 6, received: 0, rttUs: null, jitterUs: null },
      tcp: "silent",
      because: "missed",
    }
    for (let second = 0; second < 3; second += 1) {
      clock.nowMs += 1_000
      await pipeline.accept(
        agent,
        batchOf(
          [pingOf(upstream, clock.nowMs), pingOf(downstream, clock.nowMs, unanswered)],
          clock.nowMs,
        ),
      )
      await pipeline.evaluateTimers()
    }
    const [opened, ...more] = (await pipeline.incidents.overview(place.org)).open
    assert.deepEqual([more, (opened?.openedAtMs ?? 0) <= clock.nowMs], [[], true])
    assert.match(
      opened === undefined ? "" : textOf(opened.title),
      /out of reach|dead|down|not answer/i,
    )
    await pipeline.stop()
  })
}
