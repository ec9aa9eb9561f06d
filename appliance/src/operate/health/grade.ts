/** A value against limits. A state that holds is left only well past its limit. Pure. */
import type { CheckState } from "../../api/health.ts"

export type Limits = {
  /** Null: never. */
  readonly warning: number | null
  readonly critical: number | null
}
/** On which side of its limit a value is bad. */
export type BadSide = "above" | "below"

/** A value that moves around its limit by less than this share of it changes no state. */
const MARGIN = 0.1

const isBad = (value: number, limit: number | null, side: BadSide, isHeld: boolean): boolean => {
  if (limit === null) return false
  const margin = isHeld ? limit * MARGIN : 0
  return side === "above" ? value >= limit - margin : value <= limit + margin
}

/** `was`: the state that holds now. */
export const grade = (
  value: number,
  limits: Limits,
  side: BadSide,
  was: CheckState,
): "ok" | "warning" | "critical" => {
  if (isBad(value, limits.critical, side, was === "critical")) return "critical"
  const isHeld = was === "warning" || was === "critical"
  return isBad(value, limits.warning, side, isHeld) ? "warning" : "ok"
}
