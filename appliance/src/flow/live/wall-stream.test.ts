/** The stream of a wall display beside that of a person. */
import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer, type IncomingMessage, request } from "node:http"
import { test } from "node:test"
import { wallTopics } from "../../platform/http/wall-access.ts"
import { OrgId } from "../../platform/ids.ts"
import { createLive } from "./live.ts"

const ORG = OrgId.parse("00000000-0000-4000-8000-000000000001")

test("live: a wall display gets no person's name and no event, also of what it missed; others do", async () => {
  const live = createLive({ clock: { now: () => 5 }, epoch: "e1" })
  const server = createServer(({ url, headers }, response) => {
    const isWall = url === "/wall"
    const owner = { account: "a", session: String(url), isAdmin: false, isWall }
    const topics = isWall ? wallTopics(undefined) : null
    const after = String(headers["last-event-id"])
    live.stream(ORG, response, after, async () => true, { owner, topics })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const open = async (path: string): Promise<IncomingMessage> => {
    const headers = { "last-event-id": "e1-0" }
    const asking = request({ port, host: "127.0.0.1", path, headers })
    asking.end()
    const [response] = await once(asking, "response")
    return response
  }
  // As far as this test reads them.
  const publish = (name: "incident" | "event", data: object): void =>
    live.publish(ORG, name, data as never)
  publish("incident", { number: 1, acknowledgedBy: "Ayse" })
  const streams = await Promise.all([open("/wall"), open("/person")])
  publish("event", { text: "Ayse logged in" })
  publish("incident", { number: 2, ownerName: "Ayse" })
  const [wall = "", person = ""] = await Promise.all(
    streams.map(async (stream) => {
      let text = ""
      for await (const chunk of stream) {
        text += String(chunk)
        if (text.includes('"number":2')) break
      }
      return text
    }),
  )
  live.stop()
  server.closeAllConnections()
  server.close()
  assert.match(wall, /"number":1,"acknowledgedBy":null/)
  assert.doesNotMatch(wall, /Ayse/)
  assert.equal(person.match(/Ayse/g)?.length, 3)
})
