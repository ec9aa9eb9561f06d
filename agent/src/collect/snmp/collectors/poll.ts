/** What one poll of a device uses. */

import type { QueryOptions, SnmpSession } from "../client/session.ts"
import { numberOf } from "../client/values.ts"
import type { Learned } from "./learned.ts"
import { ENGINE_TIME, HOST_UPTIME, SYSTEM } from "./oids.ts"
import type { ReadingOrigin } from "./rows.ts"
import { uptimeOf } from "./uptime.ts"

export type Uptime = { readonly uptimeS: number | null; readonly hostUptimeS: number | null }
export type Poll = {
  readonly session: SnmpSession
  readonly learned: Learned
  readonly options: QueryOptions & { readonly now: () => number }
  readonly origin: () => ReadingOrigin
  /** Facts of this device are read by SNMP. Absent: they are not. */
  readonly readsFacts?: boolean
}

export const UPTIME_OIDS = [SYSTEM.uptime, ENGINE_TIME, HOST_UPTIME]

const secondsOf = (ticks: number | null): number | null =>
  ticks === null || ticks < 0 ? null : ticks / 100

/** The uptime from `UPTIME_OIDS`; what it shows about wraps is kept for the next poll. */
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

export const readUptime = async ({ session, learned, options }: Poll): Promise<Uptime> =>
  uptimeFrom(learned, await session.get(UPTIME_OIDS, options))
