/** A check of the appliance as text and status. Pure. */
import type { CheckState, HealthCheck } from "@ispvm/appliance/api/health"
import type { Status } from "@ispvm/appliance/api/shared"
import { diskSpace, grouped } from "@ispvm/appliance/messages/numbers"
import { duration } from "../../i18n/format/time.ts"
import { t } from "../../i18n/strings/strings.ts"

const strings = t.health

const STATUS: Readonly<Record<CheckState, Status>> = {
  ok: "ok",
  warning: "degraded",
  critical: "down",
  unknown: "unknown",
}
export const statusOfCheck = (state: CheckState): Status => STATUS[state]

const RANK: Readonly<Record<CheckState, number>> = { critical: 0, warning: 1, unknown: 2, ok: 3 }
/** The worst first, else in the order of the appliance. */
export const worstFirst = (checks: readonly HealthCheck[]): readonly HealthCheck[] =>
  [...checks].sort((a, b) => RANK[a.state] - RANK[b.state])

export const summaryOf = (
  checks: readonly HealthCheck[],
): { readonly status: Status; readonly text: string } => {
  const count = (state: CheckState): number =>
    checks.filter((check) => check.state === state).length
  const [worst] = worstFirst(checks)
  const text = strings.summary(count("critical"), count("warning"), count("unknown"))
  return {
    status: worst === undefined ? "unknown" : statusOfCheck(worst.state),
    text: text === "" ? strings.allOk : text,
  }
}

/** Below ten seconds in milliseconds, as objectives are written. */
const milliseconds = (ms: number): string => (ms < 1_000 ? `${grouped(ms)} ms` : duration(ms))
const amount = (value: number, unit: HealthCheck["unit"]): string => {
  switch (unit) {
    case "ms":
      return milliseconds(value)
    case "bytes":
      return diskSpace(value)
    case "count":
      return grouped(value)
    case "days":
      return strings.days(value)
  }
}

/** "Warning at 30 GB, critical at 10 GB"; empty where there is no limit. */
export const limitsText = ({ limits: { warning, critical }, unit }: HealthCheck): string => {
  if (warning === null) return ""
  return critical === null
    ? strings.warningAt(amount(warning, unit))
    : strings.limits(amount(warning, unit), amount(critical, unit))
}
