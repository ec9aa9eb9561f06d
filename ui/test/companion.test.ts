/** Routers that report themselves, in a real browser: the script is chosen, read, taken and watched, and later looked after. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Companion } from "@ispvm/appliance/api/companion"
import type { Browser, Page } from "playwright-core"
import { findings } from "./axe.ts"
import { keepPicture, LOOKS, launchBrowser, openPage } from "./browser.ts"
import { buildUi } from "./build.ts"
import { uuid } from "./make.ts"
import { DRIFT, makeCompanion, reporting, SECRET, troubled, WISH } from "./make-companion.ts"
import { problem, sessionOf } from "./network.ts"
import { type Answer, startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

const ID = uuid(3)
const CONNECT = `/devices/${ID}/connect`
const TAB = `/devices/${ID}?tab=companion`
let browser: Browser
let server: TestServer
let work: Work
/** What is answered instead, by "METHOD /path". */
let instead: Map<string, Answer>

before(async () => {
  await buildUi()
  browser = await launchBrowser()
})
after(async () => {
  await browser.close()
})

type Prepare = (work: Work) => void
const on = async (
  path: string,
  look: keyof typeof LOOKS,
  act: (page: Page) => Promise<void>,
  prepare: Prepare = () => undefined,
): Promise<void> => {
  work = makeWork()
  instead = new Map()
  prepare(work)
  server = await startServer(
    async (method, url, body) => instead.get(`${method} ${url.pathname}`) ?? work.answers(method, url, body),
  )
  const page = await openPage(browser, LOOKS[look])
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"])
  const thrown: string[] = []
  page.on("pageerror", (error) => thrown.push(error.message))
  try {
    await page.goto(server.url + path)
    await act(page)
    assert.deepEqual(thrown, [])
  } finally {
    await page.context().close()
    await server.close()
  }
}
const of =
  (made: (nowMs: number) => Companion): Prepare =>
  ({ companion }) =>
    void companion.companions.set(ID, { ...made(Date.now()), deviceId: ID })
const wished: Prepare = of(() => makeCompanion({ wish: WISH, release: "7.18.2", releaseFrom: "wish" }))
const withoutAgent: Prepare = ({ network, companion }) => {
  const [device] = network.devices.splice(2, 1)
  assert.ok(device)
  network.devices.splice(2, 0, { ...device, agentId: null, agentName: null })
  const was = companion.companions.get(ID)
  if (was !== undefined) companion.companions.set(ID, { ...was, suggested: { ...was.suggested, agentAddresses: [] } })
}
const both =
  (...each: Prepare[]): Prepare =>
  (made) => {
    for (const prepare of each) prepare(made)
  }
const unproven: Prepare = ({ companion }) => {
  companion.scripts = { isProven: false, release: "6.49.17" }
}
const sent = (what: string): unknown => work.done.findLast((each) => each.what === what)?.body
const times = (what: string): number => work.done.filter((each) => each.what === what).length
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true })
const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText())
/** The router runs its script: it reports in, and the stream says so. */
const reportIn = (failed: readonly string[] = []): void => {
  const was = work.companion.companions.get(ID)
  assert.ok(was)
  const hello = { atMs: Date.now(), version: "7.18.2 (stable)", done: ["api-account", "push"], failed: [...failed] }
  work.companion.companions.set(ID, { ...was, hello, lastPushAtMs: Date.now(), lastPushFrom: "198.51.100.23" })
  server.tell("event", {
    id: uuid(5_900),
    atMs: Date.now(),
    receivedAtMs: Date.now(),
    deviceId: ID,
    deviceName: "izm-core-1",
    name: "reported-in",
    source: "push",
    severity: "info",
    interface: null,
    message: "",
  })
}

const STATES: readonly (readonly [name: string, path: string, sign: string, prepare: Prepare])[] = [
  ["connect", CONNECT, "Say what happens, as it happens", wished],
  ["connect-unproven", CONNECT, "Not proven on a real router", both(wished, unproven)],
  ["connect-norelease", CONNECT, "Which release does the router run?", of(() => makeCompanion())],
  ["harden", `${CONNECT}?kind=harden`, "The script is made once its choices are saved", wished],
  ["remove", `${CONNECT}?kind=remove`, "Before anything is changed", wished],
  ["reports", TAB, "As the script made it.", of(reporting)],
  ["reports-trouble", TAB, "a secret, not shown", of(troubled)],
  ["reports-empty", TAB, "does not report by itself yet", () => undefined],
  ["reports-silent", TAB, "has not reported in", wished],
  ["add-self", "/devices/new?way=self", "Next: its script", () => undefined],
]
for (const look of ["dark", "light", "narrow"] as const)
  for (const [name, path, sign, prepare] of STATES)
    test(`companion: ${name} in ${look} is drawn, nothing sticks out, and axe finds nothing`, () =>
      on(
        path,
        look,
        async (page) => {
          await page.getByText(sign).first().waitFor()
          if (path === TAB) await page.locator("ispvm-companion").evaluate((element) => element.scrollIntoView())
          assert.deepEqual(await findings(page), [])
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
          assert.equal(wide, 0, "nothing sticks out sideways")
          await keepPicture(page, `companion-${name}-${look}`)
        },
        prepare,
      ))

test("connect: choices, script and its taking fit one screen of a desk", () =>
  on(CONNECT, "dark", async (page) => {
    await page.getByText("Say what happens, as it happens").waitFor()
    const over = await page.locator("#content").evaluate((main) => main.scrollHeight - main.clientHeight)
    assert.ok(over <= 0, `${over} px too high`)
    assert.ok(await button(page, "Copy the whole script").isVisible())
  }))

test("connect: the script follows the choices, and is held back while one of them is wrong", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("for 7.18.2").waitFor()
      await page.getByRole("radio", { name: /^Access/ }).check()
      await page.getByRole("radio", { name: "v2c, in clear text" }).check()
      await page.getByText("Choose v3 unless something old needs it").waitFor()
      await page.getByText("Making the script").waitFor({ state: "detached" })
      await page.getByLabel("RouterOS release").fill("7.22.1")
      await page.getByText("for 7.22.1").waitFor()
      assert.deepEqual(
        { ...WISH, ...(sent("POST /companion/preview") as object) },
        { ...WISH, deviceId: ID, duty: "access", snmp: "v2c", release: "7.22.1" },
      )
      await page.getByLabel("RouterOS release").fill("seven")
      await page.getByText("A release such as 7.18.2").waitFor()
      await page.getByText("below is the script as it was before").waitFor()
      assert.equal(await button(page, "Copy the whole script").isDisabled(), true)
      assert.equal(times(`PUT /devices/${ID}/companion`), 0, "looking keeps nothing")
    },
    wished,
  ))

test("connect: what the appliance refuses stands at its field", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Put it where the router can reach it").first().waitFor()
      assert.equal(await page.getByLabel("This appliance, as the router reaches it").isVisible(), true)
      assert.deepEqual(await findings(page), [])
    },
    both(wished, ({ companion }) => {
      const detail = "Put it where the router can reach it."
      companion.refuses = problem(422, "invalid", detail, [{ path: "applianceHost", message: detail }])
    }),
  ))

test("connect: secrets stay masked until asked for, and are nowhere but on this page", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Say what happens, as it happens").waitFor()
      assert.equal(await page.getByText(SECRET).count(), 0)
      await button(page, "Show secrets").click()
      await page.getByText("Who reads them can speak for this router").waitFor()
      assert.ok((await page.locator("ispvm-script").getByText(SECRET).count()) > 0)
      assert.deepEqual(await findings(page), [])
      await button(page, "Copy the whole script").click()
      await page.getByText("Copied: paste it into a terminal").waitFor()
      assert.match(await clipboard(page), new RegExp(`password="${SECRET}"[\\s\\S]*ispvm-watch`))
      await button(page, "Hide secrets").click()
      await button(page, "Copy the whole script").click()
      assert.equal(times(`POST /devices/${ID}/companion/script`), 1, "each making gives the router a new key")
      assert.equal(await page.getByText(SECRET).count(), 0)
      const kept = await page.evaluate(() =>
        JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, history.state]),
      )
      assert.doesNotMatch(kept, new RegExp(SECRET))
    },
    wished,
  ))

test("connect: another choice makes another script, and what was shown before is forgotten", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await button(page, "Show secrets").click()
      await page.getByText("Who reads them can speak").waitFor()
      await page.getByRole("checkbox", { name: /^Syslog/ }).uncheck()
      await button(page, "Show secrets").waitFor()
      assert.equal(await page.getByText(SECRET).count(), 0)
      await button(page, "Copy the whole script").click()
      await page.getByText("Copied: paste it").waitFor()
      assert.equal(times(`POST /devices/${ID}/companion/script`), 2)
      assert.equal(Reflect.get(Object(sent(`PUT /devices/${ID}/companion`)), "syslog"), false)
    },
    wished,
  ))

test("connect: where the browser does not let us copy, the script is shown to be copied by hand", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Say what happens, as it happens").waitFor()
      await page.evaluate(() => {
        navigator.clipboard.write = () => Promise.reject(new DOMException("no", "NotAllowedError"))
      })
      await button(page, "Copy the whole script").click()
      await page.getByText("select and copy it by hand").waitFor()
      assert.ok((await page.locator("ispvm-script").getByText(SECRET).count()) > 0)
    },
    wished,
  ))

test("connect: what the appliance refuses to make is said where it was asked for", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Say what happens, as it happens").waitFor()
      instead.set(`POST /devices/${ID}/companion/script`, problem(409, "no-authority", "This appliance has no certificate yet."))
      await button(page, "Copy the whole script").click()
      await page.getByText("This appliance has no certificate yet.").waitFor()
      assert.equal(await page.getByText("Copied: paste").count(), 0)
    },
    wished,
  ))

test("connect: one line counts down, and the router comes alive before one's eyes", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("Once the router has run the script").waitFor()
      await button(page, "One line to paste").click()
      await page.getByText(/Good once, for 14 min \d+ s more/).waitFor()
      await page.getByText("Waiting for the router").waitFor()
      assert.deepEqual(sent(`POST /devices/${ID}/companion/link`), { kind: "onboard" })
      await page.locator("ispvm-script-take").getByRole("button", { name: "Copy", exact: true }).first().click()
      assert.match(await clipboard(page), /\/import ispvm.rsc/)
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-line-dark")
      reportIn(["syslog: the menu is full"])
      await page.getByText(/Reported in \d+ s ago/).waitFor()
      await page.getByText("An account that may only read · Say what happens, as it happens").waitFor()
      await page.getByText("Syslog: the menu is full").waitFor()
      await page.getByText("This line was used. It works only once.").waitFor()
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-reported-dark")
      await page.getByRole("link", { name: "See what it reports" }).click()
      await page.waitForURL(/tab=companion/)
    },
    wished,
  ))

test("connect: a line that has run out says so, and a new one takes its place", () =>
  on(
    CONNECT,
    "light",
    async (page) => {
      work.companion.linkLivesMs = 1_200
      await button(page, "One line to paste").click()
      await page.getByText("This line has run out unused").waitFor()
      await page.getByText("Once the router has run the script").waitFor()
      assert.equal(await page.getByText("/import ispvm.rsc").count(), 0)
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-expired-light")
      work.companion.linkLivesMs = 900_000
      await button(page, "Make a new line").click()
      await page.getByText(/Good once, for 1[45] min/).waitFor()
    },
    wished,
  ))

test("connect: all that is said went well is said calmly, on a phone too", () =>
  on(
    CONNECT,
    "narrow",
    async (page) => {
      await button(page, "Copy the whole script").click()
      await page.getByText("Waiting for the router").waitFor()
      reportIn()
      await page.getByText(/Reported in \d+ s ago/).waitFor()
      assert.equal(await page.getByText("Could not").count(), 0)
      await page.locator("ispvm-report-strip").scrollIntoViewIfNeeded()
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-reported-narrow")
    },
    wished,
  ))

test("connect: a thing to watch is added without a mouse, with what its kind has", () =>
  on(CONNECT, "dark", async (page) => {
    await button(page, "Add a thing to watch").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type("Carrier")
    await page.keyboard.press("Tab")
    await page.keyboard.type("203.0.113.9")
    await page.getByLabel("Down above loss, %").fill("400")
    await page.getByText("1 to 100, or empty").waitFor()
    await page.getByLabel("Down above loss, %").fill("40")
    await page.getByLabel("How").selectOption("tcp-conn")
    assert.equal(await page.getByLabel("Down above loss, %").count(), 0)
    await page.getByLabel("Port", { exact: true }).fill("179")
    await button(page, "Done").click()
    await page.getByText("Making the script").waitFor({ state: "detached" })
    await button(page, "Copy the whole script").click()
    await page.getByText("Copied: paste").waitFor()
    const [watch] = Reflect.get(Object(sent(`PUT /devices/${ID}/companion`)), "watches") as { port: number; lossPercent: null }[]
    assert.deepEqual(watch, {
      ...WISH.watches[0],
      name: "Carrier",
      host: "203.0.113.9",
      type: "tcp-conn",
      port: 179,
      lossPercent: null,
      rttMs: null,
    })
    await button(page, "Remove Carrier").click()
    await page.getByText("None. The router can watch").waitFor()
  }))

test("harden: the way people log in by warns, the choices are kept, and the second script is one step away", () =>
  on(
    `${CONNECT}?kind=harden`,
    "dark",
    async (page) => {
      await button(page, "winbox").click()
      await page.getByText("The way you log in by is among them").waitFor()
      await button(page, "Save and make the script").click()
      await page.getByText("Before anything is changed").waitFor()
      assert.deepEqual(Reflect.get(Object(sent(`PUT /devices/${ID}/companion`)), "harden"), {
        servicesOff: ["telnet", "ftp", "www", "winbox"],
        discoveryList: null,
        undoAfterMinutes: 10,
      })
      assert.deepEqual(sent(`POST /devices/${ID}/companion/script`), { kind: "harden" })
      assert.deepEqual(await findings(page), [])
      await page.getByRole("link", { name: "Keep hardening" }).click()
      await page.getByRole("heading", { name: "Keep the hardening of" }).waitFor()
      await page.getByText("Before anything is changed").waitFor()
      assert.deepEqual(sent(`POST /devices/${ID}/companion/script`), { kind: "confirm-harden" })
    },
    wished,
  ))

test("connect: who may only look is told so, and nothing is asked of the appliance", () =>
  on(
    CONNECT,
    "dark",
    async (page) => {
      await page.getByText("an operator or an admin can").waitFor()
      assert.deepEqual(work.done, [])
      assert.deepEqual(await findings(page), [])
    },
    both(wished, ({ network }) => {
      network.session = sessionOf("viewer")
    }),
  ))

for (const [name, path] of [
  ["connect", CONNECT],
  ["reports", TAB],
] as const)
  test(`companion: ${name} that could not be loaded says why, and trying again mends it`, () =>
    on(
      path,
      "dark",
      async (page) => {
        await page.getByText("The database is starting.").waitFor()
        assert.deepEqual(await findings(page), [])
        instead.clear()
        await button(page, "Try again").click()
        await page.getByText("As the script made it.").or(page.getByText("Say what happens, as it happens")).first().waitFor()
      },
      both(
        of(reporting),
        () => void instead.set(`GET /devices/${ID}/companion`, problem(503, "busy", "The database is starting.")),
      ),
    ))

test("reports: a key is rotated, and its script is shown once to be pasted", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await button(page, "Rotate").click()
      const dialog = page.locator("ispvm-dialog")
      await dialog.getByText("The old key stays good until").waitFor()
      assert.deepEqual(await findings(page), [])
      await dialog.getByRole("button", { name: "Rotate" }).click()
      await page.getByText("Give the router its new key").waitFor()
      assert.equal(await page.getByText(SECRET).count(), 0)
      await dialog.getByRole("button", { name: "Copy the whole script" }).click()
      await page.getByText("Copied: paste").waitFor()
      assert.match(await clipboard(page), new RegExp(SECRET))
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-rotated-dark")
      await dialog.getByRole("button", { name: "Close" }).last().click()
      await page.getByText(/Until the new one is used, ends in 23 h/).waitFor()
      assert.equal(await page.getByText(SECRET).count(), 0)
    },
    of(reporting),
  ))

test("reports: a key is revoked only after one has said so", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByRole("button", { name: /^Revoke/ }).click()
      const dialog = page.locator("ispvm-dialog")
      await dialog.getByRole("button", { name: "Cancel" }).click()
      assert.deepEqual(work.done, [])
      await page.getByRole("button", { name: /^Revoke/ }).click()
      await dialog.getByRole("button", { name: "Revoke", exact: true }).click()
      await page.getByText("The key was revoked.").waitFor()
      assert.equal(times(`DELETE /devices/${ID}/companion/keys/kQ3vB7yZr0aT5mLx`), 1)
      assert.equal(await page.getByRole("button", { name: /^Revoke/ }).count(), 0)
    },
    of(reporting),
  ))

test("reports: compared with the script, what differs is listed by part; a router that cannot be read says what to do", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByText("As the script made it.").waitFor()
      work.companion.verification = { atMs: Date.now(), ok: false, trouble: null, drift: DRIFT }
      await button(page, "Check now").click()
      await page.getByText("5 differences").waitFor()
      const rows = await page.locator("ispvm-drift").getByRole("listitem").allInnerTexts()
      assert.match(rows[0] ?? "", /Changed\s+\/ip\/service api-ssl\s+wanted\s+disabled=no\s+found\s+disabled=yes/)
      assert.match(rows[2] ?? "", /Left over[\s\S]*dst-port=161/)
      assert.equal(rows.length, DRIFT.length)
      work.companion.verification = { atMs: Date.now(), ok: false, trouble: "Its agent is silent: start it again.", drift: [] }
      await button(page, "Check now").click()
      await page.getByText("Its agent is silent: start it again.").waitFor()
    },
    of(reporting),
  ))

test("reports: a heartbeat that is overdue greys the last push and says how often one is due", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByText("A heartbeat is due every 1 min.").waitFor()
      await page.getByText("No agent reads this router, so nothing can be compared.").waitFor()
      await page.locator("ispvm-companion").evaluate((element) => element.scrollIntoView())
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-late-dark")
    },
    both(of(troubled), withoutAgent),
  ))

test("reports: a push is seen by itself", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByText("has not reported in").waitFor()
      reportIn()
      await page.getByText("198.51.100.23").waitFor()
    },
    wished,
  ))

test("add a router: one that reports by itself needs a name, and goes straight to its script", () =>
  on("/devices/new", "dark", async (page) => {
    await button(page, "The router reports by itself").click()
    await page.waitForURL(/way=self/)
    await button(page, "Next: its script").click()
    await page.getByText("A name is needed first.").waitFor()
    await page.getByLabel("Name", { exact: true }).fill("taken")
    await button(page, "Next: its script").click()
    await page.getByText("is taken").waitFor()
    await page.getByLabel("Name", { exact: true }).fill("van-cpe-1")
    await button(page, "CPE").click()
    await page.keyboard.press("Tab")
    await button(page, "Next: its script").click()
    await page.getByRole("heading", { name: "Connect van-cpe-1 by script" }).waitFor()
    const body = Object(sent("POST /devices"))
    assert.deepEqual([body.agentId, body.roles, body.methods.icmp], [null, ["cpe"], false])
  }))

test("credentials: SNMPv3 is asked for in full, and its passwords go in and never come out", () =>
  on("/devices/new", "dark", async (page) => {
    await button(page, "Manage credentials").click()
    await button(page, "Add credential").click()
    const form = page.locator("ispvm-credentials")
    await form.getByLabel("Name", { exact: true }).fill("snmp")
    await form.getByLabel("SNMP version").selectOption("v3")
    await form.getByLabel("SNMP user").fill("monitor")
    await form.getByLabel("Authentication password", { exact: true }).fill("short")
    await button(page, "Save").click()
    await form.getByText("At least 8 characters.").first().waitFor()
    assert.equal(times("POST /credentials"), 0)
    await form.getByLabel("Authentication password", { exact: true }).fill("12345678")
    await form.getByLabel("Privacy password", { exact: true }).fill("abcdefgh")
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "credentials-snmpv3-dark")
    await button(page, "Save").click()
    await page.getByText("snmp was saved.").waitFor()
    assert.deepEqual(Reflect.get(Object(sent("POST /credentials")), "snmpV3"), {
      user: "monitor",
      authPassword: "12345678",
      privPassword: "abcdefgh",
    })
    await form.getByText("SNMPv3 as monitor").waitFor()
  }))
