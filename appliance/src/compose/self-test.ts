/**
 * Whether this process detects faults and notifies: an organisation of two routers, made in a
 * transaction that is never committed, loses one of them; its incident has to leave through the live
 * stream that serves all pages, and its notification has to reach a receiver on loopback. Operators
 * see nothing of it, and nothing of it remains.
 */
import { randomBytes, randomUUID } from "node:crypto"
import { once } from "node:events"
import { createServer, IncomingMessage, ServerResponse } from "node:http"
import { duplexPair } from "node:stream"
import { setTimeout as delay } from "node:timers/promises"
import type { Batch, PingSample } from "@ispvm/wire"
import { createEvents } from "../flow/events/events.ts"
import type { AfterSave } from "../flow/incidents/incidents.ts"
import { type AgentIdentity, createIngest } from "../flow/ingest/ingest.ts"
import type { Live } from "../flow/live/live.ts"
import { createNotify, type Notify } from "../flow/notify/notify.ts"
import { createPipeline, type Pipeline } from "../flow/pipeline.ts"
import { createSeries } from "../flow/series/series.ts"
import type { Clock } from "../platform/clock.ts"
import type { Actor } from "../platform/http/http.ts"
import { AccountId, AgentId, DeviceId, type OrgId } from "../platform/ids.ts"
import type { Db, Dbs } from "../platform/postgres/db.ts"
import { withDiscardedChanges } from "../platform/postgres/discard.ts"
import { createSignal } from "../platform/signal.ts"
import { write } from "../registry/audit/audit.ts"
import { createOrg } from "../registry/orgs/orgs.ts"

export type SelfTestDeps = {
  readonly dbs: Pick<Dbs, "jobs">
  readonly clock: Clock
  readonly live: Live
  readonly onError: (error: unknown) => void
}

const ROUND_MS = 1_000
const SENT = 6

type World = { readonly org: OrgId; readonly agent: AgentIdentity; readonly devices: DeviceId[] }

const makeWorld = async (db: Db): Promise<World> => {
  const { id: org } = await db.sql.begin((tx) => createOrg(tx, "self-test"))
  return await db.asOrg(org, async (tx) => {
    const [agent] = await tx<{ id: string; key: number }[]>`
      insert into agents.agent (org_id, name, enrolled_at) values (${org}, 'self-test', now())
      returning id, key`
    const identity = { id: AgentId.parse(agent?.id), key: agent?.key ?? 0, name: "self-test", org }
    const devices: DeviceId[] = []
    for (const name of ["near", "far"]) {
      const [row] = await tx<{ id: string }[]>`
        insert into inventory.device (org_id, name, address, methods, agent_id)
        values (${org}, ${name}, '192.0.2.1', '{}', ${identity.id}) returning id`
      const device = DeviceId.parse(row?.id)
      await tx`insert into inventory.target (org_id, device_id) values (${org}, ${device})`
      devices.push(device)
    }
    const [near, far] = devices
    await tx`update agents.agent set device_id = ${near ?? ""} where id = ${identity.id}`
    await tx`
      insert into inventory.link (org_id, a_device_id, b_device_id)
      values (${org}, ${near ?? ""}, ${far ?? ""})`
    return { org, agent: identity, devices }
  })
}

/** What a page of this organisation would receive, by the same code. */
const openStream = (live: Live, org: OrgId) => {
  const [ours, theirs] = duplexPair()
  const response = new ServerResponse(new IncomingMessage(ours as never))
  response.assignSocket(ours as never)
  const incident = Promise.withResolvers<void>()
  let text = ""
  theirs.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-100_000)
    if (/^event: incident$/m.test(text)) incident.resolve()
  })
  if (!live.stream(org, response, null, async () => true))
    throw new Error("the live stream takes no further page")
  return { incident: incident.promise, close: () => response.destroy() }
}

/** One channel, and a policy that notifies it at once. */
const createTrialNotify = async (
  db: Db,
  { clock, onError }: SelfTestDeps,
  org: OrgId,
  url: string,
): Promise<Notify> => {
  const notify = createNotify({
    jobs: db,
    ui: db,
    clock,
    orgs: async () => [{ id: org }],
    masterKey: randomBytes(32),
    baseUrl: () => null,
    onError,
  })
  await notify.channels.create(actorOf(org), {
    name: "self-test",
    isEnabled: true,
    language: "en",
    fallbackId: null,
    ownerId: null,
    template: null,
    settings: { kind: "webhook" },
    secrets: { url, signingSecret: "self-test" },
    isInFirstPolicy: true,
  })
  return notify
}
const actorOf = (org: OrgId): Actor => ({
  account: AccountId.parse(randomUUID()),
  org,
  email: "self-test",
  name: "self-test",
  role: "admin",
  address: "127.0.0.1",
})

/** A receiver on loopback; resolves with the first message about an incident. */
const openReceiver = async () => {
  const received = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.end()
      received.resolve()
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    received: received.promise,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const createTrial = (
  db: Db,
  { clock, live, onError }: SelfTestDeps,
  org: OrgId,
  afterSave: AfterSave,
): Pipeline => {
  const events = createEvents({ db, clock })
  const series = createSeries({ jobs: db, clock })
  const ingest = createIngest({
    db,
    clock,
    changes: createSignal(onError),
    writers: [series.write, events.write],
    counters: { items: () => undefined, batch: () => undefined },
  })
  return createPipeline({
    jobs: db,
    ui: db,
    clock,
    ingest,
    pushes: { accept: async () => ({ ok: false, reason: "gone", message: "" }) },
    orgs: async () => [{ id: org }],
    changes: createSignal(onError),
    seen: createSignal(onError),
    queue: () => undefined,
    agent: () => Promise.reject(Object.assign(new Error("no page shows it"), { status: 404 })),
    audit: write,
    allowed: async () => true,
    live,
    afterSave,
    onError: (_, error) => onError(error),
  })
}

/** Rounds of probes: all answer at first, then the far router is silent. */
const sendRounds = async (
  pipeline: Pipeline,
  { agent, devices }: World,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> => {
  const buffer = randomUUID()
  for (let number = 1; !signal.aborted; number += 1) {
    const atMs = Math.round(clock.now())
    const items = devices.map((device, index): PingSample => {
      const answers = number === 1 || index === 0
      const sent = answers ? 1 : SENT
      const received = answers ? 1 : 0
      const icmp = { sent, received, rttUs: answers ? 1_000 : null, jitterUs: null }
      const because = answers ? "round" : "missed"
      return { kind: "ping", device, atMs, answers, icmp, tcp: answers ? null : "silent", because }
    })
    const batch: Batch = { protocol: 1, buffer, number, sentAtMs: atMs, items }
    const { rejected } = await pipeline.accept(agent, batch)
    if (rejected[0] !== undefined) throw new Error(`a probe is rejected: ${rejected[0].message}`)
    await delay(ROUND_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** Resolves when both have arrived; throws why they have not. */
export const detectSyntheticFault = (deps: SelfTestDeps, timeoutMs: number): Promise<void> =>
  withDiscardedChanges(deps.dbs.jobs.sql, async (db) => {
    const world = await makeWorld(db)
    const { org } = world
    const stream = openStream(deps.live, org)
    const receiver = await openReceiver()
    const notify = await createTrialNotify(db, deps, org, receiver.url)
    const pipeline = createTrial(db, deps, org, notify.afterSave)
    const ended = new AbortController()
    let missing = "incident"
    const late = delay(timeoutMs, undefined, { signal: ended.signal }).then(() => {
      throw new Error(`no ${missing} of the synthetic device within ${timeoutMs / 1_000} s`)
    })
    const arrived = stream.incident.then(() => {
      missing = "notification"
      return receiver.received
    })
    late.catch(() => undefined)
    try {
      await pipeline.start()
      await notify.start(async () => undefined)
      const sending = sendRounds(pipeline, world, deps.clock, ended.signal)
      await Promise.race([arrived, late, sending])
      ended.abort()
      await sending
    } finally {
      ended.abort()
      await pipeline.stop()
      await notify.stop()
      receiver.close()
      stream.close()
      deps.live.forget(org)
    }
  })
