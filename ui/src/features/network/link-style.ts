/**
 * The style of a link on map and graph: width is capacity, the inner line load, colour and dash the
 * status.
 */
import type { Link } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { INTERVAL_MS, staleAgeMs } from "../../state/freshness.ts"

/**
 * 2.5 px up to 100 Mbit/s, 1.5 px more for each factor of ten; unknown capacity has the minimum.
 */
export const lineWidth = (capacityBps: number | null): number => {
  if (capacityBps === null || capacityBps <= 1e8) return 2.5
  return Math.min(8.5, 2.5 + 1.5 * Math.log10(capacityBps / 1e8))
}

/** Share of the capacity in use, 0 to 1; null if unknown. */
export const loadShare = (bps: number | null, capacityBps: number | null): number | null =>
  bps === null || capacityBps === null || capacityBps <= 0
    ? null
    : Math.min(1, Math.max(0, bps / capacityBps))

/** The load of each direction; stale values are not drawn. */
export const loadsOf = (
  { aToBBps, bToABps, atMs }: Pick<Link, "aToBBps" | "bToABps" | "atMs">,
  nowMs: number,
): readonly [number | null, number | null] =>
  staleAgeMs(atMs, INTERVAL_MS.interface, nowMs) === null ? [aToBBps, bToABps] : [null, null]

/** The inner line: never wider than the link, and visible at one per cent. */
export const loadWidth = (share: number | null, width: number): number =>
  share === null || share <= 0 ? 0 : Math.max(1, Math.sqrt(share) * (width - 1))

/** From this share the link is nearly full, and its inner line is highlighted. */
export const FULL_SHARE = 0.9
export const isFull = (
  link: Pick<Link, "aToBBps" | "bToABps" | "atMs" | "capacityBps">,
  nowMs: number,
): boolean =>
  loadsOf(link, nowMs).some((bps) => (loadShare(bps, link.capacityBps) ?? 0) >= FULL_SHARE)

/**
 * No load for an unreachable link that was not measured since. An interface that still reports
 * shows no traffic.
 */
export const isLoadOutdated = ({
  status: { status, sinceMs },
  atMs,
}: Pick<Link, "status" | "atMs">): boolean =>
  (status === "down" || status === "unreachable") &&
  (atMs === null || sinceMs === null || atMs < sinceMs)

/** Dashes, as lengths of line and gap in px: distinguishable without colour. */
export const DASH: Readonly<Record<Status, readonly number[]>> = {
  ok: [],
  degraded: [12, 4],
  down: [3, 5],
  recovering: [12, 3, 3, 3],
  unknown: [2.5, 4],
  maintenance: [8, 6],
  unreachable: [6, 6],
}
