/** Every open incident is shown: however old it is, and after a gap in the stream. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { makeIncident, sentence, uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answers, startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let server: TestServer
let work: Work
let answers: Answers

useBrowser()

const on = async (
  path: string,
  prepare: (work: Work) => void,
  act: (page: Page) => Promise<void>,
): Promise<void> => {
  work = makeWork()
  work.network.incidents.length = 0
  prepare(work)
  answers = work.answers
  server = await startServer((...request) => answers(...request))
  try {
    await showPage(server, path, "dark", act)
  } finally {
    await server.close()
  }
}
const closed = (n: number) =>
  makeIncident(n, { state: "closed", title: sentence(`Link ${n} is cut`), closedAtMs: Date.now() })
const open = (n: number) => makeIncident(n, { title: sentence(`Router ${n} is down`) })

test("incidents: one that has been open for longer than two hundred others is there", () =>
  on(
    "/incidents",
    ({ network }) => {
      network.incidents.push(open(1))
      for (let n = 2; n < 250; n += 1) network.incidents.push(closed(n))
    },
    async (page) => {
      await page.locator('[data-group="open"]').getByText("Router 1 is down").waitFor()
      await page.getByRole("link", { name: "1 unacknowledged incident" }).waitFor()
    },
  ))

test("incidents: more open ones than one request takes are all there", () =>
  on(
    "/",
    ({ network }) => {
      for (let n = 1; n <= 620; n += 1) network.incidents.push(open(n))
    },
    async (page) => {
      await page.getByRole("link", { name: "620 unacknowledged incidents" }).waitFor()
    },
  ))

test("incidents: after a gap in the stream they are read again, also where the first try fails", () =>
  on(
    "/incidents",
    ({ network }) => network.incidents.push(open(1), open(2)),
    async (page) => {
      await page.getByText("Router 2 is down").waitFor()
      server.breakStreams()
      // Its number is far below those of the closed ones that are read.
      work.network.incidents[0] = { ...closed(1), title: sentence("Router 1 is down") }
      work.network.incidents.push(open(3))
      for (let n = 4; n < 250; n += 1) work.network.incidents.push(closed(n))
      let rejected = 0
      answers = (method, url, body) => {
        const isFirst = url.searchParams.get("state") === "active" && rejected === 0
        if (!isFirst) return work.answers(method, url, body)
        rejected += 1
        return problem(503, "busy", "The database is starting.")
      }
      server.restoreStreams("gap")
      const group = page.locator('[data-group="open"]')
      await group.getByText("Router 3 is down").waitFor()
      await group.getByText("Router 1 is down").waitFor({ state: "detached" })
      assert.equal(rejected, 1)
    },
  ))

const LATE: readonly (readonly [name: string, path: string, drawn: string])[] = [
  ["the device page", `/devices/${uuid(8)}`, "CPU and memory"],
  ["the drawer of a device", `/devices?device=${uuid(8)}`, "Open page"],
  ["a link", `/links/${uuid(7_001)}`, "Capacity left after a failure"],
]
for (const [name, path, drawn] of LATE)
  test(`incidents: ${name} shows its incident also when incidents arrive last`, () =>
    on(
      path,
      ({ network }) => {
        network.incidents.push({ ...open(12), title: sentence("The fault of this one") })
        for (const each of [...network.devices, ...network.links])
          Object.assign(each, { incidentId: uuid(6_012) })
      },
      async (page) => {
        let release = (): void => undefined
        const held = new Promise<void>((resolve) => {
          release = resolve
        })
        answers = async (method, url, body) => {
          if (url.searchParams.get("state") === "active") await held
          return work.answers(method, url, body)
        }
        await page.reload()
        await page.getByText(drawn).first().waitFor()
        const fault = page
          .locator(`main a:not(.lined-rows *)[href="/incidents/${uuid(6_012)}"]`)
          .first()
        assert.equal(await fault.count(), 0)
        release()
        await fault.waitFor()
      },
    ))
