/** The self-reporting tab of a device, and adding a self-reporting router, in a real browser. */
import assert from "node:assert/strict"
import { test } from "node:test"
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
  reportIn,
  requestBody,
  requestCount,
  TAB,
  withCompanion,
  withDesiredConfig,
  withoutAgent,
  work,
} from "./companion-fixture.ts"
import { DRIFT, reporting, SECRET, withProblems } from "./make-companion.ts"
import { useBrowser } from "./page.ts"
import { problem } from "./problem.ts"

useBrowser()

for (const [name, path] of [
  ["connect", CONNECT],
  ["reports", TAB],
] as const)
  test(`companion: ${name} that could not be loaded says why, and trying again repairs it`, () =>
    on(
      path,
      "dark",
      async (page) => {
        await page.getByText("The database is starting.").waitFor()
        assert.deepEqual(await findings(page), [])
        overrides.clear()
        await button(page, "Try again").click()
        await page.getByText("No drift").or(page.getByText("Push script")).first().waitFor()
      },
      combine(
        withCompanion(reporting),
        () =>
          void overrides.set(
            `GET /devices/${ID}/companion`,
            problem(503, "busy", "The database is starting."),
          ),
      ),
    ))

test("reports: a key is rotated, and its script is shown once to be pasted", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await button(page, "Rotate").click()
      const dialog = page.locator("ispvm-dialog")
      await dialog.getByText("The old key stays valid until").waitFor()
      assert.deepEqual(await findings(page), [])
      await dialog.getByRole("button", { name: "Rotate" }).click()
      await page.getByText("Install the new key on the router").waitFor()
      assert.equal(await page.getByText(SECRET).count(), 0)
      await dialog.getByRole("button", { name: "Copy script" }).click()
      await page.getByText("Copied. Paste").waitFor()
      assert.match(await clipboard(page), new RegExp(SECRET))
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-rotated-dark")
      await dialog.getByRole("button", { name: "Close" }).last().click()
      await page.getByText(/Valid until the new key is used, expires in 23 h/).waitFor()
      assert.equal(await page.getByText(SECRET).count(), 0)
    },
    withCompanion(reporting),
  ))

test("reports: a key is revoked only after one has said so", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByRole("button", { name: /^Revoke/ }).click()
      const dialog = page.locator("ispvm-dialog")
      await dialog.getByRole("button", { name: "Cancel" }).click()
      assert.deepEqual(work.writes, [])
      await page.getByRole("button", { name: /^Revoke/ }).click()
      await dialog.getByRole("button", { name: "Revoke", exact: true }).click()
      await page.getByText("The key was revoked.").waitFor()
      assert.equal(requestCount(`DELETE /devices/${ID}/companion/keys/kQ3vB7yZr0aT5mLx`), 1)
      await page.getByRole("button", { name: /^Revoke/ }).waitFor({ state: "detached" })
    },
    withCompanion(reporting),
  ))

test("reports: compared with the script, what differs is listed by part; a router that cannot be read says what to do", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByText("No drift").waitFor()
      work.companion.verification = { atMs: Date.now(), ok: false, problem: null, drift: DRIFT }
      await button(page, "Check now").click()
      await page.getByText("5 differences").waitFor()
      const rows = await page.locator("ispvm-drift").getByRole("listitem").allInnerTexts()
      assert.match(
        rows[0] ?? "",
        /Changed\s+\/ip\/service api-ssl\s+expected\s+disabled=no\s+found\s+disabled=yes/,
      )
      assert.match(rows[2] ?? "", /Unexpected[\s\S]*dst-port=161/)
      assert.equal(rows.length, DRIFT.length)
      work.companion.verification = {
        atMs: Date.now(),
        ok: false,
        problem: "Its agent is offline. Start it again.",
        drift: [],
      }
      await button(page, "Check now").click()
      await page.getByText("Its agent is offline. Start it again.").waitFor()
    },
    withCompanion(reporting),
  ))

test("reports: a heartbeat that is overdue greys the last push and says how often one is due", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByText("A heartbeat is expected every 1 min.").waitFor()
      await page.getByText("No agent polls this router, so drift cannot be checked.").waitFor()
      await page.locator("ispvm-companion").evaluate((element) => element.scrollIntoView())
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, "companion-late-dark")
    },
    combine(withCompanion(withProblems), withoutAgent),
  ))

test("reports: a script that was taken out is said to be, and nothing is expected of its router any more", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByText(/No report for \d+ s is an incident/).waitFor()
      await page.getByRole("link", { name: "Remove script" }).click()
      await page.getByRole("heading", { name: /^Remove the script from/ }).waitFor()
      await page.getByText("Until then, missing reports are an incident").waitFor()
      await button(page, "Confirm removal").click()
      const dialog = page.locator("ispvm-dialog")
      await dialog.getByText("Its keys are revoked at once").waitFor()
      assert.deepEqual(await findings(page), [])
      await dialog.getByRole("button", { name: "Cancel" }).click()
      assert.equal(requestCount(`DELETE /devices/${ID}/companion`), 0)
      await button(page, "Confirm removal").click()
      overrides.set(
        `DELETE /devices/${ID}/companion`,
        problem(503, "busy", "The database is starting."),
      )
      await dialog.getByRole("button", { name: "Confirm removal" }).click()
      await dialog.getByText("The database is starting.").waitFor()
      overrides.clear()
      await dialog.getByRole("button", { name: "Confirm removal" }).click()
      await page.getByText("The script was removed").waitFor()
      assert.equal(requestCount(`DELETE /devices/${ID}/companion`), 1)
      assert.deepEqual(await findings(page), [])
    },
    combine(withCompanion(reporting), withoutAgent),
  ))

test("reports: a rejected router is shown before all figures", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByRole("alert").getByText("give the router a new script").waitFor()
      assert.equal(await page.getByText("No items were rejected").count(), 0)
      assert.deepEqual(await findings(page), [])
      await page.getByRole("alert").getByRole("link", { name: "Show script" }).click()
      await page.getByRole("heading", { name: /^Connect .* by script$/ }).waitFor()
    },
    withCompanion((nowMs) =>
      reporting(nowMs, {
        lastPushAtMs: nowMs - 60_000,
        lastRejection: {
          atMs: nowMs - 4_000,
          reason: "key-revoked",
          message: "This key was revoked. Give the router a new script.",
        },
      }),
    ),
  ))

for (const [agoMs, shown] of [
  [5_000, 1],
  [900_000, 0],
] as const)
  test(`reports: one that was let go and refused ${agoMs / 1_000} s ago is ${shown === 1 ? "shown" : "past"}`, () =>
    on(
      TAB,
      "dark",
      async (page) => {
        await page.getByText("The script was removed").waitFor()
        assert.equal(await page.getByText("the script is still on the router").count(), shown)
      },
      withCompanion((nowMs) => {
        const { keys } = reporting(nowMs)
        const lastRejection = { atMs: nowMs - agoMs, reason: "key-revoked", message: "" }
        const revoked = keys.map((key) => ({ ...key, state: "revoked" as const }))
        return reporting(nowMs, {
          desired: null,
          keys: revoked,
          lastPushAtMs: nowMs - 3_600_000,
          lastRejection,
        })
      }),
    ))

test("reports: an account of the script that does not let the agent in is no quiet success", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page
        .getByText(
          "But the login fails: the router refused the login. If the router sees the agent",
        )
        .waitFor()
      assert.deepEqual(await findings(page), [])
    },
    combine(
      withCompanion((nowMs) => reporting(nowMs, { adoptedAtMs: nowMs - 60_000 })),
      ({ network }) => {
        const [device] = network.devices.splice(2, 1)
        assert.ok(device)
        const sources = [
          {
            source: "routeros-api" as const,
            lastAtMs: null,
            problem: "the router refused the login",
          },
        ]
        network.devices.splice(2, 0, { ...device, sources })
      },
    ),
  ))

test("reports: a push is seen by itself", () =>
  on(
    TAB,
    "dark",
    async (page) => {
      await page.getByText("no report has arrived").waitFor()
      reportIn()
      await page.getByText("198.51.100.23").waitFor()
    },
    withDesiredConfig,
  ))

test("add a router: one that reports by itself needs a name, and goes straight to its script", () =>
  on("/devices/new", "dark", async (page) => {
    await button(page, "Self-reporting").click()
    await page.waitForURL(/mode=self/)
    await button(page, "Next: script").click()
    await page.getByText("Must not be empty").waitFor()
    await page.getByLabel("Name", { exact: true }).fill("taken")
    await button(page, "Next: script").click()
    await page.getByText("is taken").waitFor()
    await page.getByLabel("Name", { exact: true }).fill("van-cpe-1")
    await button(page, "CPE").click()
    await page.keyboard.press("Tab")
    await button(page, "Next: script").click()
    await page.getByRole("heading", { name: "Connect van-cpe-1 by script" }).waitFor()
    const body = Object(requestBody("POST /devices"))
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
    await form.getByText("Must be at least 8 characters long").first().waitFor()
    assert.equal(requestCount("POST /credentials"), 0)
    await form.getByLabel("Authentication password", { exact: true }).fill("12345678")
    await form.getByLabel("Privacy password", { exact: true }).fill("abcdefgh")
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "credentials-snmpv3-dark")
    await button(page, "Save").click()
    await page.getByText("snmp was saved.").waitFor()
    assert.deepEqual(Reflect.get(Object(requestBody("POST /credentials")), "snmpV3"), {
      user: "monitor",
      authPassword: "12345678",
      privPassword: "abcdefgh",
    })
    await form.getByText("SNMPv3 as monitor").waitFor()
  }))
