/**
 * Since when a device runs. Pure.
 *
 * sysUpTime is in hundredths of a second, 32 bits, and wraps after 497 days. While it increases it
 * is used; snmpEngineTime (seconds, 31 bits) and earlier values only show how often it has wrapped.
 */

/** TimeTicks wrap after this time. */
export const TICKS_WRAP_S = 2 ** 32 / 100
/** Engine and system start to count at different moments while a device boots. */
const START_SLACK_S = 900
/** Within half an hour before the wrap, a small number continues the same run. */
const WRAP_SLACK_S = 1_800

export type UptimeMemory = { readonly uptimeS: number; readonly wraps: number }

/**
 * The number of wraps between sysUpTime and the engine's time; null if the two are not of the same
 * run.
 */
const wrapsByEngine = (ticksS: number, engineS: number | null): number | null => {
  if (engineS === null || engineS <= 0) return null
  const wraps = Math.round((engineS - ticksS) / TICKS_WRAP_S)
  const isOneRun =
    Math.abs(engineS - ticksS - wraps * TICKS_WRAP_S) <= START_SLACK_S + engineS * 0.000_1
  return isOneRun && wraps >= 0 && wraps < 50 ? wraps : null
}

/** Null if no uptime was read. `hostS` (hrSystemUptime) is used if there is no sysUpTime. */
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
