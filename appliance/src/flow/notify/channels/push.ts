/**
 * Browser push (RFC 8030, encrypted by RFC 8291, signed by RFC 8292) to all browsers of the person
 * whose channel it is. What a push service says is gone for good is removed.
 */
import { createHash } from "node:crypto"
import webPush from "web-push"
import type { Content, OpenChannel, Outcome, Outgoing, PushSubscription, Send } from "./channel.ts"
import { AddressRejected, guardedPost } from "./guarded-request.ts"
import { failureOf, outcomeOf } from "./http.ts"
import { cut, digestLines } from "./plain.ts"

const TIMEOUT_MS = 15_000
/** What browsers take of a message, RFC 8030 section 7.2, less the header of the encryption. */
const MAX_PAYLOAD_BYTES = 3_900
const MAX_BODY_CHARS = 900
const HOUR_S = 3_600
const GONE = new Set([404, 410])
const TEXTS = {
  en: {
    acknowledge: "Acknowledge",
    open: "Open",
    done: "You have acknowledged it.",
    failed: "It could not be acknowledged. Open the incident.",
  },
  tr: {
    acknowledge: "Üstlen",
    open: "Aç",
    done: "Üstlendiniz.",
    failed: "Üstlenilemedi. Arızayı açın.",
  },
} as const

/** What `ui/public/sw.js` shows. */
export type PushPayload = {
  readonly title: string
  readonly body: string
  /** Messages of one incident replace each other. */
  readonly tag: string
  /** A path of the UI: a message never leads anywhere else. */
  readonly path: string
  /** The incident that the button acknowledges; null: no button. */
  readonly acknowledge: string | null
  readonly isQuiet: boolean
  readonly language: string
  readonly texts: (typeof TEXTS)[keyof typeof TEXTS]
}

const bodyOf = ({ facts, reasons, note, body }: Content): string =>
  cut(
    [
      ...(body === null
        ? [...facts.map(({ label, value }) => `${label}: ${value}`), ...reasons]
        : [body]),
      ...(note === null ? [] : [`(${note})`]),
    ].join("\n"),
    MAX_BODY_CHARS,
  )

type PushedMessage = Pick<Outgoing, "contents" | "thread"> & Partial<Pick<Outgoing, "id">>
/** What is sent with the same one replaces what was; a note replaces no news of the incident. */
const tagOf = ({ contents, thread, id }: PushedMessage): string =>
  contents[0].kind === "mentioned" ? (id ?? thread) : thread

export const payloadOf = (
  { language }: Pick<OpenChannel, "language">,
  outgoing: PushedMessage,
): PushPayload => {
  const { contents } = outgoing
  const [{ incident, kind, subject }] = contents
  const isOne = contents.length === 1
  const isAsking = isOne && incident !== null && (kind === "opened" || kind === "reminder")
  return {
    title: cut(subject, 200),
    body: isOne ? bodyOf(contents[0]) : cut(digestLines(contents).join("\n"), MAX_BODY_CHARS),
    tag: tagOf(outgoing),
    path: isOne && incident !== null ? `/incidents/${incident.id}` : "/incidents",
    acknowledge: isAsking ? incident.id : null,
    isQuiet: kind === "resolved" || kind === "acknowledged",
    language,
    texts: TEXTS[language],
  }
}

/** Of so many bytes at most: the body gives way. */
const encode = (payload: PushPayload): string => {
  let { body } = payload
  for (;;) {
    const text = JSON.stringify({ ...payload, body })
    const over = Buffer.byteLength(text) - MAX_PAYLOAD_BYTES
    if (over <= 0 || body === "") return text
    body = cut(body, Math.max(1, body.length - over)).slice(0, -1)
  }
}

/** 32 characters of base64url, as RFC 8030 has it: what is not delivered yet is replaced. */
const topicOf = (thread: string): string =>
  createHash("sha256").update(thread).digest("base64url").slice(0, 32)

const urgencyOf = ({ incident }: Content): "high" | "normal" =>
  incident === null || incident.severity === "critical" || incident.severity === "major"
    ? "high"
    : "normal"

type Target = NonNullable<OpenChannel["push"]>
const sendOne = async (
  { vapid, guard, forget }: Target,
  subscription: PushSubscription,
  payload: string,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { contents, sentAtMs } = outgoing
  const secrets = [subscription.endpoint, subscription.auth]
  try {
    const { endpoint, headers, body } = webPush.generateRequestDetails(
      {
        endpoint: subscription.endpoint,
        keys: { p256dh: subscription.p256dh, auth: subscription.auth },
      },
      payload,
      {
        vapidDetails: vapid,
        TTL: contents[0].kind === "resolved" ? 24 * HOUR_S : HOUR_S,
        urgency: urgencyOf(contents[0]),
        topic: topicOf(tagOf(outgoing)),
        contentEncoding: "aes128gcm",
      },
    )
    const answer = await guardedPost(endpoint, { headers: textHeaders(headers), body }, guard, {
      signal,
      timeoutMs: TIMEOUT_MS,
    })
    if (GONE.has(answer.status)) {
      await forget(subscription.id)
      return { kind: "rejected", answer: `HTTP ${answer.status}: the browser is gone` }
    }
    return outcomeOf(answer, secrets, sentAtMs)
  } catch (error) {
    if (error instanceof AddressRejected)
      return { kind: "rejected", answer: "the address of the push service is not a public one" }
    return failureOf(error)
  }
}
const textHeaders = (headers: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.toLowerCase() !== "content-length")
      .map(([name, value]) => [name, String(value)]),
  )

/**
 * A person needs the message once: it counts as delivered if one browser got it, and the answer
 * says how many did. To send it again would show it twice there.
 */
const combined = (outcomes: readonly Outcome[]): Outcome => {
  const delivered = outcomes.filter(({ kind }) => kind === "delivered")
  const answer = `${delivered.length} of ${outcomes.length} browsers`
  if (delivered.length > 0) return { kind: "delivered", ref: null, answer }
  const again = outcomes.find(({ kind }) => kind === "failed")
  return again ?? outcomes[0] ?? { kind: "rejected", answer: "no browser is registered" }
}

export const sendPush: Send<"push"> = async (channel, outgoing, signal) => {
  const { push } = channel
  if (push === undefined) return { kind: "rejected", answer: "no browser is registered" }
  const payload = encode(payloadOf(channel, outgoing))
  const outcomes = await Promise.all(
    push.subscriptions.map((one) => sendOne(push, one, payload, outgoing, signal)),
  )
  return combined(outcomes)
}
