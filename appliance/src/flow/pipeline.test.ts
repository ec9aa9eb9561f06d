import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import { after, before, test } from "node:test"
import type { Batch, Task } from "@ispvm/wire"
import { testDatabase } from "../../test/database.ts"
import { Incident } from "../api/incidents.ts"
import { textOf } from "../messages/text.ts"
import type { Actor } from "../platform/http/http.ts"
import { AccountId, AgentId, DeviceId, InterfaceId, OrgId } from "../platform/ids.ts"
import { createSignal } from "../platform/signal.ts"
import { write } from "../registry/audit/audit.ts"
import type { InventoryChange } from "../registry/inventory/inventory.ts"
import type { Accepted } from "./ingest/model.ts"
import { createPipeline, type Pipeline, type PipelineDeps } from "./pipeline.ts"

type World = Awaited<ReturnType<typeof makeWorld>>
let db: Awaited<ReturnType<typeof testDatabase>>
let world: World
before(async () => {
  db = await testDatabase()
  world = await makeWorld()
})
after(async () => {
  // A test that failed half way has left its pipeline running.
  await Promise.all(world.made.map((pipeline) => pipeline.stop()))
  await db.close()
})

const START_MS = 1_900_000_000_000
const batch: Batch = { protocol: 1, buffer: randomUUID(), number: 1, sentAtMs: START_MS, items: [] }

/**
 * Three routers in a ring, an agent at the first, and a pipeline whose ingest is driven by the
 * test.
 */
const makeWorld = async () => {
  const { org, dbs } = db
  const clock = { nowMs: START_MS, now: () => clock.nowMs }
  const ids = await dbs.ui.asOrg(org, async (tx) => {
    const [agent] = await tx<{ id: string; key: number }[]>`
      insert into agents.agent (org_id, name, enrolled_at) values (${org}, 'agent-1', now()) returning id, key`
    const devices: DeviceId[] = []
    for (const name of ["Ankara", "Izmir", "Bursa"]) {
      const [row] = await tx<{ id: string }[]>`
        insert into inventory.device (org_id, name, address, methods, agent_id)
        values (${org}, ${name}, '10.0.0.1', '{}', ${agent?.id ?? ""}) returning id`
      devices.push(DeviceId.parse(row?.id))
    }
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      await tx`
        insert into inventory.link (org_id, a_device_id, a_interface, b_device_id, b_interface)
        values (${org}, ${devices[a] ?? ""}, ${`to-${b}`}, ${devices[b] ?? ""}, ${`to-${a}`})`
    }
    await tx`update agents.agent set device_id = ${devices[0] ?? ""} where id = ${agent?.id ?? ""}`
    return {
      agent: { id: AgentId.parse(agent?.id), key: agent?.key ?? 0, name: "agent-1", org },
      devices,
    }
  })
  const tasks: Task[] = []
  const errors: unknown[] = []
  const changes = createSignal<InventoryChange>((error) => errors.push(error))
  const seen = createSignal<{ org: typeof org; agentId: AgentId; atMs: number }>((error) =>
    errors.push(error),
  )
  const queued: Accepted[] = []
  const made: Pipeline[] = []
  const make = (more: Partial<PipelineDeps> = {}): Pipeline => {
    const pipeline = createPipeline({
      jobs: dbs.jobs,
      ui: dbs.ui,
      clock,
      ingest: {
        accept: async () => {
          const accepted = queued.shift() ?? null
          return {
            ack: { protocol: 1, buffer: batch.buffer, number: 1, accepted: 0, rejected: [] },
            accepted,
          }
        },
      },
      pushes: {
        accept: async () => {
          const accepted = queued.shift()
          return accepted === undefined
            ? { ok: false, reason: "gone", message: "" }
            : { ok: true, answer: { taken: 1, known: 0, refused: [] }, accepted }
        },
      },
      orgs: async () => [{ id: org }],
      changes,
      seen,
      queue: (_, task) => tasks.push(task),
      agent: () => Promise.reject(Object.assign(new Error("gone"), { status: 404 })),
      audit: write,
      allowed: async () => true,
      onError: (_, error) => errors.push(error),
      ...more,
    })
    made.push(pipeline)
    return pipeline
  }
  return { org, dbs, clock, ids, tasks, errors, changes, seen, queued, made, make }
}

const actor = (): Actor => ({
  account: AccountId.parse(randomUUID()),
  org: world.org,
  email: "anna@example.net",
  name: "Anna",
  role: "operator",
  address: "127.0.0.1",
})
const answers = (device: DeviceId, does: boolean): Accepted["pings"][number] => ({
  kind: "ping",
  device,
  targetId: 1,
  atMs: world.clock.nowMs,
  answers: does,
  icmp: { sent: does ? 1 : 6, received: does ? 1 : 0, rttUs: does ? 900 : null, jitterUs: null },
  tcp: does ? null : "silent",
  because: does ? "round" : "missed",
})
const port = (
  device: DeviceId,
  name: string,
  running: boolean,
): Accepted["interfaces"][number] => ({
  kind: "interface",
  device,
  interface: name,
  interfaceId: InterfaceId.parse(1),
  atMs: world.clock.nowMs,
  source: "routeros-api",
  running,
  disabled: false,
  rxBps: 1_000,
  txBps: 1_000,
  rxPps: null,
  txPps: null,
  errorsPs: null,
  dropsPs: null,
})
const deliver = async (
  pipeline: Pipeline,
  part: Partial<Pick<Accepted, "pings" | "interfaces" | "events">>,
): Promise<void> => {
  const { org, clock, ids, queued } = world
  const { id, key, name } = ids.agent
  const from = { agent: { id, key, name }, router: null, receivedAtMs: clock.nowMs, skewMs: 0 }
  const accepted = { org, ...from, pings: [], interfaces: [], health: [] }
  queued.push({ ...accepted, others: [], events: [], facts: [], ...part })
  await pipeline.accept(ids.agent, batch)
  await pipeline.evaluateTimers()
}
const device = (index: number): DeviceId => DeviceId.parse(world.ids.devices[index])
const allAnswer = () => world.ids.devices.map((id) => answers(id, true))
const ports = (cut: boolean) => [
  port(device(0), "to-1", true),
  port(device(0), "to-2", true),
  port(device(1), "to-0", true),
  port(device(1), "to-2", !cut),
  port(device(2), "to-1", !cut),
  port(device(2), "to-0", true),
]
const openNow = async (pipeline: Pipeline) =>
  (await pipeline.incidents.list(world.org, { state: "active", before: null, limit: 10 })).items

/** Both ends of the link have to be read before an incident says that the link is cut. */
const cutLink = async (first: Pipeline): Promise<string> => {
  const { clock, org, tasks } = world
  await deliver(first, { pings: allAnswer(), interfaces: ports(false) })
  assert.equal(first.statuses(org).device(device(1)).status.status, "ok")

  clock.nowMs += 1_000
  await deliver(first, { interfaces: [port(device(1), "to-2", false)] })
  assert.deepEqual(tasks.flatMap((task) => (task.kind === "confirm" ? task.devices : [])).sort(), [
    device(2),
  ])
  assert.deepEqual(await openNow(first), [], "the remote end has not been read yet")
  clock.nowMs += 200
  await deliver(first, { pings: allAnswer(), interfaces: ports(true) })
  const [opened] = await openNow(first)
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
  await deliver(pipeline, { pings: allAnswer(), interfaces: ports(false) })
  clock.nowMs += 4_000
  await deliver(pipeline, { pings: allAnswer(), interfaces: ports(false) })
  assert.deepEqual(await openNow(pipeline), [])
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
  await assert.rejects(incidents.acknowledge(actor(), id, ""), /closed/)
  const before = await incidents.detail(world.org, id)
  assert.deepEqual(await incidents.note(actor(), id, "a digger, seen by the splicer"), {
    id,
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
  await assert.rejects(incidents.note(actor(), randomUUID(), "x"), /no incident/i)
}

test("a cut link is one incident: stored, published live, acknowledged, kept over a restart, and closed once", async () => {
  const { clock, org, errors } = world
  const first = world.make()
  await first.start()
  const id = await cutLink(first)
  await first.incidents.acknowledge(actor(), id, "on my way")
  await first.incidents.note(actor(), id, "splicer called")
  await first.stop()

  const second = world.make()
  await second.start()
  clock.nowMs += 1_000
  await deliver(second, { pings: allAnswer(), interfaces: ports(true) })
  assert.deepEqual(
    (await openNow(second)).map((incident) => [incident.id, incident.state]),
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
  const cause = JSON.stringify([{ kind: "device", id: device(1), name: "Izmir" }])
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
  await deliver(pipeline, { pings: allAnswer(), interfaces: ports(false) })
  assert.deepEqual(await openNow(pipeline), [])
  await pipeline.stop()
})

test("removing a device from the inventory removes its incident", async () => {
  const { clock, org, dbs } = world
  const pipeline = world.make()
  await pipeline.start()
  await deliver(pipeline, { pings: allAnswer(), interfaces: ports(false) })
  clock.nowMs += 5_000
  await deliver(pipeline, {
    pings: [answers(device(0), true), answers(device(1), false), answers(device(2), true)],
  })
  clock.nowMs += 1_300
  await deliver(pipeline, { pings: [answers(device(0), true), answers(device(2), true)] })
  assert.deepEqual(
    (await openNow(pipeline)).map((incident) => textOf(incident.title)),
    ["Router Izmir is not answering"],
  )
  await dbs.ui.asOrg(org, (tx) => tx`delete from inventory.device where id = ${device(1)}`)
  world.changes.emit({ org, what: "device", id: device(1) })
  clock.nowMs += 500
  await pipeline.evaluateTimers()
  assert.deepEqual(await openNow(pipeline), [])
  await pipeline.stop()
})

test("an offline agent is an incident of its own, and its devices are unknown", async () => {
  const { clock, org } = world
  const pipeline = world.make()
  await pipeline.start()
  await deliver(pipeline, { pings: [answers(device(0), true), answers(device(2), true)] })
  for (let second = 0; second < 12; second += 1) {
    clock.nowMs += 1_000
    await pipeline.evaluateTimers()
  }
  assert.deepEqual(
    (await openNow(pipeline)).map((incident) => textOf(incident.title)),
    ["Agent agent-1 is offline: 2 devices unknown"],
  )
  const { status, incidentId } = pipeline.statuses(org).device(device(0))
  assert.deepEqual(
    [status.status, status.reason, incidentId !== null],
    ["unknown", "agent-offline", true],
  )
  for (let second = 0; second < 6; second += 1) {
    clock.nowMs += 1_000
    await deliver(pipeline, { pings: [answers(device(0), true), answers(device(2), true)] })
  }
  assert.deepEqual(await openNow(pipeline), [])
  assert.equal(pipeline.statuses(org).device(device(0)).status.status, "ok")
  await pipeline.stop()
})

test("while nothing could be received no agent is called offline; each has its full time from then on", async () => {
  const { clock } = world
  let isReceiving = false
  const pipeline = world.make({ canReceive: async () => isReceiving })
  await pipeline.start()
  await deliver(pipeline, { pings: [answers(device(0), true), answers(device(2), true)] })
  const wait = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      clock.nowMs += 1_000
      await pipeline.evaluateTimers()
    }
  }
  await wait(60)
  assert.deepEqual(await openNow(pipeline), [])
  isReceiving = true
  await wait(3)
  assert.deepEqual(await openNow(pipeline), [])
  await wait(3)
  assert.equal((await openNow(pipeline)).length, 1)
  for (let second = 0; second < 6; second += 1) {
    clock.nowMs += 1_000
    await deliver(pipeline, { pings: [answers(device(0), true), answers(device(2), true)] })
  }
  assert.deepEqual(await openNow(pipeline), [])
  await pipeline.stop()
})

test("a router's own report of its port starts a probe of it and of the remote end, and an old report does not", async () => {
  const { clock, org, tasks, queued, errors } = world
  const pipeline = world.make()
  await pipeline.start()
  const pushEvent = async (
    name: "link-down" | "reported-in",
    atMs: number,
  ): Promise<readonly string[]> => {
    const before = tasks.length
    queued.push({
      org,
      agent: null,
      router: device(0),
      receivedAtMs: clock.nowMs,
      skewMs: 0,
      pings: [],
      interfaces: [],
      health: [],
      others: [],
      facts: [],
      events: [
        {
          kind: "event",
          id: randomUUID(),
          device: device(0),
          name,
          atMs,
          source: "push",
          severity: "warning",
          interface: "to-2",
          message: "to-2 lost its link",
          attributes: {},
        },
      ],
    })
    const push = {
      v: 1,
      queue: "watch",
      boot: "b",
      up: "1s",
      clock: "",
      gmt: null,
      lost: 0,
      items: [],
    } as const
    const outcome = await pipeline.push(
      { org, device: device(0), name: "Ankara" },
      { ...push, items: [] },
      "192.0.2.1",
    )
    assert.ok(outcome.ok)
    await pipeline.evaluateTimers()
    return tasks
      .slice(before)
      .flatMap((task) =>
        task.kind === "confirm" && /router reports/.test(task.because) ? task.devices : [],
      )
  }
  assert.deepEqual(await pushEvent("link-down", clock.nowMs - 1_000), [device(0), device(2)])
  assert.deepEqual(await pushEvent("link-down", clock.nowMs - 3_600_000), [])
  assert.deepEqual(await pushEvent("reported-in", clock.nowMs), [])
  assert.deepEqual(errors, [])
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
  await deliver(pipeline, { pings: [answers(device(0), true), answers(device(2), true)] })
  clock.nowMs += 1_000
  await deliver(pipeline, {
    interfaces: [port(device(2), "to-0", false)],
    pings: [answers(device(0), true)],
  })
  clock.nowMs += 1_300
  await deliver(pipeline, { pings: [answers(device(0), true)] })
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
