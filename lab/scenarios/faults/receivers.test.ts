import assert from "node:assert/strict"
import { test } from "node:test"
import type { Operator } from "../../e2e/operator.ts"
import { openReceivers } from "./receivers.ts"

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: "POST", body: JSON.stringify(body) })

test("a change of an open incident is neither opened nor resolved, at any receiver", async () => {
  const receivers = await openReceivers()
  try {
    let base = ""
    const send: Operator["send"] = async (_, __, body) => {
      base ||= /http:\/\/127\.0\.0\.1:\d+/.exec(JSON.stringify(body))?.[0] ?? ""
      return {}
    }
    await receivers.addTo({ send } as Operator)
    for (const [event, begin] of [
      ["trigger", "[MINOR] #1"],
      ["trigger", "[MAJOR] Changed: #1"],
      ["resolve", "Over: #1"],
    ]) {
      const summary = `${begin} Link bursa-izmir is degraded`
      const sent = { event_action: event, dedup_key: "one", payload: { summary } }
      await (await post(`${base}/v2/enqueue`, sent)).text()
      await (await post(`${base}/bot1:T/sendMessage`, { text: `<b>${summary}</b>` })).text()
    }
    for (const receiver of ["pagerduty", "telegram"])
      assert.deepEqual(
        receivers.messages.filter((one) => one.receiver === receiver).map(({ event }) => event),
        ["opened", "other", "resolved"],
        receiver,
      )
  } finally {
    await receivers.close()
  }
})
