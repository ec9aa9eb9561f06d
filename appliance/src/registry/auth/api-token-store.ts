/** SQL of API tokens. Before the organisation is known, `auth.by_api_token` answers for one hash. */
import { z } from "zod"
import { type Permission, Role } from "../../api/shared.ts"
import { TokenPermission } from "../../api/tokens.ts"
import { AccountId, OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"

/** A permission that a later release removed gives nothing. */
const Permissions = z
  .array(z.string())
  .transform((all) => all.flatMap((each) => TokenPermission.safeParse(each).data ?? []))

const Found = z.object({
  id: z.uuid(),
  tokenName: z.string(),
  permissions: Permissions,
  account: AccountId,
  org: OrgId,
  email: z.string(),
  name: z.string(),
  role: Role,
  isDisabled: z.boolean(),
  isRevoked: z.boolean(),
  isExpired: z.boolean(),
  /** Since its last use; null: never used. */
  idleMs: z.number().nullable(),
})
export type FoundToken = z.infer<typeof Found>
export const findToken = async (sql: Sql, secretHash: Buffer): Promise<FoundToken | null> => {
  const [row] = await sql`
    select token_id as id, token_name as "tokenName", permissions, account_id as account, org_id as org, email, name, role,
      is_disabled as "isDisabled", is_revoked as "isRevoked", is_expired as "isExpired", idle_ms as "idleMs"
    from auth.by_api_token(${secretHash})`
  return row === undefined ? null : Found.parse(row)
}

export const touchToken = async (tx: Tx, id: string, address: string): Promise<void> => {
  await tx`update auth.api_token set used_at = now(), used_from = ${address} where id = ${id}`
}

export type TokenRow = {
  readonly name: string
  readonly secretHash: Buffer
  readonly ending: string
  readonly permissions: readonly Permission[]
  readonly createdBy: AccountId
  readonly expiresInDays: number
}
const Inserted = z.object({ id: z.uuid(), expiresAtMs: z.number() })
export const insertToken = async (
  tx: Tx,
  org: OrgId,
  { name, secretHash, ending, permissions, createdBy, expiresInDays }: TokenRow,
): Promise<z.infer<typeof Inserted>> => {
  const [row] = await tx`
    insert into auth.api_token (org_id, name, secret_hash, ending, permissions, created_by, expires_at)
    values (${org}, ${name}, ${secretHash}, ${ending}, ${[...permissions]}, ${createdBy}, now() + make_interval(days => ${expiresInDays}))
    returning id, (extract(epoch from expires_at) * 1000)::bigint as "expiresAtMs"`
  return Inserted.parse(row)
}

/** The name of the token; null: there is none, or it was revoked before. */
export const revokeToken = async (tx: Tx, org: OrgId, id: string): Promise<string | null> => {
  const [row] = await tx`
    update auth.api_token set revoked_at = now()
    where org_id = ${org} and id = ${id} and revoked_at is null returning name`
  return row === undefined ? null : z.string().parse(row.name)
}
export const hasToken = async (tx: Tx, org: OrgId, id: string): Promise<boolean> =>
  (await tx`select from auth.api_token where org_id = ${org} and id = ${id}`).length > 0

const MAX_LISTED = 500
const Listed = z.object({
  id: z.uuid(),
  name: z.string(),
  ending: z.string(),
  permissions: Permissions,
  createdBy: z.string(),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  revokedAtMs: z.number().nullable(),
  lastUsedAtMs: z.number().nullable(),
  lastUsedFrom: z.string().nullable(),
  isDisabled: z.boolean(),
  isRevoked: z.boolean(),
  isExpired: z.boolean(),
})
export type ListedToken = z.infer<typeof Listed>
/** Newest first. */
export const readTokens = async (tx: Tx, org: OrgId): Promise<ListedToken[]> =>
  z.array(Listed).parse(
    await tx`
      select t.id, t.name, t.ending, t.permissions, a.email as "createdBy",
        (extract(epoch from t.created_at) * 1000)::bigint as "createdAtMs",
        (extract(epoch from t.expires_at) * 1000)::bigint as "expiresAtMs",
        (extract(epoch from t.revoked_at) * 1000)::bigint as "revokedAtMs",
        (extract(epoch from t.used_at) * 1000)::bigint as "lastUsedAtMs", t.used_from as "lastUsedFrom",
        a.disabled as "isDisabled", t.revoked_at is not null as "isRevoked", t.expires_at <= now() as "isExpired"
      from auth.api_token t join auth.account a on a.id = t.created_by
      where t.org_id = ${org} order by t.created_at desc, t.id limit ${MAX_LISTED}`,
  )
/** How many may still be used. */
export const countActive = async (tx: Tx, org: OrgId): Promise<number> => {
  const [row] = await tx`
    select count(*)::int as n from auth.api_token where org_id = ${org} and revoked_at is null and expires_at > now()`
  return z.object({ n: z.number() }).parse(row).n
}
export const deleteEnded = async (tx: Tx, org: OrgId, keptDays: number): Promise<void> => {
  await tx`
    delete from auth.api_token
    where org_id = ${org} and least(expires_at, revoked_at) < now() - make_interval(days => ${keptDays})`
}
