/** Against recordings: the answers of real routers, and their command trees. */
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { recordingsFolder } from "../config.ts"
import { maker } from "./bench/mutate.ts"
import { compare, HALVES, halfOf, ORACLE_RELEASES, oracleCases } from "./bench/oracle.ts"
import { checkScript, type Release } from "./check.ts"
import { PACKAGE_NAMES } from "./packages.ts"
import { releaseIn, releasesIn, rowsIn, treeOf } from "./tree.ts"

const recordings = recordingsFolder()
const without = (t: TestContext, cases: string): undefined =>
  t.skip(`ISPVM_RECORDINGS is not set: ${cases} did not run`) as undefined

const releaseOf = (folder: string, name: string, packages: readonly string[]): Release => {
  const release = releaseIn(folder, name, new Set(packages))
  assert.ok(release, name)
  return release
}

test("the checker gives the answers of :parse on real routers", (t) => {
  if (recordings === undefined) return without(t, "394 scripts on three releases")
  const cases = oracleCases(recordings)
  for (const name of ORACLE_RELEASES) {
    const release = releaseOf(join(recordings, "api", "schema"), name, [])
    for (const half of HALVES) {
      const { figures: f, differences } = compare(
        cases.filter((each) => halfOf(each) === half),
        release,
      )
      t.diagnostic(
        `${name} ${half}: ${f.agreed} of ${f.cases} agree; same line ${f.sameLine}, column ${f.sameColumn} of ${f.rejected}`,
      )
      const report = differences.join("\n")
      assert.ok(f.agreed >= 0.98 * f.cases, report)
      assert.ok(f.sameLine >= 0.95 * f.rejected, report)
      assert.ok(f.sameColumn >= 0.92 * f.rejected, report)
    }
  }
})

test("of scripts made from the trees, valid ones are accepted and faulty ones rejected", (t) => {
  if (recordings === undefined) return without(t, "400 scripts on each of twelve releases")
  const folder = join(recordings, "api", "schema")
  const releases = releasesIn(folder)
  for (const [index, name] of releases.entries()) {
    const release = releaseOf(folder, name, PACKAGE_NAMES)
    const other = rowsIn(folder, releases[index === 0 ? releases.length - 1 : 0] ?? name)
    const make = maker({ rows: rowsIn(folder, name), required: release.required, other }, 4 + index)
    const misjudged = Array.from({ length: 400 }, make).filter(
      ({ source, isValid }) => checkScript(source, release).ok !== isValid,
    )
    assert.deepEqual(misjudged, [], name)
  }
})

test("a release between two trees uses the older one, and a release before the oldest has none", (t) => {
  if (recordings === undefined) return without(t, "4 look-ups")
  const folder = join(recordings, "api", "schema")
  assert.equal(treeOf(folder, "7.22")?.release, "7.20.8")
  assert.equal(treeOf(folder, "7.99")?.release, "7.24")
  assert.equal(treeOf(folder, "7.8"), undefined)
  assert.equal(releaseIn(folder, "7.8")?.isProven, false)
})

test("menus of an extra package exist only with the package", (t) => {
  if (recordings === undefined) return without(t, "2 scripts")
  const folder = join(recordings, "api", "schema")
  assert.equal(checkScript("/container print", releaseOf(folder, "7.22.1", [])).ok, false)
  assert.equal(checkScript("/container print", releaseOf(folder, "7.22.1", ["container"])).ok, true)
})

test("a menu's former name is read as its new name", (t) => {
  if (recordings === undefined) return without(t, "2 scripts")
  const folder = join(recordings, "api", "schema")
  for (const name of ORACLE_RELEASES) {
    assert.equal(
      checkScript("/interface wifiwave2 set a disabled=no", releaseOf(folder, name, [])).ok,
      true,
      name,
    )
    assert.equal(
      checkScript("/interface wifiwave2 set a disabld=no", releaseOf(folder, name, [])).ok,
      false,
      name,
    )
  }
})

type Literal = { readonly literal: string; readonly il: string }
const isLiteral = (row: unknown): row is Literal =>
  typeof row === "object" &&
  row !== null &&
  "literal" in row &&
  typeof row.literal === "string" &&
  "il" in row &&
  typeof row.il === "string"

/** Every object in the file that holds a literal and the result of `:parse`. */
const literalsIn = (part: unknown): readonly Literal[] => {
  if (isLiteral(part)) return [part]
  return typeof part === "object" && part !== null ? Object.values(part).flatMap(literalsIn) : []
}

test("literals are accepted and rejected as on a router of 7.23", (t) => {
  if (recordings === undefined) return without(t, "225 literals")
  const file = join(recordings, "scripts", "centrs-device-oracle", "values.json")
  if (!existsSync(file)) return without(t, "225 literals")
  const release = { ...releaseOf(join(recordings, "api", "schema"), "7.23rc1", []), name: "7.23.3" }
  const literals = literalsIn(JSON.parse(readFileSync(file, "utf8")))
  const differing = literals.filter(({ literal, il }) => {
    const result = checkScript(`:local z ${literal}`, release)
    const column = /^(?:syntax error|expected .*) \(line 1 column (\d+)\)$/.exec(il)?.[1]
    return result.ok ? column !== undefined : result.column !== Number(column)
  })
  t.diagnostic(`${literals.length - differing.length} of ${literals.length} literals`)
  assert.ok(literals.length > 200)
  assert.ok(differing.length <= 0.02 * literals.length, JSON.stringify(differing))
})
