/** Formats numbers with three significant digits and a unit. Null is a dash. */
import { grouped } from "@ispvm/appliance/messages/numbers"
import { locale } from "../locale.ts"

export const NONE = "–"

/** Three significant digits, without trailing noise: 1.24, 38.2, 417, 1 240 becomes 1240. */
export const threeDigits = (value: number): string => {
  const size = Math.abs(value)
  if (size === 0) return "0"
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3
  return FORMATS[digits].format(value)
}

/** By the number of decimals at most. */
const withDecimals = (maximumFractionDigits: number): Intl.NumberFormat =>
  new Intl.NumberFormat(locale.tag, { maximumFractionDigits, useGrouping: false })
const FORMATS = [withDecimals(0), withDecimals(1), withDecimals(2), withDecimals(3)] as const

type Step = readonly [factor: number, unit: string]

const scaled = (value: number, steps: readonly Step[]): string => {
  const size = Math.abs(value)
  // 999.6 of a unit would print as 1000: it belongs to the next one.
  const step = steps.find(([factor]) => size >= factor * 0.9995) ?? steps[steps.length - 1]
  if (step === undefined) return threeDigits(value)
  return `${threeDigits(value / step[0])} ${step[1]}`
}

const BIT_STEPS: readonly Step[] = [
  [1e12, "Tbit/s"],
  [1e9, "Gbit/s"],
  [1e6, "Mbit/s"],
  [1e3, "kbit/s"],
  [1, "bit/s"],
]
const BYTE_STEPS: readonly Step[] = [
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
  [1, "B"],
]
const MICRO_STEPS: readonly Step[] = [
  [1e6, "s"],
  [1e3, "ms"],
  [1, "µs"],
]

export const bitRate = (bps: number | null): string =>
  bps === null ? NONE : scaled(bps < 1 ? 0 : bps, BIT_STEPS)
export const byteSize = (bytes: number | null): string =>
  bytes === null ? NONE : scaled(bytes, BYTE_STEPS)
/** `ms`: milliseconds. */
export const roundTrip = (ms: number | null): string =>
  ms === null ? NONE : scaled(ms * 1_000, MICRO_STEPS)
export const perSecond = (value: number | null): string =>
  value === null ? NONE : `${threeDigits(value)} /s`
export const share = (ratio: number | null): string =>
  ratio === null ? NONE : locale.percent.replace("#", threeDigits(ratio * 100))
/** `pct`: 0 to 100. */
export const perCent = (pct: number | null): string => share(pct === null ? null : pct / 100)
/** A probability in whole per cent, limited to "> 99 %" and "< 1 %". */
export const probabilityText = (probability: number): string =>
  probability >= 0.995
    ? `> ${percent(99)}`
    : probability < 0.005
      ? `< ${percent(1)}`
      : percent(Math.round(probability * 100))
const percent = (n: number): string => locale.percent.replace("#", String(n))
/** Counts keep every digit, in groups of three by a thin space. */
export const count = (value: number | null): string => (value === null ? NONE : grouped(value))
