/**
 * What may stand at a place of a rule file: keys by what is around them, and values by their key.
 * Reads the text before the place alone, so it works while the file has errors. Pure.
 */
import type { RuleVocabulary } from "@ispvm/appliance/api/alert-rule-answers"
import { Evaluator, LEAF_FORMS, Rule, Scope } from "@ispvm/appliance/api/alert-rules"
import { Severity } from "@ispvm/appliance/api/incidents"

export type Choice = {
  readonly text: string
  /** Beside it: a unit, or what the value is of. */
  readonly detail: string
  readonly info: string
  readonly isKey: boolean
}
export type Completion = {
  /** Where the word begins that is being typed. */
  readonly from: number
  readonly choices: readonly Choice[]
}

type Shape = Readonly<Record<string, { readonly description?: string | undefined }>>
const PATTERNS = ["all", "any", "not"]
const Level = Rule.shape.levels.unwrap().element.shape
const ofShape = (shape: Shape): readonly Choice[] =>
  Object.entries(shape).map(([text, { description = "" }]) => ({
    ...{ text, detail: "", info: description, isKey: true },
  }))
const condition: readonly Choice[] = [
  ...[...Object.keys(LEAF_FORMS), ...PATTERNS].map((text) => ({
    ...{ text, detail: "", info: "", isKey: true },
  })),
  ...Object.values(LEAF_FORMS).flatMap((form) => ofShape(form.shape)),
].filter(({ text }, index, all) => all.findIndex((one) => one.text === text) === index)
const scope = Scope.shape
/** Keys by the key whose value they are in; at the top, those of a rule. */
const KEYS: Readonly<Record<string, readonly Choice[]>> = {
  "": ofShape(Rule.shape),
  rules: ofShape(Rule.shape),
  scope: ofShape(scope),
  interfaces: ofShape(scope.interfaces.unwrap().shape),
  except: ofShape(scope.except.unwrap().shape),
  levels: ofShape(Level),
  name: ofShape({ en: {}, tr: {} }),
  message: ofShape({ en: {}, tr: {} }),
  ...Object.fromEntries(["when", ...PATTERNS].map((key) => [key, condition])),
}
const LISTS_OF_MAPS = new Set(["rules", "levels", "all", "any"])

const words = (list: readonly string[], detail = ""): readonly Choice[] =>
  list.map((text) => ({ text, detail, info: "", isKey: false }))
const DURATIONS = words(["30s", "1m", "2m", "5m", "10m", "15m", "1h", "24h"])

type Line = { readonly indent: number; readonly text: string }
const linesOf = (before: string): readonly Line[] =>
  before.split("\n").map((text) => ({ indent: text.search(/[^ -]|$/), text }))

/** The nearest line above with less indent that opens a block, and its key. */
const blockKey = (lines: readonly Line[]): string => {
  const current = lines.at(-1)
  if (current === undefined) return ""
  let indent = current.indent
  for (const line of lines.slice(0, -1).toReversed()) {
    if (line.text.trim() === "" || line.text.trimStart().startsWith("#") || line.indent >= indent)
      continue
    const key = /(?:^|[\s{,-])([a-zA-Z-]+):\s*$/.exec(line.text)?.[1]
    if (key !== undefined) return key
    indent = line.indent
  }
  return ""
}

type Flow = { readonly opened: "{" | "["; readonly key: string }
/** Brackets of the line that are still open, with the keys whose values they are. */
const flowsOf = (text: string): readonly Flow[] => {
  const open: Flow[] = []
  for (const [index, char] of [...text].entries()) {
    if (char === "{" || char === "[") {
      const key = /([a-zA-Z-]+):\s*$/.exec(text.slice(0, index))?.[1] ?? open.at(-1)?.key ?? ""
      open.push({ opened: char, key })
    } else if (char === "}" || char === "]") open.pop()
  }
  return open
}

/** The metric that the states of `is` and `not` are of: the last one named before. */
const metricBefore = (before: string): string | undefined =>
  [...before.matchAll(/\b(?:metric|changes):\s*([a-z][\w.-]*)/g)].at(-1)?.[1]

const valuesOf = (key: string, before: string, known: RuleVocabulary): readonly Choice[] => {
  switch (key) {
    case "metric":
    case "absent":
    case "changes":
    case "deviation":
      return known.metrics.map(({ metric, entity, unit, description }) => ({
        ...{ text: metric, detail: [entity, unit].filter((one) => one !== "").join(" · ") },
        ...{ info: description, isKey: false },
      }))
    case "is":
    case "not": {
      const states = known.metrics.find(({ metric }) => metric === metricBefore(before))?.states
      return words(states === undefined || states.length === 0 ? ["true", "false"] : states)
    }
    case "events":
      return words(known.events)
    case "roles":
      return words(known.roles)
    case "tags":
      return words(known.tags)
    case "sites":
      return words(known.sites)
    case "regions":
      return words(known.regions)
    case "devices":
      return words(known.devices)
    case "agents":
      return words(known.agents)
    case "types":
      return words(known.interfaceTypes)
    case "ends":
      return words(["links"])
    case "severity":
      return words(Severity.options)
    case "status":
      return words(["degraded", "down"])
    case "by":
      return words(["last", "avg", "min", "max", "sum", "rate", "change", "change-pct"])
    case "evaluator":
      return words(Evaluator.options)
    case "enabled":
      return words(["true", "false"])
    case "for":
    case "over":
    case "recover":
      return DURATIONS
    default:
      return []
  }
}

/** Names with other characters than these need quotes. */
const asYaml = (choice: Choice): Choice => ({
  ...choice,
  text: /^[\p{L}\d_][\p{L}\d_./°%-]*$/u.test(choice.text)
    ? choice.text
    : JSON.stringify(choice.text),
})

/** `before`: the text up to the place. Null: nothing can be said. */
export const completionAt = (before: string, known: RuleVocabulary): Completion | null => {
  const lines = linesOf(before)
  const line = lines.at(-1)?.text ?? ""
  if (/(?:^|\s)#/.test(line)) return null
  const word = /[\p{L}\d_./°%-]*$/u.exec(line)?.[0].replace(/^-(?=$|\s)/, "") ?? ""
  const from = before.length - word.length
  const head = line.slice(0, line.length - word.length)
  const flow = flowsOf(head).at(-1)
  const answer = (choices: readonly Choice[]): Completion | null =>
    choices.length === 0 ? null : { from, choices: choices.map(asYaml) }
  const values = (key: string) => answer(valuesOf(key, before.slice(0, from), known))
  const own = /([a-zA-Z-]+):\s+$/.exec(head)?.[1]
  if (own !== undefined) return values(own)
  if (flow?.opened === "[") return LISTS_OF_MAPS.has(flow.key) ? null : values(flow.key)
  const parent = blockKey(lines)
  if (flow !== undefined)
    return /[{,]\s*$/.test(head) ? answer(KEYS[flow.key === "" ? parent : flow.key] ?? []) : null
  const isItem = /^\s*-\s+$/.test(head)
  if (isItem && !LISTS_OF_MAPS.has(parent) && parent !== "") return values(parent)
  return /^[\s-]*$/.test(head) ? answer(KEYS[parent] ?? []) : null
}
