import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { environment } from "../config.ts"

test("bench rca: without recordings it runs on generated networks and says so", () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-bench-rca-"))
  try {
    const { ISPVM_RECORDINGS: _, ...env } = environment()
    const file = join(folder, "figures.json")
    const options = ["--quick", "--cells", "quarter/3,tree", "--failures", "1", "--json", file]
    const run = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "main.ts"), "rca", ...options],
      { env, encoding: "utf8" },
    )
    assert.match(
      run.stderr,
      /ISPVM_RECORDINGS is not set: 1 cells on recorded networks did not run/,
    )
    const { rows } = JSON.parse(readFileSync(file, "utf8"))
    const names = rows.map((row: { cell: { name: string } }) => row.cell.name)
    assert.deepEqual(names, ["quarter/3", "tree/1", "tree/2", "tree/3"])
    for (const name of names) assert.match(run.stderr, new RegExp(`^${name} `, "m"))
    for (const line of run.stdout.split("\n").filter((text) => text !== "")) {
      const failure = JSON.parse(line)
      assert.ok(
        names.includes(failure.cell) &&
          failure.truth.length > 0 &&
          failure.document.observations.length > 0,
      )
      assert.notEqual(failure.rank, 0)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
test("bench rca: an unknown cell is rejected with the list of cells", () => {
  const run = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "main.ts"), "rca", "--cells", "nowhere"],
    {
      encoding: "utf8",
    },
  )
  assert.equal(run.status, 1)
  assert.match(run.stderr, /no such cell; the cells are all\/1, /)
})
