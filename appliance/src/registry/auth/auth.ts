/**
 * The claim of a new appliance, logins and sessions. The permissions of roles are in api/shared.ts.
 */
import type { LoginRequest } from "../../api/session.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { createSignal, type Signal } from "../../platform/signal.ts"
import { write } from "../audit/audit.ts"
import { createGuesses } from "./guesses.ts"
import { createHashing, type Hashing } from "./hashing.ts"
import { createLogin } from "./login.ts"
import type { Cost, LoggedIn, Visitor } from "./model.ts"
import { COST } from "./password.ts"
import { hashToken, IDLE_DAYS, LONGEST_DAYS, withoutIdle } from "./session.ts"
import { createSetup, type Setup } from "./setup.ts"
import { deleteExpired, deleteSession, findSession, touchSession } from "./store.ts"

export { type Accounts, createAccounts } from "./accounts.ts"
export { bearerOf } from "./api-token.ts"
export { type ApiTokens, createApiTokens } from "./api-tokens.ts"
export { createHashing, type Hashing } from "./hashing.ts"
export type { LoggedIn, Visitor } from "./model.ts"
export { hashPassword } from "./password.ts"
export { type AdminReset, resetAdmin } from "./reset.ts"
export { hashToken } from "./session.ts"
export { createWallDisplays, isWallSession, type WallDisplays } from "./wall-displays.ts"

export type Auth = Setup & {
  readonly login: (request: LoginRequest, visitor: Visitor) => Promise<LoggedIn>
  readonly logout: (token: string, visitor: Visitor) => Promise<void>
  readonly actor: (token: string, visitor: Visitor) => Promise<Actor | null>
  /** Called once, when the appliance has been claimed. */
  readonly setupDone: Signal<OrgId>
  readonly forgetExpired: (org: OrgId) => Promise<void>
}

/** The row of a session is written at most this often, not with every request. */
const TOUCH_MS = 60_000
type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  readonly cost?: Cost
  readonly hashing?: Hashing
}
export const createAuth = ({
  db,
  clock,
  onError,
  cost = COST,
  hashing = createHashing(cost),
}: Deps): Auth => {
  const guesses = createGuesses({ db, clock, hashing })
  const setupDone = createSignal<OrgId>(onError)
  return {
    setupDone,
    ...createSetup({ db, hashing, guesses, setupDone }),
    login: createLogin({ db, guesses }),
    logout: async (token, { address: from }) => {
      const hash = hashToken(token)
      const holder = await findSession(db.sql, hash)
      if (holder === null) return
      await db.asOrg(holder.org, async (tx) => {
        await deleteSession(tx, hash)
        const by = { account: holder.account, email: holder.email, address: from }
        await write(tx, by, "session.closed", "account", holder.account)
      })
    },

    actor: async (token, visitor) => {
      if (!/^[\w-]{43}$/.test(token)) return null
      const hash = hashToken(token)
      const holder = await findSession(db.sql, hash)
      if (holder === null) return null
      if (holder.idleMs > TOUCH_MS)
        await db.asOrg(holder.org, (tx) => touchSession(tx, hash, IDLE_DAYS, LONGEST_DAYS))
      return {
        ...withoutIdle(holder),
        address: visitor.address,
        session: hash.toString("base64url"),
      }
    },

    forgetExpired: (org) => db.asOrg(org, (tx) => deleteExpired(tx, org)),
  }
}
