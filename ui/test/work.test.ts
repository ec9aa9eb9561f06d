/** Incidents, agents, adding a router and settings in a real browser. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { makeIncident, sentence, uuid } from "./make.ts"
import { sessionOf } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer, type TestServer } from "./server.ts"
import { FINGERPRINT, failingAt, makeWork, type Work } from "./work.ts"

const OPEN = uuid(6_012)
const CLOSED = uuid(6_010)
let server: TestServer
let work: Work

useBrowser()

/** Prepares the data, opens the page and acts on it. An error thrown in the page fails the test. */
const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  prepare: (work: Work) => void = () => undefined,
): Promise<void> => {
  work = makeWork()
  prepare(work)
  server = await startServer(work.answers)
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}
const sent = (what: string): unknown => work.writes.find((each) => each.what === what)?.body

const PAGES: readonly (readonly [name: string, path: string, sign: string])[] = [
  ["incidents", "/incidents", "kon-core-1 is down"],
  ["incident", `/incidents/${OPEN}`, "Why this cause"],
  ["incident-closed", `/incidents/${CLOSED}`, "lasted 3 min"],
  ["incident-missing", `/incidents/${uuid(77)}`, "Incident not found"],
  ["add-router", "/devices/new", "Manage credentials"],
  ["agents", "/agents", "in sync"],
  ["settings", "/settings", "Mehmet Kaya"],
  ["audit", "/settings/audit", "was rejected: no permission"],
  ["audit-empty", "/settings/audit?who=nobody", "No entries found"],
]
for (const [name, path, sign] of PAGES)
  test(`work: ${name} in dark, light and narrow: axe finds nothing, nothing overflows`, () =>
    on(path, "dark", async (page) => {
      await page.getByText(sign).first().waitFor()
      await checkAppearances(page, name)
    }))

test("incidents: j chooses, a acknowledges, Enter opens, and the address knows which", () =>
  on("/incidents", "dark", async (page) => {
    await page.getByText("kon-core-1 is down").waitFor()
    await page.keyboard.press("j")
    await page.waitForURL(/incident=/)
    await page.keyboard.press("a")
    await page.getByText("Acknowledged: Link Ankara").waitFor()
    assert.deepEqual(sent(`POST /incidents/${OPEN}/acknowledge`), { note: "", ifOpen: true })
    await page.keyboard.press("Enter")
    await page.getByText("Why this cause").waitFor()
  }))

test("incidents: what arrives while one reads further down waits behind a bar", () =>
  on(
    "/incidents",
    "dark",
    async (page) => {
      await page.getByText("kon-core-1 is down").waitFor()
      const list = page.locator(".list")
      await list.evaluate((element) => element.scrollTo(0, 400))
      server.publish(
        "incident",
        makeIncident(99, { title: sentence("Router van-core-1 is not answering") }),
      )
      await page.getByRole("button", { name: "1 new incident" }).waitFor()
      assert.equal(await page.getByText("van-core-1").count(), 0)
      await page.getByRole("button", { name: "1 new incident" }).click()
      await page.getByText("van-core-1").waitFor()
    },
    ({ network }) => {
      for (let n = 100; n < 140; n += 1)
        network.incidents.push(
          makeIncident(n, {
            state: "closed",
            title: sentence(`Link ${n} is cut`),
            openedAtMs: 1,
            closedAtMs: 60_000,
          }),
        )
    },
  ))

test("incident: on a phone two taps acknowledge", () =>
  on("/incidents", "narrow", async (page) => {
    await page.getByRole("link", { name: "Link Ankara" }).click()
    await page.getByRole("button", { name: "Acknowledge", exact: true }).click()
    await page.getByText("by Ayşe Demir").first().waitFor()
  }))

test("incident: what is being typed survives what the stream brings", () =>
  on(`/incidents/${OPEN}`, "dark", async (page) => {
    await page.getByLabel("Note").fill("The carrier has been called")
    const was = work.network.incidents[0]
    assert.ok(was)
    work.network.incidents[0] = {
      ...was,
      title: sentence("Link Ankara–Izmir is cut, or router izm-core-1 is dead"),
      updatedAtMs: Date.now(),
    }
    server.publish("incident", work.network.incidents[0])
    await page.getByRole("heading", { name: "or router izm-core-1 is dead" }).waitFor()
    assert.equal(await page.getByLabel("Note").inputValue(), "The carrier has been called")
    await page.getByRole("button", { name: "Add note" }).click()
    await page.getByText("Note: The carrier has been called").waitFor()
    assert.equal(await page.getByLabel("Note").inputValue(), "")
  }))

test("incident: who is mentioned in a note and not notified is named, with why", () =>
  on(`/incidents/${OPEN}`, "dark", async (page) => {
    await page.getByLabel("Note").fill("@Bora and @nobody, please look")
    await page.getByRole("button", { name: "Add note" }).click()
    await page.getByText("Nobody who can see this incident is called @nobody.").waitFor()
    await page.getByText("have no channel of their own: Bora.").waitFor()
    await page.getByText("Note: @Bora and @nobody, please look").waitFor()
    await keepPicture(page, "incident-missed-mentions")
  }))

test("incident: a viewer reads it, and sees who may act", () =>
  on(
    `/incidents/${OPEN}`,
    "dark",
    async (page) => {
      await page.getByText("Operators and admins can acknowledge").waitFor()
      assert.equal(await page.getByRole("button", { name: "Acknowledge" }).count(), 0)
    },
    ({ network }) => {
      network.session = sessionOf("viewer")
    },
  ))

const fails: readonly (readonly [step: string, reason: string, shown: string])[] = [
  ["resolve", "name-not-found", "Address"],
  ["ping", "no-answer", "Ping"],
  ["tcp", "refused", "Port"],
  ["tls", "tls-failed", "Certificate"],
  ["login", "wrong-credentials", "Login"],
  ["read", "not-permitted", "Poll"],
]
for (const [step, reason, shown] of fails)
  test(`add a router: a test that fails at ${step} names it, and what to do`, () =>
    on(
      "/devices/new",
      "dark",
      async (page) => {
        await page.getByLabel("Address").fill("10.0.0.1")
        await page.getByRole("button", { name: "Test", exact: true }).click()
        const failed = page.locator("li.failed")
        await failed.getByText("The test failed for another reason; see the message.").waitFor()
        assert.match(await failed.innerText(), new RegExp(shown))
        assert.equal(await failed.count(), 1)
        await page.getByText("Methods that failed in the test").waitFor()
        assert.deepEqual(await findings(page), [])
        await keepPicture(page, `add-router-fails-${step}`)
      },
      (made) => {
        made.test = failingAt(step, reason)
      },
    ))

test("add a router: tested, confirmed and tried at once, saved, and live without leaving the page", () =>
  on("/devices/new", "dark", async (page) => {
    await page.getByLabel("Address").fill("10.0.0.9")
    await page.keyboard.press("Enter")
    await page.getByText("Confirm its certificate to test the login.").waitFor()
    await page
      .locator("li.unconfirmed")
      .getByText("Compare the fingerprint shown here with")
      .waitFor()
    await page
      .getByText("The agent does not poll the API until the certificate is confirmed")
      .waitFor()
    await page.getByRole("button", { name: "Save anyway" }).waitFor()
    await page.getByRole("button", { name: "Back to the form" }).click()
    await page.waitForFunction(() => document.activeElement !== document.body)
    await page.getByRole("link", { name: "Cancel" }).waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "add-router-unconfirmed")
    await page.getByLabel("The fingerprint matches").check()
    await page.getByText("All steps passed.").waitFor()
    assert.equal(await page.getByText("The agent does not poll the API").count(), 0)
    assert.equal(await page.getByLabel("Name").inputValue(), "van-core-1")
    await keepPicture(page, "add-router-tested")
    await page.getByRole("button", { name: "Save and monitor" }).click()
    await page.getByText("van-core-1 is monitored").waitFor()
    await page.getByText(/Live:/).waitFor()
    await page.getByText(/of 24 running/).waitFor()
    const body = JSON.stringify(sent("POST /devices"))
    assert.match(body, new RegExp(`"fingerprint":"${FINGERPRINT}"`))
    assert.match(body, /"credentialId":"[^"]+3000|"credentialId":"[^"]+bb8"/)
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "add-router-live")
    await page.getByRole("link", { name: "Open van-core-1" }).click()
    await page.getByText("CPU and memory").waitFor()
  }))

test("add a router: a typed credential is saved once, even where the device is refused at first", () =>
  on("/devices/new", "dark", async (page) => {
    await page.getByLabel("Address").fill("10.0.0.9")
    await page.getByLabel("Credential", { exact: true }).selectOption({ label: "New credential…" })
    await page.getByLabel("User name").fill("watch")
    await page.getByLabel("Password", { exact: true }).fill("s3cret")
    await page.getByLabel("Name (optional)").fill("taken")
    await page.getByRole("button", { name: "Save without a test" }).click()
    // The field shows the error, and so may a toast; either may come first.
    await page.locator("ispvm-field", { hasText: "is taken" }).waitFor()
    await page.getByLabel("Name (optional)").fill("van-core-2")
    await page.getByRole("button", { name: "Save without a test" }).click()
    await page.getByText("van-core-2 is monitored").waitFor()
    assert.equal(work.writes.filter((each) => each.what === "POST /credentials").length, 1)
    await page.getByRole("button", { name: "Add another router" }).click()
    await page.getByLabel("Address").waitFor()
    for (const label of ["Address", "Name (optional)"])
      assert.equal(await page.getByLabel(label).inputValue(), "")
    assert.equal(await page.getByLabel("Credential", { exact: true }).inputValue(), "")
  }))

test("add a router: nothing typed, nothing sent; plain API warns", () =>
  on("/devices/new", "dark", async (page) => {
    await page.getByRole("button", { name: "Test", exact: true }).click()
    await page.getByText("Must not be empty").waitFor()
    await page.getByText("The test did not start").waitFor()
    await page.getByRole("button", { name: "RouterOS API without TLS" }).click()
    await page.getByText("are sent in clear text").waitFor()
    assert.equal(await page.getByLabel("API port").inputValue(), "8728")
    assert.deepEqual(work.writes, [])
  }))

test("access: another certificate than the pinned one must be accepted, and is tried again", () =>
  on(
    `/devices/new?device=${uuid(3)}`,
    "dark",
    async (page) => {
      await page.getByRole("heading", { name: /^Access of/ }).waitFor()
      await page.getByRole("button", { name: "Test", exact: true }).click()
      await page.getByText("This is not the pinned certificate.").waitFor()
      work.test = { ...failingAt("read", "ok"), ok: true }
      await page.getByLabel("The router or its certificate was replaced").click()
      await page.getByText("All steps passed.").waitFor()
      await page.getByRole("button", { name: "Save access" }).click()
      await page.getByText(/is monitored/).waitFor()
      assert.match(JSON.stringify(sent(`PATCH /devices/${uuid(3)}`)), new RegExp(FINGERPRINT))
    },
    (made) => {
      const device = made.network.devices[2]
      assert.ok(device)
      made.network.devices[2] = {
        ...device,
        methods: {
          routerosApi: { port: 8_729, tls: true, fingerprint: "f".repeat(64) },
          snmp: null,
          icmp: true,
          tcpPort: null,
        },
      }
      made.test = { ...failingAt("tls", "wrong-certificate"), fingerprint: FINGERPRINT }
    },
  ))

test("agents: made, its command shown, and its row turns live before one's eyes", () =>
  on(
    "/agents",
    "dark",
    async (page) => {
      await page.getByText("An agent is a small program").waitFor()
      assert.deepEqual(await findings(page), [])
      await page.getByRole("button", { name: "Add agent" }).click()
      await page.locator("ispvm-dialog").getByRole("button", { name: "Add agent" }).click()
      await page.getByText("must not be empty").waitFor()
      await page.getByLabel("Name").fill("van-pop")
      await page.keyboard.press("Enter")
      await page.getByText("npm run agent").waitFor()
      await page.getByText(/Valid for another (9|10) min/).waitFor()
      await page.getByText("a loopback address").waitFor()
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "agent-token")
      work.agents = work.agents.map((each) => ({
        ...each,
        enrolment: "enrolled",
        status: "ok",
        certificateSerial: "2a",
        lastSeenAtMs: Date.now(),
      }))
      await page.getByText("van-pop is live.").waitFor()
      await page.getByRole("button", { name: "Revoke" }).click()
      await page.locator("ispvm-dialog").getByRole("button", { name: "Revoke" }).click()
      await page.getByText("van-pop was revoked.").waitFor()
      await page.getByRole("button", { name: "Create token" }).waitFor()
    },
    (made) => {
      made.agents = []
    },
  ))

test("settings: a person is added, a role changed; one's own account is left alone", () =>
  on("/settings", "dark", async (page) => {
    await page.getByLabel("Role of Mehmet Kaya").selectOption("operator")
    await page.getByText("Mehmet Kaya was changed.").waitFor()
    assert.deepEqual(sent(`PATCH /accounts/${uuid(2)}`), { role: "operator" })
    assert.equal(await page.getByLabel("Role of Ayşe Demir").isDisabled(), true)
    await page.getByRole("button", { name: "Add user" }).click()
    await page.locator("ispvm-dialog").getByLabel("Name").fill("Zeynep Ak")
    await page.getByLabel("E-mail").fill("zeynep@example.net")
    await page.getByLabel("Initial password").fill("correct horse battery")
    await page.keyboard.press("Enter")
    await page.getByText("Zeynep Ak can log in now.").waitFor()
  }))

test("settings: a collection interval is chosen, and returns to the default", () =>
  on("/settings", "dark", async (page) => {
    const choice = page.getByLabel("Interval: Interfaces, SNMP")
    await choice.selectOption("1 min")
    await page.getByText("Interfaces, SNMP: every 1 min.").waitFor()
    assert.deepEqual(sent("PATCH /collectors/snmp.interface"), { everyMs: 60_000 })
    assert.equal(await choice.inputValue(), "60000")
    await choice.selectOption("")
    await page.getByText("Interfaces, SNMP: default interval.").waitFor()
    assert.equal(await choice.inputValue(), "")
  }))

test("settings: neither page nor link for an account that is no admin", () =>
  on(
    "/settings",
    "dark",
    async (page) => {
      await page.getByText("No permission").waitFor()
      assert.equal(await page.getByRole("link", { name: "Settings" }).count(), 0)
    },
    ({ network }) => {
      network.session = sessionOf("viewer")
    },
  ))
