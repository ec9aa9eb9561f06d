/** The command `npm test` rejects what it cannot do, before it runs anything. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { test } from "node:test"

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "test.ts"), ...args], { encoding: "utf8" })

test("times of a part of a file's tests are not recorded", () => {
  for (const part of [["--quick"], ["--name", "a"]]) {
    const { status, stderr } = run("--record", ...part, ".ci/nothing")
    assert.equal(status, 2)
    assert.match(stderr, /--record.*(?:--quick|--name)/)
  }
})

test("a number of runs that is none is an error", () => {
  const { status, stderr } = run("--repeat", "0", "agent")
  assert.equal(status, 2)
  assert.match(stderr, /--repeat 0/)
})
