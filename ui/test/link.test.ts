/** The pages of links and interfaces in a real browser: every state, every way that leads to them. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser, Page } from "playwright-core"
import { findings } from "./axe.ts"
import { keepPicture, LOOKS, launchBrowser, openPage } from "./browser.ts"
import { buildUi } from "./build.ts"
import { makeIncident, uuid } from "./make.ts"
import { makeFailover } from "./make-link.ts"
import { makeNetwork, type Network, problem, sessionOf } from "./network.ts"
import { type Answers, startServer, type TestServer } from "./server.ts"

const LINK = uuid(7_001)
const INTERFACE = `/devices/${uuid(1)}/interface?name=sfp-sfpplus1`
const MINUTE = 60_000
let browser: Browser
let server: TestServer
let network: Network
let answers: Answers

before(async () => {
  await buildUi()
  browser = await launchBrowser()
})
after(() => browser.close())

const on = async (
  path: string,
  look: keyof typeof LOOKS,
  act: (page: Page) => Promise<void>,
  dress = () => {},
): Promise<void> => {
  network = makeNetwork(12)
  network.incidents.length = 0
  // One that is over, and one that is not: both are marked in the charts.
  const causes = [{ kind: "link" as const, id: LINK, name: "the link" }]
  const [openedAtMs, closedAtMs] = [Date.now() - 46 * MINUTE, Date.now() - 38 * MINUTE]
  network.incidents.push(
    makeIncident(21, {
      title: "Link ank-core-1–ist-core-1 loses packets",
      causes,
      openedAtMs: Date.now() - 6 * MINUTE,
      devicesBehind: 0,
    }),
    makeIncident(14, { title: "Link ank-core-1–ist-core-1 is cut", causes, state: "closed", openedAtMs, closedAtMs }),
  )
  answers = (method, url, body) => network.answers(method, url, body)
  dress()
  server = await startServer((method, url, body) => answers(method, url, body))
  const page = await openPage(browser, LOOKS[look])
  const thrown: string[] = []
  page.on("pageerror", (error) => thrown.push(error.message))
  try {
    await page.goto(server.url + path)
    await act(page)
    assert.deepEqual(thrown, [])
  } finally {
    await page.context().close()
    await server.close()
  }
}
const drawn = (page: Page) => page.getByText("Capacity left after a failure").waitFor()
const whole = async (page: Page, name: string): Promise<void> => {
  await keepPicture(page, name)
  await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight))
  await page.waitForTimeout(150)
  await keepPicture(page, `${name}-below`)
}

for (const look of ["dark", "light", "narrow"] as const)
  for (const [name, path] of [
    ["link", `/links/${LINK}`],
    ["interface", INTERFACE],
  ] as const)
    test(`${name}: in ${look} it is drawn, and axe finds nothing`, () =>
      on(path, look, async (page) => {
        await drawn(page)
        await page.locator("ispvm-chart canvas").nth(3).waitFor()
        await page.getByText("Link ank-core-1–ist-core-1 is cut").waitFor()
        assert.deepEqual(await findings(page), [])
        await whole(page, `${name}-${look}`)
      }))
