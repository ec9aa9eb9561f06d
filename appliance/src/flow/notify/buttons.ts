/**
 * Buttons in chats. People in a chat that an administrator has made a channel may acknowledge
 * there; the timeline and the audit log name the person as the chat does.
 */

import type { ChannelSecrets } from "../../api/notifications.ts"
import type { Role } from "../../api/shared.ts"
import { textOf } from "../../messages/text.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import { AccountId, type OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { type BotChannel, readBotChannels, readRole, saveCursor } from "./buttons-store.ts"
import { type ButtonPress, followTelegram, type TelegramBot } from "./channels/telegram-updates.ts"

export type ButtonDeps = {
  readonly db: Db
  readonly orgs: () => Promise<readonly { readonly id: OrgId }[]>
  readonly open: (org: OrgId, id: string, sealed: Buffer | null) => ChannelSecrets
  readonly onError: (error: unknown) => void
  /** Tests shorten it. */
  readonly failedMs?: number
}
export type Acknowledge = (actor: Actor, incident: string) => Promise<unknown>
export type Buttons = {
  readonly start: (acknowledge: Acknowledge) => void
  /** Channels have changed. */
  readonly sync: () => void
  readonly stop: () => Promise<void>
}

type Chat = BotChannel & { readonly org: OrgId }
type Bot = TelegramBot & { readonly chats: readonly Chat[] }
const SYNC_MS = 60_000
const TEXTS = {
  done: { en: "You have acknowledged it.", tr: "Üstlendiniz." },
  foreign: { en: "This chat may not acknowledge.", tr: "Bu sohbet üstlenemez." },
  disabled: {
    en: "Refused: the account that this chat acts for is disabled or may not acknowledge.",
    tr: "Reddedildi: bu sohbetin adına işlem yaptığı hesap kapalı ya da üstlenme yetkisi yok.",
  },
  failed: {
    en: "It could not be acknowledged: it may be over.",
    tr: "Üstlenilemedi: bitmiş olabilir.",
  },
} as const

const readBots = async ({ db, orgs, open }: ButtonDeps): Promise<ReadonlyMap<string, Bot>> => {
  const bots = new Map<string, Bot>()
  for (const { id: org } of await orgs()) {
    const channels = await db.asOrg(org, (tx) => readBotChannels(tx, org))
    for (const channel of channels) {
      const { token } = open(org, channel.id, channel.secrets)
      if (token === undefined) continue
      const key = `${channel.settings.baseUrl.replace(/\/$/, "")} ${token}`
      const was = bots.get(key)
      const offset = Math.max(was?.offset ?? 0, Number(channel.cursor ?? 0))
      bots.set(key, {
        baseUrl: channel.settings.baseUrl,
        token,
        offset: offset === 0 ? null : offset,
        chats: [...(was?.chats ?? []), { ...channel, org }],
      })
    }
  }
  return bots
}

const actorOf = ({ org, accountId }: Chat, role: Role, person: string): Actor => ({
  account: AccountId.parse(accountId),
  org,
  email: `${person}, Telegram`,
  name: `${person}, Telegram`,
  // No more than the account may, and no more than a button does.
  role: role === "admin" ? "operator" : role,
  address: "Telegram",
})

const press = async (
  { chats }: Bot,
  { chats: from, incidentId, person }: ButtonPress,
  acknowledge: Acknowledge,
  { db, onError }: Pick<ButtonDeps, "db" | "onError">,
): Promise<string> => {
  const chat = chats.find(({ settings }) => from.includes(settings.chatId))
  const language = (chat ?? chats[0])?.language ?? "en"
  const { org, accountId = null } = chat ?? {}
  if (chat === undefined || org === undefined || accountId === null) return TEXTS.foreign[language]
  try {
    const role = await db.asOrg(org, (tx) => readRole(tx, org, accountId))
    const actor = role === null ? null : actorOf(chat, role, person)
    if (actor === null || !may(actor, "incidents:act")) return TEXTS.disabled[language]
    await acknowledge(actor, incidentId)
    return TEXTS.done[language]
  } catch (error) {
    if (!(error instanceof HttpError)) onError(error)
    const why = error instanceof HttpError ? error.said : null
    return why?.code === "problem.incident-acknowledged"
      ? textOf(why, language)
      : TEXTS.failed[language]
  }
}

type Following = { bot: Bot; readonly stop: AbortController; readonly done: Promise<void> }

export const createButtons = (deps: ButtonDeps): Buttons => {
  const { db, onError } = deps
  const following = new Map<string, Following>()
  let acknowledge: Acknowledge | null = null
  let timer: NodeJS.Timeout | undefined
  let syncing: Promise<void> = Promise.resolve()
  let isStopped = false

  const follow = (key: string, bot: Bot): void => {
    const stop = new AbortController()
    const current = (): Bot => following.get(key)?.bot ?? bot
    const done = followTelegram(
      bot,
      {
        onError,
        ...(deps.failedMs === undefined ? {} : { failedMs: deps.failedMs }),
        onPress: async (one) =>
          acknowledge === null ? "" : await press(current(), one, acknowledge, deps),
        onOffset: async (offset) => {
          for (const { org, id } of current().chats)
            await db.asOrg(org, (tx) => saveCursor(tx, org, id, String(offset)))
        },
      },
      stop.signal,
    ).catch(onError)
    following.set(key, { bot, stop, done })
  }
  const syncNow = async (): Promise<void> => {
    if (isStopped || acknowledge === null) return
    const bots = await readBots(deps)
    for (const [key, { stop }] of following) {
      if (bots.has(key)) continue
      stop.abort()
      following.delete(key)
    }
    for (const [key, bot] of bots) {
      const known = following.get(key)
      if (known === undefined) follow(key, bot)
      else known.bot = bot
    }
  }
  const sync = (): void => {
    syncing = syncing.then(syncNow).catch(onError)
  }
  return {
    sync,
    start: (given) => {
      acknowledge = given
      timer = setInterval(sync, SYNC_MS).unref()
      sync()
    },
    stop: async () => {
      isStopped = true
      clearInterval(timer)
      await syncing
      for (const { stop } of following.values()) stop.abort()
      await Promise.all([...following.values()].map(({ done }) => done))
    },
  }
}
