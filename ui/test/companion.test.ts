/** Connecting a router by script, in a real browser: configuration, script, copy, first report. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { keepPicture } from "./browser.ts"
import {
  button,
  CONNECT,
  clipboard,
  combine,
  ID,
  on,
  overrides,
  type Prepare,
  reportIn,
  requestBody,
  requestCount,
  TAB,
  withCompanion,
  withDesiredConfig,
  withUnprovenScript,
  work,
} from "./companion-fixture.ts"
import { DESIRED_CONFIG, makeCompanion, reporting, SECRET, withProblems } from "./make-companion.ts"
import { sessionOf } from "./network.ts"
import { useBrowser } from "./page.ts"
import { problem } from "./problem.ts"

useBrowser()

const STATES: readonly (readonly [name: string, path: string, sign: string, prepare: Prepare])[] = [
  ["connect", CONNECT, "Push script", withDesiredConfig],
  [
    "connect-unproven",
    CONNECT,
    "Not tested on a real router",
    combine(withDesiredConfig, withUnprovenScript),
  ],
  [
    "connect-norelease",
    CONNECT,
    "Enter the RouterOS release on the left.",
    withCompanion(() => makeCompanion()),
  ],
  [
    "harden",
    `${CONNECT}?kind=harden`,
    "The script is created when the configuration is saved",
    withDesiredConfig,
  ],
  ["remove", `${CONNECT}?kind=remove`, "Before anything is changed", withDesiredConfig],
  ["reports", TAB, "No drift", withCompanion(reporting)],
  ["reports-problem", TAB, "contains a secret, not shown", withCompanion(withProblems)],
  ["reports-empty", TAB, "Self-reporting is not set up", () => undefined],
  ["reports-never", TAB, "no report has arrived", withDesiredConfig],
  ["add-self", "/devices/new?mode=self", "Next: script", () => undefined],
]
for (const [name, path, sign, prepare] of STATES)
  test(`companion: ${name} in dark, light and narrow: axe finds nothing, nothing overflows`, () =>
    on(
      path,
      "dark",
      async (page) => {
        await page.getByText(sign).first().waitFor()
        await checkAppearances(page, `companion-${name}`, async () => {
          if (path === TAB)
            await page.locator("ispvm-companion").evaluate((element) => element.scrollIntoView())
        })
      },
      prepare,
    ))

test("connect: choices, script and its taking fit one screen of a desk", () =>
  on(CONNECT, "dark", async (page) => {
    await page.getByText("Push script").waitFor()
    const over = await page
      .locator("#content")
      .evaluate((main) => main.scrollHeight - main.clientHeight)
    assert.ok(over <= 0, `${over} px too high`)
    assert.ok(await button(page, "Copy script").isVisible())
  }))

test("connect: the script follows the choices, and is unavailable while one of them is invalid", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("for 7.18.2").waitFor()
      await page.getByRole("radio", { name: /^Access/ }).check()
      await page.getByRole("radio", { name: "v2c, in clear text" }).check()
      await page.getByText("Choose v3 unless an old device needs v2c").waitFor()
      await page.getByText("Creating the script").waitFor({ state: "detached" })
      await page.getByLabel("RouterOS release").fill("7.22.1")
      await page.getByText("for 7.22.1").waitFor()
      assert.deepEqual(
        { ...DESIRED_CONFIG, ...(requestBody("POST /companion/preview") as object) },
        { ...DESIRED_CONFIG, deviceId: ID, profile: "access", snmp: "v2c", release: "7.22.1" },
      )
      await page.getByLabel("RouterOS release").fill("seven")
      await page.getByText("Expected a release such as 7.18.2").waitFor()
      await page.getByText("The script below is the last valid one").waitFor()
      assert.equal(await button(page, "Copy script").isDisabled(), true)
      assert.equal(requestCount(`PUT /devices/${ID}/companion`), 0, "looking keeps nothing")
    },
    withDesiredConfig,
  ))

test("connect: what the appliance refuses stands at its field", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Put it where the router can reach it").first().waitFor()
      assert.equal(
        await page.getByLabel("Appliance address, as seen by the router").isVisible(),
        true,
      )
      assert.deepEqual(await findings(page), [])
    },
    combine(withDesiredConfig, ({ companion }) => {
      const detail = "Put it where the router can reach it."
      companion.previewRejection = problem(422, "invalid", detail, [
        { path: "applianceHost", message: detail },
      ])
    }),
  ))

test("connect: secrets stay masked until asked for, and are nowhere but on this page", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Push script").waitFor()
      assert.equal(await page.getByText(SECRET).count(), 0)
      await button(page, "Show secrets").click()
      await page.getByText("Anyone who has the key can send reports as this router").waitFor()
      assert.ok((await page.locator("ispvm-script").getByText(SECRET).count()) > 0)
      assert.deepEqual(await findings(page), [])
      await button(page, "Copy script").click()
      await page.getByText("Copied. Paste it into a terminal").waitFor()
      assert.match(await clipboard(page), new RegExp(`password="${SECRET}"[\\s\\S]*ispvm-watch`))
      await button(page, "Hide secrets").click()
      await button(page, "Copy script").click()
      assert.equal(
        requestCount(`POST /devices/${ID}/companion/script`),
        1,
        "each making gives the router a new key",
      )
      assert.equal(await page.getByText(SECRET).count(), 0)
      const stored = await page.evaluate(() =>
        JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, history.state]),
      )
      assert.doesNotMatch(stored, new RegExp(SECRET))
    },
    withDesiredConfig,
  ))

test("connect: another choice makes another script, and what was shown before is forgotten", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await button(page, "Show secrets").click()
      await page.getByText("Anyone who has the key").waitFor()
      await page.getByRole("checkbox", { name: /^Syslog/ }).uncheck()
      await button(page, "Show secrets").waitFor()
      assert.equal(await page.getByText(SECRET).count(), 0)
      await button(page, "Copy script").click()
      await page.getByText("Copied. Paste it").waitFor()
      assert.equal(requestCount(`POST /devices/${ID}/companion/script`), 2)
      assert.equal(
        Reflect.get(Object(requestBody(`PUT /devices/${ID}/companion`)), "syslog"),
        false,
      )
    },
    withDesiredConfig,
  ))

test("connect: where the browser does not let us copy, the script is shown to be copied by hand", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Push script").waitFor()
      await page.evaluate(() => {
        navigator.clipboard.write = () => Promise.reject(new DOMException("no", "NotAllowedError"))
      })
      await button(page, "Copy script").click()
      await page.getByText("select it and copy it by hand").waitFor()
      assert.ok((await page.locator("ispvm-script").getByText(SECRET).count()) > 0)
    },
    withDesiredConfig,
  ))

test("connect: what the appliance refuses to make is said where it was asked for", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Push script").waitFor()
      overrides.set(
        `POST /devices/${ID}/companion/script`,
        problem(409, "no-authority", "This appliance has no certificate yet."),
      )
      await button(page, "Copy script").click()
      await page.getByText("This appliance has no certificate yet.").waitFor()
      assert.equal(await page.getByText("Copied. Paste").count(), 0)
    },
    withDesiredConfig,
  ))

test("connect: one line counts down, and the router comes alive before one's eyes", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("When the router has run the script").waitFor()
      await button(page, "One-line command").click()
      await page.getByText(/Valid once, for another 14 min \d+ s/).waitFor()
      await page.getByText("Waiting for the router").waitFor()
      assert.deepEqual(requestBody(`POST /devices/${ID}/companion/link`), { kind: "onboard" })
      await page
        .locator("ispvm-script-delivery")
        .getByRole("button", { name: "Copy", exact: true })
        .first()
        .click()
      assert.match(await clipboard(page), /\/import ispvm.rsc/)
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-line-dark")
      reportIn(["syslog: the menu is full"])
      await page.getByText(/First report received \d+ s ago/).waitFor()
      await page.getByText("An account that may only read · Push script").waitFor()
      await page.getByText("Syslog: the menu is full").waitFor()
      await page.getByText("This command was used. It works only once.").waitFor()
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-reported-dark")
      await page.getByRole("link", { name: "Show its reports" }).click()
      await page.waitForURL(/tab=companion/)
    },
    withDesiredConfig,
  ))

test("connect: a line that has run out says so, and a new one takes its place", () =>
  on(
    CONNECT,
    "light",
    async (page) => {
      work.companion.linkLifetimeMs = 1_200
      await button(page, "One-line command").click()
      await page.getByText("This command has expired").waitFor()
      await page.getByText("When the router has run the script").waitFor()
      assert.equal(await page.getByText("/import ispvm.rsc").count(), 0)
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-expired-light")
      work.companion.linkLifetimeMs = 900_000
      await button(page, "Create a new command").click()
      await page.getByText(/Valid once, for another 1[45] min/).waitFor()
    },
    withDesiredConfig,
  ))

test("connect: all that is said went well is said calmly, on a phone too", () =>
  on(
    CONNECT,
    "narrow",
    async (page) => {
      await button(page, "Copy script").click()
      await page.getByText("Waiting for the router").waitFor()
      reportIn()
      await page.getByText(/First report received \d+ s ago/).waitFor()
      assert.equal(await page.getByText("Failed", { exact: true }).count(), 0)
      await page.locator("ispvm-report-strip").scrollIntoViewIfNeeded()
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-reported-narrow")
    },
    withDesiredConfig,
  ))

test("connect: a thing to watch is added without a mouse, with what its kind has", () =>
  on(CONNECT, "dark", async (page) => {
    await button(page, "Add host").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type("Carrier")
    await page.keyboard.press("Tab")
    await page.keyboard.type("203.0.113.9")
    await page.getByLabel("Loss threshold, %").fill("400")
    await page.getByText("Must be at most 100").waitFor()
    await page.getByLabel("Loss threshold, %").fill("40")
    await page.getByLabel("Probe").selectOption("tcp-conn")
    assert.equal(await page.getByLabel("Loss threshold, %").count(), 0)
    await page.getByLabel("Port", { exact: true }).fill("179")
    await button(page, "Done").click()
    await page.getByText("Creating the script").waitFor({ state: "detached" })
    await button(page, "Copy script").click()
    await page.getByText("Copied. Paste").waitFor()
    const [netwatch] = Reflect.get(
      Object(requestBody(`PUT /devices/${ID}/companion`)),
      "netwatch",
    ) as { port: number; lossPercent: null }[]
    assert.deepEqual(netwatch, {
      ...DESIRED_CONFIG.netwatch[0],
      name: "Carrier",
      host: "203.0.113.9",
      type: "tcp-conn",
      port: 179,
      lossPercent: null,
      rttMs: null,
    })
    await button(page, "Remove Carrier").click()
    await page.getByText("None. The router can probe hosts").waitFor()
  }))

test("harden: the way people log in by warns, the choices are kept, and the second script is one step away", () =>
  on(
    `${CONNECT}?kind=harden`,
    "dark",
    async (page) => {
      await button(page, "winbox").click()
      await page.getByText("This includes the service you log in with").waitFor()
      await button(page, "Save and create script").click()
      await page.getByText("Before anything is changed").waitFor()
      assert.deepEqual(Reflect.get(Object(requestBody(`PUT /devices/${ID}/companion`)), "harden"), {
        servicesOff: ["telnet", "ftp", "www", "winbox"],
        discoveryList: null,
        undoAfterMinutes: 10,
      })
      assert.deepEqual(requestBody(`POST /devices/${ID}/companion/script`), { kind: "harden" })
      assert.deepEqual(await findings(page), [])
      await page.getByRole("link", { name: "Keep hardening" }).click()
      await page.getByRole("heading", { name: "Keep the hardening of" }).waitFor()
      await page.getByText("Before anything is changed").waitFor()
      assert.deepEqual(requestBody(`POST /devices/${ID}/companion/script`), {
        kind: "confirm-harden",
      })
    },
    withDesiredConfig,
  ))

test("accounts: nothing is made before somebody asks for it; then the script is a file to save", () =>
  on(
    `${CONNECT}?kind=accounts`,
    "dark",
    async (page) => {
      await page.getByRole("heading", { name: /^Accounts on/ }).waitFor()
      assert.deepEqual(work.writes, [])
      await button(page, "Save and create script").click()
      await page.getByText("The device uses the second account").waitFor()
      assert.deepEqual(requestBody(`POST /devices/${ID}/companion/script`), { kind: "accounts" })
      const saved = page.waitForEvent("download")
      await button(page, "Download").click()
      assert.equal((await saved).suggestedFilename(), "ispvm-accounts.rsc")
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "accounts-dark")
    },
    withDesiredConfig,
  ))

test("connect: a viewer sees that the role may not make scripts, and nothing is requested", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Your role cannot create scripts").waitFor()
      assert.deepEqual(work.writes, [])
      assert.deepEqual(await findings(page), [])
    },
    combine(withDesiredConfig, ({ network }) => {
      network.session = sessionOf("viewer")
    }),
  ))
