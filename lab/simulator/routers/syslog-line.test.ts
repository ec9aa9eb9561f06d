import assert from "node:assert/strict"
import { test } from "node:test"
import { type LineForm, logLine } from "./syslog-line.ts"

const atMs = Date.UTC(2026, 5, 1, 4, 48, 17)
const who = { identity: "r1", board: "CHR", version: "7.22.1", address: "10.0.0.1" }
const form = (form: LineForm["form"], more: Partial<LineForm> = {}): LineForm => ({
  form,
  isIso: false,
  facility: "daemon",
  severity: "auto",
  hasTopics: false,
  ...more,
})
const entry = (topics: string, message: string) => ({ id: 1, atMs, topics, message })

test("the default form is topics and message", () => {
  assert.equal(
    logLine(entry("interface,info", "ether1 link down"), who, form("default")),
    "interface,info ether1 link down",
  )
})

const cases: [string, string][] = [
  ["interface,info", "<30>Jun  1 04:48:17 r1 x"],
  ["system,error,critical", "<27>Jun  1 04:48:17 r1 x"],
  ["system,warning", "<28>Jun  1 04:48:17 r1 x"],
  ["ipsec", "<30>Jun  1 04:48:17 r1 x"],
  ["dhcp,debug", "<31>Jun  1 04:48:17 r1 x"],
]
for (const [topics, line] of cases)
  test(`the BSD form of ${topics} is ${line}`, () =>
    assert.equal(logLine(entry(topics, "x"), who, form("bsd")), line))

test("facility, severity and topics are those of the action", () => {
  const how = form("bsd", { facility: "local3", severity: "critical", hasTopics: true })
  assert.equal(
    logLine(entry("interface,info", "x"), who, how),
    "<154>Jun  1 04:48:17 r1 interface,info x",
  )
})

test("CEF has its header, and text that looks like a key is escaped", () => {
  assert.equal(
    logLine(entry("interface,info", "a=b"), who, form("cef", { isIso: true })),
    "2026-06-01T04:48:17+0000 r1 CEF:0|MikroTik|CHR|7.22.1|interface|interface,info|Low|dvchost=r1 dvc=10.0.0.1 msg=a\\=b",
  )
})
