/**
 * Checks the items of a section column by column, which takes a tenth of the time of their schema.
 * An item that passes is valid by the schema; one that does not pass goes to the schema, which
 * decides and says why. A test compares both.
 */
import { Event, EventName } from "../events.ts"
import { FAMILIES } from "../families/families.ts"
import type { Family } from "../families/family.ts"
import type { Field } from "../families/field.ts"
import { DeviceId, MAX_EPOCH_MS, Name, Source, Text } from "../values.ts"
import type { Dictionary } from "./dictionary.ts"
import type { ReadColumn, ReadGroup, Section } from "./section.ts"

/** Sets `passed` to 0 where the value of a row is not allowed. */
type Rule = (column: ReadColumn, passed: Uint8Array, texts: TextResults) => void
/** By path: the name of the property, and of the field in it. */
type Rules = ReadonlyMap<string, Rule>
/** Results of one rule by code of a text: most texts of a column are the same few. */
type TextResults = {
  readonly dictionary: Dictionary
  readonly of: (rule: Rule) => Map<number, boolean>
}
type Schema = { readonly safeParse: (value: unknown) => { readonly success: boolean } }

const pathOf = ({ name, field }: ReadColumn): string => (field === null ? name : `${name}.${field}`)

const textRule = (schema: Schema, isNullable = false): Rule => {
  const rule: Rule = ({ codes, values }, passed, texts) => {
    const results = texts.of(rule)
    const isAllowed = (code: number): boolean => {
      const known = results.get(code)
      if (known !== undefined) return known
      const result = schema.safeParse(texts.dictionary[code]).success
      results.set(code, result)
      return result
    }
    /** No text, or one beside values of another type. */
    const isOther = (value: unknown): boolean =>
      value === null ? isNullable : schema.safeParse(value).success
    for (let row = 0; row < values.length; row += 1) {
      const code = codes?.[row] ?? -1
      const isPassed = code < 0 ? isOther(values[row]) : isAllowed(code)
      if (!isPassed) passed[row] = 0
    }
  }
  return rule
}

type NumberLimits = Pick<Field, "isWhole" | "isSigned" | "max" | "isRequired">
const numberRule =
  ({ isWhole, isSigned, max = Number.POSITIVE_INFINITY, isRequired }: NumberLimits): Rule =>
  ({ values }, passed) => {
    const min = isSigned === true ? Number.NEGATIVE_INFINITY : 0
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row]
      const isPassed =
        typeof value === "number"
          ? value >= min && value <= max && (isWhole !== true || Number.isSafeInteger(value))
          : value === null && isRequired !== true
      if (!isPassed) passed[row] = 0
    }
  }

const boolRule =
  (isNullable: boolean): Rule =>
  ({ values }, passed) => {
    for (let row = 0; row < values.length; row += 1)
      if (typeof values[row] !== "boolean" && !(isNullable && values[row] === null)) passed[row] = 0
  }
const schemaRule =
  (schema: Schema): Rule =>
  ({ values }, passed) => {
    for (let row = 0; row < values.length; row += 1)
      if (!schema.safeParse(values[row]).success) passed[row] = 0
  }
const nullRule: Rule = ({ values }, passed) => {
  for (let row = 0; row < values.length; row += 1) if (values[row] !== null) passed[row] = 0
}
const oneOf = (names: readonly string[], isNullable = false): Rule => {
  const set = new Set<unknown>(names)
  return textRule({ safeParse: (value) => ({ success: set.has(value) }) }, isNullable)
}

const atMs = numberRule({ isWhole: true, isRequired: true, max: MAX_EPOCH_MS })
const device = textRule(DeviceId)
const name = textRule(Name)
const kindRule = (kind: string): Rule => oneOf([kind])

const fieldRule = (field: Field): Rule => {
  const isNullable = field.isRequired !== true
  if (field.kind === "bool") return boolRule(isNullable)
  if (field.kind === "state") return oneOf(Object.keys(field.states), isNullable)
  return numberRule(field)
}
const keyRules = ({ key }: Family): readonly (readonly [string, Rule])[] => {
  if (key.by === "interface") return [["interface", name]]
  if (key.by !== "name") return []
  return [
    [key.field, name],
    ...(key.units === undefined ? [] : [["unit", oneOf(key.units)] as const]),
  ]
}
const familyRules = (family: Family): Rules =>
  new Map<string, Rule>([
    ["kind", kindRule(family.name)],
    ["device", device],
    ...keyRules(family),
    ["atMs", atMs],
    ["source", textRule(Source)],
    ...family.fields.map(({ name: field, field: row }) => [field, fieldRule(row)] as const),
  ])

const whole = { isWhole: true, isRequired: true } as const
const pingRules = (icmp: readonly (readonly [string, Rule])[]): Rules =>
  new Map<string, Rule>([
    ["kind", kindRule("ping")],
    ["device", device],
    ["atMs", atMs],
    ["answers", boolRule(false)],
    ...icmp,
    ["tcp", oneOf(["accepted", "refused", "silent"], true)],
    ["because", oneOf(["round", "missed", "confirm"])],
  ])
const eventRules: Rules = new Map<string, Rule>([
  ["kind", kindRule("event")],
  ["id", textRule(Event.shape.id)],
  ["device", device],
  ["name", textRule(EventName)],
  ["atMs", atMs],
  ["source", textRule(Source)],
  ["severity", textRule(Event.shape.severity)],
  ["interface", textRule(Name, true)],
  ["message", textRule(Text)],
  ["attributes", schemaRule(Event.shape.attributes)],
])

/** The rules of each kind, by the sets of paths that its items may have. */
const RULES: ReadonlyMap<unknown, readonly Rules[]> = new Map<unknown, readonly Rules[]>([
  ["event", [eventRules]],
  ...FAMILIES.filter((family) => family.name !== "ping").map(
    (family) => [family.name, [familyRules(family)]] as const,
  ),
  [
    "ping",
    [
      pingRules([["icmp", nullRule]]),
      pingRules([
        ["icmp.sent", numberRule(whole)],
        ["icmp.received", numberRule(whole)],
        ["icmp.rttUs", numberRule({})],
        ["icmp.jitterUs", numberRule({})],
      ]),
    ],
  ],
])

/** More answers than probes are an error of the agent. */
const checkAnswers = (group: ReadGroup, passed: Uint8Array): void => {
  const of = (path: string) => group.columns.find((column) => pathOf(column) === path)?.values
  const [sent, received] = [of("icmp.sent"), of("icmp.received")]
  if (sent === undefined || received === undefined) return
  for (let row = 0; row < group.size; row += 1)
    if (Number(received[row]) > Number(sent[row])) passed[row] = 0
}

const rulesFor = (group: ReadGroup): Rules | null => {
  const paths = group.columns.map(pathOf)
  const rules = RULES.get(group.shape?.kind)?.find(
    (each) => each.size === paths.length && paths.every((path) => each.has(path)),
  )
  return rules ?? null
}

const checkGroup = (group: ReadGroup, texts: TextResults): Uint8Array => {
  const passed = new Uint8Array(group.size)
  const rules = group.shape === null ? null : rulesFor(group)
  if (rules === null) return passed
  passed.fill(1)
  for (const column of group.columns) rules.get(pathOf(column))?.(column, passed, texts)
  checkAnswers(group, passed)
  return passed
}

/** For each item whether it is valid for certain. */
export const checkSection = ({ groups, order, dictionary }: Section): readonly boolean[] => {
  const results = new Map<Rule, Map<number, boolean>>()
  const texts: TextResults = {
    dictionary,
    of: (rule) => {
      const known = results.get(rule) ?? new Map<number, boolean>()
      results.set(rule, known)
      return known
    },
  }
  const passed = groups.map((group) => checkGroup(group, texts))
  const next = groups.map(() => 0)
  return order.map((group) => {
    const row = next[group] ?? 0
    next[group] = row + 1
    return passed[group]?.[row] === 1
  })
}
