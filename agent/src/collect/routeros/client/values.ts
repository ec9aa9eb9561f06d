/** Parses the texts in which RouterOS gives values. What cannot be read is null, never a guess. */

const DURATION_UNIT_S: Readonly<Record<string, number>> = {
  w: 604_800,
  d: 86_400,
  h: 3_600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  ns: 1e-9,
}
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|us|ns|[wdhms]))+$/
const CLOCK = /^((?:\d+w)?(?:\d+d)?)(\d+):(\d{2}):(\d{2}(?:\.\d+)?)$/

const sumOfUnits = (text: string): number => {
  let sum = 0
  for (const [, amount, unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|[wdhms])/g))
    sum += Number(amount) * (DURATION_UNIT_S[unit] ?? 0)
  return sum
}

/** "19w4d13h22m21s", "53m10s720ms", "9ms445us", "01:22:53", "1d02:03:04" in seconds. */
export const parseDurationS = (text: string | undefined): number | null => {
  const trimmed = text?.trim() ?? ""
  if (DURATION.test(trimmed)) return sumOfUnits(trimmed)
  const [, days, hours, minutes, seconds] = CLOCK.exec(trimmed) ?? []
  if (days === undefined) return null
  return sumOfUnits(days) + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
}

/**
 * Rows contain `true` and `false`, the CLI `yes` and `no`; a flag may also be present without a
 * value. Absent is false.
 */
export const parseFlag = (text: string | undefined): boolean =>
  text === "" || text === "true" || text === "yes"

/** A cumulative counter; on a busy port it exceeds 2^53 within months. */
export const parseCount = (text: string | undefined): bigint | null =>
  text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : null

export const parseInteger = (text: string | undefined): number | null => {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null
  return Number(text)
}

const SIZE_UNIT: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** Bytes: an integer over the API, "40.2MiB" from a script or the CLI. */
export const parseBytes = (text: string | undefined): number | null => {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]iB|B)?$/.exec(text?.trim() ?? "") ?? []
  const factor = SIZE_UNIT[unit]
  return amount === undefined || factor === undefined ? null : Math.round(Number(amount) * factor)
}

export const parsePercent = (text: string | undefined): number | null => {
  const [, amount] = /^(\d+(?:\.\d+)?)%?$/.exec(text?.trim() ?? "") ?? []
  return amount === undefined ? null : Number(amount)
}

const SPEED_FACTOR: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }

/** "1Gbps", "2.5Gbps", "100M-baseT-full", "10G-baseSR-LR", "10G-SR", "10M half" in bit/s. */
export const parseSpeedBps = (text: string | undefined): number | null => {
  const [, amount, prefix = ""] =
    /^(\d+(?:\.\d+)?)([kMGT]?)(?:bps|[- ][A-Za-z]|$)/.exec(text?.trim() ?? "") ?? []
  const factor = SPEED_FACTOR[prefix]
  return amount === undefined || factor === undefined ? null : Math.round(Number(amount) * factor)
}

export type Version = {
  readonly major: number
  readonly minor: number
  readonly patch: number
  readonly stage: "alpha" | "beta" | "rc" | "final"
  readonly stageNumber: number
  /** stable, long-term, testing …; null if the row has none, as in old releases. */
  readonly channel: string | null
}

const STAGES = ["alpha", "beta", "rc", "final"] as const

/** "7.20.4 (stable)", "6.49", "7.23rc1 (testing)". */
export const parseVersion = (text: string | undefined): Version | null => {
  const [, major, minor, patch, stage = "final", number, channel] =
    /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:(alpha|beta|rc)(\d{1,4})?)?(?:\s*\(([^)]*)\))?$/.exec(
      text?.trim() ?? "",
    ) ?? []
  if (major === undefined) return null
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch ?? 0),
    stage: STAGES.find((each) => each === stage) ?? "final",
    stageNumber: Number(number ?? 0),
    channel: channel === undefined || channel === "" ? null : channel,
  }
}

/** Negative if `a` is older. A beta comes before an rc, and that before the final release. */
export const compareVersions = (a: Version, b: Version): number =>
  a.major - b.major ||
  a.minor - b.minor ||
  a.patch - b.patch ||
  STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) ||
  a.stageNumber - b.stageNumber

/** "24.3V", "46C", "-2.843dBm", "7mA", "850nm", "96%": the number, whatever the unit. */
export const parseQuantity = (text: string | undefined): number | null => {
  const [, amount] =
    /^([+-]?\d{1,15}(?:\.\d{1,9})?)\s*[a-zA-Z°%]{0,4}$/.exec(text?.trim() ?? "") ?? []
  return amount === undefined ? null : Number(amount)
}

/** "-65dBm@1Mbps", "-65", "-65dBm" in dBm. */
export const parseSignal = (text: string | undefined): number | null =>
  parseQuantity(text?.split("@", 1)[0])

/**
 * A rate or limit: "10M", "512k", "1G", "144.4Mbps-20MHz/2S/SGI", "780000000" in bit/s; 0 means
 * unlimited and is null.
 */
export const parseBps = (text: string | undefined): number | null => {
  const [, amount, prefix = ""] =
    /^(\d{1,15}(?:\.\d{1,6})?)([kKMGT]?)(?:bps|-|$)/.exec(text?.trim() ?? "") ?? []
  const factor = SPEED_FACTOR[prefix === "K" ? "k" : prefix]
  if (amount === undefined || factor === undefined) return null
  return Math.round(Number(amount) * factor) || null
}

/** A count as the API has it or, in a copy of the terminal, with spaces or a binary unit. */
export const parseTotal = (text: string | undefined): bigint | null => {
  const exact = parseCount(text)
  if (exact !== null) return exact
  const bytes = parseBytes(text)
  return bytes === null ? null : BigInt(bytes)
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2}))?$/
const OLD_DATE = /^([A-Za-z]{3})\/(\d{2})\/(\d{4})(?: (\d{2}):(\d{2}):(\d{2}))?$/
/**
 * "jan/02/1970 10:20:30" of v6 and early v7, "2024-03-01 13:13:32" from 7.10: epoch ms, if the text
 * was UTC. Subtract the router's offset from UTC.
 */
export const parseDateMs = (text: string | undefined): number | null => {
  const trimmed = text?.trim() ?? ""
  const iso = ISO_DATE.exec(trimmed)
  const old = OLD_DATE.exec(trimmed)
  const [year, month, day] =
    iso !== null
      ? [Number(iso[1]), Number(iso[2]) - 1, Number(iso[3])]
      : [Number(old?.[3]), MONTHS.indexOf((old?.[1] ?? "").toLowerCase()), Number(old?.[2])]
  const [hour = 0, minute = 0, second = 0] =
    (iso ?? old)?.slice(4).map((part) => Number(part ?? 0)) ?? []
  const ms = Date.UTC(year, month, day, hour, minute, second)
  return month < 0 || !Number.isFinite(ms) ? null : ms
}
