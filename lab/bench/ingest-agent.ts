/** An agent without devices of its own: enrolled, and then a client that sends made-up batches. */
import { randomUUID } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import https from "node:https"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { setTimeout as wait } from "node:timers/promises"
import { gzipSync } from "node:zlib"
import { Ack, type Batch, PATHS } from "@ispvm/wire"
import { COMPACT_TYPE, encodeBatch, encodeSection } from "@ispvm/wire/compact"
import { z } from "zod"
import { program } from "../e2e/start-process.ts"
import { UserError } from "../simulator/user-error.ts"

export const FORMS = ["json", "columns"] as const
export type Form = (typeof FORMS)[number]
const BOOT = randomUUID()

const Identity = z.object({
  ...{ keyPem: z.string(), certificatePem: z.string() },
  ...{ chainPem: z.string(), rootPem: z.string() },
})
type Identity = z.infer<typeof Identity>

/** An agent that has enrolled itself and ended. */
export const enrolled = async (port: number, token: string, dataDir: string): Promise<Identity> => {
  const agent = program([join(import.meta.dirname, "../../agent/src/main.ts")], {
    ...{ ISPVM_URL: `https://127.0.0.1:${port}`, ISPVM_TOKEN: token },
    ...{ ISPVM_AGENT_DATA_DIR: dataDir, ISPVM_AGENT_HEALTH_PORT: "0", ISPVM_SYSLOG_PORT: "0" },
  })
  const file = join(dataDir, "identity.json")
  for (let tries = 0; !existsSync(file) && tries < 240; tries += 1) await wait(250)
  await agent.stop()
  if (!existsSync(file)) throw new UserError(`the agent did not enrol:\n${agent.output()}`)
  return Identity.parse(JSON.parse(readFileSync(file, "utf8")))
}

export const bodyOf = (form: Form, batch: Batch) =>
  form === "json"
    ? { bytes: gzipSync(JSON.stringify(batch)), type: "application/json", encoding: "gzip" }
    : { bytes: encodeBatch(batch, [encodeSection(batch.items)]), type: COMPACT_TYPE, encoding: "" }

const heartbeat = (devices: number) => ({
  ...{ protocol: 1, atMs: Date.now(), version: "bench", startedAtMs: 1, hostname: "bench" },
  ...{ revision: "", devices, bufferBatches: 0, bufferBytes: 0 },
  ...{ oldestBufferedAtMs: null, capabilities: { icmp: true, syslogPort: null }, notes: [] },
})

/** A client of the agent API that sends batches, and heartbeats of `devices` devices meanwhile. */
export const createSend = (port: number, identity: Identity, devices: number) => {
  const agent = new https.Agent({
    ...{ keepAlive: true, ca: identity.rootPem, key: identity.keyPem },
    cert: `${identity.certificatePem.trimEnd()}\n${identity.chainPem}`,
    checkServerIdentity: () => undefined,
  })
  const post = ({ bytes, type, encoding }: ReturnType<typeof bodyOf>, path: string) =>
    new Promise<string>((resolve, reject) => {
      const headers = {
        ...{ "content-type": type, "content-length": bytes.length, "ispvm-boot": BOOT },
        ...(encoding === "" ? {} : { "content-encoding": encoding }),
      }
      const sent = https.request(
        { host: "127.0.0.1", port, path, method: "POST", agent, headers },
        (response) => {
          text(response).then((body) => {
            if (response.statusCode === 200) resolve(body)
            else reject(new Error(`${response.statusCode}: ${body}`))
          }, reject)
        },
      )
      sent.on("error", reject)
      sent.end(bytes)
    })
  const sendHeartbeat = () => {
    const bytes = Buffer.from(JSON.stringify(heartbeat(devices)))
    return post({ bytes, type: "application/json", encoding: "" }, PATHS.heartbeat)
  }
  const timer = setInterval(() => void sendHeartbeat().catch(() => undefined), 2_000)
  return {
    send: async (body: ReturnType<typeof bodyOf>): Promise<Ack> =>
      Ack.parse(JSON.parse(await post(body, PATHS.batches))),
    close: () => {
      clearInterval(timer)
      agent.destroy()
    },
  }
}
