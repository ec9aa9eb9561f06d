/**
 * Every command that diagnostics may send to a router, with the words that it may have. Nothing
 * else gets out, whatever the appliance requests: the list is checked right before the socket.
 *
 * No command of the list changes a router. Each value is one word of the API, so that nothing in it
 * can become a second command.
 */
import { CONFIGURATION_SECTIONS } from "@ispvm/wire"
import type { Answer, CommandOptions, Connection } from "../collect/routeros/client/connection.ts"

/** By what a word begins with, up to its value. */
type Words = Readonly<Record<string, RegExp>>

const ADDRESS = /^[0-9A-Fa-f.:]{2,45}$/
const SMALL = /^[1-9][0-9]{0,3}$/
const NAME = /^[^\p{Cc}]{1,128}$/u
const PROPERTIES = /^[a-z.][a-z0-9.,-]{0,2000}$/
const EMPTY = /^$/

const PING: Words = { "=address=": ADDRESS, "=count=": SMALL, "=size=": SMALL }
const TRACEROUTE: Words = {
  "=address=": ADDRESS,
  "=count=": SMALL,
  "=max-hops=": SMALL,
  "=use-dns=": /^no$/,
}
const PRINT: Words = { "=.proplist=": PROPERTIES }

/** The menus that are printed as they are. */
export const PRINTED = {
  bgp: ["/routing/bgp/session", "/routing/bgp/connection", "/routing/bgp/peer"],
  ospf: ["/routing/ospf/neighbor", "/routing/ospf/interface"],
  neighbours: ["/ip/neighbor"],
  log: ["/log"],
} as const

const prints = (menus: readonly string[]): Readonly<Record<string, Words>> =>
  Object.fromEntries(menus.map((menu) => [`${menu}/print`, PRINT]))

export const COMMANDS: Readonly<Record<string, Words>> = {
  // The second one from 7.23 on; 7.24 has no other.
  "/ping": PING,
  "/tool/ping": PING,
  "/tool/traceroute": TRACEROUTE,
  "/interface/print": { ...PRINT, "?name=": NAME },
  "/interface/ethernet/monitor": { "=numbers=": /^\*[0-9A-F]{1,8}$/, "=once=": EMPTY },
  "/interface/monitor-traffic": { "=interface=": NAME, "=once=": EMPTY },
  ...prints(Object.values(PRINTED).flat()),
  ...prints(Object.values(CONFIGURATION_SECTIONS).flat()),
}

export class NotAllowedError extends Error {
  override readonly name = "NotAllowedError"
}

const isAllowedWord = (allowed: Words, word: string): boolean =>
  Object.entries(allowed).some(
    ([start, value]) => word.startsWith(start) && value.test(word.slice(start.length)),
  )

/** Throws a `NotAllowedError` if this is no command of the list, or has another word. */
export const requireAllowed = ([command = "", ...words]: readonly string[]): void => {
  const allowed = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
  if (allowed === undefined) throw new NotAllowedError("this agent does not run this command")
  if (!words.every((word) => isAllowedWord(allowed, word)))
    throw new NotAllowedError(`this agent does not run ${command} with these arguments`)
}

export type Run = (words: readonly string[], options?: CommandOptions) => Promise<Answer>
/** The only way from diagnostics to a router. */
export const restricted =
  (connection: Pick<Connection, "run">): Run =>
  async (words, options) => {
    requireAllowed(words)
    return await connection.run(words, options)
  }
