/** The provider's certificate of the UI: used while it is valid, named and replaced when it is not. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { openAuthority } from "@ispvm/pki"
import { CHAIN_FILE, checkCertificate, KEY_FILE } from "../machine/ui-certificate.ts"
import { createUiAuthority } from "./own-certificate.ts"

const YEAR_MS = 366 * 24 * 3_600_000
const makePair = async (directory: string) => {
  const other = await openAuthority({ directory, now: Date.now, caBits: 2_048, leafBits: 2_048 })
  const { certificate, keyPem } = await other.issueServer(["noc.example.net"])
  return { chain: certificate.pem + other.issuingPem, key: keyPem }
}

test("a pair in the data folder is served; without it, or with a wrong one, our own is", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "ispvm-certificate-"))
  try {
    const pair = await makePair(join(dataDir, "other"))
    const own = { certificate: { pem: "own", serial: "1" }, keyPem: "own", fresh: false }
    const logged: unknown[] = []
    const authority = createUiAuthority({
      dataDir,
      authority: { ensureServer: async () => own as never, issuingPem: "issuing" },
      now: Date.now,
      log: { info: () => undefined, warn: (fields: unknown) => logged.push(fields) },
    })
    assert.equal((await authority.ensureServer("screens", [])).keyPem, "own")
    assert.equal(authority.issuingPem, "issuing")
    const before = authority.version()
    writeFileSync(join(dataDir, KEY_FILE), pair.key)
    writeFileSync(join(dataDir, CHAIN_FILE), pair.chain)
    assert.notEqual(authority.version(), before)
    const used = await authority.ensureServer("screens", [])
    assert.equal(used.fresh, true)
    assert.equal(used.certificate.pem + authority.issuingPem, pair.chain)
    assert.equal((await authority.ensureServer("screens", [])).fresh, false)
    assert.ok((authority.expiresAtMs() ?? 0) > Date.now())
    assert.deepEqual(authority.hostNames(), ["noc.example.net"])
    writeFileSync(join(dataDir, KEY_FILE), (await makePair(join(dataDir, "third"))).key)
    assert.equal((await authority.ensureServer("screens", [])).keyPem, "own")
    assert.equal(authority.fault(), "key-does-not-fit")
    assert.deepEqual(authority.hostNames(), [])
    assert.deepEqual(logged, [{ reason: "key-does-not-fit" }])
    assert.equal(checkCertificate(pair.chain, pair.key, Date.now() + 3 * YEAR_MS), "expired")
    assert.equal(checkCertificate("x", pair.key, 0), "not-pem")
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})
