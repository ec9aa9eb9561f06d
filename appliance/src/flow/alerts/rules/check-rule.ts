/** What the schema cannot say of a rule: metrics, bounds, windows and levels that fit together. */
import {
  type Condition,
  Evaluator,
  type Leaf,
  type Rule,
  type Threshold,
} from "../../../api/alert-rules.ts"
import type { FieldMessage } from "../../../api/field-messages.ts"
import type { RuleProblemMessage } from "../../../api/rule-messages.ts"
import { EVENT_NAMES } from "./condition.ts"
import { conditionsOf, metricsNamed } from "./conditions-of.ts"
import { durationMs } from "./durations.ts"
import type { MetricCatalogue } from "./metrics.ts"
import { holdProblems } from "./window-check.ts"

type Path = readonly (string | number)[]
type Found = { readonly path: Path; readonly message: FieldMessage | RuleProblemMessage }

/** Longer windows would have to read stored series for each sample. */
const MAX_WINDOW = "1h"
const MAX_COUNT_WINDOW = "24h"
export const PLACEHOLDERS = ["device", "interface", "name", "value", "limit", "for", "rule"]

const stateProblems = (
  metric: string,
  given: Threshold["is"],
  states: readonly string[] | null,
  path: Path,
): Found[] => {
  const list = given === undefined ? [] : Array.isArray(given) ? given : [given]
  const choices = states ?? ["true", "false"]
  return list.flatMap((one) =>
    (states === null ? typeof one === "boolean" : typeof one === "string" && states.includes(one))
      ? []
      : [
          {
            path,
            message: { code: "rule.state-unknown", params: { metric, choices: [...choices] } },
          },
        ],
  )
}

const isPast = ({ above, below, clear }: Pick<Threshold, "above" | "below" | "clear">): boolean =>
  clear !== undefined &&
  ((above !== undefined && clear > above) || (below !== undefined && clear < below))

const thresholdProblems = (
  catalogue: MetricCatalogue,
  leaf: Threshold,
  path: Path,
  hasLevelBounds: boolean,
): Found[] => {
  const metric = catalogue.get(leaf.metric)
  const found: Found[] = []
  const isNumber = leaf.above !== undefined || leaf.below !== undefined
  const isState = leaf.is !== undefined || leaf.not !== undefined
  if (!(isNumber || isState || hasLevelBounds) || (isNumber && isState))
    found.push({ path, message: { code: "rule.bounds", params: { metric: leaf.metric } } })
  if (isPast(leaf) && leaf.clear !== undefined)
    found.push({
      path: [...path, "clear"],
      message: {
        code: "rule.clear",
        params: { clear: leaf.clear, bound: leaf.above ?? leaf.below ?? 0 },
      },
    })
  if (leaf.by !== undefined && leaf.by !== "last" && leaf.over === undefined)
    found.push({
      path: [...path, "by"],
      message: { code: "rule.window-needed", params: { by: leaf.by } },
    })
  if (metric === undefined) return found
  const states =
    metric.kind === "state" ? Object.keys(metric.states ?? {}) : metric.kind === "bool" ? null : []
  found.push(...stateProblems(leaf.metric, leaf.is, states, [...path, "is"]))
  found.push(...stateProblems(leaf.metric, leaf.not, states, [...path, "not"]))
  return found
}

const windowProblem = (text: string, max: string, path: Path): Found[] =>
  durationMs(text) <= durationMs(max)
    ? []
    : [{ path, message: { code: "rule.window-too-long", params: { longest: max } } }]

const metricProblem = (catalogue: MetricCatalogue, metric: string, path: Path): Found[] => {
  const choices = catalogue.get(metric) === undefined ? catalogue.like(metric) : []
  // Of a subject that is not collected at all: the rule waits for its data.
  return choices.length === 0
    ? []
    : [
        {
          path,
          message: { code: "rule.metric-unknown", params: { metric, choices: [...choices] } },
        },
      ]
}

const leafProblems = (
  catalogue: MetricCatalogue,
  leaf: Leaf,
  path: Path,
  hasLevelBounds: boolean,
): Found[] => {
  if ("metric" in leaf)
    return [
      ...metricProblem(catalogue, leaf.metric, [...path, "metric"]),
      ...(leaf.over === undefined ? [] : windowProblem(leaf.over, MAX_WINDOW, [...path, "over"])),
      ...thresholdProblems(catalogue, leaf, path, hasLevelBounds),
    ]
  if ("absent" in leaf) return metricProblem(catalogue, leaf.absent, [...path, "absent"])
  if ("events" in leaf)
    return [
      ...leaf.events.flatMap((name, index): Found[] =>
        EVENT_NAMES.includes(name)
          ? []
          : [
              {
                path: [...path, "events", index],
                message: { code: "field.choice", params: { choices: [...EVENT_NAMES] } },
              },
            ],
      ),
      ...windowProblem(leaf.over, MAX_COUNT_WINDOW, [...path, "over"]),
    ]
  if ("changes" in leaf)
    return [
      ...metricProblem(catalogue, leaf.changes, [...path, "changes"]),
      ...windowProblem(leaf.over, MAX_COUNT_WINDOW, [...path, "over"]),
    ]
  return [
    ...metricProblem(catalogue, leaf.deviation, [...path, "deviation"]),
    ...(leaf.above === undefined && leaf.below === undefined && !hasLevelBounds
      ? [{ path, message: { code: "rule.bounds", params: { metric: leaf.deviation } } } as const]
      : []),
  ]
}

const conditionProblems = (
  catalogue: MetricCatalogue,
  condition: Condition,
  path: Path,
  hasLevelBounds: boolean,
): Found[] => {
  if ("all" in condition || "any" in condition) {
    const [key, list] = "all" in condition ? ["all", condition.all] : ["any", condition.any]
    return (list as readonly Condition[]).flatMap((one, index) =>
      conditionProblems(catalogue, one, [...path, key as string, index], false),
    )
  }
  if ("metric" in condition || !("not" in condition))
    return leafProblems(catalogue, condition, path, hasLevelBounds)
  return conditionProblems(catalogue, condition.not, [...path, "not"], false)
}

/** One alert is of one entity: besides metrics of it, a rule may name those of its device. */
const entityProblems = (catalogue: MetricCatalogue, rule: Rule, path: Path): Found[] => {
  const own = [...metricsNamed(rule)].flatMap((name) => catalogue.get(name) ?? [])
  const first = own.find(({ entity }) => entity !== "device")
  const other = own.find(
    ({ entity, family }) =>
      first !== undefined &&
      entity !== "device" &&
      (entity !== first.entity || family !== first.family),
  )
  return first === undefined || other === undefined
    ? []
    : [
        {
          path: [...path, "when"],
          message: {
            code: "rule.entities",
            params: { metric: other.metric, of: other.entity, other: first.entity },
          },
        },
      ]
}

const textProblems = (rule: Rule, path: Path): Found[] => {
  const { message } = rule
  if (message === undefined) return []
  const texts = typeof message === "string" ? [message] : [message.en, message.tr ?? ""]
  const unknown = texts
    .flatMap((text) => [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? ""))
    .find((name) => !PLACEHOLDERS.includes(name))
  return unknown === undefined
    ? []
    : [
        {
          path: [...path, "message"],
          message: {
            code: "rule.placeholder",
            params: { placeholder: unknown, choices: PLACEHOLDERS },
          },
        },
      ]
}

const evaluatorProblems = (rule: Rule, path: Path): Found[] => {
  const { evaluator } = rule
  const found: Found[] = []
  const add = (key: string, code: RuleProblemMessage) =>
    found.push({ path: [...path, key], message: code })
  if (rule.when !== undefined || rule.levels !== undefined)
    add("evaluator", { code: "rule.condition-and-evaluator", params: {} })
  if (!rule.enabled) add("enabled", { code: "rule.evaluator-always-on", params: {} })
  if (evaluator !== undefined && rule.id !== evaluator)
    add("id", { code: "rule.evaluator-id", params: { evaluator } })
  if (rule.severity === undefined) add("severity", { code: "rule.severity", params: {} })
  return found
}

/** The rule has passed the schema. */
export const checkRule = (catalogue: MetricCatalogue, rule: Rule, path: Path): Found[] => {
  if (rule.evaluator !== undefined)
    return [...evaluatorProblems(rule, path), ...textProblems(rule, path)]
  const { when, levels, severity } = rule
  if (Evaluator.safeParse(rule.id).success)
    return [{ path: [...path, "id"], message: { code: "rule.evaluator-needed", params: {} } }]
  const found: Found[] = []
  if ((severity === undefined) === (levels === undefined))
    found.push({ path, message: { code: "rule.severity", params: {} } })
  const hasLevelBounds =
    levels?.every(({ above, below, when: own }) => (above ?? below ?? own) !== undefined) === true
  if (when !== undefined)
    found.push(...conditionProblems(catalogue, when, [...path, "when"], hasLevelBounds))
  for (const [index, level] of (levels ?? []).entries()) {
    const at = [...path, "levels", index]
    if (level.when !== undefined)
      found.push(...conditionProblems(catalogue, level.when, [...at, "when"], false))
    const hasBounds = level.above !== undefined || level.below !== undefined
    const isSimple = when !== undefined && ("metric" in when || "deviation" in when)
    if (hasBounds && (level.when !== undefined || !isSimple))
      found.push({ path: at, message: { code: "rule.level-bounds", params: {} } })
    if (isPast(level) && level.clear !== undefined)
      found.push({
        path: [...at, "clear"],
        message: {
          code: "rule.clear",
          params: { clear: level.clear, bound: level.above ?? level.below ?? 0 },
        },
      })
  }
  if (found.length === 0 && conditionsOf(rule).length === 0)
    found.push({ path, message: { code: "rule.no-condition", params: {} } })
  return [
    ...found,
    ...holdProblems(rule, path),
    ...entityProblems(catalogue, rule, path),
    ...textProblems(rule, path),
  ]
}
