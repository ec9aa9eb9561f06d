import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { test } from "node:test"
import { pathToFileURL } from "node:url"
import { environment } from "./config.ts"
import { scaledRuns } from "./property-runs.ts"

test("the setting scales the runs of a property, and quick leaves at least five", () => {
  const cases: readonly [number, string | undefined, number][] = [
    [100, undefined, 100],
    [100, "", 100],
    [3_000, "quick", 300],
    [20, "quick", 5],
    [3, "quick", 3],
    [60, "20", 1_200],
    [15, "0.01", 1],
  ]
  for (const [runs, setting, expected] of cases)
    assert.equal(scaledRuns(runs, setting), expected, `${runs} ${setting}`)
  for (const setting of ["0", "-1", "fast"]) assert.throws(() => scaledRuns(1, setting), /ISPVM_/)
})

/** Runs of an explicit property, of one with the default, and of an asynchronous one. */
const countRuns = (setting: string | undefined): unknown => {
  const source = `
    import fc, { assert as named } from "fast-check"
    const runs = [0, 0, 0]
    fc.assert(fc.property(fc.nat(), () => { runs[0] += 1 }), { numRuns: 40 })
    named(fc.property(fc.nat(), () => { runs[1] += 1 }))
    await fc.assert(fc.asyncProperty(fc.nat(), async () => { runs[2] += 1 }), { numRuns: 60 })
    console.log(JSON.stringify(runs))`
  const preload = pathToFileURL(`${import.meta.dirname}/property-runs.ts`).href
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", preload, "--input-type=module", "--eval", source],
    {
      cwd: import.meta.dirname,
      encoding: "utf8",
      env: { ...environment(), ISPVM_PROPERTY_RUNS: setting ?? "" },
    },
  )
  assert.notEqual(stdout, "", stderr)
  return JSON.parse(stdout)
}

test("fast-check itself runs properties that often, explicit number or not", () => {
  assert.deepEqual(countRuns(undefined), [40, 100, 60])
  assert.deepEqual(countRuns("quick"), [5, 10, 6])
  assert.deepEqual(countRuns("3"), [120, 300, 180])
})
