import assert from "node:assert/strict"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"

const root = join(import.meta.dirname, "../..")
const doc = readFileSync(join(root, "docs/companion.md"), "utf8")
const scripts = globSync("routeros-scripts/golden/*.rsc", { cwd: root })

test("docs/companion.md lists every part of every script", () => {
  const parts = new Set(
    scripts
      .flatMap((file) =>
        [...readFileSync(join(root, file), "utf8").matchAll(/^# -- ([a-z0-9-]+):/gm)].map(
          (found) => found[1] ?? "",
        ),
      )
      .filter((id) => !id.startsWith("remove-") && id !== "bring-back"),
  )
  assert.ok(parts.size > 10)
  assert.deepEqual(
    [...parts].filter((id) => !doc.includes(`\`${id}\``)),
    [],
  )
})

test("docs/companion.md names everything that a script stores on the router", () => {
  const names = new Set(
    scripts.flatMap((file) =>
      [
        ...readFileSync(join(root, file), "utf8").matchAll(
          /\/system (?:script|scheduler) add name="(ispvm-[a-z-]+)"/g,
        ),
      ].map((found) => found[1] ?? ""),
    ),
  )
  assert.ok(names.size > 5)
  assert.deepEqual(
    [...names].filter((name) => !doc.includes(`\`${name}\``)),
    [],
  )
})
