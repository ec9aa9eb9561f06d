/** The watermarks on a real small filesystem, which only root can mount. */
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { promisify } from "node:util"
import { readDiskUse } from "../platform/disk-use.ts"

/** Fills the filesystem to some shares and prints the level after each. */
const FILLER = `
import { writeFileSync } from "node:fs"
import { createWatermarks } from ${JSON.stringify(join(import.meta.dirname, "../flow/series/watermarks.ts"))}
import { readDiskUse } from ${JSON.stringify(join(import.meta.dirname, "../platform/disk-use.ts"))}
const folder = process.argv[1]
const watermarks = createWatermarks({ readDisk: () => readDiskUse(folder) })
const { usedBytes, freeBytes } = await readDiskUse(folder)
for (const percent of [50, 85, 91, 96, 94, 92, 89, 87]) {
  const bytes = Math.floor(((usedBytes + freeBytes) * percent) / 100 - usedBytes)
  writeFileSync(folder + "/filler", Buffer.alloc(bytes, 1))
  await watermarks.refresh()
  console.log(percent, watermarks.level())
}
try {
  writeFileSync(folder + "/filler", Buffer.alloc(usedBytes + freeBytes + 1_000_000, 1))
} catch (error) {
  await watermarks.refresh()
  console.log(error.code, watermarks.level())
}`

const canMount = process.platform === "linux" && process.getuid?.() === 0

test("a real filesystem of 8 MB is filled past each watermark and emptied again", {
  skip: canMount ? false : "1 case did not run: mounting needs root",
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-small-disk-"))
  try {
    const script =
      'mount -t tmpfs -o size=8m tmpfs "$1" && exec "$2" --input-type=module -e "$3" "$1"'
    const args = ["--mount", "sh", "-c", script, "sh", folder, process.execPath, FILLER]
    const { stdout } = await promisify(execFile)("unshare", args)
    assert.deepEqual(stdout.trim().split("\n"), [
      "50 normal",
      "85 normal",
      "91 shorten",
      "96 stop",
      "94 stop",
      "92 shorten",
      "89 shorten",
      "87 normal",
      "ENOSPC stop",
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test("a folder that is not there has no disk to read", async () => {
  assert.equal(await readDiskUse("/no/such/folder"), null)
})
