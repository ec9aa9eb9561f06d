/** API tokens on the Settings page. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { SHOWN_ONCE } from "./api-tokens-answers.ts"
import { checkAppearances } from "./appearances.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answers, startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let work: Work

useBrowser()

const on = async (
  act: (page: Page) => Promise<void>,
  answersOf: (work: Work) => Answers = ({ answers }) => answers,
): Promise<void> => {
  work = makeWork()
  const answers = answersOf(work)
  const server = await startServer((...request) => answers(...request))
  try {
    await showPage(server, "/settings", "dark", act)
  } finally {
    server.close()
  }
}

test("settings: an API token is created, shown once and revoked", () =>
  on(async (page) => {
    const panel = page.locator("ispvm-api-tokens")
    await panel.getByText("Expired").waitFor()
    await panel.getByRole("button", { name: "Add token" }).click()
    await panel.getByRole("button", { name: "Create token" }).click()
    await panel.getByText("Must not be empty").waitFor()
    await panel.getByRole("textbox", { name: "Name" }).fill("nightly play")
    await panel.getByLabel("Change the network").check()
    await panel.getByLabel("Change users").check()
    await panel.getByText("can become an administrator").waitFor()
    await panel.getByLabel("Change users").uncheck()
    await panel.getByLabel("Valid for").selectOption("30")
    await checkAppearances(page, "api-token-form")
    await panel.getByRole("button", { name: "Create token" }).click()
    await panel.getByText(SHOWN_ONCE).waitFor()
    assert.deepEqual(work.writes.find(({ what }) => what === "POST /tokens")?.body, {
      name: "nightly play",
      permissions: ["inventory:read", "inventory:write"],
      expiresInDays: 30,
    })
    await panel.getByRole("button", { name: "Done" }).click()
    assert.equal(await panel.getByText(SHOWN_ONCE).count(), 0)
    await panel.getByRole("button", { name: "Revoke nightly play" }).click()
    await panel.locator("ispvm-dialog").getByRole("button", { name: "Revoke" }).click()
    await page.getByText("nightly play was revoked.").waitFor()
    await panel.getByText("Revoked", { exact: true }).waitFor()
  }))

test("settings: a list of tokens that cannot be loaded says so and is tried again", () => {
  let fails = true
  return on(
    async (page) => {
      await page.getByText("The API tokens could not be loaded").waitFor()
      fails = false
      await page.locator("ispvm-api-tokens").getByRole("button", { name: "Try again" }).click()
      await page.getByText("old play").waitFor()
    },
    ({ answers }) =>
      (method, url, body) =>
        fails && url.pathname === "/tokens"
          ? problem(503, "busy", "The database is starting.")
          : answers(method, url, body),
  )
})
