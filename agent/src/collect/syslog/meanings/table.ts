/**
 * The meanings of RouterOS log lines: one table, by topic (`table-*.ts`). A row is a meaning and a
 * template (`template.ts`); the first match wins.
 *
 *   !template   only under one of the family's topics: its words alone could be anything's
 *
 * Pure. Lines are cut, so a line takes a bounded time.
 */
import type { LogMeaning } from "@ispvm/wire"
import type { Meaning } from "../meaning-type.ts"
import { isSeverityWord } from "../topics.ts"
import { type Candidates, createCandidates } from "./candidates.ts"
import type { Family } from "./family.ts"
import { firewallFields } from "./firewall.ts"
import { NETWORK_FAMILIES } from "./table-network.ts"
import { RADIO_FAMILIES } from "./table-radio.ts"
import { SESSION_FAMILIES } from "./table-sessions.ts"
import { SYSTEM_FAMILIES } from "./table-system.ts"
import { UNTAGGED_FAMILIES } from "./table-untagged.ts"
import { VENDOR_FAMILIES } from "./table-vendors.ts"
import { compile, type Template } from "./template.ts"

export const FAMILIES: readonly Family[] = [
  ...SESSION_FAMILIES,
  ...RADIO_FAMILIES,
  ...NETWORK_FAMILIES,
  ...SYSTEM_FAMILIES,
  ...UNTAGGED_FAMILIES,
  ...VENDOR_FAMILIES,
]

type Compiled = Template & {
  readonly meaning: LogMeaning
  readonly family: number
  readonly needsTopic: boolean
}
/** In the order in which they are tried. */
const ROWS: readonly Compiled[] = FAMILIES.flatMap(({ rows }, family) =>
  rows.map(([meaning, template]) => {
    const needsTopic = template.startsWith("!")
    return { meaning, family, needsTopic, ...compile(needsTopic ? template.slice(1) : template) }
  }),
)
/** The families of each topic, by their place in the list. */
const FAMILIES_OF: ReadonlyMap<string, readonly number[]> = new Map(
  [...new Set(FAMILIES.flatMap(({ topics }) => topics))].map((topic) => [
    topic,
    FAMILIES.flatMap(({ topics }, family) => (topics.includes(topic) ? [family] : [])),
  ]),
)

const candidatesIn = (isIn: (row: Compiled) => boolean): Candidates =>
  createCandidates([...ROWS.entries()].filter(([, row]) => isIn(row)))

/** Of lines without topics. */
const WITHOUT_TOPICS = candidatesIn(({ needsTopic }) => !needsTopic)
/** By families: routers log with some dozen combinations of topics. */
const ofFamilies = new Map<string, Candidates>()
const MAX_FAMILIES = 200
const findCandidates = (topics: readonly string[]): Candidates => {
  if (topics.length === 0) return WITHOUT_TOPICS
  const families = new Set(topics.flatMap((topic) => FAMILIES_OF.get(topic) ?? []))
  const key = [...families].join()
  const found = ofFamilies.get(key) ?? candidatesIn(({ family }) => families.has(family))
  if (ofFamilies.size >= MAX_FAMILIES) ofFamilies.clear()
  ofFamilies.set(key, found)
  return found
}
/** By the list of topics, which the lines of a log share. */
const ofTopicList = new WeakMap<readonly string[], Candidates>()
const candidatesOf = (topics: readonly string[]): Candidates => {
  const was = ofTopicList.get(topics)
  if (was !== undefined) return was
  const found = findCandidates(topics)
  ofTopicList.set(topics, found)
  return found
}

const MAX_CHARS = 400
const MAX_VALUE_CHARS = 200
/** Letters, digits, and other characters of ASCII that remain at both ends of a value. */
const isKept = (code: number): boolean =>
  code > 0x20 && code < 0x7f && code !== 0x2e && code !== 0x2c && code !== 0x3a && code !== 0x3b

/** Before the words of a field: "proposal." is not a reason. */
const clean = (value: string): string => {
  const { length } = value
  const isClean =
    length <= MAX_VALUE_CHARS && isKept(value.charCodeAt(0)) && isKept(value.charCodeAt(length - 1))
  if (isClean) return value
  return value
    .replace(/^[.,;:\s]+/, "")
    .trimEnd()
    .slice(0, MAX_VALUE_CHARS)
}

const meaningOfMatch = (
  { meaning, fields }: Compiled,
  values: readonly (string | undefined)[],
): Meaning => {
  const attributes: Record<string, string> = {}
  let port: string | null = null
  for (let at = 0; at < fields.length; at += 1) {
    const [field, value] = [fields[at], values[at + 1]]
    if (field === undefined || value === undefined) continue
    const text = field === "interface" ? value.trim() : clean(value)
    if (field === "interface") port = text
    else if (text !== "") attributes[field] = text
  }
  return { name: meaning, interface: port, attributes }
}

const isFault = (topics: readonly string[]): boolean =>
  ["error", "critical", "warning"].some((word) => topics.includes(word))
const isDump = (topics: readonly string[]): boolean =>
  topics.includes("packet") || topics.includes("raw")

/** What the topics say of a line without a row of its own. */
const ofTopics = (text: string, topics: readonly string[]): Meaning | null => {
  const service = topics.find((topic) => !isSeverityWord(topic))
  if (service === undefined) return null
  const [fault, other] =
    FAMILIES.find(({ topics: own, rest }) => rest && topics.some((topic) => own.includes(topic)))
      ?.rest ?? []
  const isHard = topics.includes("error") || topics.includes("critical")
  const name = isDump(topics)
    ? "packet-detail"
    : isFault(topics)
      ? (fault ?? (isHard ? "fault" : undefined))
      : other
  if (name === undefined) return null
  return { name, interface: null, attributes: { service, text: text.slice(0, MAX_VALUE_CHARS) } }
}

const ofFirewall = (texts: readonly string[]): Meaning | null => {
  const attributes = firewallFields(texts[0] ?? "")
  return attributes === null ? null : { name: "firewall", interface: null, attributes }
}

const ofTable = (text: string, topics: readonly string[]): Meaning | null => {
  const lower = text.toLowerCase()
  for (const at of candidatesOf(topics)(lower)) {
    const row = ROWS[at]
    const values = row?.match(text, lower) ?? null
    if (row !== undefined && values !== null) return meaningOfMatch(row, values)
  }
  return null
}

/** `texts`: the message, also without what may be a rule's prefix. Null: no meaning. */
export const tableMeaningOf = (
  texts: readonly string[],
  topics: readonly string[],
): Meaning | null => {
  // What attackers send is in firewall lines: they have no other meaning.
  if (topics.includes("firewall")) return ofFirewall(texts)
  const cut = texts.map((text) => text.slice(0, MAX_CHARS).trimEnd())
  for (const text of cut) {
    const meaning = ofTable(text, topics)
    if (meaning !== null) return meaning
  }
  const [whole = ""] = cut
  return (topics.length === 0 ? ofFirewall(texts) : null) ?? ofTopics(whole, topics)
}
