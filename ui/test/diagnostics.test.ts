/** Diagnostics of a device in a real browser: form, output while it runs, cancel, history. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { checkAppearances } from "./appearances.ts"
import { uuid } from "./make.ts"
import { makeNetwork } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { type Answer, startServer } from "./server.ts"

useBrowser()

const DEVICE = uuid(7)
const RUN = uuid(70)
const OLD = uuid(71)
const PING = { action: "ping", from: "router", address: "192.0.2.9", count: 4, bytes: 56 }
const HEAD = "SEQ  HOST                                     SIZE  TTL  TIME       STATUS"
const reply = (seq: number): string =>
  `  ${seq}  192.0.2.9                                  56   61  1ms${seq}11us`

type Options = { readonly hasAccount?: boolean; readonly agent?: string }
const open = async ({ hasAccount = true, agent = "ready" }: Options = {}) => {
  const network = makeNetwork(12)
  const permissions = [...network.session.permissions, "diagnostics:run"]
  network.session = { ...network.session, permissions }
  const writes: { readonly what: string; readonly body: unknown }[] = []
  const runs = new Map<string, Record<string, unknown> & { lines: string[] }>()
  const made = (id: string, more: object) => ({
    id,
    deviceId: DEVICE,
    diagnostic: PING,
    by: "operator@example.net",
    agentName: "local",
    account: "diagnostics",
    startedAtMs: Date.now() - 5_000,
    endedAtMs: null,
    outcome: null,
    message: "",
    lineCount: 0,
    lines: [] as string[],
    ...more,
  })
  runs.set(
    OLD,
    made(OLD, {
      diagnostic: { action: "log", lines: 50 },
      account: "monitor_readonly",
      endedAtMs: Date.now() - 3_600_000,
      startedAtMs: Date.now() - 3_601_000,
      outcome: "not-permitted",
    }),
  )
  const answer = (method: string, url: URL, body: unknown): Answer | null => {
    const [, kind, id = "", part = ""] = url.pathname.split("/")
    if (kind === "devices" && part === "diagnostics" && method === "POST") {
      writes.push({ what: url.pathname, body })
      runs.set(RUN, made(RUN, { diagnostic: body }))
      return { status: 201, body: { id: RUN } }
    }
    if (kind === "devices" && part === "diagnostics")
      return {
        status: 200,
        body: {
          agent,
          agentName: "local",
          accounts: { monitor_readonly: true, diagnostics: hasAccount },
          runs: [...runs.values()].toReversed().map(({ lines: _, ...run }) => run),
        },
      }
    if (kind !== "diagnostics") return null
    if (method === "GET") return { status: 200, body: runs.get(id) }
    writes.push({ what: url.pathname, body })
    return { status: 204, body: undefined }
  }
  const server = await startServer(
    (method, url, body) => answer(method, url, body) ?? network.answers(method, url, body),
  )
  return { server, runs, writes }
}
const TAB = `/devices/${DEVICE}?tab=diagnostics`

test("diagnostics: a ping is run, and each reply appears while it runs", async () => {
  const { server, runs, writes } = await open()
  try {
    await showPage(server, TAB, "dark", async (page) => {
      const tab = page.locator("ispvm-diagnostics")
      await tab.getByLabel("Address").fill("192.0.2.9")
      await tab.getByRole("button", { name: "Run", exact: true }).click()
      await tab.getByText("Running …").first().waitFor()
      assert.deepEqual(writes, [{ what: `/devices/${DEVICE}/diagnostics`, body: PING }])
      const send = (first: number, lines: readonly string[], end: object = {}) => {
        runs.get(RUN)?.lines.push(...lines)
        server.publish("diagnosis", {
          ...{ run: RUN, first, lines, endedAtMs: null, outcome: null, message: "" },
          ...end,
        })
      }
      send(0, [HEAD, reply(0)])
      await tab.getByText("1ms011us").waitFor()
      send(2, [reply(1), reply(2), reply(3), "sent=4 received=4 packet-loss=0%"])
      await tab.getByText("1ms311us").waitFor()
      const ended = { endedAtMs: Date.now(), outcome: "done" }
      Object.assign(runs.get(RUN) ?? {}, ended)
      send(6, [], ended)
      await tab.getByText("Done").first().waitFor()
      await tab.getByText("operator@example.net, diagnostics account").first().waitFor()
      await checkAppearances(page, "diagnostics", (each) =>
        each.locator("ispvm-diagnostics").evaluate((tab) => tab.scrollIntoView()),
      )
    })
  } finally {
    server.close()
  }
})

test("diagnostics: a run is cancelled; another one is shown, with the missing policy", async () => {
  const { server, writes } = await open({ hasAccount: false })
  try {
    await showPage(server, TAB, "light", async (page) => {
      const tab = page.locator("ispvm-diagnostics")
      await tab.getByText("This device has no diagnostics account.").waitFor()
      await tab.getByRole("button", { name: "Run", exact: true }).click()
      await tab.getByRole("button", { name: "Cancel" }).click()
      await page.waitForTimeout(200)
      assert.deepEqual(
        writes.map(({ what }) => what),
        [`/devices/${DEVICE}/diagnostics`, `/diagnostics/${RUN}/cancel`],
      )
      assert.deepEqual(writes[0]?.body, { ...PING, from: "agent", address: null })
      await tab.getByRole("button", { name: "Show: Log" }).click()
      await tab.getByText(/lacks the policy read/).waitFor()
    })
  } finally {
    server.close()
  }
})

test("diagnostics: an agent that cannot do it yet is named, in Turkish too", async () => {
  const { server } = await open({ agent: "too-old" })
  try {
    await showPage(server, `${TAB}&lang=tr`, "dark", async (page) => {
      const tab = page.locator("ispvm-diagnostics")
      await tab.getByText("local ajanı bunu henüz yapamıyor. Ajanı güncelleyin.").waitFor()
      assert.ok(await tab.getByRole("button", { name: "Çalıştır" }).isDisabled())
    })
  } finally {
    server.close()
  }
})
