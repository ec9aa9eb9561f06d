/**
 * For the push API: finds the router of a key before the organisation is known, and records the use
 * of the key.
 */
import { createCache } from "../../platform/cache.ts"
import type { Clock } from "../../platform/clock.ts"
import { DeviceId, type OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import type { Signal } from "../../platform/signal.ts"
import { checkKey, isSecretOf, type KeyReason, readKey } from "./keys.ts"
import { findDevice, findKey, markUsed } from "./store.ts"

/** Cached lookups of this router (of one key, or with null of all) are no longer valid. */
export type KeyInvalidation = {
  readonly org: OrgId
  readonly device: string
  readonly key: string | null
}

/** `untilMs`: when this result expires by itself; `cut` may end it sooner. */
export type IdentifiedRouter =
  | {
      readonly ok: true
      readonly router: {
        readonly org: OrgId
        readonly device: DeviceId
        readonly name: string
        readonly key: string
      }
      readonly untilMs: number | null
    }
  /** `router`: set if the key was valid once, so that its use can be shown to the operators. */
  | {
      readonly ok: false
      readonly reason: KeyReason
      readonly router: { readonly org: OrgId; readonly device: DeviceId } | null
    }

const rejected = (reason: KeyReason): IdentifiedRouter => ({ ok: false, reason, router: null })
/**
 * The hash to compare with if the key does not exist, so that an unknown key takes as long as a
 * wrong one.
 */
const NO_HASH = Buffer.alloc(32)

/** A use is stored at most this often, except the first. */
const WRITE_EVERY_MS = 10_000
const MAX_WRITTEN = 50_000

type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly keysInvalidated: Signal<KeyInvalidation>
}

export const createRouterKeys = ({ db, clock, keysInvalidated }: Deps) => {
  const writtenAtMs = createCache<string, number>({ maxEntries: MAX_WRITTEN })
  return {
    identify: async (token: string): Promise<IdentifiedRouter> => {
      const shown = readKey(token)
      if (shown === null) return rejected("key-malformed")
      const found = await findKey(db.sql, shown.id)
      if (!isSecretOf(shown.secret, found?.secretHash ?? NO_HASH) || found === null)
        return rejected("key-unknown")
      const { org } = found
      const device = DeviceId.parse(found.device)
      const result = checkKey(found, clock.now())
      if (result !== "good") return { ok: false, reason: result, router: { org, device } }
      const row = await db.asOrg(org, (tx) => findDevice(tx, org, device))
      if (row === null) return rejected("key-unknown")
      return {
        ok: true,
        router: { org, device, name: row.name, key: shown.id },
        untilMs: found.expiresAtMs,
      }
    },
    used: async (
      { org, device, key }: { org: OrgId; device: string; key: string },
      atMs: number,
    ): Promise<void> => {
      const lastMs = writtenAtMs.get(key)
      if (lastMs !== undefined && atMs >= lastMs && atMs - lastMs < WRITE_EVERY_MS) return
      writtenAtMs.set(key, atMs)
      const ended = await db.asOrg(org, (tx) => markUsed(tx, org, key, atMs))
      for (const id of ended) keysInvalidated.emit({ org, device, key: id })
    },
  }
}
