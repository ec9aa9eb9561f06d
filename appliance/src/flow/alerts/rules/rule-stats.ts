/** Figures of the evaluation of rules, for metrics and health. */
export type RuleStats = {
  /** Evaluations of a rule on a sample, since the start, and how long they took. */
  readonly evaluations: number
  readonly evaluatedMs: number
  /** Samples that came too late to be evaluated. */
  readonly late: number
  /** In memory: not ok, or not long ago. */
  readonly alerts: number
  readonly rules: number
}

export const sumOfRules = (all: readonly RuleStats[]): RuleStats =>
  all.reduce(
    (sum, one) => ({
      evaluations: sum.evaluations + one.evaluations,
      evaluatedMs: sum.evaluatedMs + one.evaluatedMs,
      late: sum.late + one.late,
      alerts: sum.alerts + one.alerts,
      rules: sum.rules + one.rules,
    }),
    { evaluations: 0, evaluatedMs: 0, late: 0, alerts: 0, rules: 0 },
  )
