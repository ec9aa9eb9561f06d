/** SQL of channels whose messages have buttons. */
import { z } from "zod"
import { ChannelSettings } from "../../api/notifications.ts"
import { Role } from "../../api/shared.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const Row = z.object({
  id: z.uuid(),
  settings: ChannelSettings,
  secrets: z.instanceof(Buffer).nullable(),
  language: z.enum(["en", "tr"]).catch("en"),
  cursor: z.string().nullable(),
  /** Whose channel it is, or else who has set it up: what a button does is on their authority. */
  accountId: z.uuid().nullable(),
})
export type BotChannel = Omit<z.infer<typeof Row>, "settings"> & {
  readonly settings: Extract<ChannelSettings, { readonly kind: "telegram" }>
}

export const readBotChannels = async (tx: Tx, org: OrgId): Promise<BotChannel[]> => {
  const rows = await tx`
    select id, settings, secrets, language, cursor, coalesce(owner_id, changed_by) as "accountId" from notify.channel
    where org_id = ${org} and kind = 'telegram' and is_enabled`
  return rows.flatMap((row): BotChannel[] => {
    const { data } = Row.safeParse(row)
    if (data === undefined || data.settings.kind !== "telegram") return []
    return [{ ...data, settings: data.settings }]
  })
}

/** What the account may do now; null: it is disabled, or does not exist any more. */
export const readRole = async (tx: Tx, org: OrgId, account: string): Promise<Role | null> => {
  const [row] = await tx<{ role: string }[]>`
    select role from auth.account where org_id = ${org} and id = ${account} and not disabled`
  return row === undefined ? null : Role.parse(row.role)
}

export const saveCursor = async (tx: Tx, org: OrgId, id: string, cursor: string): Promise<void> => {
  await tx`update notify.channel set cursor = ${cursor} where org_id = ${org} and id = ${id}`
}
