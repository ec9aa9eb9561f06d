/** The UI in a real browser, with a fake appliance. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { makeNetwork, type Network, sessionOf } from "./network.ts"
import { type ShowOptions, showPage, useBrowser } from "./page.ts"
import { startServer, type TestServer } from "./server.ts"

const DOWN = uuid(8)
let server: TestServer
let network: Network

useBrowser()

/** Opens a page with a new sample network. An error thrown in the page fails the test. */
const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  size = 60,
  options: ShowOptions = {},
): Promise<void> => {
  network = makeNetwork(size)
  server = await startServer((method, url, body) => network.answers(method, url, body))
  try {
    await showPage(server, path, appearance, act, options)
  } finally {
    server.close()
  }
}
const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) })

const PAGES: readonly (readonly [name: string, path: string, sign: string])[] = [
  ["overview", "/", "Changed in the last hour"],
  ["devices", "/devices", "60 rows"],
  ["drawer", `/devices?device=${DOWN}`, "Open page"],
  ["device", `/devices/${DOWN}`, "CPU and memory"],
  ["import", "/devices/import", "Check"],
  ["missing", "/nowhere", "Page not found"],
  ["gallery", "/gallery/", "10,000 rows"],
]
for (const [name, path, sign] of PAGES)
  test(`screens: ${name} in dark, light and narrow: axe finds nothing, nothing overflows`, () =>
    on(path, "dark", async (page) => {
      await page.getByText(sign).first().waitFor()
      await checkAppearances(page, name)
    }))

test("screens: a wrong password is said, the right one opens what was asked for", () =>
  on("/devices", "dark", async (page) => {
    network.session = sessionOf(null)
    await page.reload()
    await page.getByLabel("E-mail").fill("ayse@example.net")
    await page.getByLabel("Password", { exact: true }).fill("wrong")
    await page.keyboard.press("Enter")
    await page.getByText(/^Login failed/).waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "login-dark")
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery")
    await page.keyboard.press("Enter")
    await page.getByText("60 rows").waitFor()
  }))

test("screens: a bookmark of the page that lets people in leads to the overview", () =>
  on("/login", "dark", async (page) => {
    await page
      .getByRole("heading", { level: 1, name: "Overview" })
      .or(page.getByText("Open incidents").first())
      .first()
      .waitFor()
    assert.equal(new URL(page.url()).pathname, "/")
  }))

test("screens: a new appliance asks for its first account", () =>
  on("/", "dark", async (page) => {
    network.session = { ...sessionOf(null), isSetUp: false }
    await page.reload()
    await page.getByLabel("Set-up code").fill("1234")
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery staple")
    await page.getByText("Strong", { exact: true }).waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "setup-dark")
    await page.getByRole("button", { name: "Create account and log in" }).click()
    await page.getByText("must not be empty").nth(1).waitFor()
    await page.getByText("Required", { exact: true }).waitFor()
    await page.getByLabel("Organisation").fill("Example Net")
    await page.getByLabel("Your name").fill("Ayşe Yılmaz")
    await page.getByLabel("E-mail").fill("ayse@example.net")
    assert.equal(await page.getByText("must not be empty").count(), 0)
    await page.getByRole("button", { name: "Create account and log in" }).click()
    await page.getByText("Devices up").waitFor()
  }))

test("screens: a status change arrives by itself and touches one row", () =>
  on("/devices?sort=name", "dark", async (page) => {
    await row(page, "ada-acc-1").filter({ hasText: "Up" }).waitFor()
    const device = network.devices.find((each) => each.name === "ada-acc-1")
    const status = {
      status: "down",
      reason: "unreachable",
      message: { code: "status.no-recent-data", params: {} },
      sinceMs: Date.now(),
    }
    server.publish("device", { id: device?.id, status, incidentId: null })
    await row(page, "ada-acc-1").filter({ hasText: "Down" }).waitFor()
  }))

test("screens: a lost stream is shown, and recovers by itself", () =>
  on("/devices", "dark", async (page) => {
    await page.getByText("Live", { exact: true }).first().waitFor()
    server.breakStreams()
    await page.getByText(/Connection lost/).waitFor()
    server.restoreStreams()
    await page.getByText(/Connection lost/).waitFor({ state: "hidden" })
  }))

test("screens: filters are in the address, and the address brings them back", () =>
  on("/devices?status=down&site=none", "dark", async (page) => {
    await page.getByText("No devices found").waitFor()
    await page.getByRole("button", { name: "Clear filters" }).click()
    await page.getByText("60 rows").waitFor()
    assert.equal(new URL(page.url()).search, "")
    await page.getByRole("button", { name: /Degraded/ }).click()
    assert.equal(new URL(page.url()).searchParams.get("status"), "degraded")
  }))

test("screens: keys go, move, open and close", () =>
  on("/", "dark", async (page) => {
    await page.getByText("Devices up").waitFor()
    await page.keyboard.press("g")
    await page.keyboard.press("d")
    await page.getByText("60 rows").waitFor()
    await page.keyboard.press("j")
    await page.getByRole("link", { name: "Open page" }).waitFor()
    await page.keyboard.press("Escape")
    await page.getByRole("link", { name: "Open page" }).waitFor({ state: "hidden" })
    await page.keyboard.press("?")
    await page.getByText("Command palette").waitFor()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("izm core")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "izm-core-1" }).waitFor()
  }))

test("screens: five thousand devices scroll, sort and are searched at once", () =>
  on(
    "/devices",
    "dark",
    async (page) => {
      await page.getByText("5\u202f000 rows", { exact: true }).waitFor()
      assert.ok((await page.getByRole("row").count()) < 120, "only the rows in view exist")
      await page.getByRole("columnheader", { name: "Name" }).getByRole("button").click()
      await row(page, "ada-acc-1").first().waitFor()
    },
    5_000,
  ))

test("screens: an import is tried first, and each refused line says why", () =>
  on("/devices/import", "dark", async (page) => {
    await page
      .getByLabel("CSV", { exact: true })
      .fill("name,address\na,192.0.2.1\nb,192.0.2.2\nc,???\n")
    await page.getByRole("button", { name: "Check" }).click()
    await page.getByText("expected an IP address or a host name").waitFor()
    await page.getByText("site: Bursa → Izmir").waitFor()
    await page.getByText("place: (none) → 38.42, 27.14").waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "import-tried-dark")
    await page.getByRole("button", { name: "Import 3 devices" }).click()
    await page.getByText("Imported: 2 new, 1 updated.").waitFor()
  }))

for (const appearance of ["dark", "narrow"] as const)
  test(`screens: a list of links is read as one, in ${appearance}`, () =>
    on("/devices/import", appearance, async (page) => {
      await page
        .getByLabel("CSV", { exact: true })
        .fill("a_device,b_device,capacity_bps\na,b,\na,c,1000000000\na,nowhere,\n")
      await page.getByText("A list of links:").waitFor()
      assert.equal(await page.getByLabel("Agent for devices without one").count(), 0)
      await page.getByRole("button", { name: "Check" }).click()
      await page.getByText('there is no device "nowhere"').waitFor()
      await page.getByText("capacity_bps: (none) → 1000000000").waitFor()
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, `import-links-${appearance}`)
      await page.getByRole("button", { name: "Import 2 links" }).click()
      await page.getByText("Imported: 1 new, 1 updated.").waitFor()
    }))

test("screens: devices, sites and links are exported as lists of their own", () =>
  on("/devices", "dark", async (page) => {
    for (const [entry, name] of [
      ["Devices", "devices.csv"],
      ["Sites", "sites.csv"],
      ["Links", "links.csv"],
    ] as const) {
      const download = page.waitForEvent("download")
      await page.getByRole("menuitem", { name: "CSV", exact: true }).click()
      await page.getByRole("menuitem", { name: entry, exact: true }).click()
      assert.equal((await download).suggestedFilename(), name)
    }
    await page.getByRole("menuitem", { name: "CSV", exact: true }).click()
    await keepPicture(page, "export-menu-dark")
  }))

test("screens: a list in a code page is read again in the one that is chosen", () =>
  on("/devices/import", "narrow", async (page) => {
    const buffer = Buffer.concat([
      Buffer.from("name,address,site\na,192.0.2.1,"),
      Buffer.of(0xa3, 0xf3, 0x64, 0x9f),
    ])
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: "list.csv", mimeType: "text/csv", buffer })
    const list = page.getByLabel("CSV", { exact: true })
    await page.getByLabel("Encoding of the file").selectOption("windows-1250")
    assert.match(await list.inputValue(), /Łódź$/)
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "import-encoding-narrow")
  }))

test("screens: a viewer is offered no changes, and sees who can make them", () =>
  on("/devices", "dark", async (page) => {
    network.session = sessionOf("viewer")
    await page.goto(`${server.url}/devices/import`)
    await page.getByText("No permission").waitFor()
    await page.goto(`${server.url}/devices/${DOWN}`)
    await page.getByRole("heading", { name: "kay-core-1" }).waitFor()
    assert.equal(await page.getByRole("button", { name: "Edit" }).count(), 0)
  }))

test("screens: an empty network says the step that starts it", () =>
  on(
    "/",
    "dark",
    async (page) => {
      await page.getByText("No devices yet").waitFor()
      await page.getByRole("link", { name: "Import CSV" }).waitFor()
    },
    0,
  ))

test("screens: what fails says why, and trying again works", () =>
  on("/devices", "dark", async (page) => {
    const { answers } = network
    let broken = true
    network = {
      ...network,
      answers: (method, url, body) =>
        broken && url.pathname === "/topology"
          ? {
              status: 503,
              body: {
                title: "Busy",
                status: 503,
                code: "busy",
                detail: "The database is starting.",
              },
            }
          : answers(method, url, body),
    }
    await page.reload()
    await page.getByText("The database is starting.").waitFor()
    broken = false
    await page.getByRole("button", { name: "Try again" }).click()
    await page.getByText("60 rows").waitFor()
  }))

test("screens: a device is edited, and refused fields say so", () =>
  on(`/devices/${DOWN}`, "dark", async (page) => {
    await page.getByRole("button", { name: "Edit" }).click()
    await page.getByLabel("Name").waitFor()
    assert.deepEqual(await findings(page), [])
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByText("kay-core-1 was saved.").waitFor()
  }))

test("screens: mirrored for right-to-left, the sidebar is on the right", () =>
  on("/devices", "dark", async (page) => {
    await page.getByText("60 rows").waitFor()
    await page.evaluate(() => {
      document.documentElement.dir = "rtl"
    })
    const box = await page.getByRole("navigation", { name: "Main" }).boundingBox()
    assert.ok((box?.x ?? 0) > 1_000)
    await keepPicture(page, "devices-rtl")
  }))

const reading = (changes: Readonly<Record<string, number>>) => ({
  ...{ id: uuid(7), lossPct: 0, cpuPct: 10, memoryPct: 20, uptimeS: 5, rxBps: 1, txBps: 2 },
  ...{ lastSeenAtMs: Date.now(), probedAtMs: Date.now(), rttMs: 123 },
  ...{ healthAtMs: Date.now(), trafficAtMs: Date.now() },
  ...changes,
})

test("screens: a device's chart takes each second from the stream, and repeats nothing as if it were new", () =>
  on(`/devices/${uuid(7)}`, "dark", async (page) => {
    await page.getByText("CPU and memory").waitFor()
    await page.getByText("Live", { exact: true }).first().waitFor()
    const charts = page.locator("ispvm-chart")
    const publish = (changes: Readonly<Record<string, number>>): void =>
      server.publish("readings", { devices: [reading(changes)], interfaces: [] })
    publish({ healthAtMs: Date.now() - 60_000, cpuPct: 99 })
    await charts.first().getByText("123 ms").waitFor()
    const health = charts.filter({ hasText: "CPU and memory" })
    assert.equal(await health.getByText("99 %").count(), 0)
    publish({ cpuPct: 99 })
    await health.getByText("99 %").waitFor()
  }))

test("screens: the wall view shows nothing but the network, and Esc leaves it", () =>
  on("/", "dark", async (page) => {
    await page.getByRole("button", { name: "Wall display" }).click()
    await page.getByRole("navigation", { name: "Main" }).waitFor({ state: "hidden" })
    await keepPicture(page, "overview-wall")
    await page.keyboard.press("Escape")
    await page.getByRole("navigation", { name: "Main" }).waitFor()
    await page.getByRole("button", { name: "AD, Ayşe Demir" }).click()
    await page.locator(".menu").getByRole("button", { name: "Wall display" }).click()
    await page.getByRole("navigation", { name: "Main" }).waitFor({ state: "hidden" })
  }))

for (const [name, path] of [
  ["map", "/map"],
  ["graph", "/graph"],
] as const)
  test(`screens: the ${name} on a wall has nothing to press, and stays on the wall over a restart and another page`, () =>
    on(path, "light", async (page) => {
      await page.getByRole("button", { name: "Zoom in" }).waitFor()
      await page.keyboard.press("Control+k")
      await page.keyboard.type("wall")
      await page.keyboard.press("Enter")
      await page.getByRole("button", { name: "Zoom in" }).waitFor({ state: "hidden" })
      await page.waitForFunction(() => new URLSearchParams(location.search).has("wall"))
      await page.reload()
      await page.locator("ispvm-network-panel").waitFor()
      for (const button of ["Zoom in", "Edit", "Draw link", "Faults only", "Show all"])
        assert.equal(
          await page.getByRole("button", { name: button, exact: true }).count(),
          0,
          button,
        )
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "wall")
      assert.deepEqual(await findings(page), [])
      await page.waitForTimeout(400)
      await keepPicture(page, `${name}-wall`)
      await page.keyboard.press("g")
      await page.keyboard.press("o")
      await page.getByText("Devices up").waitFor()
      await page.waitForFunction(() => new URLSearchParams(location.search).has("wall"))
      await page.keyboard.press("Escape")
      await page.getByRole("navigation", { name: "Main" }).waitFor()
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light")
      assert.equal(new URL(page.url()).search, "")
    }))

test("screens: a page whose code does not arrive says so, and trying again opens it", () =>
  on(
    "/devices",
    "dark",
    async (page) => {
      await page.getByText("60 rows").waitFor()
      await page.route("**/ispvm-page-agents-*.js", (route) => route.abort())
      await page.keyboard.press("g")
      await page.keyboard.press("a")
      await page.getByRole("alert").getByText("Agents could not be opened").waitFor()
      assert.deepEqual(await findings(page), [])
      await page.unroute("**/ispvm-page-agents-*.js")
      await page.getByRole("button", { name: "Try again" }).click()
      await page.getByRole("button", { name: "Add agent" }).waitFor()
    },
    60,
    // What an earlier test has loaded would come from the cache.
    { isNew: true },
  ))
