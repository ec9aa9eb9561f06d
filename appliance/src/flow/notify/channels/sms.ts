/** SMS through any gateway with an HTTP interface: one request per number. */
import type { OpenChannel, Outcome, Send } from "./channel.ts"
import { failureOf, outcomeOf, request } from "./http.ts"
import { cut, digestLines } from "./plain.ts"

/** Three concatenated messages. */
const MAX_CHARS = 459

const bodyOf = ({ settings }: OpenChannel<"sms">, to: string, text: string): string => {
  const encode = (value: string): string =>
    settings.contentType === "application/json"
      ? JSON.stringify(value).slice(1, -1)
      : encodeURIComponent(value)
  return settings.body.replaceAll(/\{\{(to|text)\}\}/g, (_, name: string) =>
    encode(name === "to" ? to : text),
  )
}

/**
 * Each number is a message of its own. If some were taken and some were not, it counts as delivered
 * and the answer says so: to send it again would reach the others twice.
 */
const combined = (outcomes: readonly Outcome[]): Outcome => {
  const failed = outcomes.filter(({ kind }) => kind !== "delivered")
  const [first] = failed
  if (first === undefined) return outcomes[0] ?? { kind: "rejected", answer: "no number" }
  if (failed.length === outcomes.length) return first
  const answer = `${outcomes.length - failed.length} of ${outcomes.length} numbers; ${first.answer}`
  return { kind: "delivered", ref: null, answer }
}

export const sendSms: Send<"sms"> = async (channel, outgoing, signal) => {
  const { settings, secrets } = channel
  const [first] = outgoing.contents
  const link = first.link === null ? "" : `\n${first.link}`
  const text =
    outgoing.contents.length === 1
      ? `${cut(first.subject, MAX_CHARS - link.length)}${link}`
      : cut(digestLines(outgoing.contents).join("\n"), MAX_CHARS)
  const { url = "", headerValue = null } = secrets
  const header =
    settings.header === null || headerValue === null ? {} : { [settings.header]: headerValue }
  const outcomes: Outcome[] = []
  for (const to of settings.to) {
    const body = bodyOf(channel, to, text)
    const headers = { "content-type": settings.contentType, ...header }
    try {
      const answer = await request(url, { headers, body }, signal)
      outcomes.push(outcomeOf(answer, [url, headerValue ?? ""], outgoing.sentAtMs))
    } catch (error) {
      outcomes.push(failureOf(error))
    }
  }
  // The appliance stops: numbers that were not reached are not given up.
  if (signal.aborted)
    return { kind: "failed", isCertain: false, answer: "interrupted", retryAfterMs: null }
  return combined(outcomes)
}
