/** The visibility of names. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { str } from "./literal.ts"
import { ADMIN, harness } from "./test/harness.ts"

const SCOPES: readonly (readonly [what: string, source: string, prints: string])[] = [
  ["a local ends with its block", ":do {:local a 1}; :put [:typeof $a]", "nothing"],
  [
    "a block sees the variables around it, and may set them",
    ":local a 1; :do {:set a 2; :do {:set a 3}}; :put $a",
    "3",
  ],
  [
    "a block's own variable hides the outer one",
    ":local a 1; :do {:local a 2; :put $a}; :put $a",
    "2\n1",
  ],
  [
    "a function does not see the locals around it",
    ':local a 1; :local f do={:put "<$a>"}; $f',
    "<>",
  ],
  [
    "a function sees a global that it declares",
    ':global a 1; :local f do={:global a; :put "<$a>"}; $f',
    "<1>",
  ],
  [
    "a function does not see a global that it does not declare",
    ':global a 1; :local f do={:put "<$a>"}; $f',
    "<>",
  ],
  [
    "a function changes a global for all",
    ":global a 1; :local f do={:global a; :set a ($a + 1)}; $f; $f; :put $a",
    "3",
  ],
  [
    "a global declared in a block is unknown after it",
    ':do {:global a 1}; :put "<$a>"; :global a; :put $a',
    "<>\n1",
  ],
  ["a global without a value keeps the one it has", ":global a 5; :global a; :put $a", "5"],
  ["set without a value deletes a global", ":global a 5; :set a; :put [:typeof $a]", "nothing"],
  ["a loop's name ends with the loop", ":for i from=1 to=1 do={}; :put [:typeof $i]", "nothing"],
  [
    "an argument may be set like a local",
    ":local f do={:put $x; :set x ($x + 1); :return $x}; :put [$f x=1]",
    "1\n2",
  ],
  [
    "brackets have a scope of their own",
    ":local a 1; :put [:do {:local a 7; :return $a}]; :put $a",
    "7\n1",
  ],
  [
    "the variable of an error ends with its block",
    ":onerror e in={:error x} do={}; :put [:typeof $e]",
    "nothing",
  ],
]

for (const [what, source, prints] of SCOPES)
  test(`scopes: ${what}`, async () => {
    assert.equal(await harness().run(source), prints)
  })

test("a global outlives its script, and a script that does not declare it does not see it", async () => {
  const { run } = harness()
  await run(":global kept 5")
  assert.equal(await run(":put [:typeof $kept]; :global kept; :put $kept"), "nothing\n5")
})

test("globals belong to their owner", async () => {
  const { run, scripts } = harness()
  await run(":global mine 1")
  assert.equal(
    await run(":global mine; :put [:typeof $mine]", { runner: { ...ADMIN, owner: "*sys" } }),
    "nothing",
  )
  assert.deepEqual([...scripts.globals("admin").keys()], ["mine"])
  scripts.setGlobal("*sys", "mine", str("theirs"))
  assert.equal(
    await run(":global mine; :put $mine", { runner: { ...ADMIN, owner: "*sys" } }),
    "theirs",
  )
  scripts.forget("admin", "mine")
  assert.deepEqual([...scripts.globals("admin").keys()], [])
})

test("variables passed to a run exist, as netwatch's do", async () => {
  const { run } = harness()
  const args = new Map([
    ["host", str("192.0.2.1")],
    ["rtt-avg", str("5")],
  ])
  assert.equal(
    await run(':put "$host $"rtt-avg""; :local f do={:put "<$host>"}; $f', { args }),
    "192.0.2.1 5\n<>",
  )
})

test("another script can call a function in a global", async () => {
  const { run } = harness()
  await run(":global twice do={:return ($1 * 2)}")
  assert.equal(await run(":global twice; :put [$twice 21]; :put [:typeof $twice]"), "42\narray")
})
