/** The set-up stops before it changes anything where Node is too old. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { test } from "node:test"

/** As on a machine with this Node; `platform` decides whether a package carries a newer one. */
const setUp = (version: string, platform: string) => {
  const machine = `
    Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })
    Object.defineProperty(process, "platform", { value: "${platform}" })`
  return spawnSync(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(machine)}`,
      join(import.meta.dirname, "setup.mjs"),
    ],
    { encoding: "utf8" },
  )
}

test("where Node is the host's own, it has import.meta.main: 24.2 or newer", () => {
  for (const version of ["22.20.0", "24.0.0", "24.1.9"]) {
    const { status, stderr } = setUp(version, "darwin")
    assert.equal(status, 1, version)
    assert.match(stderr, /has to be 24\.2 or newer/)
  }
})

test("a Node that cannot run the set-up itself is named", () => {
  const { status, stderr } = setUp("18.19.1", "linux")
  assert.equal(status, 1)
  assert.match(stderr, /Node 18\.19\.1 is too old/)
})
