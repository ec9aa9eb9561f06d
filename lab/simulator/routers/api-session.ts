/**
 * One client of the binary API: login, commands, tags, listens. Knows sentences, not sockets.
 *
 * sentence in -> command -> rows -> `!re`* `!done`      or `!trap` `!done`, or `!fatal` and the end
 */
import { createHash, randomBytes } from "node:crypto"
import type { ApiBackend } from "./api-backend.ts"
import { matches, type Row } from "./api-query.ts"
import { isWithin } from "./os/policies.ts"
import type { User } from "./router.ts"
import { Trap } from "./trap.ts"

/** A sentence with its words sorted by kind. */
type Command = {
  readonly path: string
  readonly attributes: ReadonlyMap<string, string>
  readonly queries: readonly string[]
  readonly tag: string | null
}
export type Wire = {
  /** The client's address, for the log. */
  readonly from: string
  readonly service: "api" | "api-ssl"
  send(words: readonly string[]): void
  end(): void
}

export const parseCommand = (words: readonly string[]): Command => {
  const attributes = new Map<string, string>()
  const queries: string[] = []
  let tag: string | null = null
  for (const word of words.slice(1)) {
    if (word.startsWith(".tag=")) tag = word.slice(5)
    else if (word.startsWith("?")) queries.push(word.slice(1))
    else if (word.startsWith("=")) {
      const eq = word.indexOf("=", 1)
      attributes.set(eq < 0 ? word.slice(1) : word.slice(1, eq), eq < 0 ? "" : word.slice(eq + 1))
    }
  }
  return { path: words[0] ?? "", attributes, queries, tag }
}

/** Words that control a print and are not fields. */
const PRINT_WORDS = new Set([
  ".proplist",
  "detail",
  "stats",
  "stats-detail",
  "count-only",
  "without-paging",
  "terse",
  "as-value",
  "with-extra-info",
])
const pick = (row: Row, proplist: string | undefined): Row => {
  if (proplist === undefined || proplist === "") return row
  const selected = new Set(proplist.split(","))
  return Object.fromEntries(Object.entries(row).filter(([name]) => selected.has(name)))
}

export class ApiSession {
  readonly #backend: ApiBackend
  readonly #wire: Wire
  readonly #listeners = new Map<string, () => void>()
  #challenge: Buffer | null = null
  #user: User | null = null

  constructor(backend: ApiBackend, wire: Wire) {
    this.#backend = backend
    this.#wire = wire
  }

  /** Ends every listen; the session is unusable afterwards. */
  close(): void {
    for (const stop of this.#listeners.values()) stop()
    this.#listeners.clear()
    if (this.#user !== null)
      this.#backend.loggedOut(this.#user.name, this.#wire.from, this.#wire.service)
    this.#user = null
  }

  receive(words: readonly string[]): void {
    const command = parseCommand(words)
    const reply = (kind: string, more: readonly string[] = []) =>
      this.#wire.send([kind, ...more, ...(command.tag === null ? [] : [`.tag=${command.tag}`])])
    const fatal = this.#fatalReason(command)
    const ready = fatal === null && this.#user !== null ? this.#refresh(command) : null
    if (ready !== null) void ready.then(() => this.#answer(command, reply, null))
    else this.#answer(command, reply, fatal)
  }

  /** Null, except where the router has to find out first. */
  #refresh({ path }: Command): Promise<void> | null {
    const cut = path.lastIndexOf("/")
    return path.slice(cut + 1) === "print"
      ? (this.#backend.refresh?.(path.slice(0, cut)) ?? null)
      : null
  }

  #answer(command: Command, reply: Reply, fatal: string | null): void {
    try {
      if (fatal !== null) this.#end(command, fatal)
      else if (command.path === "/login") this.#login(command, reply)
      else if (command.path === "/cancel") this.#cancel(command, reply)
      else this.#run(command, reply)
    } catch (error) {
      if (!(error instanceof Trap)) throw error
      reply("!trap", [
        ...(error.category === null ? [] : [`=category=${error.category}`]),
        `=message=${error.message}`,
      ])
      reply("!done")
    }
  }

  #fatalReason(command: Command): string | null {
    if (!command.path.startsWith("/")) return "not a command"
    if (command.path === "/quit") return "session terminated on request"
    return this.#user === null && command.path !== "/login" ? "not logged in" : null
  }

  #end(command: Command, reason: string): void {
    this.#wire.send(["!fatal", reason, ...(command.tag === null ? [] : [`.tag=${command.tag}`])])
    this.#wire.end()
  }

  /** Before 6.43 the password does not cross the wire: a challenge does, and its MD5 comes back. */
  #login(command: Command, reply: Reply): void {
    const { login, users } = this.#backend
    const name = command.attributes.get("name") ?? ""
    const user = users.find(
      (u) =>
        u.name === name && isWithin(u.from ?? "", this.#wire.from) && u.policies.includes("api"),
    )
    const response = command.attributes.get("response")
    if (login === "challenge" && response === undefined) {
      this.#challenge = randomBytes(16)
      reply("!done", [`=ret=${this.#challenge.toString("hex")}`])
      return
    }
    const right =
      user !== undefined &&
      (login === "plain"
        ? command.attributes.get("password") === user.password
        : this.#challenge !== null && response === `00${md5(user.password, this.#challenge)}`)
    this.#challenge = null
    if (!right) {
      this.#backend.loginFailed(name, this.#wire.from, this.#wire.service)
      throw new Trap(
        login === "plain" ? "invalid user name or password (6)" : "cannot log in",
        null,
      )
    }
    this.#user = user
    this.#backend.loggedIn(name, this.#wire.from, this.#wire.service)
    reply("!done")
  }

  #cancel(command: Command, reply: Reply): void {
    const tag = command.attributes.get("tag")
    for (const each of tag === undefined ? [...this.#listeners.keys()] : [tag]) {
      const stop = this.#listeners.get(each)
      if (stop === undefined) continue
      stop()
      this.#listeners.delete(each)
      const tagged = each === "" ? [] : [`.tag=${each}`]
      this.#wire.send(["!trap", "=category=2", "=message=interrupted", ...tagged])
      this.#wire.send(["!done", ...tagged])
    }
    reply("!done")
  }

  #run(command: Command, reply: Reply): void {
    const cut = command.path.lastIndexOf("/")
    const [menu, verb] = [command.path.slice(0, cut), command.path.slice(cut + 1)]
    if (!this.#user?.policies.includes("read")) throw new Trap("not enough permissions (9)", null)
    if (this.#stream(command, this.#user.policies, reply)) return
    const proplist = command.attributes.get(".proplist")
    if (verb === "listen") {
      const stop = this.#backend.listen(menu, (row) =>
        reply("!re", wordsOf(row[".dead"] === undefined ? pick(row, proplist) : row)),
      )
      this.#listeners.get(command.tag ?? "")?.()
      this.#listeners.set(command.tag ?? "", stop)
      return
    }
    if (verb !== "print" && verb !== "getall") {
      this.#rows(this.#backend.command(menu, verb, command.attributes), reply)
      return
    }
    for (const name of command.attributes.keys())
      if (!PRINT_WORDS.has(name)) throw new Trap(`unknown parameter ${name}`, 1)
    const rows = this.#backend
      .print(menu, this.#user.policies)
      .filter((row) => matches(command.queries, row))
    if (command.attributes.has("count-only")) reply("!done", [`=ret=${rows.length}`])
    else
      this.#rows(
        rows.map((row) => pick(row, proplist)),
        reply,
      )
  }

  /** True: it runs, and can be cancelled by its tag. */
  #stream(command: Command, policies: readonly string[], reply: Reply): boolean {
    const { path, attributes, tag } = command
    const stream = this.#backend.stream?.(path, attributes, policies, (row) =>
      reply("!re", wordsOf(row)),
    )
    if (stream === undefined || stream === null) return false
    const key = tag ?? ""
    this.#listeners.set(key, stream.stop)
    void stream.done.then(() => {
      if (this.#listeners.get(key) !== stream.stop) return
      this.#listeners.delete(key)
      reply("!done")
    })
    return true
  }

  /** From 7.18 on, an empty result is `!empty`, then `!done`. */
  #rows(rows: readonly Row[], reply: Reply): void {
    for (const row of rows) reply("!re", wordsOf(row))
    if (rows.length === 0 && this.#backend.sendsEmpty) reply("!empty")
    reply("!done")
  }
}

type Reply = (kind: string, more?: readonly string[]) => void
const wordsOf = (row: Row): string[] =>
  Object.entries(row).map(([name, value]) => `=${name}=${value}`)
const md5 = (password: string, challenge: Buffer): string =>
  createHash("md5")
    .update(Buffer.concat([Buffer.from([0]), Buffer.from(password, "utf8"), challenge]))
    .digest("hex")
