/** A metric family that the UI was never built for: its row alone makes a chart of it. */
import { test } from "node:test"
import { defineFamily, gauge } from "@ispvm/appliance/api/families"
import { keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { makeNetwork } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"

useBrowser()

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
  try {
    await showPage(server, `/devices/${uuid(7)}?tab=sensors`, "dark", async (page) => {
      const chart = page.locator("ispvm-chart").filter({ hasText: "Load of outlets" })
      await chart.getByText(/two/).waitFor()
      await chart
        .getByText(/[\d.]+ W/)
        .first()
        .waitFor()
      for (const heading of ["Round trip", "Loss", "CPU and memory", "Sensors, °C", "Sensors, V"])
        await page.getByRole("heading", { name: heading, exact: true }).waitFor()
      await keepPicture(page, "metric-families")
    })
  } finally {
    await server.close()
  }
})

test("metric families: where only the highest are drawn, it is said how many there are", async () => {
  const network = makeNetwork(12)
  const server = await startServer(async (method, url, body) => {
    const answer = await network.answers(method, url, body)
    const isSensors =
      url.pathname.endsWith("/series") && url.searchParams.get("family") === "sensor"
    return isSensors ? { ...answer, body: { ...Object(answer.body), total: 120 } } : answer
  })
  try {
    await showPage(server, `/devices/${uuid(7)}?tab=sensors`, "dark", async (page) => {
      await page.getByText("The highest 2 of 120 are shown.").waitFor()
    })
  } finally {
    await server.close()
  }
})
