/** The page of an agent in a real browser: what it sends, and the switches of what is hidden. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { checkAppearances } from "./appearances.ts"
import { uuid } from "./make.ts"
import { makeNetwork } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { type Answer, startServer } from "./server.ts"

useBrowser()

const KINDS = ["samples", "tables", "events", "probes", "facts", "answers", "diagnostics"]
const ROWS = {
  ...{ kind: "rows", table: "sessions", isFull: false, gone: [] },
  rows: [{ key: "r-0123456789abcdef", values: { user: "u-0123456789abcdef" } }],
}
const sentOf = (kind: string, isHidden: boolean, isEmpty: boolean) => ({
  ...{ kind, messages: isEmpty ? 0 : 1_234, rows: isEmpty ? 0 : 20_480, bytes: isEmpty ? 0 : 3e6 },
  latest:
    isHidden || isEmpty || kind === "answers"
      ? null
      : { atMs: Date.now() - 4_000, text: JSON.stringify(ROWS), chars: 9_000 },
  isHidden,
})
const REPORT = {
  ...{ state: "applied", floor: ["addresses"], hide: [], version: 2, keyOf: "appliance" },
  keyCheck: "0011223344556677",
}

const DEVICE = {
  ...{ role: "reads", isPreferred: true, heldSinceMs: null, leaseReason: null },
  ...{ takenOverFrom: null, method: "routeros-api", preferredMethod: "routeros-api" },
  ...{ methodSinceMs: null, methodReason: null },
  cost: { busyShare: 0.02, bytesPerDay: 5e6, slowed: 0 },
}
const devicesOf = (agent: { readonly id: string; readonly name: string }) => {
  const other = { id: "00000000-0000-4000-8000-00000000ffff", name: "izmir-pop" }
  const own = { id: agent.id, name: agent.name }
  return [
    { ...DEVICE, id: uuid(1), name: "ist-core-1", preferred: own, holder: own },
    {
      ...{ ...DEVICE, id: uuid(2), name: "izm-edge-1", preferred: other, holder: own },
      ...{ isPreferred: false, heldSinceMs: Date.now() - 5_400_000, leaseReason: "agent-offline" },
      takenOverFrom: other,
    },
    {
      ...{ ...DEVICE, id: uuid(3), name: "ist-acc-9", preferred: own, holder: own },
      ...{ method: "snmp", methodReason: "wrong-credentials" },
      ...{ methodSinceMs: Date.now() - 7_200_000 },
      cost: { busyShare: 0.31, bytesPerDay: 9e7, slowed: 2 },
    },
    {
      ...{ ...DEVICE, id: uuid(4), name: "izm-acc-3", preferred: other, holder: other },
      ...{ role: "probes", isPreferred: false, method: "icmp", cost: null },
      ...{ heldSinceMs: Date.now() - 86_400_000, leaseReason: "assigned" },
    },
  ]
}

type Options = {
  readonly isHidden?: boolean
  readonly isEmpty?: boolean
  readonly canChange?: boolean
  readonly isFailing?: boolean
  /** Nothing but the session is answered. */
  readonly isDown?: () => boolean
}
const open = async (options: Options = {}) => {
  const { isHidden = false, isEmpty = false, canChange = true, isFailing = false } = options
  const { isDown = () => false } = options
  const network = makeNetwork(12)
  const permissions = network.session.permissions.filter(
    (name) => canChange || name !== "redaction:write",
  )
  network.session = { ...network.session, permissions }
  const writes: unknown[] = []
  const switches = { users: false, addresses: false, version: 2 }
  const [agent] = (
    (await network.answers("GET", new URL("http://a/agents"), null)) as {
      body: { items: { id: string; name: string }[] }
    }
  ).body.items
  assert.ok(agent !== undefined)
  const settings = () => ({
    ...switches,
    history:
      switches.version === 0
        ? []
        : [
            {
              ...{ version: 2, users: false, addresses: false, isNewKey: false },
              ...{ changedAtMs: Date.now() - 86_400_000, changedBy: "ada@example.net" },
            },
          ],
    agents: [
      { id: agent.id, name: agent.name, ...REPORT, state: switches.users ? "pending" : "applied" },
      {
        ...{ id: "00000000-0000-4000-8000-00000000ffff", name: "izmir-pop", ...REPORT },
        ...{ state: "too-old", version: 0, keyOf: null, keyCheck: null },
      },
    ],
  })
  const answer = (method: string, url: URL, body: unknown): Answer | null => {
    if (isDown() && url.pathname !== "/session")
      return { status: 503, body: { code: "unavailable", title: "No database", status: 503 } }
    if (url.pathname === "/redaction") {
      if (method === "PUT") {
        writes.push(body)
        Object.assign(switches, { users: true, version: 3 })
      }
      return { status: 200, body: settings() }
    }
    if (/^\/agents\/[^/]+\/devices$/.test(url.pathname))
      return { status: 200, body: { items: isEmpty ? [] : devicesOf(agent), next: null } }
    if (!url.pathname.endsWith("/sent")) return null
    if (isFailing) return { status: 503, body: { code: "unavailable", title: "", status: 503 } }
    const kinds = [...KINDS.map((kind) => sentOf(kind, isHidden, isEmpty))]
    return {
      status: 200,
      body: {
        sinceMs: Date.now() - 3_600_000,
        kinds: [...kinds, sentOf("heartbeats", false, isEmpty)],
        redaction: REPORT,
      },
    }
  }
  const server = await startServer(
    (method, url, body) => answer(method, url, body) ?? network.answers(method, url, body),
  )
  return { server, writes, path: `/agents/${agent.id}` }
}

test("an agent of a network that could not be loaded is not said to be missing", async () => {
  let isDown = true
  const { server, path } = await open({ isDown: () => isDown })
  try {
    await showPage(server, path, "narrow", async (page) => {
      await page.getByText("The network could not be loaded").waitFor()
      assert.equal(await page.getByText("There is no such agent").count(), 0)
      await checkAppearances(page, "agent-page-failed")
      isDown = false
      await page.getByRole("button", { name: "Try again" }).click()
      await page.getByRole("listitem").filter({ hasText: "Rows of tables" }).waitFor()
    })
  } finally {
    server.close()
  }
})

test("what an agent sends: each kind with its amount and the latest message as it was received", async () => {
  const { server, path } = await open()
  try {
    await showPage(server, path, "dark", async (page) => {
      const tables = page.getByRole("listitem").filter({ hasText: "Rows of tables" })
      await tables.getByText(/1.?234 messages · 20.?480 rows/).waitFor()
      await tables.getByText("Latest message as received").click()
      await tables.getByText(/u-0123456789abcdef/).waitFor()
      await tables.getByText(/of 9.?000 characters/).waitFor()
      await checkAppearances(page, "agent-page")
    })
  } finally {
    server.close()
  }
})

test("a switch is saved, and the state is what the agent has reported, not what was asked for", async () => {
  const { server, writes, path } = await open()
  try {
    await showPage(server, path, "light", async (page) => {
      const row = page.getByRole("row", { name: /Replace names of users/ })
      await row.getByText("Not hidden").waitFor()
      const floor = page.getByRole("row", { name: /Shorten addresses/ })
      await floor.getByText("In force").waitFor()
      await page.getByText(/Nothing that was sent before a switch is rewritten/).waitFor()
      await page.getByText("izmir-pop: This agent's release").waitFor()
      await page.getByRole("checkbox", { name: /Replace names/ }).check()
      await page.getByRole("button", { name: "Save" }).click()
      await row.getByText("Waiting for the agent").waitFor()
      assert.deepEqual(writes, [{ users: true, addresses: false, newKey: false }])
    })
  } finally {
    server.close()
  }
})

test("without the permissions there are no examples and no switches; a failure says so", async () => {
  const hidden = await open({ isHidden: true, canChange: false })
  try {
    await showPage(hidden.server, hidden.path, "dark", async (page) => {
      await page.getByText("Only administrators can change this.").waitFor()
      const tables = page.getByRole("listitem").filter({ hasText: "Rows of tables" })
      await tables.getByText(/permission to see subscribers/).waitFor()
      assert.equal(await page.getByRole("checkbox").count(), 0)
    })
  } finally {
    hidden.server.close()
  }
  const failing = await open({ isFailing: true })
  try {
    await showPage(failing.server, failing.path, "dark", async (page) => {
      await page.getByText("What the agent sends could not be loaded").waitFor()
    })
  } finally {
    failing.server.close()
  }
})

test("an agent that has sent nothing yet", async () => {
  const { server, path } = await open({ isEmpty: true })
  try {
    await showPage(server, path, "light", async (page) => {
      await page.getByText("Nothing in the last hour").first().waitFor()
      await page.getByText("No example was received").first().waitFor()
    })
  } finally {
    server.close()
  }
})

test("the devices of an agent: leases, taken over from whom, fallbacks with their reason, load", async () => {
  const { server, path } = await open()
  try {
    await showPage(server, path, "dark", async (page) => {
      const row = (name: string) => page.getByRole("row", { name: new RegExp(name) })
      await row("izm-edge-1").getByText("The agent before sent nothing").waitFor()
      await row("izm-edge-1").getByText("izmir-pop").first().waitFor()
      await row("ist-acc-9").getByText("SNMP: Wrong user or password").waitFor()
      await row("ist-acc-9").getByText("2 collectors slowed down").waitFor()
      await row("izm-acc-3").getByText("Probes only, read by izmir-pop").waitFor()
      await page.getByText("and 1 only probed").waitFor()
      await checkAppearances(page, "agent-devices")
    })
  } finally {
    server.close()
  }
})
