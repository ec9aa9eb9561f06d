/**
 * For tests of the push API: the real listener on a free port, a real database, keys as the
 * companion module knows them, and a clock that the test sets.
 */
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import https from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { openAuthority } from "@ispvm/pki"
import { PUSH_PATH } from "@ispvm/wire/push"
import { createEvents } from "../src/flow/events/events.ts"
import { createIngest } from "../src/flow/ingest/ingest.ts"
import { createPushes } from "../src/flow/push/push.ts"
import { createSeries } from "../src/flow/series/series.ts"
import type {
  Identified,
  KeyInvalidation,
  KnownRouter,
} from "../src/listeners/routers/push-key-cache.ts"
import {
  createPushListener,
  type PushListenerLimits,
} from "../src/listeners/routers/push-listener.ts"
import type { Clock } from "../src/platform/clock.ts"
import { DeviceId } from "../src/platform/ids.ts"
import { createSignal } from "../src/platform/signal.ts"
import type { TestDatabase } from "./database.ts"
import { makeActor, makeDevice, makeInventory } from "./make.ts"

export type Answer = {
  status: number
  headers: Record<string, unknown>
  text: string
  json: Record<string, unknown>
}
type RequestOptions = {
  key?: string | null
  body?: unknown
  method?: string
  path?: string
  agent?: https.Agent
  headers?: Record<string, string>
}

/** The keys of a test, and what the companion module answers for each. */
const makeKeys = () => {
  const known = new Map<string, Identified>()
  const lookups = { times: 0 }
  const keysInvalidated = createSignal<KeyInvalidation>((error) => assert.ifError(error))
  const used: string[] = []
  return {
    known,
    lookups,
    keysInvalidated,
    used: async (router: KnownRouter) => void used.push(router.name),
    usedBy: used,
    identify: async (token: string): Promise<Identified> => {
      lookups.times += 1
      return known.get(token) ?? { ok: false, reason: "key-unknown", router: null }
    },
    redeemLink: async (secret: string) =>
      secret === "one-time"
        ? ({ ok: true, text: "/system identity print\n" } as const)
        : ({ ok: false, reason: "link-unknown", message: "This link is not known here." } as const),
  }
}
export const newKey = (): string =>
  `ispvmr1.${randomBytes(12).toString("base64url")}.${randomBytes(32).toString("base64url")}`

const createSend =
  (port: number, rootPem: string) =>
  ({ key = null, body, method = "POST", path = PUSH_PATH, agent, headers = {} }: RequestOptions) =>
    new Promise<Answer>((resolve, reject) => {
      const token = key === null ? {} : { authorization: `Bearer ${key}` }
      const at = {
        host: "127.0.0.1",
        port,
        method,
        path,
        ca: rootPem,
        agent: agent ?? false,
      }
      const request = https.request({ ...at, headers: { ...token, ...headers } }, (response) => {
        const { statusCode: status = 0, headers } = response
        const isJson = String(headers["content-type"]).startsWith("application/json")
        text(response)
          .then((body) =>
            resolve({ status, headers, text: body, json: isJson ? JSON.parse(body) : {} }),
          )
          .catch(reject)
      })
      request.on("error", reject)
      request.end(
        body === undefined
          ? undefined
          : typeof body === "string" || Buffer.isBuffer(body)
            ? body
            : JSON.stringify(body),
      )
    })

/** Stores what is accepted, in the real tables. */
const storeOf = (db: TestDatabase, clock: Clock) => {
  const changes = { emit: () => undefined, on: () => () => undefined }
  const series = createSeries({ jobs: db.dbs.jobs, clock })
  const events = createEvents({ db: db.dbs.jobs, clock })
  const writers = [series.write, events.write]
  const counters = { items: () => undefined, batch: () => undefined }
  const ingest = createIngest({ db: db.dbs.ingest, clock, changes, writers, counters })
  return createPushes({
    db: db.dbs.ingest,
    clock,
    store: ingest.push,
    changes,
    count: () => undefined,
  })
}

export const openRig = async (db: TestDatabase, limits: Partial<PushListenerLimits> = {}) => {
  const directory = await mkdtemp(join(tmpdir(), "ispvm-push-"))
  const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs }
  const lines: string[] = []
  const counts = new Map<string, number>()
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)
  const log = (fields: object, message: string): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`)
  const authority = await openAuthority({
    directory: join(directory, "pki"),
    now: Date.now,
    caBits: 2048,
    leafBits: 2048,
  })
  const pushes = storeOf(db, clock)
  const keys = makeKeys()
  const fault = { next: false }
  const listener = createPushListener({
    keys,
    authority,
    clock,
    accept: (router, push, address) => {
      if (!fault.next) return pushes.accept(router, push, address)
      fault.next = false
      return Promise.reject(new Error("the disk's secret trouble"))
    },
    onRejected: pushes.recordRejection,
    binds: ["127.0.0.1"],
    port: 0,
    publicHost: null,
    names: () => ["localhost", "127.0.0.1"],
    counters: { request: count, droppedConnection: (why) => count(`connection ${why}`) },
    log: { info: log, warn: log, error: log },
    limits: { burst: 100_000, perSecond: 100_000, ...limits },
  })
  const { port } = await listener.start()
  const send = createSend(port, authority.rootPem)
  return {
    send,
    authority,
    clock,
    counts,
    fault,
    keys,
    lines,
    port,
    router: async (): Promise<{ key: string; router: KnownRouter }> => {
      const device = makeDevice()
      const { id } = await makeInventory(db).createDevice(makeActor(db.org), device)
      const key = newKey()
      const router = {
        org: db.org,
        device: DeviceId.parse(id),
        name: device.name,
        key: key.split(".")[1] ?? "",
      }
      keys.known.set(key, { ok: true, router, untilMs: null })
      return { key, router }
    },
    close: async (): Promise<void> => {
      await listener.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type PushRig = Awaited<ReturnType<typeof openRig>>

export const linkOf = (seq: number, over: object = {}) => ({
  seq,
  up: "1h",
  kind: "link",
  name: "ether1",
  state: "down",
  ...over,
})
export const pushOf = (items: readonly unknown[], over: object = {}) => ({
  v: 1,
  queue: "watch",
  boot: "b",
  up: "1h",
  clock: "2024-03-01 13:13:32",
  gmt: "0",
  lost: 0,
  items,
  ...over,
})
