/**
 * The latest values of organisations whose lists are read, in memory. They are read from their
 * tables once, and then follow each batch that is stored: the appliance is the only program that
 * writes them. Read again each hour, so that what was removed does not stay in memory.
 */
import { DEFAULT_INTERVALS } from "@ispvm/wire/collectors"
import { type Clock, steadyOf } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { Accepted } from "../ingest/model.ts"
import type { DeviceNow, LinkNow, PollIntervals, SourceLast } from "./model.ts"
import { repeatingPorts } from "./now-store.ts"
import { createOrgLatest, type LinkEnds, type OrgLatest, type OwnDevice } from "./org-latest.ts"
import { readLatestRows, readLinkEnds } from "./org-latest-store.ts"

export type { OwnDevice } from "./org-latest.ts"

const READ_AGAIN_MS = 3_600_000

/** As of the moment at which it was opened. */
export type LatestOfOrg = {
  readonly device: (device: OwnDevice) => DeviceNow
  readonly roundTripMs: (device: OwnDevice) => number | null
  readonly sources: (device: string) => readonly SourceLast[]
  readonly link: (id: string) => LinkNow
}
export type LatestMemory = {
  /** After the commit of a batch or push; cheap for organisations of which nothing is read. */
  readonly add: (accepted: Accepted) => void
  /** The inventory or an interval has changed: what depends on it is read before the next answer. */
  readonly markStale: (org: OrgId) => void
  /** Another number after each change that was reported. */
  readonly version: (org: OrgId) => number
  /** Forgets everything: last values were written by something else than batches. */
  readonly reset: () => void
  /** What is not in memory is read by this transaction. */
  readonly open: (tx: Tx, org: OrgId) => Promise<LatestOfOrg>
  /** The same where all of it is in memory, else null. */
  readonly now: (org: OrgId) => LatestOfOrg | null
}
export type LatestMemoryDeps = {
  readonly clock: Clock
  readonly pollIntervals?: (tx: Tx, org: OrgId) => Promise<PollIntervals>
}

type Entry = {
  readonly sinceMs: number
  /** Batches stored while rows are read; null: none are read. */
  waiting: Accepted[] | null
  latest: OrgLatest | null
  ends: ReadonlyMap<string, LinkEnds>
  polled: PollIntervals
  isStale: boolean
  reading: Promise<void> | null
}
const blank = (sinceMs: number): Entry => ({
  ...{ sinceMs, waiting: null, latest: null, ends: new Map() },
  ...{ polled: DEFAULT_INTERVALS, isStale: true, reading: null },
})

/** Without probes that its rows hold already, which would be counted twice. */
const withoutKnown = (latest: OrgLatest, accepted: Accepted): Accepted => {
  const { agent, pings } = accepted
  if (agent === null) return accepted
  const newer = pings.filter(
    ({ device, atMs }) => atMs > (latest.probedAtMs(device, agent.id) ?? Number.NEGATIVE_INFINITY),
  )
  return { ...accepted, pings: newer }
}

const readRows = async (tx: Tx, org: OrgId, entry: Entry): Promise<OrgLatest> => {
  const waiting: Accepted[] = []
  entry.waiting = waiting
  try {
    const latest = createOrgLatest(await readLatestRows(tx, org))
    for (const accepted of waiting) latest.add(withoutKnown(latest, accepted))
    entry.latest = latest
    return latest
  } finally {
    entry.waiting = null
  }
}

export const createLatestMemory = ({
  clock,
  pollIntervals = async () => DEFAULT_INTERVALS,
}: LatestMemoryDeps): LatestMemory => {
  const steady = steadyOf(clock)
  const entries = new Map<OrgId, Entry>()
  const versions = new Map<OrgId, number>()
  const show = ({ latest, ends, polled }: Entry): LatestOfOrg | null => {
    if (latest === null) return null
    const nowMs = clock.now()
    return {
      device: (device) => latest.device(device, nowMs, polled),
      roundTripMs: (device) => latest.roundTripMs(device, nowMs),
      sources: latest.sources,
      link: (id) => latest.link(ends.get(id) ?? { id, a: null, b: null }, nowMs, polled),
    }
  }
  const isYoung = ({ sinceMs }: Entry): boolean => steady.now() - sinceMs < READ_AGAIN_MS
  const entryOf = (org: OrgId): Entry => {
    const known = entries.get(org)
    if (known !== undefined && isYoung(known)) return known
    const made = blank(steady.now())
    entries.set(org, made)
    return made
  }
  const read = async (tx: Tx, org: OrgId, entry: Entry): Promise<void> => {
    try {
      entry.polled = await pollIntervals(tx, org)
      const repeating = await repeatingPorts(tx, org)
      entry.ends = new Map((await readLinkEnds(tx, org)).map((ends) => [ends.id, ends]))
      const latest = entry.latest ?? (await readRows(tx, org, entry))
      latest.setRepeating(repeating)
    } catch (error) {
      entry.isStale = true
      throw error
    }
  }
  /** Waits for what others read: that was begun after the last change, or is read once more. */
  const refresh = async (tx: Tx, org: OrgId, entry: Entry): Promise<void> => {
    if (!entry.isStale) return await (entry.reading ?? undefined)
    entry.isStale = false
    const before = entry.reading ?? Promise.resolve()
    const reading = before.catch(() => undefined).then(() => read(tx, org, entry))
    entry.reading = reading
    try {
      await reading
    } finally {
      if (entry.reading === reading) entry.reading = null
    }
  }
  return {
    add: (accepted) => {
      const entry = entries.get(accepted.org)
      if (entry?.waiting != null) entry.waiting.push(accepted)
      else entry?.latest?.add(accepted)
    },
    markStale: (org) => {
      versions.set(org, (versions.get(org) ?? 0) + 1)
      const entry = entries.get(org)
      if (entry !== undefined) entry.isStale = true
    },
    version: (org) => versions.get(org) ?? 0,
    reset: () => entries.clear(),
    open: async (tx, org) => {
      const entry = entryOf(org)
      await refresh(tx, org, entry)
      const shown = show(entry)
      if (shown === null) throw new Error("the latest values of this organisation were not read")
      return shown
    },
    now: (org) => {
      const entry = entries.get(org)
      const isRead = entry !== undefined && !entry.isStale && entry.reading === null
      return isRead && isYoung(entry) ? show(entry) : null
    },
  }
}
