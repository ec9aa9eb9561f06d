import assert from "node:assert/strict"
import { test } from "node:test"
import { negotiate } from "./locale.ts"
import { pseudoRtl } from "./pseudo-rtl.ts"
import { english } from "./strings/english.ts"

test("locale: the first language there is, with or without its region; else English", () => {
  assert.equal(negotiate(["", "fr-FR", "en-US", "ar-XB"]), "en")
  assert.equal(negotiate(["ar-XB"]), "ar-XB")
  assert.equal(negotiate(["ar-SA"]), "en")
  assert.equal(negotiate(["constructor"]), "en")
})

test("pseudo-locale: every text is turned, also what functions make, and nothing else", () => {
  const turned = pseudoRtl({
    title: "Devices",
    empty: "",
    rows: [["a", "b"]],
    count: (n: number): string => `${n} devices`,
  })
  assert.equal(turned.title, "\u202EDevices\u202C")
  assert.equal(turned.empty, "")
  assert.deepEqual(turned.rows, [["\u202Ea\u202C", "\u202Eb\u202C"]])
  assert.equal(turned.count(3), "\u202E3 devices\u202C")
  assert.equal(pseudoRtl(english).shell.devices, "\u202EDevices\u202C")
  const { messages } = pseudoRtl(english)
  assert.equal(messages["timeline.note"]({ text: "a" }), "\u202Ea\u202C", "the appliance's too")
})
