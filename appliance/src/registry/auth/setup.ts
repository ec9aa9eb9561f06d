/** Claims a new appliance for its first account, with the code on its console. */
import { randomBytes } from "node:crypto"
import type { SetupRequest } from "../../api/session.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, HttpError } from "../../platform/http/http-error.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { Signal } from "../../platform/signal.ts"
import { write } from "../audit/audit.ts"
import { createOrg, listOrgs } from "../orgs/orgs.ts"
import { FREE_TRIES, type Guesses } from "./guesses.ts"
import type { Hashing } from "./hashing.ts"
import type { LoggedIn, Visitor } from "./model.ts"
import { requireGoodPassword } from "./new-password.ts"
import { newToken, sessionOf } from "./session.ts"
import {
  deleteSetupHash,
  insertAccount,
  insertSession,
  lockSetup,
  noteSource,
  readSetupHash,
  writeSetupHash,
} from "./store.ts"

export type Setup = {
  /**
   * Generates the set-up code and invalidates any earlier one; null once the appliance is set up.
   */
  readonly prepareSetup: (configuredCode: string | null) => Promise<string | null>
  readonly isSetUp: () => Promise<boolean>
  readonly setUp: (request: SetupRequest, visitor: Visitor) => Promise<LoggedIn>
}
type Deps = {
  readonly db: Db
  readonly hashing: Hashing
  readonly guesses: Guesses
  readonly setupDone: Signal<OrgId>
}
type Owner = {
  readonly request: SetupRequest
  readonly visitor: Visitor
  readonly passwordHash: string
  readonly token: string
}

const createOwner = async (
  tx: Tx,
  { request, visitor, passwordHash, token }: Owner,
): Promise<Actor> => {
  await lockSetup(tx)
  if ((await listOrgs(tx)).length > 0)
    throw conflict("already-set-up", { code: "problem.already-set-up", params: {} })
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
  await insertSession(tx, sessionOf(token, account, visitor))
  await noteSource(tx, account, sourceOf(visitor.address))
  await deleteSetupHash(tx)
  return made
}

export const createSetup = ({ db, hashing, guesses, setupDone }: Deps): Setup => {
  const isSetUp = async (): Promise<boolean> => (await listOrgs(db.sql)).length > 0
  return {
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
        throw conflict("already-set-up", { code: "problem.already-set-up", params: {} })
      const hash = await readSetupHash(db.sql)
      const source = sourceOf(visitor.address)
      // Counted by address only: a common count would let strangers lock the owner out, and the
      // code is too long to guess.
      const path = {
        keys: [{ key: `setup ${source}`, free: FREE_TRIES }],
        turn: { source, isKnown: false },
      }
      const right =
        hash !== null && (await guesses.guess(path, normalizeCode(request.setupCode), hash))
      if (!right) {
        throw new HttpError(
          403,
          "wrong-setup-code",
          { code: "problem.setup-code", params: {} },
          { fields: [{ path: "setupCode", code: "field.setup-code", params: {} }] },
        )
      }
      await requireGoodPassword(request.password, request)
      const passwordHash = await hashing.hash({ source: "owner", isKnown: true }, request.password)
      const browser = await guesses.browsers()
      const token = newToken()
      const owner = { request, visitor, passwordHash, token }
      const actor = await db.sql.begin((tx) => createOwner(tx, owner))
      setupDone.emit(actor.org)
      return { token, actor, browser: browser.issue(actor.account, passwordHash) }
    },
  }
}

/** 60 bits, in letters and digits that are not mistaken for one another on a console. */
const randomCode = (): string => {
  const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
  const letters = [...randomBytes(12)].map((byte) => alphabet[byte % 32]).join("")
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`
}
/** As people type it: case, blanks and dashes are ignored. */
const normalizeCode = (code: string): string => code.toUpperCase().replaceAll(/[\s-]/g, "")
