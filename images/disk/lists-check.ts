/**
 * The lists in golden/ say what is in the image. A list that is meant to change is replaced by the
 * new one, which a failed check names.
 */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { listsFolder, removeImages } from "./check-rig.ts"
import { LISTS } from "./lists.ts"

after(removeImages)

for (const name of Object.keys(LISTS))
  test(`the image has the ${name} of golden/${name}.txt`, () => {
    const file = join(listsFolder(), `${name}.txt`)
    const golden = readFileSync(join(import.meta.dirname, "golden", `${name}.txt`), "utf8")
    assert.equal(readFileSync(file, "utf8"), golden, `found: ${file}`)
  })
