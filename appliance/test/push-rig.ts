/**
 * For tests of the push API: the real listener on a free port, a real database, keys as the
 * companion module knows them, and a clock that the test sets.
 */
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import type https from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openAuthority } from "@ispvm/pki"
import { PUSH_PATH } from "@ispvm/wire/push"
import type {
  Identified,
  KeyInvalidation,
  KnownRouter,
} from "../src/listeners/routers/push-key-cache.ts"
import {
  createPushListener,
  type PushListenerLimits,
} from "../src/listeners/routers/push-listener.ts"
import { DeviceId } from "../src/platform/ids.ts"
import { createSignal } from "../src/platform/signal.ts"
import type { TestDatabase } from "./database.ts"
import { makeActor, makeDevice, makeInventory } from "./make.ts"
import { makePushes } from "./make-push.ts"
import { sendTls } from "./send-tls.ts"

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
  (port: number, ca: string) =>
  ({ key = null, method = "POST", path = PUSH_PATH, headers = {}, ...options }: RequestOptions) => {
    const token: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` }
    return sendTls({ port, ca, method, path, headers: { ...token, ...headers }, ...options })
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
  const pushes = makePushes(db, clock)
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
