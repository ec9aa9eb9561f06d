/**
 * A step (an event, a change) is in its window for the length of that window, and then no more: a
 * condition about it that has to hold for longer is never met by one step, and the rule would be
 * silent without a word. An average may be shorter than the hold: it is met as long as values are.
 */
import type { Condition, Leaf, Rule } from "../../../api/alert-rules.ts"
import type { RuleProblemMessage } from "../../../api/rule-messages.ts"
import { durationMs } from "./durations.ts"

type Path = readonly (string | number)[]
type Found = { readonly path: Path; readonly message: RuleProblemMessage }

const COMPARED: readonly string[] = ["change", "change-pct"]
/** The window of a leaf about steps; null: of another one. */
const stepWindowOf = (leaf: Leaf): string | null => {
  if ("events" in leaf || "changes" in leaf) return leaf.over
  return "metric" in leaf && COMPARED.includes(leaf.by ?? "") ? (leaf.over ?? null) : null
}

/** Below `any` another part may hold, and `not` is met while there is no step. */
const inCondition = (condition: Condition, hold: string, path: Path): Found[] => {
  if ("all" in condition)
    return condition.all.flatMap((one, index) => inCondition(one, hold, [...path, "all", index]))
  if ("any" in condition) return []
  if (!("metric" in condition) && "not" in condition) return []
  const over = stepWindowOf(condition)
  return over === null || durationMs(over) >= durationMs(hold)
    ? []
    : [
        {
          path: [...path, "over"],
          message: { code: "rule.window-shorter-than-hold", params: { over, for: hold } },
        },
      ]
}

/** Windows about steps that are shorter than how long the rule, or one of its levels, must hold. */
export const holdProblems = ({ when, levels, for: forText }: Rule, path: Path): Found[] => {
  const common = [...path, "when"]
  const holds = levels?.map((level) => level.for ?? forText) ?? [forText]
  const longest = holds.toSorted((one, other) => durationMs(other) - durationMs(one))[0] ?? forText
  return [
    ...(when === undefined ? [] : inCondition(when, longest, common)),
    ...(levels ?? []).flatMap((level, index) =>
      level.when === undefined
        ? []
        : inCondition(level.when, level.for ?? forText, [...path, "levels", index, "when"]),
    ),
  ]
}
