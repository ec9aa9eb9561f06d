/**
 * Sets an appliance up in a browser and adds one simulated router, as a first user does; prints what
 * the page shows of the router as JSON. The appliance reaches the router by an address of its own.
 *
 *   node lab/e2e/claim-image.ts ORIGIN SETUP-CODE ADDRESS PORT
 *
 * PORT: where the routers' API over TLS listens here; the appliance sees it as 8729.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { APPEARANCES, keepPicture, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import type { Page } from "playwright-core"
import { ANATOLIA, Lab } from "../simulator/lab.ts"
import { until } from "./rows.ts"

/** An emulated machine answers slowly; what never comes fails anyway. */
const WAIT_MS = 10 * 60_000
const LOGIN = { user: "monitor", password: "anatolia-lab" }

const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole("button", { name }).first().click()
const type = (page: Page, label: string, text: string): Promise<void> =>
  page.getByLabel(label, { exact: true }).first().fill(text)

const setUp = async (page: Page, origin: string, code: string): Promise<void> => {
  await page.goto(origin)
  await type(page, "Set-up code", code)
  await type(page, "Organisation", "Anatolia Net")
  await type(page, "Your name", "Night shift")
  await type(page, "E-mail", "noc@anatolia.example")
  await type(page, "Password", "first-boot-of-the-image-7")
  await keepPicture(page, "image-setup")
  await press(page, "Create account and log in")
  await page.getByRole("link", { name: "Devices" }).first().waitFor()
}

const addRouter = async (page: Page, origin: string, address: string): Promise<void> => {
  await page.goto(`${origin}/devices/new`)
  // Without "(not live)": the appliance's own agent is enrolled and sends heartbeats.
  await page
    .locator("option", { hasText: /^\s*This appliance\s*$/ })
    .first()
    .waitFor({ state: "attached" })
  await type(page, "Address", address)
  // The emulator's network answers no ping for the router.
  await press(page, "Ping")
  await type(page, "User name", LOGIN.user)
  await type(page, "Password", LOGIN.password)
  await press(page, "Test")
  await page.getByLabel("The fingerprint matches: pin this certificate").check()
  await page.getByText("All steps passed.").waitFor()
  await press(page, "Save and monitor")
}

/** What the page shows of the router: each value by its label. */
const valuesOn = async (page: Page): Promise<Record<string, string>> => {
  const cells = page.locator("ispvm-first-values dl > .here")
  const texts = await cells.evaluateAll((all) =>
    all.map((cell) => [
      cell.querySelector("dt")?.textContent ?? "",
      cell.querySelector("dd")?.textContent ?? "",
    ]),
  )
  return Object.fromEntries(texts.map((pair) => pair.map((text) => text?.trim() ?? "")))
}

/** The load of the router, and the next one: it is live. */
const liveValues = async (page: Page): Promise<object> => {
  await page.getByText(/^Live\b.*\./).waitFor()
  await page.getByText(/\d+ of \d+ running/).waitFor()
  const first = await valuesOn(page)
  const cpu = await until("another CPU value", WAIT_MS, async () => {
    const { CPU: now } = await valuesOn(page)
    return now !== undefined && now !== first.CPU && now
  })
  await keepPicture(page, "image-router-live")
  return { ...first, CPU: [first.CPU, cpu] }
}

const claim = async (origin: string, code: string, address: string): Promise<object> => {
  const browser = await launchBrowser()
  try {
    const page = await openPage(browser, APPEARANCES.dark)
    page.setDefaultTimeout(WAIT_MS)
    page.setDefaultNavigationTimeout(WAIT_MS)
    await setUp(page, origin, code)
    await addRouter(page, origin, address)
    return await liveValues(page)
  } finally {
    await browser.close()
  }
}

const main = async ([origin = "", code = "", address = "", port = ""]: readonly string[]) => {
  const dataDir = mkdtempSync(join(tmpdir(), "ispvm-claim-"))
  const apiSsl = Number(port)
  const lab = await Lab.start({
    ...{ topologyFile: ANATOLIA, dataDir, mode: "loopback", recordingsDir: null },
    // Beside a demo, which has the usual ports.
    ports: { api: apiSsl + 1, apiSsl, snmp: apiSsl + 2, syslog: apiSsl + 3 },
  })
  try {
    process.stdout.write(`${JSON.stringify(await claim(origin, code, address))}\n`)
  } finally {
    await lab.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

await main(process.argv.slice(2))
