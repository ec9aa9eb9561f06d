/**
 * SQL of accounts and sessions. Before the organisation is known, only the two `by_…` functions of
 * migration 0021 answer.
 */
import { z } from "zod"
import { Account } from "../../api/session.ts"
import { Role } from "../../api/shared.ts"
import { AccountId, OrgId } from "../../platform/ids.ts"
import { hasSqlState, type Sql, type Tx } from "../../platform/postgres/db.ts"

const ms = (column: "created_at" | "last_login_at") =>
  `(extract(epoch from a.${column}) * 1000)::bigint`
const ACCOUNT = `a.id, a.name, a.email, a.role, a.disabled, ${ms("created_at")} as "createdAtMs", ${ms("last_login_at")} as "lastLoginAtMs"`

const Login = z.object({
  account: AccountId,
  org: OrgId,
  passwordHash: z.string(),
  disabled: z.boolean(),
})
export type FoundLogin = z.infer<typeof Login>
export const findLogin = async (sql: Sql, email: string): Promise<FoundLogin | null> => {
  const [row] = await sql`
    select account_id as account, org_id as org, password_hash as "passwordHash", disabled from auth.by_email(${email})`
  return row === undefined ? null : Login.parse(row)
}

const Holder = z.object({
  account: AccountId,
  org: OrgId,
  email: z.string(),
  name: z.string(),
  role: Role,
  idleMs: z.number(),
})
export type Holder = z.infer<typeof Holder>
/** The account of this session, if the session is valid and the account is not disabled. */
export const findSession = async (sql: Sql, tokenHash: Buffer): Promise<Holder | null> => {
  const [row] = await sql`
    select account_id as account, org_id as org, email, name, role, idle_ms as "idleMs" from auth.by_session(${tokenHash})`
  return row === undefined ? null : Holder.parse(row)
}
/** Used sessions are extended, up to `longestDays` from their start. */
export const touchSession = async (
  tx: Tx,
  tokenHash: Buffer,
  idleDays: number,
  longestDays: number,
): Promise<void> => {
  await tx`
    update auth.session
    set seen_at = now(), expires_at = least(now() + make_interval(days => ${idleDays}), created_at + make_interval(days => ${longestDays}))
    where token_hash = ${tokenHash}`
}
export type NewSession = {
  readonly tokenHash: Buffer
  readonly account: AccountId
  readonly idleDays: number
  readonly address: string
  readonly userAgent: string
}
export const insertSession = async (tx: Tx, session: NewSession): Promise<void> => {
  await tx`
    insert into auth.session (token_hash, org_id, account_id, expires_at, address, user_agent)
    values (${session.tokenHash}, platform.current_org(), ${session.account}, now() + make_interval(days => ${session.idleDays}), ${session.address}, ${session.userAgent})`
  await tx`update auth.account set last_login_at = now() where id = ${session.account}`
}
export const deleteSession = async (tx: Tx, tokenHash: Buffer): Promise<void> => {
  await tx`delete from auth.session where token_hash = ${tokenHash}`
}
export const deleteSessionsOf = async (
  tx: Tx,
  account: string,
  except: Buffer | null,
): Promise<void> => {
  await tx`delete from auth.session where account_id = ${account} and (${except}::bytea is null or token_hash <> ${except})`
}
export const deleteExpired = async (tx: Tx, org: OrgId): Promise<void> => {
  await tx`delete from auth.session where org_id = ${org} and expires_at < now()`
}

export const readAccounts = async (tx: Tx, org: OrgId): Promise<Account[]> =>
  z
    .array(Account)
    .parse(
      await tx`select ${tx.unsafe(ACCOUNT)} from auth.account a where a.org_id = ${org} order by lower(a.name), a.id`,
    )
export const readAccount = async (tx: Tx, org: OrgId, id: string): Promise<Account | null> => {
  const [row] =
    await tx`select ${tx.unsafe(ACCOUNT)} from auth.account a where a.org_id = ${org} and a.id = ${id}`
  return row === undefined ? null : Account.parse(row)
}
/**
 * Locks all rows of the organisation until commit: two admins who demote each other at once must
 * not both succeed.
 */
export const lockAccounts = async (tx: Tx, org: OrgId): Promise<void> => {
  await tx`select from auth.account where org_id = ${org} order by id for update`
}
export type NewAccount = Pick<Account, "email" | "name" | "role"> & {
  readonly passwordHash: string
}
export const insertAccount = async (
  tx: Tx,
  org: OrgId,
  { email, name, role, passwordHash }: NewAccount,
): Promise<AccountId> => {
  const [row] = await tx`
    insert into auth.account (org_id, email, name, role, password_hash)
    values (${org}, ${email}, ${name}, ${role}, ${passwordHash}) returning id`
  return AccountId.parse(row?.id)
}
export const updateAccount = async (
  tx: Tx,
  org: OrgId,
  { id, name, role, disabled }: Pick<Account, "id" | "name" | "role" | "disabled">,
): Promise<void> => {
  await tx`update auth.account set name = ${name}, role = ${role}, disabled = ${disabled} where org_id = ${org} and id = ${id}`
}
export const updatePassword = async (
  tx: Tx,
  org: OrgId,
  id: string,
  passwordHash: string,
): Promise<void> => {
  await tx`update auth.account set password_hash = ${passwordHash} where org_id = ${org} and id = ${id}`
}
export const deleteAccount = async (tx: Tx, org: OrgId, id: string): Promise<void> => {
  await tx`delete from auth.account where org_id = ${org} and id = ${id}`
}

/**
 * This many recent sources of an account are kept, for this long after the last login from there.
 */
const MAX_SOURCES = 50
const SOURCE_DAYS = 90
export const isKnownSource = async (
  tx: Tx,
  account: AccountId,
  source: string,
): Promise<boolean> => {
  const rows = await tx`
    select from auth.known_source
    where account_id = ${account} and source = ${source} and seen_at > now() - make_interval(days => ${SOURCE_DAYS})`
  return rows.length > 0
}
export const noteSource = async (tx: Tx, account: AccountId, source: string): Promise<void> => {
  await tx`
    insert into auth.known_source (org_id, account_id, source) values (platform.current_org(), ${account}, ${source})
    on conflict (account_id, source) do update set seen_at = now()`
  await tx`
    delete from auth.known_source k where k.account_id = ${account} and k.source not in (
      select s.source from auth.known_source s where s.account_id = ${account} order by s.seen_at desc limit ${MAX_SOURCES})`
}

/** The key that signs the cookies of known browsers: generated on first use. */
const BROWSER_KEY = "auth.browser-key"
export const readBrowserKey = async (sql: Sql | Tx, fresh: Buffer): Promise<Buffer> => {
  await sql`
    insert into platform.setting (key, value) values (${BROWSER_KEY}, to_jsonb(${fresh.toString("base64")}::text))
    on conflict (key) do nothing`
  const [row] = await sql`select value from platform.setting where key = ${BROWSER_KEY}`
  return Buffer.from(z.string().parse(row?.value), "base64")
}

/** The hash of the set-up code; deleted when the appliance is claimed. */
const SETUP = "auth.setup-code"
export const readSetupHash = async (sql: Sql | Tx): Promise<string | null> => {
  const [row] = await sql`select value from platform.setting where key = ${SETUP}`
  return row === undefined ? null : z.string().parse(row.value)
}
export const writeSetupHash = async (sql: Sql | Tx, hash: string): Promise<void> => {
  await sql`
    insert into platform.setting (key, value) values (${SETUP}, to_jsonb(${hash}::text))
    on conflict (key) do update set value = excluded.value, changed_at = now()`
}
export const deleteSetupHash = async (sql: Sql | Tx): Promise<void> => {
  await sql`delete from platform.setting where key = ${SETUP}`
}
/**
 * Locked until the end of the transaction: of two claims at once, one waits and then finds the
 * appliance claimed.
 */
export const lockSetup = async (tx: Sql | Tx): Promise<void> => {
  await tx`select pg_advisory_xact_lock(1769239150)`
}

/** Whether a write failed because another account has this e-mail address. */
export const isEmailTaken = (error: unknown): boolean =>
  hasSqlState(error, "23505") && error.constraint === "account_email"
