/**
 * The last hour of traffic, cached between requests: past minutes do not change, and reading an
 * hour of every link takes seconds if there are thousands. Read again every ten minutes, because
 * agents may deliver late. Only the first answer waits: later ones end with the minute that was
 * read last, while the next one is read.
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
/** A minute is read when its values have arrived. */
const ARRIVED_MS = 5_000
/** An hour that ended earlier is not shown: the answer waits. */
const MAX_BEHIND_MS = 3 * MINUTE

/** Of an hour that ends at `upToMs`, a full minute. */
export type TrafficHour = { readonly upToMs: number; readonly minutes: readonly Minute[] }
export type Traffic = (org: OrgId, nowMs: number) => Promise<TrafficHour>
export type LoadTraffic = (org: OrgId, fromMs: number, toMs: number) => Promise<readonly Minute[]>

/** `onError` gets what fails in the background; the next answer reads again. */
export const createTraffic = (
  load: LoadTraffic,
  onError: (error: unknown) => void = () => undefined,
): Traffic => {
  const cache = new Map<OrgId, CachedTraffic>()
  const reading = new Map<OrgId, Promise<CachedTraffic>>()
  const read = async (org: OrgId, nowMs: number): Promise<CachedTraffic> => {
    const thisMinuteMs = Math.floor(nowMs / MINUTE) * MINUTE
    const hourAgoMs = thisMinuteMs - HOUR
    const was = cache.get(org)
    const isFullReload =
      was === undefined || nowMs - was.allAtMs >= FULL_RELOAD_MS || nowMs < was.allAtMs
    const fromMs = isFullReload ? hourAgoMs : Math.max(hourAgoMs, was.upToMs - OPEN_MS)
    const old = isFullReload
      ? []
      : was.minutes.filter(({ atMs }) => atMs >= hourAgoMs && atMs < fromMs)
    const minutes = [...old, ...(await load(org, fromMs, thisMinuteMs))]
    const now = { allAtMs: isFullReload ? nowMs : was.allAtMs, upToMs: thisMinuteMs, minutes }
    cache.set(org, now)
    return now
  }
  const readOnce = (org: OrgId, nowMs: number): Promise<CachedTraffic> => {
    const running = reading.get(org)
    if (running !== undefined) return running
    const started = read(org, nowMs).finally(() => reading.delete(org))
    reading.set(org, started)
    return started
  }
  return async (org, nowMs) => {
    const known = cache.get(org)
    const behindMs = nowMs - (known?.upToMs ?? Number.NEGATIVE_INFINITY)
    if (known === undefined || behindMs < 0 || behindMs >= MAX_BEHIND_MS)
      return await readOnce(org, nowMs)
    if (behindMs >= MINUTE + ARRIVED_MS) readOnce(org, nowMs).catch(onError)
    return known
  }
}
