/** SQL of channels. Secrets come and go encrypted. */
import { z } from "zod"
import { ChannelSettings, ChannelTemplate } from "../../api/notifications.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const ms = z.number().transform(Math.round)
const Row = z.object({
  id: z.uuid(),
  name: z.string(),
  isEnabled: z.boolean(),
  language: z.enum(["en", "tr"]).catch("en"),
  fallbackId: z.uuid().nullable(),
  ownerId: z.uuid().nullable(),
  template: ChannelTemplate.nullable().catch(null),
  settings: ChannelSettings,
  secrets: z.instanceof(Buffer).nullable(),
  /** Of a channel for SMS that was stored before its body was a secret. */
  plainBody: z.string().nullable(),
  failingSinceMs: ms.nullable(),
  lastAnswer: z.string().nullable(),
  lastDeliveredAtMs: ms.nullable(),
  pending: z.int(),
})
export type ChannelRow = z.infer<typeof Row>

/** One that this release cannot read is left out. */
export const readChannels = async (tx: Tx, org: OrgId, id?: string): Promise<ChannelRow[]> => {
  const rows = await tx`
    select c.id, c.name, c.is_enabled as "isEnabled", c.language, c.fallback_id as "fallbackId", c.owner_id as "ownerId", c.template, c.secrets,
      case when c.kind = 'sms' then c.settings - 'body' else c.settings end as settings,
      case when c.kind = 'sms' then c.settings ->> 'body' end as "plainBody",
      (extract(epoch from c.failing_since) * 1000)::float8 as "failingSinceMs", c.last_answer as "lastAnswer",
      (select (extract(epoch from max(d.delivered_at)) * 1000)::float8 from notify.delivery d where d.channel_id = c.id) as "lastDeliveredAtMs",
      (select count(*)::int from notify.delivery d where d.channel_id = c.id and d.state in ('waiting', 'sending', 'retrying')) as pending
    from notify.channel c where c.org_id = ${org} ${id === undefined ? tx`` : tx`and c.id = ${id}`} order by lower(c.name)`
  return rows.flatMap((row) => Row.safeParse(row).data ?? [])
}

export type ChannelValues = Pick<
  ChannelRow,
  "name" | "isEnabled" | "language" | "fallbackId" | "ownerId" | "template" | "settings" | "secrets"
> & { readonly changedBy: string }
export const insertChannel = async (
  tx: Tx,
  org: OrgId,
  id: string,
  values: ChannelValues,
): Promise<void> => {
  await tx`
    insert into notify.channel (id, org_id, name, kind, settings) values (${id}, ${org}, ${values.name}, ${values.settings.kind}, '{}')`
  await updateChannel(tx, org, id, values)
}
/** With its settings a channel gets another try. */
export const updateChannel = async (
  tx: Tx,
  org: OrgId,
  id: string,
  values: ChannelValues,
): Promise<void> => {
  const { name, isEnabled, language, fallbackId, ownerId, settings, secrets, changedBy } = values
  const template = values.template === null ? null : JSON.stringify(values.template)
  await tx`
    update notify.channel set name = ${name}, kind = ${settings.kind}, settings = ${JSON.stringify(settings)}::text::jsonb,
      secrets = ${secrets}, template = ${template}::text::jsonb, is_enabled = ${isEnabled}, language = ${language},
      fallback_id = ${fallbackId}, owner_id = ${ownerId}, changed_by = ${changedBy}, failures = 0
    where org_id = ${org} and id = ${id}`
}
/** The body of a channel for SMS is among its secrets by now. */
export const movePlainBody = async (
  tx: Tx,
  org: OrgId,
  id: string,
  secrets: Buffer,
): Promise<void> => {
  await tx`
    update notify.channel set settings = settings - 'body', secrets = ${secrets} where org_id = ${org} and id = ${id} and kind = 'sms'`
}

/** What was still to be sent there is cancelled, with that reason. */
export const deleteChannel = async (tx: Tx, org: OrgId, id: string): Promise<void> => {
  const reason = JSON.stringify({ code: "notify.channel-removed", params: {} })
  // In the order in which planning locks them.
  await tx`select from notify.delivery where org_id = ${org} and channel_id = ${id} order by seq for update`
  await tx`
    update notify.delivery set state = 'cancelled', reason = ${reason}::text::jsonb
    where org_id = ${org} and channel_id = ${id} and state in ('waiting', 'retrying')`
  await tx`delete from notify.channel where org_id = ${org} and id = ${id}`
}

export const isNameTaken = async (
  tx: Tx,
  org: OrgId,
  name: string,
  except: string | null,
): Promise<boolean> => {
  const rows = await tx`
    select from notify.channel where org_id = ${org} and lower(name) = lower(${name}) and id is distinct from ${except}`
  return rows.length > 0
}

const Known = z.object({ isFallback: z.boolean(), isOwner: z.boolean() })
/** Whether a channel and an account are of the organisation. */
export const readKnown = async (
  tx: Tx,
  org: OrgId,
  fallbackId: string | null,
  ownerId: string | null,
): Promise<z.infer<typeof Known>> => {
  const [row] = await tx`
    select exists (select from notify.channel where org_id = ${org} and id = ${fallbackId}) as "isFallback",
      exists (select from auth.account where org_id = ${org} and id = ${ownerId}) as "isOwner"`
  return Known.parse(row)
}
