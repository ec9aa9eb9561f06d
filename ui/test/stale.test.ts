/** Stale values are grey: each by its age, and all at once when the stream is lost. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { pictureFolder } from "./config.ts"
import { makeAgent, uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

const AGE_MS = 42_000
const DEVICE = uuid(1)
let server: TestServer

useBrowser()

const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  prepare: (work: Work) => void,
  act: (page: Page) => Promise<void>,
) => {
  const work = makeWork(12)
  prepare(work)
  server = await startServer(work.answers)
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}

/** All values were measured 42 s ago and no new ones arrive; the stream is connected. */
const makeStale = (work: Work): void => {
  const atMs = Date.now() - AGE_MS
  const times = { lastSeenAtMs: atMs, probedAtMs: atMs, healthAtMs: atMs, trafficAtMs: atMs }
  const { devices, links } = work.network
  devices.forEach((device, index) => {
    devices[index] = {
      ...device,
      ...times,
      sources: device.sources.map((each) => ({ ...each, lastAtMs: atMs })),
    }
  })
  links.forEach((link, index) => {
    links[index] = { ...link, atMs }
  })
  work.network.portsAtMs = atMs
  work.agents = [makeAgent(0, { lastSeenAtMs: atMs })]
}

/** Navigates within the UI, without a reload. */
const goTo = (page: Page, path: string): Promise<void> =>
  page.evaluate((to) => {
    history.pushState(null, "", to)
    dispatchEvent(new PopStateEvent("popstate"))
  }, path)

/** The rendered text colour of an element. */
const colourOf = (page: Page, selector: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => getComputedStyle(element).color)
const grey = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const probe = document.createElement("i")
    probe.style.color = "var(--text-3)"
    document.body.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  })

/** The number of measured values on each page; all must be grey. */
const AGED: readonly (readonly [name: string, path: string, minCount: number])[] = [
  ["overview", "/", 6],
  ["devices", "/devices", 40],
  ["drawer", `/devices?device=${DEVICE}`, 48],
  ["device", `/devices/${DEVICE}`, 40],
  ["interface", `/devices/${DEVICE}/interface?name=sfp-sfpplus1`, 5],
  ["link", `/links/${uuid(7_001)}`, 6],
  ["map-link", `/map?link=${uuid(7_001)}`, 3],
  ["map-site", `/map?site=${uuid(9_000)}`, 1],
  ["map-device", `/map?device=${DEVICE}`, 6],
  ["graph-device", `/graph?device=${DEVICE}`, 6],
  ["agents", "/agents", 3],
]
/** During a navigation, both pages exist for a moment. */
const waitAllGrey = async (page: Page, name: string): Promise<void> => {
  const expected = await grey(page)
  for (let tries = 1; ; tries += 1) {
    const fresh = await page.locator("ispvm-age:not([stale])[at]").count()
    const colour = await colourOf(page, "ispvm-age[stale]")
    if (fresh === 0 && colour === expected) return
    assert.ok(tries < 20, `${name}: ${fresh} are not marked, ${colour} is not ${expected}`)
    await page.waitForTimeout(100)
  }
}

/** Screenshots are taken in every appearance; the rule is the same in each. */
const appearances = (
  pictureFolder() === undefined ? ["dark"] : ["dark", "light", "narrow"]
) as (keyof typeof APPEARANCES)[]
for (const appearance of appearances)
  test(`stale: on every page in ${appearance}, every value of 42 s ago is grey`, () =>
    on("/", appearance, makeStale, async (page) => {
      for (const [name, path, minCount] of AGED) {
        await goTo(page, path)
        const known = appearance === "narrow" ? 1 : minCount
        await page
          .locator("ispvm-age[stale]")
          .nth(known - 1)
          .waitFor({ state: "attached" })
        await waitAllGrey(page, name)
        if (name === "map-link" || name === "device")
          assert.deepEqual(await findings(page), [], name)
        await keepPicture(page, `stale-${name}-${appearance}`)
      }
    }))

test("stale: the drawer's values say how old they are, and new ones take that away", () =>
  on(`/devices?device=${DEVICE}`, "light", makeStale, async (page) => {
    const drawer = page.locator("ispvm-drawer")
    await drawer
      .getByText(/4\d s old/)
      .first()
      .waitFor()
    assert.ok((await drawer.getByText(/4\d s old/).count()) >= 6)
    await keepPicture(page, "stale-drawer-light")
    const at = {
      lastSeenAtMs: Date.now(),
      probedAtMs: Date.now(),
      healthAtMs: Date.now(),
      trafficAtMs: Date.now(),
    }
    const rest = {
      rttMs: 123,
      lossPct: 0,
      cpuPct: 10,
      memoryPct: 20,
      uptimeS: 5,
      rxBps: 1,
      txBps: 2,
    }
    server.publish("readings", { devices: [{ id: DEVICE, ...at, ...rest }], interfaces: [] })
    await drawer.getByText("123 ms").waitFor()
    assert.equal(
      await drawer
        .locator("dl.figures")
        .getByText(/ s old/)
        .count(),
      0,
    )
  }))

const LOST: readonly (readonly [name: string, path: string, sign: string])[] = [
  ["overview", "/", "Devices up"],
  ["devices", "/devices", "ank-core-1"],
  ["device", `/devices/${DEVICE}`, "CPU and memory"],
  ["map", "/map", "Open incidents in view"],
  ["incidents", "/incidents", "kon-core-1 is down"],
]
/** The text tokens as inherited by the page: all have the same grey. */
const areTextsGrey = (page: Page): Promise<boolean> =>
  page.locator("main").evaluate((main) => {
    const style = getComputedStyle(main)
    const names = [
      "--text",
      "--text-strong",
      "--text-2",
      "--status-down-text",
      "--status-degraded-text",
    ]
    return names.every(
      (name) => style.getPropertyValue(name) === style.getPropertyValue("--text-3"),
    )
  })
for (const appearance of appearances)
  test(`stale: a lost stream is said, and in ${appearance} every page is grey until it is back`, () =>
    on(
      "/",
      appearance,
      () => undefined,
      async (page) => {
        await page.locator('ispvm-app[stream="live"]').waitFor()
        await page.getByText("Devices up").waitFor()
        assert.equal(await areTextsGrey(page), false)
        server.breakStreams()
        await page.getByText(/Connection lost. The data is .* old/).waitFor()
        for (const [name, path, sign] of LOST) {
          await goTo(page, path)
          await page.getByText(sign).first().waitFor()
          assert.equal(await areTextsGrey(page), true, name)
          assert.equal(await page.locator(".stale-overlay").count(), 1, name)
          if (name !== "map") assert.deepEqual(await findings(page), [], name)
          await keepPicture(page, `lost-${name}-${appearance}`)
        }
        server.restoreStreams()
        await page.locator('ispvm-app[stream="live"]').waitFor()
        assert.equal(await areTextsGrey(page), false)
        assert.equal(await page.locator(".stale-overlay").count(), 0)
      },
    ))

test("stale: the stream is asked for what the page listens to, an interface's for the ports of its device", () =>
  on(
    "/devices",
    "dark",
    () => undefined,
    async (page) => {
      const requestedTopics: string[] = []
      page.on("request", (request) => {
        if (request.url().includes("/live"))
          requestedTopics.push(new URL(request.url()).searchParams.get("topics") ?? "everything")
      })
      await page.reload()
      await page.locator('ispvm-app[stream="live"]').waitFor()
      await goTo(page, `/devices/${DEVICE}/interface?name=sfp-sfpplus1`)
      const until = Date.now() + 5_000
      while (!requestedTopics.at(-1)?.includes(`ports:${DEVICE}`) && Date.now() < until)
        await page.waitForTimeout(50)
      assert.ok(requestedTopics.at(-1)?.includes(`ports:${DEVICE}`), requestedTopics.join("\n"))
      assert.equal(requestedTopics.includes("everything"), false)
    },
  ))

for (const [name, path] of [
  ["a device", `/devices/${DEVICE}`],
  ["a link", `/links/${uuid(7_001)}`],
] as const)
  test(`stale: the charts of ${name} for another range that cannot be read say so`, () =>
    on(
      path,
      "dark",
      ({ network }) => {
        const { answers } = network
        let isBroken = false
        Object.assign(network, {
          answers: (method: string, url: URL, body: unknown) => {
            if (url.pathname === "/break") isBroken = true
            return isBroken && url.pathname.endsWith("/series")
              ? problem(503, "busy", "The database is starting.")
              : answers(method, url, body)
          },
        })
      },
      async (page) => {
        await page.locator("ispvm-chart canvas").first().waitFor()
        await page.evaluate(() => fetch("/api/v1/break"))
        await page.getByRole("button", { name: "6 h", exact: true }).click()
        await page.getByText("The database is starting.").waitFor()
        assert.equal(await page.locator("ispvm-chart").count(), 0)
      },
    ))
