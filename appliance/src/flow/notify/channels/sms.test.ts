/** What an SMS says of a note that mentions its receiver. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { httpReceiver } from "../test/receivers.ts"
import type { Content, OpenChannel } from "./channel.ts"
import { sendSms } from "./sms.ts"

test("an SMS about a mention has the note, and one about a fault the title alone", async () => {
  const http = await httpReceiver()
  try {
    const content = (kind: Content["kind"]): Content => ({
      ...{ kind, incident: null, title: "Link 7 is cut", subject: `${kind} #7 Link 7 is cut` },
      ...{ facts: [], reasons: [`Ada: ${"please look ".repeat(60)}`], nextStep: null },
      ...{ body: null, link: "https://noc.example.net/incidents/7", note: null },
    })
    const channel = {
      ...{ id: "sms", language: "en", template: null },
      settings: {
        kind: "sms",
        to: ["+905321112233"],
        contentType: "application/json",
        header: null,
      },
      secrets: { url: `${http.url}/sms`, body: '{"msg":"{{text}}"}' },
    } as unknown as OpenChannel<"sms">
    const send = (kind: Content["kind"]) =>
      sendSms(
        channel,
        {
          ...{ id: "1", thread: "7", openedRef: null, isRepeat: false, taken: [], sentAtMs: 0 },
          contents: [content(kind)],
        },
        AbortSignal.timeout(10_000),
      )
    assert.equal((await send("mentioned")).kind, "delivered")
    assert.equal((await send("opened")).kind, "delivered")
    const [mention = "", opened = ""] = http.received.map(({ json }) => String(json.msg))
    assert.ok(mention.startsWith("mentioned #7 Link 7 is cut\nAda: please look"), mention)
    assert.ok(mention.endsWith("…\nhttps://noc.example.net/incidents/7"), mention)
    assert.ok(mention.length <= 459)
    assert.equal(opened, "opened #7 Link 7 is cut\nhttps://noc.example.net/incidents/7")
  } finally {
    await http.close()
  }
})
