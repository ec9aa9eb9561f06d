/** SQL of channels whose messages have buttons. */
import { z } from "zod"
import { ChannelSettings } from "../../api/notifications.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const Row = z.object({
  id: z.uuid(),
  settings: ChannelSettings,
  secrets: z.instanceof(Buffer).nullable(),
  language: z.enum(["en", "tr"]).catch("en"),
  cursor: z.string().nullable(),
  changedBy: z.uuid().nullable(),
})
export type BotChannel = Omit<z.infer<typeof Row>, "settings"> & {
  readonly settings: Extract<ChannelSettings, { readonly kind: "telegram" }>
}

export const readBotChannels = async (tx: Tx, org: OrgId): Promise<BotChannel[]> => {
  const rows = await tx`
    select id, settings, secrets, language, cursor, changed_by as "changedBy" from notify.channel
    where org_id = ${org} and kind = 'telegram' and is_enabled`
  return rows.flatMap((row): BotChannel[] => {
    const { data } = Row.safeParse(row)
    if (data === undefined || data.settings.kind !== "telegram") return []
    return [{ ...data, settings: data.settings }]
  })
}

export const saveCursor = async (tx: Tx, org: OrgId, id: string, cursor: string): Promise<void> => {
  await tx`update notify.channel set cursor = ${cursor} where org_id = ${org} and id = ${id}`
}
