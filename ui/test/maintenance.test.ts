/** Maintenance windows in a real browser. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let work: Work

useBrowser()

const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  prepare = (_: Work): void => undefined,
): Promise<void> => {
  work = makeWork(12)
  prepare(work)
  const server = await startServer(work.answers)
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}

test("maintenance: the calendar in dark, light and narrow: axe finds nothing, nothing overflows", () =>
  on("/maintenance", "dark", async (page) => {
    await page.getByText("New optics at Izmir").first().waitFor()
    await page.getByText("2026-06-02 01:00 Europe/Istanbul, 4 h, every Tuesday").waitFor()
    await checkAppearances(page, "maintenance")
  }))

test("maintenance: a month, a week, and the window that is on is ended", () =>
  on("/maintenance?view=week", "light", async (page) => {
    await page.getByRole("listitem").filter({ hasText: "New optics" }).first().waitFor()
    assert.equal(await page.locator("ispvm-page-maintenance .day").count(), 7)
    await keepPicture(page, "maintenance-week-light")
    await page.getByRole("button", { name: "End now" }).click()
    await page.getByText("The window has ended.").waitFor()
    assert.equal(work.writes.at(-1)?.what, `POST /maintenance/${uuid(5_001)}/end`)
  }))

test("maintenance: what a window held back is one click away", () =>
  on("/maintenance", "dark", async (page) => {
    await page.getByRole("link", { name: "1 incident notified nobody" }).first().click()
    await page.getByRole("heading", { name: "What was held back" }).waitFor()
    assert.ok((await page.getByRole("link", { name: /^#\d+ / }).count()) >= 1)
    await keepPicture(page, "maintenance-held-dark")
  }))

for (const appearance of ["dark", "narrow"] as const)
  test(`maintenance: work is planned in ${appearance}, and what is missing is named`, () =>
    on(`/maintenance?edit=new&target=device:${uuid(1)}`, appearance, async (page) => {
      await page.getByLabel("Name").waitFor()
      await page.getByRole("button", { name: "Save" }).click()
      await page
        .getByText(/must not be empty|at least 1/i)
        .first()
        .waitFor()
      assert.deepEqual(await findings(page), [])
      await page.getByLabel("Name").fill("New optics")
      await page.getByLabel("Repeats").selectOption("weekly")
      await page.getByRole("combobox", { name: /regions/ }).fill("North")
      await page.getByRole("option", { name: "region North" }).click()
      await page.keyboard.press("Escape")
      await keepPicture(page, `maintenance-form-${appearance}`)
      await page.getByRole("button", { name: "Save" }).click()
      await page.getByText("The window was saved.").waitFor()
      const body = work.writes.at(-1)?.body as { rrule: string; targets: unknown }
      assert.match(body.rrule, /^FREQ=WEEKLY;BYDAY=[A-Z]{2}$/)
      assert.deepEqual(body.targets, [
        { kind: "device", id: uuid(1) },
        { kind: "region", id: uuid(7_001) },
      ])
    }))

test("maintenance: a window is changed, and removed after a question", () =>
  on("/maintenance", "dark", async (page) => {
    await page.getByRole("button", { name: "Edit Router updates" }).click()
    assert.equal(await page.getByLabel("Repeats").inputValue(), "weekly")
    await page.getByRole("button", { name: "Remove" }).click()
    await page.getByText("Remove this window?").waitFor()
    await page.getByRole("button", { name: "Remove" }).click()
    await page.getByText("The window was removed.").waitFor()
  }))

for (const [name, path] of [
  ["device", `/devices/${uuid(1)}`],
  ["link", `/links/${uuid(7_001)}`],
  ["incident", `/incidents/${uuid(6_012)}`],
] as const)
  test(`maintenance: "I am working on this" from the page of a ${name} is two taps`, () =>
    on(path, "narrow", async (page) => {
      await page.getByRole("menuitem", { name: "I am working on this" }).first().click()
      await page.getByRole("menuitem", { name: "For 30 min" }).click()
      await page.getByText("Maintenance has begun, for 30 min.").waitFor()
      const { what, body } = work.writes.at(-1) ?? {}
      assert.equal(what, "POST /maintenance/now")
      const { minutes, targets } = body as { minutes: number; targets: { kind: string }[] }
      assert.deepEqual([minutes, targets[0]?.kind], [30, name === "incident" ? "link" : name])
      await keepPicture(page, `maintenance-begun-${name}-narrow`)
    }))

test("maintenance: without windows the page says what it is for; a failed request can be repeated", () =>
  on(
    "/maintenance",
    "light",
    async (page) => {
      await page.getByText("No maintenance windows").waitFor()
      await keepPicture(page, "maintenance-empty-light")
    },
    ({ maintenance }) => {
      maintenance.splice(0)
    },
  ))
