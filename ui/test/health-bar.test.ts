/**
 * Problems of the appliance and of agents in every appearance: the bar at the top, and the notes on
 * the Agents page.
 */
import { test } from "node:test"
import type { AgentNote } from "@ispvm/appliance/api/notice-messages"
import { textOf } from "@ispvm/appliance/messages/text"
import { checkAppearances } from "./appearances.ts"
import { makeAgent } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"
import { makeWork } from "./work.ts"

useBrowser()

const FULL =
  "Nothing can be stored. The disk of the database is full. Agents keep what they measure in their buffers and deliver it later; until then the status of devices is unknown. Make room or repair the database."
const CLOCK =
  "The clock of this appliance was set back by 1 h at 2026-01-29 22:12:19 UTC. Durations are not affected; times from before are shown as they were stored."
const SHARED: AgentNote = {
  code: "agent.identity-shared",
  params: { machines: ["vm (127.0.0.1)", "vm (127.0.0.1)"] },
}
const AHEAD: AgentNote = {
  code: "agent.clock-skew",
  params: { direction: "ahead", byMs: 3_600_000, isCorrected: true },
}
const DROPPED: AgentNote = {
  code: "agent.own-note",
  params: {
    text: "412 syslog lines were dropped: 192.0.2.1 sent more than its rate limit allows.",
  },
}

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
  {
    reason: "storage-failing",
    message: { code: "health.storage-failing", params: { fault: "disk-full" } },
    sinceMs: Date.now(),
  },
  {
    reason: "clock-set",
    message: {
      code: "health.clock-set",
      params: { direction: "back", byMs: 3_600_000, at: "2026-01-29 22:12:19 UTC" },
    },
    sinceMs: Date.now(),
  },
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
        for (const note of [SHARED, DROPPED]) await page.getByText(textOf(note)).first().waitFor()
      })
    })
  } finally {
    server.close()
  }
})
