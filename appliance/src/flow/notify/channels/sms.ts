/** SMS through any gateway with an HTTP interface: one request per number. */
import type { OpenChannel, Outcome, Outgoing, Send } from "./channel.ts"
import { failureOf, outcomeOf, request } from "./http.ts"
import { cut, digestLines, noteOf } from "./plain.ts"

/** Three concatenated messages. */
const MAX_CHARS = 459
const SHOWN_CHARS = 300
const MIN_SECRET_CHARS = 6

/** Words of a body that may be a password: a gateway may repeat them in its answer. */
const secretsIn = (template: string): readonly string[] => [
  template,
  ...template.split(/[\s"'&=:,{}[\]<>]+/).filter((word) => word.length >= MIN_SECRET_CHARS),
]

const bodyOf = ({ settings, secrets }: OpenChannel<"sms">, to: string, text: string): string => {
  const encode = (value: string): string =>
    settings.contentType === "application/json"
      ? JSON.stringify(value).slice(1, -1)
      : encodeURIComponent(value)
  return (secrets.body ?? "").replaceAll(/\{\{(to|text)\}\}/g, (_, name: string) =>
    encode(name === "to" ? to : text),
  )
}

type Sent = { readonly to: string; readonly outcome: Outcome }
/**
 * Each number is a message of its own. Those that have not taken theirs are tried again, and only
 * they; a number that is rejected for good is named, and keeps nobody else from theirs.
 */
const combined = (sent: readonly Sent[], before: readonly string[]): Outcome => {
  const takenNow = sent.filter(({ outcome }) => outcome.kind === "delivered")
  const taken = [...before, ...takenNow.map(({ to }) => to)]
  const total = sent.length + before.length
  const failed = sent.filter(({ outcome }) => outcome.kind === "failed")
  const left = sent.filter(({ outcome }) => outcome.kind !== "delivered")
  const [first] = failed.length > 0 ? failed : left
  if (first === undefined)
    return takenNow[0]?.outcome ?? { kind: "delivered", ref: null, answer: "" }
  const said = left.map(({ to, outcome }) => `${to}: ${outcome.answer}`).join("; ")
  const answer = `${taken.length} of ${total} numbers; not taken: ${said}`.slice(0, SHOWN_CHARS)
  if (taken.length === 0) return first.outcome
  if (failed.length === 0) return { kind: "delivered", ref: null, answer }
  const { outcome } = first
  const retryAfterMs = outcome.kind === "failed" ? outcome.retryAfterMs : null
  return { kind: "failed", isCertain: false, answer, retryAfterMs, taken }
}

const textOf = ({ contents }: Outgoing): string => {
  const [first] = contents
  if (contents.length > 1) return cut(digestLines(contents).join("\n"), MAX_CHARS)
  if (first.body !== null) return cut(`${first.subject}\n${first.body}`, MAX_CHARS)
  const link = first.link === null ? "" : `\n${first.link}`
  const note = noteOf(first)
  const said = note === null ? first.subject : `${first.subject}\n${note}`
  return `${cut(said, MAX_CHARS - link.length)}${link}`
}

export const sendSms: Send<"sms"> = async (channel, outgoing, signal) => {
  const { settings, secrets } = channel
  const text = textOf(outgoing)
  const { url = "", headerValue = null, body: template = "" } = secrets
  const header =
    settings.header === null || headerValue === null ? {} : { [settings.header]: headerValue }
  // A gateway may repeat the request, with a password that the body holds.
  const hidden = [url, headerValue ?? "", ...secretsIn(template)]
  const sent: Sent[] = []
  for (const to of settings.to.filter((number) => !outgoing.taken.includes(number))) {
    const body = bodyOf(channel, to, text)
    const headers = { "content-type": settings.contentType, ...header }
    try {
      const answer = await request(url, { headers, body }, signal)
      sent.push({ to, outcome: outcomeOf(answer, hidden, outgoing.sentAtMs) })
    } catch (error) {
      sent.push({ to, outcome: failureOf(error) })
    }
  }
  return combined(sent, outgoing.taken)
}
