/** SQL of the inventory. Everything runs in a transaction of one organisation. */
import { z } from "zod"
import {
  DeviceRole,
  MethodsInput,
  type Region,
  type Site,
  TextEncoding,
} from "../../api/inventory.ts"
import { AgentFallback } from "../../api/leases.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { DeviceFacts } from "./model.ts"

/** Objects are stored as jsonb. */
type Columns = Readonly<
  Record<string, string | number | boolean | null | readonly string[] | MethodsInput>
>
const TABLES = {
  region: "inventory.region",
  site: "inventory.site",
  device: "inventory.device",
  link: "inventory.link",
} as const
type Table = keyof typeof TABLES

export const readRegions = async (tx: Tx, org: OrgId): Promise<Region[]> => [
  ...(await tx<
    Region[]
  >`select id, name from inventory.region where org_id = ${org} order by lower(name)`),
]
export const readSites = async (tx: Tx, org: OrgId): Promise<Site[]> => [
  ...(await tx<Site[]>`
    select id, name, region_id as "regionId", latitude, longitude, note, text_encoding as "textEncoding", tags from inventory.site
    where org_id = ${org} order by lower(name)`),
]

export const lockRegion = async (tx: Tx, org: OrgId, id: string) =>
  (
    await tx<
      Pick<Region, "name">[]
    >`select name from inventory.region where org_id = ${org} and id = ${id} for update`
  )[0]
export const lockSite = async (tx: Tx, org: OrgId, id: string) =>
  (
    await tx<Omit<Site, "id">[]>`
      select name, region_id as "regionId", latitude, longitude, note, text_encoding as "textEncoding", tags
      from inventory.site where org_id = ${org} and id = ${id} for update`
  )[0]

export const StoredDevice = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  siteId: z.string().nullable(),
  roles: z.array(DeviceRole),
  agentId: z.string().nullable(),
  credentialId: z.string().nullable(),
  diagnosticsCredentialId: z.string().nullable(),
  methods: MethodsInput,
  note: z.string(),
  textEncoding: TextEncoding.nullable(),
  tags: z.array(z.string()),
  agentFallback: AgentFallback,
  fallbackAgentIds: z.array(z.string()),
  /** The agent that reads it now. */
  holderId: z.string().nullable(),
})
export type StoredDevice = z.infer<typeof StoredDevice>

export const lockDevice = async (
  tx: Tx,
  org: OrgId,
  id: string,
): Promise<StoredDevice | undefined> => {
  const [row] = await tx`
    select id, name, address, site_id as "siteId", roles, preferred_agent_id as "agentId", credential_id as "credentialId",
      diagnostics_credential_id as "diagnosticsCredentialId", methods, note,
      text_encoding as "textEncoding", tags, agent_fallback as "agentFallback", fallback_agent_ids as "fallbackAgentIds",
      agent_id as "holderId"
    from inventory.device where org_id = ${org} and id = ${id} for update`
  return row === undefined ? undefined : StoredDevice.parse(row)
}
/**
 * The networks that this agent may contact; empty: every address that is not special, or there is
 * no such agent.
 */
export const networksOfAgent = async (
  tx: Tx,
  org: OrgId,
  agent: string,
): Promise<readonly string[]> => {
  const [row] = await tx<{ networks: string[] }[]>`
    select allowed_networks as networks from agents.agent where org_id = ${org} and id = ${agent}::uuid`
  return row?.networks ?? []
}
/** Ids by name, for the import. */
export const deviceIds = async (tx: Tx, org: OrgId) =>
  byName(await tx<Named[]>`select id, name from inventory.device where org_id = ${org}`)
export const regionIds = async (tx: Tx, org: OrgId) =>
  byName(await tx<Named[]>`select id, name from inventory.region where org_id = ${org}`)
export const siteIds = async (tx: Tx, org: OrgId) =>
  byName(await tx<Named[]>`select id, name from inventory.site where org_id = ${org}`)
/** Whether a companion script on the router reports it. */
export const reportsItself = async (tx: Tx, org: OrgId, id: string): Promise<boolean> =>
  (
    await tx`select from inventory.device where org_id = ${org} and id = ${id} and reports_every_s is not null`
  ).length === 1
export const agentIds = async (tx: Tx, org: OrgId) =>
  byName(
    await tx<
      Named[]
    >`select id, name from agents.agent where org_id = ${org} and revoked_at is null`,
  )
export const credentialIds = async (tx: Tx, org: OrgId) =>
  byName(await tx<Named[]>`select id, name from secrets.credential where org_id = ${org}`)
type Named = { readonly id: string; readonly name: string }
const byName = (rows: readonly Named[]): ReadonlyMap<string, string> =>
  new Map(rows.map(({ id, name }) => [name, id]))

export type StoredLink = {
  readonly name: string | null
  readonly a: { readonly deviceId: string; readonly interface: string | null }
  readonly b: { readonly deviceId: string; readonly interface: string | null }
  readonly capacityBps: number | null
  readonly medium: "fibre" | "radio" | "copper" | "virtual" | null
  readonly tags: string[]
}
export const lockLink = async (tx: Tx, org: OrgId, id: string) =>
  (
    await tx<StoredLink[]>`
      select name, json_build_object('deviceId', a_device_id, 'interface', a_interface) as a,
        json_build_object('deviceId', b_device_id, 'interface', b_interface) as b, capacity_bps as "capacityBps", medium, tags
      from inventory.link where org_id = ${org} and id = ${id} for update`
  )[0]
/** All of them, in a fixed order; for the import. */
export const readLinks = async (tx: Tx, org: OrgId) => [
  ...(await tx<(StoredLink & { readonly id: string })[]>`
    select id, name, json_build_object('deviceId', a_device_id, 'interface', a_interface) as a,
      json_build_object('deviceId', b_device_id, 'interface', b_interface) as b, capacity_bps as "capacityBps", medium, tags
    from inventory.link where org_id = ${org} order by id`),
]
/**
 * The name of another link on that interface, or of the device at its other end if the link has no
 * name.
 */
export const linkOnPort = async (
  tx: Tx,
  org: OrgId,
  deviceId: string,
  port: string,
  except: string | null,
) =>
  (
    await tx<{ id: string }[]>`
      select id from inventory.link
      where org_id = ${org} and (${except}::uuid is null or id <> ${except})
        and ((a_device_id = ${deviceId} and a_interface = ${port}) or (b_device_id = ${deviceId} and b_interface = ${port}))
      limit 1`
  )[0]?.id ?? null

/** True if the row belongs to this organisation: a foreign key alone would accept another's. */
export const exists = async (
  tx: Tx,
  org: OrgId,
  what: "region" | "site" | "device" | "agent" | "credential",
  id: string,
) => {
  const table = { ...TABLES, agent: "agents.agent", credential: "secrets.credential" }[what]
  return (await tx`select from ${tx(table)} where org_id = ${org} and id = ${id}`).length === 1
}

/** Null: there is no such credential. */
export const credentialKind = async (tx: Tx, org: OrgId, id: string): Promise<string | null> =>
  (
    await tx<{ kind: string }[]>`
      select kind from secrets.credential where org_id = ${org} and id = ${id}`
  )[0]?.kind ?? null

export const insertRow = async (
  tx: Tx,
  org: OrgId,
  table: Table,
  columns: Columns,
): Promise<string> => {
  const [row] = await tx<
    { id: string }[]
  >`insert into ${tx(TABLES[table])} ${tx({ ...columns, org_id: org })} returning id`
  return z.string().parse(row?.id)
}
export const updateRow = async (
  tx: Tx,
  org: OrgId,
  table: Table,
  id: string,
  columns: Columns,
): Promise<void> => {
  if (Object.keys(columns).length === 0) return
  await tx`update ${tx(TABLES[table])} set ${tx(columns)} where org_id = ${org} and id = ${id}`
}
/** The name of the deleted row, or undefined if there was none. */
export const deleteRow = async (
  tx: Tx,
  org: OrgId,
  table: Table,
  id: string,
): Promise<string | null | undefined> =>
  (
    await tx<
      { name: string | null }[]
    >`delete from ${tx(TABLES[table])} where org_id = ${org} and id = ${id} returning name`
  )[0]?.name

export const insertTarget = async (tx: Tx, org: OrgId, deviceId: string): Promise<void> => {
  await tx`insert into inventory.target (org_id, device_id) values (${org}, ${deviceId})`
}

/**
 * Null in a fact means that this source does not report it: the stored value stays.
 * `isOtherHardware`: another serial number than before.
 */
export const updateFacts = async (
  tx: Tx,
  org: OrgId,
  facts: DeviceFacts,
): Promise<{ readonly isChanged: boolean; readonly isOtherHardware: boolean }> => {
  const { identity, vendor, board, version, architecture, serial } = facts
  const [row] = await tx<{ changed: boolean; other: boolean }[]>`
    with was as (
      select id, identity, vendor, board, version, architecture, serial
      from inventory.device where org_id = ${org} and id = ${facts.device} for update)
    update inventory.device d set
      identity = coalesce(${identity}, d.identity), vendor = coalesce(${vendor}, d.vendor), board = coalesce(${board}, d.board),
      version = coalesce(${version}, d.version), architecture = coalesce(${architecture}, d.architecture),
      serial = coalesce(${serial}, d.serial), facts_at = greatest(d.facts_at, to_timestamp(${facts.atMs}::float8 / 1000))
    from was
    where d.id = was.id and d.org_id = ${org}
    returning (was.identity, was.vendor, was.board, was.version, was.architecture, was.serial)
      is distinct from (d.identity, d.vendor, d.board, d.version, d.architecture, d.serial) as changed,
      was.serial <> d.serial as other`
  return { isChanged: row?.changed === true, isOtherHardware: row?.other === true }
}

/** Whether anything changed. */
export const updateReports = async (
  tx: Tx,
  org: OrgId,
  device: string,
  everyS: number | null,
): Promise<boolean> => {
  const changed = await tx`
    update inventory.device set reports_every_s = ${everyS}
    where org_id = ${org} and id = ${device} and reports_every_s is distinct from ${everyS}`
  return changed.count > 0
}
