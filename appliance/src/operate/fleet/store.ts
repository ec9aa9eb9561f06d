/**
 * The registry's rows, joined for the fleet's queries. Latest values come from the public file of
 * series.
 */

import type { AgentFallback } from "../../api/leases.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

export type DeviceRow = {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly siteId: string | null
  readonly siteName: string | null
  readonly roles: readonly string[]
  readonly agentId: string | null
  readonly agentName: string | null
  readonly agentFallback: AgentFallback
  readonly fallbackAgentIds: string[]
  readonly holderId: string | null
  readonly holderName: string | null
  readonly credentialId: string | null
  readonly diagnosticsCredentialId: string | null
  readonly reportsEveryS: number | null
  readonly methods: unknown
  readonly note: string
  readonly textEncoding: string | null
  readonly tags: string[]
  readonly identity: string | null
  readonly vendor: string | null
  readonly board: string | null
  readonly version: string | null
  readonly serial: string | null
}
/** By name; all devices, or one. */
export const readDevices = (tx: Tx, org: OrgId, device: string | null): Promise<DeviceRow[]> => tx<
  DeviceRow[]
>`
  select d.id, d.name, d.address, d.site_id as "siteId", s.name as "siteName", d.roles, d.preferred_agent_id as "agentId", a.name as "agentName",
    d.agent_fallback as "agentFallback", d.fallback_agent_ids as "fallbackAgentIds", d.agent_id as "holderId", h.name as "holderName",
    d.credential_id as "credentialId", d.diagnostics_credential_id as "diagnosticsCredentialId", d.reports_every_s as "reportsEveryS",
    d.methods, d.note, d.text_encoding as "textEncoding", d.tags, d.identity, d.vendor, d.board, d.version, d.serial
  from inventory.device d
    left join inventory.site s on s.id = d.site_id
    left join agents.agent a on a.id = d.preferred_agent_id
    left join agents.agent h on h.id = d.agent_id
  where d.org_id = ${org} ${device === null ? tx`` : tx`and d.id = ${device}`}
  order by lower(d.name), d.id`

export type RowDigests = { readonly devices: string; readonly links: string }
/** Other texts whenever `readDevices` of all devices, or `readLinks`, would be others. */
export const readDigests = async (tx: Tx, org: OrgId): Promise<RowDigests> => {
  // A row version has a place of its own; agents are written at each heartbeat, but rarely renamed.
  const [row] = await tx<RowDigests[]>`
    select concat_ws(' ', d.digest,
        (select md5(string_agg(concat_ws(' ', s.id, s.name), ',' order by s.id)) from inventory.site s where s.org_id = ${org}),
        (select md5(string_agg(concat_ws(' ', a.id, a.name), ',' order by a.id)) from agents.agent a where a.org_id = ${org})) as devices,
      concat_ws(' ', d.names,
        (select concat_ws(' ', count(*), sum(hashtextextended(concat_ws(' ', k.id, k.xmin, k.ctid), 0)))
          from inventory.link k where k.org_id = ${org})) as links
    from (
      select concat_ws(' ', count(*), sum(hashtextextended(concat_ws(' ', id, xmin, ctid), 0))) as digest,
        sum(hashtextextended(concat_ws(' ', id, name), 0)) as names
      from inventory.device where org_id = ${org}
    ) d`
  return row ?? { devices: "", links: "" }
}

/** False if it does not exist or belongs to another organisation. */
export const deviceExists = async (tx: Tx, org: OrgId, device: string): Promise<boolean> =>
  (await tx`select from inventory.device where org_id = ${org} and id = ${device}`).length === 1
export const interfaceExists = async (
  tx: Tx,
  org: OrgId,
  device: string,
  id: number,
): Promise<boolean> =>
  (
    await tx`select from inventory.interface where org_id = ${org} and device_id = ${device} and id = ${id}`
  ).length === 1

export type InterfaceRow = {
  readonly id: number
  readonly deviceId: string
  readonly name: string
  readonly type: string
  readonly mac: string | null
  readonly comment: string | null
  readonly speedBps: number | null
  readonly linkId: string | null
}
/** Interfaces that the device still reports, each with its link; all, or the one with a name. */
export const readInterfaces = (
  tx: Tx,
  org: OrgId,
  device: string,
  name: string | null = null,
): Promise<InterfaceRow[]> => tx<InterfaceRow[]>`
  select i.id, i.device_id as "deviceId", i.name, i.type, i.mac, i.comment, i.speed_bps as "speedBps",
    (select k.id from inventory.link k
      where (k.a_device_id = i.device_id and k.a_interface = i.name) or (k.b_device_id = i.device_id and k.b_interface = i.name)
      limit 1) as "linkId"
  from inventory.interface i
  where i.org_id = ${org} and i.device_id = ${device} and i.gone_at is null ${name === null ? tx`` : tx`and i.name = ${name}`}`

export type LinkRow = {
  readonly id: string
  readonly name: string | null
  readonly aDeviceId: string
  readonly aDeviceName: string
  readonly aInterface: string | null
  readonly bDeviceId: string
  readonly bDeviceName: string
  readonly bInterface: string | null
  readonly capacityBps: number | null
  readonly medium: "fibre" | "radio" | "copper" | "virtual" | null
  readonly tags: string[]
}
export const readLinks = (tx: Tx, org: OrgId): Promise<LinkRow[]> => tx<LinkRow[]>`
  select k.id, k.name, k.a_device_id as "aDeviceId", a.name as "aDeviceName", k.a_interface as "aInterface",
    k.b_device_id as "bDeviceId", b.name as "bDeviceName", k.b_interface as "bInterface", k.capacity_bps as "capacityBps", k.medium, k.tags
  from inventory.link k join inventory.device a on a.id = k.a_device_id join inventory.device b on b.id = k.b_device_id
  where k.org_id = ${org}
  order by lower(coalesce(k.name, a.name || b.name)), k.id`

export type LinkPlace = {
  readonly id: string
  readonly aSiteId: string | null
  readonly bSiteId: string | null
  readonly aSpeedBps: number | null
  readonly bSpeedBps: number | null
}
/** The ends of the links, and the speeds of their interfaces. */
export const readLinkPlaces = (tx: Tx, org: OrgId): Promise<LinkPlace[]> => tx<LinkPlace[]>`
  select k.id, a.site_id as "aSiteId", b.site_id as "bSiteId", ia.speed_bps::float8 as "aSpeedBps", ib.speed_bps::float8 as "bSpeedBps"
  from inventory.link k join inventory.device a on a.id = k.a_device_id join inventory.device b on b.id = k.b_device_id
    left join inventory.interface ia on ia.device_id = k.a_device_id and ia.name = k.a_interface
    left join inventory.interface ib on ib.device_id = k.b_device_id and ib.name = k.b_interface
  where k.org_id = ${org}`
