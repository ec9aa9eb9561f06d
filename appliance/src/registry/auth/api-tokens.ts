/** API tokens of an organisation, and who a request with one of them is. */
import type { ApiToken, ApiTokenCreate, ApiTokenCreated } from "../../api/tokens.ts"
import { createCache } from "../../platform/cache.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, HttpError, notFound } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { createRateLimit } from "../../platform/rate-limit.ts"
import { write } from "../audit/audit.ts"
import { hashApiToken, isWellFormed, newApiToken, stateOf } from "./api-token.ts"
import {
  countActive,
  deleteEnded,
  type FoundToken,
  findToken,
  hasToken,
  insertToken,
  type ListedToken,
  readTokens,
  revokeToken,
  touchToken,
} from "./api-token-store.ts"

export type ApiTokens = {
  readonly list: (org: OrgId) => Promise<ApiToken[]>
  /** At most the permissions of the account itself. */
  readonly create: (actor: Actor, input: ApiTokenCreate) => Promise<ApiTokenCreated>
  readonly revoke: (actor: Actor, id: string) => Promise<void>
  /** Throws 401 with the reason, or 429. */
  readonly actor: (text: string, address: string) => Promise<Actor>
  readonly forgetEnded: (org: OrgId) => Promise<void>
}

/** Requests of one token: a play over a large network at once, then a steady rate. */
const REQUESTS = { burst: 300, perSecond: 30 } as const
/** Unknown tokens of one source: each costs a query. */
const UNKNOWN = { burst: 100, perSecond: 1 } as const
/** The row of a token is written at most this often, not with every request. */
const TOUCH_MS = 60_000
const MAX_ACTIVE = 100
const MAX_KNOWN = 1_000
/** Revoked and expired tokens stay listed for this long. */
const KEPT_DAYS = 30

type Reason = "unknown" | "expired" | "revoked" | "blocked"
const rejected = (reason: Reason): HttpError =>
  new HttpError(401, `token-${reason}`, { code: `problem.token-${reason}`, params: {} })

const present = ({ isDisabled, isExpired, isRevoked, ...shown }: ListedToken): ApiToken => ({
  ...shown,
  state: stateOf({ isDisabled, isExpired, isRevoked }),
})

const actorOf = (
  { id, tokenName, permissions, account, org, email, name, role }: FoundToken,
  address: string,
): Actor => ({
  account,
  org,
  email,
  name,
  role,
  address,
  // What one token opens counts as one client, as a browser's session does.
  session: `token ${id}`,
  token: { id, name: tokenName, permissions },
})

/** A token that exists is found however many unknown ones its source sends. */
const createFind = (db: Db, clock: Clock) => {
  const unknown = createRateLimit(clock, UNKNOWN)
  const known = createCache<string, true>({ maxEntries: MAX_KNOWN })
  return async (text: string, source: string): Promise<FoundToken | null> => {
    if (!isWellFormed(text)) return null
    const hash = hashApiToken(text)
    const key = hash.toString("base64")
    if (known.get(key) === undefined) unknown.require(source)
    const found = await findToken(db.sql, hash)
    if (found === null) {
      known.delete(key)
      return null
    }
    if (known.get(key) === undefined) unknown.refund(source)
    known.set(key, true)
    return found
  }
}

type Deps = { readonly db: Db; readonly clock: Clock }
export const createApiTokens = ({ db, clock }: Deps): ApiTokens => {
  const requests = createRateLimit(clock, REQUESTS)
  const find = createFind(db, clock)
  return {
    list: async (org) => (await db.asOrg(org, (tx) => readTokens(tx, org))).map(present),

    create: async (actor, { name, permissions, expiresInDays }) => {
      const refused = permissions.find((permission) => !may(actor, permission))
      if (refused !== undefined)
        throw new HttpError(403, "forbidden", {
          code: "problem.no-permission",
          params: { role: actor.role, permission: refused },
        })
      const { text, secretHash, ending } = newApiToken()
      const granted = [...new Set(permissions)]
      return await db.asOrg(actor.org, async (tx) => {
        if ((await countActive(tx, actor.org)) >= MAX_ACTIVE)
          throw conflict("too-many-tokens", {
            code: "problem.too-many-tokens",
            params: { max: MAX_ACTIVE },
          })
        const { id, expiresAtMs } = await insertToken(tx, actor.org, {
          name,
          secretHash,
          ending,
          permissions: granted,
          createdBy: actor.account,
          expiresInDays,
        })
        const detail = { name, permissions: granted, expiresAtMs }
        await write(tx, actor, "token.created", "token", id, detail)
        return { id, token: text, expiresAtMs }
      })
    },

    revoke: (actor, id) =>
      db.asOrg(actor.org, async (tx) => {
        const name = await revokeToken(tx, actor.org, id)
        if (name !== null) return await write(tx, actor, "token.revoked", "token", id, { name })
        if (!(await hasToken(tx, actor.org, id))) throw notFound("token", id)
      }),

    actor: async (text, address) => {
      const found = await find(text, sourceOf(address))
      if (found === null) throw rejected("unknown")
      const state = stateOf(found)
      if (state !== "active") throw rejected(state)
      requests.require(found.id)
      if (found.idleMs === null || found.idleMs > TOUCH_MS)
        await db.asOrg(found.org, (tx) => touchToken(tx, found.id, address))
      return actorOf(found, address)
    },

    forgetEnded: (org) => db.asOrg(org, (tx) => deleteEnded(tx, org, KEPT_DAYS)),
  }
}
