import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { loadMasterKey, parseMasterKey } from "./master-key.ts"
import { seal, unseal } from "./seal.ts"

test("an encrypted value is decrypted with its key in its place only", () => {
  const key = randomBytes(32)
  const sealed = seal(key, "credential a 1", "s3cret é")
  assert.deepEqual(unseal(key, "credential a 1", sealed), { ok: true, text: "s3cret é" })
  assert.notDeepEqual(seal(key, "credential a 1", "s3cret é"), sealed)
  assert.equal(sealed.includes("s3cret"), false)
  assert.deepEqual(unseal(randomBytes(32), "credential a 1", sealed), { ok: false })
  assert.deepEqual(unseal(key, "credential b 1", sealed), { ok: false })
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Buffer.from(sealed)
    changed[index] = (changed[index] ?? 0) ^ 1
    assert.deepEqual(unseal(key, "credential a 1", changed), { ok: false }, `byte ${index}`)
  }
  for (const length of [0, 1, 28])
    assert.deepEqual(unseal(key, "credential a 1", sealed.subarray(0, length)), { ok: false })
})

test("the master key is generated once, readable by its owner only, or given in hex or base64", () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-key-"))
  const made = loadMasterKey(null, folder)
  assert.equal(made.length, 32)
  assert.deepEqual(loadMasterKey(null, folder), made)
  assert.equal(statSync(join(folder, "master.key")).mode & 0o777, 0o600)
  assert.deepEqual(parseMasterKey(made.toString("hex")), made)
  assert.deepEqual(parseMasterKey(made.toString("base64")), made)
  for (const text of ["", "short", "g".repeat(64), "a".repeat(42)])
    assert.equal(parseMasterKey(text), null, text)
  writeFileSync(join(folder, "master.key"), "damaged")
  assert.throws(() => loadMasterKey(null, folder), /master\.key: expected 32 bytes/)
  rmSync(folder, { recursive: true })
})
