/** Backups on the Settings page. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Backup } from "@ispvm/appliance/api/backup"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { answerBackup, IDENTITY, makeBackup, makeEmptyBackup, RECIPIENT } from "./backup-answers.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answers, startServer } from "./server.ts"
import { makeWork } from "./work.ts"

useBrowser()

const on = async (
  backup: Backup,
  act: (page: Page, sent: (what: string) => unknown) => Promise<void>,
  around: (answers: Answers) => Answers = (answers) => answers,
): Promise<void> => {
  const work = makeWork()
  const { session } = work.network
  const permissions = [...session.permissions, "backup:read", "backup:write"]
  work.network.session = { ...session, permissions }
  const answers: Answers = async (method, url, body) => {
    const answer = answerBackup(backup, `${method} ${url.pathname}`, body)
    if (answer === null) return await work.answers(method, url, body)
    if (method !== "GET") work.writes.push({ what: `${method} ${url.pathname}`, body })
    return answer
  }
  const wrapped = around(answers)
  const server = await startServer((...request) => wrapped(...request))
  try {
    await showPage(server, "/settings", "dark", (page) =>
      act(page, (what) => work.writes.find((each) => each.what === what)?.body),
    )
  } finally {
    server.close()
  }
}

test("settings: a backup key is created, and its private part is shown once", () =>
  on(makeEmptyBackup(), async (page) => {
    const panel = page.locator("ispvm-backup")
    await panel.getByText("No backup has been verified yet.").waitFor()
    await checkAppearances(page, "backup-empty")
    await panel.getByRole("button", { name: "Create key" }).click()
    await panel.getByText(IDENTITY).waitFor()
    await page.keyboard.press("Escape")
    await panel.getByText(IDENTITY).waitFor()
    await checkAppearances(page, "backup-key")
    await panel.getByRole("button", { name: "I have stored it" }).click()
    assert.equal(await panel.getByText(IDENTITY).count(), 0)
    await panel.getByText(RECIPIENT).waitFor()
  }))

test("settings: backups are configured, started and shown with what became of them", () =>
  on(makeBackup(), async (page, sent) => {
    const panel = page.locator("ispvm-backup")
    await panel.getByText("No space is left", { exact: false }).waitFor()
    await panel.getByRole("button", { name: "Change" }).click()
    await panel.getByLabel("Stored in").selectOption("sftp")
    await panel.getByRole("button", { name: "Save" }).click()
    await panel.getByText("Must not be empty").first().waitFor()
    await panel.getByLabel("Host", { exact: true }).fill("backup.example.net")
    await panel.getByLabel("User name").fill("ispvm")
    await panel.getByLabel("Path").fill("/srv/ispvm")
    await panel.getByLabel("Password or private key").fill("s3cret")
    await checkAppearances(page, "backup-form")
    await panel.getByRole("button", { name: "Save" }).click()
    await page.getByText("The backup settings are saved.").waitFor()
    assert.deepEqual(sent("PUT /backup/settings"), {
      ...{ frequency: "daily", hourUtc: 2, keepCount: 14, keepDays: 30, secret: "s3cret" },
      target: {
        ...{ kind: "sftp", host: "backup.example.net", port: 22, username: "ispvm" },
        ...{ path: "/srv/ispvm", hostKey: null },
      },
    })
    await panel.getByRole("button", { name: "Back up now" }).click()
    await panel.getByText(/Table 12 of 60, 29\.6 MiB stored/).waitFor()
    await checkAppearances(page, "backup-running")
  }))

test("settings: backups that cannot be loaded say so and are tried again", () => {
  let fails = true
  return on(
    makeBackup(),
    async (page) => {
      await page.getByText("The backup settings could not be loaded").waitFor()
      fails = false
      await page.locator("ispvm-backup").getByRole("button", { name: "Try again" }).click()
      await page.getByText(RECIPIENT).waitFor()
    },
    (answers) => (method, url, body) =>
      fails && url.pathname === "/backup"
        ? problem(503, "busy", "The database is starting.")
        : answers(method, url, body),
  )
})
