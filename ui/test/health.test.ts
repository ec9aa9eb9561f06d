/** The Health page and the runbooks: well, in trouble, empty, failed, stale, without a session. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { CheckId } from "@ispvm/appliance/api/check-messages"
import type { Health } from "@ispvm/appliance/api/health"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { makeHealth, makeTroubledHealth } from "./health-answers.ts"
import { makeIncident, uuid } from "./make.ts"
import { go, showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answer, startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

useBrowser()

type Given = { health: Health | Answer }
const on = async (
  given: Given,
  path: string,
  act: (page: Page, work: Work) => Promise<void>,
  arrange: (work: Work) => void = () => undefined,
): Promise<void> => {
  const work = makeWork()
  arrange(work)
  const server = await startServer((method, url, body) => {
    if (url.pathname !== "/health") return work.answers(method, url, body)
    return "status" in given.health ? given.health : { status: 200, body: given.health }
  })
  try {
    await showPage(server, path, "dark", (page) => act(page, work))
  } finally {
    server.close()
  }
}
const FOUND = {
  code: "check.disk-free",
  params: { path: "/var/lib/ispvm", freeBytes: 8e9, totalBytes: 240e9 },
} as const
const AWAY = problem(503, "database-away", "The database is not available.")

test("health: all checks are ok", () =>
  on({ health: makeHealth() }, "/settings/health", async (page) => {
    await page.getByText("All checks are ok").waitFor()
    assert.equal(await page.locator(".check").count(), CheckId.options.length)
    await checkAppearances(page, "health-ok")
  }))

test("health: the worst is first, with limits, since when, and its runbook", () =>
  on({ health: makeTroubledHealth() }, "/settings/health", async (page) => {
    await page.getByText("1 critical, 3 warnings, 1 unknown").waitFor()
    const first = page.locator(".check").first()
    await first.getByText("Critical", { exact: true }).waitFor()
    assert.match(await first.innerText(), /^Disk\s+4[^0-9]100 MB of 240 GB/)
    assert.match(await first.innerText(), /Warning at 30 GB, critical at 10 GB/)
    await first.getByText("14 min").waitFor()
    await checkAppearances(page, "health-troubled")
    await page.locator("ispvm-health-bar").getByText("Disk: 4").waitFor()
    await first.getByRole("link", { name: "Runbook Disk" }).click()
    await page.getByRole("heading", { name: "Disk full" }).waitFor()
    assert.equal(new URL(page.url()).pathname, "/runbooks/disk-full")
    for (const part of ["Symptom", "Check", "Fix", "Verify"])
      await page.getByRole("heading", { name: part, exact: true }).waitFor()
    await page.getByText("journalctl --vacuum-size=200M", { exact: true }).waitFor()
    await checkAppearances(page, "runbook")
    await go(page, "/runbooks/no-such")
    await page.getByText("There is no such runbook").waitFor()
  }))

test("health: just started, not loaded, and no longer loaded", () => {
  const given: Given = { health: AWAY }
  return on(given, "/settings/health", async (page) => {
    await page.getByText("The health of the appliance could not be loaded").waitFor()
    await checkAppearances(page, "health-failed")
    given.health = { checkedAtMs: null, checks: [], problems: [] }
    await page.getByText("No check has run yet").waitFor()
    await checkAppearances(page, "health-empty")
    given.health = makeHealth()
    await page.getByText("All checks are ok").waitFor()
    given.health = AWAY
    await page.locator("ispvm-stale").waitFor()
    await page.getByText("All checks are ok").waitFor()
    await checkAppearances(page, "health-stale")
  })
})

test("health: while the database is down the UI leads to the runbook, which needs no session", async () => {
  const server = await startServer(() => AWAY)
  try {
    await showPage(server, "/", "dark", async (page) => {
      await page.getByRole("link", { name: "Runbook: Database down" }).click()
      await page.getByRole("heading", { name: "Database down" }).waitFor()
      await checkAppearances(page, "runbook-without-session")
    })
  } finally {
    server.close()
  }
})

test("health: an incident of the appliance says what was found and leads to its runbook", () =>
  on(
    { health: makeHealth() },
    `/incidents/${uuid(977)}`,
    async (page) => {
      await page.getByText("8\u202f000 MB of 240 GB are free", { exact: false }).first().waitFor()
      await page.getByRole("link", { name: "Runbook" }).waitFor()
      await checkAppearances(page, "health-incident")
      await go(page, "/incidents")
      await page.getByText("This appliance", { exact: true }).first().waitFor()
      await checkAppearances(page, "health-incidents")
    },
    ({ network, details }) => {
      const message = { code: "reason.check", params: { found: FOUND } } as const
      details.set(uuid(977), {
        ...{ symptomList: [], because: [message], hypotheses: [], evidence: [], rechecks: [] },
      })
      network.incidents.push(
        makeIncident(977, {
          id: uuid(977),
          check: "disk",
          title: { code: "title.check", params: { check: "disk", tense: "present" } },
          ...{ causes: [], alternatives: [], confidence: null },
          ...{ devicesDown: 0, devicesUnreachable: 0, symptoms: 0 },
        }),
      )
    },
  ))
