/**
 * Finds the end of the host. RFC 3164 promises one word, but a router sends its identity, which may
 * contain spaces.
 *
 * In this order: a known name, topics, a typical start of a message, the default name of an
 * interface, and finally the first word. Pure; tries at most nine words.
 */
import { eventMeaningOf, isOpening } from "./meaning.ts"
import { isDefaultPort } from "./port.ts"
import { stampAt } from "./timestamp.ts"
import { splitTopics, type Topics } from "./topics.ts"

export type Hosts = {
  /** Names of the devices at the sender's address. */
  readonly isOwn: (name: string) => boolean
  /** Names of all devices of the agent. */
  readonly isAny: (name: string) => boolean
  /** The most words of these names that begin with this one; left out: not known. */
  readonly wordsOf?: (firstWord: string) => number
  /** The sender forwards lines of others, with their header after its own. */
  readonly isRelay: boolean
}
export const NO_HOSTS: Hosts = { isOwn: () => false, isAny: () => false, isRelay: false }

export type Split = {
  readonly host: string | null
  readonly hostIs: "known" | "guessed" | "none"
  readonly message: string
  /** Another header follows the host. */
  readonly isNested: boolean
  /** Of the message, where they have been read. */
  readonly topics?: Topics | null
}

const MAX_WORDS = 9
const MAX_HOST_CHARS = 255

/** Start positions of the words after the first, within the length of a host. */
const wordStarts = (text: string): readonly number[] => {
  const starts: number[] = []
  const head = text.slice(0, MAX_HOST_CHARS + 1)
  for (
    let at = head.indexOf(" ");
    at >= 0 && starts.length < MAX_WORDS;
    at = head.indexOf(" ", at + 1)
  )
    if (at > 0 && text[at + 1] !== " " && at + 1 < text.length) starts.push(at + 1)
  return starts
}

/** `edge-1:` and `edge-1` are one name. */
const nameBefore = (text: string, start: number): string => {
  const name = text.slice(0, start).trimEnd()
  return name.endsWith(":") ? name.slice(0, -1) : name
}

/** A relay or another system may insert a tag: `edge-1 routeros: …`. */
const hostOfWords = (text: string, start: number): string => {
  const words = text.slice(0, start).trimEnd().split(" ")
  const tag = words.findIndex((word, at) => at > 0 && word.endsWith(":"))
  const host = (tag > 0 ? words.slice(0, tag) : words).join(" ")
  return host.endsWith(":") ? host.slice(0, -1) : host
}

const isLink = (text: string): boolean => {
  if (!text.includes(" link ")) return false
  const name = eventMeaningOf(text, [])?.name
  return name === "link-up" || name === "link-down"
}

const none = (message: string): Split => ({ host: null, hostIs: "none", message, isNested: false })
const guessed = (host: string, message: string, isNested = false): Split => ({
  host,
  hostIs: "guessed",
  message,
  isNested,
})

/** How many words of the text may be a known name: of "edge-1 : …", the colon too. */
const maxWords = (text: string, starts: readonly number[], { wordsOf }: Hosts): number => {
  const [second] = starts
  if (wordsOf === undefined || second === undefined) return starts.length
  const first = text.slice(0, second)
  const name = nameBefore(text, second)
  const words = Math.max(wordsOf(first), name.length < first.trimEnd().length ? wordsOf(name) : 0)
  return words === 0 ? 0 : words + 1
}

const knownHost = (
  text: string,
  starts: readonly number[],
  words: number,
  isName: (name: string) => boolean,
): Split | null => {
  for (let last = Math.min(words, starts.length) - 1; last >= 0; last -= 1) {
    const start = starts[last] ?? 0
    const host = nameBefore(text, start)
    if (isName(host)) return { host, hostIs: "known", message: text.slice(start), isNested: false }
  }
  return null
}

const PRI = /<\d{1,3}>/y
const isHeaderAt = (text: string, at: number): boolean => {
  if (text[at] === "<") {
    PRI.lastIndex = at
    return PRI.test(text)
  }
  const stamp = stampAt(text, at)
  return stamp !== null && !stamp.isConsole
}

/** `isHeader`: a time stamp came before, so a host is expected. */
export const splitHost = (text: string, hosts: Hosts, isHeader: boolean): Split => {
  const first = splitTopics(text)
  if (first !== null && first.topics.length > 1) return { ...none(text), topics: first }
  const starts = wordStarts(text)
  if (hosts.isRelay)
    for (const start of starts)
      if (isHeaderAt(text, start)) return guessed(nameBefore(text, start), text.slice(start), true)
  const words = maxWords(text, starts, hosts)
  const known =
    knownHost(text, starts, words, hosts.isOwn) ?? knownHost(text, starts, words, hosts.isAny)
  // "hill link down" without a host: an interface may have the name of the router it leads to.
  if (known !== null && !(isLink(text) && !isLink(known.message))) return known
  for (const start of starts) {
    const topics = splitTopics(text.slice(start))
    if (topics !== null && topics.topics.length > 1 && (topics.known > 1 || start === starts[0]))
      return guessed(hostOfWords(text, start), text.slice(start))
  }
  if (!isHeader || isOpening(text)) return none(text)
  for (const start of starts)
    if (isOpening(text.slice(start))) return guessed(hostOfWords(text, start), text.slice(start))
  return splitByPort(text, starts)
}

const splitByPort = (text: string, starts: readonly number[]): Split => {
  const [second] = starts
  if (second === undefined) return none(text)
  const message = text.slice(second)
  if (isLink(text)) {
    if (!isLink(message)) return none(text)
    const words = [0, ...starts]
    const port = words.find((start) => isDefaultPort(wordAt(text, start)))
    if (port === 0) return none(text)
    if (port !== undefined) return guessed(hostOfWords(text, port), text.slice(port))
  }
  return guessed(nameBefore(text, second), message)
}

const wordAt = (text: string, start: number): string => {
  const end = text.indexOf(" ", start)
  return text.slice(
    start,
    end < 0 ? Math.min(text.length, start + MAX_HOST_CHARS) : Math.min(end, start + MAX_HOST_CHARS),
  )
}
