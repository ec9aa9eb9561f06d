/** Probes of services in a real browser. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let work: Work

useBrowser()

const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
): Promise<void> => {
  work = makeWork(12)
  const server = await startServer(work.answers)
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}

test("probes: the list in dark, light and narrow: axe finds nothing, nothing overflows", () =>
  on("/probes", "dark", async (page) => {
    await page.getByText("Customer portal").first().waitFor()
    await page.getByText("certificate ends in 9 days").first().waitFor()
    await page.getByText("The server failed (SERVFAIL)").first().waitFor()
    await page.getByText(/Service: 192.0.2.53 DNS/).waitFor()
    await page.getByText("10.0.0.1 → 10.0.4.2 → silent → 198.51.100.9").waitFor()
    await checkAppearances(page, "probes")
  }))

test("probes: a probe runs now, is changed, and is removed after a question", () =>
  on("/probes", "light", async (page) => {
    await page.getByRole("button", { name: "Run now Customer portal" }).click()
    await page.getByText("Customer portal runs now").waitFor()
    assert.equal(work.writes.at(-1)?.what, `POST /probes/${uuid(7_001)}/run`)
    await page.getByRole("button", { name: "Edit Customer portal" }).click()
    await page.getByLabel("Interval in seconds").fill("60")
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByText("The probe was saved.").waitFor()
    const { body } = work.writes.at(-1) ?? {}
    assert.equal(Reflect.get(Object(body), "everyS"), 60)
    assert.equal(Reflect.get(Object(body), "name"), undefined)
    await page.getByRole("button", { name: "Edit Customer portal" }).click()
    await page.getByRole("button", { name: "Remove" }).click()
    await page.getByRole("alert").getByText("Remove this probe?").waitFor()
    await page.getByRole("button", { name: "Remove" }).click()
    await page.getByText("The probe was removed.").waitFor()
  }))

for (const appearance of ["dark", "narrow"] as const)
  test(`probes: one is added in ${appearance}, and what is missing is named`, () =>
    on(`/probes?edit=new&device=${uuid(1)}`, appearance, async (page) => {
      await page.getByLabel("Address (URL)").fill("ftp://nowhere")
      await page.getByRole("button", { name: "Save" }).click()
      await page
        .getByText(/must not be empty|required/i)
        .first()
        .waitFor()
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, `probes-form-${appearance}`)
      await page.getByLabel("Name", { exact: true }).fill("Resolver")
      await page.getByLabel("Kind").selectOption("dns")
      await page.getByLabel("DNS server").fill("192.0.2.53")
      await page.getByLabel("Name", { exact: true }).last().fill("www.example.net")
      await page.getByRole("button", { name: "Save" }).click()
      await page.getByText("The probe was saved.").waitFor()
      const check = Reflect.get(Object(work.writes.at(-1)?.body), "check")
      assert.deepEqual(check, {
        ...{ kind: "dns", server: "192.0.2.53", port: 53, name: "www.example.net" },
        ...{ type: "A", expects: "" },
      })
    }))

test("probes: a template asks only for the host", () =>
  on(`/probes?edit=new&device=${uuid(1)}`, "light", async (page) => {
    await page.getByLabel("Template").selectOption("upstream")
    await page.getByLabel("Address of the gateway, target or resolver").fill("198.51.100.9")
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByText("2 probes were added.").waitFor()
    assert.deepEqual(work.writes.at(-1)?.body, {
      ...{ template: "upstream", deviceId: uuid(1), host: "198.51.100.9", agents: [] },
    })
  }))

test("probes: the tab of their device", () =>
  on(`/devices/${uuid(1)}?tab=probes`, "dark", async (page) => {
    await page.getByText("Customer portal").first().waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "device-probes-dark")
  }))
