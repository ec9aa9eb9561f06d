/** Tables of a device in a real browser: neighbours and sessions, searched. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { findings } from "./axe.ts"
import { keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { makeNetwork } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"

useBrowser()

const HOUR_MS = 3_600_000
const session = (number: number) => ({
  key: `*${number}`,
  source: "routeros-api",
  values: {
    user: `customer-${number}`,
    address: `100.64.${Math.floor(number / 250)}.${number % 250}`,
    callerId: "02:00:00:00:00:11",
    service: "pppoe",
    sinceMs: Date.now() - (number + 1) * HOUR_MS,
    isRadius: true,
  },
  firstSeenAtMs: Date.now() - HOUR_MS,
  changedAtMs: Date.now() - HOUR_MS,
  goneAtMs: null,
})
const ALL = Array.from({ length: 900 }, (_, number) => session(number))
const COLUMNS = [
  ["user", "User", "text"],
  ["address", "Address", "text"],
  ["callerId", "Caller", "text"],
  ["service", "Service", "text"],
  ["sinceMs", "Since", "time"],
  ["isRadius", "By RADIUS", "bool"],
  ["comment", "Comment", "text"],
].map(([name, title, type]) => ({ name, title, type, unit: null }))

const answerTable = ({ searchParams }: URL) => {
  const search = searchParams.get("search") ?? ""
  const from = Number(searchParams.get("cursor") ?? 0)
  const found = ALL.filter(({ values }) => values.user.includes(search))
  const to = from + Number(searchParams.get("limit"))
  return {
    status: 200,
    body: {
      table: "sessions",
      title: "Sessions",
      columns: COLUMNS,
      items: found.slice(from, to),
      next: to < found.length ? String(to) : null,
      sources: [
        {
          source: "routeros-api",
          atMs: Date.now() - 20_000,
          fullAtMs: null,
          reported: 900,
          stored: 900,
          differsSinceMs: null,
        },
      ],
    },
  }
}

for (const [lang, label, appearance] of [
  ["en", "Sessions", "dark"],
  ["tr", "Oturumlar", "light"],
] as const)
  test(`device tables: sessions with source and age, searched and continued (${lang})`, async () => {
    const network = makeNetwork(12)
    const server = await startServer((method, url, body) =>
      url.pathname.includes("/tables/") ? answerTable(url) : network.answers(method, url, body),
    )
    try {
      const path = `/devices/${uuid(7)}?tab=sessions&lang=${lang}`
      await showPage(server, path, appearance, async (page) => {
        await page.getByRole("tab", { name: label }).waitFor()
        const table = page.locator("ispvm-device-table")
        await table.getByText("customer-0", { exact: true }).waitFor()
        await table.getByText(/500 (of|\/) 900/).waitFor()
        assert.equal(await table.getByText(/Comment|Not$/).count(), 0)
        assert.deepEqual(await findings(page), [])
        await keepPicture(page, `device-sessions-${lang}`)
        await table.getByRole("button", { name: /more|fazla/ }).click()
        await table.getByText(/900 (of|\/) 900/).waitFor()
        await table.getByRole("searchbox").fill("customer-77")
        await table.getByText("customer-777", { exact: true }).waitFor()
        assert.equal(await table.getByText("customer-1", { exact: true }).count(), 0)
      })
    } finally {
      server.close()
    }
  })
