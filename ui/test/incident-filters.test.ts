/** Filters, bulk actions and the handover of incidents, in a real browser. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { makeIncident, sentence, uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let work: Work

useBrowser()

const ME = { ownerId: uuid(1), ownerName: "Ayşe Demir" }
const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
): Promise<void> => {
  work = makeWork(12)
  work.network.incidents.splice(
    0,
    work.network.incidents.length,
    makeIncident(1, { title: sentence("van-core-1 is down"), severity: "critical", ...ME }),
    makeIncident(2, { title: sentence("Link Bursa–Konya is cut"), severity: "minor" }),
    makeIncident(3, { title: sentence("ist-acc-2 is down"), severity: "critical" }),
    makeIncident(4, { title: sentence("old"), state: "closed", closedAtMs: Date.now() - 60_000 }),
  )
  const server = await startServer(work.answers)
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}
const titles = (page: Page) => page.locator("ispvm-incident-title a.title")
const shows = async (page: Page, ...expected: string[]): Promise<void> => {
  await page.waitForFunction(
    ({ wanted }) => {
      const all: string[] = []
      const find = (root: ParentNode): void => {
        for (const each of root.querySelectorAll("*")) {
          if (each.matches("a.title")) all.push(each.textContent ?? "")
          if (each.shadowRoot !== null) find(each.shadowRoot)
        }
      }
      find(document)
      return JSON.stringify(all.sort()) === JSON.stringify(wanted)
    },
    { wanted: expected.toSorted() },
  )
}

test("incident filters: severity, owner and search narrow open and resolved ones, and are in the address", () =>
  on("/incidents", "dark", async (page) => {
    await shows(page, "van-core-1 is down", "Link Bursa–Konya is cut", "ist-acc-2 is down", "old")
    await page.getByRole("button", { name: "Minor" }).click()
    await shows(page, "Link Bursa–Konya is cut")
    assert.equal(new URL(page.url()).searchParams.get("severity"), "minor")
    await page.getByRole("button", { name: "Minor" }).click()
    await page.getByRole("button", { name: "Mine", exact: true }).click()
    await shows(page, "van-core-1 is down")
    await page.getByRole("button", { name: "Clear filters" }).click()
    await page.getByLabel("Search incidents").fill("is down")
    await shows(page, "van-core-1 is down", "ist-acc-2 is down")
    await page.getByLabel("Search incidents").fill("#2")
    await shows(page, "Link Bursa–Konya is cut")
    await page.getByLabel("Search incidents").fill("nothing of this")
    await page.getByText("No incident matches these filters.").first().waitFor()
    await keepPicture(page, "filters-none-dark")
  }))

test("incident filters: an address opens what was seen, in dark, light and narrow", () =>
  on("/incidents?severity=critical&owner=none", "dark", async (page) => {
    await shows(page, "ist-acc-2 is down", "old")
    await checkAppearances(page, "filters")
  }))

test("incident filters: a filter is saved, applied again, and removed", () =>
  on("/incidents?severity=minor", "light", async (page) => {
    const menu = page.getByRole("menuitem", { name: "Saved filters" })
    await menu.click()
    await page.getByRole("menuitem", { name: "Save this filter…" }).click()
    await page.getByLabel("Name").fill("Small ones")
    await page.locator("ispvm-incident-filters").getByRole("button", { name: "Save" }).click()
    await page.getByText("The filter was saved.").waitFor()
    assert.deepEqual(work.savedFilters, [
      { id: uuid(5_900), name: "Small ones", query: "severity=minor" },
    ])
    await page.getByRole("button", { name: "Clear filters" }).click()
    await shows(page, "van-core-1 is down", "Link Bursa–Konya is cut", "ist-acc-2 is down", "old")
    await menu.click()
    await page.getByRole("menuitem", { name: "Small ones" }).click()
    await shows(page, "Link Bursa–Konya is cut")
    await menu.click()
    await page.getByRole("menuitem", { name: 'Remove "Small ones"' }).click()
    await page.getByText("The filter was removed.").waitFor()
  }))

for (const appearance of ["dark", "narrow"] as const)
  test(`incident filters: selected incidents are assigned, closed and merged together in ${appearance}`, () =>
    on("/incidents", appearance, async (page) => {
      await titles(page).first().waitFor()
      const boxes = page.getByRole("checkbox")
      await boxes.nth(1).check()
      await boxes.nth(2).check()
      const bar = page.locator("ispvm-incidents-bulk")
      await bar.getByRole("menuitem", { name: "Assign" }).click()
      await page.getByRole("menuitem", { name: "To me" }).click()
      await page.getByText("2 incidents have a new owner.").waitFor()
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, `bulk-${appearance}`)
      await boxes.nth(1).check()
      await boxes.nth(2).check()
      await bar.getByRole("menuitem", { name: "Merge into" }).click()
      await page.getByRole("menuitem", { name: /^#3 / }).click()
      await page.getByText("1 incident was merged.").waitFor()
      assert.deepEqual(work.writes.at(-1)?.body, {
        ...{ action: "merge", ids: [uuid(6_001)], into: uuid(6_003) },
      })
    }))

test("handover: in dark, light and narrow; a text is handed over and listed", () =>
  on("/handover", "dark", async (page) => {
    await page.getByRole("heading", { name: "Open now" }).waitFor()
    await checkAppearances(page, "handover")
    await page
      .getByRole("textbox", { name: "For the next shift" })
      .fill("Splicer is on the way to Izmir")
    await page.getByRole("button", { name: "Hand over" }).click()
    await page.getByText("The handover was stored.").waitFor()
    await page.getByText("Splicer is on the way to Izmir").waitFor()
    assert.equal(work.writes.at(-1)?.what, "POST /handovers")
  }))
