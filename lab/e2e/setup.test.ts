/**
 * Set-up on a machine that lacks a system program: it prints the one line to type, and continues.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { dirname, join } from "node:path"
import { test } from "node:test"
import { environment } from "../config.ts"

const root = join(import.meta.dirname, "../..")

test("for a missing fping, set-up prints its use and the install command, and succeeds", () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, ".ci/setup.mjs")], {
    env: { ...environment(), PATH: dirname(process.execPath), ISPVM_SETUP_PROGRAMS: "off" },
    encoding: "utf8",
  })
  assert.equal(status, 0, stderr)
  assert.equal(stdout, "")
  assert.match(stderr, /fping is missing: ping \(without it, devices are probed by TCP\)/)
  assert.match(stderr, /^set-up: to have it: {2}(sudo )?apt-get install fping$/m)
})
