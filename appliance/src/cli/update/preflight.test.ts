/** What keeps an update from beginning: too little disk, a wrong clock. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { clockFault, type Disk, SPARE_BYTES, spaceFault } from "./preflight.ts"

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
