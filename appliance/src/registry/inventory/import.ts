/**
 * Stores a device list in one transaction. Lines that cannot be stored are reported; the others are
 * stored. A dry run does the same and rolls back.
 */

import type { ImportAnswer, ImportChange } from "../../api/import-lists.ts"
import type { DeviceInput } from "../../api/inventory.ts"
import type { Message } from "../../api/messages.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { type Detail, differences, write } from "../audit/audit.ts"
import type { DestinationGuard } from "./destination-guard.ts"
import { changedFields, tagsText } from "./import-changes.ts"
import { type ImportRow, type Rejection, readImport } from "./import-csv.ts"
import { noteChange, runImport, shownLine } from "./import-run.ts"
import { areSameTags, deviceColumns, siteColumns } from "./rows.ts"
import {
  agentIds,
  credentialIds,
  deviceIds,
  insertRow,
  insertTarget,
  lockDevice,
  lockSite,
  reportsItself,
  type StoredDevice,
  siteIds,
  updateRow,
} from "./store.ts"

type Touched = { readonly what: "site" | "device"; readonly id: string }
type Outcome = { readonly answer: ImportAnswer; readonly touched: readonly Touched[] }

/** `agentId`: for devices that have no agent, name none and do not report by themselves. */
type ImportOrder = {
  readonly actor: Actor
  readonly csv: string
  readonly agentId: string | null
  readonly dryRun: boolean
}

export const importDevices = async (
  db: Db,
  guard: DestinationGuard,
  order: ImportOrder,
): Promise<Outcome> => {
  const { rows, rejected } = readImport(order.csv)
  const outcome = await runImport(db, order.actor.org, order.dryRun, (tx) =>
    store(tx, guard, order, rows, rejected),
  )
  return order.dryRun ? { answer: outcome.answer, touched: [] } : outcome
}

/** Also what the checks of a device's destination say. */
type RejectedLine = Omit<Rejection, "said"> & { readonly said: Message }

type Names = {
  readonly device: ReadonlyMap<string, string>
  readonly site: Map<string, string>
  readonly agent: ReadonlyMap<string, string>
  readonly credential: ReadonlyMap<string, string>
}
const store = async (
  tx: Tx,
  guard: DestinationGuard,
  order: ImportOrder,
  rows: readonly ImportRow[],
  rejected: readonly Rejection[],
): Promise<Outcome> => {
  const { org } = order.actor
  const names: Names = {
    device: await deviceIds(tx, org),
    site: new Map(await siteIds(tx, org)),
    agent: await agentIds(tx, org),
    credential: await credentialIds(tx, org),
  }
  const tally = createTally()
  const allRejected: RejectedLine[] = [...rejected]
  for (const row of rows) {
    const unknown = (["agent", "credential"] as const).filter(
      (column) => row[column] !== null && !names[column].has(row[column]),
    )
    for (const column of unknown)
      allRejected.push({
        line: row.line,
        column,
        said: { code: "import.not-found", params: { what: column, cell: `"${row[column]}"` } },
      })
    if (unknown.length > 0) continue
    const known = {
      agentId: row.agent === null ? null : (names.agent.get(row.agent) ?? null),
      credentialId: row.credential === null ? null : (names.credential.get(row.credential) ?? null),
    }
    const existing = names.device.get(row.name)
    const was = existing === undefined ? null : await lockDevice(tx, org, existing)
    if (was === undefined) continue // Removed by somebody since the import began.
    const planned = await withAgent(
      tx,
      order,
      was,
      merged(was ?? { ...EMPTY, name: row.name, address: row.address }, row, {
        ...known,
        siteId: null,
      }),
    )
    // Before its site is created: a rejected line changes nothing.
    const check = await guard(tx, order.actor, { was, now: planned, typed: null })
    if (!check.ok) {
      allRejected.push({ line: row.line, column: check.column, said: check.said })
      continue
    }
    await storeSite(tx, order.actor, row, names, tally)
    const siteId = row.site === null ? (was?.siteId ?? null) : (names.site.get(row.site) ?? null)
    const now = { ...planned, siteId }
    if (was === null) await create(tx, order.actor, now, check.detail, tally)
    else await update(tx, order.actor, was, now, check.detail, { line: row.line, names, tally })
  }
  const { counts, touched, changes } = tally
  return {
    answer: {
      ...counts,
      changes,
      rejected: allRejected.sort((a, b) => a.line - b.line).map(shownLine),
    },
    touched,
  }
}

type Counts = Omit<ImportAnswer, "changes" | "rejected">
type Tally = {
  readonly counts: Counts
  readonly touched: Touched[]
  readonly changes: ImportChange[]
}
const createTally = (): Tally => ({
  counts: { created: 0, updated: 0, unchanged: 0, sitesCreated: 0, sitesUpdated: 0 },
  touched: [],
  changes: [],
})
const count = (tally: Tally, key: keyof Counts, what: Touched["what"], id: string): void => {
  tally.counts[key] += 1
  tally.touched.push({ what, id })
}
type StoredSite = NonNullable<Awaited<ReturnType<typeof lockSite>>>
type SiteChange = Partial<Pick<StoredSite, "latitude" | "longitude" | "tags">>
/** What the line has of its site. The same tags in another order are no change. */
const siteChange = (
  { latitude, longitude, site_tags }: ImportRow,
  was: StoredSite,
): SiteChange => ({
  ...(latitude === null ? {} : { latitude, longitude }),
  ...changedTags(site_tags, was.tags),
})
const changedTags = (
  tags: readonly string[] | null,
  was: readonly string[] | undefined,
): { tags?: string[] } => (tags === null || areSameTags(tags, was) ? {} : { tags: [...tags] })
const siteFields = (was: StoredSite, now: StoredSite): ImportChange["fields"] => {
  const place = ({ latitude, longitude }: StoredSite): string | null =>
    latitude === null ? null : `${latitude}, ${longitude}`
  return [
    { field: "place", before: place(was), after: place(now) },
    { field: "site_tags", before: tagsText(was.tags), after: tagsText(now.tags) },
  ].filter(({ before, after }) => before !== after)
}

/** Creates a missing site; an existing one gets the position and the tags of its line. */
const storeSite = async (
  tx: Tx,
  actor: Actor,
  row: ImportRow,
  names: Names,
  tally: Tally,
): Promise<void> => {
  if (row.site === null) return
  const place = { latitude: row.latitude, longitude: row.longitude }
  const known = names.site.get(row.site)
  if (known === undefined) {
    const site = { name: row.site, regionId: null, ...place, note: "", tags: row.site_tags ?? [] }
    const id = await insertRow(tx, actor.org, "site", siteColumns(site))
    await write(tx, actor, "site.created", "site", id, { ...site, import: true })
    names.site.set(row.site, id)
    count(tally, "sitesCreated", "site", id)
    return
  }
  if (row.latitude === null && row.site_tags === null) return
  const was = await lockSite(tx, actor.org, known)
  if (was === undefined) return // Removed by somebody since the import began.
  const now = { ...was, ...siteChange(row, was) }
  const changed = differences(was, now)
  if (Object.keys(changed).length === 0) return
  await updateRow(tx, actor.org, "site", known, siteColumns(now))
  await write(tx, actor, "site.changed", "site", known, { ...changed, import: true })
  count(tally, "sitesUpdated", "site", known)
  const fields = siteFields(was, now)
  noteChange(tally, { line: row.line, what: "site", name: row.site, fields })
}

type Ids = Pick<DeviceInput, "siteId" | "agentId" | "credentialId">
const EMPTY: Omit<DeviceInput, "name" | "address"> = {
  siteId: null,
  agentId: null,
  credentialId: null,
  roles: [],
  note: "",
  methods: { routerosApi: null, snmp: null, icmp: true, tcpPort: null },
}

/** A router that reports itself needs no agent, and perhaps no agent could reach it. */
const withAgent = async (
  tx: Tx,
  { actor, agentId }: ImportOrder,
  was: StoredDevice | null,
  device: DeviceInput,
): Promise<DeviceInput> => {
  if (device.agentId !== null || agentId === null) return device
  return was !== null && (await reportsItself(tx, actor.org, was.id))
    ? device
    : { ...device, agentId }
}

const create = async (
  tx: Tx,
  actor: Actor,
  device: DeviceInput,
  detail: Detail,
  tally: Tally,
): Promise<void> => {
  const id = await insertRow(tx, actor.org, "device", deviceColumns(device))
  await insertTarget(tx, actor.org, id)
  await write(tx, actor, "device.created", "device", id, { ...device, ...detail, import: true })
  count(tally, "created", "device", id)
}

type Line = { readonly line: number; readonly names: Names; readonly tally: Tally }
const update = async (
  tx: Tx,
  actor: Actor,
  was: StoredDevice,
  now: DeviceInput,
  detail: Detail,
  { line, names, tally }: Line,
): Promise<void> => {
  const changed = differences(was, { ...was, ...now })
  if (Object.keys(changed).length === 0) {
    tally.counts.unchanged += 1
    return
  }
  await updateRow(tx, actor.org, "device", was.id, deviceColumns(now, was))
  await write(tx, actor, "device.changed", "device", was.id, {
    ...changed,
    ...detail,
    import: true,
  })
  count(tally, "updated", "device", was.id)
  noteChange(tally, {
    line,
    what: "device",
    name: was.name,
    fields: changedFields(was, now, names),
  })
}

/** An empty cell leaves the field unchanged. */
const merged = (was: DeviceInput, row: ImportRow, ids: Ids): DeviceInput => {
  const api = was.methods.routerosApi
  // Only TLS has a certificate; 8728 is the port without TLS.
  const tls = row.api_tls ?? (row.fingerprint === null ? (api?.tls ?? row.api_port !== 8728) : true)
  const port = row.api_port ?? (api?.tls === tls ? api.port : tls ? 8729 : 8728)
  const needsApi = row.api_port !== null || row.api_tls !== null || row.fingerprint !== null
  return {
    ...was,
    address: row.address,
    siteId: ids.siteId ?? was.siteId,
    agentId: ids.agentId ?? was.agentId,
    credentialId: ids.credentialId ?? was.credentialId,
    roles: row.roles ?? was.roles,
    ...changedTags(row.tags, was.tags),
    methods: {
      ...was.methods,
      routerosApi: needsApi
        ? { port, tls, fingerprint: row.fingerprint ?? api?.fingerprint ?? null }
        : api,
      snmp: row.snmp_port === null ? was.methods.snmp : { port: row.snmp_port },
    },
  }
}
