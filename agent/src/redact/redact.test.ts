import assert from "node:assert/strict"
import { test } from "node:test"
import { type Item, Item as ItemSchema } from "@ispvm/wire"
import { withoutAddresses } from "@ispvm/wire/personal-text"
import { pseudonymOf } from "./pseudonyms.ts"
import { createRedactor } from "./redact.ts"

const KEY = Buffer.from("an organisation's key")
const DEVICE = "00000000-0000-4000-8000-000000000001"
const NAME = "ayse.yilmaz"
const both = () => createRedactor({ users: true, addresses: true, key: KEY })
const item = (value: object): Item => ItemSchema.parse({ device: DEVICE, atMs: 1, ...value })
const sessions = (user: string, id = "*1") =>
  item({
    ...{ kind: "rows", source: "routeros-api", table: "sessions", isFull: true, part: 0, count: 1 },
    rows: [
      {
        key: id,
        values: {
          user,
          address: "100.64.7.9",
          callerId: "02:AB:CD:11:22:33",
          interface: `<pppoe-${user}>`,
          comment: "Ayşe, flat 7",
          service: "pppoe",
          sinceMs: 5,
        },
      },
    ],
    gone: [],
  })
const line = (message: string, attributes: Record<string, string>) =>
  item({
    ...{ kind: "event", id: "00000000-0000-4000-8000-00000000000a", name: "log", source: "syslog" },
    ...{ severity: "info", interface: null, message, attributes },
  })

test("addresses are shortened wherever they are, and nothing that only looks like one", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["from 192.0.2.77:80", "from 192.0.2.0:80"],
    ["100.64.7.9/32,100.64.8.1", "100.64.7.0/32,100.64.8.0"],
    ["2001:db8:1:2::5 up", "2001:db8:1:: up"],
    ["2001:db8::5/64", "2001:db8:0::/64"],
    ["mac 02:AB:CD:11:22:33", "mac 02:AB:CD:00:00:00"],
    ["at 12:34:56, 7.20.8, ether1", "at 12:34:56, 7.20.8, ether1"],
    ["version 7.20.8.1.2", "version 7.20.8.1.2"],
  ]
  for (const [given, expected] of cases) assert.equal(withoutAddresses(given), expected)
})

test("a session has its user as a pseudonym, in every column and in its key", () => {
  const [shown] = both().items([sessions(NAME)])
  ItemSchema.parse(shown)
  assert.ok(shown?.kind === "rows")
  const values = shown.rows[0]?.values
  assert.equal(values?.user, pseudonymOf(KEY, NAME))
  assert.equal(values?.interface, `<pppoe-${pseudonymOf(KEY, NAME)}>`)
  assert.equal(values?.address, "100.64.7.0")
  assert.equal(values?.callerId, "02:AB:CD:00:00:00")
  assert.equal(values?.comment, "…")
  assert.equal(values?.service, "pppoe")
  assert.equal(values?.sinceMs, 5)
  assert.match(shown.rows[0]?.key ?? "", /^r-[0-9a-f]{16}$/)
  assert.ok(!JSON.stringify(shown).includes(NAME))
})

test("customers still match: one pseudonym for a name under one key, another under another", () => {
  const user = (key: Buffer, name: string) => {
    const [shown] = createRedactor({ users: true, addresses: false, key }).items([sessions(name)])
    return shown?.kind === "rows" ? shown.rows[0]?.values.user : undefined
  }
  assert.equal(user(KEY, NAME), user(KEY, NAME.toUpperCase()))
  assert.notEqual(user(KEY, NAME), user(KEY, "mehmet"))
  assert.notEqual(user(KEY, NAME), user(Buffer.from("another"), NAME))
})

test("a row that is gone has the key with which it was sent", () => {
  const redactor = both()
  const [sent] = redactor.items([sessions(NAME, "*7F")])
  const [gone] = redactor.items([
    item({
      ...{ kind: "rows", source: "routeros-api", table: "sessions", isFull: false, part: 0 },
      ...{ count: 0, rows: [], gone: ["*7F"] },
    }),
  ])
  assert.ok(sent?.kind === "rows" && gone?.kind === "rows")
  assert.deepEqual(gone.gone, [sent.rows[0]?.key])
})

test("log lines: known fields, known names, session interfaces; the rest of what may name somebody is left out", () => {
  const redactor = both()
  redactor.items([sessions(NAME)])
  const lines = [
    line(`<pppoe-${NAME}>: connected`, { topics: "pppoe,info", meaning: "session-step" }),
    line(`${NAME} logged in, 100.64.7.9 from 02:AB:CD:11:22:33`, {
      ...{ topics: "pppoe,ppp,info", meaning: "session-up", user: NAME },
      ...{ address: "100.64.7.9", mac: "02:AB:CD:11:22:33" },
    }),
    line(`something new about ${NAME} and fatma.demir`, { topics: "ppp,debug" }),
    line("a script printed fatma.demir", { topics: "script,info" }),
    line("no topics: fatma.demir", {}),
    line(`rebooted by ${NAME}`, { topics: "system,info" }),
  ]
  const shown = redactor.items(lines)
  for (const each of shown) ItemSchema.parse(each)
  const all = JSON.stringify(shown)
  for (const raw of [NAME, "fatma", "100.64.7.9", "11:22:33"]) assert.ok(!all.includes(raw), raw)
  const messages = shown.map((each) => (each.kind === "event" ? each.message : ""))
  assert.match(messages[0] ?? "", /^<pppoe-u-[0-9a-f]{16}>: connected$/)
  assert.match(
    messages[1] ?? "",
    /^u-[0-9a-f]{16} logged in, 100\.64\.7\.0 from 02:AB:CD:00:00:00$/,
  )
  assert.match(messages[2] ?? "", /^… new about u-[0-9a-f]{16} and …$/)
  assert.deepEqual(messages.slice(3, 5), ["a script …", "no …: …"])
  assert.match(messages[5] ?? "", /^rebooted by u-/)
})

test("what names nobody stays: samples, links, routing", () => {
  const given = [
    item({
      ...{ kind: "interface", source: "snmp", interface: "ether1", running: true, disabled: false },
      ...{ rxBps: 1, txBps: 1, rxPps: null, txPps: null, errorsPs: null, dropsPs: null },
    }),
  ]
  assert.deepEqual(both().items(given), given)
})

test("without a switch nothing changes, and each switch is on its own", () => {
  const off = createRedactor({ users: false, addresses: false, key: KEY })
  const given = [sessions(NAME)]
  assert.deepEqual(off.items(given), given)
  const [onlyAddresses] = createRedactor({ users: false, addresses: true, key: KEY }).items(given)
  const text = JSON.stringify(onlyAddresses)
  assert.ok(text.includes(NAME) && !text.includes("100.64.7.9"))
  const [onlyUsers] = createRedactor({ users: true, addresses: false, key: KEY }).items(given)
  const other = JSON.stringify(onlyUsers)
  assert.ok(!other.includes(NAME) && other.includes("100.64.7.9"))
})
