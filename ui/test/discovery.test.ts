/** The page of what discovery proposes, in a real browser. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { DiscoveryDecision } from "@ispvm/appliance/api/discovery"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { makeMany } from "./discovery-answers.ts"
import { uuid } from "./make.ts"
import { sessionOf } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answers, startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let work: Work
let server: TestServer
/** Answers in place of the appliance; null: it answers itself. */
let intercept: (...request: Parameters<Answers>) => ReturnType<Answers> | null = () => null

useBrowser()

const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  prepare: (work: Work) => void = () => undefined,
): Promise<void> => {
  work = makeWork(12)
  prepare(work)
  intercept = () => null
  server = await startServer((...request) => intercept(...request) ?? work.answers(...request))
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}

const rows = (page: Page) => page.getByRole("table", { name: "Discovery" }).getByRole("row")
const row = (page: Page, text: string | RegExp) => rows(page).filter({ hasText: text })
const decisions = () =>
  work.writes
    .filter(({ what }) => what === "POST /discovery/decisions")
    .map(({ body }) => DiscoveryDecision.parse(body))
const stateOf = (n: number) =>
  work.discovery.proposals.find(({ id }) => id === uuid(40_000 + n))?.state

test("discovery: open proposals in dark, light and narrow: axe finds nothing, nothing overflows", () =>
  on("/discovery", "dark", async (page) => {
    await page.getByText("10 rows").waitFor()
    await page.getByText("187", { exact: true }).waitFor()
    await checkAppearances(page, "discovery")
  }))

test("discovery: a row opens to its evidence, and the address keeps it", () =>
  on("/discovery", "dark", async (page) => {
    await row(page, "van-acc-4").getByText("CCR2116").click()
    await page.getByText("the same MAC address").waitFor()
    await page.getByText("sam-core-1").last().waitFor()
    assert.equal(new URL(page.url()).searchParams.get("open"), uuid(40_006))
    await checkAppearances(page, "discovery-evidence")
    await page.keyboard.press("Escape")
    await page.getByText("the same MAC address").waitFor({ state: "detached" })
    await page.keyboard.press("j")
    await page.locator("ispvm-proposal-evidence").waitFor()
  }))

test("discovery: links of one source above a confidence are accepted in bulk", () =>
  on("/discovery", "light", async (page) => {
    await page.getByRole("button", { name: /^LLDP/ }).click()
    await page.getByLabel("Confidence").first().selectOption("95")
    await page.getByRole("button", { name: /^Links/ }).click()
    await page.getByText("2 of 10 rows").waitFor()
    assert.equal(new URL(page.url()).search, "?source=lldp&min=95&kind=link")
    await page.getByLabel("Select all rows").check()
    await page.getByText("2 selected").waitFor()
    await keepPicture(page, "discovery-selected-light")
    await page.getByRole("button", { name: "Accept", exact: true }).click()
    await page.getByText("2 proposals accepted.").waitFor()
    const [decision] = decisions()
    assert.deepEqual(decision?.ids.toSorted(), [uuid(40_001), uuid(40_002)])
    assert.equal(decision?.decision, "accept")
    assert.deepEqual([stateOf(1), stateOf(2), stateOf(3)], ["accepted", "accepted", "open"])
    await page.getByText("No matching proposals").waitFor()
    await page.getByRole("button", { name: "Clear filters" }).click()
    await page.getByText("8 rows").waitFor()
  }))

test("discovery: the dialog asks for site, agent and credential; what fails is named, the rest is done", () =>
  on("/discovery?kind=device", "dark", async (page) => {
    await page.getByLabel("Select all rows").check()
    await page.getByRole("button", { name: "Accept", exact: true }).click()
    await page.getByRole("dialog", { name: "Accept 3 devices" }).waitFor()
    const dialog = page.locator("ispvm-accept-devices")
    await dialog.getByLabel("Site").selectOption({ label: "Izmir" })
    await dialog.getByLabel("Agent").selectOption({ index: 1 })
    await dialog.getByLabel("Credential").selectOption({ label: "monitor" })
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "discovery-dialog-dark")
    await dialog.getByRole("button", { name: "Accept" }).click()
    await page.getByText("1 proposal could not be accepted.").waitFor()
    await page.getByText("no address is known at which it could be polled").waitFor()
    await page.getByText("The other 2 proposals went through.").waitFor()
    const [decision] = decisions()
    assert.equal(decision?.siteId, uuid(9_002))
    assert.equal(decision?.credentialId, uuid(3_000))
    assert.notEqual(decision?.agentId, null)
    assert.deepEqual([stateOf(6), stateOf(7), stateOf(8)], ["accepted", "accepted", "open"])
    // What failed is still selected, to be rejected or tried again.
    await page.getByText("1 selected").waitFor()
    await checkAppearances(page, "discovery-failed")
  }))

test("discovery: segments and peers are rejected only", () =>
  on("/discovery?kind=segment,peer", "dark", async (page) => {
    await page.getByText("2 of 10 rows").waitFor()
    assert.equal(await page.getByRole("button", { name: /^Accept/ }).count(), 0)
    await page.getByRole("button", { name: "Reject AS9121" }).click()
    await page.getByText("1 proposal rejected.").waitFor()
    assert.equal(stateOf(10), "rejected")
  }))

test("discovery: an accepted link is reopened; an accepted device is not", () =>
  on("/discovery", "dark", async (page) => {
    await page.getByRole("tab", { name: /Accepted/ }).click()
    await page.getByText("mehmet@example.net").waitFor()
    await checkAppearances(page, "discovery-accepted")
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByLabel("Select all rows").check()
    await page.getByRole("button", { name: "Reopen", exact: true }).click()
    await page.getByText("remove the device on its own page").waitFor()
    assert.deepEqual([stateOf(11), stateOf(12)], ["open", "accepted"])
    await page.getByRole("tab", { name: /Rejected/ }).click()
    await page.getByRole("button", { name: /^Reopen ank/ }).click()
    await page.getByText("No rejected proposals").waitFor()
    assert.equal(stateOf(13), "open")
    await page.getByRole("tab", { name: /Open\s*12/ }).waitFor()
  }))

test("discovery: it runs now, and says what is new", () =>
  on("/discovery", "dark", async (page) => {
    const gate = Promise.withResolvers<void>()
    intercept = (method, url, body) =>
      url.pathname === "/discovery/run"
        ? gate.promise.then(() => work.answers(method, url, body))
        : null
    const run = page.getByRole("button", { name: "Run now" })
    await run.click()
    await page.getByText("Comparing what devices report").waitFor()
    assert.equal(await run.isDisabled(), true)
    await keepPicture(page, "discovery-running-dark")
    gate.resolve()
    await page.getByText("Discovery ran: 2 new proposals.").waitFor()
    await page.getByRole("button", { name: "Left out 174" }).click()
    await page.getByText("Neighbours behind a bridge or switch").waitFor()
    await keepPicture(page, "discovery-left-out-dark")
  }))

test("discovery: before the first run, and with nothing left to decide", () =>
  on(
    "/discovery",
    "dark",
    async (page) => {
      await page.getByText("Nothing discovered yet").waitFor()
      await checkAppearances(page, "discovery-empty")
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.getByRole("button", { name: "Run now" }).click()
      await page.getByText("No open proposals").waitFor()
      await keepPicture(page, "discovery-all-decided-dark")
    },
    ({ discovery }) => {
      discovery.proposals = []
      discovery.run = null
    },
  ))

test("discovery: what cannot be loaded says why; what was loaded stays, marked as old", () =>
  on("/discovery", "dark", async (page) => {
    await page.getByText("10 rows").waitFor()
    intercept = (_, url) =>
      url.pathname.startsWith("/discovery")
        ? problem(503, "busy", "The database is starting.")
        : null
    await page.getByRole("button", { name: "Run now" }).click()
    await page.locator("ispvm-stale").waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "discovery-stale-dark")
    await page.reload()
    await page.getByText("The proposals could not be loaded").waitFor()
    await keepPicture(page, "discovery-unloaded-dark")
  }))

test("discovery: 500 proposals are drawn as far as they are in view", () =>
  on(
    "/discovery",
    "dark",
    async (page) => {
      await page.getByText("500 rows").waitFor()
      assert.ok((await rows(page).count()) < 80)
      await checkAppearances(page, "discovery-full")
    },
    ({ discovery }) => {
      discovery.proposals = makeMany(500)
    },
  ))

test("discovery: who may only read has no actions; the page is reached from Devices and by the palette", () =>
  on(
    "/devices",
    "dark",
    async (page) => {
      const link = page.getByRole("link", { name: "Discovery 10" })
      await link.waitFor()
      await keepPicture(page, "discovery-from-devices-dark")
      await link.click()
      await page.getByText("10 rows").waitFor()
      assert.equal(await page.getByRole("button", { name: /^(Accept|Reject|Run now)/ }).count(), 0)
      assert.equal(await page.getByRole("checkbox").count(), 0)
      await page.keyboard.press("Control+k")
      await page.keyboard.type("discovery")
      await page
        .getByRole("option", { name: /Discovery/ })
        .first()
        .waitFor()
    },
    ({ network }) => {
      network.session = sessionOf("viewer")
    },
  ))
