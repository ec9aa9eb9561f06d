/**
 * Of `npm run test:restore`: a backup of one PostgreSQL is restored by the other one, the embedded 18
 * and Debian's 17, with hypertables and with partitions.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { environment } from "../config.ts"
import { ensureRoot, reasonToSkip } from "../nspawn/root.ts"
import { type DebianPostgres, startDebianPostgres } from "./server.ts"

const PROGRAM = join(import.meta.dirname, "../../appliance/test/backup-across.ts")
const reason = reasonToSkip()
const work = mkdtempSync(join(tmpdir(), "ispvm-across-"))
let debian: DebianPostgres | undefined
after(async () => {
  await debian?.stop()
  rmSync(work, { recursive: true, force: true })
})

/** `embedded` has no TimescaleDB. */
type Server = "embedded" | "timescale" | "plain"
const run = async (server: Server, what: "make" | "restore", folder: string): Promise<string> => {
  debian ??= await startDebianPostgres(
    ensureRoot("trixie", (text) => console.log(text)),
    { isDurable: false },
  )
  assert.deepEqual([debian.version, debian.hasTimescale], ["17", true])
  const settings = server === "embedded" ? {} : { ISPVM_TEST_POSTGRES: debian.folder }
  const engine = server === "timescale" ? "auto" : "plain"
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, what, folder], {
    env: { ...environment(), NODE_NO_WARNINGS: "1", ISPVM_TEST_ENGINE: engine, ...settings },
    encoding: "utf8",
  })
  assert.equal(status, 0, `${server}: ${stderr}`)
  return stdout.trim()
}

const PAIRS: readonly (readonly [Server, Server])[] = [
  ["embedded", "timescale"],
  ["embedded", "plain"],
  ["timescale", "embedded"],
  ["plain", "embedded"],
  ["timescale", "plain"],
  ["plain", "timescale"],
]
const NAMES = {
  embedded: "PostgreSQL 18",
  timescale: "PostgreSQL 17 with TimescaleDB",
  plain: "PostgreSQL 17",
} as const

for (const [from, to] of PAIRS)
  test(`restore: from ${NAMES[from]} to ${NAMES[to]}`, { skip: reason ?? false }, async (t) => {
    const folder = mkdtempSync(join(work, "backup-"))
    await run(from, "make", folder)
    t.diagnostic(await run(to, "restore", folder))
  })
