/**
 * For tests of the agent API: the real listener on a free port, a real database, a clock that the
 * test sets, and agents that enrol as usual.
 */
import { generateKeyPairSync } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import https from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { openAuthority } from "@ispvm/pki"
import type { Batch, CollectorIntervals } from "@ispvm/wire"
import forge from "node-forge"
import type { BatchSender } from "../src/listeners/agents/agent-api.ts"
import { createAgentListener } from "../src/listeners/agents/agent-listener.ts"
import type { Actor } from "../src/platform/http/http.ts"
import { AccountId } from "../src/platform/ids.ts"
import { createSignal } from "../src/platform/signal.ts"
import { type Agents, createAgents, type KnownAgent } from "../src/registry/agents/agents.ts"
import type { Problem } from "../src/registry/agents/problems.ts"
import type { InventoryChange } from "../src/registry/inventory/inventory.ts"
import { createSecrets } from "../src/registry/secrets/secrets.ts"
import { testDatabase } from "./database.ts"

export type Client = {
  readonly cert?: string
  readonly key?: string
  readonly keepAlive?: https.Agent
  readonly localAddress?: string
}
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly json: Record<string, unknown>
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

const parseJson = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** `steady`: the clock that measures durations; by default the monotonic clock of this process. */
export const openRig = async ({
  steady = () => performance.now(),
  collectorIntervals = {},
}: {
  readonly steady?: () => number
  readonly collectorIntervals?: CollectorIntervals
} = {}) => {
  const database = await testDatabase()
  const directory = await mkdtemp(join(tmpdir(), "ispvm-agent-api-"))
  let nowMs = Date.now()
  const clock = { now: () => nowMs }
  const faults: unknown[] = []
  const lines: string[] = []
  const onError = (error: unknown): void => {
    faults.push(error)
  }
  const log = (fields: object, message: string): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`)
  }
  const authority = await openAuthority({
    directory: join(directory, "pki"),
    now: clock.now,
    caBits: 2048,
  })
  const secrets = createSecrets({ key: Buffer.alloc(32, 7) })
  const changes = createSignal<InventoryChange>(onError)
  const problems: Problem[] = []
  const onProblem = (_: unknown, problem: Problem): void => {
    problems.push(problem)
  }
  const agentApiUrl = (host: string): string => `https://${host}:8444`
  const agents = createAgents({
    dbs: database.dbs,
    clock,
    authority,
    secrets,
    changes,
    agentApiUrl,
    steady,
    collectorIntervals,
    onProblem,
    onError,
  })
  const batches: { agent: KnownAgent; batch: Batch; sender: BatchSender }[] = []
  let onBatch = async (_batch: Batch): Promise<void> => undefined
  let polled = (): void => undefined
  const takeTasks: Agents["takeTasks"] = (...args) => {
    const tasks = agents.takeTasks(...args)
    polled()
    return tasks
  }
  const listener = createAgentListener({
    agents: { ...agents, takeTasks },
    authority,
    clock,
    binds: ["127.0.0.1"],
    port: 0,
    publicHost: null,
    log: { info: log, warn: log, error: log },
    onBatch: async (agent, batch, sender) => {
      batches.push({ agent, batch, sender })
      await onBatch(batch)
      return {
        protocol: 1,
        buffer: batch.buffer,
        number: batch.number,
        accepted: batch.items.length,
        rejected: [],
      }
    },
  })
  const { port } = await listener.start()
  const account = AccountId.parse("00000000-0000-4000-8000-000000000001")
  const actor: Actor = {
    account,
    org: database.org,
    email: "a@b.c",
    name: "A",
    role: "admin",
    address: "127.0.0.1",
  }

  const send = (
    method: string,
    path: string,
    body: unknown = null,
    client: Client = {},
    headers: Record<string, string> = {},
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const bytes =
        body === null
          ? null
          : Buffer.isBuffer(body)
            ? body
            : Buffer.from(typeof body === "string" ? body : JSON.stringify(body))
      const { keepAlive, ...tls } = client
      const options = {
        host: "127.0.0.1",
        port,
        method,
        path,
        headers,
        ca: authority.rootPem,
        agent: keepAlive ?? false,
        ...tls,
      }
      const request = https.request(options, (response) => {
        const { statusCode: status = 0, headers } = response
        text(response).then(
          (body) => resolve({ status, headers, text: body, json: parseJson(body) }),
          reject,
        )
      })
      request.on("error", reject)
      request.end(bytes ?? undefined)
    })
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
  return {
    ...database,
    agents,
    secrets,
    authority,
    actor,
    changes,
    batches,
    faults,
    problems,
    lines,
    directory,
    port,
    send,
    enrolWith,
    enrolled,
    clock,
    /** Resolves when the next poll for tasks waits for an answer. */
    nextPoll: (): Promise<void> =>
      new Promise((resolve) => {
        polled = resolve
      }),
    pass: (ms: number): void => {
      nowMs += ms
    },
    whenBatch: (work: (batch: Batch) => Promise<void>): void => {
      onBatch = work
    },
    close: async (): Promise<void> => {
      await listener.stop()
      await agents.stop()
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
export type Rig = Awaited<ReturnType<typeof openRig>>
