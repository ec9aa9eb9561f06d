/**
 * Since when a device runs. Pure.
 *
 * sysUpTime is hundredths of a second in 32 bits and wraps after 497 days. While it grows it is
 * believed; snmpEngineTime (seconds in 31 bits) and what was read before only tell how often it has
 * wrapped.
 */

/** After this long TimeTicks begin anew. */
export const TICKS_WRAP_S = 2 ** 32 / 100
/** Engine and system count from moments of their own while a device starts. */
const START_SLACK_S = 900
/** From less than half an hour before the end, a small number is the same run going on. */
const WRAP_SLACK_S = 1_800

export type UptimeMemory = { readonly uptimeS: number; readonly wraps: number }

/**
 * How many wraps lie between sysUpTime and the engine's time; null where the two do not tell of one
 * run.
 */
const wrapsByEngine = (ticksS: number, engineS: number | null): number | null => {
  if (engineS === null || engineS <= 0) return null
  const wraps = Math.round((engineS - ticksS) / TICKS_WRAP_S)
  const isOneRun =
    Math.abs(engineS - ticksS - wraps * TICKS_WRAP_S) <= START_SLACK_S + engineS * 0.000_1
  return isOneRun && wraps >= 0 && wraps < 50 ? wraps : null
}

/**
 * Null where no uptime was read. `hostS` (hrSystemUptime) stands in where there is no sysUpTime.
 */
export const uptimeOf = (
  was: UptimeMemory | null,
  read: {
    readonly ticksS: number | null
    readonly engineS: number | null
    readonly hostS: number | null
  },
): UptimeMemory | null => {
  const { ticksS, engineS, hostS } = read
  if (ticksS === null) return hostS === null ? null : { uptimeS: hostS, wraps: 0 }
  const engineWraps = wrapsByEngine(ticksS, engineS)
  const lastTicksS = was === null ? null : was.uptimeS - was.wraps * TICKS_WRAP_S
  const hasWrapped =
    lastTicksS !== null && lastTicksS > TICKS_WRAP_S - WRAP_SLACK_S && ticksS < WRAP_SLACK_S
  const hasContinued = lastTicksS !== null && ticksS >= lastTicksS - 5
  const remembered = was === null ? 0 : hasWrapped ? was.wraps + 1 : hasContinued ? was.wraps : 0
  const wraps = engineWraps ?? remembered
  return { uptimeS: ticksS + wraps * TICKS_WRAP_S, wraps }
}
