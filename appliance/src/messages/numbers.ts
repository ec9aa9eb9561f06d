/** Numbers, plurals, lists and spans as a language writes them. For texts here and in the UI. */

export type Formats = {
  /** For `Intl`. */
  readonly tag: string
  /** "#" is the number. */
  readonly percent: string
  readonly underOneSecond: string
  readonly units: {
    readonly s: string
    readonly min: string
    readonly h: string
    readonly d: string
  }
}

export const EN_FORMATS = {
  tag: "en-GB",
  percent: "# %",
  underOneSecond: "under 1 s",
  units: { s: "s", min: "min", h: "h", d: "d" },
} as const satisfies Formats
export const TR_FORMATS = {
  tag: "tr-TR",
  percent: "%#",
  underOneSecond: "1 sn’den az",
  units: { s: "sn", min: "dk", h: "sa", d: "gün" },
} as const satisfies Formats

/** A count with every digit, in groups of three by a thin space. */
export const grouped = (value: number): string =>
  Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f")

const BYTES_PER_MB = 1e6
const MB_PER_GB = 1_000
/** Whole MB below 10 GB, whole GB above. */
export const diskSpace = (bytes: number): string => {
  const mb = Math.round(bytes / BYTES_PER_MB)
  return mb < 10 * MB_PER_GB ? `${grouped(mb)} MB` : `${grouped(mb / MB_PER_GB)} GB`
}

/** Three digits that matter: "0.31", "4.2", "87", "1 234". */
const significant = (value: number): string => {
  const size = Math.abs(value)
  if (size >= 100 || Number.isInteger(value)) return grouped(value)
  return String(Number(value.toFixed(size >= 10 ? 1 : 2)))
}
const RATES = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"]
/** A value of a metric with its unit. */
export const createMeasure =
  ({ percent }: Pick<Formats, "percent">) =>
  (value: number, unit: string): string => {
    if (unit === "%") return percent.replace("#", significant(value))
    if (unit === "bit/s") {
      const size = Math.max(1, Math.abs(value))
      const power = Math.min(RATES.length - 1, Math.floor(Math.log10(size) / 3))
      return `${significant(value / 1_000 ** power)} ${RATES[power]}`
    }
    if (unit === "byte") return diskSpace(value)
    if (unit === "1/s") return `${significant(value)}/s`
    const plain = ["", "count", "state", "bool", "sample"].includes(unit)
    return plain ? significant(value) : `${significant(value)} ${unit}`
  }

/** Replaces `{name}`; what is not known stays as it is written. */
export const fillPlaceholders = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => values[name] ?? whole)

export type PluralForms = { readonly other: string } & Partial<
  Readonly<Record<Intl.LDMLPluralRule, string>>
>

/** Picks the form of `n` by the rules of a language; "#" in it is the number. */
export const createPlural = (tag: string): ((n: number, forms: PluralForms) => string) => {
  const rules = new Intl.PluralRules(tag)
  return (n, forms) => (forms[rules.select(n)] ?? forms.other).replaceAll("#", grouped(n))
}

/** "a, b and c" */
export const createList = (tag: string): ((items: readonly string[]) => string) => {
  const conjunction = new Intl.ListFormat(tag, { type: "conjunction" })
  return (items) => conjunction.format(items)
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The two largest units that matter: "42 s", "4 min", "1 h 12 min", "3 d 4 h", "214 d". */
export const createDuration = ({
  units,
  underOneSecond,
}: Pick<Formats, "units" | "underOneSecond">) => {
  const pair = (
    span: number,
    [big, bigUnit]: readonly [number, string],
    [small, smallUnit]: readonly [number, string],
  ): string => {
    const bigs = Math.floor(span / big)
    const smalls = Math.floor((span - bigs * big) / small)
    return smalls === 0 ? `${bigs} ${bigUnit}` : `${bigs} ${bigUnit} ${smalls} ${smallUnit}`
  }
  const { s, min, h, d } = units
  /** `minuteWithSeconds`: "4 min 3 s", for what is written once and does not tick. */
  return (ms: number, { minuteWithSeconds = false } = {}): string => {
    const span = Math.max(0, ms)
    if (span < SECOND) return underOneSecond
    if (span < MINUTE) return `${Math.floor(span / SECOND)} ${s}`
    if (span < HOUR) return pair(span, [MINUTE, min], [minuteWithSeconds ? SECOND : MINUTE, s])
    if (span < DAY) return pair(span, [HOUR, h], [MINUTE, min])
    return span < 30 * DAY ? pair(span, [DAY, d], [HOUR, h]) : `${Math.floor(span / DAY)} ${d}`
  }
}
