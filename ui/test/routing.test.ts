/**
 * Addresses in a real browser: links, back and forward, pages that arrive late; and that nobody
 * else is contacted.
 */
import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { uuid } from "./make.ts"
import { go, showPage, useBrowser } from "./page.ts"
import { startServer, type TestServer } from "./server.ts"
import { makeWork } from "./work.ts"

const ASSETS = join(import.meta.dirname, "../dist/assets")
let server: TestServer

useBrowser()

const on = async (path: string, act: (page: Page) => Promise<void>): Promise<void> => {
  server = await startServer(makeWork().answers)
  try {
    await showPage(server, path, "dark", act, { isNew: true })
  } finally {
    await server.close()
  }
}
const isAt = (page: Page, tag: string) =>
  page.waitForFunction(
    (wanted) =>
      document.querySelector("ispvm-app")?.shadowRoot?.querySelector("main")?.firstElementChild
        ?.localName === wanted,
    tag,
  )
const sidebar = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name })
/** A mark on the document that only a new document loses. */
const mark = (page: Page) => page.evaluate(() => Reflect.set(globalThis, "marked", true))
const isMarked = (page: Page) => page.evaluate(() => Reflect.get(globalThis, "marked") === true)

test("routing: a link, back and forward change the page and keep the document", () =>
  on("/devices", async (page) => {
    await isAt(page, "ispvm-page-devices")
    await mark(page)
    await sidebar(page, "Agents").click()
    await isAt(page, "ispvm-page-agents")
    assert.equal(new URL(page.url()).pathname, "/agents")
    await page.goBack()
    await isAt(page, "ispvm-page-devices")
    await page.goForward()
    await isAt(page, "ispvm-page-agents")
    assert.ok(await isMarked(page))
  }))

test("routing: a page whose query alone changes stays, and the first of two quick links is dropped", () =>
  on("/agents", async (page) => {
    await isAt(page, "ispvm-page-agents")
    const agents = page.locator("ispvm-page-agents")
    await agents.evaluate((element) => element.setAttribute("data-same", ""))
    await go(page, `/agents?agent=${uuid(8_000)}`)
    await page.waitForURL(/agent=/)
    assert.equal(await page.locator("ispvm-page-agents[data-same]").count(), 1)

    // The code of the graph arrives last, although it was asked for first.
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route(/ispvm-page-graph/, async (route) => {
      await held
      await route.continue()
    })
    await sidebar(page, "Graph").click()
    await sidebar(page, "Settings").click()
    await isAt(page, "ispvm-page-settings")
    const arrived = page.waitForResponse(/ispvm-page-graph/)
    release()
    await arrived
    await page.waitForTimeout(200)
    await isAt(page, "ispvm-page-settings")
  }))

test("routing: a new page begins at its top, and back returns to where one was", () =>
  on(`/devices/${uuid(3)}`, async (page) => {
    const isAtTop = (top: number, sets = false) =>
      page.waitForFunction(
        ([wanted, isSet]) => {
          const main = document.querySelector("ispvm-app")?.shadowRoot?.querySelector("main")
          if (isSet) main?.scrollTo(0, Number(wanted))
          return main?.scrollTop === wanted
        },
        [top, sets] as const,
      )
    const scrollTo = (top: number) => isAtTop(top, true)
    await page.setViewportSize({ width: 1440, height: 500 })
    await page.locator("ispvm-chart canvas").nth(1).waitFor()
    await scrollTo(300)
    await sidebar(page, "Settings").click()
    await isAt(page, "ispvm-page-settings")
    await isAtTop(0)
    await page.getByText("Interval: Interfaces, SNMP").waitFor({ state: "attached" })
    await scrollTo(200)
    await page.goBack()
    await isAt(page, "ispvm-page-device")
    await isAtTop(300)
    await page.goForward()
    await isAt(page, "ispvm-page-settings")
    await isAtTop(200)
  }))

test("routing: a page that is left in the frame of its last scroll is found there again", () =>
  on(`/devices/${uuid(3)}`, async (page) => {
    await page.setViewportSize({ width: 1440, height: 500 })
    // The code of the next page is there already, so that it is shown at once.
    await sidebar(page, "Settings").click()
    await isAt(page, "ispvm-page-settings")
    await page.goBack()
    await isAt(page, "ispvm-page-device")
    await page.locator("ispvm-chart canvas").nth(1).waitFor()
    await page.evaluate(() => {
      const root = document.querySelector("ispvm-app")?.shadowRoot
      root?.querySelector("main")?.scrollTo(0, 300)
      history.forward()
    })
    await isAt(page, "ispvm-page-settings")
    await page.goBack()
    await isAt(page, "ispvm-page-device")
    await page.waitForFunction(
      () =>
        document.querySelector("ispvm-app")?.shadowRoot?.querySelector("main")?.scrollTop === 300,
      undefined,
      { timeout: 20_000 },
    )
  }))

test("routing: a page that is being left does not take the query of the next one", () =>
  on("/devices?q=ank", async (page) => {
    await isAt(page, "ispvm-page-devices")
    await sidebar(page, "Agents").click()
    await isAt(page, "ispvm-page-agents")
    await page.locator("ispvm-page-agents").evaluate((element) => {
      const taken: string[] = []
      Reflect.set(globalThis, "taken", taken)
      Object.defineProperty(element, "query", {
        get: () => new URLSearchParams(),
        set: (query: unknown) => taken.push(String(query)),
      })
    })
    await page.goBack()
    await isAt(page, "ispvm-page-devices")
    assert.deepEqual(await page.evaluate(() => Reflect.get(globalThis, "taken")), [])
    assert.equal(await page.getByRole("searchbox", { name: "Search" }).inputValue(), "ank")
  }))

test("routing: what a browser does by itself with a link it still does", () =>
  on("/devices", async (page) => {
    await isAt(page, "ispvm-page-devices")
    await mark(page)
    const link = await sidebar(page, "Agents").elementHandle()
    assert.ok(link)
    const isTaken = (init: Readonly<Record<string, boolean | number>>) =>
      link.evaluate((element, given) => {
        let taken = false
        const onClick = (event: Event): void => {
          taken = event.defaultPrevented
          event.preventDefault()
        }
        globalThis.addEventListener("click", onClick, { once: true })
        const always = { bubbles: true, composed: true, cancelable: true }
        element.dispatchEvent(new MouseEvent("click", { ...always, ...given }))
        return taken
      }, init)
    for (const init of [
      { ctrlKey: true },
      { metaKey: true },
      { shiftKey: true },
      { button: 1 },
    ] as const)
      assert.equal(await isTaken(init), false, JSON.stringify(init))
    for (const [name, value] of [
      ["target", "_blank"],
      ["download", ""],
      ["href", "https://example.net/agents"],
      ["href", "#content"],
    ] as const) {
      const was = await link.getAttribute(name)
      await link.evaluate((element, set) => element.setAttribute(...set), [name, value] as const)
      assert.equal(await isTaken({}), false, name)
      await link.evaluate(
        (element, [key, old]) =>
          old === null ? element.removeAttribute(key) : element.setAttribute(key, old),
        [name, was] as const,
      )
    }
    await isAt(page, "ispvm-page-devices")
    await page.getByRole("link", { name: "Skip to content" }).focus()
    await page.keyboard.press("Enter")
    assert.equal(new URL(page.url()).pathname, "/devices")
    assert.ok(await isMarked(page))
  }))

test("routing: an address with a slash at its end is the same page, a wrong one says so", () =>
  on("/agents/", async (page) => {
    await isAt(page, "ispvm-page-agents")
    await page.goto(`${server.url}/agents/1/2`)
    await isAt(page, "ispvm-page-missing")
  }))

const PAGES: readonly (readonly [path: string, tag: string])[] = [
  ["/", "ispvm-page-overview"],
  ["/devices", "ispvm-page-devices"],
  [`/devices/${uuid(3)}`, "ispvm-page-device"],
  ["/devices/new", "ispvm-page-device-new"],
  ["/devices/import", "ispvm-page-import"],
  ["/incidents", "ispvm-page-incidents"],
  ["/agents", "ispvm-page-agents"],
  ["/settings", "ispvm-page-settings"],
  ["/map", "ispvm-page-map"],
  ["/graph", "ispvm-page-graph"],
]

test("no page contacts anything but the appliance it came from", () =>
  on("/", async (page) => {
    // Map and graph draw a lot: on a busy machine each takes its time.
    page.setDefaultTimeout(90_000)
    const origins = new Set<string>()
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url())
      if (protocol !== "data:" && protocol !== "blob:") origins.add(origin)
    })
    await page.reload()
    await isAt(page, "ispvm-page-overview")
    for (const [path, tag] of PAGES) {
      await go(page, path)
      await isAt(page, tag)
    }
    assert.deepEqual([...origins], [server.url])
    const stored = await page.evaluate(() => Object.keys(localStorage))
    assert.deepEqual(
      stored.filter((key) => /vaadin/i.test(key)),
      [],
    )
  }))

test("the built program has no code that reports its use", () => {
  const files = readdirSync(ASSETS).filter((each) => each.endsWith(".js"))
  const all = files.map((each) => readFileSync(join(ASSETS, each), "utf8"))
  // Vaadin's components are in it, so their reporting would be.
  assert.ok(all.some((text) => text.includes("vaadin-combo-box")))
  for (const text of all)
    for (const trace of ["tools.vaadin.com", "vaadin.statistics", "vaadin-dev-mode"])
      assert.ok(!text.includes(trace), trace)
})
