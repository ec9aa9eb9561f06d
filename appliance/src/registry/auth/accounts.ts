/** The accounts of one organisation. There is always at least one active admin. */
import type { Account, AccountCreate, AccountPatch } from "../../api/session.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError, notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { differences, write } from "../audit/audit.ts"
import { findOrg } from "../orgs/orgs.ts"
import { type AttemptLimit, createAttemptLimit, tooManyTries } from "./attempt-limit.ts"
import { accountRequester, createHashing, type Hashing } from "./hashing.ts"
import type { Cost } from "./model.ts"
import { requireGoodPassword } from "./new-password.ts"
import { COST } from "./password.ts"
import {
  deleteAccount,
  deleteSessionsOf,
  findLogin,
  insertAccount,
  isEmailTaken,
  lockAccounts,
  readAccount,
  readAccounts,
  updateAccount,
  updatePassword,
} from "./store.ts"

export type Accounts = {
  readonly list: (org: OrgId) => Promise<Account[]>
  readonly find: (org: OrgId, id: string) => Promise<Account | null>
  readonly create: (actor: Actor, input: AccountCreate) => Promise<{ readonly id: string }>
  readonly change: (
    actor: Actor,
    id: string,
    patch: AccountPatch,
  ) => Promise<{ readonly id: string }>
  readonly remove: (actor: Actor, id: string) => Promise<void>
  /** The own password. `keep` is the session of the request; all other sessions end. */
  readonly changeOwnPassword: (
    actor: Actor,
    current: string,
    password: string,
    keep: Buffer,
  ) => Promise<void>
}

type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly cost?: Cost
  readonly hashing?: Hashing
}
type Work = {
  readonly db: Db
  readonly hashing: Hashing
  readonly attemptLimit: AttemptLimit
}

const checkNewPassword = async (
  { db }: Work,
  org: OrgId,
  password: string,
  { name, email }: Pick<Account, "name" | "email">,
): Promise<void> => {
  const found = await db.asOrg(org, (tx) => findOrg(tx, org))
  await requireGoodPassword(password, { organisation: found?.name ?? "", name, email })
}

const create = async (
  work: Work,
  actor: Actor,
  { email, name, role, password }: AccountCreate,
): Promise<{ readonly id: string }> => {
  const { db, hashing } = work
  await checkNewPassword(work, actor.org, password, { name, email })
  const passwordHash = await hashing.hash(accountRequester(actor.account), password)
  try {
    return await db.asOrg(actor.org, async (tx) => {
      const id = await insertAccount(tx, actor.org, { email, name, role, passwordHash })
      await write(tx, actor, "account.created", "account", id, { email, name, role })
      return { id }
    })
  } catch (error) {
    if (!isEmailTaken(error)) throw error
    throw new HttpError(
      409,
      "email-taken",
      { code: "problem.email-taken", params: {} },
      { fields: [{ path: "email", code: "field.taken", params: {} }], cause: error },
    )
  }
}

const change = async (
  work: Work,
  actor: Actor,
  id: string,
  { name, role, disabled, password }: AccountPatch,
): Promise<{ readonly id: string }> => {
  const { db, hashing } = work
  const holder =
    password === undefined
      ? null
      : await db.asOrg(actor.org, (tx) => readAccount(tx, actor.org, id))
  if (password !== undefined && holder !== null)
    await checkNewPassword(work, actor.org, password, holder)
  const passwordHash =
    password === undefined ? null : await hashing.hash(accountRequester(actor.account), password)
  return await db.asOrg(actor.org, async (tx) => {
    const was = await locked(tx, actor.org, id)
    const now = {
      ...was,
      name: name ?? was.name,
      role: role ?? was.role,
      disabled: disabled ?? was.disabled,
    }
    await updateAccount(tx, actor.org, now)
    if (passwordHash !== null) await updatePassword(tx, actor.org, id, passwordHash)
    await requireAdmin(tx, actor.org)
    if (passwordHash !== null || now.disabled) await deleteSessionsOf(tx, id, null)
    const detail = {
      ...differences(was, now),
      ...(passwordHash === null ? {} : { password: "changed" }),
    }
    await write(tx, actor, "account.changed", "account", id, detail)
    return { id }
  })
}

const changeOwnPassword = async (
  work: Work,
  actor: Actor,
  current: string,
  password: string,
  keep: Buffer,
): Promise<void> => {
  const { db, hashing, attemptLimit } = work
  const keys = [{ key: actor.account, free: 5 }]
  const waitMs = attemptLimit.attempt(keys)
  if (waitMs > 0) throw tooManyTries(waitMs)
  const found = await findLogin(db.sql, actor.email)
  if (
    found === null ||
    !(await hashing.check(accountRequester(actor.account), current, found.passwordHash))
  ) {
    throw new HttpError(
      422,
      "invalid",
      { code: "problem.current-password", params: {} },
      {
        fields: [{ path: "current", code: "field.current-password", params: {} }],
      },
    )
  }
  await checkNewPassword(work, actor.org, password, actor)
  const passwordHash = await hashing.hash(accountRequester(actor.account), password)
  await db.asOrg(actor.org, async (tx) => {
    await updatePassword(tx, actor.org, actor.account, passwordHash)
    await deleteSessionsOf(tx, actor.account, keep)
    await write(tx, actor, "account.changed", "account", actor.account, { password: "changed" })
  })
  attemptLimit.clear(keys)
}

export const createAccounts = ({
  db,
  clock,
  cost = COST,
  hashing = createHashing(cost),
}: Deps): Accounts => {
  const work: Work = { db, hashing, attemptLimit: createAttemptLimit(clock) }
  return {
    list: (org) => db.asOrg(org, (tx) => readAccounts(tx, org)),
    find: (org, id) => db.asOrg(org, (tx) => readAccount(tx, org, id)),

    create: (...request) => create(work, ...request),
    change: (...request) => change(work, ...request),
    remove: (actor, id) =>
      db.asOrg(actor.org, async (tx) => {
        const was = await locked(tx, actor.org, id)
        await deleteAccount(tx, actor.org, id)
        await requireAdmin(tx, actor.org)
        await write(tx, actor, "account.removed", "account", id, {
          email: was.email,
          name: was.name,
          role: was.role,
        })
      }),

    changeOwnPassword: (...request) => changeOwnPassword(work, ...request),
  }
}

const locked = async (tx: Tx, org: OrgId, id: string): Promise<Account> => {
  await lockAccounts(tx, org)
  const account = await readAccount(tx, org, id)
  if (account === null) throw notFound("account", id)
  return account
}

/** Checked after the change, within its transaction: throwing rolls the change back. */
const requireAdmin = async (tx: Tx, org: OrgId): Promise<void> => {
  const accounts = await readAccounts(tx, org)
  if (!accounts.some(({ role, disabled }) => role === "admin" && !disabled)) {
    throw new HttpError(409, "last-admin", { code: "problem.last-admin", params: {} })
  }
}
