import assert from "node:assert/strict"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { checkScript, type Release } from "../src/check/check.ts"
import { releaseNamed } from "../src/check/product.ts"
import { releaseIn } from "../src/check/tree.ts"
import {
  needsOf as importerPolicies,
  makeScript,
  validationErrors,
} from "../src/companion/companion.ts"
import { recordingsFolder } from "../src/config.ts"
import { lintScript } from "../src/lint/lint.ts"
import { needsOf } from "../src/lint/policies.ts"
import { GOLDEN_RELEASES, GOLDENS, isV7 } from "./configs.ts"
import { bootstrapOf, goldenFiles, REWRITE, storedText, textOf } from "./golden.ts"

const recordings = recordingsFolder()
const ours = (name: string): Release => {
  const release = releaseNamed(name)
  assert.ok(release, name)
  return release
}

test("the generated scripts equal the stored ones", () => {
  const files = goldenFiles()
  const stored = readdirSync(import.meta.dirname).filter((file) => /\.(rsc|tsv)$/.test(file))
  assert.deepEqual(
    stored.sort(),
    [...files.keys()].sort(),
    `the stored files are not the generated ones; rewrite them with: ${REWRITE}`,
  )
  for (const [file, text] of files) {
    const [made, was] = [text.split("\n"), storedText(file).split("\n")]
    const line = made.findIndex((each, index) => each !== was[index])
    assert.ok(
      text === storedText(file),
      `${file} line ${line + 1}: generated\n  ${made[line]}\nstored\n  ${was[line]}\nIf the change is intended, rewrite them with: ${REWRITE}`,
    )
  }
})

test("the configurations are valid", () => {
  for (const { name, desired } of GOLDENS) assert.deepEqual(validationErrors(desired), [], name)
})

test("its release accepts every script, by the product's table", () => {
  for (const golden of GOLDENS) {
    const result = checkScript(textOf(golden), ours(golden.release))
    assert.ok(result.ok, `${golden.name}: ${JSON.stringify(result.ok || result)}`)
  }
})

test("its release accepts every script, by the release's own command tree", (t) => {
  const cases = GOLDENS.filter(({ release }) => isV7(release))
  if (recordings === undefined)
    return t.skip(`ISPVM_RECORDINGS is not set: ${cases.length} scripts did not run`)
  for (const golden of cases) {
    const release = releaseIn(join(recordings, "api", "schema"), golden.release)
    assert.ok(release)
    const result = checkScript(textOf(golden), release)
    assert.ok(result.ok, `${golden.name}: ${JSON.stringify(result.ok || result)}`)
  }
  t.diagnostic(`${cases.length} scripts; no command tree of RouterOS 6 was recorded`)
})

test("lint finds no trap in the scripts, nor in the scripts that they store", () => {
  for (const golden of GOLDENS)
    assert.deepEqual(lintScript(textOf(golden), ours(golden.release)), [], golden.name)
})

test("every release accepts the line that fetches a script, and lint finds no trap in it", () => {
  for (const name of GOLDEN_RELEASES) {
    const line = bootstrapOf(name)
    assert.match(line, /^[^\n]+\n$/)
    assert.equal(checkScript(line, ours(name)).ok, true, name)
    assert.deepEqual(lintScript(line, ours(name)), [], name)
  }
})

test("the policies listed for importing a script include all that it needs", () => {
  for (const golden of GOLDENS) {
    const granted: readonly string[] = importerPolicies(golden.kind, golden.desired)
    const needed = needsOf(textOf(golden), ours(golden.release))
    assert.ok(needed.size > 1, golden.name)
    for (const [policy, path] of needed)
      assert.ok(
        granted.includes(policy),
        `${golden.name}: ${path} needs ${policy}; listed are ${granted}`,
      )
  }
})

test("the scripts are ASCII, the same each time, and have no unfilled values", () => {
  for (const golden of GOLDENS) {
    const { text } = makeScript(golden.kind, golden.desired)
    assert.doesNotMatch(text, /[^\x20-\x7e\n]/, golden.name)
    assert.equal(text, textOf(golden), golden.name)
    assert.doesNotMatch(text, /\bundefined\b|\bNaN\b|\[object /, golden.name)
  }
})
