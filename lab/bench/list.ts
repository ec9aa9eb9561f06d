/**
 * When the first rows of the device list are on screen, with all devices and with one page of them,
 * which is the least that paging on the server could take.
 *   npm run bench -- list [--devices 2000] [--page 100] [--rounds 5]
 * The built UI in Chromium; answers come from this machine, not compressed. The two take turns.
 */
import { parseArgs } from "node:util"
import { launchBrowser } from "@ispvm/ui/test/browser"
import { buildUi } from "@ispvm/ui/test/build"
import { makeNetwork } from "@ispvm/ui/test/network"
import { startServer, type TestServer } from "@ispvm/ui/test/server"
import type { Browser } from "playwright-core"
import { percentile, table } from "./figures.ts"
import { networkOfDevices } from "./screens-network.ts"

/** Rows that are drawn, below the head. */
const PAINTED = `new Promise((resolve) => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((each) =>
    each.shadowRoot === null ? [each] : [each, ...all(each.shadowRoot)])
  const look = () => {
    const rows = all(document).filter((each) => each.getAttribute("role") === "row" || each.localName === "tr")
    if (rows.length > 5) requestAnimationFrame(() => resolve(performance.now()))
    else requestAnimationFrame(look)
  }
  look()
})`

const serverOf = async (count: number): Promise<TestServer> => {
  const topology = networkOfDevices(count)
  const network = makeNetwork(3)
  network.incidents.length = 0
  return await startServer(
    (method, url, body) =>
      method === "GET" && url.pathname === "/topology"
        ? { status: 200, body: topology }
        : network.answers(method, url, body),
    undefined,
    true,
  )
}

const openList = async (browser: Browser, { url }: TestServer) => {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } })
  const session = await page.context().newCDPSession(page)
  await session.send("Performance.enable", { timeDomain: "threadTicks" })
  await page.goto(`${url}/devices`)
  const paintMs = Number(await page.evaluate(PAINTED))
  const { metrics } = await session.send("Performance.getMetrics")
  const cpuS = metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN
  await page.context().close()
  return { paintMs, cpuMs: cpuS * 1_000 }
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: "string", default: "2000" },
      page: { type: "string", default: "100" },
      rounds: { type: "string", default: "5" },
    },
  })
  await buildUi()
  const browser = await launchBrowser({ optimised: true })
  const sides = [values.devices, values.page].map((count) => ({
    ...{ count, paintMs: [] as number[], cpuMs: [] as number[] },
  }))
  try {
    for (let round = 0; round < Number(values.rounds); round += 1)
      for (const side of sides) {
        const server = await serverOf(Number(side.count))
        const { paintMs, cpuMs } = await openList(browser, server)
        side.paintMs.push(paintMs)
        side.cpuMs.push(cpuMs)
        server.close()
      }
  } finally {
    await browser.close()
  }
  const line = (all: readonly number[]) => `${Math.round(percentile(all, 50))}`
  console.log(
    table([
      ["devices in the answer", "first rows ms", "page CPU ms"],
      ...sides.map(({ count, paintMs, cpuMs }) => [count, line(paintMs), line(cpuMs)]),
    ]),
  )
  return true
}
