/** Map and graph in a real browser: scene, live updates, editing, and fault injection. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Topology } from "@ispvm/appliance/api/inventory"
import type { Locator, Page } from "playwright-core"
import type { LabState } from "../src/state/lab.ts"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { makeAgent, makeDevice, makeIncident, makeLink, makeSite, sentence, uuid } from "./make.ts"
import { makeNetwork, type Network } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { type Answer, startServer, type TestServer } from "./server.ts"

let server: TestServer
let network: Network
let topology: Topology
let requests: { readonly what: string; readonly body: unknown }[] = []
let lab: LabState

useBrowser()

/** Ankara and İzmir with two links, Samsun downstream of Ankara, and a site without coordinates. */
const threeTowns = (): Topology => {
  const sites = [
    makeSite(0, { name: "Ankara" }),
    makeSite(1, { name: "İzmir", latitude: 38.42, longitude: 27.14 }),
    makeSite(2, { name: "Samsun", latitude: 41.29, longitude: 36.33 }),
    makeSite(3, { name: "Warehouse", latitude: null, longitude: null }),
  ]
  const at = (n: number) => ({ siteId: sites[n]?.id ?? null, siteName: sites[n]?.name ?? null })
  const core = makeDevice(1, { name: "ank-core-1", ...at(0) })
  const second = makeDevice(2, { name: "izm-core-1", ...at(1) })
  const access = makeDevice(3, { name: "sam-agg-1", roles: ["aggregation"], ...at(2) })
  const links = [
    makeLink(1, core, second, { name: "fibre-1" }),
    makeLink(2, core, second, { name: "fibre-2", aToBBps: 9.6e9 }),
    makeLink(3, core, access, { name: "ankara-samsun", capacityBps: 1e9, aToBBps: 3e8 }),
  ]
  const agent = {
    id: uuid(8_000),
    name: "local",
    siteId: null,
    deviceId: core.id,
    status: "ok" as const,
  }
  return { sites, devices: [core, second, access], links, agents: [agent] }
}

const ok = (body: unknown): Answer => ({ status: 200, body })
const answers = (method: string, url: URL, body: unknown): Answer | Promise<Answer> => {
  const [, kind] = url.pathname.split("/")
  if (method === "GET" && kind === "topology") return ok(topology)
  if (method === "GET" && kind === "agents")
    return ok({ items: topology.agents.map((agent) => makeAgent(0, agent)), next: null })
  if (kind === "lab") {
    if (method === "POST") {
      requests.push({ what: "POST /lab", body })
      lab = { ...lab, cutLinks: ["ankara-samsun"] }
    }
    return ok(lab)
  }
  if (method !== "GET" && (kind === "sites" || kind === "links")) {
    requests.push({ what: `${method} ${url.pathname}`, body })
    return method === "POST" ? { status: 201, body: { id: uuid(9_099) } } : ok({})
  }
  return network.answers(method, url, body)
}

type Setup = { readonly topology?: Topology; readonly isLab?: boolean }
const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  setup: Setup = {},
): Promise<void> => {
  network = makeNetwork(3)
  network.incidents.length = 0
  topology = setup.topology ?? threeTowns()
  requests = []
  lab = {
    cutLinks: [],
    deadRouters: [],
    poweredOffSites: [],
    lostUpstreams: [],
    degradedLinks: [],
    congestedLinks: [],
    bgpDown: [],
    withoutSessions: [],
    fadedOptics: [],
    ospfDown: [],
    isisDown: [],
    deviceFaults: [],
    possibleFaults: {},
    ospfLinks: [],
    isisLinks: [],
    lossRatio: 0,
    agentRunning: true,
    managementPathDown: false,
    uplinkDown: false,
    mode: "loopback",
  }
  server = await startServer(answers)
  if (setup.isLab) {
    const demo = { faultInjectionUrl: `${server.url}/api/v1/lab` }
    network.session = { ...network.session, demo }
  }
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}

const status = (word: "down" | "unreachable") => ({
  status: word,
  reason: word,
  message: { code: "status.no-recent-data", params: {} },
  sinceMs: Date.now(),
})
const cut = makeIncident(5, {
  title: sentence("Link ankara-samsun is cut"),
  causes: [{ kind: "link", id: uuid(7_003), name: "ankara-samsun" }],
})
/** An outage: the cut link, and the router downstream of it. */
const publishCut = (): void => {
  server.publish("incident", cut)
  server.publish("link", { id: uuid(7_003), status: status("down"), incidentId: cut.id })
  server.publish("device", { id: uuid(3), status: status("unreachable"), incidentId: cut.id })
}
const site = (page: Page, name: RegExp) => page.getByRole("button", { name })
/** The button over a site or link that is drawn in this state. */
const target = (page: Page, kind: "mark" | "link", state: string) =>
  page.locator(`.target.${kind}[data-state~="${state}"]`)
/** Opaque colours that the map has drawn under the middle of a button. */
const coloursAt = (button: Locator): Promise<readonly string[]> =>
  button.evaluate((element) => {
    const root = element.getRootNode()
    const canvas =
      root instanceof ShadowRoot ? root.querySelector<HTMLCanvasElement>("canvas.network") : null
    const pen = canvas?.getContext("2d")
    if (canvas == null || pen == null) return []
    const [a, b] = [element.getBoundingClientRect(), canvas.getBoundingClientRect()]
    const x = Math.round(a.x + a.width / 2 - b.x)
    const y = Math.round(a.y + a.height / 2 - b.y)
    const { data } = pen.getImageData(x - 8, y - 8, 16, 16)
    const colours: string[] = []
    for (let n = 0; n < data.length; n += 4)
      if (data[n + 3] === 255) colours.push(data.slice(n, n + 3).join())
    return colours
  })
const isLive = (page: Page) =>
  page.getByText("Live", { exact: true }).locator("visible=true").first().waitFor()

for (const [name, path] of [
  ["map", "/map"],
  ["graph", "/graph"],
] as const)
  test(`${name}: a cut arrives by itself; axe finds nothing in dark, light and narrow`, () =>
    on(
      path,
      "dark",
      async (page) => {
        await page.getByText("No faults here.").waitFor()
        await isLive(page)
        publishCut()
        await page.getByRole("button", { name: /Link ankara-samsun is cut/ }).waitFor()
        if (name === "map") await site(page, /^Samsun 1.1, Unreachable/).waitFor()
        await checkAppearances(page, `${name}-cut`)
      },
      { isLab: true },
    ))

test("map: an incident dims all but what it touches, and draws its cause thick", () =>
  on("/map", "dark", async (page) => {
    await isLive(page)
    publishCut()
    await page.getByRole("button", { name: /Link ankara-samsun is cut/ }).click()
    assert.equal(new URL(page.url()).searchParams.get("incident"), cut.id)
    await target(page, "mark", "dimmed")
      .and(site(page, /^İzmir/))
      .waitFor()
    assert.equal(
      await target(page, "mark", "dimmed").count(),
      1,
      "both ends of the cut stay in sight",
    )
    const cause = target(page, "link", "cause")
    await cause.waitFor()
    assert.equal(await cause.count(), 1)
    assert.match((await cause.getAttribute("data-state")) ?? "", /^down/)
    assert.ok((await coloursAt(cause)).includes("255,95,54"), "drawn in its colour")
    await page.reload()
    await page.getByText("Impact").or(page.getByText("Incident not found.")).first().waitFor()
  }))

test("map: parallel links have a line each, and a full one says so", () =>
  on("/map", "dark", async (page) => {
    await site(page, /^Ankara/).waitFor()
    const links = page.locator(".target.link")
    await links.nth(2).waitFor()
    assert.equal(await links.count(), 3)
    assert.equal(await target(page, "link", "full").count(), 1)
    const places = await links.evaluateAll((all) => all.map((each) => each.style.transform))
    assert.equal(new Set(places).size, 3)
  }))

test("map: with the keyboard a site is found, opened and left; the address says it", () =>
  on("/map", "dark", async (page) => {
    await site(page, /^Samsun/).focus()
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "Samsun" }).waitFor()
    await page.getByRole("link", { name: "sam-agg-1" }).first().waitFor()
    assert.equal(new URL(page.url()).searchParams.get("site"), uuid(9_002))
    await page.keyboard.press("Escape")
    await page.getByText("No faults here.").waitFor()
  }))

test("map: pointing at a link shows its ends, its load and the last hour", () =>
  on("/map", "dark", async (page) => {
    await site(page, /^ankara-samsun$/).hover()
    const popover = page.locator(".popover")
    await popover.getByText("300 Mbit/s").waitFor()
    await popover.getByText("30 % of capacity").waitFor()
    await popover.getByRole("link", { name: "sam-agg-1" }).waitFor()
  }))

test("map: a site is added where one clicks, also where a line runs, and one without a place is placed", () =>
  on("/map", "dark", async (page) => {
    await page.getByRole("button", { name: "Edit", exact: true }).click()
    await page.getByRole("button", { name: "Add site" }).click()
    await page.locator("ispvm-map").click({ position: { x: 300, y: 200 } })
    await page.getByLabel("Name").fill("Konya")
    assert.deepEqual(await findings(page), [])
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByText("Konya was saved.").waitFor()
    await page.getByRole("button", { name: "Warehouse" }).click()
    await page.keyboard.press("Enter")
    await page.getByText("Warehouse was moved.").waitFor()
    assert.deepEqual(
      requests.map((each) => each.what),
      ["POST /sites", `PATCH /sites/${uuid(9_003)}`],
    )
  }))

test("map: a site is dragged only while editing", () =>
  on("/map", "dark", async (page) => {
    /** Its position when the map has stopped: a pan continues for a moment. */
    const atRest = async () => {
      let was = await site(page, /^Samsun/).boundingBox()
      for (;;) {
        await page.waitForTimeout(150)
        const box = await site(page, /^Samsun/).boundingBox()
        if (box?.x === was?.x && box?.y === was?.y) return box
        was = box
      }
    }
    const drag = async (): Promise<void> => {
      const box = await atRest()
      await page.mouse.move((box?.x ?? 0) + 17, (box?.y ?? 0) + 17)
      await page.mouse.down()
      // To the middle: the map may glide on, and the site has to stay in view.
      await page.mouse.move((box?.x ?? 0) - 60, (box?.y ?? 0) + 60, { steps: 6 })
      await page.mouse.up()
    }
    await drag()
    assert.equal(requests.length, 0)
    await page.getByRole("button", { name: "Edit", exact: true }).click()
    await drag()
    await page.getByText("Samsun was moved.").waitFor()
  }))

test("map: a link is drawn from site to site, refused without ends, and removed after a question", () =>
  on("/map", "dark", async (page) => {
    await page.getByRole("button", { name: "Edit", exact: true }).click()
    await page.getByRole("button", { name: "Draw link" }).click()
    await site(page, /^İzmir/).click()
    await site(page, /^Samsun/).click()
    await page.getByRole("button", { name: "Save" }).click()
    await page.locator("ispvm-select .error", { hasText: "Required" }).first().waitFor()
    await page.getByLabel("From", { exact: true }).selectOption({ label: "izm-core-1" })
    await page.getByLabel("To", { exact: true }).selectOption({ label: "sam-agg-1" })
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByText("Link was saved.").waitFor()
    await page.goto(`${server.url}/map?link=${uuid(7_001)}`)
    await page.getByRole("heading", { name: "fibre-1" }).waitFor()
    await page
      .getByRole("region", { name: "fibre-1" })
      .getByRole("button", { name: "Edit" })
      .click()
    await page.getByRole("button", { name: "Remove" }).click()
    await page.getByRole("heading", { name: "Remove fibre-1?" }).waitFor()
    await page.getByRole("button", { name: "Remove" }).click()
    await page.getByText("fibre-1 was removed.").waitFor()
    assert.deepEqual(
      requests.map((each) => each.what),
      ["POST /links", `DELETE /links/${uuid(7_001)}`],
    )
  }))

test("map: without any placed site it says the one step, and a viewer is not offered it", () =>
  on(
    "/map",
    "dark",
    async (page) => {
      await page.getByText("No site has coordinates yet").waitFor()
      await page.getByRole("button", { name: "Add site" }).waitFor()
      assert.deepEqual(await findings(page), [])
    },
    { topology: { ...threeTowns(), sites: [], links: [] } },
  ))

test("fault injection: a real network has none; a simulated one is cut by its link and says what is broken", () =>
  on(
    `/map?link=${uuid(7_003)}`,
    "dark",
    async (page) => {
      await page.getByRole("button", { name: "Cut link" }).click()
      await page.getByRole("button", { name: "Repair link" }).waitFor()
      assert.deepEqual(requests[0], {
        what: "POST /lab",
        body: { do: "cut", link: "ankara-samsun" },
      })
      await page.keyboard.press("Escape")
      await page.getByText("ankara-samsun is cut").waitFor()
      network.session = { ...network.session, demo: null }
      await page.goto(`${server.url}/map?link=${uuid(7_003)}`)
      await page.getByRole("heading", { name: "ankara-samsun" }).waitFor()
      assert.equal(await page.getByRole("button", { name: /Cut link|Repair link/ }).count(), 0)
    },
    { isLab: true },
  ))

test("graph: arrow keys walk along links, Enter shows the neighbourhood, then the page", () =>
  on("/graph", "dark", async (page) => {
    const graph = page.getByRole("application", { name: "Graph of devices and links" })
    await graph.focus()
    await page.keyboard.press("ArrowRight")
    await page.getByRole("heading", { name: "ank-core-1" }).waitFor()
    await page.keyboard.press("ArrowDown")
    await page.getByRole("heading", { name: "sam-agg-1" }).waitFor()
    await page.keyboard.press("Enter")
    await page.getByText("Neighbourhood of sam-agg-1").waitFor()
    await page.keyboard.press("Enter")
    await page.waitForURL(`**/devices/${uuid(3)}`)
  }))

test("graph: a device is found by typing", () =>
  on("/graph", "dark", async (page) => {
    await page.getByLabel("Find a device", { exact: true }).fill("izm")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "izm-core-1" }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get("device"), uuid(2))
  }))

/** CPU seconds of the page's main thread since its document was made. */
const startCpuClock = async (page: Page): Promise<() => Promise<number>> => {
  const session = await page.context().newCDPSession(page)
  await session.send("Performance.enable", { timeDomain: "threadTicks" })
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics")
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN
  }
}
const frames = (page: Page, count: number): Promise<void> =>
  page.evaluate(async (many) => {
    for (let n = 0; n < many; n += 1) await new Promise((resolve) => requestAnimationFrame(resolve))
  }, count)

test("graph: two thousand devices stand within seconds, and a change among them costs little", () => {
  const big = threeTowns()
  const devices = Array.from({ length: 2_000 }, (_, n) =>
    makeDevice(n + 1, {
      name: `r-${n}`,
      roles: [n < 4 ? "upstream" : n < 40 ? "core" : n < 240 ? "aggregation" : "access"],
    }),
  )
  const links = devices.slice(1).flatMap((device, n) => {
    const up = devices[Math.floor(n / 6)]
    return up === undefined ? [] : [makeLink(n + 1, up, device)]
  })
  return on(
    "/graph",
    "dark",
    async (page) => {
      const cpuSeconds = await startCpuClock(page)
      await page.getByText("No faults here.").waitFor({ timeout: 180_000 })
      await frames(page, 5)
      const drawn = await cpuSeconds()
      assert.ok(drawn < 10, `drawn in ${drawn} s of CPU`)
      await keepPicture(page, "graph-2000-dark")
      publishCut()
      await page.getByRole("button", { name: /Link ankara-samsun is cut/ }).waitFor()
      await frames(page, 5)
      const changed = (await cpuSeconds()) - drawn
      assert.ok(changed < 2, `a change took ${changed} s of CPU`)
    },
    { topology: { ...big, devices, links } },
  )
})
