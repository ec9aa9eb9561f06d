import assert from "node:assert/strict"
import { test } from "node:test"
import { dataTab, hasPart, partOf, shownTabs, tabOfTable } from "./device-tabs.ts"
import { type CollectorState, whyEmpty } from "./why-empty.ts"

const row = (collector: string, values: CollectorState["values"]): CollectorState => ({
  values: { collector, ...values },
})

test("why a table is empty: the source that works best has the answer", () => {
  const cases: readonly (readonly [readonly CollectorState[], string])[] = [
    [[], "not-reported"],
    [[row("routeros-api.ospf", { state: "ok" })], "not-supported"],
    [[row("routeros-api.bgp", { state: "off" })], "off"],
    [[row("routeros-api.bgp", { state: "waiting" })], "waiting"],
    [[row("routeros-api.bgp", { state: "failed", reason: "timed-out" })], "failed"],
    [[row("routeros-api.bgp", { state: "ok", forbidden: "/routing/bgp" })], "forbidden"],
    [[row("routeros-api.bgp", { state: "ok", missing: "/routing/bgp/peer" })], "missing"],
    [[row("routeros-api.bgp", { state: "ok" })], "none"],
    [
      [
        row("snmp.bgp", { state: "standby" }),
        row("routeros-api.bgp", { state: "failed", reason: "refused" }),
      ],
      "failed",
    ],
  ]
  for (const [collectors, kind] of cases)
    assert.equal(whyEmpty(true, collectors, "bgp").kind, kind, JSON.stringify(collectors))
  assert.equal(whyEmpty(false, [], "bgp").kind, "no-agent")
})

const source = { source: "routeros-api", atMs: 1, fullAtMs: 1, reported: 2, differsSinceMs: null }
const tables = [
  { table: "leases", title: "", readBy: "dhcp", sources: [{ ...source, stored: 0 }] },
  {
    table: "dhcp-services",
    title: "",
    readBy: "dhcp-services",
    sources: [{ ...source, stored: 2 }],
  },
]

test("tabs with rows or values are shown, and the one that the address names", () => {
  const collected = { tables, families: [] }
  const keys = (active: string) => shownTabs(collected, active).map(({ key }) => key)
  assert.deepEqual(keys("interfaces"), ["dhcp"])
  assert.deepEqual(keys("queues"), ["queues", "dhcp"])
  const dhcp = dataTab("dhcp")
  assert.ok(dhcp !== null)
  assert.equal(partOf(dhcp, "", collected)?.key, "dhcp-services", "the first with rows")
  assert.equal(partOf(dhcp, "leases", collected)?.key, "leases", "what the address says")
  assert.equal(hasPart(collected, { key: "leases", kind: "table", table: "leases" }), false)
  assert.equal(tabOfTable("arp"), "neighbours")
  assert.equal(tabOfTable("collection"), null)
})
