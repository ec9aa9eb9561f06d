/**
 * The incidents list in a real browser: groups, history page by page, selection and actions on
 * several.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { makeIncident, sentence, uuid } from "./make.ts"
import { sessionOf } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answer, type Answers, startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

const PATH = "/incidents"
const HOUR_MS = 3_600_000
const CLOSED = 130
/** The newest closed incident; the oldest is 101. */
const NEWEST = 100 + CLOSED
let server: TestServer
let work: Work
/** Answers in place of the appliance; null: it answers itself. */
let intercept: (...request: Parameters<Answers>) => Answer | null | Promise<Answer | null> = () =>
  null

useBrowser()

const LONG = "Link Ankara–Izmir fibre 2, leased from the carrier of the eastern ring, is cut"
const openIncidents = [
  makeIncident(301, { title: sentence(LONG), devicesDown: 3, devicesUnreachable: 9 }),
  makeIncident(302, { title: sentence("van-core-1 is down"), devicesUnreachable: 2 }),
  makeIncident(303, {
    title: sentence("Link Bursa–Konya is cut"),
    devicesUnreachable: 0,
    confidence: 0.71,
  }),
  makeIncident(304, {
    title: sentence("ist-acc-2 is down"),
    state: "acknowledged",
    acknowledgedBy: "Mehmet Kaya",
    devicesDown: 1,
  }),
]
const closedIncidents = (): Incident[] =>
  Array.from({ length: CLOSED }, (_, n) => {
    const openedAtMs = Date.now() - (n + 1) * 6 * HOUR_MS
    return makeIncident(NEWEST - n, {
      state: "closed",
      title: sentence(`Link ${NEWEST - n} is cut`),
      openedAtMs,
      closedAtMs: openedAtMs + HOUR_MS,
      updatedAtMs: openedAtMs + HOUR_MS,
    })
  })

const on = async (
  path: string,
  act: (page: Page) => Promise<void>,
  appearance: keyof typeof APPEARANCES = "dark",
  prepare: (work: Work) => void = () => undefined,
): Promise<void> => {
  work = makeWork()
  work.network.incidents.splice(0, Number.POSITIVE_INFINITY, ...openIncidents, ...closedIncidents())
  prepare(work)
  server = await startServer(
    async (...request) => (await intercept(...request)) ?? work.answers(...request),
  )
  try {
    await showPage(server, path, appearance, act)
  } finally {
    intercept = () => null
    await server.close()
  }
}
const refuse = problem(503, "busy", "The database is starting.")
const isHistory = (url: URL): boolean =>
  url.pathname === "/incidents" && url.searchParams.get("state") === "closed"
const sent = () =>
  work.writes.filter(({ what }) => what === "POST /incidents/actions").map(({ body }) => body)
const publishAll = (): void => {
  for (const incident of work.network.incidents) server.publish("incident", incident)
}
const select = (page: Page, title: string) => page.getByLabel(`Select ${title}`).check()

test("incidents: a full list in dark, light and narrow: axe finds nothing, nothing overflows", () =>
  on(PATH, async (page) => {
    await page.getByText("1–50 of 130").waitFor()
    await select(page, "van-core-1 is down")
    await page.getByRole("button", { name: "4 symptoms" }).nth(1).click()
    await page.getByText("sfp-sfpplus1").first().waitFor()
    await checkAppearances(page, "incidents-full")
  }))

test("incidents: closed ones are read page by page, there and back, and the address brings a page back", () =>
  on(PATH, async (page) => {
    await page.getByText("1–50 of 130").waitFor()
    await page.getByRole("button", { name: "Older" }).click()
    await page.getByText("51–100 of 130").waitFor()
    await page.getByText("Link 180 is cut").waitFor()
    await page.getByText("van-core-1 is down").waitFor()
    await page.reload()
    await page.getByText("51–100 of 130").waitFor()
    await page.getByRole("button", { name: "Newer" }).click()
    await page.getByText(`Link ${NEWEST} is cut`).waitFor()
    assert.equal(new URL(page.url()).search, "")
  }))

test("incidents: closed ones of a time are shown, those that are open always, and the address brings it back", () =>
  on(PATH, async (page) => {
    await page.getByText("1–50 of 130").waitFor()
    const when = page.getByLabel("Resolved incidents", { exact: true })
    await page.getByRole("button", { name: "Older" }).click()
    await page.getByText("51–100 of 130").waitFor()
    await when.selectOption({ label: "Last 24 hours" })
    await page.getByText("4 rows").waitFor()
    await page.getByText("van-core-1 is down").waitFor()
    assert.equal(new URL(page.url()).search, "?span=day")
    await page.reload()
    await page.getByText("4 rows").waitFor()
    await checkAppearances(page, "incidents-when")

    await when.selectOption({ label: "Custom…" })
    await page.getByLabel("From", { exact: true }).fill("2020-01-01T00:00")
    await page.getByLabel("To", { exact: true }).fill("2020-01-02T00:00")
    await page.getByRole("button", { name: "Show", exact: true }).click()
    await page.getByText("No resolved incidents in this time range.").waitFor()
    await page.getByText("van-core-1 is down").waitFor()
    await when.selectOption({ label: "Any time" })
    await page.getByText("1–50 of 130").waitFor()
    assert.equal(new URL(page.url()).search, "")
  }))

test("incidents: several are acknowledged by one request, and nothing stays selected", () =>
  on(PATH, async (page) => {
    await select(page, "van-core-1 is down")
    await select(page, LONG)
    await select(page, "ist-acc-2 is down")
    await page.getByText("3 selected").waitFor()
    await keepPicture(page, "incidents-selected-dark")
    await page
      .getByRole("group", { name: "Actions" })
      .getByText("Acknowledge", { exact: true })
      .click()
    await page.getByText("2 incidents were acknowledged.").waitFor()
    assert.deepEqual(sent(), [
      { action: "acknowledge", ifOpen: true, ids: [uuid(6_301), uuid(6_302)] },
    ])
    publishAll()
    await page.locator('[data-group="acknowledged"]').getByText("van-core-1 is down").waitFor()
    assert.equal(await page.getByText("selected").count(), 0)
  }))

test("incidents: one that is rejected says why in its row and stays selected, the others are done", () =>
  on(PATH, async (page) => {
    await select(page, "van-core-1 is down")
    await select(page, "Link Bursa–Konya is cut")
    const closed = work.network.incidents.findIndex(({ number }) => number === 303)
    const was = work.network.incidents[closed]
    assert.ok(was)
    // It closes before the stream says so.
    work.network.incidents[closed] = { ...was, state: "closed", closedAtMs: Date.now() }
    await page
      .getByRole("group", { name: "Actions" })
      .getByText("Acknowledge", { exact: true })
      .click()
    await page.getByText("1 incident was acknowledged.").waitFor()
    await page.getByText("1 incident was rejected; its row says why.").waitFor()
    const row = page.locator(`[data-id="${uuid(6_303)}"]`)
    await row.getByText("Not done: This incident is closed.").waitFor()
    assert.equal(await page.getByLabel("Select Link Bursa–Konya is cut").isChecked(), true)
    assert.equal(await page.getByLabel("Select van-core-1 is down").isChecked(), false)
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "incidents-rejected-dark")
    // Who takes it out of the selection has read it.
    await page.getByLabel("Select Link Bursa–Konya is cut").uncheck()
    await row.getByText("Not done").waitFor({ state: "detached" })
  }))

test("incidents: what was rejected is forgotten as soon as the incident changes", () =>
  on(PATH, async (page) => {
    await select(page, "van-core-1 is down")
    const at = work.network.incidents.findIndex(({ number }) => number === 302)
    const was = work.network.incidents[at]
    assert.ok(was)
    work.network.incidents[at] = { ...was, state: "closed", closedAtMs: Date.now() }
    await page
      .getByRole("group", { name: "Actions" })
      .getByText("Acknowledge", { exact: true })
      .click()
    const row = page.locator(`[data-id="${uuid(6_302)}"]`)
    await row.getByText("Not done").waitFor()
    const later = { ...was, devicesDown: 7, updatedAtMs: Date.now() }
    work.network.incidents[at] = later
    server.publish("incident", later)
    await row.getByText("Not done").waitFor({ state: "detached" })
  }))

test("incidents: more are acknowledged at once than one request takes", () =>
  on(
    PATH,
    async (page) => {
      await page.getByLabel("Select all rows").check()
      await page.getByText("254 selected").waitFor()
      await page
        .getByRole("group", { name: "Actions" })
        .getByText("Acknowledge", { exact: true })
        .click()
      await page.getByText("250 incidents were acknowledged.").waitFor()
      assert.equal(sent().length, 2)
    },
    "dark",
    ({ network }) => {
      network.incidents.length = 0
      for (let n = 1; n <= 250; n += 1) network.incidents.push(makeIncident(n))
      for (let n = 251; n <= 254; n += 1)
        network.incidents.push(makeIncident(n, { state: "acknowledged" }))
    },
  ))

test("incidents: with the keyboard alone a note is added to several, also to closed ones", () =>
  on(PATH, async (page) => {
    await page.getByLabel("Select van-core-1 is down").focus()
    await page.keyboard.press("Space")
    await page.getByLabel(`Select Link ${NEWEST} is cut`).focus()
    await page.keyboard.press("Space")
    await page.getByRole("button", { name: "Add note" }).focus()
    await page.keyboard.press("Enter")
    const dialog = page.locator("ispvm-incidents-bulk ispvm-dialog")
    await dialog.getByText("Add a note to 2 incidents").waitFor()
    await page.getByRole("textbox", { name: "Note" }).fill("The carrier repairs the ring")
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "incidents-note-dark")
    await dialog.getByRole("button", { name: "Add note" }).focus()
    await page.keyboard.press("Enter")
    await page.getByText("The note was added to 2 incidents.").waitFor()
    assert.deepEqual(sent(), [
      {
        action: "note",
        ids: [uuid(6_302), uuid(6_000 + NEWEST)],
        note: "The carrier repairs the ring",
      },
    ])
  }))

test("incidents: a request that fails as a whole says why, and the selection stays", () =>
  on(PATH, async (page) => {
    await select(page, "van-core-1 is down")
    intercept = (method) => (method === "POST" ? refuse : null)
    await page
      .getByRole("group", { name: "Actions" })
      .getByText("Acknowledge", { exact: true })
      .click()
    await page.getByText("The database is starting.").first().waitFor()
    await page.getByText("1 selected").waitFor()
  }))

test("incidents: one that is closed goes to the closed ones by itself", () =>
  on(PATH, async (page) => {
    await page.getByText("1–50 of 130").waitFor()
    const at = work.network.incidents.findIndex(({ number }) => number === 302)
    const was = work.network.incidents[at]
    assert.ok(was)
    const closed = {
      ...was,
      state: "closed" as const,
      closedAtMs: Date.now(),
      updatedAtMs: Date.now(),
    }
    work.network.incidents[at] = closed
    server.publish("incident", closed)
    await page.locator('[data-group="closed"]').getByText("van-core-1 is down").waitFor()
    await page.getByText("1–50 of 131").waitFor()
    assert.equal(await page.getByText("van-core-1 is down").count(), 1)
  }))

test("incidents: a column that is hidden stays hidden, one that is shown stays shown", () =>
  on(PATH, async (page) => {
    const heading = (name: string) => page.getByRole("columnheader", { name, exact: true })
    await heading("Owner").waitFor()
    await page.getByRole("menuitem", { name: "Columns" }).click()
    await page.getByRole("menuitem", { name: "Owner" }).click()
    await page.getByRole("menuitem", { name: "Number" }).click()
    await heading("Owner").waitFor({ state: "detached" })
    await page.reload()
    await page.getByText("1–50 of 130").waitFor()
    assert.deepEqual([await heading("Owner").count(), await heading("Number").count()], [0, 1])
  }))

test("incidents: a history that cannot be loaded says why below those that are open, and recovers", () =>
  on(PATH, async (page) => {
    await page.getByText("1–50 of 130").waitFor()
    intercept = (_, url) => (isHistory(url) ? refuse : null)
    await page.getByRole("button", { name: "Older" }).click()
    await page.getByText("The closed incidents could not be loaded").waitFor()
    await page.getByText("van-core-1 is down").waitFor()
    // The rows of another page would not answer what was asked.
    assert.equal(await page.getByText("Link 190 is cut").count(), 0)
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "incidents-failed-dark")
    intercept = () => null
    await page.getByRole("button", { name: "Try again" }).click()
    await page.getByText("51–100 of 130").waitFor()
  }))

test("incidents: while the history is loaded its shape is there; without any incident the page says so", () => {
  let release = (): void => undefined
  const pending = new Promise<void>((resolve) => {
    release = resolve
  })
  return on("/devices", async (page) => {
    intercept = (_, url) => (isHistory(url) ? pending.then(() => null) : null)
    await page.goto(server.url + PATH)
    await page.getByText("van-core-1 is down").waitFor()
    await page.getByRole("status", { name: "Loading" }).waitFor()
    await keepPicture(page, "incidents-loading-dark")
    release()
    await page.getByText("1–50 of 130").waitFor()
    work.network.incidents.length = 0
    await page.reload()
    await page.getByText("No incidents yet").waitFor()
    await keepPicture(page, "incidents-empty-dark")
  })
})

test("incidents: a viewer selects nothing and is offered no action", () =>
  on(
    PATH,
    async (page) => {
      await page.getByText("1–50 of 130").waitFor()
      assert.equal(await page.getByRole("checkbox").count(), 0)
      assert.equal(await page.getByRole("button", { name: "Acknowledge", exact: true }).count(), 0)
    },
    "dark",
    ({ network }) => {
      network.session = sessionOf("viewer")
    },
  ))

test("incidents: on a phone a touch on the symptoms does not leave the list, one on the card does", () =>
  on(
    PATH,
    async (page) => {
      await page.getByText("1–50 of 130").waitFor()
      const card = page.locator(`[data-id="${uuid(6_302)}"]`)
      await card.getByRole("button", { name: "4 symptoms" }).click()
      await card.getByText("sfp-sfpplus1").first().waitFor()
      await card.locator("ispvm-symptoms").click({ position: { x: 2, y: 2 } })
      await page.waitForTimeout(100)
      assert.equal(new URL(page.url()).pathname, PATH)
      await card.locator("dt").first().click()
      await page.waitForURL(`**/incidents/${uuid(6_302)}`)
    },
    "narrow",
  ))

test("incidents: on a phone two are selected and acknowledged", () =>
  on(
    PATH,
    async (page) => {
      await select(page, "van-core-1 is down")
      await select(page, LONG)
      await keepPicture(page, "incidents-selected-narrow")
      await page
        .getByRole("group", { name: "Actions" })
        .getByText("Acknowledge", { exact: true })
        .click()
      await page.getByText("2 incidents were acknowledged.").waitFor()
    },
    "narrow",
  ))
