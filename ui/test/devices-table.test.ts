/** The devices table: filters, column choice, and bulk changes. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { findings } from "./axe.ts"
import { keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { makeNetwork } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"

useBrowser()

type Change = { readonly path: string; readonly body: unknown }

const on = async (
  path: string,
  act: (page: Page, changes: readonly Change[]) => Promise<void>,
): Promise<void> => {
  const network = makeNetwork(60)
  const changes: Change[] = []
  const server = await startServer((method, url, body) => {
    if (method !== "PATCH") return network.answers(method, url, body)
    changes.push({ path: url.pathname, body })
    return { status: 200, body: { id: url.pathname.slice("/devices/".length) } }
  })
  try {
    await showPage(server, path, "dark", (page) => act(page, changes))
  } finally {
    server.close()
  }
}

test("devices: several are selected and given a site at once", () =>
  on("/devices?sort=name", async (page, changes) => {
    await page.getByLabel("Select ada-acc-1").first().check()
    await page.getByRole("checkbox").nth(2).check()
    await page.getByText("2 selected").waitFor()
    await keepPicture(page, "devices-selected-dark")
    await page.getByRole("menuitem", { name: "Set site" }).click()
    await page.getByRole("menuitem", { name: "Izmir" }).click()
    await page.getByText("2 devices were changed.").waitFor()
    assert.equal(changes.length, 2)
    assert.deepEqual(changes[0]?.body, changes[1]?.body)
    assert.equal(await page.getByText("2 selected").count(), 0)
  }))

test("devices: all rows are selected by the box in the head, and axe finds nothing", () =>
  on("/devices", async (page) => {
    await page.getByLabel("Select all rows").check()
    await page.getByText("60 selected").waitFor()
    assert.deepEqual(await findings(page), [])
    await page.getByRole("button", { name: "Clear selection" }).click()
    await page.getByText("60 selected").waitFor({ state: "detached" })
  }))

test("devices: an action leaves alone what the filter hides, and says so", () =>
  on("/devices?sort=name", async (page, changes) => {
    await page.getByLabel("Select ada-acc-1").first().check()
    await page.getByLabel("Select ank-core-1").check()
    await page.getByText("2 selected").waitFor()
    const search = page.getByRole("searchbox", { name: "Search" })
    await search.fill("ank-core")
    await page.getByText("1 selected, 1 more hidden by the filter").waitFor()
    await keepPicture(page, "devices-hidden-dark")
    await page.getByRole("menuitem", { name: "Set site" }).click()
    await page.getByRole("menuitem", { name: "Izmir" }).click()
    await page.getByText("1 device was changed.").waitFor()
    assert.deepEqual(
      changes.map(({ path }) => path),
      [`/devices/${uuid(1)}`],
    )
    // Nothing matches: the table is away, and the selection is not.
    await search.fill("no such device")
    await page.getByText("0 selected, 1 more hidden by the filter").waitFor()
    await search.fill("")
    await page.getByText("1 selected", { exact: true }).waitFor()
    assert.equal(await page.getByLabel("Select ada-acc-1").first().isChecked(), true)
    assert.equal(await page.getByLabel("Select ank-core-1").isChecked(), false)
  }))

test("devices: a column that is hidden stays hidden", () =>
  on("/devices", async (page) => {
    const release = page.getByRole("columnheader", { name: "Release" })
    await release.waitFor()
    await page.getByRole("menuitem", { name: "Columns" }).click()
    await keepPicture(page, "devices-columns-dark")
    await page.getByRole("menuitem", { name: "Release" }).click()
    await release.waitFor({ state: "detached" })
    await page.reload()
    await page.getByText("60 rows").waitFor()
    assert.equal(await release.count(), 0)
  }))

test("devices: a site is found by typing, roles are chosen together, and the address holds both", () =>
  on("/devices", async (page) => {
    await page.getByRole("combobox", { name: "Site" }).fill("Izm")
    await keepPicture(page, "devices-combobox-dark")
    await page.getByRole("option", { name: "Izmir" }).click()
    await page.waitForURL(/site=/)
    const roles = page.getByRole("combobox", { name: "Role" })
    await roles.click()
    await page.getByRole("option", { name: "Core" }).click()
    await page.getByRole("option", { name: "Edge" }).click()
    await keepPicture(page, "devices-roles-dark")
    await page.waitForURL(/role=core%2Cedge/)
  }))

test("languages: Turkish is Turkish, and the pseudo-locale is written right to left", () =>
  on("/devices?lang=tr", async (page) => {
    await page.getByText("60 satır").waitFor()
    assert.equal(await page.locator("html").getAttribute("lang"), "tr")
    await keepPicture(page, "devices-turkish-dark")
    await page.goto(page.url().replace("lang=tr", "lang=ar-XB"))
    await page.getByText("60 rows").waitFor()
    assert.equal(await page.locator("html").getAttribute("dir"), "rtl")
    await keepPicture(page, "devices-pseudo-dark")
  }))
