/**
 * A webhook for programs: JSON with a signature over time and body, and a key that is the same for
 * each attempt of one delivery, so that the receiver can drop repeats (`docs/notifications.md`).
 */
import { createHmac } from "node:crypto"
import type { Content, Outgoing, Send } from "./channel.ts"
import { failureOf, outcomeOf, request } from "./http.ts"
import { plainText } from "./plain.ts"

const bodyOf = (content: Content, { id, thread, sentAtMs, isRepeat }: Outgoing) => ({
  delivery: id,
  thread,
  event: content.kind,
  isRepeat,
  sentAt: new Date(sentAtMs).toISOString(),
  title: content.title,
  text: plainText(content),
  link: content.link,
  incident:
    content.incident === null
      ? null
      : {
          ...content.incident,
          openedAt: new Date(content.incident.openedAtMs).toISOString(),
          closedAt:
            content.incident.closedAtMs === null
              ? null
              : new Date(content.incident.closedAtMs).toISOString(),
        },
})

/** Over the time in seconds, a full stop and the body, as Stripe and others sign. */
export const signatureOf = (secret: string, seconds: number, body: string): string =>
  `v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`

export const sendWebhook: Send<"webhook"> = async ({ secrets }, outgoing, signal) => {
  const { url = "", signingSecret = "" } = secrets
  const { contents, id, sentAtMs } = outgoing
  const body = JSON.stringify(bodyOf(contents[0], outgoing))
  const seconds = Math.floor(sentAtMs / 1_000)
  try {
    const answer = await request(
      url,
      {
        headers: {
          "content-type": "application/json",
          "idempotency-key": id,
          "x-ispvm-timestamp": String(seconds),
          "x-ispvm-signature": signatureOf(signingSecret, seconds, body),
        },
        body,
      },
      signal,
    )
    return outcomeOf(answer, [url, signingSecret], sentAtMs)
  } catch (error) {
    return failureOf(error)
  }
}
