/** Where a Postgres is and who asks: parsed once from DATABASE_URL, or given by our own launcher. */
import { isAbsolute } from "node:path"
import { z } from "zod"

export type Connection = {
  readonly at:
    | { readonly kind: "socket"; readonly directory: string; readonly port: number }
    | {
        readonly kind: "tcp"
        readonly host: string
        readonly port: number
        readonly tls: Tls
        /** Whose signature the server's certificate must bear; null: one this Node trusts anyway. */
        readonly rootFile: string | null
      }
  readonly database: string
  readonly user: string
  readonly password: string
}
const Tls = z.enum(["disable", "prefer", "require", "verify-ca", "verify-full"])
export type Tls = z.infer<typeof Tls>

const EXPECTED = "expected postgres://user:password@host:5432/database?sslmode=verify-full"
const Port = z.coerce.number().int().min(1).max(65_535)

/** What stands in where the URL has none of its own. */
export type UrlDefaults = { readonly password?: string; readonly rootFile?: string | null }

/** Throws an Error that names the wrong part and never repeats the password. */
export const parseDatabaseUrl = (
  text: string,
  { password = "", rootFile = null }: UrlDefaults = {},
): Connection => {
  const invalidUrl = (what: string, options?: ErrorOptions): Error =>
    new Error(`DATABASE_URL: ${what}; ${EXPECTED}`, options)
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !["postgres:", "postgresql:"].includes(url.protocol))
    throw invalidUrl("not a postgres:// URL")
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part)
    } catch (cause) {
      throw invalidUrl("a % that is not followed by two hex digits", { cause })
    }
  }
  const user = decode(url.username)
  if (user === "") throw invalidUrl("no user in it")
  const database = decode(url.pathname.slice(1)) || user
  const port = Port.safeParse(url.searchParams.get("port") ?? (url.port || "5432"))
  if (!port.success) throw invalidUrl("the port is not between 1 and 65535")
  const host = url.searchParams.get("host") ?? decode(url.hostname).replace(/^\[(.*)\]$/, "$1")
  const own = { database, user, password: decode(url.password) || password }
  if (isAbsolute(host)) return { at: { kind: "socket", directory: host, port: port.data }, ...own }
  if (host === "") throw invalidUrl("no host in it")
  const local = ["localhost", "127.0.0.1", "::1"].includes(host)
  const tls = Tls.safeParse(url.searchParams.get("sslmode") ?? (local ? "disable" : "prefer"))
  if (!tls.success) throw invalidUrl(`sslmode is not one of ${Tls.options.join(", ")}`)
  const root = url.searchParams.get("sslrootcert") ?? rootFile
  return { at: { kind: "tcp", host, port: port.data, tls: tls.data, rootFile: root }, ...own }
}

/** The same in one line, as other programs take it. Holds the password: for tests and child processes, never for a log. */
export const databaseUrl = ({ at, database, user, password }: Connection): string => {
  const who = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
  const name = encodeURIComponent(database)
  if (at.kind === "socket")
    return `postgres://${who}@localhost/${name}?host=${encodeURIComponent(at.directory)}&port=${at.port}`
  const root = at.rootFile === null ? "" : `&sslrootcert=${encodeURIComponent(at.rootFile)}`
  return `postgres://${who}@${at.host.includes(":") ? `[${at.host}]` : at.host}:${at.port}/${name}?sslmode=${at.tls}${root}`
}

/** For messages: where and as whom, without the password. */
export const describeConnection = ({ at, database, user }: Connection): string =>
  `${user}@${at.kind === "socket" ? at.directory : `${at.host}:${at.port}`}/${database}`
