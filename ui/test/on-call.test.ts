/** On-call schedules in a real browser. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Policy, Schedule } from "@ispvm/appliance/api/notifications"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { makePolicy, PEOPLE } from "./notifications-answers.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answer, startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

useBrowser()

const [ADA, BORA, CEREN] = PEOPLE.map(({ id }) => id) as [string, string, string]
const DAY_MS = 86_400_000
const dateOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)
const LAYER: Schedule["layers"][number] = {
  ...{ name: "Base", people: [ADA, BORA], every: 1, hours: null },
  ...{ startsOn: "2026-01-05", handover: "09:00" },
  unit: "week",
  onHolidays: "as-usual",
}
const schedule = (n: number, more: Partial<Schedule> = {}): Schedule => ({
  ...{ id: uuid(23_000 + n), name: "NOC", timeZone: "Europe/Istanbul" },
  ...{ layers: [LAYER], overrides: [], holidays: [], quietHours: null },
  ...more,
})
/** Office hours alone: the nights are gaps; an override and a holiday. */
const withGaps = (): Schedule =>
  schedule(2, {
    name: "Field engineers of the northern region",
    timeZone: "Europe/Berlin",
    layers: [
      {
        ...{ ...LAYER, name: "Office", people: [ADA, BORA, CEREN], every: 12, unit: "hour" },
        ...{ hours: { days: [1, 2, 3, 4, 5, 6], from: "08:00", to: "19:00" } },
        ...{ handover: "08:00", onHolidays: "never" },
      },
    ],
    overrides: [
      {
        person: CEREN,
        fromMs: Date.now() - (Date.now() % DAY_MS) + 2 * DAY_MS,
        toMs: Date.now() - (Date.now() % DAY_MS) + 3 * DAY_MS,
      },
    ],
    holidays: [{ date: dateOf(Date.now() + 4 * DAY_MS), name: "Republic Day" }],
    quietHours: { from: "22:00", to: "06:00", days: [0, 6], exceptFrom: "critical" },
  })

type Rig = { readonly page: Page; readonly work: Work; readonly sent: () => readonly unknown[] }
const on = async (
  path: string,
  schedules: readonly Schedule[],
  act: (rig: Rig) => Promise<void>,
  override: (what: string) => Answer | null = () => null,
  appearance: "dark" | "narrow" = "dark",
): Promise<void> => {
  const work = makeWork()
  Object.assign(work.notifications, {
    schedules: [...schedules],
    policies: [
      makePolicy(1, {
        name: "Night and day",
        steps: [
          {
            afterS: 0,
            channels: [],
            schedules: [uuid(23_001)],
            leastUnreachable: 0,
            leastCustomers: 0,
          },
        ],
      }),
    ],
  })
  const server = await startServer(
    async (method, url, body) =>
      override(`${method} ${url.pathname}`) ?? (await work.answers(method, url, body)),
  )
  const sent = () =>
    work.writes
      .filter(({ what }) => what === "PUT /notifications/schedules")
      .map(({ body }) => body)
  try {
    await showPage(server, path, appearance, (page) => act({ page, work, sent }))
  } finally {
    server.close()
  }
}
const TAB = "/notifications?tab=on-call"

test("on call: who is on call now, fourteen days, gaps and people whom nothing reaches", () =>
  on(TAB, [schedule(1), withGaps()], async ({ page }) => {
    const noc = page.getByRole("article", { name: "NOC" })
    await noc.getByText("On call now").waitFor()
    assert.match((await noc.locator(".who").textContent()) ?? "", /Ada Yilmaz|Bora Demir/)
    assert.equal(await noc.locator("ispvm-on-call-calendar li").count(), 14)
    assert.equal(await noc.getByText(/gap/).count(), 0)
    const field = page.getByRole("article", { name: "Field engineers" })
    await field.getByText(/\d+ gaps in 14 days/).waitFor()
    await field.getByText(/Nothing reaches Ceren Aksoy-Karaosmanoğlu/).waitFor()
    await field.getByText("Republic Day").waitFor()
    await checkAppearances(page, "on-call")
    await page.setViewportSize({ width: 390, height: 2_000 })
    await keepPicture(page, "on-call-whole-narrow")
  }))

test("on call: an empty page says what a schedule is, and the first one is made", () =>
  on(TAB, [], async ({ page, sent }) => {
    await page.getByText("Nobody is on call").waitFor()
    await checkAppearances(page, "on-call-empty")
    await page.getByRole("button", { name: "Add schedule" }).click()
    await page.getByText("Fill in every layer").waitFor()
    await page.getByRole("button", { name: "Save schedule" }).click()
    await page.getByRole("alert").first().waitFor()
    await page.getByLabel("Name", { exact: true }).fill("NOC")
    const add = page.getByLabel("Add person")
    await add.selectOption({ label: "Bora Demir" })
    await add.selectOption({ label: "Ada Yilmaz" })
    await page.getByRole("button", { name: "Move Ada Yilmaz up" }).click()
    await page.locator("ispvm-schedule-form ispvm-on-call-calendar li").first().waitFor()
    await page.getByRole("button", { name: "Save schedule" }).click()
    await page.getByRole("article", { name: "NOC" }).waitFor()
    const [body] = sent() as { version: number; schedules: Schedule[] }[]
    assert.equal(body?.version, 0)
    assert.deepEqual(body?.schedules[0]?.layers[0]?.people, [ADA, BORA], "in the chosen order")
    assert.equal(body?.schedules[0]?.layers[0]?.name, "Base")
  }))

test("on call: layers, hours, holidays, overrides and quiet hours are saved as they were entered", () =>
  on(`${TAB}&schedule=${uuid(23_002)}`, [schedule(1), withGaps()], async ({ page, sent }) => {
    await page.getByLabel("Time zone").first().waitFor()
    await page.locator("ispvm-schedule-form ispvm-on-call-calendar li").first().waitFor()
    await checkAppearances(page, "on-call-form")
    await page.setViewportSize({ width: 390, height: 3_000 })
    await keepPicture(page, "on-call-form-whole-narrow")
    await page.setViewportSize({ width: 1440, height: 2_000 })
    await keepPicture(page, "on-call-form-whole-dark")
    await page.getByRole("button", { name: "Add layer" }).click()
    const second = page.getByRole("group", { name: "Layer 2", exact: true })
    await second.getByLabel("Name of the layer").fill("Holidays")
    await second.getByLabel("Add person").selectOption({ label: "Ceren Aksoy-Karaosmanoğlu" })
    await second.getByLabel("On holidays").selectOption("only")
    await page.getByRole("button", { name: "Add override" }).click()
    const override = page.getByRole("group", { name: "Override 2" })
    await page.getByRole("button", { name: "Save schedule" }).click()
    await override.getByRole("alert").or(override.locator("#error")).first().waitFor()
    await override.getByLabel("Who").selectOption({ label: "Ada Yilmaz" })
    await override.getByLabel("From").fill("2027-03-27T22:00")
    await override.getByLabel("To").fill("2027-03-28T06:00")
    await page.getByRole("button", { name: "Save schedule" }).click()
    await page.getByText("Field engineers of the northern region was saved.").waitFor()
    const [body] = sent() as { schedules: Schedule[] }[]
    const saved = body?.schedules[1]
    assert.deepEqual(body?.schedules[0], schedule(1), "the other one stays")
    assert.deepEqual(
      saved?.layers.map(({ people, onHolidays, hours }) => [
        people.length,
        onHolidays,
        hours?.from,
      ]),
      [
        [3, "never", "08:00"],
        [1, "only", undefined],
      ],
    )
    assert.deepEqual(saved?.overrides[1], {
      person: ADA,
      fromMs: Date.parse("2027-03-27T22:00:00+01:00"),
      // The clocks went forward in between.
      toMs: Date.parse("2027-03-28T06:00:00+02:00"),
    })
    assert.deepEqual(saved?.quietHours, withGaps().quietHours)
    assert.deepEqual(saved?.holidays, withGaps().holidays)
  }))

test("on call: who saves what somebody else has changed meanwhile sees that, and loses nothing", () =>
  on(`${TAB}&add=1`, [schedule(1)], async ({ page, work, sent }) => {
    await page.getByLabel("Name", { exact: true }).fill("Second")
    await page.getByLabel("Add person").selectOption({ label: "Ada Yilmaz" })
    work.notifications.schedulesVersion += 1
    await page.getByRole("button", { name: "Save schedule" }).click()
    await page.getByText("Somebody else has changed the schedules meanwhile.").waitFor()
    await page.getByRole("button", { name: "Load them again" }).click()
    await page.getByText("Somebody else").waitFor({ state: "detached" })
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Second")
    await page.getByRole("button", { name: "Save schedule" }).click()
    await page.getByRole("article", { name: "Second" }).waitFor()
    assert.equal(sent().length, 2)
  }))

test("on call: a schedule is removed after a question that names who used it", () =>
  on(TAB, [schedule(1)], async ({ page, sent }) => {
    await page.getByRole("button", { name: "Remove NOC" }).click()
    await page.getByText("Night and day").waitFor()
    await keepPicture(page, "on-call-remove-dark")
    await page.getByRole("button", { name: "Remove schedule" }).click()
    await page.getByText("NOC was removed.").waitFor()
    assert.deepEqual(sent(), [{ version: 0, schedules: [] }])
  }))

test("on call: a policy names a schedule, and says so", () =>
  on("/notifications?tab=policies", [schedule(1)], async ({ page, work }) => {
    await page.getByText("who is on call by NOC").waitFor()
    await page.getByRole("button", { name: "Edit Night and day" }).click()
    await page.getByLabel("Step 1: Who is on call by").waitFor()
    await keepPicture(page, "on-call-policy-dark")
    await page.getByRole("button", { name: "Save policy" }).click()
    await page.getByText("Night and day was saved.").waitFor()
    const body = work.writes.at(-1)?.body as { policies: Policy[] } | undefined
    assert.deepEqual(body?.policies[0]?.steps[0]?.schedules, [uuid(23_001)])
  }))

test("on call: a channel is given to a person", () =>
  on("/notifications?add=1", [], async ({ page, work }) => {
    await page.getByLabel("Belongs to").selectOption({ label: "Bora Demir" })
    await page.locator("label").filter({ hasText: "Telegram" }).click()
    await page.getByLabel("Name", { exact: true }).fill("Bora")
    await page.getByLabel("Bot token", { exact: true }).fill("123:abc")
    await page.getByLabel("Chat", { exact: true }).fill("7")
    await page.getByRole("button", { name: "Add channel" }).last().click()
    await page.getByText("of Bora Demir").waitFor()
    const body = work.writes.at(-1)?.body as { ownerId: string } | undefined
    assert.equal(body?.ownerId, BORA)
  }))

test("on call: what cannot be loaded can be tried again; what is old says so", () => {
  let isFailing = true
  return on(
    TAB,
    [schedule(1)],
    async ({ page }) => {
      await page.getByText("The schedules could not be loaded").waitFor()
      await keepPicture(page, "on-call-failed-dark")
      isFailing = false
      await page.getByRole("button", { name: "Try again" }).click()
      await page.getByText("On call now").waitFor()
      isFailing = true
      await page.locator("ispvm-stale").waitFor()
      await keepPicture(page, "on-call-stale-dark")
      await page.getByText("On call now").waitFor()
    },
    (what) =>
      isFailing && what === "GET /notifications/schedules"
        ? problem(503, "database-away", "The database does not answer.")
        : null,
  )
})
