/** What keeps an update from beginning: too little disk, a wrong clock, no database, no backup. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { enBackup } from "../../messages/en-backup.ts"
import { backUp } from "./backup.ts"
import { readDatabaseBytes } from "./database-store.ts"
import { clockFault, type Disk, programFault, SPARE_BYTES, spaceFault } from "./preflight.ts"
import { preflight } from "./prepare.ts"

const MB = 1e6
const needs = [
  { folder: "/opt", bytes: 300 * MB, what: "the new release" },
  { folder: "/work", bytes: 100 * MB, what: "the packages" },
  { folder: "/data", bytes: 500 * MB, what: "the backup" },
]
const disks =
  (root: number, data: number) =>
  (folder: string): Disk =>
    folder === "/data" ? { device: 2, freeBytes: data } : { device: 1, freeBytes: root }

test("needs on one disk are added up, and each disk keeps some to spare", () => {
  assert.equal(spaceFault(needs, disks(400 * MB + SPARE_BYTES, 500 * MB + SPARE_BYTES)), null)
  const short = spaceFault(needs, disks(400 * MB + SPARE_BYTES - 1, 900 * MB))
  assert.equal(short?.reason, "no-space")
  assert.match(
    short?.detail ?? "",
    /^450 MB are needed .*the new release in \/opt 300 MB.*450 MB are free$/,
  )
})

test("every disk that is short is named", () => {
  const { detail } = spaceFault(needs, disks(0, 0)) ?? { detail: "" }
  assert.match(detail, /450 MB are needed .*; 550 MB are needed/)
})

test("a program that fails on a full disk names the disk as the reason, others their own", () => {
  for (const said of [
    "dpkg: error: unable to write file: No space left on device",
    "ispvm backup: ENOSPC: no space left on device, write",
    enBackup["backup.disk-full"]({}),
  ])
    assert.deepEqual(programFault("install-failed", said), { reason: "no-space", detail: said })
  const other = "dpkg: dependency problems"
  const expected = { reason: "backup-failed", detail: other }
  assert.deepEqual(programFault("backup-failed", other), expected)
})

const MADE_MS = Date.UTC(2026, 10, 30)
for (const [what, nowMs, isSynchronized, expected] of [
  ["follows a time server", MADE_MS + 1, true, null],
  ["nobody knows whether it follows one", MADE_MS + 1, null, null],
  ["follows none", MADE_MS + 1, false, "clock"],
  ["is years behind, and follows one", MADE_MS - 1e11, true, "clock"],
  ["is an hour behind the build machine", MADE_MS - 3_600_000, true, null],
] as const)
  test(`a clock that ${what}: ${expected ?? "accepted"}`, () => {
    const fault = clockFault({ nowMs, isSynchronized, madeAtMs: MADE_MS })
    assert.equal(fault?.reason ?? null, expected)
  })

const PACKAGES = {
  ...{ version: "0.2.0", epochS: 0, bytes: 1, files: [] },
  signed: { manifest: "", signature: "" },
  ...{ appliance: "ispvm.deb", agent: "ispvm-agent.deb" },
}
test("a database that does not answer is the reason, before anything else is checked", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "ispvm-preflight-"))
  try {
    const settings = new Map([["DATABASE_URL", "postgres://ispvm@127.0.0.1:1/ispvm"]])
    const roles = ["postgres", "ispvm_owner", "ispvm_app"]
    const passwords = Object.fromEntries(
      roles.map((role) => [role, `${role}-password-of-this-test`]),
    )
    writeFileSync(join(dataDir, "database.json"), JSON.stringify(passwords))
    const fault = await preflight(PACKAGES, true, () => readDatabaseBytes({ dataDir, settings }))
    assert.equal(fault?.reason, "database")
    assert.match(fault?.detail ?? "", /^the database does not answer: .*ECONNREFUSED/)
    assert.doesNotMatch(fault?.detail ?? "", /-password-of-this-test/)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test("a backup that cannot be made is the reason, with what its program says", () => {
  const dir = mkdtempSync(join(tmpdir(), "ispvm-preflight-"))
  const file = join(dir, "program.mjs")
  const says = 'process.stderr.write(process.argv[2] + ": no room");'
  try {
    writeFileSync(file, `${says} process.exitCode = 1`)
    assert.deepEqual(backUp(file), { reason: "backup-failed", detail: "backup: no room" })
    writeFileSync(file, says)
    assert.equal(backUp(file), null)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
