/** The audit log in a real browser: pages, filters, columns, details and the export. */
import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { auditRows } from "./audit-rows.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { go, showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answers, startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

const PATH = "/settings/audit"
const COUNT = 620
let server: TestServer
let work: Work
/** Answers in place of the appliance; null: it answers itself. */
let intercept: (...request: Parameters<Answers>) => ReturnType<Answers> | null = () => null

useBrowser()

const many = () => {
  const samples = auditRows("")
  return Array.from({ length: COUNT }, (_, n) => {
    const sample = samples[n % samples.length] ?? samples[0]
    assert.ok(sample)
    return { ...sample, id: String(COUNT - n), atMs: Date.now() - n * 1_800_000 }
  })
}

const on = async (
  path: string,
  act: (page: Page) => Promise<void>,
  appearance: keyof typeof APPEARANCES = "dark",
): Promise<void> => {
  work = makeWork()
  work.audit = many()
  intercept = () => null
  server = await startServer(
    async (...request) => (await intercept(...request)) ?? work.answers(...request),
  )
  try {
    await showPage(server, path, appearance, act)
  } finally {
    await server.close()
  }
}
const refuse = problem(503, "busy", "The database is starting.")

test("audit: a full page in dark, light and narrow: axe finds nothing, nothing overflows", () =>
  on(PATH, async (page) => {
    await page.getByText("1–50 of 620").waitFor()
    await page.getByRole("button", { name: "Details" }).first().click()
    await page.getByText("inventory:write").waitFor()
    await checkAppearances(page, "audit-full")
  }))

test("audit: pages go to older rows and back, and the address brings a page back", () =>
  on(PATH, async (page) => {
    await page.getByText("1–50 of 620").waitFor()
    assert.equal(await page.getByRole("button", { name: "Newer" }).isDisabled(), true)
    await page.getByRole("button", { name: "Older" }).click()
    await page.getByText("51–100 of 620").waitFor()
    await page.getByRole("button", { name: "Older" }).click()
    await page.getByText("101–150 of 620").waitFor()
    await page.reload()
    await page.getByText("101–150 of 620").waitFor()
    await page.getByRole("button", { name: "Newer" }).click()
    await page.getByText("51–100 of 620").waitFor()
    await page.getByRole("button", { name: "Newer" }).click()
    await page.getByText("1–50 of 620").waitFor()
    assert.equal(new URL(page.url()).search, "")
  }))

test("audit: another filter begins at its newest page", () =>
  on(`${PATH}?before=400`, async (page) => {
    await page.getByText("222–271 of 620").waitFor()
    await page.getByRole("searchbox").fill("agent")
    await page.getByText("1–50 of 103").waitFor()
    assert.equal(new URL(page.url()).search, "?who=agent")
  }))

test("audit: a column that was shown by choice is shown again", () =>
  on(PATH, async (page) => {
    await page.getByText("1–50 of 620").waitFor()
    const code = page.getByRole("columnheader", { name: "Action code" })
    assert.equal(await code.count(), 0)
    await page.getByRole("menuitem", { name: "Columns" }).click()
    await page.getByRole("menuitem", { name: "Action code" }).click()
    await code.waitFor()
    await page.reload()
    await code.waitFor()
    await page.getByText("device.changed").first().waitFor()
  }))

test("audit: the export holds every row of the filter, and no other", () =>
  on(`${PATH}?who=ayse`, async (page) => {
    await page.getByText("1–50 of 310").waitFor()
    const download = page.waitForEvent("download")
    await page.getByRole("button", { name: "Export CSV" }).click()
    const path = await (await download).path()
    const lines = (await readFile(path, "utf8")).trimEnd().split("\r\n")
    assert.equal(lines.length, 311)
    assert.ok(lines.slice(1).every((line) => line.includes(",ayse@example.net,")))
    await page.getByText("310 rows were exported.").waitFor()
  }))

test("audit: a page that cannot be loaded says why, shows no other page's rows, and is tried again", () =>
  on(PATH, async (page) => {
    await page.getByText("1–50 of 620").waitFor()
    intercept = (_, url) => (url.pathname === "/audit" ? refuse : null)
    await page.getByRole("button", { name: "Older" }).click()
    await page.getByText("The database is starting.").waitFor()
    assert.equal(await page.getByText("1–50 of 620").count(), 0)
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "audit-stale-dark")
    intercept = () => null
    await page.getByRole("button", { name: "Try again" }).click()
    await page.getByText("51–100 of 620").waitFor()
  }))

test("audit: rows that are not those of the filter yet are marked, and never stay under another", () =>
  on(`${PATH}?who=ayse`, async (page) => {
    await page.getByText("1–50 of 310").waitFor()
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    intercept = async (method, url, body) => {
      if (url.searchParams.get("actor") === "agent") await held
      return work.answers(method, url, body)
    }
    const table = page.getByRole("table", { name: "Audit log" })
    await page.getByRole("searchbox").fill("agent")
    await table.and(page.locator('[aria-busy="true"]')).waitFor()
    release()
    await page.getByText("1–50 of 103").waitFor()
    await table.and(page.locator('[aria-busy="false"]')).waitFor()
    // A link to the same page, and the way back.
    await go(page, PATH)
    await page.getByText("1–50 of 620").waitFor()
    await page.goBack()
    await page.getByText("1–50 of 103").waitFor()
    assert.equal(await page.getByRole("searchbox").inputValue(), "agent")
  }))

test("audit: while it is loaded its shape is there; a failure says why, and trying again shows it", () => {
  let release = (): void => undefined
  const pending = new Promise<void>((resolve) => {
    release = resolve
  })
  return on("/settings", async (page) => {
    await page.getByText("Mehmet Kaya").first().waitFor()
    intercept = (_, url) => (url.pathname === "/audit" ? pending.then(() => refuse) : null)
    await page.goto(server.url + PATH)
    await page.getByRole("status", { name: "Loading" }).waitFor()
    await keepPicture(page, "audit-loading-dark")
    release()
    await page.getByText("The database is starting.").waitFor()
    await keepPicture(page, "audit-failed-dark")
    intercept = () => null
    await page.getByRole("button", { name: "Try again" }).click()
    await page.getByText("1–50 of 620").waitFor()
  })
})

test("audit: with the keyboard alone details open and close, on a phone too", () =>
  on(
    PATH,
    async (page) => {
      const details = page.getByRole("button", { name: "Details" }).first()
      await details.focus()
      await page.keyboard.press("Enter")
      await page.getByText("inventory:write").waitFor()
      assert.equal(await details.getAttribute("aria-expanded"), "true")
      await page.keyboard.press("Enter")
      await page.getByText("inventory:write").waitFor({ state: "detached" })
    },
    "narrow",
  ))
