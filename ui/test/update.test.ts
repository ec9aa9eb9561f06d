/** Updates on the Settings page. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Updates } from "@ispvm/appliance/api/updates"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answer, startServer } from "./server.ts"
import {
  answerUpdates,
  incompleteDebian,
  installingDebian,
  makeUpdates,
  NEW,
  OLD,
  rolledBack,
  running,
} from "./update-answers.ts"
import { makeWork } from "./work.ts"

useBrowser()

type Sent = (what: string) => readonly unknown[]
type Override = (what: string) => Answer | null

const on = async (
  updates: Updates,
  act: (page: Page, sent: Sent) => Promise<void>,
  override: Override = () => null,
): Promise<void> => {
  const work = makeWork()
  const { session } = work.network
  const permissions = [...session.permissions, "updates:read", "updates:write"]
  work.network.session = { ...session, permissions }
  const server = await startServer(async (method, url, body) => {
    const what = `${method} ${url.pathname}`
    const answer = override(what) ?? answerUpdates(updates, method, url)
    if (answer === null) return await work.answers(method, url, body)
    if (method !== "GET") work.writes.push({ what, body })
    return answer
  })
  try {
    await showPage(server, "/settings", "dark", (page) =>
      act(page, (what) => work.writes.filter((each) => each.what === what)),
    )
  } finally {
    server.close()
  }
}
const panelOf = (page: Page) => page.locator("ispvm-update")
const choose = async (page: Page, bytes: number): Promise<void> => {
  const file = { name: "ispvm-update_0.2.0_amd64.ispvm", mimeType: "", buffer: Buffer.alloc(bytes) }
  await panelOf(page).locator("input").setInputFiles(file)
}

test("settings: an update is uploaded in pieces, installed after a question, and followed", () => {
  const updates = makeUpdates()
  return on(updates, async (page, sent) => {
    const panel = panelOf(page)
    await panel.getByText(OLD).waitFor()
    await checkAppearances(page, "update-idle")
    await choose(page, 2.5 * 1024 * 1024)
    await panel.getByText(/Uploaded: 2\.5 MiB/).waitFor()
    assert.equal(sent("PUT /updates/bundle").length, 3)
    await panel.getByRole("button", { name: "Install update" }).click()
    await panel.getByText("Install this update?").waitFor()
    await checkAppearances(page, "update-question")
    await page.locator("ispvm-dialog").getByRole("button", { name: "Install update" }).click()
    await panel.getByText("The update is about to begin.").waitFor()
    assert.deepEqual(sent("POST /updates/runs"), [
      { what: "POST /updates/runs", body: { kind: "update" } },
    ])
    Object.assign(updates, running("testing"))
    await panel.getByText("The new release is being tested with a made-up fault.").waitFor()
    assert.equal(await panel.locator("[aria-current=step]").innerText(), "Test")
    await checkAppearances(page, "update-running")
    Object.assign(updates, makeUpdates({ version: NEW, previous: OLD }))
    await panel.getByRole("button", { name: "Reload page" }).waitFor()
  })
})

test("settings: while the appliance restarts the page says so, and goes on by itself", () => {
  const updates = makeUpdates(running("starting"))
  let isAway = false
  return on(
    updates,
    async (page) => {
      const panel = panelOf(page)
      await panel.getByText("The appliance restarts.", { exact: false }).waitFor()
      isAway = true
      await panel.getByText("does not answer while it restarts", { exact: false }).waitFor()
      await checkAppearances(page, "update-away")
      Object.assign(updates, makeUpdates(rolledBack()))
      isAway = false
      await panel.getByText("The new release did not pass its test", { exact: false }).waitFor()
      await checkAppearances(page, "update-rolled-back")
    },
    (what) => (isAway && what === "GET /updates" ? problem(503, "busy", "Starting.") : null),
  )
})

test("settings: packages of Debian are named as such, and what does not work with them", () => {
  const updates = makeUpdates(installingDebian())
  return on(updates, async (page) => {
    const panel = panelOf(page)
    await panel.getByText("Packages of Debian are being installed.").waitFor()
    Object.assign(updates, makeUpdates(incompleteDebian()))
    await panel.getByText("Debian packages trixie-20261201.0938").waitFor()
    await panel.getByText("chrony.service does not start again", { exact: false }).waitFor()
    assert.equal(await panel.getByText("Incomplete", { exact: true }).count(), 1)
  })
})

test("settings: a rollback is confirmed, and an error of it is shown in its dialog", () =>
  on(
    makeUpdates({ previous: "0.1.0" }),
    async (page) => {
      const panel = panelOf(page)
      await panel.getByRole("button", { name: "Roll back" }).click()
      await panel.getByText("Go back to 0.1.0?").waitFor()
      await page.locator("ispvm-dialog").getByRole("button", { name: "Roll back" }).click()
      await panel.getByText("An update or a rollback is running.").waitFor()
      await checkAppearances(page, "update-rollback-refused")
    },
    (what) =>
      what === "POST /updates/runs"
        ? problem(409, "update-running", "An update or a rollback is running.")
        : null,
  ))

test("settings: an upload that is rejected says why; a checkout offers none", async () => {
  await on(
    makeUpdates(),
    async (page) => {
      await panelOf(page).getByText(OLD).waitFor()
      await choose(page, 10)
      await panelOf(page).getByText("The disk has no room.").waitFor()
      await panelOf(page).getByRole("button", { name: "Choose update file" }).waitFor()
    },
    (what) =>
      what === "PUT /updates/bundle" ? problem(507, "no-space", "The disk has no room.") : null,
  )
  await on(makeUpdates({ isSupported: false }), async (page) => {
    await panelOf(page).getByText("was not installed from packages", { exact: false }).waitFor()
    assert.equal(await panelOf(page).getByRole("button").count(), 0)
  })
})
