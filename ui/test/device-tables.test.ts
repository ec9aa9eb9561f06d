/** Tabs of a device in a real browser: what is collected of it, and why something is not. */
import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { makeNetwork, type Network } from "./network.ts"
import { go, showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"
import { collectedNow } from "./table-answers.ts"

useBrowser()

const show = async (
  query: string,
  act: (page: Page) => Promise<void>,
  {
    network = makeNetwork(12),
    appearance = "dark",
  }: { network?: Network; appearance?: keyof typeof APPEARANCES } = {},
): Promise<void> => {
  const server = await startServer((method, url, body) => network.answers(method, url, body))
  try {
    await showPage(server, `/devices/${uuid(7)}?${query}`, appearance, act)
  } finally {
    await server.close()
  }
}
const data = (page: Page) => page.locator("ispvm-device-data")

for (const [lang, label, appearance] of [
  ["en", "Sessions", "dark"],
  ["tr", "Oturumlar", "light"],
] as const)
  test(`device tabs: sessions with source and age, searched and continued (${lang})`, () =>
    show(
      `tab=sessions&lang=${lang}`,
      async (page) => {
        await page.getByRole("tab", { name: label }).waitFor()
        const table = data(page)
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
        await page.waitForURL(/q=customer-77/)
      },
      { appearance },
    ))

test("device tabs: twenty thousand sessions are sorted as a whole, and saved as CSV", async () => {
  const network = makeNetwork(12)
  network.collected = collectedNow(20_000)
  await show(
    "tab=sessions",
    async (page) => {
      const table = data(page)
      await table.getByText(/500 of 20/).waitFor()
      const startMs = Date.now()
      const sort = table.getByRole("button", { name: "User", exact: true })
      await sort.click()
      await page.waitForURL(/sort=user/)
      await table.locator("[aria-sort=ascending]").waitFor()
      await sort.click()
      await table.getByText("customer-19999", { exact: true }).waitFor()
      const tookMs = Date.now() - startMs
      const drawn = await table.getByRole("row").count()
      assert.ok(drawn < 200, `${drawn} rows are drawn`)
      const download = page.waitForEvent("download")
      await table.getByRole("button", { name: "CSV" }).click()
      const text = await readFile(await (await download).path(), "utf8")
      assert.equal(text.trim().split("\r\n").length, 20_001)
      console.log(`20,000 sessions: sorted as a whole after ${tookMs} ms, ${drawn} rows drawn`)
    },
    { network },
  )
})

test("device tabs: neighbours and addresses lead to their devices, interfaces to their page", () =>
  show("tab=neighbours", async (page) => {
    const table = data(page)
    const link = table.getByRole("link", { name: "ether1" })
    await link.waitFor()
    assert.match((await link.getAttribute("href")) ?? "", /interface\?name=ether1/)
    await keepPicture(page, "device-neighbours")
  }))

const TABS = [
  "routing",
  "queues",
  "wireless",
  "sensors",
  "dhcp",
  "vpn",
  "system",
  "configuration",
  "collection",
  "events",
]
const PANEL = ["ispvm-app", "ispvm-page-device", ".tabs"]
test("device tabs: each is shown in dark, light and narrow: axe finds nothing", () =>
  show("tab=interfaces", async (page) => {
    const selected = page.locator(".tabs").getByRole("tab", { selected: true })
    await selected.waitFor()
    for (const [index, tab] of TABS.entries()) {
      const before = await selected.innerText()
      await go(page, `/devices/${uuid(7)}?tab=${tab}`)
      await selected.filter({ hasNotText: before }).waitFor()
      await page
        .locator(
          "ispvm-device-data, ispvm-device-configuration, ispvm-device-collection, ispvm-device-log",
        )
        .locator("ispvm-table, ispvm-empty, p.caption")
        .first()
        .waitFor()
      await page.waitForTimeout(300)
      // What is above the tabs is the same with each of them.
      await checkAppearances(
        page,
        `device-${tab}`,
        () => page.locator(".tabs").scrollIntoViewIfNeeded(),
        index === 0 ? undefined : PANEL,
      )
    }
  }))

test("device tabs: an empty one says why", async () => {
  const cases = [
    [[], /has not reported yet/],
    [[["routeros-api.queue", { state: "waiting", everyMs: 30_000 }]], /waiting for the first/],
    [
      [["routeros-api.queue", { state: "ok", everyMs: 30_000, missing: "/queue/simple" }]],
      /not on this release/,
    ],
    [
      [["routeros-api.queue", { state: "ok", everyMs: 30_000, forbidden: "/queue/simple" }]],
      /not permitted/,
    ],
    [
      [["routeros-api.queue", { state: "failed", reason: "timed-out", everyMs: 30_000 }]],
      /took too long/,
    ],
    [[["routeros-api.queue", { state: "off", everyMs: 0 }]], /not collected/],
  ] as const
  for (const [empty, text] of cases) {
    const network = makeNetwork(12)
    network.collected = { ...collectedNow(0), empty }
    await show(
      "tab=queues&part=values-queue",
      async (page) => {
        await page.getByText(text).first().waitFor()
        await keepPicture(page, `device-empty-${String(text).replaceAll(/[^a-z]/g, "")}`)
      },
      { network },
    )
  }
})

test("device tabs: what is old is grey and says so; what failed offers to try again", async () => {
  const network = makeNetwork(12)
  network.collected = { ...collectedNow(), atMs: Date.now() - 7_200_000 }
  await show(
    "tab=routing",
    async (page) => {
      await data(page)
        .getByText(/2 h.* old/)
        .first()
        .waitFor()
      await keepPicture(page, "device-stale")
    },
    { network },
  )
  const server = await startServer((method, url, body) =>
    url.pathname.includes("/tables/")
      ? {
          status: 503,
          body: {
            type: "about:blank",
            title: "Busy",
            status: 503,
            detail: "The database is busy.",
          },
        }
      : makeNetwork(12).answers(method, url, body),
  )
  try {
    await showPage(server, `/devices/${uuid(7)}?tab=routing`, "dark", async (page) => {
      await data(page).getByRole("button", { name: "Try again" }).first().waitFor()
      await keepPicture(page, "device-failed")
    })
  } finally {
    await server.close()
  }
})

test("device tabs: the palette finds a session by its address, and opens the tab with the row", async () => {
  const network = makeNetwork(12)
  const server = await startServer((method, url, body) => {
    if (url.pathname !== "/search") return network.answers(method, url, body)
    assert.equal(url.searchParams.get("q"), "100.64.3.27")
    const row = {
      ...{ key: "customer-777", source: "routeros-api", goneAtMs: null },
      ...{ firstSeenAtMs: Date.now(), changedAtMs: Date.now(), table: "sessions" },
      values: { user: "customer-777", address: "100.64.3.27" },
      ...{ deviceId: uuid(7), deviceName: "ist-bras-1" },
    }
    return { status: 200, body: { items: [row], next: null } }
  })
  try {
    await showPage(server, "/", "dark", async (page) => {
      await page
        .getByRole("button", { name: /^Search/ })
        .first()
        .click()
      const field = page.getByRole("combobox")
      await field.fill("100.64.3.27")
      const option = page.getByRole("option", { name: /customer-777.*100\.64\.3\.27/ })
      await option.waitFor()
      await keepPicture(page, "palette-rows")
      await field.press("Enter")
      await page.waitForURL(/tab=sessions.*row=customer-777/)
      const row = data(page).locator('[role="row"][aria-selected="true"]')
      await row.getByText("customer-777", { exact: true }).waitFor()
    })
  } finally {
    await server.close()
  }
})

for (const [lang, changed, only] of [
  ["en", "ip firewall filter", "Changed"],
  ["tr", "ip firewall filter", "Değişenler"],
] as const)
  test(`device tabs: sections of the configuration, latest changes first (${lang})`, () =>
    show(`tab=configuration&lang=${lang}`, async (page) => {
      const tab = page.locator("ispvm-device-configuration")
      await tab.getByText(changed, { exact: true }).waitFor()
      const names = () =>
        tab
          .locator("[role=row] .mono.emphasis")
          .allInnerTexts()
          .then((all) => all.map((name) => name.trim()))
      assert.deepEqual((await names()).slice(0, 2), ["ip firewall filter", "system clock"])
      assert.equal((await names()).length, 8)
      // The short form; all of it is a title.
      assert.ok((await tab.getByText("d2ebb681c418", { exact: true }).count()) > 0)
      assert.ok((await tab.locator(`[title^="d2ebb681c418ac49"]`).count()) > 0)
      await keepPicture(page, `device-configuration-${lang}`)
      await tab.getByRole("button", { name: only }).click()
      await page.waitForURL(/changed=1/)
      await tab.getByText("snmp community", { exact: true }).waitFor({ state: "detached" })
      assert.deepEqual(await names(), ["ip firewall filter", "system clock"])
    }))

test("device tabs: without hashes it says why, and a failure can be tried again", async () => {
  const network = makeNetwork(12)
  network.collected = {
    ...collectedNow(3),
    empty: [["routeros-api.configuration", { state: "off", everyMs: 0 }]],
  }
  await show(
    "tab=configuration",
    async (page) => {
      const tab = page.locator("ispvm-device-configuration")
      await tab.getByText(/is switched off/).waitFor()
      await keepPicture(page, "device-configuration-empty")
    },
    { network },
  )
  const failing = makeNetwork(12)
  let isFailing = true
  const server = await startServer((method, url, body) =>
    isFailing && url.pathname.endsWith("/configuration")
      ? { status: 503, body: { code: "unavailable", message: "The database is unavailable." } }
      : failing.answers(method, url, body),
  )
  try {
    await showPage(server, `/devices/${uuid(7)}?tab=configuration`, "light", async (page) => {
      const tab = page.locator("ispvm-device-configuration")
      await tab.getByText("The sections could not be loaded").waitFor()
      await keepPicture(page, "device-configuration-failed")
      isFailing = false
      await tab.getByRole("button").first().click()
      await tab.getByText("ip firewall filter", { exact: true }).waitFor()
    })
  } finally {
    await server.close()
  }
})

test("device tabs: collectors show their cost, what is slowed, missing and forbidden", () =>
  show("tab=collection", async (page) => {
    const tab = page.locator("ispvm-device-collection")
    await tab.getByText("slowed to 78 s").waitFor()
    await tab.getByText("/routing/bgp/peer").waitFor()
    await tab.getByText("forbidden: /user").waitFor()
    await tab.getByText("it took too long").waitFor()
    assert.equal(await tab.getByText("Off", { exact: true }).count(), 0)
    await tab.getByRole("button", { name: "Hide what is off" }).click()
    await tab.getByText("Off", { exact: true }).waitFor()
    await tab.getByText("Reported", { exact: true }).waitFor()
    await tab.getByText("a change was not reported").waitFor()
  }))

test("device tabs: an interval of a group is set in seconds, with what it costs", async () => {
  const network = makeNetwork(12)
  const sent: unknown[] = []
  const server = await startServer((method, url, body) => {
    if (method === "PUT") sent.push([url.pathname, body])
    return method === "PUT"
      ? { status: 200, body: { items: [], next: null } }
      : network.answers(method, url, body)
  })
  try {
    await showPage(server, `/devices/${uuid(7)}?tab=collection`, "dark", async (page) => {
      const part = page.locator("ispvm-group-intervals")
      await part.getByText("Own intervals").waitFor()
      const seconds = part.getByLabel("Interval in seconds")
      await seconds.fill("4")
      await part.getByText("A whole number from 5 to").waitFor()
      await part.getByLabel("What is read").selectOption("routing")
      await seconds.fill("15")
      await part.getByText(/^With it: .*a day\. Now: /).waitFor()
      await keepPicture(page, "device-own-intervals")
      await part.getByRole("button", { name: "Set interval" }).click()
      await page.getByText(/This device: Routing: every 15 s/).waitFor()
      assert.deepEqual(sent, [
        [
          "/collectors/intervals",
          { scope: "device", subject: uuid(7), group: "routing", everyMs: 15_000 },
        ],
      ])
    })
  } finally {
    await server.close()
  }
})
