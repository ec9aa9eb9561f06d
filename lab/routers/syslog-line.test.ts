import assert from "node:assert/strict"
import { test } from "node:test"
import { syslogLine } from "./syslog-line.ts"

const atMs = Date.UTC(2026, 5, 1, 4, 48, 17)
const entry = (topics: string, message: string) => ({ id: 1, atMs, topics, message })

test("the default form is topics and message", () => {
  assert.equal(syslogLine(entry("interface,info", "ether1 link down"), "r1", "default"), "interface,info ether1 link down")
})

const cases: [string, string][] = [
  ["interface,info", "<30>Jun  1 04:48:17 r1 x"],
  ["system,error,critical", "<27>Jun  1 04:48:17 r1 x"],
  ["system,warning", "<28>Jun  1 04:48:17 r1 x"],
  ["ipsec", "<30>Jun  1 04:48:17 r1 x"],
  ["dhcp,debug", "<31>Jun  1 04:48:17 r1 x"],
]
for (const [topics, line] of cases)
  test(`the BSD form of ${topics} is ${line}`, () => assert.equal(syslogLine(entry(topics, "x"), "r1", "bsd"), line))
