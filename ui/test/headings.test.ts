/** Every page, in every state, has one first heading and one of each landmark. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

useBrowser()

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
  "/notifications",
  "/notifications?tab=policies",
  "/notifications?tab=log",
  "/devices/import",
  "/devices/new",
  `/devices/${DEVICE}/connect`,
  `/devices/${DEVICE}/interface?name=sfp-sfpplus1`,
  `/devices/${DEVICE}`,
  `/links/${uuid(7_001)}`,
  "/nowhere",
]

/** Navigates within the UI, without a reload. */
const goTo = (page: Page, path: string): Promise<void> =>
  page.evaluate((to) => {
    history.pushState(null, "", to)
    dispatchEvent(new PopStateEvent("popstate"))
  }, path)

/** Visible headings: during a navigation, both pages exist for a moment. */
const stableHeadings = async (page: Page): Promise<readonly string[]> => {
  let was = ""
  for (;;) {
    const now = (await page.locator("h1").allTextContents()).map((each) => each.trim())
    if (now.length > 0 && now.join("|") === was) return now
    was = now.join("|")
    await page.waitForTimeout(100)
  }
}

const server = (work: Work, isBroken: boolean): Promise<TestServer> =>
  startServer((method, url, body) =>
    isBroken && url.pathname !== "/session"
      ? problem(503, "busy", "The database is starting.")
      : work.answers(method, url, body),
  )

const checkPath = async (page: Page, path: string): Promise<void> => {
  await goTo(page, path)
  const headings = await stableHeadings(page)
  assert.equal(headings.filter((each) => each !== "").length, 1, `${path}: ${headings.join(" | ")}`)
  const count = (role: "main" | "banner" | "navigation") => page.getByRole(role).count()
  assert.deepEqual(
    [await count("main"), await count("banner"), await count("navigation")],
    [1, 1, 1],
    path,
  )
}

for (const state of ["ready", "failed"] as const)
  test(`headings: ${state}, each page has one first heading, one main, one banner, one navigation`, async () => {
    const opened = await server(makeWork(12), state === "failed")
    try {
      await showPage(opened, "/", "dark", async (page) => {
        for (const path of PATHS) await checkPath(page, path)
      })
    } finally {
      opened.close()
    }
  })

test("headings: where nobody is logged in as well", async () => {
  const work = makeWork(12)
  const { session } = work.network
  work.network.session = { ...session, account: null, organisation: null, permissions: [] }
  const opened = await server(work, false)
  try {
    await showPage(opened, "/", "dark", async (page) => {
      await page.getByLabel("E-mail").waitFor()
      assert.equal(await page.locator("h1").count(), 1)
      assert.equal(await page.getByRole("main").count(), 1)
    })
  } finally {
    opened.close()
  }
})
