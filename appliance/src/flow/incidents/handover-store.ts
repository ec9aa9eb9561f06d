/** SQL of handovers and saved filters. */
import { z } from "zod"
import { HandoverEvent, HandoverNote, SavedFilter } from "../../api/handover.ts"
import type { AccountId, OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const ms = z.number().transform(Math.round)
const EventRow = HandoverEvent.extend({ atMs: ms })
const NoteRow = HandoverNote.extend({ atMs: ms, sinceMs: ms })

/** Symptoms are left out: they are on the page of each incident. */
export const readEvents = async (
  tx: Tx,
  org: OrgId,
  sinceMs: number,
): Promise<z.infer<typeof EventRow>[]> =>
  EventRow.array().parse(
    await tx`
      select t.incident_id as "incidentId", i.number, (extract(epoch from t.at) * 1000)::float8 as "atMs", t.kind, t.who, t.message
      from incidents.timeline t join incidents.incident i on i.id = t.incident_id
      where t.org_id = ${org} and t.at >= to_timestamp(${sinceMs}::float8 / 1000) and t.kind not in ('symptom', 'recovered', 'event')
      order by t.at desc, t.id desc limit 200`,
  )

export const readNotes = async (tx: Tx, org: OrgId): Promise<z.infer<typeof NoteRow>[]> =>
  NoteRow.array().parse(
    await tx`
      select id, (extract(epoch from at) * 1000)::float8 as "atMs", (extract(epoch from since) * 1000)::float8 as "sinceMs", who, text,
        open_incidents as open
      from incidents.handover where org_id = ${org} order by at desc, id limit 20`,
  )

export const insertHandover = async (
  tx: Tx,
  org: OrgId,
  note: Omit<HandoverNote, "id">,
): Promise<string> => {
  const [row] = await tx<{ id: string }[]>`
    insert into incidents.handover (org_id, at, since, who, text, open_incidents)
    values (${org}, to_timestamp(${note.atMs}::float8 / 1000), to_timestamp(${note.sinceMs}::float8 / 1000), ${note.who}, ${note.text},
      ${JSON.stringify(note.open)}::text::jsonb)
    returning id`
  return z.uuid().parse(row?.id)
}

export const readSavedFilters = async (
  tx: Tx,
  org: OrgId,
  account: AccountId,
): Promise<SavedFilter[]> =>
  SavedFilter.array().parse(
    await tx`
      select id, name, query from incidents.saved_filter
      where org_id = ${org} and account_id = ${account} order by lower(name), id`,
  )

const MAX_SAVED_FILTERS = 50
/** One name once: it is replaced. Null: there are as many as an account may have. */
export const saveFilter = async (
  tx: Tx,
  org: OrgId,
  account: AccountId,
  { name, query }: Pick<SavedFilter, "name" | "query">,
): Promise<string | null> => {
  const [row] = await tx<{ id: string }[]>`
    insert into incidents.saved_filter (org_id, account_id, name, query)
    select ${org}, ${account}, ${name}, ${query}
    where (select count(*) from incidents.saved_filter where account_id = ${account} and name <> ${name}) < ${MAX_SAVED_FILTERS}
    on conflict (account_id, name) do update set query = excluded.query
    returning id`
  return row?.id ?? null
}

export const deleteFilter = async (
  tx: Tx,
  org: OrgId,
  account: AccountId,
  id: string,
): Promise<boolean> =>
  (
    await tx`
      delete from incidents.saved_filter where org_id = ${org} and account_id = ${account} and id = ${id} returning id`
  ).length > 0
