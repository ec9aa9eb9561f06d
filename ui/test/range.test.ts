/** A range from one moment to another, chosen in a real browser: charts and the audit log. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { auditRows } from "./audit-rows.ts"
import { findings } from "./axe.ts"
import { uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer, type TestServer } from "./server.ts"
import { makeWork } from "./work.ts"

const HOUR = 3_600_000
const PATHS = {
  device: `/devices/${uuid(1)}`,
  link: `/links/${uuid(7_001)}`,
  interface: `/devices/${uuid(1)}/interface?name=sfp-sfpplus1`,
} as const
let server: TestServer
/** Of the requests for series: the range each asked for. */
let requested: { readonly fromMs: number; readonly toMs: number }[] = []

useBrowser()

const on = async (path: string, act: (page: Page) => Promise<void>): Promise<void> => {
  const work = makeWork(12)
  work.audit = auditRows("")
  requested = []
  server = await startServer((method, url, body) => {
    if (url.pathname.endsWith("/series"))
      requested.push({
        fromMs: Number(url.searchParams.get("from")),
        toMs: Number(url.searchParams.get("to")),
      })
    return work.answers(method, url, body)
  })
  try {
    await showPage(server, path, "dark", act)
  } finally {
    server.close()
  }
}

const queryOf = (page: Page): URLSearchParams => new URL(page.url()).searchParams
/** As `datetime-local` holds it, in the zone of this machine, which is the browser's. */
const field = (atMs: number): string => {
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}
const wholeMinute = (atMs: number): number => Math.floor(atMs / 60_000) * 60_000
const openDialog = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Custom…" }).click()
  await page.getByRole("dialog", { name: "Custom time range" }).waitFor()
}
const fill = async (page: Page, fromMs: number, toMs: number): Promise<void> => {
  await page.getByLabel("From", { exact: true }).fill(field(fromMs))
  await page.getByLabel("To", { exact: true }).fill(field(toMs))
}

for (const [name, path] of Object.entries(PATHS))
  test(`range: on the ${name} page a chosen range is loaded, is in the address, stands still, and is left`, () =>
    on(path, async (page) => {
      await page.locator("ispvm-chart canvas").first().waitFor()
      await openDialog(page)
      const toMs = wholeMinute(Date.now()) - 24 * HOUR
      const fromMs = toMs - 3 * HOUR
      await fill(page, fromMs, toMs)
      await page.getByRole("button", { name: "Show", exact: true }).click()
      await page.getByRole("button", { name: "Back to live" }).waitFor()
      assert.equal(queryOf(page).get("from"), String(fromMs))
      assert.equal(queryOf(page).get("to"), String(toMs))
      assert.deepEqual(requested.at(-1), { fromMs, toMs })

      const before = requested.length
      server.publish("readings", { devices: [], interfaces: [] })
      await page.reload()
      await page.getByRole("button", { name: "Back to live" }).waitFor()
      await page.locator("ispvm-chart canvas").first().waitFor()
      assert.ok(requested.length > before)
      for (const each of requested.slice(before)) assert.deepEqual(each, { fromMs, toMs })

      await page.getByRole("button", { name: "Back to live" }).click()
      await page.getByRole("button", { name: "Custom…" }).waitFor()
      assert.equal(queryOf(page).get("from"), null)
    }))

test("range: what cannot be shown is said at its field; with the keyboard alone it is chosen, and Esc leaves", () =>
  on(PATHS.link, async (page) => {
    const chip = page.getByRole("button", { name: "Custom…" })
    await chip.focus()
    await page.keyboard.press("Enter")
    const from = page.getByLabel("From", { exact: true })
    const nowMs = wholeMinute(Date.now())
    await fill(page, nowMs - HOUR, nowMs - 2 * HOUR)
    await page.getByRole("button", { name: "Show", exact: true }).focus()
    await page.keyboard.press("Enter")
    await page.getByText("Must be later than the start.").waitFor()
    await fill(page, nowMs - HOUR, nowMs + 24 * HOUR)
    await page.getByText("Is in the future.").waitFor()
    await fill(page, nowMs - 800 * 24 * HOUR, nowMs)
    await page.getByText("Values are kept for one year.").waitFor()
    await from.fill("")
    await page.getByText("Enter a date and a time.").waitFor()
    assert.deepEqual(await findings(page), [])
    assert.equal(queryOf(page).get("from"), null)

    await page.keyboard.press("Escape")
    await page.getByRole("dialog").waitFor({ state: "detached" })
    assert.equal(
      await chip.evaluate((each) => each.matches(":focus")),
      true,
      "gives the focus back",
    )
    await page.keyboard.press("Enter")
    await fill(page, nowMs - 2 * HOUR, nowMs - HOUR)
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Back to live" }).waitFor()
    assert.equal(queryOf(page).get("from"), String(nowMs - 2 * HOUR))
  }))

test("range: an address with a range that cannot be shown says why, and shows the present", () =>
  on(`${PATHS.device}?from=${Date.now()}&to=${Date.now() - HOUR}`, async (page) => {
    await page.getByText("To: Must be later than the start.").waitFor()
    await page.locator("ispvm-chart canvas").first().waitFor()
    assert.equal(await page.getByRole("button", { name: "Back to live" }).count(), 0)
    await page.getByRole("button", { name: "6 h", exact: true }).click()
    await page.getByText("Must be later than the start.").waitFor({ state: "detached" })
  }))

test("range: the dialog in dark, light and narrow, in Turkish and right to left: axe finds nothing", async () => {
  await on(PATHS.link, async (page) => {
    await page.locator("ispvm-chart canvas").first().waitFor()
    await openDialog(page)
    await fill(page, wholeMinute(Date.now()) - 2 * HOUR, wholeMinute(Date.now()) - HOUR)
    await checkAppearances(page, "range-dialog")
  })
  await on(`${PATHS.link}?lang=tr`, async (page) => {
    await page.getByRole("button", { name: "Özel…" }).click()
    await page.getByLabel("Başlangıç").fill("")
    await page.getByRole("button", { name: "Göster" }).click()
    await page.getByText("Tarih ve saat girin.").first().waitFor()
    await checkAppearances(page, "range-turkish")
  })
  await on(`${PATHS.link}?lang=ar-XB`, async (page) => {
    await page.getByRole("button", { name: "Custom…" }).click()
    await page.getByRole("dialog").waitFor()
    await checkAppearances(page, "range-rtl")
  })
})

test("range: the audit log has the rows of a chosen range and no other, and its presets return", () =>
  on("/settings/audit", async (page) => {
    await page.getByText("6 rows").waitFor()
    const when = page.getByLabel("When")
    await when.selectOption({ label: "Custom…" })
    await page.keyboard.press("Escape")
    assert.equal(await when.inputValue(), "")

    await when.selectOption({ label: "Custom…" })
    const nowMs = Date.now()
    await fill(page, nowMs - 30 * 60_000, nowMs - 10 * 60_000)
    await page.getByRole("button", { name: "Show", exact: true }).click()
    await page.getByText(/^[123] rows?$/).waitFor()
    assert.equal(await when.inputValue(), "fixed")
    await checkAppearances(page, "audit-range")
    await page.reload()
    await page.getByText(/^[123] rows?$/).waitFor()
    await when.selectOption({ label: "Last 7 days" })
    await page.getByText("6 rows").waitFor()
    assert.equal(new URL(page.url()).search, "?span=week")
  }))
