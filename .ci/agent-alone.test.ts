/** The agent's folder has a lock file of its own, to be built alone: it names the same modules. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"

type Locked = { readonly version?: string; readonly integrity?: string }

const lockOf = (folder: string): Readonly<Record<string, Locked>> =>
  JSON.parse(readFileSync(join(import.meta.dirname, "..", folder, "package-lock.json"), "utf8"))
    .packages

test("the agent alone gets the modules of the whole repository", () => {
  const whole = lockOf(".")
  const ofAgent = Object.entries(lockOf("agent")).filter(([, { integrity }]) => integrity)
  assert.ok(ofAgent.length > 0)
  for (const [path, { version, integrity }] of ofAgent)
    assert.deepEqual(
      { path, version: whole[path]?.version, integrity: whole[path]?.integrity },
      { path, version, integrity },
    )
})
