/** Links and folders of releases, in a temporary folder in place of the system's root. */
import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import {
  currentRelease,
  isComplete,
  releaseFolder,
  releasesOf,
  removeSuperfluous,
  superfluous,
  switchTo,
} from "./releases.ts"

const root = mkdtempSync(join(tmpdir(), "ispvm-releases-"))
after(() => rmSync(root, { recursive: true, force: true }))

const install = (version: string, says = version): void => {
  const folder = releaseFolder("ispvm", version, root)
  mkdirSync(join(folder, "node/bin"), { recursive: true })
  writeFileSync(join(folder, "node/bin/node"), "")
  writeFileSync(join(folder, "release.json"), JSON.stringify({ version: says, more: 1 }))
}

test("the link names the release that was switched to, and may be switched again", () => {
  assert.equal(currentRelease("ispvm", root), null)
  for (const version of ["0.1.0", "0.2.0~20261201.abcdef0"]) {
    install(version)
    switchTo("ispvm", version, root)
    assert.equal(currentRelease("ispvm", root), version)
  }
  assert.equal(readlinkSync(join(root, "opt/ispvm/current")), "releases/0.2.0~20261201.abcdef0")
})

test("a folder that was cut off, or of another release, is not complete", () => {
  assert.equal(isComplete("ispvm", "0.1.0", root), true)
  mkdirSync(releaseFolder("ispvm", "0.3.0", root))
  assert.equal(isComplete("ispvm", "0.3.0", root), false)
  install("0.3.0", "0.4.0")
  assert.equal(isComplete("ispvm", "0.3.0", root), false)
  install("0.3.0")
  assert.equal(isComplete("ispvm", "0.3.0", root), true)
})

for (const [current, previous, expected] of [
  ["3", "2", ["1"]],
  ["1", null, ["2", "3"]],
  ["2", "2", ["1", "3"]],
  // Nothing is removed while nothing is known to run.
  [null, "2", []],
] as const)
  test(`of 1, 2 and 3, with ${current} running and ${previous} before: ${expected}`, () =>
    assert.deepEqual(superfluous(["1", "2", "3"], current, previous), expected))

test("releases that nothing needs are removed", () => {
  assert.deepEqual(removeSuperfluous("ispvm", "0.1.0", root), ["0.3.0"])
  assert.deepEqual(releasesOf("ispvm", root), ["0.1.0", "0.2.0~20261201.abcdef0"])
  assert.deepEqual(removeSuperfluous("ispvm-agent", null, root), [])
})
