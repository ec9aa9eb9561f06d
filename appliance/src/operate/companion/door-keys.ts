/** The routers' door asks whose key it sees, before the organisation is known; and tells that it was used. */
import type { Clock } from "../../platform/clock.ts"
import type { Db } from "../../platform/db.ts"
import { DeviceId, type OrgId } from "../../platform/ids.ts"
import type { Signal } from "../../platform/signal.ts"
import { isSecretOf, judgeKey, type KeyReason, readKey } from "./keys.ts"
import { findDevice, findKey, markUsed } from "./store.ts"

/** Identifications that were kept of this router (of one key, or with null of all) hold no longer: ask again. */
export type KeyCut = { readonly org: OrgId; readonly device: string; readonly key: string | null }

/** `untilMs`: when this answer ends by itself, where it does; `cut` may end it sooner. */
export type IdentifiedRouter =
  | {
      readonly ok: true
      readonly router: { readonly org: OrgId; readonly device: DeviceId; readonly name: string; readonly key: string }
      readonly untilMs: number | null
    }
  /** `router` where the key is one of ours that is over: its owner is shown that it knocks. */
  | { readonly ok: false; readonly reason: KeyReason; readonly router: { readonly org: OrgId; readonly device: DeviceId } | null }

const refused = (reason: KeyReason): IdentifiedRouter => ({ ok: false, reason, router: null })
/** Compared with where there is no such key, so that an unknown one takes as long as a wrong one. */
const NO_HASH = Buffer.alloc(32)

/** A use is written down at most this often, except the first. */
const WRITE_EVERY_MS = 10_000
const WRITTEN_MOST = 50_000

type Deps = { readonly db: Db; readonly clock: Clock; readonly cut: Signal<KeyCut> }

export const createDoorKeys = ({ db, clock, cut }: Deps) => {
  const writtenAtMs = new Map<string, number>()
  return {
    identify: async (bearer: string): Promise<IdentifiedRouter> => {
      const shown = readKey(bearer)
      if (shown === null) return refused("key-malformed")
      const found = await findKey(db.sql, shown.id)
      if (!isSecretOf(shown.secret, found?.secretHash ?? NO_HASH) || found === null) return refused("key-unknown")
      const { org } = found
      const device = DeviceId.parse(found.device)
      const verdict = judgeKey(found, clock.now())
      if (verdict !== "good") return { ok: false, reason: verdict, router: { org, device } }
      const row = await db.asOrg(org, (tx) => findDevice(tx, org, device))
      if (row === null) return refused("key-unknown")
      return { ok: true, router: { org, device, name: row.name, key: shown.id }, untilMs: found.expiresAtMs }
    },
    used: async ({ org, device, key }: { org: OrgId; device: string; key: string }, atMs: number): Promise<void> => {
      const lastMs = writtenAtMs.get(key)
      if (lastMs !== undefined && atMs >= lastMs && atMs - lastMs < WRITE_EVERY_MS) return
      writtenAtMs.delete(key)
      writtenAtMs.set(key, atMs)
      for (const oldest of writtenAtMs.keys()) {
        if (writtenAtMs.size <= WRITTEN_MOST) break
        writtenAtMs.delete(oldest)
      }
      const ended = await db.asOrg(org, (tx) => markUsed(tx, org, key, atMs))
      for (const id of ended) cut.emit({ org, device, key: id })
    },
  }
}
