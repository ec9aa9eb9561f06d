import assert from "node:assert/strict"
import { test } from "node:test"
import { partOf, partsOf } from "./part-name.ts"

const titles = new Map([["push", "Push script"]])
test("part: an id becomes the title of its script, else the word we have for it", () => {
  assert.equal(partOf("push", titles), "Push script")
  assert.equal(partOf("snmp", titles), "SNMP")
})
test("part: why one failed stays beside its name", () =>
  assert.equal(partOf("syslog: the menu\nis full", titles), "Syslog: the menu\nis full"))
test("part: one that reported details of its own is named once, and its certificate is short", () =>
  assert.deepEqual(
    partsOf(["snmp", `api-tls: certificate ${"0123abcd".repeat(8)}`, "api-tls"], titles),
    ["SNMP", "API over TLS: certificate 0123abcd…0123abcd"],
  ))
test("part: what is no id is shown as the router said it", () => {
  assert.equal(partOf("No space left: 12 kB", titles), "No space left: 12 kB")
  assert.equal(partOf("", titles), "")
})
