import assert from "node:assert/strict"
import { test } from "node:test"
import { createProviderLimits, type ProviderLimits } from "./limits.ts"

type Channel = Parameters<ProviderLimits["take"]>[0]
const telegram = (chatId: string, token: string, id = `${token} ${chatId}`): Channel => ({
  id,
  settings: { kind: "telegram", chatId, baseUrl: "https://api.telegram.org" },
  secrets: { token },
})

/** Each channel always has a message and asks again after its wait; when each was sent. */
const sendFor = (channels: readonly Channel[], seconds: number) => {
  const clock = { nowMs: 1_000_000 }
  const limits = createProviderLimits({ now: () => clock.nowMs })
  const nextMs = new Map(channels.map((one) => [one, clock.nowMs]))
  const sent: { readonly channel: Channel; readonly atMs: number }[] = []
  const endMs = clock.nowMs + seconds * 1_000
  for (; clock.nowMs < endMs; clock.nowMs += 10) {
    for (const channel of channels) {
      if ((nextMs.get(channel) ?? 0) > clock.nowMs) continue
      const waitMs = limits.take(channel)
      if (waitMs === 0) sent.push({ channel, atMs: clock.nowMs })
      else nextMs.set(channel, clock.nowMs + waitMs)
    }
  }
  return sent
}
const mostWithin = (sent: readonly { readonly atMs: number }[], spanMs: number): number =>
  Math.max(
    0,
    ...sent.map(
      ({ atMs: from }) => sent.filter(({ atMs }) => atMs >= from && atMs < from + spanMs).length,
    ),
  )

test("channels of one Telegram bot together send at most 30 messages a second; another bot is not held up", () => {
  const chats = Array.from({ length: 60 }, (_, n) => telegram(String(n + 1), "1:A"))
  const other = telegram("7", "2:B")
  const sent = sendFor([...chats, other], 20)
  const ofFirst = sent.filter(({ channel }) => channel !== other)
  const most = mostWithin(ofFirst, 1_000)
  assert.ok(most <= 30 && most >= 25, `${most} in a second`)
  assert.ok(ofFirst.length >= 20 * 25 - 30, `${ofFirst.length} in 20 s: its allowance is used`)
  assert.equal(sent.length - ofFirst.length, 20)
  assert.ok(
    chats.every((one) => ofFirst.some(({ channel }) => channel === one)),
    "each chat has its turn",
  )
})

test("a Telegram chat gets one message a second, a group 20 a minute, also by several channels", () => {
  const chat = [telegram("5", "1:A", "first"), telegram("5", "1:A", "second")]
  assert.equal(mostWithin(sendFor(chat, 30), 1_000), 1)
  for (const id of ["-100200", "@network"]) {
    const group = [telegram(id, "1:A", "first"), telegram(id.toUpperCase(), "1:A", "second")]
    const sent = sendFor(group, 180)
    assert.ok(mostWithin(sent, 60_000) <= 20, `${mostWithin(sent, 60_000)} in a minute`)
    assert.ok(sent.length >= 55, `${sent.length} in three minutes`)
  }
})

test("a chat that has to wait takes nothing of its bot", () => {
  const clock = { now: () => 1_000_000 }
  const limits = createProviderLimits(clock)
  assert.equal(limits.take(telegram("1", "1:A")), 0)
  for (let time = 0; time < 100; time += 1) assert.ok(limits.take(telegram("1", "1:A")) > 0)
  for (const chat of ["2", "3", "4", "5"]) assert.equal(limits.take(telegram(chat, "1:A")), 0, chat)
  assert.ok(limits.take(telegram("6", "1:A")) > 0)
})

test("other channels are limited each by itself", () => {
  const slack = (id: string): Channel => ({
    id,
    settings: { kind: "slack", channel: null, baseUrl: "https://slack.com/api" },
    secrets: { token: "x" },
  })
  const limits = createProviderLimits({ now: () => 1_000_000 })
  assert.deepEqual([limits.take(slack("a")), limits.take(slack("b"))], [0, 0])
  assert.ok(limits.take(slack("a")) > 0)
})
