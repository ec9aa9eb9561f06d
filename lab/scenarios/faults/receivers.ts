/** Receivers on loopback that speak the forms of a webhook, PagerDuty and Telegram. */
import { once } from "node:events"
import { createServer } from "node:http"
import type { Operator } from "../../e2e/operator.ts"
import { type Row, record, rows } from "../../e2e/rows.ts"

export type Message = {
  readonly receiver: "webhook" | "pagerduty" | "telegram"
  readonly event: "opened" | "resolved" | "other"
  /** Of all messages about one incident at this receiver; empty: not said. */
  readonly thread: string
  readonly text: string
  /** The first cause that it names; null: it has none. */
  readonly cause: string | null
  readonly atMs: number
}
export type Receivers = {
  readonly messages: readonly Message[]
  readonly addTo: (operator: Operator) => Promise<void>
  readonly close: () => Promise<void>
}

const EVENTS: Readonly<Record<string, Message["event"]>> = {
  ...{ opened: "opened", trigger: "opened", resolved: "resolved", resolve: "resolved" },
}
const text = (value: unknown): string => (typeof value === "string" ? value : "")
const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null

const ofWebhook = (body: Row): Omit<Message, "atMs"> => {
  const incident = isRow(body.incident) ? body.incident : {}
  const [cause] = Array.isArray(incident.causes) ? rows(incident.causes) : []
  return {
    receiver: "webhook",
    event: EVENTS[text(body.event)] ?? "other",
    thread: text(body.thread),
    text: text(body.text),
    cause: cause === undefined ? null : text(cause.name),
  }
}
/** `[MAJOR] Changed: …`: what a change of an open incident begins with. */
const CHANGED = /^(?:<b>)?(?:\[[^\]]+\] )?Changed: /
/** A change triggers the same alert again. */
const ofPagerduty = (body: Row): Omit<Message, "atMs"> => {
  const said = text(record(body.payload).summary)
  const event = CHANGED.test(said) ? "other" : (EVENTS[text(body.event_action)] ?? "other")
  return { receiver: "pagerduty", event, thread: text(body.dedup_key), text: said, cause: null }
}
/** An end is a reply to what opened it. */
const ofTelegram = (body: Row): Omit<Message, "atMs"> => {
  const said = text(body.text)
  const event = /^<b>Over: /.test(said) ? "resolved" : CHANGED.test(said) ? "other" : "opened"
  const reply = isRow(body.reply_parameters) ? String(body.reply_parameters.message_id) : ""
  return { receiver: "telegram", event, thread: reply, text: said, cause: null }
}

export const openReceivers = async (): Promise<Receivers> => {
  const messages: Message[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const body = record(JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}"))
      const path = request.url ?? ""
      const answer = (status: number, json: object): void =>
        void response
          .writeHead(status, { "content-type": "application/json" })
          .end(JSON.stringify(json))
      // Telegram holds the poll for buttons that nobody presses here.
      if (path.endsWith("/getUpdates"))
        return setTimeout(() => answer(200, { ok: true, result: [] }), 2_000)
      const atMs = performance.timeOrigin + performance.now()
      if (path === "/hook") messages.push({ ...ofWebhook(body), atMs })
      else if (path.endsWith("/v2/enqueue")) messages.push({ ...ofPagerduty(body), atMs })
      else if (path.endsWith("/sendMessage")) {
        messages.push({ ...ofTelegram(body), atMs })
        return answer(200, { ok: true, result: { message_id: messages.length } })
      }
      answer(202, {})
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`
  const channels = [
    ["Webhook", { kind: "webhook" }, { url: `${url}/hook`, signingSecret: "of this run" }],
    ["PagerDuty", { kind: "pagerduty", baseUrl: url }, { routingKey: "R0" }],
    ["Telegram", { kind: "telegram", chatId: "7", baseUrl: url }, { token: "1:T" }],
  ] as const
  return {
    messages,
    addTo: async (operator) => {
      for (const [name, settings, secrets] of channels) {
        const body = { name, settings, secrets, isInFirstPolicy: true }
        await operator.send("POST", "/notifications/channels", body)
      }
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
