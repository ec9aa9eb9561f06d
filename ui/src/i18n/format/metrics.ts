/** Public values of metrics as people read them, by unit (docs/metrics.md). */

import { t } from "../strings/strings.ts"
import { duration } from "./time.ts"
import {
  bitRate,
  byteSize,
  count,
  NONE,
  perCent,
  perSecond,
  roundTrip,
  share,
  threeDigits,
} from "./units.ts"

type Format = (value: number | null) => string

const FORMATS: Readonly<Record<string, Format>> = {
  ms: roundTrip,
  s: (value) => (value === null ? NONE : duration(value * 1_000)),
  "%": perCent,
  "bit/s": bitRate,
  byte: byteSize,
  "1/s": perSecond,
  count,
  bool: (value) => share(value),
  state: (value) =>
    value === 1 ? t.metrics.state.ok : value === 0 ? t.metrics.state.failed : share(value),
}

const withUnit =
  (unit: string): Format =>
  (value) =>
    value === null ? NONE : `${threeDigits(value)} ${unit}`

const stateName =
  (states: Readonly<Record<string, number>>): Format =>
  (value) => {
    if (value === null) return NONE
    return Object.entries(states).find(([, code]) => code === value)?.[0] ?? threeDigits(value)
  }

/** `states`: code by name, of a metric that is a state. */
export const metricFormat = (
  unit: string,
  states: Readonly<Record<string, number>> | null = null,
): Format => (states === null ? (FORMATS[unit] ?? withUnit(unit)) : stateName(states))
