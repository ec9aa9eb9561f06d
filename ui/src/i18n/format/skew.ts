/** A clock's difference: tenths of a second below one minute, else the largest exact unit. */
export const createSkewText =
  (units: Readonly<Record<"s" | "min" | "h" | "d", string>>, decimalPoint: string) =>
  (ms: number): string => {
    if (ms < 60_000) return `${(ms / 1_000).toFixed(1).replace(".", decimalPoint)} ${units.s}`
    const minutes = Math.round(ms / 60_000)
    if (minutes < 120) return `${minutes} ${units.min}`
    return minutes < 2_880
      ? `${Math.round(minutes / 60)} ${units.h}`
      : `${Math.round(minutes / 1_440)} ${units.d}`
  }
