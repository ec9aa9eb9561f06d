/** A metric family that the UI was never built for: its row alone makes a chart of it. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { defineFamily, gauge } from "@ispvm/appliance/api/families"
import type { Browser } from "playwright-core"
import { APPEARANCES, keepPicture, launchBrowser, openPage } from "./browser.ts"
import { buildUi } from "./build.ts"
import { uuid } from "./make.ts"
import { makeNetwork } from "./network.ts"
import { startServer } from "./server.ts"

let browser: Browser
before(async () => {
  await buildUi()
  browser = await launchBrowser()
})
after(() => browser.close())

test("metric families: a made-up one is a chart on the device's page, and sensors have their tab", async () => {
  const network = makeNetwork(12)
  network.moreFamilies.push(
    defineFamily({
      name: "ups-outlet",
      title: "Outlets of the UPS",
      description: "Load of each outlet",
      key: { by: "name", field: "outlet" },
      fields: { loadW: gauge("outlet.load_w", "W", "power drawn") },
      charts: [{ title: "Load of outlets", metrics: ["outlet.load_w"], top: 8 }],
    }),
  )
  const server = await startServer((method, url, body) => network.answers(method, url, body))
  const page = await openPage(browser, APPEARANCES.dark)
  const thrown: string[] = []
  page.on("pageerror", (error) => thrown.push(error.message))
  try {
    await page.goto(`${server.url}/devices/${uuid(7)}?tab=sensors`)
    const chart = page.locator("ispvm-chart").filter({ hasText: "Load of outlets" })
    await chart.getByText(/two/).waitFor()
    await chart
      .getByText(/[\d.]+ W/)
      .first()
      .waitFor()
    for (const heading of ["Round trip", "Loss", "CPU and memory", "Sensors, °C", "Sensors, V"])
      await page.getByRole("heading", { name: heading, exact: true }).waitFor()
    await keepPicture(page, "metric-families")
    assert.deepEqual(thrown, [])
  } finally {
    await page.context().close()
    await server.close()
  }
})
