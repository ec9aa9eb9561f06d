/**
 * SQL of desired configurations, keys and links. Before the organisation is known, only the two
 * `by_…` functions of migration 0013 answer.
 */
import { z } from "zod"
import { CompanionInput, SCRIPT_KINDS, Verification } from "../../api/companion.ts"
import { MethodsInput } from "../../api/inventory.ts"
import { OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"

const at = (ms: number): Date => new Date(ms)
const Ms = z.number().transform(Math.round)

// ── the router ──

const DeviceRow = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  agentId: z.string().nullable(),
  credentialId: z.string().nullable(),
  diagnosticsCredentialId: z.string().nullable(),
  methods: MethodsInput,
  version: z.string().nullable(),
})
export type DeviceRow = z.infer<typeof DeviceRow>
export const findDevice = async (tx: Tx, org: OrgId, id: string): Promise<DeviceRow | null> => {
  const [row] = await tx`
    select id, name, address, agent_id as "agentId", credential_id as "credentialId",
      diagnostics_credential_id as "diagnosticsCredentialId", methods, version
    from inventory.device where org_id = ${org} and id = ${id}::uuid`
  return row === undefined ? null : DeviceRow.parse(row)
}

// ── desired configurations ──

/** What the last onboarding script set up on the router, if it ran. */
export const MadeRow = z.object({
  api: z.boolean(),
  snmp: z.enum(["off", "v3", "v2c"]),
  atMs: z.number().default(0),
})
export type MadeRow = z.infer<typeof MadeRow>
/**
 * A column written by an older release may not parse any more: then there is no desired
 * configuration, and a new one is needed.
 */
const DesiredConfigRow = z.object({
  desired: CompanionInput.nullable().catch(null),
  made: MadeRow.nullable().catch(null),
  credentialId: z.string().nullable(),
  adoptedAtMs: Ms.nullable(),
  verification: Verification.nullable().catch(null),
})
export type DesiredConfigRow = z.infer<typeof DesiredConfigRow>
const parseDesiredConfig = (row: unknown): DesiredConfigRow | null =>
  row === undefined ? null : DesiredConfigRow.parse(row)
const desiredConfigColumns = (tx: Tx) => tx`
  desired, made, credential_id as "credentialId", (extract(epoch from adopted_at) * 1000)::float8 as "adoptedAtMs", verification`
export const readDesiredConfig = async (
  tx: Tx,
  org: OrgId,
  device: string,
): Promise<DesiredConfigRow | null> =>
  parseDesiredConfig(
    (
      await tx`select ${desiredConfigColumns(tx)} from companion.desired_config where org_id = ${org} and device_id = ${device}::uuid`
    )[0],
  )
/** Locked until the end of the transaction: two scripts generated at once share one account. */
export const lockDesiredConfig = async (
  tx: Tx,
  org: OrgId,
  device: string,
): Promise<DesiredConfigRow | null> =>
  parseDesiredConfig(
    (
      await tx`select ${desiredConfigColumns(tx)} from companion.desired_config where org_id = ${org} and device_id = ${device}::uuid for update`
    )[0],
  )
export const saveDesiredConfig = async (
  tx: Tx,
  org: OrgId,
  device: string,
  desired: CompanionInput,
  nowMs: number,
): Promise<void> => {
  await tx`
    insert into companion.desired_config (device_id, org_id, desired, changed_at) values (${device}, ${org}, ${tx.json(desired)}, ${at(nowMs)})
    on conflict (device_id) do update set desired = excluded.desired, changed_at = excluded.changed_at`
}
export const saveCredential = async (
  tx: Tx,
  org: OrgId,
  device: string,
  credential: string,
): Promise<void> => {
  await tx`
    update companion.desired_config set credential_id = ${credential}::uuid, adopted_at = null
    where org_id = ${org} and device_id = ${device}::uuid`
}
export const saveMade = async (
  tx: Tx,
  org: OrgId,
  device: string,
  made: MadeRow,
): Promise<void> => {
  await tx`update companion.desired_config set made = ${tx.json(made)} where org_id = ${org} and device_id = ${device}::uuid`
}
export const saveAdopted = async (
  tx: Tx,
  org: OrgId,
  device: string,
  nowMs: number,
): Promise<void> => {
  await tx`update companion.desired_config set adopted_at = ${at(nowMs)} where org_id = ${org} and device_id = ${device}::uuid`
}
export const saveVerification = async (
  tx: Tx,
  org: OrgId,
  device: string,
  verification: Verification,
): Promise<void> => {
  await tx`
    update companion.desired_config set verification = ${tx.json(verification)} where org_id = ${org} and device_id = ${device}::uuid`
}

// ── keys ──

const KeyRow = z.object({
  id: z.string(),
  secretHash: z.instanceof(Buffer),
  createdAtMs: Ms,
  expiresAtMs: Ms.nullable(),
  lastUsedAtMs: Ms.nullable(),
  revokedAtMs: Ms.nullable(),
})
export type KeyRow = z.infer<typeof KeyRow>
/** Newest first. */
export const listKeys = async (tx: Tx, org: OrgId, device: string): Promise<readonly KeyRow[]> =>
  z.array(KeyRow).parse(
    await tx`
      select id, secret_hash as "secretHash", (extract(epoch from created_at) * 1000)::float8 as "createdAtMs",
        (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs",
        (extract(epoch from last_used_at) * 1000)::float8 as "lastUsedAtMs",
        (extract(epoch from revoked_at) * 1000)::float8 as "revokedAtMs"
      from companion.key where org_id = ${org} and device_id = ${device}::uuid order by made desc limit 50`,
  )

type Key = { readonly id: string; readonly secretHash: Buffer }
/**
 * Limits the validity of the older keys of the router, unless they end earlier; deletes those that
 * ended long ago.
 */
export const insertKey = async (
  tx: Tx,
  org: OrgId,
  device: string,
  key: Key,
  nowMs: number,
  overlapMs: number,
) => {
  await tx`
    update companion.key set expires_at = ${at(nowMs + overlapMs)}
    where org_id = ${org} and device_id = ${device}::uuid and expires_at is null and revoked_at is null`
  await tx`
    delete from companion.key
    where org_id = ${org} and device_id = ${device}::uuid and least(expires_at, revoked_at) < ${at(nowMs - ENDED_KEYS_KEPT_MS)}`
  await tx`
    insert into companion.key (id, org_id, device_id, secret_hash, created_at)
    values (${key.id}, ${org}, ${device}, ${key.secretHash}, ${at(nowMs)})`
}
const ENDED_KEYS_KEPT_MS = 90 * 86_400_000

/** The ids of older keys that end now because this one was used for the first time. */
export const markUsed = async (
  tx: Tx,
  org: OrgId,
  id: string,
  atMs: number,
): Promise<readonly string[]> => {
  const [row] = await tx<{ device: string; made: string; isFirst: boolean }[]>`
    with was as (select id, first_used_at from companion.key where org_id = ${org} and id = ${id} for update)
    update companion.key k
    set first_used_at = coalesce(k.first_used_at, ${at(atMs)}), last_used_at = greatest(k.last_used_at, ${at(atMs)}::timestamptz)
    from was where k.id = was.id
    returning k.device_id as device, k.made::text, was.first_used_at is null as "isFirst"`
  if (row === undefined || !row.isFirst) return []
  const ended = await tx<{ id: string }[]>`
    update companion.key set expires_at = ${at(atMs)}
    where org_id = ${org} and device_id = ${row.device}::uuid and made < ${row.made}::bigint
      and revoked_at is null and (expires_at is null or expires_at > ${at(atMs)})
    returning id`
  return ended.map((key) => key.id)
}

/** False if the router has no such key. One that was revoked earlier keeps its time. */
export const revokeKey = async (
  tx: Tx,
  org: OrgId,
  device: string,
  id: string,
  nowMs: number,
): Promise<boolean> => {
  const rows = await tx`
    update companion.key set revoked_at = coalesce(revoked_at, ${at(nowMs)})
    where org_id = ${org} and device_id = ${device}::uuid and id = ${id} returning id`
  return rows.length > 0
}

/**
 * Deletes the desired configuration and links, and ends all keys. The keys stay visible for a
 * while, as revoked ones.
 */
export const forgetRouter = async (
  tx: Tx,
  org: OrgId,
  device: string,
  nowMs: number,
): Promise<void> => {
  await tx`
    update companion.key set revoked_at = coalesce(revoked_at, ${at(nowMs)}) where org_id = ${org} and device_id = ${device}::uuid`
  await tx`delete from companion.link where org_id = ${org} and device_id = ${device}::uuid and used_at is null`
  await tx`delete from companion.desired_config where org_id = ${org} and device_id = ${device}::uuid`
}

const FoundKey = z.object({
  org: OrgId,
  device: z.string(),
  secretHash: z.instanceof(Buffer),
  expiresAtMs: Ms.nullable(),
  revokedAtMs: Ms.nullable(),
})
export const findKey = async (sql: Sql, id: string) => {
  const [row] = await sql`
    select org_id as org, device_id as device, secret_hash as "secretHash",
      (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs",
      (extract(epoch from revoked_at) * 1000)::float8 as "revokedAtMs"
    from companion.by_key(${id})`
  return row === undefined ? null : FoundKey.parse(row)
}

// ── links ──

type NewLink = {
  readonly secretHash: Buffer
  readonly kind: (typeof SCRIPT_KINDS)[number]
  readonly madeBy: string
  readonly expiresAtMs: number
}
/**
 * Ends the links with which an account could still be read. Using a link locks it before the
 * desired configuration; the same order here prevents a deadlock.
 */
export const endLinks = async (tx: Tx, org: OrgId, device: string): Promise<void> => {
  await tx`
    delete from companion.link
    where org_id = ${org} and device_id = ${device}::uuid and kind = 'onboard' and used_at is null`
}

/** Only the last link of a router is valid. */
export const replaceLink = async (
  tx: Tx,
  org: OrgId,
  device: string,
  link: NewLink,
  nowMs: number,
): Promise<void> => {
  await tx`
    delete from companion.link
    where org_id = ${org} and device_id = ${device}::uuid and (used_at is null or used_at < ${at(nowMs - 7 * 86_400_000)})`
  await tx`
    insert into companion.link (secret_hash, org_id, device_id, kind, made_by, created_at, expires_at)
    values (${link.secretHash}, ${org}, ${device}, ${link.kind}, ${link.madeBy}, ${at(nowMs)}, ${at(link.expiresAtMs)})`
}

const FoundLink = z.object({
  org: OrgId,
  device: z.string(),
  kind: z.enum(SCRIPT_KINDS),
  madeBy: z.string(),
  expiresAtMs: Ms,
  usedAtMs: Ms.nullable(),
})
export type FoundLink = z.infer<typeof FoundLink>
export const findLink = async (sql: Sql, secretHash: Buffer): Promise<FoundLink | null> => {
  const [row] = await sql`
    select org_id as org, device_id as device, kind, made_by as "madeBy",
      (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs", (extract(epoch from used_at) * 1000)::float8 as "usedAtMs"
    from companion.by_link(${secretHash})`
  return row === undefined ? null : FoundLink.parse(row)
}
/**
 * True for exactly one of several takers: the others wait for its row lock and then find the link
 * used.
 */
export const consumeLink = async (
  tx: Tx,
  org: OrgId,
  secretHash: Buffer,
  nowMs: number,
): Promise<boolean> => {
  const rows = await tx`
    update companion.link set used_at = ${at(nowMs)}
    where org_id = ${org} and secret_hash = ${secretHash} and used_at is null and expires_at > ${at(nowMs)}
    returning device_id`
  return rows.length === 1
}
