/** Who may come in: the claim of a new appliance, logins, sessions. What a role may do stands in api/shared.ts. */
import { createHash, randomBytes } from "node:crypto"
import type { LoginRequest, SetupRequest } from "../../api/session.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Requester } from "../../platform/fair-queue.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, HttpError } from "../../platform/http/http-error.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { createSignal, type Signal } from "../../platform/signal.ts"
import { write } from "../audit/audit.ts"
import { createOrg, listOrgs } from "../orgs/orgs.ts"
import { createAttemptLimit, type Key, tooManyTries } from "./attempt-limit.ts"
import { createHashing, type Hashing } from "./hashing.ts"
import { createKnownBrowsers, type KnownBrowsers } from "./known-browser.ts"
import type { Cost } from "./model.ts"
import { requireGoodPassword } from "./new-password.ts"
import { COST } from "./password.ts"
import {
  deleteExpired,
  deleteSession,
  deleteSetupHash,
  type FoundLogin,
  findLogin,
  findSession,
  insertAccount,
  insertSession,
  isKnownSource,
  lockSetup,
  noteSource,
  readBrowserKey,
  readSetupHash,
  touchSession,
  writeSetupHash,
} from "./store.ts"

export { type Accounts, createAccounts } from "./accounts.ts"
export { createHashing, type Hashing } from "./hashing.ts"

/** From where somebody asks. */
export type Visitor = {
  readonly address: string
  readonly userAgent: string
  /** What this browser kept of an earlier login; see known-browser.ts. */
  readonly browser?: string
}
/** `browser`: for this browser to keep. */
export type LoggedIn = { readonly token: string; readonly actor: Actor; readonly browser: string }

export type Auth = {
  /** Makes the set-up code of an appliance that is not claimed; null where it is. Any earlier code ends. */
  readonly prepareSetup: (configuredCode: string | null) => Promise<string | null>
  readonly isSetUp: () => Promise<boolean>
  readonly setUp: (request: SetupRequest, visitor: Visitor) => Promise<LoggedIn>
  readonly login: (request: LoginRequest, visitor: Visitor) => Promise<LoggedIn>
  readonly logout: (token: string, visitor: Visitor) => Promise<void>
  readonly actor: (token: string, visitor: Visitor) => Promise<Actor | null>
  /** Told once, when the appliance has become somebody's. */
  readonly setupDone: Signal<OrgId>
  readonly forgetExpired: (org: OrgId) => Promise<void>
}

const IDLE_DAYS = 7
const LONGEST_DAYS = 30
/** A session's row is written at most this often, not at every request. */
const TOUCH_MS = 60_000
/**
 * What many share, an office's address or an account that somebody else guesses at, slows guessing to some 8 000 tries a day and never
 * shuts people out for long; who guesses at one account from one address waits far longer.
 */
const SHARED_WAIT_MS = 10_000
/** Who is known here has a count of wrong passwords to themselves. */
const FREE_TRIES = 5

type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  readonly cost?: Cost
  readonly hashing?: Hashing
}
/** By what guesses are counted, and whose turn hashing is. */
type GuessPath = { readonly keys: readonly Key[]; readonly turn: Requester }

export const createAuth = ({
  db,
  clock,
  onError,
  cost = COST,
  hashing = createHashing(cost),
}: Deps): Auth => {
  const attemptLimit = createAttemptLimit(clock)
  const setupDone = createSignal<OrgId>(onError)
  let spareHash: Promise<string> | null = null
  const spare = (): Promise<string> => {
    spareHash ??= hashing.hash({ source: "spare", isKnown: true }, randomBytes(16).toString("hex"))
    return spareHash
  }
  let browsersOfKey: Promise<KnownBrowsers> | null = null
  const browsers = (): Promise<KnownBrowsers> => {
    browsersOfKey ??= readBrowserKey(db.sql, randomBytes(32))
      .then(createKnownBrowsers)
      .catch((error: unknown) => {
        browsersOfKey = null
        throw error
      })
    return browsersOfKey
  }

  /** One guess: throttled before the work, and the work in turns. One that found no turn is not counted. */
  const guess = async (
    { keys, turn }: GuessPath,
    password: string,
    hash: string,
  ): Promise<boolean> => {
    const waitMs = attemptLimit.attempt(keys)
    if (waitMs > 0) throw tooManyTries(waitMs)
    try {
      const right = await hashing.check(turn, password, hash)
      if (right) attemptLimit.clear(keys)
      return right
    } catch (error) {
      attemptLimit.refund(keys)
      throw error
    }
  }
  /** A known browser or address is not held up by guesses from elsewhere; all others share what strangers may do. */
  const pathOf = async (
    found: FoundLogin | null,
    email: string,
    { address, browser = "" }: Visitor,
  ): Promise<GuessPath> => {
    const source = sourceOf(address)
    if (found !== null) {
      // Turns by account: somebody who logs in again and again has a new cookie each time, and no more turns for that.
      const known = (what: "browser" | "source", id: string): GuessPath => ({
        keys: [{ key: `${what} ${found.account} ${id}`, free: FREE_TRIES }],
        turn: { source: `${what} ${found.account}`, isKnown: true },
      })
      const id = (await browsers()).recognise(browser, found.account, found.passwordHash)
      if (id !== null) return known("browser", id)
      const isKnown = await db.asOrg(found.org, (tx) => isKnownSource(tx, found.account, source))
      if (isKnown) return known("source", source)
    }
    const keys = [
      { key: `${email} ${source}`, free: FREE_TRIES },
      { key: `account ${email}`, free: 50, longestMs: SHARED_WAIT_MS },
      { key: `address ${source}`, free: 30, longestMs: SHARED_WAIT_MS },
    ]
    return { keys, turn: { source, isKnown: false } }
  }

  const isSetUp = async (): Promise<boolean> => (await listOrgs(db.sql)).length > 0
  const newToken = () => randomBytes(32).toString("base64url")
  const session = (token: string, account: Actor["account"], { address, userAgent }: Visitor) => ({
    tokenHash: hashToken(token),
    account,
    idleDays: IDLE_DAYS,
    address,
    userAgent: userAgent.slice(0, 300),
  })

  return {
    setupDone,
    isSetUp,
    prepareSetup: async (given) => {
      if (await isSetUp()) return null
      const code = given ?? randomCode()
      await writeSetupHash(
        db.sql,
        await hashing.hash({ source: "set-up", isKnown: true }, normalizeCode(code)),
      )
      return code
    },

    setUp: async (request, visitor) => {
      if (await isSetUp())
        throw conflict("already-set-up", "This appliance is already set up: log in.")
      const hash = await readSetupHash(db.sql)
      const source = sourceOf(visitor.address)
      // By address alone: a count for all would let strangers lock the owner out, and the code is too long to be found by trying.
      const path = {
        keys: [{ key: `setup ${source}`, free: FREE_TRIES }],
        turn: { source, isKnown: false },
      }
      const right = hash !== null && (await guess(path, normalizeCode(request.setupCode), hash))
      if (!right) {
        throw new HttpError(
          403,
          "wrong-setup-code",
          "That is not the set-up code: it stands on the console where the appliance was started.",
          { fields: [{ path: "setupCode", message: "is not the code on the console" }] },
        )
      }
      await requireGoodPassword(request.password, request)
      const passwordHash = await hashing.hash({ source: "owner", isKnown: true }, request.password)
      const browser = await browsers()
      const token = newToken()
      const actor = await db.sql.begin(async (tx) => {
        await lockSetup(tx)
        if ((await listOrgs(tx)).length > 0)
          throw conflict("already-set-up", "This appliance is already set up: log in.")
        const org = await createOrg(tx, request.organisation)
        const account = await insertAccount(tx, org.id, { ...request, role: "admin", passwordHash })
        const made: Actor = {
          account,
          org: org.id,
          email: request.email,
          name: request.name,
          role: "admin",
          address: visitor.address,
        }
        await write(tx, made, "org.claimed", "org", org.id, { name: org.name })
        await write(tx, made, "account.created", "account", account, {
          email: request.email,
          name: request.name,
          role: "admin",
        })
        await insertSession(tx, session(token, account, visitor))
        await noteSource(tx, account, source)
        await deleteSetupHash(tx)
        return made
      })
      setupDone.emit(actor.org)
      return { token, actor, browser: browser.issue(actor.account, passwordHash) }
    },

    login: async ({ email, password }, visitor) => {
      const found = await findLogin(db.sql, email)
      const path = await pathOf(found, email, visitor)
      // An unknown account takes as long as a wrong password: the answer must not tell them apart.
      const right = await guess(path, password, found?.passwordHash ?? (await spare()))
      if (!right || found === null || found.disabled) {
        if (found !== null) {
          await db.asOrg(found.org, (tx) =>
            write(tx, { system: email }, "session.refused", "account", found.account, {
              address: visitor.address,
              reason: right ? "disabled" : "wrong-password",
            }),
          )
        }
        throw new HttpError(401, "wrong-login", "E-mail address or password is wrong.")
      }
      const token = newToken()
      await db.asOrg(found.org, async (tx) => {
        await insertSession(tx, session(token, found.account, visitor))
        await noteSource(tx, found.account, sourceOf(visitor.address))
      })
      const holder = await findSession(db.sql, hashToken(token))
      if (holder === null)
        throw new HttpError(401, "wrong-login", "E-mail address or password is wrong.")
      const actor = { ...withoutIdle(holder), address: visitor.address }
      await db.asOrg(actor.org, (tx) =>
        write(tx, actor, "session.opened", "account", actor.account),
      )
      return { token, actor, browser: (await browsers()).issue(found.account, found.passwordHash) }
    },

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

export const hashToken = (token: string): Buffer => createHash("sha256").update(token).digest()

const withoutIdle = ({
  account,
  org,
  email,
  name,
  role,
}: Omit<Actor, "address">): Omit<Actor, "address"> => ({
  account,
  org,
  email,
  name,
  role,
})

/** 60 bits, in letters and digits that cannot be taken for one another when read off a console. */
const randomCode = (): string => {
  const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
  const letters = [...randomBytes(12)].map((byte) => alphabet[byte % 32]).join("")
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`
}
/** As people type it: case, blanks and dashes do not count. */
const normalizeCode = (code: string): string => code.toUpperCase().replaceAll(/[\s-]/g, "")
