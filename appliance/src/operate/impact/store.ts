/** SQL of impact: sessions of devices around a moment. */
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

export type SessionAt = {
  readonly device: string
  readonly user: string | null
  readonly address: string | null
  readonly service: string | null
  /** It was there, and no report since shows it or another session of the same user. */
  readonly isCutOff: boolean
  /** Its device reports it as ended. */
  readonly isGone: boolean
}
/** Sessions end some seconds before the fault is noticed. */
const BEFORE_MS = 60_000

/**
 * Sessions that were up on these devices when the fault began (`sinceMs`), at most `limit`. A
 * session is back when its device has reported it since, or when the same user has a session that
 * was reported since, on any device. `untilMs`: what ended later has nothing to do with it.
 */
export const sessionsAt = (
  tx: Tx,
  org: OrgId,
  devices: readonly string[],
  {
    sinceMs,
    untilMs,
    limit,
  }: { readonly sinceMs: number; readonly untilMs: number; readonly limit: number },
): Promise<SessionAt[]> => tx<SessionAt[]>`
  with moment as (
    select to_timestamp(${sinceMs - BEFORE_MS}::float8 / 1000) as before, to_timestamp(${sinceMs}::float8 / 1000) as since,
      to_timestamp(${untilMs}::float8 / 1000) as until
  ), reported as materialized (
    select r.device_id, r.cells ->> 'user' as "user", r.first_seen_at
    from tables.row r
    join tables.snapshot s on s.org_id = r.org_id and s.device_id = r.device_id and s.name = r.name and s.source = r.source, moment
    where r.org_id = ${org} and r.name = 'sessions' and r.gone_at is null and s.at > moment.since
  ), there as (
    select r.device_id as device, r.cells ->> 'user' as "user", r.cells ->> 'address' as address, r.cells ->> 'service' as service,
      r.gone_at, r.key, coalesce(s.at > moment.since and r.gone_at is null, false) as is_alive
    from tables.row r
    left join tables.snapshot s on s.org_id = r.org_id and s.device_id = r.device_id and s.name = r.name and s.source = r.source, moment
    where r.org_id = ${org} and r.name = 'sessions' and r.device_id = any(${[...devices]}::uuid[])
      and r.first_seen_at <= moment.since and (r.gone_at is null or r.gone_at between moment.before and moment.until)
  )
  select device, "user", address, service, gone_at is not null as "isGone",
    not (is_alive or coalesce("user" in (select "user" from reported), false)) as "isCutOff"
  from there
  order by "isCutOff" desc, device, "user", key
  limit ${limit}`
