/**
 * The first channel of a new appliance, from the page to a receiver on loopback: added, tested,
 * failing, delivered again, and used by a policy that is changed.
 */
import assert from "node:assert/strict"
import { createServer, type Server } from "node:http"
import { after, before, test } from "node:test"
import { APPEARANCES, keepPicture, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import type { Browser, Page } from "playwright-core"
import { freePort, type Started, startAppliance } from "./start-process.ts"

let appliance: Started
let browser: Browser
let page: Page
let receiver: Server
let status = 200
let port = 0
const received: Record<string, unknown>[] = []

const listen = async (): Promise<number> => {
  const port = await freePort()
  receiver = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk
    })
    request.on("end", () => {
      if (status === 200) received.push(JSON.parse(body))
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(port, "127.0.0.1", resolve))
  return port
}
const press = (name: string): Promise<void> => page.getByRole("button", { name }).first().click()
const type = (label: string, text: string): Promise<void> =>
  page.getByLabel(label, { exact: true }).first().fill(text)

before(async () => {
  port = await listen()
  appliance = await startAppliance({ ISPVM_LOCAL_AGENT: "off" })
  browser = await launchBrowser()
  page = await openPage(browser, APPEARANCES.dark)
  await page.goto(appliance.url)
  await type("Set-up code", appliance.setupCode)
  await type("Organisation", "First Net")
  await type("Your name", "Deniz")
  await type("E-mail", "deniz@first.example")
  await type("Password", "four words in a row")
  await press("Create account and log in")
  await page.getByRole("link", { name: "Devices" }).first().waitFor()
})
after(async () => {
  await browser?.close()
  await appliance?.stop()
  receiver?.close()
})

test("the first channel is added, makes the first policy, and its test arrives", async () => {
  await page.goto(`${appliance.url}/notifications`)
  await page.getByText("Nobody is notified yet").waitFor()
  await press("Add channel")
  await page.locator("label").filter({ hasText: "Webhook" }).click()
  await type("Name", "Ticket system")
  await type("Address", `http://127.0.0.1:${port}/hook`)
  await type("Signing secret", "a secret of this test")
  await press("Add channel")
  await page.getByText("Never used").waitFor()
  await press("Send test Ticket system")
  await page.getByText(/^Delivered after/).waitFor()
  assert.deepEqual(
    received.map(({ event }) => event),
    ["test"],
  )
  await page.getByText("Delivering").waitFor()
  await page.getByRole("tab", { name: "Policies" }).click()
  await page.getByText("Incidents from minor up at all sites").waitFor()
})

test("while the receiver fails, channel and log say so with the answer; then it arrives", async () => {
  status = 503
  await page.getByRole("tab", { name: "Channels" }).click()
  await press("Send test Ticket system")
  await page.getByText(/Not delivered yet/).waitFor()
  await page.getByText("Failing").waitFor()
  await keepPicture(page, "notifications-failing-dark")
  status = 200
  await page.getByText(/^Delivered after/).waitFor()
  assert.equal(received.length, 2)
  await page.getByRole("tab", { name: "Delivery log" }).click()
  await page.getByText("2 deliveries").waitFor()
  await page
    .getByRole("row", { name: /Test message/ })
    .first()
    .click()
  await page.getByText("Attempt 2").waitFor()
  await keepPicture(page, "notifications-attempts-dark")
})

test("a policy is changed and stays so; the channel is removed, and the policy says what it lacks", async () => {
  await page.goto(`${appliance.url}/notifications?tab=policies`)
  await press("Edit All incidents")
  await type("Delay in seconds", "90")
  await page.getByLabel("Hold messages back at certain hours").check()
  await press("Save policy")
  await page.getByText("After 1 min 30 s").waitFor()
  await page.reload()
  await page.getByText(/^Quiet 22:00–06:00, every day/).waitFor()
  await page.getByRole("tab", { name: "Channels" }).click()
  await press("Remove Ticket system")
  await page.getByText("Nobody is notified by these policies then: All incidents.").waitFor()
  await press("Remove channel")
  await page.getByText("Nobody is notified yet").waitFor()
  await page.getByRole("tab", { name: "Policies" }).click()
  await page.getByText("a channel that was removed").waitFor()
  await press("Switch off All incidents")
  await page.getByText("Switched off", { exact: true }).waitFor()
})
