/**
 * Buttons pressed in Telegram, by long polling: the appliance needs no address that Telegram can
 * reach. https://core.telegram.org/bots/api#getupdates
 */
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { parsed, request } from "./http.ts"
import { incidentOfData } from "./telegram.ts"

const POLL_S = 50
const ANSWER_MS = (POLL_S + 10) * 1_000
const FAILED_MS = 15_000
/** An update holds the whole message: so many fit into an answer. */
const MAX_UPDATES = 10
/** Where a gateway does not hold the poll. */
const EMPTY_MS = 1_000
const Press = z.object({
  id: z.string(),
  from: z.object({
    id: z.int(),
    first_name: z.string().default(""),
    last_name: z.string().default(""),
    username: z.string().optional(),
  }),
  data: z.string().default(""),
  message: z
    .object({
      message_id: z.int(),
      chat: z.object({ id: z.int(), username: z.string().optional() }),
    })
    .optional(),
})
const Updates = z.object({
  ok: z.literal(true),
  result: z.array(
    z.object({ update_id: z.int(), callback_query: Press.optional().catch(undefined) }),
  ),
})

export type ButtonPress = {
  /** `-100200` or `@name`: as a channel names it. */
  readonly chats: readonly string[]
  readonly incidentId: string
  /** Who pressed it, as Telegram says. */
  readonly person: string
}
export type TelegramBot = {
  readonly baseUrl: string
  readonly token: string
  /** The first update that was not handled; null: all that Telegram still holds. */
  readonly offset: number | null
}
export type TelegramDeps = {
  /** The text that the person sees at once. */
  readonly onPress: (press: ButtonPress) => Promise<string>
  /** All before this one are handled. */
  readonly onOffset: (offset: number) => Promise<void>
  readonly onError: (error: unknown) => void
  readonly failedMs?: number
}

const personOf = ({ from }: z.infer<typeof Press>): string => {
  const name = `${from.first_name} ${from.last_name}`.trim()
  return from.username === undefined ? name : `${name} (@${from.username})`.trim()
}

const urlOf = ({ baseUrl, token }: TelegramBot, method: string): string =>
  `${baseUrl.replace(/\/$/, "")}/bot${token}/${method}`

const call = async (
  bot: TelegramBot,
  method: string,
  body: object,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<unknown> => {
  const { text } = await request(
    urlOf(bot, method),
    {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      timeoutMs,
    },
    signal,
  )
  return parsed(text)
}

const handle = async (
  bot: TelegramBot,
  press: z.infer<typeof Press>,
  { onPress }: TelegramDeps,
  signal: AbortSignal,
): Promise<void> => {
  const incidentId = incidentOfData(press.data)
  const chat = press.message?.chat
  if (incidentId === null || chat === undefined) return
  const chats = [String(chat.id), ...(chat.username === undefined ? [] : [`@${chat.username}`])]
  const text = await onPress({ chats, incidentId, person: personOf(press) })
  const body = { callback_query_id: press.id, text: text.slice(0, 200), show_alert: false }
  // The acknowledgement counts, whether Telegram hears of it or not.
  await call(bot, "answerCallbackQuery", body, signal, FAILED_MS).catch(() => undefined)
}

/** Polls one bot until `signal` aborts. Failures are waited out; the token is in no error. */
export const followTelegram = async (
  bot: TelegramBot,
  deps: TelegramDeps,
  signal: AbortSignal,
): Promise<void> => {
  let { offset } = bot
  while (!signal.aborted) {
    const asked = { timeout: POLL_S, limit: MAX_UPDATES, allowed_updates: ["callback_query"] }
    const answer = await call(
      bot,
      "getUpdates",
      offset === null ? asked : { ...asked, offset },
      signal,
      ANSWER_MS,
    ).catch(() => null)
    const updates = Updates.safeParse(answer).data?.result ?? null
    for (const { update_id: id, callback_query: press } of updates ?? []) {
      if (press !== undefined) await handle(bot, press, deps, signal).catch(deps.onError)
      offset = id + 1
      await deps.onOffset(offset).catch(deps.onError)
    }
    const failedMs = deps.failedMs ?? FAILED_MS
    const pauseMs = updates === null ? failedMs : updates.length === 0 ? EMPTY_MS : 0
    if (pauseMs > 0) await delay(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}
