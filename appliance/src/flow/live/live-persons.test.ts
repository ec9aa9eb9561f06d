import assert from "node:assert/strict"
import type { IncomingMessage } from "node:http"
import { after, test } from "node:test"
import { serveLive } from "../../../test/live-server.ts"
import { OrgId } from "../../platform/ids.ts"
import { createLive } from "./live.ts"

const ORG = OrgId.parse("00000000-0000-4000-8000-000000000001")
const closing: (() => void)[] = []
after(() => {
  for (const close of closing) close()
})
const readUntil = async (response: IncomingMessage, until: RegExp): Promise<string> => {
  let text = ""
  for await (const chunk of response) {
    text += String(chunk)
    if (until.test(text)) break
  }
  return text
}

test("live: who may not see subscribers gets the masked form, at once and when resuming", async () => {
  const live = createLive({ clock: { now: () => 5 }, epoch: "e1" })
  const owner = { account: "a", session: "s", isAdmin: false }
  const open = async (seesPersons: boolean, after: string | null = null) => {
    const server = await serveLive(live, (_, response) => {
      live.stream(ORG, response, after, async () => true, { owner: { ...owner, seesPersons } })
    })
    closing.push(server.close)
    return server.open()
  }
  const [operator, viewer] = [await open(true), await open(false)]
  const row = { what: "device" as const, id: "ayse" }
  live.publish(ORG, "inventory", row, { ...row, id: "•••" })
  live.publish(ORG, "inventory", { ...row, id: "the-last" })
  assert.match(await readUntil(operator, /the-last/), /ayse/)
  const shown = await readUntil(viewer, /the-last/)
  assert.match(shown, /•••/)
  assert.doesNotMatch(shown, /ayse/)
  const resumed = await readUntil(await open(false, "e1-0"), /the-last/)
  assert.match(resumed, /•••/)
  assert.doesNotMatch(resumed, /ayse/)
})
