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
import type { Family } from "./family.ts"
import { firewallFields } from "./firewall.ts"
import { NETWORK_FAMILIES } from "./table-network.ts"
import { RADIO_FAMILIES } from "./table-radio.ts"
import { SESSION_FAMILIES } from "./table-sessions.ts"
import { SYSTEM_FAMILIES } from "./table-system.ts"
import { UNTAGGED_FAMILIES } from "./table-untagged.ts"
import { VENDOR_FAMILIES } from "./table-vendors.ts"
import { compile, RARE, type Template } from "./template.ts"

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

/** The rows for some families: by what a line must contain, and those for which it is unknown. */
type RowIndex = {
  readonly byWord: ReadonlyMap<string, readonly number[]>
  readonly others: readonly number[]
}
const indexOf = (isIn: (row: Compiled) => boolean): RowIndex => {
  const byWord = new Map<string, number[]>()
  const others: number[] = []
  for (const [at, row] of ROWS.entries()) {
    if (!isIn(row)) continue
    if (row.words === null) others.push(at)
    for (const word of row.words ?? []) byWord.set(word, [...(byWord.get(word) ?? []), at])
  }
  return { byWord, others }
}

/** Of lines without topics. */
const WITHOUT_TOPICS = indexOf(({ needsTopic }) => !needsTopic)
/** Routers log with some dozen combinations of topics. */
const indexes = new Map<string, RowIndex>()
const MAX_INDEXES = 200
const indexFor = (topics: readonly string[]): RowIndex => {
  if (topics.length === 0) return WITHOUT_TOPICS
  const families = new Set<number>()
  for (const topic of topics)
    for (const family of FAMILIES_OF.get(topic) ?? []) families.add(family)
  const key = [...families].join()
  const index = indexes.get(key) ?? indexOf(({ family }) => families.has(family))
  if (indexes.size >= MAX_INDEXES) indexes.clear()
  indexes.set(key, index)
  return index
}

/** The rows that may match, in their order; one may be in the list twice. */
const candidates = ({ byWord, others }: RowIndex, lower: string): readonly number[] => {
  let found = others
  const add = (word: string): void => {
    const rows = byWord.get(word)
    if (rows !== undefined) found = found.concat(rows)
  }
  for (const word of lower.split(" ")) add(word)
  for (const char of RARE) if (lower.includes(char)) add(char)
  return found === others ? found : found.toSorted((a, b) => a - b)
}

/** Before the words of a field: "proposal." is not a reason. */
const clean = (value: string | undefined): string | undefined =>
  value
    ?.replace(/^[.,;:\s]+/, "")
    .trimEnd()
    .slice(0, MAX_VALUE_CHARS)

const MAX_CHARS = 400
const MAX_VALUE_CHARS = 200

const meaningOfMatch = (
  { meaning, fields }: Compiled,
  values: readonly (string | undefined)[],
): Meaning => {
  const attributes: Record<string, string> = {}
  let port: string | null = null
  for (const [at, field] of fields.entries()) {
    const value = values[at + 1]
    if (field === "interface") port = value?.trim() ?? null
    else {
      const text = clean(value)
      if (text !== undefined && text !== "") attributes[field] = text
    }
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
  for (const at of candidates(indexFor(topics), lower)) {
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
