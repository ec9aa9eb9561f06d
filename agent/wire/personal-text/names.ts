/** Replaces names and addresses in single values and texts. */
import type { PersonalKind } from "../personal.ts"
import { isAddress, withoutAddresses } from "./addresses.ts"
import { PLAIN_WORDS } from "./plain-words.ts"

export type TextRedaction = {
  readonly users: boolean
  readonly addresses: boolean
  /** What is shown in place of a name. */
  readonly pseudonymOf: (name: string) => string
}

/** As agents make them; one stays as it is wherever it is. */
export const PSEUDONYM = /^u-[0-9a-f]{16}$/

export const LEFT_OUT = "…"
/** In place of a name, for who may not see names. */
export const MASK = "•••"
/** Interfaces of sessions are named after their users: `<pppoe-NAME>`; a long one may be cut. */
const SESSION = /<([a-z0-9]{1,16})-([^<>]+)(?:>|$)/gi
const SESSION_NAME = /^([a-z0-9]{1,16})-(.+)$/is
const SHOWN_SESSION = /^<[a-z0-9]{1,16}-(?:u-[0-9a-f]{16}|•••)>$/i
/** Between words; sessions are words of their own, wherever they are. */
const PARTS = /(\s+|<[a-z0-9]{1,16}-(?:u-[0-9a-f]{16}|•••)>)/i
const WORD = /[^\s,;:"'()<>=[\]{}/|]+/g
/** A number with a unit, or one that is too short for a telephone number or an account. */
const FIGURE = /^[+-]?\d{1,5}([.]\d{1,3})?(%|[a-z]{1,4})?$|^(\d{1,4}[wdhms]){1,5}$/i
/** Names of users that were read, and names of the network's own; a line may contain them. */
const MAX_NAMES = 100_000
const MIN_NAME_CHARS = 3

const remember = (names: Set<string>, name: string): void => {
  if (names.size >= MAX_NAMES) names.delete(names.values().next().value ?? "")
  names.add(name)
}

/** What was learned of the network. It outlives a change of the switches. */
export type Memory = {
  readonly known: Set<string>
  readonly own: Set<string>
  /** Addresses of devices, which are never shortened. */
  kept: ReadonlySet<string>
}
export const createMemory = (): Memory => ({ known: new Set(), own: new Set(), kept: new Set() })
/** Names of sessions are names of users, and nothing else is. */
export const hasSession = (text: string): boolean => text.search(SESSION) >= 0
/** A name of the network's own, such as an interface: lines may show it. */
export const learnOwn = ({ own }: Memory, name: string): void => {
  if (!hasSession(name)) remember(own, name)
}

export const createNames = (
  { users, addresses, pseudonymOf }: TextRedaction,
  memory: Memory = createMemory(),
) => {
  const { known, own } = memory

  const pseudonym = (name: string): string => {
    if (PSEUDONYM.test(name) || name === MASK) return name
    if (name.length >= MIN_NAME_CHARS) remember(known, name.trim().toLowerCase())
    return pseudonymOf(name)
  }
  /** Names of sessions in any text. The rest stays, so that names of interfaces still match. */
  const sessions = (text: string): string =>
    users && text.includes("<")
      ? text.replaceAll(SESSION, (_, kind: string, name: string) => `<${kind}-${pseudonym(name)}>`)
      : text
  const mask = (text: string): string => (addresses ? withoutAddresses(text, memory.kept) : text)
  const text = (given: string): string => mask(sessions(given))

  const word = (given: string): string => {
    const lower = given.toLowerCase()
    if (own.has(given) || PLAIN_WORDS.has(lower) || PSEUDONYM.test(given)) return given
    if (known.has(lower)) return pseudonymOf(given)
    return FIGURE.test(given) || !/[\p{L}\p{N}]/u.test(given) ? given : LEFT_OUT
  }
  /** Of a text that may name anybody, only what names nobody. */
  const plain = (given: string): string => {
    const shown = text(given)
    if (!users || own.has(shown)) return shown
    return shown
      .split(PARTS)
      .map((part) => {
        if (SHOWN_SESSION.test(part) || isAddress(part) || own.has(part)) return part
        if (known.has(part.toLowerCase())) return pseudonymOf(part)
        return part.replaceAll(WORD, word)
      })
      .join("")
      .replaceAll(/…(?:[\s…]*…)+/g, LEFT_OUT)
  }
  const endpoint = (given: string): string => {
    if (isAddress(given)) return text(given)
    return users || addresses ? pseudonym(given) : given
  }
  const value = (kind: PersonalKind, given: string): string => {
    if (given === "") return given
    if (users && hasSession(given)) return text(given)
    if (kind === "text") return users ? LEFT_OUT : text(given)
    if (kind === "endpoint") return endpoint(given)
    if (!users) return text(given)
    const session = kind === "session" ? SESSION_NAME.exec(given) : null
    return session === null ? pseudonym(given) : `${session[1]}-${pseudonym(session[2] ?? "")}`
  }
  return {
    sessions,
    hasSession,
    text,
    plain,
    value,
    learnOwn: (name: string): void => learnOwn(memory, name),
    isOwn: (name: string): boolean => own.has(name),
    keep: (devices: readonly string[]): void => {
      memory.kept = new Set(devices)
    },
  }
}
export type Names = ReturnType<typeof createNames>
