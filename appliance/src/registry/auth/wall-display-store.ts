/** SQL of wall displays. Before the organisation is known, `auth.by_wall_secret` answers. */
import { z } from "zod"
import { WALL_PAGES, WallPage } from "../../api/wall-displays.ts"
import { AccountId, OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"

/** A page that a later release removed is not shown; without any, all are. */
const Pages = z.array(z.string()).transform((all) => {
  const known = all.flatMap((each) => WallPage.safeParse(each).data ?? [])
  return known.length === 0 ? [...WALL_PAGES] : known
})
const State = { isDisabled: z.boolean(), isRevoked: z.boolean(), isExpired: z.boolean() }

const Found = z.object({
  id: z.uuid(),
  name: z.string(),
  pages: Pages,
  secondsPerPage: z.int(),
  account: AccountId,
  org: OrgId,
  email: z.string(),
  ...State,
  /** Since its last use; null: never used. */
  idleMs: z.number().nullable(),
})
export type FoundDisplay = z.infer<typeof Found>
export const findDisplay = async (
  sql: Sql,
  of: "link" | "session",
  hash: Buffer,
): Promise<FoundDisplay | null> => {
  const [row] = await sql`
    select display_id as id, display_name as name, pages, seconds_per_page as "secondsPerPage", account_id as account,
      org_id as org, email, is_disabled as "isDisabled", is_revoked as "isRevoked", is_expired as "isExpired",
      idle_ms as "idleMs"
    from auth.by_wall_secret(${hash}, ${of === "session"})`
  return row === undefined ? null : Found.parse(row)
}
export const touchDisplay = async (tx: Tx, id: string, address: string): Promise<void> => {
  await tx`update auth.wall_display set used_at = now(), used_from = ${address} where id = ${id}`
}

export type DisplayRow = {
  readonly name: string
  readonly secretHash: Buffer
  readonly pages: readonly WallPage[]
  readonly secondsPerPage: number
  readonly createdBy: AccountId
  readonly expiresInDays: number
}
const Inserted = z.object({ id: z.uuid(), expiresAtMs: z.number() })
export const insertDisplay = async (
  tx: Tx,
  org: OrgId,
  { name, secretHash, pages, secondsPerPage, createdBy, expiresInDays }: DisplayRow,
): Promise<z.infer<typeof Inserted>> => {
  const [row] = await tx`
    insert into auth.wall_display (org_id, name, secret_hash, pages, seconds_per_page, created_by, expires_at)
    values (${org}, ${name}, ${secretHash}, ${[...pages]}, ${secondsPerPage}, ${createdBy}, now() + make_interval(days => ${expiresInDays}))
    returning id, (extract(epoch from expires_at) * 1000)::bigint as "expiresAtMs"`
  return Inserted.parse(row)
}

/** The name of the display; null: there is none, or it was revoked before. */
export const revokeDisplay = async (tx: Tx, org: OrgId, id: string): Promise<string | null> => {
  const [row] = await tx`
    update auth.wall_display set revoked_at = now()
    where org_id = ${org} and id = ${id} and revoked_at is null returning name`
  await tx`delete from auth.wall_session where org_id = ${org} and display_id = ${id}`
  return row === undefined ? null : z.string().parse(row.name)
}
export const hasDisplay = async (tx: Tx, org: OrgId, id: string): Promise<boolean> =>
  (await tx`select from auth.wall_display where org_id = ${org} and id = ${id}`).length > 0

const MAX_LISTED = 500
const Listed = z.object({
  id: z.uuid(),
  name: z.string(),
  pages: Pages,
  secondsPerPage: z.int(),
  createdBy: z.string(),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  lastUsedAtMs: z.number().nullable(),
  lastUsedFrom: z.string().nullable(),
  ...State,
})
export type ListedDisplay = z.infer<typeof Listed>
/** Newest first. */
export const readDisplays = async (tx: Tx, org: OrgId): Promise<ListedDisplay[]> =>
  z.array(Listed).parse(
    await tx`
      select d.id, d.name, d.pages, d.seconds_per_page as "secondsPerPage", a.email as "createdBy",
        (extract(epoch from d.created_at) * 1000)::bigint as "createdAtMs",
        (extract(epoch from d.expires_at) * 1000)::bigint as "expiresAtMs",
        (extract(epoch from d.used_at) * 1000)::bigint as "lastUsedAtMs", d.used_from as "lastUsedFrom",
        a.disabled as "isDisabled", d.revoked_at is not null as "isRevoked", d.expires_at <= now() as "isExpired"
      from auth.wall_display d join auth.account a on a.id = d.created_by
      where d.org_id = ${org} order by d.created_at desc, d.id limit ${MAX_LISTED}`,
  )
/** How many may still be used. */
export const countActiveDisplays = async (tx: Tx, org: OrgId): Promise<number> => {
  const [row] = await tx`
    select count(*)::int as n from auth.wall_display where org_id = ${org} and revoked_at is null and expires_at > now()`
  return z.object({ n: z.number() }).parse(row).n
}

/** Of one link, the latest sessions are kept: a link that is opened again and again stores no more. */
const MAX_SESSIONS = 50
export const insertWallSession = async (
  tx: Tx,
  org: OrgId,
  display: string,
  tokenHash: Buffer,
  hours: number,
): Promise<void> => {
  await tx`
    insert into auth.wall_session (token_hash, org_id, display_id, expires_at)
    values (${tokenHash}, ${org}, ${display}, now() + make_interval(hours => ${hours}))`
  await tx`
    delete from auth.wall_session s where s.display_id = ${display} and s.token_hash not in (
      select l.token_hash from auth.wall_session l where l.display_id = ${display}
      order by l.created_at desc limit ${MAX_SESSIONS})`
}
export const deleteEndedDisplays = async (tx: Tx, org: OrgId, keptDays: number): Promise<void> => {
  await tx`delete from auth.wall_session where org_id = ${org} and expires_at < now()`
  await tx`
    delete from auth.wall_display
    where org_id = ${org} and least(expires_at, revoked_at) < now() - make_interval(days => ${keptDays})`
}
