/**
 * For tests of the agent API: the real listener on a free port, a real database, a clock that the
 * test sets, and agents that enrol as usual.
 */
import assert from "node:assert/strict"
import { generateKeyPairSync } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import type https from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openAuthority } from "@ispvm/pki"
import type { Ack, Batch, CollectorIntervals } from "@ispvm/wire"
import forge from "node-forge"
import type { BatchSender } from "../src/listeners/agents/agent-api.ts"
import { createAgentListener } from "../src/listeners/agents/agent-listener.ts"
import type { Actor } from "../src/platform/http/http.ts"
import { AccountId } from "../src/platform/ids.ts"
import { createSignal } from "../src/platform/signal.ts"
import {
  type Agents,
  createAgents,
  type KnownAgent,
  type PackageSource,
} from "../src/registry/agents/agents.ts"
import type { Problem } from "../src/registry/agents/problems.ts"
import type { InventoryChange } from "../src/registry/inventory/inventory.ts"
import { createSecrets } from "../src/registry/secrets/secrets.ts"
import { testDatabase } from "./database.ts"
import { sendTls, type TlsAnswer } from "./send-tls.ts"

export type Client = {
  readonly cert?: string
  readonly key?: string
  readonly keepAlive?: https.Agent | false
  readonly localAddress?: string
}
/** One key for all agents: generating keys is slow, and none of these tests is about them. */
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
export const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString()
export const csrPem = ((): string => {
  const csr = forge.pki.createCertificationRequest()
  csr.publicKey = forge.pki.publicKeyFromPem(
    publicKey.export({ type: "spki", format: "pem" }).toString(),
  )
  csr.sign(forge.pki.privateKeyFromPem(keyPem), forge.md.sha256.create())
  return forge.pki.certificationRequestToPem(csr)
})()

const LISTENER = { binds: ["127.0.0.1"], port: 0, publicHost: null }
const actorIn = (org: Actor["org"]): Actor => ({
  account: AccountId.parse("00000000-0000-4000-8000-000000000001"),
  org,
  email: "a@b.c",
  name: "A",
  role: "admin",
  address: "127.0.0.1",
})
const acknowledge = ({ buffer, number, items }: Batch): Ack => ({
  protocol: 1,
  buffer,
  number,
  accepted: items.length,
  rejected: [],
})

const createSend =
  (port: number, ca: string) =>
  (
    method: string,
    path: string,
    body: unknown = null,
    { keepAlive: agent = false, ...tls }: Client = {},
    headers: Record<string, string> = {},
  ) =>
    sendTls({ port, ca, method, path, body, headers, agent, ...tls })

/** Agents that enrol as usual. */
const createEnrolment = (agents: Agents, actor: Actor, send: ReturnType<typeof createSend>) => {
  const enrolWith = (token: string, csr = csrPem) =>
    send("POST", "/enrol/v1", {
      protocol: 1,
      secret: token.split(".")[1],
      csrPem: csr,
      hostname: "pop",
      version: "0.1.0",
    })
  /** An agent, enrolled. */
  const enrolled = async (name: string): Promise<{ id: string; client: Client }> => {
    const { id } = await agents.create(actor, { name, siteId: null, deviceId: null })
    const { token } = await agents.token(actor, id, "localhost")
    const answer = await enrolWith(token)
    if (answer.status !== 200)
      throw new Error(`enrolment answered ${answer.status}: ${answer.text}`)
    return {
      id,
      client: { cert: `${answer.json.certificatePem}${answer.json.chainPem}`, key: keyPem },
    }
  }
  return { enrolWith, enrolled }
}

type RigOptions = {
  /** The clock that measures durations; by default the monotonic clock of this process. */
  readonly steady?: () => number
  readonly collectorIntervals?: CollectorIntervals
  readonly packages?: PackageSource
}

/** The agents module on a database of its own, and what it reports. */
const openAgents = async ({
  steady = () => performance.now(),
  collectorIntervals = {},
  packages,
}: RigOptions) => {
  const database = await testDatabase()
  const directory = await mkdtemp(join(tmpdir(), "ispvm-agent-api-"))
  let nowMs = Date.now()
  const clock = { now: () => nowMs }
  const faults: unknown[] = []
  const problems: Problem[] = []
  const onError = (error: unknown): void => void faults.push(error)
  const authority = await openAuthority({
    directory: join(directory, "pki"),
    now: clock.now,
    caBits: 2048,
  })
  const secrets = createSecrets({ key: Buffer.alloc(32, 7) })
  const changes = createSignal<InventoryChange>(onError)
  const agents = createAgents({
    masterKey: Buffer.alloc(32, 7),
    dbs: database.dbs,
    clock,
    authority,
    secrets,
    changes,
    agentApiUrl: (host) => `https://${host}:8444`,
    steady,
    collectorIntervals,
    ...(packages === undefined ? {} : { packages }),
    onProblem: (_, problem) => void problems.push(problem),
    onError,
  })
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return {
    ...database,
    ...{ agents, secrets, authority, changes, faults, problems, directory, clock, pass },
    close: async (): Promise<void> => {
      await agents.stop()
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export const openRig = async (options: RigOptions = {}) => {
  const world = await openAgents(options)
  const { agents, authority, clock } = world
  const lines: string[] = []
  const log = (fields: object, message: string): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`)
  const batches: { agent: KnownAgent; batch: Batch; sender: BatchSender }[] = []
  let onBatch = async (_batch: Batch): Promise<void> => undefined
  let polled = (): void => undefined
  const takeTasks: Agents["takeTasks"] = (...args) => {
    const tasks = agents.takeTasks(...args)
    polled()
    return tasks
  }
  const listener = createAgentListener({
    ...LISTENER,
    agents: { ...agents, takeTasks },
    authority,
    clock,
    log: { info: log, warn: log, error: log },
    onBatch: async (agent, batch, sender) => {
      batches.push({ agent, batch, sender })
      await onBatch(batch)
      return acknowledge(batch)
    },
  })
  const { port } = await listener.start()
  const actor = actorIn(world.org)
  const send = createSend(port, authority.rootPem)
  return {
    ...world,
    ...{ actor, batches, lines, port, send },
    ...createEnrolment(agents, actor, send),
    /** Resolves when the next poll for tasks waits for an answer. */
    nextPoll: (): Promise<void> =>
      new Promise((resolve) => {
        polled = resolve
      }),
    whenBatch: (work: (batch: Batch) => Promise<void>): void => {
      onBatch = work
    },
    close: async (): Promise<void> => {
      await listener.stop()
      await world.close()
    },
  }
}
export type Rig = Awaited<ReturnType<typeof openRig>>

export const assertRejected = (answer: TlsAnswer, status: number, code: string): void => {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.json.code, code)
  assert.match(String(answer.json.message), /\w+ \w+/)
}
/** One that has not enrolled yet. */
export const newAgent = async (rig: Rig, name: string): Promise<{ id: string; token: string }> => {
  const { id } = await rig.agents.create(rig.actor, { name, siteId: null, deviceId: null })
  return { id, token: (await rig.agents.token(rig.actor, id, "localhost")).token }
}
export const batch = (items: unknown[] = []) => ({
  protocol: 1,
  buffer: "7b0d3f8e-13a5-4a3e-9d38-0d6e4c1f0a11",
  number: 1,
  sentAtMs: 1,
  items,
})
export const heartbeatOf = (rig: Rig) => ({
  protocol: 1,
  atMs: rig.clock.now(),
  version: "0.1.0",
  startedAtMs: 1,
  hostname: "pop",
  revision: "",
  devices: 0,
  bufferBatches: 3,
  bufferBytes: 10,
  oldestBufferedAtMs: null,
  capabilities: { icmp: true, syslogPort: 5514 },
  notes: [],
})
