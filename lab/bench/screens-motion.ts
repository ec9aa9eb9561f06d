/** Opens a page, moves it as a person does, and counts its frames. */
import { createRequire } from "node:module"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { BLANK_PATH, type TestServer } from "@ispvm/ui/test/server"
import type { Browser, CDPSession, Page } from "playwright-core"
import type { BenchNetwork } from "./screens-network.ts"
import { PAGES } from "./screens-pages.ts"

const { resolve } = createRequire(join(import.meta.dirname, "../../ui/package.json"))
const SIZE = { width: 1_440, height: 900 } as const
/** The middle of map and graph: the panel is on their right. */
const MIDDLE = { x: 560, y: 440 } as const
const FRAME_MS = 16
const PATIENCE_MS = 240_000

export type Motion = {
  readonly fps: number
  readonly longestMs: number
  /** CPU of the page's main thread, and of the whole browser, for the whole motion. */
  readonly cpuMs: number
  readonly allMs: number
}
/** `spots`: where the graph has placed its nodes, as JSON. */
export type Opened = {
  readonly page: Page
  readonly paintMs: number
  readonly cpuMs: number
  readonly spots: string
}
type Kind = "map" | "graph"
type On = { readonly page: Page; readonly session: CDPSession }

const newPage = async (browser: Browser): Promise<Page> => {
  const context = await browser.newContext({ viewport: SIZE, deviceScaleFactor: 1 })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  await page.addInitScript(PAGES.frames)
  return page
}

/** CPU seconds of all processes of the browser so far: drawing is not in the page's own. */
const browserCpu = async (page: Page): Promise<number> => {
  const session = await page.context().browser()?.newBrowserCDPSession()
  if (session === undefined) throw new Error("the page has no browser")
  const { processInfo } = await session.send("SystemInfo.getProcessInfo")
  await session.detach()
  return processInfo.reduce((sum, each) => sum + each.cpuTime, 0)
}
/** CPU seconds of the page's main thread so far. */
const cpuOf = async (session: CDPSession): Promise<number> => {
  const { metrics } = await session.send("Performance.getMetrics")
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN
}
const sessionOf = async (page: Page): Promise<CDPSession> => {
  const session = await page.context().newCDPSession(page)
  await session.send("Performance.enable", { timeDomain: "threadTicks" })
  return session
}
const REST_MS = 700

/** Usable: what is to be seen is drawn, and two more frames have been shown. */
export const openOurs = async (
  browser: Browser,
  server: TestServer,
  kind: Kind,
): Promise<Opened> => {
  const page = await newPage(browser)
  const session = await sessionOf(page)
  await page.goto(`${server.url}/${kind}`)
  const paintMs = Number(await page.evaluate(`benchPainted("ispvm-${kind}")`))
  const cpuMs = (await cpuOf(session)) * 1_000
  await sleep(REST_MS)
  const spots = kind === "graph" ? await page.evaluate<string>("benchSpots()") : "{}"
  return { page, paintMs, cpuMs, spots }
}

const BARE = {
  map: { scripts: ["leaflet/dist/leaflet.js"], styles: ["leaflet/dist/leaflet.css"] },
  graph: { scripts: ["cytoscape/dist/cytoscape.min.js"], styles: [] },
} as const

export const openBare = async (
  browser: Browser,
  server: TestServer,
  kind: Kind,
  network: BenchNetwork,
  spots: string,
): Promise<Opened> => {
  const page = await newPage(browser)
  const session = await sessionOf(page)
  await page.goto(server.url + BLANK_PATH)
  for (const file of BARE[kind].styles) await page.addStyleTag({ path: resolve(file) })
  for (const file of BARE[kind].scripts) await page.addScriptTag({ path: resolve(file) })
  await page.addScriptTag({ content: PAGES[kind] })
  await page.evaluate(`benchBare(${JSON.stringify(objectsOf(network))}, ${spots})`)
  const cpuMs = (await cpuOf(session)) * 1_000
  await sleep(REST_MS)
  return { page, paintMs: Number.NaN, cpuMs, spots }
}

const objectsOf = ({ sites, devices, links }: BenchNetwork) => {
  const siteOf = new Map(devices.map((device) => [device.id, device.siteId]))
  return {
    sites: sites.map(({ id, name, latitude, longitude }) => ({ id, name, latitude, longitude })),
    devices: devices.map(({ id, name, roles }) => ({ id, name, role: roles[0] })),
    links: links.map(({ id, a, b }) => ({
      id,
      from: a.deviceId,
      to: b.deviceId,
      fromSite: siteOf.get(a.deviceId),
      toSite: siteOf.get(b.deviceId),
    })),
  }
}

/** Frames from the first input until the page has answered the last one. */
export const motionOf = async (page: Page, act: (on: On) => Promise<void>): Promise<Motion> => {
  const session = await sessionOf(page)
  const before = await cpuOf(session)
  const allBefore = await browserCpu(page)
  await page.evaluate("benchFrames.start()")
  await act({ page, session })
  const found = JSON.parse(String(await page.evaluate("benchFrames.stop()")))
  const cpuMs = ((await cpuOf(session)) - before) * 1_000
  const allMs = ((await browserCpu(page)) - allBefore) * 1_000
  await session.detach()
  await sleep(REST_MS)
  return {
    fps: Number(found.frames) / (Number(found.tookMs) / 1_000),
    longestMs: Number(found.longestMs),
    cpuMs,
    allMs,
  }
}

/** Sends `count` events at their times, however slowly the page answers, and waits for the last. */
const stream = async (
  count: number,
  everyMs: number,
  send: (n: number) => Promise<unknown>,
): Promise<void> => {
  const beganMs = performance.now()
  const sent: Promise<unknown>[] = []
  for (let n = 0; n < count; n += 1) {
    sent.push(send(n))
    await sleep(Math.max(0, beganMs + (n + 1) * everyMs - performance.now()))
  }
  await Promise.all(sent)
}

const mouse = (
  session: CDPSession,
  type: "mousePressed" | "mouseMoved" | "mouseReleased",
  { x, y }: { readonly x: number; readonly y: number },
): Promise<unknown> =>
  session.send("Input.dispatchMouseEvent", {
    ...{ type, x, y, button: "left", clickCount: 1 },
    buttons: type === "mouseReleased" ? 0 : 1,
  })

const PAN = { steps: 150, radiusPx: 220 } as const
const circle = async (
  session: CDPSession,
  from: { readonly x: number; readonly y: number },
  radiusPx: number,
): Promise<void> => {
  await mouse(session, "mousePressed", from)
  await stream(PAN.steps, FRAME_MS, (n) => {
    const angle = (n / PAN.steps) * 4 * Math.PI
    return mouse(session, "mouseMoved", {
      x: from.x + radiusPx * Math.sin(angle),
      y: from.y + radiusPx * (1 - Math.cos(angle)) * 0.7,
    })
  })
  await mouse(session, "mouseReleased", from)
}

/** From a place without a device. */
export const pan = async ({ page, session }: On, kind: Kind): Promise<void> => {
  const from = kind === "graph" ? await page.evaluate<string>("benchFree()") : ""
  await circle(session, from === "" ? MIDDLE : JSON.parse(from), PAN.radiusPx)
}
export const dragNode = async ({ page, session }: On): Promise<void> => {
  const at = JSON.parse(await page.evaluate<string>("benchNode()"))
  await circle(session, at, 120)
}

const WHEEL = {
  steps: { count: 12, everyMs: 120, deltaY: 110 },
  smooth: { count: 60, everyMs: FRAME_MS, deltaY: 24 },
} as const
/** In, and out again. */
export const zoomByWheel =
  (how: keyof typeof WHEEL) =>
  async ({ session }: On): Promise<void> => {
    const { count, everyMs, deltaY } = WHEEL[how]
    await stream(count * 2, everyMs, (n) =>
      session.send("Input.dispatchMouseEvent", {
        ...{ type: "mouseWheel", ...MIDDLE, deltaX: 0 },
        deltaY: n < count ? -deltaY : deltaY,
      }),
    )
    // The last animation.
    await sleep(300)
  }
