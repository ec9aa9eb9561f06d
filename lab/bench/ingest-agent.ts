/** Agents without devices of their own: enrolled, and then clients that send made-up batches. */
import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { readFileSync, rmSync } from "node:fs"
import https from "node:https"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { setTimeout as wait } from "node:timers/promises"
import { gzipSync } from "node:zlib"
import { Ack, type Batch, EnrolAnswer, PATHS } from "@ispvm/wire"
import { COMPACT_TYPE, encodeBatch, encodeSection } from "@ispvm/wire/compact"
import { tempDataDir } from "../e2e/demo-process.ts"

export const FORMS = ["json", "columns"] as const
export type Form = (typeof FORMS)[number]
type Body = {
  readonly bytes: Buffer | Uint8Array
  readonly type: string
  readonly encoding: string
}

type Identity = {
  readonly keyPem: string
  readonly certificatePem: string
  readonly chainPem: string
  readonly rootPem: string
}
type Answer = {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined
}

const post = (options: https.RequestOptions, { bytes, type, encoding }: Body): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      ...options.headers,
      ...{ "content-type": type, "content-length": bytes.length },
      ...(encoding === "" ? {} : { "content-encoding": encoding }),
    }
    const sent = https.request(
      { ...options, host: "127.0.0.1", method: "POST", headers },
      (response) => {
        const { statusCode: status = 0, headers: of } = response
        text(response).then((body) => {
          resolve({ status, body, retryAfter: of["retry-after"] })
        }, reject)
      },
    )
    sent.on("error", reject)
    sent.end(bytes)
  })

const asJson = (value: unknown): Body => ({
  bytes: Buffer.from(JSON.stringify(value)),
  type: "application/json",
  encoding: "",
})

/** One key for all: to make one takes longer than to enrol an agent. */
export const createEnrol = (port: number) => {
  const dir = tempDataDir("ingest-agent")
  const file = join(dir, "key.pem")
  const make = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bench"]
  let [keyPem, csrPem] = ["", ""]
  try {
    csrPem = execFileSync("openssl", [...make, "-keyout", file], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
    keyPem = readFileSync(file, "utf8")
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
  return async (token: string): Promise<Identity> => {
    const [, secret] = token.split(".")
    const options = { port, path: PATHS.enrol, rejectUnauthorized: false }
    const body = { protocol: 1, secret, csrPem, hostname: "bench", version: "bench" }
    const answer = await post(options, asJson(body))
    if (answer.status >= 300) throw new Error(`enrolment: ${answer.status}: ${answer.body}`)
    return { keyPem, ...EnrolAnswer.parse(JSON.parse(answer.body)) }
  }
}

export const bodyOf = (form: Form, batch: Batch): Body =>
  form === "json"
    ? { bytes: gzipSync(JSON.stringify(batch)), type: "application/json", encoding: "gzip" }
    : { bytes: encodeBatch(batch, [encodeSection(batch.items)]), type: COMPACT_TYPE, encoding: "" }

const HEARTBEAT_MS = 5_000
const heartbeat = (devices: number) => ({
  ...{ protocol: 1, atMs: Date.now(), version: "bench", startedAtMs: 1, hostname: "bench" },
  ...{ revision: "", devices, bufferBatches: 0, bufferBytes: 0 },
  ...{ oldestBufferedAtMs: null, capabilities: { icmp: true, syslogPort: null }, notes: [] },
})
const isBusy = ({ status }: Answer): boolean => status === 429 || status === 503

/** `send` waits and repeats while the appliance has too much to do, as agents do. */
export type Client = {
  readonly send: (body: Body) => Promise<Ack>
  /** Batches that were sent again. */
  readonly repeats: () => number
  readonly close: () => void
}
/** A client of the agent API that sends batches, and heartbeats of `devices` devices meanwhile. */
export const createClient = (port: number, identity: Identity, devices: number): Client => {
  const boot = randomUUID()
  let repeats = 0
  const agent = new https.Agent({
    ...{ keepAlive: true, ca: identity.rootPem, key: identity.keyPem },
    cert: `${identity.certificatePem.trimEnd()}\n${identity.chainPem}`,
    checkServerIdentity: () => undefined,
  })
  const ask = async (body: Body, path: string): Promise<string> => {
    for (;;) {
      const answer = await post({ port, path, agent, headers: { "ispvm-boot": boot } }, body)
      if (answer.status === 200) return answer.body
      if (!isBusy(answer)) throw new Error(`${answer.status}: ${answer.body}`)
      repeats += 1
      await wait(1_000 * Number(answer.retryAfter ?? 1))
    }
  }
  const timer = setInterval(() => {
    ask(asJson(heartbeat(devices)), PATHS.heartbeat).catch(() => undefined)
  }, HEARTBEAT_MS)
  return {
    send: async (body) => Ack.parse(JSON.parse(await ask(body, PATHS.batches))),
    repeats: () => repeats,
    close: () => {
      clearInterval(timer)
      agent.destroy()
    },
  }
}
