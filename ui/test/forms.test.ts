/**
 * Forms in a real browser: errors of the schema, of the appliance and of a part, each at its field.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { findings } from "./axe.ts"
import { keepPicture } from "./browser.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let work: Work

useBrowser()

type Rejection = Parameters<typeof problem>[3]
/** `rejections`: what the appliance answers to a request instead of doing it. */
const on = async (
  path: string,
  act: (page: Page, publish: TestServer["publish"]) => Promise<void>,
  rejections: Readonly<Record<string, Rejection>> = {},
): Promise<void> => {
  work = makeWork(12)
  const server = await startServer(async (method, url, body) => {
    const rejection = rejections[`${method} ${url.pathname}`]
    return rejection === undefined
      ? work.answers(method, url, body)
      : problem(422, "invalid", "The request is not valid.", rejection)
  })
  try {
    await showPage(server, path, "dark", (page) => act(page, server.publish))
  } finally {
    server.close()
  }
}
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })
/** The error that the input itself refers to, as a screen reader finds it. */
const errorAt = async (page: Page, label: string): Promise<string> =>
  field(page, label).evaluate((input) => {
    const root = input.getRootNode() as ShadowRoot
    const isReferred = input.getAttribute("aria-describedby")?.split(" ").includes("error")
    const isInvalid = input.getAttribute("aria-invalid") === "true"
    return isReferred && isInvalid ? (root.getElementById("error")?.textContent?.trim() ?? "") : ""
  })

test("forms: a router's fields say what is wrong, by keyboard, and stop saying it when it is right", () =>
  on("/devices/new", async (page) => {
    await field(page, "Address").fill("http://10.0.0.9")
    await field(page, "API port").fill("70000")
    await field(page, "Site").selectOption({ label: "New site…" })
    await field(page, "Latitude (optional)").fill("north")
    await field(page, "Longitude (optional)").fill("181")
    await field(page, "Address").press("Enter")
    await page.getByText("Expected an IP address or a host name").waitFor()
    assert.match(await errorAt(page, "Address"), /^Expected an IP address or a host name/)
    assert.match(await errorAt(page, "API port"), /^Must be at most 65535/)
    assert.match(await errorAt(page, "Site name"), /^Must not be empty/)
    assert.match(await errorAt(page, "Latitude (optional)"), /^Must be a number/)
    assert.match(await errorAt(page, "Longitude (optional)"), /^Must be at most 180/)
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "add-router-errors-dark")
    assert.deepEqual(work.writes, [], "nothing was sent")
    await field(page, "Address").fill("10.0.0.9")
    assert.equal(await errorAt(page, "Address"), "")
    assert.match(await errorAt(page, "API port"), /^Must be at most 65535/)
  }))

test("forms: what the appliance refuses of a new site stands at the site, of the router at the router", () =>
  on(
    "/devices/new",
    async (page) => {
      await field(page, "Address").fill("10.0.0.9")
      await field(page, "Name (optional)").fill("van-core-1")
      await field(page, "Site").selectOption({ label: "New site…" })
      await field(page, "Site name").fill("Van")
      await page.getByRole("button", { name: /^Save/ }).click()
      await page.getByText("Already taken").waitFor()
      assert.match(await errorAt(page, "Site name"), /^Already taken/)
      assert.equal(await errorAt(page, "Name (optional)"), "")
      await field(page, "Site").selectOption({ index: 0 })
      await page.getByRole("button", { name: /^Save/ }).click()
      await page.getByText("Address 127.0.0.1 is a loopback address").waitFor()
      assert.match(await errorAt(page, "Address"), /^Address 127\.0\.0\.1 is a loopback/)
    },
    {
      "POST /sites": [{ path: "name", message: "is taken", code: "field.taken", params: {} }],
      "POST /devices": [
        {
          path: "address",
          message: "no",
          code: "field.destination",
          params: { ip: "127.0.0.1", kind: "loopback", mayBeAllowed: false },
        },
      ],
    },
  ))

test("forms: an import without a list says so at the list", () =>
  on("/devices/import", async (page) => {
    await page.getByRole("button", { name: "Check" }).click()
    await page.getByText("Must not be empty").waitFor()
    assert.match(await errorAt(page, "CSV"), /^Must not be empty/)
    await field(page, "CSV").fill("name,address\na,192.0.2.1\n")
    assert.equal(await errorAt(page, "CSV"), "")
  }))

test("forms: credentials that could not be read are read again, and the error goes", () => {
  const rejections: Record<string, Rejection> = { "GET /credentials": [] }
  return on(
    "/devices/new",
    async (page, publish) => {
      await page.getByText("The request is not valid.").waitFor()
      delete rejections["GET /credentials"]
      publish("inventory", { what: "credential", id: "1" })
      await page.getByText("The request is not valid.").waitFor({ state: "detached" })
      await page.getByRole("option", { name: "monitor" }).first().waitFor({ state: "attached" })
    },
    rejections,
  )
})
