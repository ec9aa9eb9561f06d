/**
 * A rule file, in YAML or JSON: its rules, or what is wrong with it, each with line and column. A
 * file with a problem gives no rules at all.
 */
import { isAlias, LineCounter, parseDocument } from "yaml"
import { z } from "zod"
import { Condition, LEAF_FORMS, MAX_CONDITIONS, MAX_RULES, Rule } from "../../../api/alert-rules.ts"
import { type FieldMessage, fieldErrorsOf } from "../../../api/field-messages.ts"
import type { RuleProblemMessage, YamlFaultCode } from "../../../api/rule-messages.ts"
import { checkRule } from "./check-rule.ts"
import { METRICS, type MetricCatalogue } from "./metrics.ts"
import { costlyYaml, repeatedKeys, type YamlFault, yamlFaultOf } from "./yaml-limits.ts"

export type RulePath = readonly (string | number)[]
/** `line` and `column` count from one. */
export type RuleProblem = {
  readonly line: number
  readonly column: number
  readonly path: string
  /** The id of the rule, where the problem is in one that has one. */
  readonly rule: string | null
  readonly message: FieldMessage | RuleProblemMessage
}
/** A rule, and the text of it: what people wrote, with their comments. */
export type ParsedRule = { readonly rule: Rule; readonly yaml: string }
export type ParsedRules =
  | { readonly ok: true; readonly rules: readonly ParsedRule[] }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] }

export const MAX_FILE_CHARS = 1_000_000
/** What is wrong with the rest is shown once these are corrected. */
const MAX_PROBLEMS = 100
/** Aliases that multiply each other would take all memory. */
const MAX_ALIASES = 100

type Place = { readonly line: number; readonly column: number }
type Found = { readonly path: RulePath; readonly message: RuleProblem["message"] }

/** Conditions are checked one by one: a union of all forms could only say that none fits. */
const RuleShape = Rule.omit({ when: true, levels: true }).extend({
  when: z.unknown().optional(),
  levels: z.unknown().optional(),
})
const LevelShape = z.strictObject({
  ...(Rule.shape.levels.unwrap().element as z.ZodObject).shape,
  when: z.unknown().optional(),
})

const FORMS = ["metric", "absent", "events", "changes", "deviation", "all", "any", "not"]
const problemsOf = (error: z.ZodError, value: unknown, at: RulePath): Found[] =>
  fieldErrorsOf(error, value).map(({ path, ...message }) => ({
    path: [...at, ...(path === "" ? [] : path.split("."))],
    message: ofRule(path, message as FieldMessage),
  }))
/** An editor shows no request. */
const ofRule = (path: string, message: FieldMessage): Found["message"] =>
  message.code === "field.unknown"
    ? { code: "rule.field-unknown", params: { field: path.split(".").at(-1) ?? path } }
    : message

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const atMost = (limit: number): FieldMessage => ({
  code: "field.bound",
  params: { bound: "at-most", limit, unit: "item" },
})

const conditionProblems = (value: unknown, at: RulePath, depth = 0): Found[] => {
  const form = isObject(value) ? FORMS.find((one) => one in value) : undefined
  if (!isObject(value) || form === undefined || depth > 5)
    return [{ path: at, message: { code: "rule.condition-unknown", params: { choices: FORMS } } }]
  const parts = value[form]
  if ((form === "all" || form === "any") && Array.isArray(parts) && parts.length > MAX_CONDITIONS)
    return [{ path: [...at, form], message: atMost(MAX_CONDITIONS) }]
  if ((form === "all" || form === "any") && Array.isArray(parts) && parts.length > 0)
    return parts.flatMap((one, index) => conditionProblems(one, [...at, form, index], depth + 1))
  if (form === "not") return conditionProblems(value["not"], [...at, "not"], depth + 1)
  const schema = (LEAF_FORMS as Readonly<Record<string, z.ZodType>>)[form]
  const parsed = (schema ?? Condition).safeParse(value)
  return parsed.success ? [] : problemsOf(parsed.error, value, at)
}
const shapeProblems = (value: unknown, at: RulePath): Found[] => {
  const parsed = RuleShape.safeParse(value)
  const found = parsed.success ? [] : problemsOf(parsed.error, value, at)
  if (!isObject(value)) return found
  if (value["when"] !== undefined) found.push(...conditionProblems(value["when"], [...at, "when"]))
  const { levels } = value
  if (Array.isArray(levels)) {
    for (const [index, level] of levels.entries()) {
      const path = [...at, "levels", index]
      const one = LevelShape.safeParse(level)
      if (!one.success) found.push(...problemsOf(one.error, level, path))
      if (isObject(level) && level["when"] !== undefined)
        found.push(...conditionProblems(level["when"], [...path, "when"]))
    }
  }
  if (found.length > 0) return found
  const whole = Rule.safeParse(value)
  return whole.success ? [] : problemsOf(whole.error, value, at)
}

const rulesIn = (
  root: unknown,
): { readonly list: readonly unknown[]; readonly at: RulePath } | null => {
  if (Array.isArray(root)) return { list: root, at: [] }
  if (isObject(root) && Array.isArray(root["rules"])) return { list: root["rules"], at: ["rules"] }
  return isObject(root) && "id" in root ? { list: [root], at: [] } : null
}
const idOf = (value: unknown): string | null =>
  isObject(value) && typeof value["id"] === "string" ? value["id"] : null

type Source = {
  readonly text: string
  readonly document: ReturnType<typeof parseDocument>
  readonly place: (offset: number) => Place
}
const sourceOf = (text: string): Source => {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false })
  const place = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  return { text, document, place }
}

const notParsed = (text: string, { offset, fault }: YamlFault): RuleProblem => {
  const before = text.slice(0, offset).split("\n")
  const place = { line: before.length, column: (before.at(-1) ?? "").length + 1 }
  return { ...place, path: "", rule: null, message: { code: "rule.yaml", params: { fault } } }
}
const unreadable = ({ place }: Source, offset: number, fault: YamlFaultCode): RuleProblem => ({
  ...place(offset),
  path: "",
  rule: null,
  message: { code: "rule.yaml", params: { fault } },
})

type Root = { readonly value: unknown } | { readonly problems: readonly RuleProblem[] }
const rootOf = (source: Source): Root => {
  const { document } = source
  const faults = document.errors.map((error) => ({
    offset: error.pos[0],
    fault: yamlFaultOf(error),
  }))
  if (faults.length === 0) faults.push(...repeatedKeys(document))
  if (faults.length > 0)
    return { problems: faults.map(({ offset, fault }) => unreadable(source, offset, fault)) }
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) }
  } catch {
    // An alias without its anchor, or more aliases than are resolved.
    return { problems: [unreadable(source, 0, "alias")] }
  }
}

const nodeAt = ({ document }: Source, path: RulePath): unknown =>
  path.length === 0 ? document.contents : document.getIn(path, true)

/** Of the value, or of the nearest thing around it that is in the file. */
const positionOf = (source: Source, path: RulePath): Place => {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = rangeOf(nodeAt(source, path.slice(0, length)))
    if (offset !== null) return source.place(offset)
  }
  return { line: 1, column: 1 }
}

/** Each rule is checked by itself: without a limit, a file of a megabyte takes a minute. */
const tooMany = (source: Source, at: RulePath): RuleProblem => ({
  ...positionOf(source, at),
  path: at.join("."),
  rule: null,
  message: atMost(MAX_RULES),
})

/** A list of rules, an object with the list `rules`, or one rule. */
export const parseRules = (text: string, catalogue: MetricCatalogue = METRICS): ParsedRules => {
  const parsed = parseWhole(text, catalogue)
  return parsed.ok ? parsed : { ok: false, problems: parsed.problems.slice(0, MAX_PROBLEMS) }
}
const parseWhole = (text: string, catalogue: MetricCatalogue): ParsedRules => {
  const costly =
    text.length > MAX_FILE_CHARS ? { offset: 0, fault: "too-long" as const } : costlyYaml(text)
  if (costly !== null) return { ok: false, problems: [notParsed(text, costly)] }
  const source = sourceOf(text)
  const root = rootOf(source)
  if ("problems" in root) return { ok: false, problems: root.problems }
  const found = rulesIn(root.value)
  if (found === null) return { ok: false, problems: [unreadable(source, 0, "no-rules")] }
  if (found.list.length > MAX_RULES) return { ok: false, problems: [tooMany(source, found.at)] }
  const isSingle = found.list.length === 1 && found.list[0] === root.value
  const problems: RuleProblem[] = []
  const rules: ParsedRule[] = []
  const linesById = new Map<string, number>()
  for (const [index, value] of found.list.entries()) {
    const path = isSingle ? [] : [...found.at, index]
    const id = idOf(value)
    const faults = [...faultsOf(catalogue, value, path), ...twice(linesById, id, path)]
    if (id !== null && !linesById.has(id)) linesById.set(id, positionOf(source, path).line)
    for (const { path: where, message } of faults)
      problems.push({ ...positionOf(source, where), path: where.join("."), rule: id, message })
    if (faults.length === 0)
      rules.push({ rule: Rule.parse(value), yaml: textOf(text, nodeAt(source, path)) })
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rules }
}

const faultsOf = (catalogue: MetricCatalogue, value: unknown, path: RulePath): Found[] => {
  const shape = shapeProblems(value, path)
  return shape.length > 0 ? shape : checkRule(catalogue, Rule.parse(value), path)
}
const twice = (lines: ReadonlyMap<string, number>, id: string | null, path: RulePath): Found[] => {
  const line = id === null ? undefined : lines.get(id)
  return id === null || line === undefined
    ? []
    : [{ path: [...path, "id"], message: { code: "rule.twice", params: { rule: id, line } } }]
}

const rangeOf = (node: unknown): number | null =>
  isObject(node) && Array.isArray(node["range"]) && typeof node["range"][0] === "number"
    ? node["range"][0]
    : isAlias(node)
      ? 0
      : null

/** The comment lines directly above the line of an offset. */
const commentAbove = (text: string, from: number): string => {
  const lines = text.slice(0, from).split("\n").slice(0, -1)
  const after = lines.findLastIndex((line) => !/^\s*#/.test(line)) + 1
  return lines
    .slice(after)
    .map((line) => `${line.trim()}\n`)
    .join("")
}

/** As it stands in the file with the comment above it, moved to the left edge. */
const textOf = (text: string, node: unknown): string => {
  const range = isObject(node) && Array.isArray(node["range"]) ? node["range"].map(Number) : []
  const [from = 0, to = 0, end = to] = range
  const indent = from - (text.lastIndexOf("\n", from - 1) + 1)
  const own = text.slice(from, end).replaceAll(new RegExp(`\\n {0,${indent}}`, "g"), "\n")
  // Of a file with one rule, everything belongs to it.
  return `${from === 0 || indent === 0 ? "" : commentAbove(text, from)}${own.trimEnd()}\n`
}
