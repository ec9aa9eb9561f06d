/** The link and interface pages in a real browser: every state, and every way to open them. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { makeIncident, sentence, uuid } from "./make.ts"
import { makeFailover } from "./make-link.ts"
import { makeNetwork, type Network, sessionOf } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answers, startServer, type TestServer } from "./server.ts"

const LINK = uuid(7_001)
const INTERFACE = `/devices/${uuid(1)}/interface?name=sfp-sfpplus1`
const MINUTE = 60_000
let server: TestServer
let network: Network
let answers: Answers

useBrowser()

const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  prepare?: () => void,
): Promise<void> => {
  network = makeNetwork(12)
  network.incidents.length = 0
  // A closed and an open incident; both are marked in the charts.
  const causes = [{ kind: "link" as const, id: LINK, name: "the link" }]
  const [openedAtMs, closedAtMs] = [Date.now() - 46 * MINUTE, Date.now() - 38 * MINUTE]
  network.incidents.push(
    makeIncident(21, {
      title: sentence("Link ank-core-1–ist-core-1 loses packets"),
      causes,
      openedAtMs: Date.now() - 6 * MINUTE,
      devicesUnreachable: 0,
    }),
    makeIncident(14, {
      title: sentence("Link ank-core-1–ist-core-1 is cut"),
      causes,
      state: "closed",
      openedAtMs,
      closedAtMs,
    }),
  )
  answers = (method, url, body) => network.answers(method, url, body)
  prepare?.()
  server = await startServer((method, url, body) => answers(method, url, body))
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}
const drawn = (page: Page) => page.getByText("Capacity left after a failure").waitFor()
const keepPictures = async (page: Page, name: string): Promise<void> => {
  await keepPicture(page, name)
  await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight))
  await page.waitForTimeout(150)
  await keepPicture(page, `${name}-below`)
}

for (const [name, path] of [
  ["link", `/links/${LINK}`],
  ["interface", INTERFACE],
] as const)
  test(`${name}: in dark, light and narrow: axe finds nothing, nothing overflows`, () =>
    on(path, "dark", async (page) => {
      await drawn(page)
      await page.locator("ispvm-chart canvas").nth(3).waitFor()
      await page.getByText("Link ank-core-1–ist-core-1 is cut").waitFor()
      await checkAppearances(page, name)
      await keepPictures(page, name)
    }))

test("link: where no other link carries its traffic it is said, and how the figures are calculated", () =>
  on(
    `/links/${LINK}`,
    "dark",
    async (page) => {
      await page.getByText("no other link carries its traffic").waitFor()
      await page.getByText("How this is calculated").click()
      await page.getByText("the path with the fewest hops").waitFor()
    },
    () => Object.assign(network, { failover: makeFailover("none") }),
  ))

test("link: both ends lead to their interfaces, those to the far end and back, and the address says where one is", () =>
  on(`/links/${LINK}`, "dark", async (page) => {
    await drawn(page)
    await page.locator("ispvm-link-end").last().getByRole("link", { name: "sfp-sfpplus2" }).click()
    await page.getByRole("heading", { level: 1, name: /ist-core-1 sfp-sfpplus2/ }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get("name"), "sfp-sfpplus2")
    await page.getByRole("link", { name: "sfp-sfpplus1", exact: true }).click()
    await page.getByRole("heading", { level: 1, name: /ank-core-1 sfp-sfpplus1/ }).waitFor()
    await page.getByRole("link", { name: "Open link" }).click()
    await page.waitForURL(`**/links/${LINK}`)
    await page.getByRole("button", { name: "15 min" }).click()
    await page.reload()
    await drawn(page)
    assert.equal(new URL(page.url()).searchParams.get("range"), "15m")
  }))

test("link: from one link to another the page is all of the other", () =>
  on(`/links/${uuid(7_003)}`, "dark", async (page) => {
    await page.getByRole("heading", { level: 1, name: "ist-core-1–bur-core-1" }).waitFor()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("ank-core-1–izm")
    // The page of a link may be there before the network is.
    await page.getByRole("option", { name: "ank-core-1–izm-core-1" }).first().waitFor()
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { level: 1, name: "ank-core-1–izm-core-1" }).waitFor()
    await page.locator("ispvm-link-end").first().getByRole("link", { name: "ank-core-1" }).waitFor()
  }))

test("link: status, load and events come by themselves", () =>
  on(`/links/${LINK}`, "dark", async (page) => {
    await drawn(page)
    await page.getByText("Live", { exact: true }).first().waitFor()
    const [link] = network.links
    const port = {
      id: link?.a.interfaceId,
      deviceId: link?.a.deviceId,
      running: true,
      disabled: false,
    }
    const values = {
      rxBps: 7.77e9,
      txBps: 9.4e9,
      errorsPs: 3,
      dropsPs: 0,
      atMs: Date.now() - 6_000,
    }
    server.publish("readings", { devices: [], interfaces: [{ ...port, ...values }] })
    await page.locator(".figures").getByText("7.77 Gbit/s").waitFor()
    await page.locator(".figures").getByText("94 % of capacity").waitFor()
    const status = {
      status: "down",
      reason: "cut",
      message: { code: "status.no-recent-data", params: {} },
      sinceMs: Date.now() - 5_000,
    }
    server.publish("link", { id: LINK, status, incidentId: uuid(6_021) })
    await page.getByText("Last value before the fault").first().waitFor()
    await page.locator("a.cause").getByText("loses packets").waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "link-down-dark")
  }))

test("link: one that is not there, one that cannot be read, and one read before that cannot be read again", () =>
  on(`/links/${uuid(99)}`, "dark", async (page) => {
    await page.getByText("Link not found").waitFor()
    assert.deepEqual(await findings(page), [])
    const working = answers
    const broken: Answers = (method, url, body) =>
      url.pathname.startsWith("/links/")
        ? problem(503, "busy", "The database is starting.")
        : working(method, url, body)
    answers = broken
    await page.goto(`${server.url}/links/${LINK}`)
    await page.getByText("The database is starting.").waitFor()
    assert.deepEqual(await findings(page), [])
    answers = working
    await page.getByRole("button", { name: "Try again" }).click()
    await drawn(page)
    answers = broken
    server.publish("incident", makeIncident(22, { causes: [] }))
    await page.getByText(/Reload failed/).waitFor()
    assert.deepEqual(await findings(page), [])
  }))

test("interface: one that ends no link, one whose name holds a slash, one that is not there", () =>
  on(`/devices/${uuid(1)}/interface?name=ge-0%2F0%2F1`, "dark", async (page) => {
    await page.getByRole("heading", { level: 1, name: /ge-0\/0\/1/ }).waitFor()
    await page.getByText("No link configured").waitFor()
    assert.equal(await page.getByText("Capacity left after a failure").count(), 0)
    await page.goto(`${server.url}/devices/${uuid(1)}/interface?name=gone`)
    await page.getByText("Interface not found").waitFor()
    assert.deepEqual(await findings(page), [])
  }))

test("links and interfaces are reached from the overview, a device, the map's panel and the palette", () =>
  on("/", "dark", async (page) => {
    await page
      .getByRole("region")
      .or(page.locator("section", { hasText: "Busiest links" }))
      .first()
      .waitFor()
    await page.locator(".links").getByRole("link").first().click()
    await page.waitForURL("**/links/*")
    await page.goto(`${server.url}/devices/${uuid(1)}`)
    await page.getByRole("link", { name: "ether1", exact: true }).click()
    await page.waitForURL("**/interface?name=ether1")
    await page.goto(`${server.url}/map?link=${LINK}`)
    await page.getByRole("link", { name: "sfp-sfpplus1" }).first().waitFor()
    await page.getByRole("region").getByRole("link", { name: "Open page" }).click()
    await page.waitForURL(`**/links/${LINK}`)
    await page.keyboard.press("Control+k")
    await page.keyboard.type("ank-core-1 sfp")
    await page
      .getByRole("option", { name: /Interface/ })
      .first()
      .click()
    await page.waitForURL("**/interface?name=sfp-sfpplus1")
  }))

test("link: a viewer is not offered to edit; one who may not see incidents sees the rest", () =>
  on(
    `/links/${LINK}`,
    "dark",
    async (page) => {
      await drawn(page)
      assert.equal(await page.getByRole("button", { name: "Edit" }).count(), 0)
    },
    () => {
      network.session = sessionOf("viewer")
    },
  ))

test("link: names of forty characters and a hundred incidents fit, on a phone too", () =>
  on(
    `/links/${LINK}`,
    "narrow",
    async (page) => {
      await drawn(page)
      await page.getByText("50 incidents").waitFor()
      const [width, room] = await page
        .locator("main")
        .evaluate((main) => [main.scrollWidth, main.clientWidth])
      assert.ok((width ?? 0) <= (room ?? 0), `${width} of ${room}`)
      assert.deepEqual(await findings(page), [])
      await keepPictures(page, "link-full-narrow")
    },
    () => {
      const long = "a-very-long-router-name-of-forty-letters"
      const causes = [{ kind: "link" as const, id: LINK, name: "x" }]
      for (const [n, device] of network.devices.entries())
        Object.assign(device, { name: `${long.slice(0, 38)}${n}` })
      for (const link of network.links) {
        Object.assign(link.a, {
          deviceName: `${long}1`,
          interface: "bridge-customers-of-the-northern-region-1",
        })
        Object.assign(link, { name: `${long}–${long}`, capacityBps: null })
      }
      for (let n = 0; n < 50; n += 1)
        network.incidents.push(
          makeIncident(100 + n, {
            causes,
            title: sentence(`Link ${long} is cut`),
            state: "closed",
            closedAtMs: Date.now(),
          }),
        )
      network.incidents.splice(0, 2)
    },
  ))
