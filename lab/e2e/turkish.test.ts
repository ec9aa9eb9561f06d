/**
 * The UI in Turkish against a running appliance: no page has a word of an English text that is
 * translated. What people, routers and agents wrote stays as it is.
 */
import assert from "node:assert/strict"
import { after, before, describe, test } from "node:test"
import { APPEARANCES, keepPicture, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import { englishTextsOf, englishWords } from "@ispvm/ui/test/english-words"
import type { Browser, Page } from "playwright-core"
import { type Demo, startDemo, tempDataDir } from "./demo-process.ts"
import { type Operator, operatorAt } from "./operator.ts"
import { rows, textOf, until } from "./rows.ts"

let demo: Demo
let operator: Operator
let browser: Browser
let page: Page
/** What routers and agents said, and names that are data. */
let written: readonly string[] = []

const idOf = async (list: "devices" | "links", name: string): Promise<string> => {
  const row = rows((await operator.get("/topology"))[list]).find((each) => each.name === name)
  return textOf(row, "id")
}
const pagesOf = async (): Promise<Readonly<Record<string, string>>> => {
  const device = await idOf("devices", "izm-core-1")
  const reporting = await idOf("devices", "esk-core-1")
  const link = await idOf("links", "bursa-izmir")
  const [incident] = rows((await operator.get("/incidents?limit=1")).items)
  return {
    overview: "/",
    map: "/map",
    "map-link": `/map?link=${link}`,
    "map-device": `/map?device=${device}`,
    graph: "/graph",
    devices: "/devices",
    device: `/devices/${device}`,
    "device-events": `/devices/${device}?tab=events`,
    "device-sensors": `/devices/${device}?tab=sensors`,
    "device-companion": `/devices/${reporting}?tab=companion`,
    connect: `/devices/${reporting}/connect`,
    interface: `/devices/${device}/interface?name=ether1`,
    link: `/links/${link}`,
    incidents: "/incidents",
    incident: `/incidents/${textOf(incident, "id")}`,
    agents: "/agents",
    settings: "/settings",
    audit: "/settings/audit",
    notifications: "/notifications",
    "channel-new": "/notifications?add=1",
    "policy-new": "/notifications?tab=policies&add=1",
    deliveries: "/notifications?tab=log",
    import: "/devices/import",
    "device-new": "/devices/new",
    "device-new-self": "/devices/new?mode=self",
    "device-access": `/devices/new?device=${device}`,
    missing: "/nowhere",
  }
}
const readWritten = async (): Promise<readonly string[]> => {
  const events = rows((await operator.get("/events?limit=500")).items)
  const ofRouters = events.filter(
    ({ source, name }) => source === "syslog" || String(name).startsWith("collect"),
  )
  const devices = rows((await operator.get("/topology")).devices)
  return [
    ...ofRouters.map((event) => textOf(event, "message")),
    ...devices.flatMap(({ sources }) => rows(sources).map(({ problem }) => String(problem ?? ""))),
    ...rows((await operator.get("/credentials")).items).map((each) => textOf(each, "name")),
    ...rows((await operator.get("/probes")).items).map((each) => textOf(each, "name")),
  ].filter((text) => text !== "")
}
/** A release of RouterOS, the comment or type of a port, or what somebody wrote. */
const isData = (text: string): boolean =>
  /^\d[\d.]* \([\w-]+\)$/.test(text) ||
  /^(?:to [\w-]+|loopback)$/.test(text) ||
  written.some((each) => text.includes(each) || each.includes(text))

describe("the demo in Turkish", () => {
  before(async () => {
    demo = await startDemo({ dataDir: tempDataDir("turkish") })
    operator = await operatorAt(demo.url, demo.email, demo.password)
    browser = await launchBrowser()
    page = await openPage(browser, APPEARANCES.dark)
    await page.goto(`${demo.url}?lang=tr`)
    await page.getByLabel("E-posta").fill(demo.email)
    await page.getByLabel("Parola", { exact: true }).fill(demo.password)
    await page.keyboard.press("Enter")
    await page.getByRole("link", { name: "Cihazlar" }).first().waitFor()
    await operator.inject({ do: "cut", link: "bursa-izmir" })
    await until(
      "an incident is open",
      30_000,
      async () => rows((await operator.get("/incidents?state=open")).items).length > 0,
    )
  })
  after(async () => {
    await browser?.close()
    operator?.close()
    await demo?.stop()
  })

  test("the list of English words is long, and has no Turkish one", () => {
    const words = englishWords()
    assert.ok(words.size > 500)
    for (const word of ["the", "device", "incident", "acknowledge"]) assert.ok(words.has(word))
    for (const word of ["cihaz", "ve", "ping"]) assert.ok(!words.has(word))
  })

  test("no page has an English text that is translated", async () => {
    const found: string[] = []
    for (const [name, path] of Object.entries(await pagesOf())) {
      await page.goto(`${demo.url}${path}${path.includes("?") ? "&" : "?"}lang=tr`)
      await page.locator("ispvm-skeleton").first().waitFor({ state: "detached" })
      await page.waitForTimeout(1_000)
      written = await readWritten()
      found.push(...(await englishTextsOf(page, isData)).map((text) => `${name}: ${text}`))
      await keepPicture(page, `turkish-${name}`)
    }
    assert.deepEqual(found, [])
  })
})
