import assert from "node:assert/strict"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { compareReleases } from "../check/release.ts"
import { releasesIn, rowsIn } from "../check/tree.ts"
import { recordingsFolder } from "../config.ts"
import { featureRows, has, minorOf, sameAs } from "./features.ts"

const recordings = recordingsFolder()
const folder = recordings === undefined ? null : join(recordings, "api", "schema")

test("every row that the command trees contain agrees with them in each release", (t) => {
  if (folder === null || readdirSync(folder).length === 0)
    return t.skip("no recordings: 0 rows compared with trees")
  let checked = 0
  for (const release of releasesIn(folder)) {
    const commands: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
      rowsIn(folder, release),
    )
    for (const [name, row] of featureRows) {
      if (row.command === null) continue
      const isThere: boolean = commands.get(row.command)?.has(row.argument ?? "") ?? false
      const minor = release.replace(/^(\d+\.\d+).*/, "$1")
      assert.equal(has(minor, name), isThere, `${name} in ${release}`)
      checked += 1
    }
  }
  t.diagnostic(`${checked} cells held against trees`)
  assert.ok(checked >= 100)
})

test("adjacent releases get the same script where the table has no change", () => {
  assert.deepEqual(sameAs("7.18.2"), { from: 7018, to: 7021 })
  assert.deepEqual(sameAs("6.49.17"), { from: 6000, to: 6999 })
  assert.deepEqual(sameAs("7.24"), { from: 7024, to: 7999 })
  assert.equal(minorOf("7.9.2"), 7009)
  for (const release of [
    "6.49.17",
    "7.9.2",
    "7.12.2",
    "7.13.5",
    "7.18.2",
    "7.20.8",
    "7.22.1",
    "7.24",
  ]) {
    const { from, to } = sameAs(release)
    assert.ok(from <= minorOf(release) && minorOf(release) <= to, release)
  }
  assert.ok(compareReleases("7.23rc1", "7.23") < 0)
})
