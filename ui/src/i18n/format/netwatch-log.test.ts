import assert from "node:assert/strict"
import { test } from "node:test"
import { t } from "../strings/strings.ts"
import { parseNetwatchLog } from "./netwatch-log.ts"

test("what netwatch logs is said in a sentence", () => {
  assert.deepEqual(parseNetwatchLog("event up [ type: simple, host: 10.40.1.3 ]"), {
    host: "10.40.1.3",
    state: "up",
  })
  assert.deepEqual(parseNetwatchLog("event down [ type: icmp, host: 2001:db8::7 ]"), {
    host: "2001:db8::7",
    state: "down",
  })
  assert.deepEqual(parseNetwatchLog("event down [ name: dns, type: icmp, host: 9.9.9.9 ]"), {
    host: "dns (9.9.9.9)",
    state: "down",
  })
  assert.equal(
    t.terms.event("watch-up", "syslog", "event up [ type: simple, host: 10.40.1.3 ]"),
    "Netwatch host 10.40.1.3 is up",
  )
})

test("any other text stays as the router said it", () => {
  for (const text of [
    "",
    "event up",
    "event up [ ]",
    "event up [ type: simple ]",
    "ether1 link down",
    "event up [ host: a",
  ])
    assert.equal(parseNetwatchLog(text), null)
})
