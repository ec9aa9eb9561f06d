/** What one poll of a device has at hand. */
import type { Learned } from "./learned.ts"
import { ENGINE_TIME, HOST_UPTIME, SYSTEM } from "./oids.ts"
import type { Where } from "./rows.ts"
import type { Ask, SnmpSession } from "./session.ts"
import { uptimeOf } from "./uptime.ts"
import { numberOf } from "./values.ts"

export type Uptime = { readonly uptimeS: number | null; readonly hostUptimeS: number | null }
export type Poll = {
  readonly session: SnmpSession
  readonly learned: Learned
  readonly ask: Ask & { readonly now: () => number }
  readonly where: () => Where
}

export const UPTIME_OIDS = [SYSTEM.uptime, ENGINE_TIME, HOST_UPTIME]

const secondsOf = (ticks: number | null): number | null => (ticks === null || ticks < 0 ? null : ticks / 100)

/** The uptime out of `UPTIME_OIDS`; what it shows of wraps is remembered for the next poll. */
export const uptimeFrom = (learned: Learned, values: ReadonlyMap<string, unknown>): Uptime => {
  const hostS = secondsOf(numberOf(values.get(HOST_UPTIME)))
  const memory = uptimeOf(learned.uptime, {
    ticksS: secondsOf(numberOf(values.get(SYSTEM.uptime))),
    engineS: numberOf(values.get(ENGINE_TIME)),
    hostS,
  })
  if (memory !== null) learned.uptime = memory
  return { uptimeS: memory?.uptimeS ?? null, hostUptimeS: hostS }
}

export const readUptime = async ({ session, learned, ask }: Poll): Promise<Uptime> =>
  uptimeFrom(learned, await session.get(UPTIME_OIDS, ask))
