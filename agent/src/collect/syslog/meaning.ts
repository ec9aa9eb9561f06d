/**
 * Finds the meaning of a RouterOS log line. Lines with an event of their own are read here: pure
 * and linear, texts are cut at what is found from either end, without backtracking. Others have
 * their meaning from a table (`meanings/`). Lines without one are kept unchanged.
 */
import { defined, deviceMeaning, type Meaning } from "./meaning-type.ts"
import { tableMeaningOf } from "./meanings/table.ts"
import { bgpPeer, netwatch, ospfNeighbour } from "./routing.ts"

export type { Meaning } from "./meaning-type.ts"

/** `NAME link up (speed 1G, full duplex)`; the name may contain spaces and `<>`. */
const link = (text: string): Meaning | null => {
  if (!text.includes(" link ")) return null
  const open = text.endsWith(")") ? text.lastIndexOf(" (") : -1
  const head = open < 0 ? text : text.slice(0, open)
  const how = open < 0 ? undefined : text.slice(open + 2, -1)
  for (const state of ["up", "down"] as const) {
    const name = head.endsWith(` link ${state}`) ? head.slice(0, -` link ${state}`.length) : ""
    if (name.trim() !== "")
      return { name: `link-${state}`, interface: name.trim(), attributes: defined({ how }) }
  }
  return null
}

/** Removes ` via word` or ` from word` from the end. */
const splitLast = (
  text: string,
  mark: string,
): readonly [rest: string, word: string | undefined] => {
  const at = text.lastIndexOf(` ${mark} `)
  const word = at < 0 ? "" : text.slice(at + mark.length + 2)
  return word === "" || /\s/.test(word) ? [text, undefined] : [text.slice(0, at), word]
}

/** User names may be empty or contain spaces; an address may be IPv4, IPv6, a MAC, or missing. */
const login = (text: string): Meaning | null => {
  const isFailure = text.startsWith("login failure for user ")
  if (!isFailure && !text.startsWith("user ")) return null
  const [beforeVia, via] = splitLast(text, "via")
  const [head, from] = splitLast(beforeVia, "from")
  if (isFailure)
    return deviceMeaning("login-failed", {
      user: head.slice("login failure for user ".length).trim(),
      from,
      via,
    })
  for (const way of ["in", "out"])
    if (head.endsWith(` logged ${way}`))
      return deviceMeaning("login", {
        user: head.slice("user ".length, -` logged ${way}`.length),
        way,
        from,
        via,
      })
  return null
}

const REBOOTS = [
  ["router was rebooted without proper shutdown", "no"],
  ["router rebooted", undefined],
] as const
const reboot = (text: string): Meaning | null => {
  for (const [start, proper] of REBOOTS)
    if (text.startsWith(start) && !/[A-Za-z0-9_]/.test(text[start.length] ?? ""))
      return deviceMeaning("rebooted", { proper })
  return null
}

const VERBS = [
  "added",
  "removed",
  "changed",
  "moved",
  "enabled",
  "disabled",
  "scheduled",
  "reset",
  "undone",
  "redone",
]
/** Positions of " by " are tried from the start; a text with more of them is not from RouterOS. */
const MAX_TRIES = 8

/** `address changed`, `changed scheduled script settings`, `script removed from scheduler`. */
const changeOf = (text: string): { readonly what: string; readonly how: string } | null => {
  for (const verb of VERBS) {
    if (text.endsWith(` ${verb}`)) return { what: text.slice(0, -verb.length - 1), how: verb }
    if (text.startsWith(`${verb} `)) return { what: text.slice(verb.length + 1), how: verb }
    const at = text.indexOf(` ${verb} from `)
    if (at > 0) return { what: text.slice(0, at), how: verb }
  }
  return null
}

/** `admin`, `winbox-3.1:admin@192.0.2.1/terminal/action:1`, `scheduler:name/action:8`, `api:watch@::`. */
const actorOf = (text: string): Readonly<Record<"user" | "from", string | undefined>> | null => {
  if (text === "" || /\s/.test(text)) return null
  const at = text.indexOf("@")
  const colon = text.indexOf(":")
  const hasMethod = colon >= 0 && (at < 0 || colon < at)
  const rest = hasMethod ? text.slice(colon + 1) : text
  const [name = ""] = rest.split(/[@/]/, 1)
  const from = rest[name.length] === "@" ? rest.slice(name.length + 1).split("/", 1)[0] : undefined
  return name === "" || name.includes(":") ? null : { user: name, from: from || undefined }
}

/** v6: "… changed by admin"; v7: "… changed by winbox-3.1:admin@192.0.2.1/terminal/action:1 (/ip address set …)". */
const configChange = (text: string): Meaning | null => {
  let at = text.indexOf(" by ")
  for (let tries = 0; at >= 0 && tries < MAX_TRIES; tries += 1) {
    const rest = text.slice(at + " by ".length)
    const space = rest.indexOf(" ")
    const tail = space < 0 ? "" : rest.slice(space)
    const actor = actorOf(space < 0 ? rest : rest.slice(0, space))
    const change = actor === null ? null : changeOf(text.slice(0, at))
    const isWhole = tail === "" || (tail.startsWith(" (") && tail.endsWith(")"))
    if (actor !== null && change !== null && isWhole)
      return deviceMeaning("config-changed", {
        ...change,
        ...actor,
        command: tail === "" ? undefined : tail.slice(2, -1),
      })
    at = text.indexOf(" by ", at + 1)
  }
  return null
}

type Read = (text: string, topics: readonly string[]) => Meaning | null
/** `starts`: the first characters of such texts; null: any. */
const READS: readonly { readonly starts: string | null; readonly read: Read }[] = [
  { starts: null, read: link },
  { starts: "ul", read: login },
  { starts: "r", read: reboot },
  { starts: "e", read: netwatch },
  { starts: null, read: ospfNeighbour },
  { starts: null, read: bgpPeer },
  { starts: null, read: configChange },
]
/** By the first character, as most lines begin with none of them. */
const readsOf = (start: string): readonly Read[] =>
  READS.filter(({ starts }) => starts?.includes(start) ?? true).map(({ read }) => read)
const BY_START: ReadonlyMap<number, readonly Read[]> = new Map(
  [..."ulre"].map((start) => [start.charCodeAt(0), readsOf(start)]),
)
const OTHER_READS = readsOf(" ")

/** A rule's prefix is before the message: `prefix: `. */
const PREFIX = /^[^\s:]{1,64}: +(?=\S)/
const MAX_CHARS = 2_048

const meaningOfText = (text: string, topics: readonly string[]): Meaning | null => {
  for (const read of BY_START.get(text.charCodeAt(0)) ?? OTHER_READS) {
    const meaning = read(text, topics)
    if (meaning !== null) return meaning
  }
  return null
}

const NO_TEXTS: readonly string[] = []
/** Each with the text before a rule's prefix was removed, and after. */
const eachText = (message: string): readonly string[] => {
  const text = message.trim()
  if (text.length > MAX_CHARS) return NO_TEXTS
  const prefix = text.includes(": ") ? (PREFIX.exec(text)?.[0].length ?? 0) : 0
  return prefix > 0 ? [text, text.slice(prefix)] : [text]
}

const eventMeaningOfTexts = (
  texts: readonly string[],
  topics: readonly string[],
): Meaning | null => {
  if (topics.includes("firewall") || topics.includes("packet")) return null
  for (let at = texts.length - 1; at >= 0; at -= 1) {
    const meaning = meaningOfText(texts[at] ?? "", topics)
    if (meaning !== null) return meaning
  }
  return null
}

/** Of an event. Firewall lines never have one, because attackers write their content. */
export const eventMeaningOf = (message: string, topics: readonly string[]): Meaning | null =>
  message.length > MAX_CHARS * 2 ? null : eventMeaningOfTexts(eachText(message), topics)

/** Of an event, or by the table. Null: no known meaning. */
export const meaningOf = (message: string, topics: readonly string[]): Meaning | null => {
  if (message.length > MAX_CHARS * 2) return null
  const texts = eachText(message)
  return eventMeaningOfTexts(texts, topics) ?? tableMeaningOf(texts, topics)
}

const OPENINGS = [
  "user ",
  "login failure for user ",
  "router rebooted",
  "router was rebooted",
  "event up [",
  "event down [",
]

/** A text that starts as only a router's message does: what is before it is the host. */
export const isOpening = (text: string): boolean =>
  OPENINGS.some((opening) => text.startsWith(opening)) &&
  [login, reboot, netwatch].some((read) => read(text) !== null)
