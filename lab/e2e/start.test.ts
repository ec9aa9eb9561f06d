/**
 * `npm start` for a new user: the set-up code from the console, the set-up, a router added by hand
 * on one page, and its live value. The router is simulated on a loopback address, so this runs
 * without root. Also the starts that cannot succeed: each reports the reason in one line.
 */
import assert from "node:assert/strict"
import { after, before, describe, test } from "node:test"
import { APPEARANCES, keepPicture, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import type { Browser, Page } from "playwright-core"
import {
  type LoopbackLab,
  program,
  type Started,
  startAppliance,
  startLoopbackLab,
} from "./start-process.ts"

let lab: LoopbackLab
let appliance: Started
let browser: Browser
let page: Page

const press = (name: string | RegExp): Promise<void> =>
  page.getByRole("button", { name }).first().click()
const type = (label: string, text: string): Promise<void> =>
  page.getByLabel(label, { exact: true }).first().fill(text)

describe("npm start, claim, and the first router", () => {
  before(async () => {
    lab = await startLoopbackLab()
    appliance = await startAppliance()
    browser = await launchBrowser()
    page = await openPage(browser, APPEARANCES.dark)
  })
  after(async () => {
    await browser?.close()
    await appliance?.stop()
    await lab?.stop()
  })

  test("a wrong set-up code is rejected at its field; the right one sets the appliance up", async () => {
    await page.goto(appliance.url)
    await type("Set-up code", "AAAA-BBBB-CCCC")
    await type("Organisation", "First Net")
    await type("Your name", "Deniz")
    await type("E-mail", "deniz@first.example")
    await type("Password", "four words in a row")
    await press("Create account and log in")
    await page.getByText("not the code on the console").first().waitFor()
    await type("Set-up code", appliance.setupCode)
    await keepPicture(page, "setup-dark")
    await press("Create account and log in")
    await page.getByRole("link", { name: "Devices" }).first().waitFor()
  })

  test("the test names a wrong password; with the right one the router is live", async () => {
    await page.goto(`${appliance.url}/devices/new`)
    // Without "(not live)": the appliance's own agent is enrolled and sends heartbeats.
    await page
      .locator("option", { hasText: /^\s*This appliance\s*$/ })
      .first()
      .waitFor({ state: "attached", timeout: 30_000 })
    await type("Address", lab.router("ank-core-1"))
    await type("User name", lab.user)
    await type("Password", "not the password")
    await press("Test")
    // Only now may the agent send the password: confirming the certificate tests the login.
    await page
      .getByLabel("The fingerprint matches: pin this certificate")
      .check({ timeout: 20_000 })
    await page
      .getByText(/invalid user name or password/i)
      .first()
      .waitFor()
    await keepPicture(page, "add-router-refused-dark")
    await type("Password", lab.password)
    await press(/^Test again/)
    await page.getByText("All steps passed.").waitFor({ timeout: 30_000 })
    await keepPicture(page, "add-router-works-dark")
    await press("Save and monitor")
    await page.getByText(/^Live\b.*\./).waitFor({ timeout: 30_000 })
    await page.getByText(/\d+ of \d+ running/).waitFor({ timeout: 30_000 })
    await keepPicture(page, "add-router-live-dark")
  })

  test("a second start on the same data prints one line and exits", async () => {
    const again = program(["appliance/src/main.ts"], {
      ISPVM_DATA_DIR: appliance.dataDir,
      ISPVM_LOCAL_AGENT: "off",
    })
    assert.equal(await again.code, 1)
    assert.match(again.output(), /in use: an appliance runs on it/)
  })

  test("the login fails without the right password", async () => {
    const answer = await fetch(`${appliance.url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: appliance.url },
      body: JSON.stringify({ email: "deniz@first.example", password: "four words in a column" }),
    })
    assert.equal(answer.status, 401)
  })
})
