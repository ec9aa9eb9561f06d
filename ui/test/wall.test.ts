/** Wall displays: their links in Settings, and the screen. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { keepPicture } from "./browser.ts"
import { makeIncident, sentence } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { startServer, type TestServer } from "./server.ts"
import { WALL_BEARER, WALL_TOKEN } from "./wall-answers.ts"
import { makeWork, type Work } from "./work.ts"

useBrowser()

const on = async (
  path: string,
  act: (page: Page, server: TestServer, work: Work) => Promise<void>,
): Promise<void> => {
  const work = makeWork()
  const { session } = work.network
  const server = await startServer((method, url, body) => {
    if (url.pathname !== "/wall-sessions") return work.answers(method, url, body)
    if (Reflect.get(Object(body), "token") !== WALL_TOKEN)
      return problem(401, "wall-unknown", "This link of a wall display is unknown.")
    const settings = { name: "NOC", pages: ["incidents", "overview"], secondsPerPage: 5 }
    const permissions = ["inventory:read", "agents:read", "incidents:read", "live:read"]
    const { organisation, version, mapTilesUrl } = session
    const facts = { organisation, version, mapTilesUrl }
    return { status: 201, body: { session: WALL_BEARER, permissions, ...settings, ...facts } }
  })
  try {
    await showPage(server, path, "dark", (page) => act(page, server, work))
  } finally {
    server.close()
  }
}

test("settings: a wall display is created, its link shown once, and revoked", () =>
  on("/settings", async (page, server, work) => {
    const panel = page.locator("ispvm-wall-displays")
    await panel.getByRole("button", { name: "Add wall display" }).click()
    await panel.getByLabel("Name").fill("NOC")
    await panel.getByLabel("Overview").uncheck()
    await panel.getByLabel("Seconds per page").selectOption("10")
    await panel.getByRole("button", { name: "Create link" }).click()
    await panel.getByText(`${server.url}/wall#${WALL_TOKEN}`).waitFor()
    assert.deepEqual(work.writes.find(({ what }) => what === "POST /wall-displays")?.body, {
      ...{ name: "NOC", pages: ["map", "incidents"], secondsPerPage: 10, expiresInDays: 366 },
    })
    await panel.getByRole("button", { name: "Done" }).click()
    assert.equal(await panel.getByText(WALL_TOKEN).count(), 0)
    await panel.getByRole("button", { name: "Revoke NOC" }).click()
    await panel.locator("ispvm-dialog").getByRole("button", { name: "Revoke" }).click()
    await page.getByText("NOC was revoked.").waitFor()
  }))

test("wall: pages in turn, without navigation or anything to press; sound, alarm and a lost stream are shown", () =>
  on(`/wall#${WALL_TOKEN}`, async (page, server) => {
    const sent: string[] = []
    const urls: string[] = []
    page.on("request", (request) => {
      urls.push(request.url())
      if (request.url().includes("/api/") && !request.url().endsWith("/wall-sessions"))
        sent.push(`${request.method()} ${request.headers().authorization ?? "none"}`)
    })
    const wall = page.locator("ispvm-wall")
    await wall.getByText("NOC").waitFor()
    await wall.locator("ispvm-wall-incidents li").first().waitFor()
    await wall.locator(".clock").waitFor()
    assert.equal(await page.locator("ispvm-app, nav, .sidebar").count(), 0)
    assert.equal(await wall.getByRole("button").count(), 0)
    assert.equal(await wall.getByRole("link").count(), 0, "inert")
    await wall.getByText("Sound is off").waitFor()
    await keepPicture(page, "wall-incidents")
    await page.keyboard.press("Space")
    await wall.getByText("Sound is on").waitFor()
    server.publish(
      "incident",
      makeIncident(77, { severity: "critical", title: sentence("hall-1 is down") }),
    )
    await wall.getByText("New critical incident").waitFor()
    await wall.locator("ispvm-page-overview").waitFor()
    await wall.locator("ispvm-page-overview").getByText("hall-1 is down").first().waitFor()
    await keepPicture(page, "wall-overview")
    await wall.locator("ispvm-wall-incidents").waitFor()
    server.breakStreams()
    await page.locator("ispvm-wall[stream=lost]").waitFor()
    await wall.locator("ispvm-stream-bar .warn-bar").waitFor()
    await keepPicture(page, "wall-lost")
    assert.ok(page.url().endsWith(`#${WALL_TOKEN}`), "a screen that restarts opens it again")
    assert.deepEqual([...new Set(sent)], [`GET Bearer ${WALL_BEARER}`])
    assert.ok(urls.every((url) => !new URL(url).pathname.includes(WALL_TOKEN)))
  }))

test("wall: an unknown link, and one without a token, say so", () =>
  on("/wall#other", async (page) => {
    await page.getByText("This link of a wall display is unknown.").waitFor()
    await page.evaluate(() => {
      location.hash = ""
    })
    await page.getByText("The link is incomplete").waitFor()
  }))
