/**
 * SQL of agents, tokens and certificates. Before the organisation is known, only the two `by_…`
 * functions of migration 0004 answer.
 */
import type { Heartbeat } from "@ispvm/wire"
import { type AgentId, DeviceId, type OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"
import type { DeviceRow } from "./assignment.ts"
import { mayRead } from "./lease-store.ts"

const at = (ms: number): Date => new Date(ms)

export type AgentRow = {
  readonly id: AgentId
  readonly key: number
  readonly name: string
  readonly siteId: string | null
  readonly deviceId: string | null
  readonly allowedNetworks: readonly string[]
  readonly enrolledAtMs: number | null
  readonly revokedAtMs: number | null
  readonly lastSeenAtMs: number | null
  readonly clockSkewMs: number | null
  readonly heartbeat: unknown
  readonly tokenExpiresAtMs: number | null
  readonly certificateSerial: string | null
  readonly certificateExpiresAtMs: number | null
  readonly devices: number
}

/**
 * One agent, or with null all by name, each with its newest valid certificate and its live token.
 */
export const agentRows = (tx: Tx, org: OrgId, id: string | null): Promise<AgentRow[]> => tx<
  AgentRow[]
>`
  select a.id, a.key, a.name, a.site_id as "siteId", a.device_id as "deviceId",
    a.allowed_networks as "allowedNetworks",
    (extract(epoch from a.enrolled_at) * 1000)::float8 as "enrolledAtMs",
    (extract(epoch from a.revoked_at) * 1000)::float8 as "revokedAtMs",
    (extract(epoch from a.last_seen_at) * 1000)::float8 as "lastSeenAtMs",
    a.clock_skew_ms as "clockSkewMs", a.heartbeat,
    (select (extract(epoch from max(t.expires_at)) * 1000)::float8 from agents.token t
      where t.agent_id = a.id and t.used_at is null) as "tokenExpiresAtMs",
    c.serial as "certificateSerial", (extract(epoch from c.expires_at) * 1000)::float8 as "certificateExpiresAtMs",
    (select count(*)::int from inventory.device d where d.agent_id = a.id) as devices
  from agents.agent a
  left join lateral (
    select serial, expires_at from agents.certificate
    where agent_id = a.id and revoked_at is null order by issued_at desc limit 1
  ) c on true
  where a.org_id = ${org} and (${id}::uuid is null or a.id = ${id}::uuid)
  order by a.name`

export type AgentFields = {
  readonly name: string
  readonly siteId: string | null
  readonly deviceId: string | null
  readonly allowedNetworks: readonly string[]
}

export const lockAgent = async (tx: Tx, org: OrgId, id: string): Promise<AgentFields | null> => {
  const [row] = await tx<AgentFields[]>`
    select name, site_id as "siteId", device_id as "deviceId", allowed_networks as "allowedNetworks" from agents.agent
    where org_id = ${org} and id = ${id}::uuid for update`
  return row ?? null
}

/** Null if the name is taken. */
export const insertAgent = async (
  tx: Tx,
  org: OrgId,
  fields: AgentFields,
): Promise<AgentId | null> => {
  const [row] = await tx<{ id: AgentId }[]>`
    insert into agents.agent (org_id, name, site_id, device_id, allowed_networks)
    values (${org}, ${fields.name}, ${fields.siteId}, ${fields.deviceId}, ${[...fields.allowedNetworks]}::text[])
    on conflict (org_id, name) do nothing
    returning id`
  return row?.id ?? null
}

export const isNameTaken = async (
  tx: Tx,
  org: OrgId,
  name: string,
  except: string,
): Promise<boolean> => {
  const rows =
    await tx`select from agents.agent where org_id = ${org} and name = ${name} and id <> ${except}::uuid`
  return rows.length > 0
}

export const updateAgent = async (
  tx: Tx,
  org: OrgId,
  id: string,
  fields: AgentFields,
): Promise<void> => {
  await tx`
    update agents.agent set name = ${fields.name}, site_id = ${fields.siteId}, device_id = ${fields.deviceId},
      allowed_networks = ${[...fields.allowedNetworks]}::text[]
    where org_id = ${org} and id = ${id}::uuid`
}

export const deleteAgent = async (tx: Tx, org: OrgId, id: string): Promise<void> => {
  await tx`delete from agents.agent where org_id = ${org} and id = ${id}::uuid`
}

/**
 * Foreign keys bypass row-level security, so the owner of the site and the device is checked here.
 */
export const missingReferences = async (tx: Tx, org: OrgId, { siteId, deviceId }: AgentFields) => {
  const [row] = await tx<{ site: boolean; device: boolean }[]>`
    select ${siteId}::uuid is not null and not exists
        (select from inventory.site where org_id = ${org} and id = ${siteId}::uuid) as site,
      ${deviceId}::uuid is not null and not exists
        (select from inventory.device where org_id = ${org} and id = ${deviceId}::uuid) as device`
  return { site: row?.site ?? false, device: row?.device ?? false }
}

// ── tokens ──

/** Only the last token of an agent is valid. */
export const replaceToken = async (
  tx: Tx,
  org: OrgId,
  agent: AgentId,
  secretHash: Buffer,
  nowMs: number,
  expiresAtMs: number,
) => {
  await deleteTokens(tx, org, agent)
  await tx`
    insert into agents.token (secret_hash, org_id, agent_id, created_at, expires_at)
    values (${secretHash}, ${org}, ${agent}, ${at(nowMs)}, ${at(expiresAtMs)})`
}

export const deleteTokens = async (tx: Tx, org: OrgId, agent: AgentId): Promise<void> => {
  await tx`delete from agents.token where org_id = ${org} and agent_id = ${agent} and used_at is null`
}

export type FoundToken = {
  readonly agent: AgentId
  readonly org: OrgId
  readonly name: string
  readonly expiresAtMs: number
  readonly usedAtMs: number | null
}
export const findToken = async (sql: Sql, secretHash: Buffer): Promise<FoundToken | null> => {
  const [row] = await sql<FoundToken[]>`
    select agent_id as agent, org_id as org, name, (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs",
      (extract(epoch from used_at) * 1000)::float8 as "usedAtMs"
    from agents.by_token(${secretHash})`
  return row ?? null
}

/**
 * True for exactly one of several takers: the others wait for its row lock and then find the token
 * used.
 */
export const consumeToken = async (
  tx: Tx,
  org: OrgId,
  secretHash: Buffer,
  nowMs: number,
): Promise<boolean> => {
  const rows = await tx`
    update agents.token set used_at = ${at(nowMs)}
    where org_id = ${org} and secret_hash = ${secretHash} and used_at is null and expires_at > ${at(nowMs)}
    returning agent_id`
  return rows.length === 1
}

// ── certificates ──

export type CertificateRow = {
  readonly serial: string
  readonly fingerprint: string
  readonly notAfterMs: number
}

export const insertCertificate = async (
  tx: Tx,
  org: OrgId,
  agent: AgentId,
  certificate: CertificateRow,
  nowMs: number,
) => {
  await tx`
    insert into agents.certificate (serial, org_id, agent_id, fingerprint, issued_at, expires_at)
    values (${certificate.serial}, ${org}, ${agent}, ${certificate.fingerprint}, ${at(nowMs)}, ${at(certificate.notAfterMs)})`
}

const TOKEN_RETENTION_MS = 7 * 86_400_000
/**
 * Deletes tokens and certificates that ended long enough ago. The newest certificate of each agent
 * stays whatever its date: a clock that ran ahead for an hour must not lock everybody out.
 */
export const pruneEnded = async (tx: Tx, org: OrgId, nowMs: number): Promise<void> => {
  await tx`
    delete from agents.token
    where org_id = ${org} and greatest(expires_at, used_at) < ${at(nowMs - TOKEN_RETENTION_MS)}`
  await tx`
    delete from agents.certificate c
    where org_id = ${org} and expires_at < ${at(nowMs)}
      and exists (select from agents.certificate n where n.agent_id = c.agent_id and n.issued_at > c.issued_at)`
}

export const revokeCertificates = async (
  tx: Tx,
  org: OrgId,
  agent: AgentId,
  nowMs: number,
): Promise<number> => {
  const rows = await tx`
    update agents.certificate set revoked_at = ${at(nowMs)}
    where org_id = ${org} and agent_id = ${agent} and revoked_at is null returning serial`
  return rows.length
}

export const markEnrolled = async (
  tx: Tx,
  org: OrgId,
  agent: AgentId,
  nowMs: number,
): Promise<void> => {
  await tx`update agents.agent set enrolled_at = ${at(nowMs)}, revoked_at = null where org_id = ${org} and id = ${agent}`
}
export const markRevoked = async (
  tx: Tx,
  org: OrgId,
  agent: AgentId,
  nowMs: number,
): Promise<void> => {
  await tx`update agents.agent set revoked_at = coalesce(revoked_at, ${at(nowMs)}) where org_id = ${org} and id = ${agent}`
}

export type FoundAgent = {
  readonly id: AgentId
  readonly key: number
  readonly org: OrgId
  readonly name: string
  readonly revoked: boolean
  readonly expiresAtMs: number
}
export const findAgent = async (
  sql: Sql,
  serial: string,
  fingerprint: string,
): Promise<FoundAgent | null> => {
  const [row] = await sql<FoundAgent[]>`
    select agent_id as id, agent_key as key, org_id as org, name, revoked,
      (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs"
    from agents.by_certificate(${serial}, ${fingerprint})`
  return row ?? null
}

// ── heartbeats ──

export type SeenRow = {
  readonly id: AgentId
  readonly lastSeenAtMs: number
  readonly clockSkewMs: number | null
  readonly heartbeat: Heartbeat | null
}
/** `greatest`: a row that is written late never replaces a later one. */
export const saveSeen = async (tx: Tx, org: OrgId, row: SeenRow): Promise<void> => {
  await tx`
    update agents.agent set
      last_seen_at = greatest(last_seen_at, ${at(row.lastSeenAtMs)}::timestamptz),
      clock_skew_ms = coalesce(${row.clockSkewMs}, clock_skew_ms),
      heartbeat = coalesce(${row.heartbeat === null ? null : tx.json(row.heartbeat)}, heartbeat)
    where org_id = ${org} and id = ${row.id}`
}

// ── assigned devices ──

export type MonitoredRow = DeviceRow & { readonly agent: AgentId }
/**
 * Devices with each agent that reads or probes them: of one agent, or with null of all. Agents that
 * may take over only probe.
 */
export const monitoredDevices = async (
  tx: Tx,
  org: OrgId,
  agent: AgentId | null,
): Promise<MonitoredRow[]> => {
  const rows = await tx<MonitoredRow[]>`
    select d.id, a.id as agent, (a.id = d.agent_id or a.id is not distinct from d.incoming_agent_id) as reads, d.name, d.address, d.methods, d.credential_id as "credentialId",
      coalesce(d.text_encoding, s.text_encoding) as "textEncoding",
      to_char(c.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as "credentialChangedAt",
      -- The most specific one; of several roles the fastest, which is the first by name.
      coalesce(
        (select p.profile from agents.collection_profile p
          where p.org_id = ${org} and p.scope = 'device' and p.subject = d.id::text),
        (select min(p.profile) from agents.collection_profile p
          where p.org_id = ${org} and p.scope = 'role' and p.subject = any(d.roles)),
        (select p.profile from agents.collection_profile p
          where p.org_id = ${org} and p.scope = 'site' and p.subject = d.site_id::text)) as profile,
      (select jsonb_object_agg(i.collectors, i.every_ms) from (
        select distinct on (collectors) collectors, every_ms from agents.collection_interval
        where org_id = ${org} and ((scope = 'device' and subject = d.id::text)
          or (scope = 'role' and subject = any(d.roles)) or (scope = 'site' and subject = d.site_id::text))
        order by collectors, scope = 'site', scope = 'role', every_ms) i) as groups
    from inventory.device d
      join agents.agent a on a.org_id = d.org_id and (a.id = d.agent_id or a.id = d.incoming_agent_id
        or (d.agent_fallback <> 'none' and ${mayRead(tx)}))
      left join secrets.credential c on c.id = d.credential_id left join inventory.site s on s.id = d.site_id
    where d.org_id = ${org} and (${agent}::uuid is null or a.id = ${agent}::uuid)
    order by d.key`
  return rows.map((row) => ({ ...row, id: DeviceId.parse(row.id) }))
}

/** The only networks that each agent may contact, if it has any. */
export const agentNetworks = async (
  tx: Tx,
  org: OrgId,
): Promise<ReadonlyMap<AgentId, readonly string[]>> => {
  const rows = await tx<{ id: AgentId; networks: string[] }[]>`
    select id, allowed_networks as networks from agents.agent where org_id = ${org} and allowed_networks <> '{}'`
  return new Map(rows.map(({ id, networks }) => [id, networks]))
}
/** Devices of one agent that are polled with this credential, wherever they are. */
export const destinationsOf = async (tx: Tx, org: OrgId, agent: string, credential: string) =>
  tx<{ address: string; methods: unknown }[]>`
    select address, methods from inventory.device
    where org_id = ${org} and agent_id = ${agent}::uuid and credential_id = ${credential}::uuid`
