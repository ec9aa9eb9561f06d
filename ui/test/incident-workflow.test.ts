/** What people do with an incident, in a real browser. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

const OPEN = uuid(6_012)
const RESOLVED = uuid(6_010)
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
const sent = (): unknown => {
  const last = work.writes.at(-1)
  return last?.what === "POST /incidents/actions" ? last.body : last
}
/** Two taps: the menu, then the entry. */
const choose = async (page: Page, menu: string, entry: string | RegExp): Promise<void> => {
  await page.getByRole("menuitem", { name: menu, exact: true }).first().click()
  await page.getByRole("menuitem", { name: entry }).click()
}

test("incident workflow: on a phone every choice is two taps, and the page says who has it and until when", () =>
  on(`/incidents/${OPEN}`, "narrow", async (page) => {
    await choose(page, "Take it for", "I take it for 30 min")
    await page.getByText("Owner: Ayşe Demir, until").waitFor()
    assert.deepEqual(sent(), {
      action: "acknowledge",
      ids: [OPEN],
      forMinutes: 30,
      note: "",
      ifOpen: true,
    })
    await choose(page, "Assign", "Zeynep Ak")
    await page.getByText("Owner: Zeynep Ak").waitFor()
    await choose(page, "Snooze", "Until tomorrow, 08:00")
    await page
      .getByText(/Snoozed until/)
      .first()
      .waitFor()
    await choose(page, "Severity", "Minor")
    await page.getByText("Minor", { exact: true }).first().waitFor()
    await choose(page, "Close", "Fibre cut")
    await page.getByText("Cause code: fibre cut").waitFor()
    assert.deepEqual(sent(), { action: "close", ids: [OPEN], causeCode: "fibre-cut", note: "" })
    await page.getByRole("menuitem", { name: "Split off", exact: true }).click()
    await keepPicture(page, "workflow-split-menu-narrow")
    await page.locator('ispvm-menu[label="Split off"] vaadin-menu-bar-item').first().click()
    await page.getByText("The symptoms are an incident of their own.").waitFor()
    assert.equal(work.writes.at(-1)?.what, `POST /incidents/${OPEN}/split`)
    await page.getByRole("menuitem", { name: "Merge", exact: true }).click()
    await page.locator('ispvm-menu[label="Merge"] vaadin-menu-bar-item').first().click()
    await page.getByText("The incident was merged.").waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "workflow-incident-narrow")
    await page.getByRole("menuitem", { name: "More", exact: true }).click()
    await page.getByRole("menuitem", { name: "The cause is right" }).waitFor()
    await keepPicture(page, "workflow-menu-narrow")
  }))

for (const appearance of ["dark", "light"] as const)
  test(`incident workflow: ticket, merge, split and feedback in ${appearance}`, () =>
    on(`/incidents/${OPEN}`, appearance, async (page) => {
      const dialog = page.locator("ispvm-incident-dialog")
      await choose(page, "More", "Ticket…")
      await dialog.getByLabel("Number").fill("NOC-7")
      await dialog.getByLabel("Address (https)").fill("https://tickets.example/7")
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, `workflow-ticket-${appearance}`)
      await dialog.getByRole("button", { name: "Save" }).click()
      const link = page.getByRole("link", { name: "Ticket NOC-7" })
      assert.equal(await link.getAttribute("href"), "https://tickets.example/7")

      await choose(page, "Split off", "Split off symptoms…")
      const boxes = dialog.getByRole("checkbox")
      await boxes.first().check()
      await keepPicture(page, `workflow-split-${appearance}`)
      await dialog.getByRole("button", { name: "Split off" }).click()
      await page.getByText("The symptoms are an incident of their own.").waitFor()
      assert.equal(work.writes.at(-1)?.what, `POST /incidents/${OPEN}/split`)

      await choose(page, "More", "The cause is wrong…")
      await dialog.getByLabel("Note").fill("it was the power")
      await dialog.getByRole("button", { name: "Save" }).click()
      await page.getByText("Thank you.").waitFor()
      assert.deepEqual(sent(), {
        ...{ action: "feedback", ids: [OPEN], rating: "wrong", actual: null },
        note: "it was the power",
      })
      assert.deepEqual(await findings(page), [])
      await page.getByRole("menuitem", { name: "Merge", exact: true }).click()
      await page
        .getByRole("menuitem", { name: /^#[0-9]+/ })
        .first()
        .waitFor()
      await keepPicture(page, `workflow-merge-${appearance}`)
    }))

test("incident workflow: a resolved incident is closed by a cause code, with the keyboard alone", () =>
  on(`/incidents/${RESOLVED}`, "dark", async (page) => {
    await page.getByText("Resolved", { exact: true }).first().waitFor()
    assert.equal(await page.getByRole("menuitem", { name: "Snooze" }).count(), 0)
    const close = page.getByRole("menuitem", { name: "Close", exact: true })
    await close.focus()
    await page.keyboard.press("ArrowDown")
    await page.getByRole("menuitem", { name: "Fibre cut" }).waitFor()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.getByText("Closed: power").first().waitFor()
    await keepPicture(page, "workflow-closed-dark")
  }))

test("incident workflow: what the appliance rejects is said where it was tried", () =>
  on(`/incidents/${OPEN}`, "dark", async (page) => {
    await page.getByRole("menuitem", { name: "Assign", exact: true }).waitFor()
    const at = work.network.incidents.findIndex(({ id }) => id === OPEN)
    work.network.incidents.splice(at, 1)
    await choose(page, "Severity", "Warning")
    await page
      .getByRole("alert")
      .getByText(/There is no incident/)
      .waitFor()
  }))

test("incident workflow: the post-mortem is saved as Markdown and as JSON", () =>
  on(`/incidents/${RESOLVED}`, "dark", async (page) => {
    for (const [entry, name] of [
      ["Post-mortem (Markdown)", "post-mortem-10.md"],
      ["Post-mortem (JSON)", "post-mortem-10.json"],
    ] as const) {
      const download = page.waitForEvent("download")
      await choose(page, "More", entry)
      assert.equal((await download).suggestedFilename(), name)
    }
  }))

for (const appearance of ["dark", "light", "narrow"] as const)
  test(`incident workflow: whom a note mentions is distinguished from its text, and oneself from others, in ${appearance}`, () =>
    on(
      `/incidents/${OPEN}`,
      appearance,
      async (page) => {
        const timeline = page.locator("ispvm-timeline")
        await timeline.locator("mark").waitFor()
        assert.deepEqual(await timeline.locator("mark").allTextContents(), ["@Ayşe Demir"])
        const others = timeline.locator("span.emphasis", { hasText: "@" })
        assert.deepEqual(await others.allTextContents(), ["@Zeynep Ak"])
        const note = timeline.locator("li", { has: page.locator("mark") }).locator(".prose")
        assert.match(await note.innerText(), /@Ayşe Demir and @Zeynep Ak, not @nobody <b>/)
        assert.deepEqual(await findings(page), [])
        await keepPicture(page, `workflow-mentions-${appearance}`)
      },
      ({ details }) =>
        details.set(OPEN, {
          timeline: [
            {
              id: "1",
              atMs: Date.now(),
              kind: "note",
              who: "Ali",
              mentions: [uuid(1), uuid(3)],
              message: {
                code: "timeline.note",
                params: { text: "@Ayşe Demir and @Zeynep Ak, not @nobody <b>" },
              },
            },
          ],
        }),
    ))
