/** Which runbooks an incident shows. Pure. */
import type { AlertRule } from "@ispvm/appliance/api/alert-rule-answers"
import { runbookLinkOf } from "@ispvm/appliance/api/runbooks"

type WithRunbook = Pick<AlertRule, "id" | "name" | "runbook">
const MAX_LINKS = 3
/** Of the rules whose alerts are these kinds; one page that several rules name is one link. */
export const runbooksOf = <T extends WithRunbook>(
  rules: readonly T[],
  kinds: readonly string[],
): readonly T[] => {
  const wanted = new Set(kinds)
  const byRunbook = new Map<string, T>()
  for (const rule of rules) {
    const { runbook } = rule
    if (runbook === null || !wanted.has(rule.id) || byRunbook.has(runbook)) continue
    if (runbookLinkOf(runbook) !== null) byRunbook.set(runbook, rule)
  }
  return [...byRunbook.values()].slice(0, MAX_LINKS)
}
