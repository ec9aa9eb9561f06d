/**
 * The keys as the routers' door sees them: what the companion says of one is believed for a few seconds, so that a flood of requests is
 * not a flood of questions to the database. A key that has ended is forgotten at once.
 */
import { createHash } from "node:crypto"
import { RouterKey } from "./api/push.ts"
import { type Clock, steadyOf } from "./platform/clock.ts"
import type { DeviceId, OrgId } from "./platform/ids.ts"
import { Refusal, slowDown } from "./registry/agents/refusal.ts"
import { createThrottle } from "./registry/agents/throttle.ts"

/** Whose key it is. `key`: the part of it that is no secret. */
export type KnownRouter = { readonly org: OrgId; readonly device: DeviceId; readonly name: string; readonly key: string }
/** `untilMs`: when this ends by itself. A refused one names its router where the key was once one of its own. */
export type Identified =
  | { readonly ok: true; readonly router: KnownRouter; readonly untilMs: number | null }
  | { readonly ok: false; readonly reason: string; readonly router: { readonly org: OrgId; readonly device: DeviceId } | null }
/** What was believed of this router (of one key, or with null of all of them) holds no longer. */
export type KeyCut = { readonly device: string; readonly key: string | null }

export type Keyring = {
  /** Throws the refusal. `source`: by what wrong keys are counted. */
  readonly identify: (authorization: string | undefined, source: string) => Promise<KnownRouter>
  /** Counted like a wrong key unless `work` comes to its end without a refusal. */
  readonly guarded: <T>(source: string, work: () => Promise<T>) => Promise<T>
  readonly forget: (cut: KeyCut) => void
}
type Deps = {
  readonly clock: Clock
  readonly ask: (bearer: string) => Promise<Identified>
  /** A key that is over was shown: whose it was can be told. */
  readonly onOver: (router: { readonly org: OrgId; readonly device: DeviceId }, reason: string, message: string) => void
}

const BELIEVED_MS = 5_000
/** So long a key that was good is looked up even while others guess from the same address. */
const REMEMBERED_MS = 3_600_000
const KEYS_MOST = 20_000

const SENTENCES: Readonly<Record<string, string>> = {
  "key-missing": "Send the router's key as Authorization: Bearer.",
  "key-malformed": "That is not a router's key.",
  "key-unknown": "There is no such key.",
  "key-revoked": "This key was revoked: give the router a new script.",
  "key-expired": "This key has ended: give the router the script with the newer one.",
}
const unauthorized = (reason: string): Refusal => new Refusal(401, reason, SENTENCES[reason] ?? "This key is not accepted.")

export const bearerOf = (authorization: string | undefined): string | null =>
  /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? "")?.[1] ?? null

type Entry = { readonly found: Identified; readonly atMs: number }

export const createKeyring = ({ clock, ask, onOver }: Deps): Keyring => {
  const entries = new Map<string, Entry>()
  const asking = new Map<string, Promise<Identified>>()
  const steady = steadyOf(clock)
  const wrong = createThrottle(clock, { burst: 20, perSecond: 1 })
  let forgotten = 0

  const lookUp = async (hash: string, bearer: string): Promise<Identified> => {
    const before = forgotten
    const found = await ask(bearer)
    // A key that ended while we asked: the answer may be of before.
    if (before !== forgotten) return found
    entries.delete(hash)
    entries.set(hash, { found, atMs: steady.now() })
    for (const oldest of entries.keys()) {
      if (entries.size <= KEYS_MOST) break
      entries.delete(oldest)
    }
    return found
  }
  const once = (hash: string, bearer: string): Promise<Identified> => {
    const running = asking.get(hash) ?? lookUp(hash, bearer).finally(() => asking.delete(hash))
    asking.set(hash, running)
    return running
  }
  const guarded: Keyring["guarded"] = async (source, work) => {
    const waitMs = wrong.take(source)
    if (waitMs > 0) throw slowDown(waitMs)
    try {
      const done = await work()
      wrong.refund(source)
      return done
    } catch (error) {
      if (!(error instanceof Refusal)) wrong.refund(source) // ours, not theirs
      throw error
    }
  }

  const refuse = (found: Identified & { readonly ok: false }): Refusal => {
    const refusal = unauthorized(found.reason)
    if (found.router !== null) onOver(found.router, refusal.code, refusal.message)
    return refusal
  }
  const isFresh = ({ found, atMs }: Entry): boolean =>
    steady.now() - atMs < BELIEVED_MS && (!found.ok || found.untilMs === null || clock.now() < found.untilMs)

  return {
    identify: async (authorization, source) => {
      if (authorization === undefined) throw unauthorized("key-missing")
      const bearer = bearerOf(authorization)
      if (bearer === null || !RouterKey.safeParse(bearer).success) throw unauthorized("key-malformed")
      const hash = createHash("sha256").update(bearer).digest("base64")
      const entry = entries.get(hash)
      const fresh = entry !== undefined && isFresh(entry) ? entry.found : null
      if (fresh?.ok === true) return fresh.router
      const find = async (): Promise<KnownRouter> => {
        const found = fresh ?? (await once(hash, bearer))
        if (!found.ok) throw refuse(found)
        return found.router
      }
      const wasGood = entry?.found.ok === true && steady.now() - entry.atMs < REMEMBERED_MS
      return wasGood ? await find() : await guarded(source, find)
    },
    guarded,
    forget: ({ device, key }) => {
      forgotten += 1
      for (const [hash, { found }] of entries) {
        const { router } = found
        const isIt = router?.device === device && (key === null || !("key" in router) || router.key === key)
        if (isIt) entries.delete(hash)
      }
    },
  }
}
