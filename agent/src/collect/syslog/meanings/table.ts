/**
 * The meanings of RouterOS log lines: one table, by topic (`table-*.ts`). A row is a meaning and a
 * template (`template.ts`); the first match wins.
 *
 *   !template   only under one of the family's topics: its words alone could be anything's
 *
 * Pure. Lines are cut, so a line takes a bounded time.
 */
import type { LogMeaning } from "@ispvm/wire"
import { defined, type Meaning } from "../meaning-type.ts"
import { isSeverityWord } from "../topics.ts"
import type { Family } from "./family.ts"
import { firewallFields } from "./firewall.ts"
import { NETWORK_FAMILIES } from "./table-network.ts"
import { RADIO_FAMILIES } from "./table-radio.ts"
import { SESSION_FAMILIES } from "./table-sessions.ts"
import { SYSTEM_FAMILIES } from "./table-system.ts"
import { UNTAGGED_FAMILIES } from "./table-untagged.ts"
import { VENDOR_FAMILIES } from "./table-vendors.ts"
import { compile, type Match } from "./template.ts"

export const FAMILIES: readonly Family[] = [
  ...SESSION_FAMILIES,
  ...RADIO_FAMILIES,
  ...NETWORK_FAMILIES,
  ...SYSTEM_FAMILIES,
  ...UNTAGGED_FAMILIES,
  ...VENDOR_FAMILIES,
]

type Compiled = {
  readonly meaning: LogMeaning
  readonly match: Match
  readonly needsTopic: boolean
}
type CompiledFamily = {
  readonly rest: Family["rest"]
  readonly topics: ReadonlySet<string>
  readonly rows: readonly Compiled[]
}
const COMPILED: readonly CompiledFamily[] = FAMILIES.map(({ topics, rows, rest }) => ({
  rest,
  topics: new Set(topics),
  rows: rows.map(([meaning, template]) => ({
    meaning,
    needsTopic: template.startsWith("!"),
    match: compile(template.startsWith("!") ? template.slice(1) : template),
  })),
}))

/** Before the words of a field: "proposal." is not a reason. */
const clean = (value: string | undefined): string | undefined =>
  value
    ?.replace(/^[.,;:\s]+/, "")
    .trimEnd()
    .slice(0, MAX_VALUE_CHARS)

const MAX_CHARS = 400
const MAX_VALUE_CHARS = 200

const meaningOfMatch = (name: LogMeaning, found: Readonly<Record<string, string>>): Meaning => {
  const { interface: port, ...fields } = found
  const attributes = Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, clean(value)]),
  )
  return { name, interface: port?.trim() ?? null, attributes: defined(attributes) }
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
    COMPILED.find(({ topics: own, rest }) => rest && topics.some((topic) => own.has(topic)))
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
  for (const { topics: own, rows } of COMPILED) {
    const isOfFamily = topics.some((topic) => own.has(topic))
    if (!isOfFamily && topics.length > 0) continue
    for (const { meaning, match, needsTopic } of rows) {
      const found = needsTopic && !isOfFamily ? null : match(text, lower)
      if (found !== null) return meaningOfMatch(meaning, found)
    }
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
