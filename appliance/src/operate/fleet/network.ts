/**
 * What lists of the whole network are made of: the inventory's rows and the latest values of all
 * devices and links. In the appliance both are in memory, and an answer waits for the database only
 * after a change of which this process knows. What another program has written is found by a check
 * in the background, which every answer starts.
 */
import type { DeviceNow, LinkNow, SourceLast } from "../../flow/series/model.ts"
import type { LatestMemory, LatestOfOrg, OwnDevice, Series } from "../../flow/series/series.ts"
import { type Clock, steadyOf } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { createInventoryRows, type InventoryRows, type Rows } from "./inventory-rows.ts"
import type { DeviceFacts } from "./present.ts"

/** As of one moment. */
export type NetworkNow = Rows & {
  readonly deviceNow: (facts: DeviceFacts) => DeviceNow | undefined
  readonly sourcesOf: (device: string) => readonly SourceLast[]
  readonly linkNow: (link: string) => LinkNow | undefined
  /** Mean round trip, ms; null: the device does not answer. */
  readonly roundTripMs: (facts: DeviceFacts) => number | null
}
export type ReadNetwork = (org: OrgId) => Promise<NetworkNow>
export type NetworkDeps = {
  /** The UI's pool. */
  readonly db: Db
  readonly clock: Clock
  readonly series: Series
  /** Follows what is stored; without it, every list is read from the database. */
  readonly latest?: LatestMemory
  /** Gets errors of what is read in the background. */
  readonly onError?: (error: unknown) => void
}

/** Rows are compared with the database this often while lists are read. */
const CHECK_MS = 1_000
/** After this time without a comparison, an answer waits for one. */
const TRUSTED_MS = 10_000

/** Of a device that several agents may probe, only probes of the one that reads it count. */
const ownDevice = ({ id, agentFallback, readBy }: DeviceFacts): OwnDevice => ({
  id,
  holder: agentFallback === "none" ? null : (readBy?.id ?? ""),
})

const fromMemory = (rows: Rows, latest: LatestOfOrg): NetworkNow => ({
  ...rows,
  deviceNow: (facts) => latest.device(ownDevice(facts)),
  sourcesOf: latest.sources,
  linkNow: latest.link,
  roundTripMs: (facts) => latest.roundTripMs(ownDevice(facts)),
})

const readDatabase = (
  { db, series }: NetworkDeps,
  rows: InventoryRows,
  org: OrgId,
): Promise<NetworkNow> =>
  db.asOrg(org, async (tx) => {
    const { devices, links } = await rows(tx, org)
    const deviceNow = new Map(
      (await series.devicesNow(tx, org, null)).map((row) => [row.deviceId, row]),
    )
    const sources = Map.groupBy(await series.sourcesNow(tx, org, null), ({ deviceId }) => deviceId)
    const linkNow = new Map((await series.linksNow(tx, org)).map((row) => [row.linkId, row]))
    return {
      ...{ devices, links },
      deviceNow: ({ id }) => deviceNow.get(id),
      sourcesOf: (id) => sources.get(id) ?? [],
      linkNow: (id) => linkNow.get(id),
      roundTripMs: ({ id }) => deviceNow.get(id)?.rttMs ?? null,
    }
  })

type Held = { readonly rows: Rows; readonly checkedAtMs: number; readonly version: number }

const createMemory = (
  { db, clock, onError = () => undefined }: NetworkDeps,
  latest: LatestMemory,
  rows: InventoryRows,
): ReadNetwork => {
  const steady = steadyOf(clock)
  const held = new Map<OrgId, Held>()
  const checking = new Set<OrgId>()
  const check = async (org: OrgId): Promise<NetworkNow> => {
    // Before reading: a change in between makes the next answer read again.
    const [version, checkedAtMs] = [latest.version(org), steady.now()]
    return await db.asOrg(org, async (tx) => {
      const now = await latest.open(tx, org)
      const read = await rows(tx, org)
      held.set(org, { rows: read, checkedAtMs, version })
      return fromMemory(read, now)
    })
  }
  const checkLater = (org: OrgId): void => {
    if (checking.has(org)) return
    checking.add(org)
    check(org)
      .catch(onError)
      .finally(() => checking.delete(org))
  }
  return async (org) => {
    const known = held.get(org)
    const now = latest.now(org)
    const ageMs = steady.now() - (known?.checkedAtMs ?? Number.NEGATIVE_INFINITY)
    const isKnown = known?.version === latest.version(org) && ageMs < TRUSTED_MS
    if (!isKnown || now === null) return await check(org)
    if (ageMs >= CHECK_MS) checkLater(org)
    return fromMemory(known.rows, now)
  }
}

export const createNetwork = (deps: NetworkDeps): ReadNetwork => {
  const rows = createInventoryRows()
  return deps.latest === undefined
    ? (org) => readDatabase(deps, rows, org)
    : createMemory(deps, deps.latest, rows)
}
