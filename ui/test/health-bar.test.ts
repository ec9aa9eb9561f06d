/**
 * Problems of the appliance and of agents in every appearance: the bar at the top, and the notes on
 * the Agents page.
 */
import { test } from "node:test"
import { checkAppearances } from "./appearances.ts"
import { makeAgent } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"
import { makeWork } from "./work.ts"

useBrowser()

const FULL =
  "Nothing can be stored. The disk of the database is full. Agents keep what they measure in their buffers and deliver it later; until then the status of devices is unknown. Make room or repair the database."
const CLOCK =
  "The clock of this appliance was set back by 1 h 0 min at 2026-01-29 22:12:19 UTC. Durations are not affected; times from before are shown as they were stored."
const SHARED =
  "Two machines use this agent's identity: vm (127.0.0.1) and vm (127.0.0.1). Stop all but one; or enrol the other one anew."
const AHEAD =
  "The clock of this agent's machine is 1 h ahead of the appliance's. The times of its readings are corrected."
const DROPPED = "412 syslog lines were dropped: 192.0.2.1 sent more than its rate limit allows."

const agents = [
  makeAgent(0, { status: "degraded", statusReason: "identity-shared", notes: [SHARED, DROPPED] }),
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

test("the appliance's own problems and the agents' notes in dark, light and narrow", async () => {
  const work = makeWork(12)
  work.agents = agents
  const server = await startServer((method, url, body) =>
    url.pathname === "/health"
      ? { status: 200, body: { problems } }
      : work.answers(method, url, body),
  )
  try {
    await showPage(server, "/agents", "dark", async (page) => {
      const texts = [FULL, CLOCK, "Duplicate identity", "Clock skew", "60 min ahead"]
      await checkAppearances(page, "health-agents", async () => {
        for (const text of texts) await page.getByText(text).first().waitFor()
      })
      await page.getByText(makeAgent(0).name, { exact: true }).first().click()
      await checkAppearances(page, "health-agent-notes", async () => {
        for (const text of [SHARED, DROPPED]) await page.getByText(text).first().waitFor()
      })
    })
  } finally {
    server.close()
  }
})
