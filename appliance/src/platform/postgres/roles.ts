/**
 * The two roles of an installation, made before the first migration: `ispvm_owner` owns the tables and logs in to migrate,
 * `ispvm_app` owns nothing and is what the program works as, so that row-level security holds for it.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { type Connection, describeConnection } from "./database-url.ts"
import { isConnectionLost, openSql, type Sql } from "./db.ts"
import { hasSqlState } from "./errors.ts"
import { type Passwords, readPasswords } from "./postgres.ts"

export type Logins = { readonly owner: Connection; readonly app: Connection }
const ROLES = ["ispvm_owner", "ispvm_app"] as const

/** Roles and database on a server where `admin` may do everything. Run again it changes nothing. */
export const prepareDatabase = async (
  admin: (database: string) => Connection,
  database: string,
  passwords: Passwords,
): Promise<Logins> => {
  const sql = openSql(admin("postgres"), { name: "roles", max: 1 })
  try {
    for (const role of ROLES) await makeRole(sql, role, passwords[role])
    const [found] = await sql`select from pg_database where datname = ${database}`
    if (found === undefined)
      await sql.unsafe(`create database ${quoteName(database)} owner ispvm_owner`)
  } finally {
    await sql.end()
  }
  return loginsOf(admin(database), passwords)
}

/** The same where DATABASE_URL names the server: with its user's rights if they suffice, else with SQL for somebody whose do. */
export const prepareExternalDatabase = async (
  external: Connection,
  dataDir: string,
  info: (message: string) => void,
): Promise<Logins> => {
  const passwords = readPasswords(dataDir, false)
  const logins = loginsOf(external, passwords)
  const sql = openSql(external, { name: "roles", max: 1 })
  try {
    await checkConnection(external, () => sql`select 1`)
    if ((await canLogIn(logins.owner)) && (await canLogIn(logins.app))) return logins
    const [me] = await sql<{ may: boolean }[]>`
      select (rolsuper or rolcreaterole) and has_database_privilege(current_database(), 'create with grant option') as may
      from pg_roles where rolname = current_user`
    if (me?.may !== true) throw await setupSqlError(sql, external, dataDir, passwords)
    for (const role of ROLES) {
      const was = await makeRole(sql, role, passwords[role])
      if (was === "changed")
        info(`The role ${role} was there with another password: it has this installation's now.`)
    }
    await sql.unsafe(
      `grant connect, create on database ${quoteName(external.database)} to ispvm_owner`,
    )
    await sql.unsafe(`grant connect on database ${quoteName(external.database)} to ispvm_app`)
  } finally {
    await sql.end()
  }
  return logins
}

const loginsOf = (at: Connection, passwords: Passwords): Logins => ({
  owner: { ...at, user: "ispvm_owner", password: passwords.ispvm_owner },
  app: { ...at, user: "ispvm_app", password: passwords.ispvm_app },
})

const OTHERS = { tries: 20, waitMs: 25 } as const
/** Another session has changed, or made, the same role: Postgres has no lock to wait for. */
const isChangedByAnother = (error: unknown): boolean =>
  hasSqlState(error, "42710") ||
  hasSqlState(error, "23505") ||
  (hasSqlState(error, "XX000") && /concurrently updated/.test(String(error)))

/** Two appliances, or two tests, may start on one server at the same moment. */
const makeRole = async (...args: Parameters<typeof makeRoleOnce>): Promise<"made" | "changed"> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await makeRoleOnce(...args)
    } catch (error) {
      if (tries >= OTHERS.tries || !isChangedByAnother(error)) throw error
      await delay(OTHERS.waitMs)
    }
  }
}

const makeRoleOnce = async (
  sql: Sql,
  role: (typeof ROLES)[number],
  password: string,
): Promise<"made" | "changed"> => {
  const [found] = await sql`select from pg_roles where rolname = ${role}`
  // Our own base64url needs no quoting beyond the quotes; a statement of this kind takes no parameters. A role that is there keeps
  // its attributes, since to repeat them needs more rights than to set a password.
  await sql.unsafe(
    found
      ? `alter role ${role} login password '${password}'`
      : `create role ${role} login password '${password}'`,
  )
  return found ? "changed" : "made"
}

const canLogIn = async (as: Connection): Promise<boolean> => {
  const sql = openSql(as, { name: "roles", max: 1 })
  try {
    await sql`select 1`
    return true
  } catch (error) {
    if (isConnectionLost(error)) throw error
    return false
  } finally {
    await sql.end(1_000)
  }
}

const UNTRUSTED =
  "its certificate is signed by nobody trusted here; name its root's file in PGSSLROOTCERT or sslrootcert"

/** One sentence for each way a wrong DATABASE_URL shows itself. */
const checkConnection = async (
  external: Connection,
  question: () => PromiseLike<unknown>,
): Promise<void> => {
  try {
    await question()
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
    const why: Record<string, string> = {
      ECONNREFUSED: "nothing listens there",
      ENOTFOUND: "there is no host of that name",
      EAI_AGAIN: "the host's name cannot be looked up",
      ENOENT: "there is no socket in that folder",
      CONNECT_TIMEOUT: "no answer within 10 s",
      ECONNRESET: "it hung up",
      CONNECTION_CLOSED: "it hung up",
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
      UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
      SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
      DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
      CERT_HAS_EXPIRED: "its certificate has expired",
      CERT_NOT_YET_VALID: "its certificate does not hold yet; compare the clocks",
      ERR_TLS_CERT_ALTNAME_INVALID:
        "its certificate is for another name; use the name it holds, or sslmode=verify-ca",
      "28P01": "wrong user or password",
      "28000": "the server does not let this user in",
      "3D000": "there is no database of that name",
    }
    const reason = why[code] ?? (cause instanceof Error ? cause.message : String(cause))
    throw new Error(`DATABASE_URL: cannot connect to ${describeConnection(external)}: ${reason}.`, {
      cause,
    })
  }
}

/** The SQL holds passwords, so it goes to a file that only we can read and not to the log. */
const setupSqlError = async (
  sql: Sql,
  external: Connection,
  dataDir: string,
  passwords: Passwords,
): Promise<Error> => {
  const file = join(dataDir, "database-setup.sql")
  const roles = await sql<
    { name: string }[]
  >`select rolname as name from pg_roles where rolname in ${sql([...ROLES])}`
  const verb = (role: string) => (roles.some(({ name }) => name === role) ? "alter" : "create")
  const lines = [
    ...ROLES.map((role) => `${verb(role)} role ${role} login password '${passwords[role]}';`),
    `grant connect, create on database ${quoteName(external.database)} to ispvm_owner;`,
    `grant connect on database ${quoteName(external.database)} to ispvm_app;`,
  ]
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 })
  return new Error(
    `DATABASE_URL: ${describeConnection(external)} may not create the roles ispvm_owner and ispvm_app. ` +
      `Let a superuser of that server run the SQL in ${file} (psql -f), then start again.`,
  )
}

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
