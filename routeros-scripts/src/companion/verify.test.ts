import assert from "node:assert/strict"
import { test } from "node:test"
import {
  type DesiredConfig,
  driftOf,
  exampleConfig,
  type MenuRows,
  menuReadsFor,
  PROFILES,
} from "./companion.ts"
import { onboardParts } from "./onboard.ts"

type Rows = Map<string, Record<string, string>[] | null>

/** The output of a router that has all rows, and a rule that drops. */
const asMade = (desired: DesiredConfig): Rows => {
  const rows: Rows = new Map(menuReadsFor(desired).map(({ menu }) => [menu, []]))
  for (const { menu, by, want } of onboardParts(desired).flatMap((spec) => spec.expects))
    rows.get(menu)?.push({ ...want, ...by })
  for (const menu of ["/ip/firewall/filter", "/ipv6/firewall/filter"])
    rows.get(menu)?.push({ chain: "input", action: "drop", disabled: "false", comment: "the last" })
  return rows
}
const driftLines = (desired: DesiredConfig, rows: MenuRows): readonly string[] =>
  driftOf(desired, rows).map(({ part, kind, what }) => `${part} ${kind} ${what}`)
const row = (rows: Rows, menu: string, at = 0): Record<string, string> =>
  rows.get(menu)?.[at] ?? assert.fail(menu)

test("a router with all rows of the script has no drift, for every release and profile", () => {
  for (const release of ["6.49.17", "7.9.2", "7.18.2", "7.24"])
    for (const profile of PROFILES) {
      const desired = exampleConfig(release, profile)
      assert.deepEqual(driftLines(desired, asMade(desired)), [])
    }
})

test("another spelling of the same value is no drift", () => {
  const desired = exampleConfig("7.18.2", "edge")
  const rows = asMade(desired)
  row(rows, "/user").address = "2001:db8::10,192.0.2.10"
  row(rows, "/user/group").policy = "api,read"
  row(rows, "/ip/service").disabled = "no"
  const timer = rows.get("/system/scheduler")?.find(({ name }) => name === "ispvm-start")
  assert.equal(timer?.interval, "10s")
  timer.interval = "00:00:10"
  timer["on-event"] = `${timer["on-event"]?.replaceAll("\n", "\r\n")}`
  assert.deepEqual(driftLines(desired, rows), [])
})

const desired = exampleConfig("7.18.2", "edge")
const CASES: readonly (readonly [
  what: string,
  change: (rows: Rows) => void,
  expected: readonly string[],
])[] = [
  [
    "a service is switched off",
    (rows) => Object.assign(row(rows, "/ip/service"), { disabled: "true" }),
    ["api-tls changed /ip/service api-ssl disabled"],
  ],
  [
    "the group has more rights",
    (rows) => Object.assign(row(rows, "/user/group"), { policy: "read,api,write,!policy" }),
    ["api-account changed /user/group ispvm policy"],
  ],
  [
    "the account is gone",
    (rows) => rows.set("/user", []),
    ["api-account missing /user ispvm-agent"],
  ],
  ["a menu cannot be read", (rows) => rows.set("/user", null), ["api-account unreadable /user"]],
  [
    "a scheduler runs at another time",
    (rows) => Object.assign(row(rows, "/system/scheduler"), { interval: "1m" }),
    ["push-start changed /system/scheduler ispvm-start interval"],
  ],
  [
    "a row of ours that no part expects",
    (rows) =>
      rows.get("/tool/netwatch")?.push({ host: "192.0.2.99", comment: "ispvm: an old one" }),
    ["extra extra /tool/netwatch ispvm: an old one"],
  ],
  [
    "netwatch lacks the property disabled",
    (rows) => delete row(rows, "/tool/netwatch").disabled,
    [],
  ],
  [
    "a row of the operator",
    (rows) => rows.get("/tool/netwatch")?.push({ host: "192.0.2.99", comment: "ispvms" }),
    [],
  ],
  [
    "hardening under way",
    (rows) => {
      rows.get("/system/script")?.push({ name: "ispvm-harden-undo" })
      rows.get("/system/scheduler")?.push({ name: "ispvm-harden-undo" })
      rows.get("/certificate")?.push({ name: "ispvm-api", fingerprint: "ab" })
    },
    [],
  ],
  [
    "no rule drops, so no rule to let agents in is expected",
    (rows) => {
      for (const menu of ["/ip/firewall/filter", "/ip/firewall/address-list"]) rows.set(menu, [])
    },
    [],
  ],
  [
    "a rule of ours is switched off",
    (rows) => Object.assign(row(rows, "/ip/firewall/filter", 1), { disabled: "true" }),
    ["firewall changed /ip/firewall/filter ispvm: agents may use SNMP disabled"],
  ],
]
for (const [what, change, expected] of CASES)
  test(`drift: ${what}`, () => {
    const rows = asMade(desired)
    change(rows)
    assert.deepEqual(driftLines(desired, rows), expected)
  })

test("drift contains no secret", () => {
  const rows = asMade(desired)
  for (const each of rows.get("/system/script") ?? [])
    each.source = "changed, with secret-of-theirs"
  const drift = driftOf(desired, rows)
  const text = JSON.stringify(drift.filter(({ what }) => what.includes("ispvm-push ")))
  assert.ok(drift.some(({ what }) => what === "/system/script ispvm-push source"))
  assert.doesNotMatch(text, /secret-of-theirs|ispvmr1/)
  const community: DesiredConfig = {
    ...desired,
    snmp: { version: 2, community: "a-community-of-ours" },
  }
  assert.doesNotMatch(JSON.stringify(driftOf(community, asMade(desired))), /a-community-of-ours/)
})
