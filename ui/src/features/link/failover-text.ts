/** The figures of a failover as text. Pure. */
import type { Failover, FailoverCase, FailoverDirection } from "@ispvm/appliance/api/links"
import { bitRate } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"

const strings = t.links.failover

/** The direction with the least capacity left; null if unknown. */
const tightestDirection = ({ aToB, bToA }: FailoverCase): FailoverDirection | null => {
  if (aToB.leftBps === null || bToA.leftBps === null) return null
  return aToB.leftBps <= bToA.leftBps ? aToB : bToA
}

/** "5.8 Gbit/s left" or "1.2 Gbit/s short". */
export const leftText = (leftBps: number): string =>
  leftBps < 0 ? strings.short(bitRate(-leftBps)) : strings.left(bitRate(leftBps))

/** `scarce`: less than a fifth to spare. */
export type Room = "enough" | "scarce" | "short"
const SCARCE = 0.2
export const roomOf = ({ leftBps, capacityBps }: FailoverDirection): Room => {
  if (leftBps === null || capacityBps === null) return "enough"
  if (leftBps < 0) return "short"
  return leftBps < SCARCE * capacityBps ? "scarce" : "enough"
}

/**
 * The figure in the page head: the failover with the least left. Null: unknown, or no alternative.
 */
export const worstCase = ({ ifThisFails, ifPartnerFails }: Failover): FailoverDirection | null => {
  const found = [ifThisFails, ifPartnerFails].flatMap((each) =>
    each === null ? [] : [tightestDirection(each)],
  )
  if (found.length === 0 || found.includes(null)) return null
  return found.reduce(
    (worst, each) => ((each?.leftBps ?? 0) < (worst?.leftBps ?? 0) ? each : worst),
    found[0] ?? null,
  )
}
