/**
 * The whole path as an operator sees it: the demo in a real browser, broken and repaired with the
 * buttons on the page. Screenshots are stored in ISPVM_SCREENS, otherwise in a temporary folder.
 */
import assert from "node:assert/strict"
import { after, afterEach, before, describe, test } from "node:test"
import { APPEARANCES, keepPicture, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import type { Browser, Page } from "playwright-core"
import { type Demo, startDemo, tempDataDir } from "./demo-process.ts"
import { type Operator, operatorAt } from "./operator.ts"
import { rows, textOf, titleOf, until } from "./rows.ts"

let demo: Demo
let operator: Operator
let browser: Browser
let page: Page
const thrown: string[] = []

const idOf = async (list: "devices" | "links", name: string): Promise<string> => {
  const row = rows((await operator.get("/topology"))[list]).find((each) => each.name === name)
  return textOf(row, "id")
}
const waitUntilHealthy = (): Promise<unknown> =>
  until("all devices are ok, all incidents closed", 60_000, async () => {
    const devices = rows((await operator.get("/topology")).devices).filter(
      (device) => !textOf(device, "name").startsWith("recorded-"),
    )
    const open = rows((await operator.get("/incidents?state=open")).items)
    return open.length === 0 && devices.every((device) => textOf(device.status, "status") === "ok")
  })
const press = (name: string | RegExp): Promise<void> =>
  page.getByRole("button", { name }).first().click()
/** Opens the list of open incidents, and in it the one with a matching title. */
const openIncident = async (title: RegExp): Promise<void> => {
  await page.goto(`${demo.url}/incidents`)
  await page.getByText(title).first().click()
  await page.waitForURL(/\/incidents\/[0-9a-f-]{36}/)
}

const linkFaultTest = (): void => {
  test("map, device, a cut link, the incident that names it, repaired, closed", async () => {
    await page.goto(`${demo.url}/map`)
    await page
      .getByRole("button", { name: /^Ankara/ })
      .first()
      .waitFor()
    await keepPicture(page, "map-well-dark")
    await page.goto(`${demo.url}/devices/${await idOf("devices", "izm-core-1")}`)
    await page.getByText("Round trip").first().waitFor()
    await page
      .getByText(/\d µs|\d ms/)
      .first()
      .waitFor()
    await keepPicture(page, "device-dark")

    await page.goto(`${demo.url}/map?link=${await idOf("links", "bursa-izmir")}`)
    await press("Cut link")
    await page.getByText("Link bursa-izmir is cut").first().waitFor({ timeout: 15_000 })
    await keepPicture(page, "map-cut-dark")
    await openIncident(/Link bursa-izmir is cut/)
    await page.getByText("Link bursa-izmir is cut").first().waitFor()
    await keepPicture(page, "incident-cut-dark")

    await page.goto(`${demo.url}/map?link=${await idOf("links", "bursa-izmir")}`)
    await press("Repair link")
    await waitUntilHealthy()
    await page.goto(`${demo.url}/incidents?state=closed`)
    await page.getByText("Link bursa-izmir was cut").first().waitFor()
    await keepPicture(page, "incidents-closed-dark")
  })
}

const routerFaultTest = (): void => {
  test("a dead router is one incident that includes its neighbours' ports, and can be acknowledged", async () => {
    await page.goto(`${demo.url}/devices/${await idOf("devices", "ank-core-1")}`)
    await press("Power off router")
    await until("one incident names it", 15_000, async () => {
      const open = rows((await operator.get("/incidents?state=open")).items)
      return open.length === 1 && /Router ank-core-1 is not answering/.test(titleOf(open[0]))
    })
    await openIncident(/Router ank-core-1 is not answering/)
    await page
      .locator("ispvm-evidence")
      .getByText(/kay-core-1|esk-core-1/)
      .first()
      .waitFor()
    await press(/^Acknowledge/)
    await page
      .getByText(/acknowledged/i)
      .first()
      .waitFor()
    await keepPicture(page, "incident-router-dark")
    await page.goto(`${demo.url}/graph`)
    await page.getByText("Fault injection").waitFor()
    await keepPicture(page, "graph-router-dark")
    await operator.inject({ do: "heal" })
    await waitUntilHealthy()
  })
}

const agentFaultTest = (): void => {
  test("a stopped agent: its devices are unknown, and no device has an incident", async () => {
    await page.goto(`${demo.url}/map`)
    await press("Stop agent")
    await page.goto(`${demo.url}/devices`)
    await page.getByText("Unknown").nth(5).waitFor({ timeout: 30_000 })
    await keepPicture(page, "devices-unknown-dark")
    const kinds = await until("an incident is open", 5_000, async () => {
      const open = rows((await operator.get("/incidents?state=open")).items)
      return (
        open.length > 0 && open.map((incident) => rows(incident.causes).map((cause) => cause.kind))
      )
    })
    assert.deepEqual(kinds, [["agent"]])
    await page.goto(`${demo.url}/map`)
    await press("Start agent")
    await waitUntilHealthy()
  })
}

const buttonTest = (): void => {
  test("a site's power, an upstream and the agent's two paths have buttons for fault and repair", async () => {
    const buttons = [
      [
        `/devices/${await idOf("devices", "sam-acc-1")}`,
        "Power off Samsun",
        "Power on Samsun",
        "poweredOffSites",
        ["Samsun"],
        [],
      ],
      [
        `/devices/${await idOf("devices", "ist-transit-1")}`,
        "Cut upstream",
        "Restore upstream",
        "lostUpstreams",
        ["ist-transit-1"],
        [],
      ],
      ["/map", "Cut agent from network", "Reconnect agent to network", "uplinkDown", true, false],
      [
        "/map",
        "Cut agent from appliance",
        "Reconnect agent to appliance",
        "managementPathDown",
        true,
        false,
      ],
    ] as const
    for (const [path, there, back, key, broken, whole] of buttons) {
      await page.goto(demo.url + path)
      await press(there)
      await page.getByRole("button", { name: back }).waitFor()
      assert.deepEqual((await operator.faults())[key], broken, there)
      await press(back)
      await page.getByRole("button", { name: there }).waitFor()
      assert.deepEqual((await operator.faults())[key], whole, back)
    }
    await waitUntilHealthy()
  })
}

describe("the demo in a browser", () => {
  before(async () => {
    demo = await startDemo({ dataDir: tempDataDir("screens") })
    operator = await operatorAt(demo.url, demo.email, demo.password)
    browser = await launchBrowser()
    page = await openPage(browser, APPEARANCES.dark)
    page.on("pageerror", (error) => thrown.push(error.message))
    await page.goto(demo.url)
    await page.getByLabel("E-mail").fill(demo.email)
    await page.getByLabel("Password", { exact: true }).fill(demo.password)
    await page.keyboard.press("Enter")
    await page.getByRole("link", { name: "Devices" }).first().waitFor()
    await waitUntilHealthy()
  })
  after(async () => {
    await browser?.close()
    operator?.close()
    await demo?.stop()
  })

  // After a failed test, the network is whole for the next one.
  afterEach(async () => {
    await operator.inject({ do: "heal" })
    await waitUntilHealthy()
  })

  linkFaultTest()

  routerFaultTest()

  agentFaultTest()

  buttonTest()

  test("nothing was thrown on any page", () => {
    assert.deepEqual(thrown, [])
  })
})
