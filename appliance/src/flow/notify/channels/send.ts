/** Sends by the kind of channel. */
import type { OpenChannel, Outcome, Outgoing } from "./channel.ts"
import { sendEmail } from "./email.ts"
import { sendOpsgenie, sendPagerduty } from "./pagers.ts"
import { sendPush } from "./push.ts"
import { sendSlack } from "./slack.ts"
import { sendSms } from "./sms.ts"
import { sendTeams } from "./teams.ts"
import { sendTelegram } from "./telegram.ts"
import { sendWebhook } from "./webhook.ts"

export const send = (
  channel: OpenChannel,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { settings } = channel
  switch (settings.kind) {
    case "email":
      return sendEmail({ ...channel, settings }, outgoing, signal)
    case "telegram":
      return sendTelegram({ ...channel, settings }, outgoing, signal)
    case "slack":
      return sendSlack({ ...channel, settings }, outgoing, signal)
    case "teams":
      return sendTeams({ ...channel, settings }, outgoing, signal)
    case "webhook":
      return sendWebhook({ ...channel, settings }, outgoing, signal)
    case "pagerduty":
      return sendPagerduty({ ...channel, settings }, outgoing, signal)
    case "opsgenie":
      return sendOpsgenie({ ...channel, settings }, outgoing, signal)
    case "sms":
      return sendSms({ ...channel, settings }, outgoing, signal)
    case "push":
      return sendPush({ ...channel, settings }, outgoing, signal)
  }
}

type Limits = { readonly burst: number; readonly perSecond: number; readonly hasDigest: boolean }
/**
 * What a provider takes of one channel; of Telegram, bots and chats count (`dispatch/limits.ts`).
 * Slack: one a second. PagerDuty: 120 a minute. Programs get each message by itself.
 */
export const LIMITS: Readonly<Record<OpenChannel["settings"]["kind"], Limits>> = {
  email: { burst: 10, perSecond: 1, hasDigest: true },
  telegram: { burst: 1, perSecond: 1, hasDigest: true },
  slack: { burst: 1, perSecond: 1, hasDigest: true },
  teams: { burst: 4, perSecond: 1, hasDigest: true },
  webhook: { burst: 50, perSecond: 20, hasDigest: false },
  pagerduty: { burst: 20, perSecond: 2, hasDigest: false },
  opsgenie: { burst: 20, perSecond: 2, hasDigest: false },
  sms: { burst: 5, perSecond: 1 / 5, hasDigest: true },
  push: { burst: 5, perSecond: 1, hasDigest: true },
}
