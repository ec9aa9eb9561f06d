import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { test } from "node:test"
import { environment } from "./config.ts"

const soak = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "soak.ts"), ...args], {
    env: { ...environment() },
    encoding: "utf8",
  })

test("soak: a size that is no number, and a path of no such test, are rejected before anything runs", () => {
  for (const [args, wrong] of [
    [["kills", "--kills", "many"], /^--kills many: not a whole number/],
    [["--histories", "1e3"], /^--histories 1e3: not a whole number/],
    [["--seed", "-1"], /^--seed -1: not a whole number|argument is ambiguous/],
    [["nowhere"], /^no file with such tests matches nowhere/],
  ] as const) {
    const { status, stderr, stdout } = soak(...args)
    assert.notEqual(status, 0, args.join(" "))
    assert.match(stderr, new RegExp(wrong.source, "m"))
    assert.equal(stdout, "")
  }
})

test("soak: kills are a run of their own, of the test that counts at the receiver", () => {
  const { status, stdout, stderr } = soak("kills", "--kills", "6")
  assert.equal(status, 0, stderr)
  assert.match(stdout, /6 kills at random moments: each notification that opened is closed once/)
})
