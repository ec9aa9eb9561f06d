/** SQL of the sections of configurations. */
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

/** One reading of a section: its hash, and what it depends on. */
export type SectionReading = {
  readonly device: string
  readonly section: string
  readonly hash: string
  readonly basis: string
  readonly version: string | null
  readonly readMs: number
}
export type KnownSection = Omit<SectionReading, "readMs"> & { readonly checkedAtMs: number }

/** Locks them: two agents may report one device at once. */
export const knownSections = (
  tx: Tx,
  org: OrgId,
  devices: readonly string[],
): Promise<KnownSection[]> => tx<KnownSection[]>`
  select device_id as device, section, hash, basis, version, (extract(epoch from checked_at) * 1000)::float8 as "checkedAtMs"
  from tables.section
  where org_id = ${org} and device_id = any(${[...devices]}::uuid[])
  order by device_id, section
  for update`

/** `isChanged`: at this reading; `withRelease`: together with the release of the router. */
export type SectionUpdate = SectionReading & {
  readonly isChanged: boolean
  readonly withRelease: boolean
}
export const saveSections = async (
  tx: Tx,
  org: OrgId,
  updates: readonly SectionUpdate[],
): Promise<void> => {
  if (updates.length === 0) return
  const column = <K extends keyof SectionUpdate>(name: K) => updates.map((each) => each[name])
  await tx`
    insert into tables.section as s (org_id, device_id, section, hash, basis, version, first_at, checked_at)
    select ${org}, device, section, hash, basis, version, at, at
    from (
      select device, section, hash, basis, version, to_timestamp(read_ms / 1000) as at
      from unnest(${column("device")}::uuid[], ${column("section")}::text[], ${column("hash")}::text[], ${column("basis")}::text[],
        ${column("version")}::text[], ${column("readMs")}::float8[]) as given (device, section, hash, basis, version, read_ms)
    ) as read
    on conflict (device_id, section) do update set
      hash = excluded.hash, basis = excluded.basis, version = excluded.version, checked_at = excluded.checked_at`
  const changed = updates.filter(({ isChanged }) => isChanged)
  if (changed.length === 0) return
  await tx`
    update tables.section s set changed_at = s.checked_at, with_release = given.with_release
    from unnest(${changed.map(({ device }) => device)}::uuid[], ${changed.map(({ section }) => section)}::text[],
      ${changed.map(({ withRelease }) => withRelease)}::boolean[]) as given (device, section, with_release)
    where s.org_id = ${org} and s.device_id = given.device and s.section = given.section`
}

export type SectionRow = {
  readonly section: string
  readonly source: string
  readonly state: string
  readonly hash: string | null
  readonly rows: number | null
  readonly secrets: string | null
  readonly isOrdered: boolean
  readonly readAtMs: number
  readonly firstAtMs: number | null
  readonly changedAtMs: number | null
  readonly withRelease: boolean
}
/** As the agent reported them last, and when their hashes changed: latest changes first. */
export const sectionRows = (tx: Tx, org: OrgId, device: string): Promise<SectionRow[]> => tx<
  SectionRow[]
>`
  select r.key as section, r.source, coalesce(r.cells ->> 'state', '') as state, r.cells ->> 'hash' as hash,
    (r.cells ->> 'rows')::float8 as rows, r.cells ->> 'secrets' as secrets, coalesce((r.cells ->> 'isOrdered')::boolean, false) as "isOrdered",
    coalesce((r.cells ->> 'readMs')::float8, (extract(epoch from r.seen_at) * 1000)::float8) as "readAtMs",
    (extract(epoch from s.first_at) * 1000)::float8 as "firstAtMs",
    (extract(epoch from s.changed_at) * 1000)::float8 as "changedAtMs", coalesce(s.with_release, false) as "withRelease"
  from tables.row r left join tables.section s on s.device_id = r.device_id and s.section = r.key
  where r.org_id = ${org} and r.device_id = ${device} and r.name = 'configuration' and r.gone_at is null
  order by s.changed_at desc nulls last, r.key
  limit 1000`
