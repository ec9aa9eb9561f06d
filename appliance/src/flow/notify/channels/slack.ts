/** Slack: an incoming webhook, or `chat.postMessage` with a bot token, which can use threads. */
import { z } from "zod"
import type { Content, Outcome, Outgoing, Send } from "./channel.ts"
import { postJson } from "./http.ts"
import { cut, digestLines, escapeMarkup, textOfAll } from "./plain.ts"

const MAX_CHARS = 3_000
const Answer = z.object({
  ok: z.boolean(),
  ts: z.string().optional(),
  error: z.string().optional(),
})
/** Answers with status 200 that will never be another one for the same request. */
const NEVER_TAKEN = new Set(["invalid_blocks", "invalid_blocks_format", "msg_too_long", "no_text"])

const detailsOf = ({ facts, reasons, nextStep, note, body }: Content): readonly string[] => {
  const said = note === null ? [] : [`(${escapeMarkup(note)})`]
  if (body !== null) return [escapeMarkup(body), ...said]
  return [
    ...facts.map(({ label, value }) => `*${escapeMarkup(label)}:* ${escapeMarkup(value)}`),
    ...reasons.map((reason) => `• ${escapeMarkup(reason)}`),
    ...(nextStep === null ? [] : [`_${escapeMarkup(nextStep)}_`]),
    ...said,
  ]
}
const sectionsOf = (content: Content): string => {
  const { subject, link } = content
  const title = link === null ? escapeMarkup(subject) : `<${link}|${escapeMarkup(subject)}>`
  return [`*${title}*`, ...detailsOf(content)].join("\n")
}

const bodyOf = ({ contents }: Outgoing) => {
  const [first] = contents
  if (contents.length > 1)
    return { text: cut(escapeMarkup(digestLines(contents).join("\n")), MAX_CHARS) }
  const text = cut(sectionsOf(first), MAX_CHARS)
  return {
    text: cut(escapeMarkup(first.subject), MAX_CHARS),
    blocks: [{ type: "section", text: { type: "mrkdwn", text } }],
  }
}

/** Slack answers 200 with `ok: false` for most errors. */
const checked = (outcome: Outcome, json: unknown): Outcome => {
  const answer = Answer.safeParse(json).data
  if (outcome.kind !== "delivered" || answer === undefined || answer.ok) return outcome
  const error = answer.error ?? "not ok"
  return NEVER_TAKEN.has(error)
    ? { kind: "rejected", answer: error }
    : { kind: "failed", isCertain: true, answer: error, retryAfterMs: null }
}

export const sendSlack: Send<"slack"> = async ({ settings, secrets }, outgoing, signal) => {
  const { openedRef, sentAtMs } = outgoing
  const { token = null, webhookUrl = "" } = secrets
  const url =
    token === null ? webhookUrl : `${settings.baseUrl.replace(/\/$/, "")}/chat.postMessage`
  const send = async (body: object): Promise<Outcome> => {
    const thread = openedRef === null ? {} : { thread_ts: openedRef, reply_broadcast: true }
    const { outcome, json } = await postJson(
      url,
      token === null ? body : { channel: settings.channel, ...body, ...thread },
      {
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
        secrets: [token ?? "", webhookUrl],
        signal,
        nowMs: sentAtMs,
        refOf: (answer) => Answer.safeParse(answer).data?.ts ?? null,
      },
    )
    return checked(outcome, json)
  }
  const outcome = await send(bodyOf(outgoing))
  return outcome.kind === "rejected"
    ? await send({ text: cut(escapeMarkup(textOfAll(outgoing)), MAX_CHARS) })
    : outcome
}
