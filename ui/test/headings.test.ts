/** Every page, in every state, has one first heading and one of each landmark. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser, Page } from "playwright-core"
import { APPEARANCES, launchBrowser, openPage } from "./browser.ts"
import { buildUi } from "./build.ts"
import { uuid } from "./make.ts"
import { problem } from "./network.ts"
import { startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let browser: Browser
let server: TestServer
let work: Work
let broken = false

before(async () => {
  await buildUi()
  browser = await launchBrowser()
  work = makeWork(12)
  server = await startServer((method, url, body) =>
    broken && url.pathname !== "/session"
      ? problem(503, "busy", "The database is starting.")
      : work.answers(method, url, body),
  )
})
after(async () => {
  await browser.close()
  await server.close()
})

const DEVICE = uuid(1)
const PATHS = [
  "/",
  "/map",
  "/graph",
  "/devices",
  "/incidents",
  `/incidents/${uuid(6_012)}`,
  "/agents",
  "/settings",
  "/settings/audit",
  "/devices/import",
  "/devices/new",
  `/devices/${DEVICE}/connect`,
  `/devices/${DEVICE}/interface?name=sfp-sfpplus1`,
  `/devices/${DEVICE}`,
  `/links/${uuid(7_001)}`,
  "/nowhere",
]

/** Within the screens, as a person goes from page to page. */
const goTo = (page: Page, path: string): Promise<void> =>
  page.evaluate((to) => {
    history.pushState(null, "", to)
    dispatchEvent(new PopStateEvent("popstate"))
  }, path)

/** Headings that are drawn: the page before and the page after are there together for a moment. */
const stableHeadings = async (page: Page): Promise<readonly string[]> => {
  let was = ""
  for (;;) {
    const now = (await page.locator("h1").allTextContents()).map((each) => each.trim())
    if (now.length > 0 && now.join("|") === was) return now
    was = now.join("|")
    await page.waitForTimeout(100)
  }
}

for (const state of ["ready", "failed"] as const)
  test(`headings: ${state}, each page has one first heading, one main, one banner, one navigation`, async () => {
    const page = await openPage(browser, APPEARANCES.dark)
    try {
      broken = state === "failed"
      await page.goto(server.url)
      for (const path of PATHS) {
        await goTo(page, path)
        const headings = await stableHeadings(page)
        assert.equal(
          headings.filter((each) => each !== "").length,
          1,
          `${path}: ${headings.join(" | ")}`,
        )
        const count = (role: "main" | "banner" | "navigation") => page.getByRole(role).count()
        assert.deepEqual(
          [await count("main"), await count("banner"), await count("navigation")],
          [1, 1, 1],
          path,
        )
      }
    } finally {
      broken = false
      await page.context().close()
    }
  })

test("headings: where nobody is logged in as well", async () => {
  const page = await openPage(browser, APPEARANCES.dark)
  const { session } = work.network
  work.network.session = { ...session, account: null, organisation: null, permissions: [] }
  try {
    await page.goto(server.url)
    await page.getByLabel("E-mail").waitFor()
    assert.equal(await page.locator("h1").count(), 1)
    assert.equal(await page.getByRole("main").count(), 1)
  } finally {
    work.network.session = session
    await page.context().close()
  }
})
