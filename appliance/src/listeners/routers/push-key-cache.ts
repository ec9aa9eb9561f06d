/**
 * A cache of router keys in front of the database, so that a flood of requests does not become a
 * flood of queries. A revoked key is dropped at once.
 */
import { createHash } from "node:crypto"
import { RouterKey } from "@ispvm/wire/push"
import { createCache } from "../../platform/cache.ts"
import { type Clock, steadyOf } from "../../platform/clock.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { DeviceId, OrgId } from "../../platform/ids.ts"
import { createRateLimit } from "../../platform/rate-limit.ts"

/** The owner of a key. `key`: its public part. */
export type KnownRouter = {
  readonly org: OrgId
  readonly device: DeviceId
  readonly name: string
  readonly key: string
}
/** `untilMs`: end of validity. A rejected key names its router if it once was valid. */
export type Identified =
  | { readonly ok: true; readonly router: KnownRouter; readonly untilMs: number | null }
  | {
      readonly ok: false
      readonly reason: string
      readonly router: { readonly org: OrgId; readonly device: DeviceId } | null
    }
/** Cached results to drop: of one key, or with null of all keys of the router. */
export type KeyInvalidation = { readonly device: string; readonly key: string | null }

export type KeyCache = {
  /** Throws 401 or 429. `source`: the key under which wrong keys are counted. */
  readonly identify: (authorization: string | undefined, source: string) => Promise<KnownRouter>
  /** Counts as a wrong key if `work` throws an HttpError. */
  readonly guarded: <T>(source: string, work: () => Promise<T>) => Promise<T>
  readonly invalidate: (invalidation: KeyInvalidation) => void
}
type Deps = {
  readonly clock: Clock
  readonly findKey: (token: string) => Promise<Identified>
  /** Called when a key that is no longer valid is used. */
  readonly onEndedKey: (
    router: { readonly org: OrgId; readonly device: DeviceId },
    reason: string,
    message: string,
  ) => void
}

const CACHED_MS = 5_000
/** How long a key that was valid is exempt from the limit on wrong keys of its address. */
const REMEMBERED_MS = 3_600_000
const MAX_KEYS = 20_000

const SENTENCES: Readonly<Record<string, string>> = {
  "key-missing": "The router's key is missing. Send it as Authorization: Bearer.",
  "key-malformed": "The key has a wrong form. Copy the whole key from the script.",
  "key-unknown": "This key is unknown. Give the router a new script.",
  "key-revoked": "This key was revoked. Give the router a new script.",
  "key-expired": "This key was replaced. Give the router the script with the newer key.",
}
const unauthorized = (reason: string): HttpError =>
  new HttpError(401, reason, SENTENCES[reason] ?? "This key is not accepted.")

export const bearerTokenOf = (authorization: string | undefined): string | null =>
  /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? "")?.[1] ?? null

type Entry = { readonly found: Identified; readonly atMs: number }

export const createKeyCache = ({ clock, findKey, onEndedKey }: Deps): KeyCache => {
  const entries = createCache<string, Entry>({ maxEntries: MAX_KEYS })
  const lookups = new Map<string, Promise<Identified>>()
  const steady = steadyOf(clock)
  const failures = createRateLimit(clock, { burst: 20, perSecond: 1 })
  let invalidations = 0

  const load = async (hash: string, token: string): Promise<Identified> => {
    const before = invalidations
    const found = await findKey(token)
    // The key may have been revoked during the query.
    if (before !== invalidations) return found
    entries.set(hash, { found, atMs: steady.now() })
    return found
  }
  const once = (hash: string, token: string): Promise<Identified> => {
    const running = lookups.get(hash) ?? load(hash, token).finally(() => lookups.delete(hash))
    lookups.set(hash, running)
    return running
  }
  const guarded: KeyCache["guarded"] = async (source, work) => {
    failures.require(source)
    try {
      const done = await work()
      failures.refund(source)
      return done
    } catch (error) {
      // An internal error, not a wrong key.
      if (!(error instanceof HttpError)) failures.refund(source)
      throw error
    }
  }

  const rejectKey = (found: Identified & { readonly ok: false }): HttpError => {
    const httpError = unauthorized(found.reason)
    if (found.router !== null) onEndedKey(found.router, httpError.code, httpError.message)
    return httpError
  }
  const isFresh = ({ found, atMs }: Entry): boolean =>
    steady.now() - atMs < CACHED_MS &&
    (!found.ok || found.untilMs === null || clock.now() < found.untilMs)

  return {
    identify: async (authorization, source) => {
      if (authorization === undefined) throw unauthorized("key-missing")
      const token = bearerTokenOf(authorization)
      if (token === null || !RouterKey.safeParse(token).success) throw unauthorized("key-malformed")
      const hash = createHash("sha256").update(token).digest("base64")
      const entry = entries.get(hash)
      const fresh = entry !== undefined && isFresh(entry) ? entry.found : null
      if (fresh?.ok === true) return fresh.router
      const find = async (): Promise<KnownRouter> => {
        const found = fresh ?? (await once(hash, token))
        if (!found.ok) throw rejectKey(found)
        return found.router
      }
      const wasGood = entry?.found.ok === true && steady.now() - entry.atMs < REMEMBERED_MS
      return wasGood ? await find() : await guarded(source, find)
    },
    guarded,
    invalidate: ({ device, key }) => {
      invalidations += 1
      for (const [hash, { found }] of entries.entries()) {
        const { router } = found
        const isIt =
          router?.device === device && (key === null || !("key" in router) || router.key === key)
        if (isIt) entries.delete(hash)
      }
    },
  }
}
