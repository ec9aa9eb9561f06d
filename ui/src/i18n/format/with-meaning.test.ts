import assert from "node:assert/strict"
import { test } from "node:test"
import { terms } from "../strings/terms.ts"
import { terms as turkish } from "../strings/tr/terms.ts"

test("a log line with a meaning says it first, in both languages", () => {
  const line = "<pppoe-anna>: disconnected"
  assert.deepEqual(
    [terms, turkish].map((each) => each.event("session-down", "syslog", line)),
    [`PPP session down: ${line}`, `PPP oturumu kapandı: ${line}`],
  )
  const many = `412 more in 60 s, the last: ${line}`
  assert.deepEqual(
    [terms, turkish].map((each) => each.event("session-down", "syslog", many)),
    [
      `PPP session down: ${many}`,
      `PPP oturumu kapandı: 60 sn içinde 412 kez daha; sonuncusu: ${line}`,
    ],
  )
})
