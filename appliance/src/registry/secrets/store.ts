import type { CredentialKind } from "../../api/credential-kind.ts"
import type { Credential } from "../../api/inventory.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

type Row = {
  readonly id: string
  readonly name: string
  readonly username: string | null
  readonly hasPassword: boolean
  readonly hasSnmpCommunity: boolean
  readonly snmpVersion: string | null
  readonly snmpV3User: string | null
  readonly allowedNetworks: readonly string[]
  readonly snmpV3AuthProtocol: string | null
  readonly snmpV3PrivProtocol: string | null
  readonly sealed: Buffer
}
type NewRow = Row & { readonly kind: CredentialKind }

export const listCredentials = async (tx: Tx, org: OrgId): Promise<readonly Credential[]> => tx<
  Credential[]
>`
  select c.id, c.name, c.kind, c.username, c.has_password as "hasPassword", c.has_snmp_community as "hasSnmpCommunity",
    c.snmp_version as "snmpVersion", c.snmp_v3_user as "snmpV3User", c.allowed_networks as "allowedNetworks",
    case when c.snmp_v3_user is null then null else c.snmp_v3_auth_protocol end as "snmpV3AuthProtocol",
    case when c.snmp_v3_user is null then null else c.snmp_v3_priv_protocol end as "snmpV3PrivProtocol",
    (select count(*)::int from inventory.device d where c.id in (d.credential_id, d.diagnostics_credential_id)) as "usedBy"
  from secrets.credential c
  where c.org_id = ${org}
  order by lower(c.name)`

/** A shared lock: two agents may be sent the same secret at once, a change waits. */
export const lockCredential = async (tx: Tx, org: OrgId, id: string) =>
  (
    await tx<Pick<Row, "name" | "username" | "allowedNetworks" | "sealed">[]>`
      select name, username, allowed_networks as "allowedNetworks", sealed from secrets.credential where org_id = ${org} and id = ${id} for share`
  )[0]

/** Ids of credentials that were made for one device only. */
export const boundTo = async (tx: Tx, org: OrgId, device: string): Promise<readonly string[]> => {
  const rows = await tx<{ id: string }[]>`
    select id from secrets.credential where org_id = ${org} and device_id = ${device}::uuid`
  return rows.map(({ id }) => id)
}

export const insertCredential = async (
  tx: Tx,
  org: OrgId,
  row: NewRow,
  device: string | null,
): Promise<void> => {
  await tx`
    insert into secrets.credential
      (id, org_id, name, kind, username, has_password, has_snmp_community, snmp_version, snmp_v3_user,
        snmp_v3_auth_protocol, snmp_v3_priv_protocol, allowed_networks, sealed, device_id)
    values (${row.id}, ${org}, ${row.name}, ${row.kind}, ${row.username}, ${row.hasPassword}, ${row.hasSnmpCommunity},
      ${row.snmpVersion}, ${row.snmpV3User}, ${row.snmpV3AuthProtocol}, ${row.snmpV3PrivProtocol},
      ${[...row.allowedNetworks]}::text[], ${row.sealed}, ${device}::uuid)`
}

export const updateCredential = async (tx: Tx, org: OrgId, row: Row): Promise<void> => {
  await tx`
    update secrets.credential
    set name = ${row.name}, username = ${row.username}, has_password = ${row.hasPassword},
      has_snmp_community = ${row.hasSnmpCommunity}, snmp_version = ${row.snmpVersion}, snmp_v3_user = ${row.snmpV3User},
      snmp_v3_auth_protocol = ${row.snmpV3AuthProtocol}, snmp_v3_priv_protocol = ${row.snmpV3PrivProtocol},
      allowed_networks = ${[...row.allowedNetworks]}::text[], sealed = ${row.sealed}, changed_at = now()
    where org_id = ${org} and id = ${row.id}`
}

/** Its name, or null if there is none. */
export const deleteCredential = async (tx: Tx, org: OrgId, id: string): Promise<string | null> =>
  (
    await tx<
      { name: string }[]
    >`delete from secrets.credential where org_id = ${org} and id = ${id} returning name`
  )[0]?.name ?? null
