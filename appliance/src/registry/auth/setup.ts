/** Claims a new appliance for its first account, with the code on its console. */
import { randomBytes } from "node:crypto"
import type { SetupRequest } from "../../api/session.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, HttpError } from "../../platform/http/http-error.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import type { AccountId, OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { Signal } from "../../platform/signal.ts"
import { type By, write } from "../audit/audit.ts"
import { createOrg, listOrgs, type Org } from "../orgs/orgs.ts"
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
  /** Throws HttpError unless this is the set-up code, and the appliance is not set up. */
  readonly requireCode: (setupCode: string, visitor: Visitor) => Promise<void>
  readonly setUp: (request: SetupRequest, visitor: Visitor) => Promise<LoggedIn>
  /** Without a code and a person; `by` is the audit's name for it. Null: it was set up before. */
  readonly claim: (owner: PresetOwner, by: string) => Promise<OrgId | null>
}
type Deps = {
  readonly db: Db
  readonly hashing: Hashing
  readonly guesses: Guesses
  readonly setupDone: Signal<OrgId>
}
/** An owner whose password was hashed elsewhere: nobody is logged in by it. */
export type PresetOwner = {
  readonly organisation: string
  readonly name: string
  readonly email: string
  readonly passwordHash: string
}
type Owner = {
  readonly request: SetupRequest
  readonly visitor: Visitor
  readonly passwordHash: string
  readonly token: string
}

const insertOwner = async (
  tx: Tx,
  { organisation, name, email, passwordHash }: PresetOwner,
): Promise<{ readonly org: Org; readonly account: AccountId } | null> => {
  await lockSetup(tx)
  if ((await listOrgs(tx)).length > 0) return null
  const org = await createOrg(tx, organisation)
  const account = await insertAccount(tx, org.id, { name, email, role: "admin", passwordHash })
  await deleteSetupHash(tx)
  return { org, account }
}

const writeClaim = async (
  tx: Tx,
  by: By,
  { org, account }: { readonly org: Org; readonly account: AccountId },
  { email, name }: Pick<PresetOwner, "email" | "name">,
): Promise<void> => {
  await write(tx, by, "org.claimed", "org", org.id, { name: org.name })
  await write(tx, by, "account.created", "account", account, { email, name, role: "admin" })
}

const createOwner = async (
  tx: Tx,
  { request, visitor, passwordHash, token }: Owner,
): Promise<Actor> => {
  const inserted = await insertOwner(tx, { ...request, passwordHash })
  if (inserted === null)
    throw conflict("already-set-up", { code: "problem.already-set-up", params: {} })
  const { org, account } = inserted
  const made: Actor = {
    account,
    org: org.id,
    email: request.email,
    name: request.name,
    role: "admin",
    address: visitor.address,
  }
  await writeClaim(tx, made, inserted, request)
  await insertSession(tx, sessionOf(token, account, visitor))
  await noteSource(tx, account, sourceOf(visitor.address))
  return made
}

type CodeDeps = Pick<Deps, "db" | "guesses"> & Pick<Setup, "isSetUp">
const codeCheck =
  ({ db, guesses, isSetUp }: CodeDeps): Setup["requireCode"] =>
  async (setupCode: string, visitor: Visitor): Promise<void> => {
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
    if (hash !== null && (await guesses.guess(path, normalizeCode(setupCode), hash))) return
    throw new HttpError(
      403,
      "wrong-setup-code",
      { code: "problem.setup-code", params: {} },
      { fields: [{ path: "setupCode", code: "field.setup-code", params: {} }] },
    )
  }

export const createSetup = ({ db, hashing, guesses, setupDone }: Deps): Setup => {
  const isSetUp = async (): Promise<boolean> => (await listOrgs(db.sql)).length > 0
  const requireCode = codeCheck({ db, guesses, isSetUp })
  return {
    isSetUp,
    requireCode,
    prepareSetup: async (given) => {
      if (await isSetUp()) return null
      const code = given ?? randomCode()
      await writeSetupHash(
        db.sql,
        await hashing.hash({ source: "set-up", isKnown: true }, normalizeCode(code)),
      )
      return code
    },

    claim: async (owner, by) => {
      const org = await db.sql.begin(async (tx) => {
        const inserted = await insertOwner(tx, owner)
        if (inserted === null) return null
        await writeClaim(tx, { system: by }, inserted, owner)
        return inserted.org.id
      })
      if (org !== null) setupDone.emit(org)
      return org
    },

    setUp: async (request, visitor) => {
      await requireCode(request.setupCode, visitor)
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
