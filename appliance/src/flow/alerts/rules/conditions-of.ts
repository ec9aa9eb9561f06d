/** The conditions and levels of a rule as written, spelled out. */
import type { Condition, Leaf, Rule } from "../../../api/alert-rules.ts"
import type { Severity } from "../../../api/incidents.ts"

export const leavesOf = (condition: Condition): readonly Leaf[] => {
  if ("all" in condition) return condition.all.flatMap(leavesOf)
  if ("any" in condition) return condition.any.flatMap(leavesOf)
  if ("metric" in condition) return [condition]
  if ("not" in condition) return leavesOf(condition.not)
  return [condition]
}

export type LevelOf = {
  readonly severity: Severity
  readonly when: Condition
  readonly forText: string
  readonly recoverText: string
  readonly status: "degraded" | "down"
}
type Level = NonNullable<Rule["levels"]>[number]

/** The condition of the rule with the bounds of the level. */
const withBounds = (when: Condition, { above, below, clear }: Level): Condition => {
  if (above === undefined && below === undefined) return when
  if ("metric" in when)
    return {
      ...when,
      ...(above === undefined ? {} : { above }),
      ...(below === undefined ? {} : { below }),
      clear,
    }
  if ("deviation" in when) return { ...when, ...(above === undefined ? {} : { above }), clear }
  return when
}

/** In the order of the file; without a condition there is none. */
export const levelsOf = (rule: Rule): readonly LevelOf[] => {
  const { when, levels, severity, for: forText, recover: recoverText, status } = rule
  const common = { forText, recoverText, status }
  if (levels === undefined)
    return when === undefined || severity === undefined ? [] : [{ severity, when, ...common }]
  return levels.flatMap((level): LevelOf[] => {
    const own = level.when ?? (when === undefined ? undefined : withBounds(when, level))
    if (own === undefined) return []
    return [
      {
        severity: level.severity,
        when: own,
        forText: level.for ?? forText,
        recoverText: level.recover ?? recoverText,
        status: level.status ?? status,
      },
    ]
  })
}

export const conditionsOf = (rule: Rule): readonly Condition[] =>
  levelsOf(rule).map(({ when }) => when)

const metricOf = (leaf: Leaf): string | null => {
  if ("metric" in leaf) return leaf.metric
  if ("absent" in leaf) return leaf.absent
  if ("changes" in leaf) return leaf.changes
  return "deviation" in leaf ? leaf.deviation : null
}

/** The metrics that it names, in any level. */
export const metricsNamed = (rule: Rule): ReadonlySet<string> =>
  new Set(
    conditionsOf(rule)
      .flatMap(leavesOf)
      .flatMap((leaf) => metricOf(leaf) ?? []),
  )
