/**
 * Splits one syslog line into its parts, in any form of a router or a relay. Pure, linear, and
 * never throws.
 *
 * default: topics message (RouterOS default: no PRI, time or host)
 * bsd: <PRI>time host [topics] message (RFC 3164; RouterOS has no tag, a prefix looks like one)
 * 5424: <PRI>1 time host app procid msgid data message (RFC 5424)
 * cef: time host CEF:0|vendor|board|version|class|topics|severity|key=value …
 *
 * A router's host is its identity and may contain spaces; `host.ts` decides where it ends.
 */

import { parseCef } from "./cef.ts"
import { type Hosts, NO_HOSTS, splitHost } from "./host.ts"
import { serialOfData, serialOfText } from "./serial.ts"
import { stampAt } from "./timestamp.ts"
import { type Severity, severityOfTopics, splitTopics, type Topics } from "./topics.ts"

export type { Severity } from "./topics.ts"
export { severityOfTopics } from "./topics.ts"

export type Line = {
  /** `menu`: a row of the router's own log, which no message was. */
  readonly format: "default" | "bsd" | "5424" | "cef" | "menu"
  readonly pri: number | null
  readonly host: string | null
  /**
   * `known`: the name of a device of this agent; `guessed`: the first word, all that RFC 3164
   * promises.
   */
  readonly hostIs: "known" | "guessed" | "none"
  /** A second name of the device, an address (CEF `dvc`). */
  readonly address: string | null
  /** The serial number of the device, as `serialKey` writes it. */
  readonly serial: string | null
  /** The app name of RFC 5424, which a relay may have cut from the start of the message. */
  readonly tag: string | null
  /** The time stamp as written, or empty. Two lines with different ones are two events. */
  readonly stamp: string
  /** RouterOS topics; empty if the format has none. */
  readonly topics: readonly string[]
  readonly severity: Severity
  readonly message: string
}

const severityOfPri = (pri: number): Severity => {
  const level = pri & 7
  return level <= 3 ? "error" : level === 4 ? "warning" : level === 7 ? "debug" : "info"
}

const NO_TOPICS: readonly string[] = []
type Base = Omit<Line, "topics" | "severity" | "message">
const NO_NAMES = { host: null, hostIs: "none", address: null, serial: null } as const
const NOTHING = { ...NO_NAMES, tag: null, stamp: "" } as const

/** `split`: the topics of `rest`, if they have been read. */
const withTopics = (
  base: Base,
  rest: string,
  takesLoneTopic: boolean,
  split: Topics | null = splitTopics(rest),
): Line => {
  // After a BSD header, a single lower-case word is usually the first word of a sentence, not a
  // topic.
  const isTopics = split !== null && (takesLoneTopic || split.topics.length > 1)
  const topics = isTopics ? split.topics : NO_TOPICS
  const message = isTopics ? split.message : rest
  const { format, pri, host, hostIs, address, serial, tag, stamp } = base
  return {
    ...{ format, pri, host, hostIs, address, serial: serial ?? serialOfText(message), tag, stamp },
    topics,
    severity: pri !== null ? severityOfPri(pri) : isTopics ? severityOfTopics(topics) : "info",
    message,
  }
}

/** A host before `CEF:` may contain spaces too. */
const MAX_HOST_CHARS = 256
const cefLine = (text: string, base: Omit<Base, "format">): Line | null => {
  const at = text.slice(0, MAX_HOST_CHARS).indexOf("CEF:")
  if (at < 0 || (at > 0 && text[at - 1] !== " ")) return null
  const cef = parseCef(text.slice(at))
  if (cef === null) return null
  const { topics, severity, message, address, serial } = cef
  const host = cef.host ?? (text.slice(0, at).trim() || base.host)
  return {
    ...base,
    format: "cef",
    host,
    hostIs: host === null ? "none" : "guessed",
    address,
    serial: serial ?? base.serial,
    topics,
    severity,
    message,
  }
}

/** The end of one non-empty word of a 5424 header; -1 if there is none. */
const wordEnd = (text: string, from: number): number => {
  const end = text.indexOf(" ", from)
  return end < 0 ? (from < text.length ? text.length : -1) : end === from ? -1 : end
}

/**
 * The end of `-` or of `[id name="value" …][…]`, where `\` escapes in a value; -1 if it is neither.
 */
const dataEnd = (text: string, from: number): number => {
  if (text[from] === "-") return from + 1
  let at = from
  while (text[at] === "[") {
    let isQuoted = false
    for (at += 1; at < text.length; at += 1) {
      const char = text[at]
      if (char === "\\") at += 1
      else if (char === '"') isQuoted = !isQuoted
      else if (char === "]" && !isQuoted) break
    }
    if (at >= text.length) return -1
    at += 1
  }
  return at === from ? -1 : at
}

const nil = (text: string | undefined): string | null =>
  text === undefined || text === "-" ? null : text

const parse5424 = (text: string, pri: number): Line | null => {
  if (!text.startsWith("1 ")) return null
  const words: string[] = []
  let at = 2
  while (words.length < 5) {
    const end = wordEnd(text, at)
    if (end < 0) return null
    words.push(text.slice(at, end))
    at = end + 1
  }
  const end = dataEnd(text, at)
  if (end < 0 || (end < text.length && text[end] !== " ")) return null
  const body = text.slice(end + 1)
  const message = body.startsWith("\uFEFF") ? body.slice(1) : body
  const [stamp = "", host, app] = words
  const base = {
    ...NOTHING,
    pri,
    host: nil(host),
    hostIs: nil(host) === null ? "none" : "guessed",
    serial: serialOfData(text.slice(at, end)),
    stamp,
  } as const
  const cef = cefLine(message, base)
  if (cef !== null) return cef
  const tag = nil(app)
  // A relay takes the first word of a router's message for a tag and leaves the space after it.
  const isCut = tag !== null && message.startsWith(" ") && message.trim() !== ""
  const whole = isCut ? `${tag}${message}` : message
  return withTopics({ ...base, format: "5424", tag: isCut ? null : tag }, whole, false)
}

/** A relay may have added its own header before the router's. */
const MAX_HEADERS = 3

const parseHead = (text: string, pri: number | null, hosts: Hosts, depth: number): Line => {
  if (pri !== null) {
    const line = parse5424(text, pri)
    if (line !== null) return line
  }
  const stamped = stampAt(text, 0)
  const stamp = stamped === null ? "" : text.slice(0, stamped.end).trim()
  const rest = stamped === null ? text : text.slice(stamped.end)
  const base = { ...NOTHING, pri, stamp }
  const cef = cefLine(rest, base)
  if (cef !== null) return cef
  if (rest.startsWith("echo: "))
    return withTopics({ ...base, format: "default" }, rest.slice("echo: ".length), true)
  const isHeader = stamped !== null && (!stamped.isConsole || pri !== null)
  const { host, hostIs, message, isNested, topics } = splitHost(rest, hosts, isHeader)
  if (isNested && depth < MAX_HEADERS) {
    const inner = parsePri(message, hosts, depth + 1)
    return {
      ...inner,
      pri: inner.pri ?? pri,
      host: inner.host ?? host,
      hostIs: inner.host === null ? hostIs : inner.hostIs,
    }
  }
  if (host === null)
    return withTopics(
      { ...base, format: isHeader ? "bsd" : "default" },
      message,
      !isHeader || pri === null,
      topics,
    )
  return withTopics({ ...base, format: "bsd", host, hostIs }, message, pri === null)
}

/** facility * 8 + severity, at most 191. */
const PRI = /^<(\d{1,3})>/

const parsePri = (text: string, hosts: Hosts, depth: number): Line => {
  const match = text.charCodeAt(0) === 0x3c ? PRI.exec(text) : null
  const pri = match === null ? null : Number(match[1])
  if (match === null || pri === null || pri > 191) return parseHead(text, null, hosts, depth)
  return parseHead(text.slice(match[0].length), pri, hosts, depth)
}

/** `hosts`: the names these lines may be from, if known. */
export const parseLine = (raw: string, hosts: Hosts = NO_HOSTS): Line => {
  let end = raw.length
  while (end > 0 && (raw[end - 1] === "\n" || raw[end - 1] === "\r" || raw[end - 1] === "\0"))
    end -= 1
  return parsePri(raw.slice(0, end), hosts, 1)
}

/** A row of a router's log menu. */
export const menuLine = (topics: string, message: string): Line => {
  const words = topics.split(",").filter((word) => word !== "")
  const severity = severityOfTopics(words)
  return { ...NOTHING, format: "menu", pri: null, topics: words, severity, message }
}
