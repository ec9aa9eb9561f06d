/** Values over time and the latest of each: written once, read by the hour, the day or the year. */
import { DEFAULT_INTERVALS } from "@ispvm/wire/collectors"
import { FAMILIES, type Family } from "@ispvm/wire/families"
import type { Clock } from "../../platform/clock.ts"
import type { DeviceId, OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { Accepted, StoredSample } from "../ingest/model.ts"
import { clampFamily, readFamilyNames } from "./families/latest-store.ts"
import { readFamily, readLatestValues } from "./families/read.ts"
import { type KnownNames, writeFamily } from "./families/write-store.ts"
import { type HousekeepingStep, runRound } from "./housekeeping.ts"
import type {
  DeviceNow,
  InterfaceNow,
  LatestValues,
  LinkNow,
  MinuteTraffic,
  P95,
  PollIntervals,
  SeriesRequest,
  SeriesResult,
  SourceLast,
} from "./model.ts"
import * as now from "./now-store.ts"
import { interfaceP95 } from "./percentile-store.ts"
import { createDueSources, type DueSources, sourcesOf } from "./sources.ts"
import * as store from "./store.ts"
import { addNotStored, dropEarly, readEarlyDroppedUntil } from "./watermark-store.ts"
import type { Watermarks } from "./watermarks.ts"

export { chooseEngine, type WantedEngine } from "./engine-store.ts"
export { createFamilyTables, familyTableNames, makeFamilyTables } from "./families/tables-store.ts"
export {
  createLatestMemory,
  type LatestMemory,
  type LatestOfOrg,
  type OwnDevice,
} from "./latest-values.ts"
export {
  createWatermarks,
  type DiskUse,
  type WatermarkLevel,
  type Watermarks,
  type WatermarkView,
} from "./watermarks.ts"

/** Rows that were new, by family; a repeated batch has none. */
export type Stored = Readonly<Record<string, number>>

export type Series = {
  /** One round; throws what failed, after the rest has run. Ends early when `signal` aborts. */
  readonly runHousekeeping: (signal?: AbortSignal) => Promise<void>
  /** The clock was set back: last values from later than `marginMs` after now would stand until it has caught up. */
  readonly clampFutureTimes: (marginMs: number) => Promise<void>
  /**
   * In the batch's own transaction. Throws an error with code 23505 where a sample is stored already and
   * the batch was taken for new (`mayRepeat`).
   */
  readonly write: (tx: Tx, accepted: Accepted) => Promise<Stored>
  /** Whether a request for this family has to name an interface. */
  readonly isByInterface: (family: string) => boolean
  readonly read: (tx: Tx, org: OrgId, request: SeriesRequest) => Promise<SeriesResult>
  /** Families of which a device has values. */
  readonly familiesOf: (tx: Tx, org: OrgId, device: string) => Promise<ReadonlySet<string>>
  /** The latest values of a device, of one family or all. */
  readonly latest: (
    tx: Tx,
    org: OrgId,
    device: string,
    family: string | null,
  ) => Promise<readonly LatestValues[]>
  /** The 95th percentile of a port's rates, as bandwidth is billed. */
  readonly p95: (
    tx: Tx,
    org: OrgId,
    request: { device: string; interface: number | null; fromMs: number; toMs: number },
  ) => Promise<P95>
  readonly devicesNow: (tx: Tx, org: OrgId, device: string | null) => Promise<readonly DeviceNow[]>
  /** Mean round trips of the devices that answer, ms. */
  readonly roundTripsNow: (tx: Tx, org: OrgId) => Promise<readonly number[]>
  readonly sourcesNow: (tx: Tx, org: OrgId, device: string | null) => Promise<readonly SourceLast[]>
  readonly interfacesNow: (tx: Tx, org: OrgId, device: string) => Promise<readonly InterfaceNow[]>
  readonly linksNow: (tx: Tx, org: OrgId) => Promise<readonly LinkNow[]>
  readonly linkTraffic: (
    tx: Tx,
    org: OrgId,
    fromMs: number,
    toMs: number,
  ) => Promise<readonly MinuteTraffic[]>
}

export type SeriesDeps = {
  /** The jobs' pool: housekeeping may take long and must not delay anything else. */
  readonly jobs: Db
  readonly clock: Clock
  readonly families?: readonly Family[]
  /** Samples that are not stored, because their device has too many names of their family. */
  readonly onTooManyNames?: (samples: number) => void
  /** Everything is stored if omitted. */
  readonly watermarks?: Watermarks
  readonly onNotStored?: (samples: number) => void
  /** The defaults if omitted. */
  readonly pollIntervals?: (tx: Tx, org: OrgId) => Promise<PollIntervals>
}

export const createSeries = ({
  jobs,
  clock,
  families = FAMILIES,
  pollIntervals = async () => DEFAULT_INTERVALS,
  onTooManyNames = () => undefined,
  watermarks,
  onNotStored = () => undefined,
}: SeriesDeps): Series => {
  const familyOf = (name: string): Family => {
    const found = families.find((family) => family.name === name)
    if (found === undefined) throw new Error(`there is no metric family ${name}`)
    return found
  }
  const known: Known = { names: new Map(), sources: createDueSources() }
  const runStep = async (step: HousekeepingStep): Promise<boolean> =>
    (await store.runStep(jobs.sql, step, clock.now())).more
  return {
    runHousekeeping: async (signal) => {
      await runRound(runStep, signal)
      if (watermarks !== undefined) await shorten(watermarks, jobs.sql, clock.now(), signal)
    },
    clampFutureTimes: async (marginMs) => {
      const nowMs = clock.now()
      await store.clampFutureTimes(jobs.sql, nowMs, marginMs)
      for (const each of families) await clampFamily(jobs.sql, each, nowMs, marginMs)
    },
    isByInterface: (name) => familyOf(name).key.by === "interface",
    write: async (tx, accepted) => {
      const isStored = watermarks?.level() !== "stop"
      const stored = await write(tx, accepted, families, onTooManyNames, isStored, known)
      if (watermarks !== undefined && !isStored)
        onNotStored(await recordNotStored(tx, watermarks, accepted))
      return stored
    },
    read: (tx, org, request) => readFamily(tx, org, familyOf(request.family), request, clock.now()),
    familiesOf: (tx, org, device) => readFamilyNames(tx, org, families, device),
    latest: async (tx, org, device, name) => {
      const found: LatestValues[] = []
      for (const each of name === null ? families : [familyOf(name)])
        found.push(...(await readLatestValues(tx, org, each, device)))
      return found
    },
    p95: (tx, org, request) => interfaceP95(tx, { org, ...request }),
    devicesNow: async (tx, org, device) =>
      now.devicesNow(tx, org, device, clock.now(), await pollIntervals(tx, org)),
    roundTripsNow: (tx, org) => now.roundTripsNow(tx, org, clock.now()),
    sourcesNow: now.sourcesNow,
    interfacesNow: now.interfacesNow,
    linksNow: async (tx, org) => now.linksNow(tx, org, clock.now(), await pollIntervals(tx, org)),
    linkTraffic: now.linkTraffic,
  }
}

/** Ports that repeat what others carry: their rates are not added to a device's. */
export const repeatingPorts = now.repeatingPorts
export { readUsual, readUsualAt } from "./families/baseline-store.ts"
export { readNames } from "./families/latest-store.ts"
export { readSamples, type SamplesRequest } from "./families/samples-store.ts"
export const portsOfLinks = now.portsOfLinks
export const failingSources = now.failingSources
export { createFailingSources } from "./failing-sources.ts"

/** Samples by family, as their tables take them. */
const byFamily = (accepted: Accepted): ReadonlyMap<string, readonly StoredSample[]> =>
  new Map<string, readonly StoredSample[]>([
    ...Map.groupBy(accepted.others, ({ kind }) => kind),
    ["ping", accepted.pings],
    ["interface", accepted.interfaces],
    ["health", accepted.health],
  ])

/** A round of housekeeping drops at most as many partitions, so that it ends. */
const MAX_EARLY_DROPS = 100

/** The disk is read again after each: a dropped partition is free space at once. */
const shorten = async (
  watermarks: Watermarks,
  sql: Db["sql"],
  nowMs: number,
  signal: AbortSignal | undefined,
): Promise<void> => {
  await watermarks.refresh()
  for (let drops = 0; drops < MAX_EARLY_DROPS && !signal?.aborted; drops += 1) {
    if (watermarks.level() === "normal" || !(await dropEarly(sql, nowMs))) break
    await watermarks.refresh()
  }
  watermarks.noteDropped(await readEarlyDroppedUntil(sql, nowMs))
}

const recordNotStored = async (
  tx: Tx,
  watermarks: Watermarks,
  accepted: Accepted,
): Promise<number> => {
  const counts = new Map<DeviceId, number>()
  const all = [...byFamily(accepted).values()].flat()
  for (const { device } of all) counts.set(device, (counts.get(device) ?? 0) + 1)
  if (counts.size > 0) await addNotStored(tx, accepted.org, counts, accepted.receivedAtMs)
  watermarks.noteNotStored(counts)
  return all.length
}

/** What writing knows of earlier batches. */
type Known = { readonly names: KnownNames; readonly sources: DueSources }

const write = async (
  tx: Tx,
  accepted: Accepted,
  families: readonly Family[],
  onTooManyNames: (samples: number) => void,
  isStored: boolean,
  known: Known,
): Promise<Stored> => {
  const { org, agent, pings, router, mayRepeat = false } = accepted
  const samples = byFamily(accepted)
  const spans = families.map((family) => ({
    series: family.storage.table,
    times: (samples.get(family.name) ?? []).map(({ atMs }) => atMs),
  }))
  if (isStored) await store.preparePartitions(tx, spans)
  const stored: Record<string, number> = {}
  for (const family of families) {
    const own = samples.get(family.name) ?? []
    const from = { org, isRouter: router !== null, isStored, mayRepeat, names: known.names }
    // The latest values of probes count a minute's replies: they have a writer of their own.
    if (family.key.by === "target") {
      if (agent !== null)
        stored[family.name] = await store.writePings(tx, agent.key, pings, { isStored, mayRepeat })
      continue
    }
    const written = await writeFamily(tx, family, own, from)
    stored[family.name] = written.stored
    if (written.nameless > 0) onTooManyNames(written.nameless)
  }
  await store.writeSources(tx, known.sources(sourcesOf(accepted)))
  return stored
}
