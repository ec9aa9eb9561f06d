/**
 * The last hour of traffic, cached between requests: past minutes do not change, and reading an
 * hour of every link takes seconds if there are thousands. Read again every ten minutes, because
 * agents may deliver late.
 */
import type { OrgId } from "../../platform/ids.ts"

export type Minute = { readonly atMs: number; readonly bps: number }
type CachedTraffic = {
  readonly allAtMs: number
  readonly upToMs: number
  readonly minutes: readonly Minute[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const FULL_RELOAD_MS = 10 * MINUTE
/** Values of these last minutes may still arrive. */
const OPEN_MS = 2 * MINUTE

export type Traffic = (
  org: OrgId,
  nowMs: number,
  load: (fromMs: number, toMs: number) => Promise<readonly Minute[]>,
) => Promise<readonly Minute[]>

export const createTraffic = (): Traffic => {
  const cache = new Map<OrgId, CachedTraffic>()
  return async (org, nowMs, load) => {
    const thisMinuteMs = Math.floor(nowMs / MINUTE) * MINUTE
    const hourAgoMs = thisMinuteMs - HOUR
    const was = cache.get(org)
    const isFullReload =
      was === undefined || nowMs - was.allAtMs >= FULL_RELOAD_MS || nowMs < was.allAtMs
    const fromMs = isFullReload ? hourAgoMs : Math.max(hourAgoMs, was.upToMs - OPEN_MS)
    const old = isFullReload
      ? []
      : was.minutes.filter(({ atMs }) => atMs >= hourAgoMs && atMs < fromMs)
    const minutes = [...old, ...(await load(fromMs, thisMinuteMs))]
    cache.set(org, { allAtMs: isFullReload ? nowMs : was.allAtMs, upToMs: thisMinuteMs, minutes })
    return minutes
  }
}
