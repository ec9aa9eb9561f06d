import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import { after, before, test } from "node:test"
import { openPipelineWorld, type PipelineWorld } from "../../test/pipeline-world.ts"
import { Incident } from "../api/incidents.ts"
import { textOf } from "../messages/text.ts"
import { OrgId } from "../platform/ids.ts"
import type { Pipeline } from "./pipeline.ts"

let world: PipelineWorld
before(async () => {
  world = await openPipelineWorld()
})
after(() => world.close())

/** Both ends of the link have to be read before an incident says that the link is cut. */
const cutLink = async (first: Pipeline): Promise<string> => {
  const { clock, org, tasks } = world
  await world.deliver(first, { pings: world.allAnswer(), interfaces: world.ports(false) })
  assert.equal(first.statuses(org).device(world.device(1)).status.status, "ok")

  clock.nowMs += 1_000
  await world.deliver(first, { interfaces: [world.port(world.device(1), "to-2", false)] })
  assert.deepEqual(tasks.flatMap((task) => (task.kind === "confirm" ? task.devices : [])).sort(), [
    world.device(2),
  ])
  assert.deepEqual(await world.openNow(first), [], "the remote end has not been read yet")
  clock.nowMs += 200
  await world.deliver(first, { pings: world.allAnswer(), interfaces: world.ports(true) })
  const [opened] = await world.openNow(first)
  assert.equal(opened && textOf(opened.title), "Link Izmir–Bursa is cut")
  assert.ok((opened?.confidence ?? 0) > 0.9)
  assert.deepEqual(
    opened?.causes.map((cause) => cause.kind),
    ["link"],
  )
  const id = opened?.id ?? ""
  assert.equal(first.statuses(org).link(opened?.causes[0]?.id ?? "").status.status, "down")
  assert.equal(first.statuses(org).link(opened?.causes[0]?.id ?? "").incidentId, id)

  return id
}

const recover = async (pipeline: Pipeline): Promise<void> => {
  const { clock } = world
  clock.nowMs += 1_000
  await world.deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(false) })
  clock.nowMs += 4_000
  await world.deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(false) })
  assert.deepEqual(await world.openNow(pipeline), [])
}

/** What is stored of the incident, in the order in which it happened. */
const assertStored = async ({ incidents }: Pipeline, id: string): Promise<void> => {
  const detail = await incidents.detail(world.org, id)
  assert.equal(detail.state, "closed")
  assert.equal(detail.symptomList.length, 2)
  assert.deepEqual(
    detail.timeline.map((line) => line.kind),
    ["opened", "symptom", "symptom", "acknowledged", "note", "recovered", "recovered", "closed"],
  )
  assert.ok(detail.because.length > 0)
  assert.deepEqual(
    detail.hypotheses[0]?.components.map(({ kind, name }) => [kind, name]),
    [["link", "Izmir–Bursa"]],
  )
  assert.equal(detail.hypotheses[0]?.probability, detail.confidence)
  assert.ok(
    detail.evidence.some(
      ({ stance, message }) =>
        stance === "for" && /Izmir reports no link on its port/.test(textOf(message)),
    ),
  )
  assert.ok(
    detail.rechecks.every(
      ({ message, result }) => /^recheck\./.test(message.code) && result !== null,
    ),
  )
  assert.deepEqual(
    detail.diagnosisHistory.map(({ causes, confidence, message }) => [
      causes.map(({ name }) => name).join(),
      confidence !== null,
      message.code,
    ]),
    [["Izmir–Bursa", true, "history.cause"]],
  )
  assert.match(
    detail.diagnosisHistory.map(({ message }) => textOf(message)).join(),
    /^Link Izmir–Bursa is cut\. Confidence/,
  )
}

const assertHiddenFrom = async ({ incidents }: Pipeline, id: string): Promise<void> => {
  const stranger = OrgId.parse(randomUUID())
  await assert.rejects(incidents.detail(stranger, id), /no incident/i)
  assert.deepEqual(
    [...(await world.dbs.ui.asOrg(stranger, (tx) => tx`select id from incidents.cause_change`))],
    [],
  )
}

/** A note on a closed incident is kept, and changes nothing else of it. */
const noteLater = async ({ incidents }: Pipeline, id: string): Promise<void> => {
  await assert.rejects(incidents.acknowledge(world.actor(), id, ""), /closed/)
  const before = await incidents.detail(world.org, id)
  assert.deepEqual(await incidents.note(world.actor(), id, "a digger, seen by the splicer"), {
    id,
    unknown: [],
    withoutChannel: [],
  })
  const noted = await incidents.detail(world.org, id)
  assert.deepEqual(
    [noted.state, noted.closedAtMs, noted.title],
    ["closed", before.closedAtMs, before.title],
  )
  assert.deepEqual(
    noted.timeline.filter(({ kind }) => kind === "note").map(({ message }) => textOf(message)),
    ["splicer called", "a digger, seen by the splicer"],
  )
  assert.ok(noted.updatedAtMs >= before.updatedAtMs)
  await assert.rejects(incidents.note(world.actor(), randomUUID(), "x"), /no incident/i)
}

test("a cut link is one incident: stored, published live, acknowledged, kept over a restart, and closed once", async () => {
  const { clock, org, errors } = world
  const first = world.make()
  await first.start()
  const id = await cutLink(first)
  await first.incidents.acknowledge(world.actor(), id, "on my way")
  await first.incidents.note(world.actor(), id, "splicer called")
  await first.stop()

  const second = world.make()
  await second.start()
  clock.nowMs += 1_000
  await world.deliver(second, { pings: world.allAnswer(), interfaces: world.ports(true) })
  assert.deepEqual(
    (await world.openNow(second)).map((incident) => [incident.id, incident.state]),
    [[id, "acknowledged"]],
  )
  await recover(second)
  await assertStored(second, id)
  await assertHiddenFrom(second, id)
  await noteLater(second, id)
  assert.notEqual((await second.incidents.overview(org)).quietSinceMs, null)
  await second.stop()
  assert.deepEqual(errors, [])
  const audited = await world.dbs.ui.asOrg(
    org,
    (tx) => tx<{ action: string }[]>`select action from audit.entry order by id`,
  )
  assert.deepEqual(
    audited.map((row) => row.action),
    ["incident.acknowledged", "incident.noted", "incident.noted"],
  )
})

test("an incident of an earlier release has no confidence, and continues", async () => {
  const { clock, org, dbs } = world
  const id = randomUUID()
  const cause = JSON.stringify([{ kind: "device", id: world.device(1), name: "Izmir" }])
  const text = "Router Izmir is not answering"
  const title = JSON.stringify({ code: "legacy-text", params: { text } })
  await dbs.ui.asOrg(
    org,
    (tx) => tx`
      insert into incidents.incident (id, number, org_id, state, title, causes, opened_at)
      values (${id}, 90, ${org}, 'open', ${title}::text::jsonb, ${cause}::text::jsonb, to_timestamp(${clock.nowMs / 1000}))`,
  )
  const pipeline = world.make()
  await pipeline.start()
  const { confidence, hypotheses, evidence, rechecks, diagnosisHistory } =
    await pipeline.incidents.detail(org, id)
  assert.deepEqual(
    { confidence, hypotheses, evidence, rechecks, diagnosisHistory },
    {
      confidence: null,
      hypotheses: [],
      evidence: [],
      rechecks: [],
      diagnosisHistory: [],
    },
  )
  await world.deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(false) })
  assert.deepEqual(await world.openNow(pipeline), [])
  await pipeline.stop()
})

test("removing a device from the inventory removes its incident", async () => {
  const { clock, org, dbs } = world
  const pipeline = world.make()
  await pipeline.start()
  await world.deliver(pipeline, { pings: world.allAnswer(), interfaces: world.ports(false) })
  clock.nowMs += 5_000
  await world.deliver(pipeline, {
    pings: [
      world.answers(world.device(0), true),
      world.answers(world.device(1), false),
      world.answers(world.device(2), true),
    ],
  })
  clock.nowMs += 1_300
  await world.deliver(pipeline, {
    pings: [world.answers(world.device(0), true), world.answers(world.device(2), true)],
  })
  assert.deepEqual(
    (await world.openNow(pipeline)).map((incident) => textOf(incident.title)),
    ["Router Izmir is not answering"],
  )
  await dbs.ui.asOrg(org, (tx) => tx`delete from inventory.device where id = ${world.device(1)}`)
  world.changes.emit({ org, what: "device", id: world.device(1) })
  clock.nowMs += 500
  await pipeline.evaluateTimers()
  assert.deepEqual(await world.openNow(pipeline), [])
  await pipeline.stop()
})

test("the stream sends hello, then an incident, and resumes after an interruption", async () => {
  const { clock, org } = world
  const pipeline = world.make()
  await pipeline.start()
  const server = createServer((request, response) => {
    const from = request.headers["last-event-id"]
    pipeline.live.stream(org, response, typeof from === "string" ? from : null, async () => true)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`
  const read = async (headers: Record<string, string>, until: RegExp): Promise<string> => {
    const stopping = new AbortController()
    const response = await fetch(url, { headers, signal: stopping.signal })
    let text = ""
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (until.test(text)) break
    }
    stopping.abort()
    return text
  }
  const hello = await read({}, /event: hello\n.*\n\n/)
  assert.match(hello, /"resumed":false/)
  const id = /^id: (\S+)$/m.exec(hello)?.[1] ?? ""
  await world.deliver(pipeline, {
    pings: [world.answers(world.device(0), true), world.answers(world.device(2), true)],
  })
  clock.nowMs += 1_000
  await world.deliver(pipeline, {
    interfaces: [world.port(world.device(2), "to-0", false)],
    pings: [world.answers(world.device(0), true)],
  })
  clock.nowMs += 1_300
  await world.deliver(pipeline, { pings: [world.answers(world.device(0), true)] })
  const resumed = await read({ "last-event-id": id }, /event: incident\n.*\n\n/)
  assert.match(resumed, /"resumed":true/)
  const data = /event: incident\ndata: (.*)\n/.exec(resumed)?.[1] ?? "null"
  assert.match(
    textOf(Incident.parse(JSON.parse(data)).title),
    /^Link Bursa–Ankara is (probably |possibly )?cut/,
  )
  assert.match(
    await read({ "last-event-id": `other-1` }, /event: hello\n.*\n\n/),
    /"resumed":false/,
  )
  await pipeline.stop()
  server.closeAllConnections()
  server.close()
})
