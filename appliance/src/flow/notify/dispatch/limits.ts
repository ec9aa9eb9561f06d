/**
 * How fast providers may be used. Most count by channel. Telegram counts by bot and by chat, so
 * channels with the same bot, of whatever organisation, share what is left of it.
 */
import { createHash } from "node:crypto"
import { type Clock, steadyOf } from "../../../platform/clock.ts"
import { createRateLimit } from "../../../platform/rate-limit.ts"
import type { OpenChannel } from "../channels/channel.ts"
import { LIMITS } from "../channels/send.ts"

/**
 * https://core.telegram.org/bots/faq: 30 messages a second by one bot, one a second in a chat, 20 a
 * minute in a group. A bucket gives its burst and what has come since: at most that in any span.
 */
const BOT = { burst: 5, perSecond: 25 }
const CHAT = { burst: 1, perSecond: 1 }
const GROUP = { burst: 1, perSecond: 19 / 60 }

type Limited = Pick<OpenChannel, "id" | "settings" | "secrets">
export type ProviderLimits = {
  /** 0, and what counts is counted; or the ms until the channel may send, and nothing is. */
  readonly take: (channel: Limited) => number
}

/** A channel that has to wait asks again after that: later, another one has the turn. */
const TURN_MS = 2_000
type FairLimit = {
  /** `who`: of those that share the key. */
  readonly take: (key: string, who: string) => number
  readonly refund: (key: string) => void
}
/** What has waited longest is next, also where others ask more often. */
const createFairLimit = (
  clock: Clock,
  limit: { readonly burst: number; readonly perSecond: number },
): FairLimit => {
  const steady = steadyOf(clock)
  const buckets = createRateLimit(clock, limit)
  /** Those that wait, the first of them first, and until when they keep their turn. */
  const waiting = new Map<string, Map<string, number>>()
  return {
    take: (key, who) => {
      const turns = waiting.get(key) ?? new Map<string, number>()
      for (const [one, untilMs] of turns) if (untilMs < steady.now()) turns.delete(one)
      const at = [...turns.keys()].indexOf(who)
      const ahead = at === -1 ? turns.size : at
      const waitMs = buckets.take(key, ahead + 1)
      if (waitMs === 0) {
        for (let count = 0; count < ahead; count += 1) buckets.refund(key)
        turns.delete(who)
      } else turns.set(who, steady.now() + waitMs + TURN_MS)
      if (turns.size > 0) waiting.set(key, turns)
      else waiting.delete(key)
      return waitMs
    },
    refund: buckets.refund,
  }
}

type Rule = { readonly limit: FairLimit; readonly key: string }

/** The token is a secret: it is kept nowhere. */
const hashOf = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\n")).digest("base64url")
const isGroup = (chatId: string): boolean => chatId.startsWith("-") || chatId.startsWith("@")

export const createProviderLimits = (clock: Clock): ProviderLimits => {
  const byKind = new Map<string, FairLimit>()
  const bots = createFairLimit(clock, BOT)
  const chats = createFairLimit(clock, CHAT)
  const groups = createFairLimit(clock, GROUP)
  const rulesOf = ({ id, settings, secrets }: Limited): readonly Rule[] => {
    if (settings.kind === "telegram") {
      const bot = hashOf(settings.baseUrl, secrets.token ?? "")
      const chat = `${bot} ${settings.chatId.toLowerCase()}`
      return [
        { limit: bots, key: bot },
        { limit: isGroup(settings.chatId) ? groups : chats, key: chat },
      ]
    }
    const limit = byKind.get(settings.kind) ?? createFairLimit(clock, LIMITS[settings.kind])
    byKind.set(settings.kind, limit)
    return [{ limit, key: id }]
  }
  return {
    take: (channel) => {
      const taken: Rule[] = []
      for (const rule of rulesOf(channel)) {
        const waitMs = rule.limit.take(rule.key, channel.id)
        if (waitMs > 0) {
          for (const { limit, key } of taken) limit.refund(key)
          return waitMs
        }
        taken.push(rule)
      }
      return 0
    },
  }
}
