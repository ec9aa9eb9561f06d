/** Wall displays of an organisation, and who a request of one of them is. */
import { createHash, randomBytes } from "node:crypto"
import type {
  WallDisplay,
  WallDisplayCreate,
  WallDisplayCreated,
  WallPage,
} from "../../api/wall-displays.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, HttpError, notFound } from "../../platform/http/http-error.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import { WALL_PERMISSIONS } from "../../platform/http/wall-access.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { createRateLimit } from "../../platform/rate-limit.ts"
import { write } from "../audit/audit.ts"
import { stateOf } from "./api-token.ts"
import {
  countActiveDisplays,
  deleteEndedDisplays,
  type FoundDisplay,
  findDisplay,
  hasDisplay,
  insertDisplay,
  insertWallSession,
  readDisplays,
  revokeDisplay,
  touchDisplay,
} from "./wall-display-store.ts"

export type OpenedWall = {
  readonly session: string
  readonly org: OrgId
  readonly name: string
  readonly pages: WallPage[]
  readonly secondsPerPage: number
}
export type WallDisplays = {
  readonly list: (org: OrgId) => Promise<WallDisplay[]>
  readonly create: (actor: Actor, input: WallDisplayCreate) => Promise<WallDisplayCreated>
  readonly revoke: (actor: Actor, id: string) => Promise<void>
  /** Exchanges the secret of a link for a session. Throws 401 with the reason, or 429. */
  readonly open: (token: string, address: string) => Promise<OpenedWall>
  /** Throws 401 with the reason. */
  readonly actor: (session: string, address: string) => Promise<Actor>
  readonly forgetEnded: (org: OrgId) => Promise<void>
}

const LINK_PREFIX = "ispvm_wall_"
const SESSION_PREFIX = "ispvm_wallsession_"
const LINK = /^ispvm_wall_[A-Za-z0-9_-]{43}$/
const SESSION = /^ispvm_wallsession_[A-Za-z0-9_-]{43}$/
/** Whether a bearer token is of a wall display; others are API tokens. */
export const isWallSession = (text: string): boolean => text.startsWith(SESSION_PREFIX)

const SECRET_BYTES = 32
const newSecret = (prefix: string): string =>
  `${prefix}${randomBytes(SECRET_BYTES).toString("base64url")}`
const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest()

/** Unknown links of one source: each costs a query. */
const UNKNOWN = { burst: 30, perSecond: 0.5 } as const
/** Sessions of one link: screens of a room that start at once, then a slow rate. */
const OPENED = { burst: 60, perSecond: 0.5 } as const
/** The row of a display is written at most this often, not with every request. */
const TOUCH_MS = 60_000
const SESSION_HOURS = 24
const MAX_ACTIVE = 100
/** Revoked and expired links stay listed for this long. */
const KEPT_DAYS = 30

type Reason = "unknown" | "expired" | "revoked" | "blocked"
const rejected = (reason: Reason): HttpError =>
  new HttpError(401, `wall-${reason}`, { code: `problem.wall-${reason}`, params: {} })
const requireActive = (found: FoundDisplay | null): FoundDisplay => {
  if (found === null) throw rejected("unknown")
  const state = stateOf(found)
  if (state !== "active") throw rejected(state)
  return found
}

type Deps = { readonly db: Db; readonly clock: Clock }
export const createWallDisplays = ({ db, clock }: Deps): WallDisplays => {
  const unknown = createRateLimit(clock, UNKNOWN)
  const opened = createRateLimit(clock, OPENED)
  return {
    list: async (org) =>
      (await db.asOrg(org, (tx) => readDisplays(tx, org))).map(
        ({ isDisabled, isExpired, isRevoked, ...shown }) => ({
          ...shown,
          state: stateOf({ isDisabled, isExpired, isRevoked }),
        }),
      ),

    create: async (actor, { name, pages, secondsPerPage, expiresInDays }) => {
      const token = newSecret(LINK_PREFIX)
      const shown = [...new Set(pages)]
      return await db.asOrg(actor.org, async (tx) => {
        if ((await countActiveDisplays(tx, actor.org)) >= MAX_ACTIVE)
          throw conflict("too-many-walls", {
            code: "problem.too-many-walls",
            params: { max: MAX_ACTIVE },
          })
        const { id, expiresAtMs } = await insertDisplay(tx, actor.org, {
          ...{ name, secondsPerPage, expiresInDays },
          secretHash: hashOf(token),
          pages: shown,
          createdBy: actor.account,
        })
        const detail = { name, pages: shown, secondsPerPage, expiresAtMs }
        await write(tx, actor, "wall-display.created", "wall-display", id, detail)
        return { id, token, expiresAtMs }
      })
    },

    revoke: (actor, id) =>
      db.asOrg(actor.org, async (tx) => {
        const name = await revokeDisplay(tx, actor.org, id)
        if (name !== null)
          return await write(tx, actor, "wall-display.revoked", "wall-display", id, { name })
        if (!(await hasDisplay(tx, actor.org, id))) throw notFound("wall-display", id)
      }),

    open: async (token, address) => {
      const source = sourceOf(address)
      unknown.require(source)
      const found = LINK.test(token) ? await findDisplay(db.sql, "link", hashOf(token)) : null
      if (found !== null) unknown.refund(source)
      const { id, org, name, pages, secondsPerPage } = requireActive(found)
      opened.require(id)
      const session = newSecret(SESSION_PREFIX)
      await db.asOrg(org, async (tx) => {
        await insertWallSession(tx, org, id, hashOf(session), SESSION_HOURS)
        await touchDisplay(tx, id, address)
        const by = { system: `wall display ${name}` }
        await write(tx, by, "wall-display.opened", "wall-display", id, { name, address })
      })
      return { session, org, name, pages, secondsPerPage }
    },

    actor: async (session, address) => {
      const isSession = SESSION.test(session)
      const hash = hashOf(session)
      const found = requireActive(isSession ? await findDisplay(db.sql, "session", hash) : null)
      const { id, org, name, account, email } = found
      if (found.idleMs === null || found.idleMs > TOUCH_MS)
        await db.asOrg(org, (tx) => touchDisplay(tx, id, address))
      return {
        ...{ account, org, email, name, address },
        // The account that made the link: nobody is logged in at the screen.
        role: "viewer",
        session: `wall ${id}`,
        token: { id, name, permissions: WALL_PERMISSIONS, isWall: true },
      }
    },

    forgetEnded: (org) => db.asOrg(org, (tx) => deleteEndedDisplays(tx, org, KEPT_DAYS)),
  }
}
