/** What is wrong with the appliance itself and with agents is said in every look: the line at the top, and the notes on the agents' page. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser } from "playwright-core"
import { findings } from "./axe.ts"
import { APPEARANCES, keepPicture, launchBrowser, openPage } from "./browser.ts"
import { buildUi } from "./build.ts"
import { makeAgent } from "./make.ts"
import { startServer } from "./server.ts"
import { makeWork } from "./work.ts"

let browser: Browser
before(async () => {
  await buildUi()
  browser = await launchBrowser()
})
after(async () => {
  await browser.close()
})

const FULL =
  "Nothing can be stored. The disk of the database is full. Agents keep what they measure in their buffers and deliver it later; until then the status of devices is unknown. Make room or repair the database."
const CLOCK =
  "The clock of this appliance was set back by 1 h 0 min at 2026-01-29 22:12:19 UTC. Durations are not affected; times from before are shown as they were stored."
const SHARED =
  "Two machines use this agent's identity: vm (127.0.0.1) and vm (127.0.0.1). Stop all but one; or enrol the other one anew."
const AHEAD =
  "The clock of this agent's machine is 1 h ahead of the appliance's. Its readings are corrected by that."
const DROPPED = "412 syslog lines were dropped: 192.0.2.1 sent more than its rate limit allows."

for (const appearance of ["dark", "light", "narrow"] as const)
  test(`the appliance's own problems and the agents' notes in ${appearance}`, async () => {
    const work = makeWork(12)
    work.agents = [
      makeAgent(0, {
        status: "degraded",
        statusReason: "identity-shared",
        notes: [SHARED, DROPPED],
      }),
      makeAgent(1, {
        status: "degraded",
        statusReason: "clock-skew",
        clockSkewMs: 3_600_000,
        notes: [AHEAD],
      }),
    ]
    const problems = [
      { reason: "storage-failing", sentence: FULL, sinceMs: Date.now() },
      { reason: "clock-set", sentence: CLOCK, sinceMs: Date.now() },
    ]
    const server = await startServer((method, url, body) =>
      url.pathname === "/health"
        ? { status: 200, body: { problems } }
        : work.answers(method, url, body),
    )
    const page = await openPage(browser, APPEARANCES[appearance])
    try {
      await page.goto(`${server.url}/agents`)
      for (const text of [FULL, CLOCK, "Two machines", "Clock wrong", "60 min ahead"])
        await page.getByText(text).first().waitFor()
      await keepPicture(page, `health-agents-${appearance}`)
      await page.getByText(makeAgent(0).name, { exact: true }).first().click()
      for (const text of [SHARED, DROPPED]) await page.getByText(text).first().waitFor()
      await keepPicture(page, `health-agent-notes-${appearance}`)
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      assert.equal(wide, 0, "nothing is cut off or scrolls sideways")
      assert.deepEqual(await findings(page), [])
    } finally {
      await page.context().close()
      await server.close()
    }
  })
