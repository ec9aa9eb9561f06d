/** Telegram's Bot API: `sendMessage` with a button to acknowledge, replies in the same thread. */
import { z } from "zod"
import type { Content, OpenChannel, Outcome, Outgoing, Send } from "./channel.ts"
import { MAX_RETRY_AFTER_MS, postJson } from "./http.ts"
import { cut, digestLines, escapeMarkup, plainText } from "./plain.ts"

/** https://core.telegram.org/bots/api#sendmessage */
const MAX_CHARS = 4_096
/** Bytes of a button's data: a letter and an incident's id without hyphens fit. */
const ACKNOWLEDGE = "a"
const TEXTS = { en: "Acknowledge", tr: "Üstlen" } as const

const detailsOf = ({ facts, reasons, nextStep, link, note, body }: Content): readonly string[] => {
  const said = note === null ? [] : [`(${escapeMarkup(note)})`]
  if (body !== null) return [escapeMarkup(body), ...said]
  return [
    ...facts.map(({ label, value }) => `${escapeMarkup(label)}: ${escapeMarkup(value)}`),
    ...reasons.map((reason) => `– ${escapeMarkup(reason)}`),
    ...(nextStep === null ? [] : [`<i>${escapeMarkup(nextStep)}</i>`]),
    ...said,
    ...(link === null ? [] : [escapeMarkup(link)]),
  ]
}
const htmlOf = (content: Content): string =>
  [`<b>${escapeMarkup(content.subject)}</b>`, ...detailsOf(content)].join("\n")

const Sent = z.object({ result: z.object({ message_id: z.int() }) })
const Failed = z.object({
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number() }).partial().optional(),
})

export const acknowledgeData = (incident: string): string =>
  `${ACKNOWLEDGE}${incident.replaceAll("-", "")}`
/** The incident that a button acknowledges; null: not one of ours. */
export const incidentOfData = (data: string): string | null => {
  const [, a, b, c, d, e] =
    /^a([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(data) ?? []
  return a === undefined ? null : [a, b, c, d, e].join("-")
}

const buttonsOf = (channel: OpenChannel<"telegram">, contents: Outgoing["contents"]) => {
  const [{ incident, kind }] = contents
  const isAsking = kind === "opened" || kind === "reminder"
  if (contents.length > 1 || incident === null || !isAsking) return {}
  const button = { text: TEXTS[channel.language], callback_data: acknowledgeData(incident.id) }
  return { reply_markup: { inline_keyboard: [[button]] } }
}

const replyOf = (ref: string | null) =>
  ref === null || !/^\d+$/.test(ref)
    ? {}
    : { reply_parameters: { message_id: Number(ref), allow_sending_without_reply: true } }

/** A provider that asks to wait says so in the body, too. */
const withRetryAfter = (outcome: Outcome, json: unknown): Outcome => {
  const seconds = Failed.safeParse(json).data?.parameters?.retry_after
  return outcome.kind === "failed" && seconds !== undefined
    ? { ...outcome, retryAfterMs: Math.min(MAX_RETRY_AFTER_MS, Math.max(0, seconds) * 1_000) }
    : outcome
}

export const sendTelegram: Send<"telegram"> = async (channel, outgoing, signal) => {
  const { settings, secrets } = channel
  const { contents, openedRef, sentAtMs } = outgoing
  const [first] = contents
  const token = secrets.token ?? ""
  const send = async (text: string, isHtml: boolean): Promise<Outcome> => {
    const { outcome, json } = await postJson(
      `${settings.baseUrl.replace(/\/$/, "")}/bot${token}/sendMessage`,
      {
        chat_id: settings.chatId,
        text: cut(text, MAX_CHARS),
        ...(isHtml ? { parse_mode: "HTML" } : {}),
        link_preview_options: { is_disabled: true },
        ...replyOf(openedRef),
        ...buttonsOf(channel, contents),
      },
      {
        secrets: [token],
        signal,
        nowMs: sentAtMs,
        refOf: (answer) => String(Sent.safeParse(answer).data?.result.message_id ?? ""),
      },
    )
    return withRetryAfter(outcome, json)
  }
  if (contents.length > 1) return await send(digestLines(contents).join("\n"), false)
  const html = htmlOf(first)
  // Markup that is cut in the middle, or that the provider does not take, is sent as plain text.
  const outcome: Outcome =
    html.length <= MAX_CHARS ? await send(html, true) : { kind: "rejected", answer: "too long" }
  return outcome.kind === "rejected" ? await send(plainText(first), false) : outcome
}
