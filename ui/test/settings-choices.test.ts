/** Choices of the Settings page, which are saved at once. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answers, startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let work: Work
let answers: Answers

useBrowser()

const on = async (act: (page: Page) => Promise<void>): Promise<void> => {
  work = makeWork()
  answers = work.answers
  const server = await startServer((...request) => answers(...request))
  try {
    await showPage(server, "/settings", "dark", act)
  } finally {
    server.close()
  }
}
const rejectChanges = (): void => {
  answers = (method, url, body) =>
    method === "PATCH"
      ? problem(503, "busy", "The database is starting.")
      : work.answers(method, url, body)
}
const waitChosen = (page: Page, label: string, value: string): Promise<void> =>
  page
    .getByLabel(label)
    .and(page.locator(`select:has([value="${value}"]:checked)`))
    .waitFor()

const CHOICES: readonly (readonly [name: string, label: string, chosen: string])[] = [
  ["a collection interval", "Interval: Interfaces, SNMP", "60000"],
  ["a role", "Role of Mehmet Kaya", "operator"],
]

for (const [name, label, chosen] of CHOICES)
  test(`settings: ${name} that is rejected is not shown as chosen`, () =>
    on(async (page) => {
      const choice = page.getByLabel(label)
      const was = await choice.inputValue()
      rejectChanges()
      await choice.selectOption(chosen)
      await page.getByText("The database is starting.").waitFor()
      await waitChosen(page, label, was)
    }))

test("settings: who chooses with the keyboard stays at the choice", () =>
  on(async (page) => {
    const choice = page.getByLabel("Interval: Interfaces, SNMP")
    await choice.focus()
    await page.keyboard.press("ArrowDown")
    await page.getByText("Interfaces, SNMP: every 1 s.").waitFor()
    await page.keyboard.press("ArrowDown")
    await page.getByText("Interfaces, SNMP: every 5 s.").waitFor()
    await waitChosen(page, "Interval: Interfaces, SNMP", "5000")
  }))

test("settings: of two quick choices the last one is saved and shown", () =>
  on(async (page) => {
    const choice = page.getByLabel("Role of Mehmet Kaya")
    await choice.waitFor()
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    answers = async (method, url, body) => {
      if (method === "PATCH") await held
      return work.answers(method, url, body)
    }
    await choice.selectOption("operator")
    await choice.selectOption("admin")
    assert.equal(await choice.inputValue(), "admin")
    release()
    await page.getByText("Mehmet Kaya was changed.").nth(1).waitFor()
    await waitChosen(page, "Role of Mehmet Kaya", "admin")
    const sent = work.writes.filter(({ what }) => what === `PATCH /accounts/${uuid(2)}`)
    assert.deepEqual(
      sent.map(({ body }) => body),
      [{ role: "operator" }, { role: "admin" }],
    )
  }))
