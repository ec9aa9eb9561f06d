import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import forge from "node-forge"
import { openAuthority } from "./authority.ts"
import { readRevocations, revocationOf, withRevocation } from "./revoke.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-pki-cli-"))
const dir = join(folder, "ca")
after(() => rmSync(folder, { recursive: true, force: true }))

const pki = (...args: string[]) => {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    encoding: "utf8",
  })
  return { code: run.status, out: run.stdout, err: run.stderr }
}
const csrFile = (): string => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  const csr = forge.pki.createCertificationRequest()
  csr.publicKey = forge.pki.publicKeyFromPem(
    publicKey.export({ type: "spki", format: "pem" }).toString(),
  )
  csr.sign(
    forge.pki.privateKeyFromPem(privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    forge.md.sha256.create(),
  )
  writeFileSync(join(folder, "a.csr"), forge.pki.certificationRequestToPem(csr))
  return join(folder, "a.csr")
}

test("from an empty directory to a valid certificate that is then revoked", async () => {
  const authority = await openAuthority({ directory: dir, now: Date.now, caBits: 2048 })
  assert.match(pki("fingerprint", "--dir", dir).out, new RegExp(authority.fingerprint))
  const issued = pki(
    "issue-agent",
    "--dir",
    dir,
    "--csr",
    csrFile(),
    "--name",
    "pop-1",
    "--out",
    join(folder, "a.crt"),
  )
  assert.equal(issued.code, 0, issued.err)
  assert.equal(readFileSync(join(folder, "a.crt"), "utf8").match(/BEGIN CERTIFICATE/g)?.length, 2)
  assert.deepEqual(pki("verify", "--dir", dir, "--cert", join(folder, "a.crt")), {
    code: 0,
    out: "good\n",
    err: "",
  })
  assert.equal(
    pki("revoke", "--dir", dir, "--cert", join(folder, "a.crt"), "--reason", "lost").code,
    0,
  )
  const result = pki("verify", "--dir", dir, "--cert", join(folder, "a.crt"))
  assert.equal(result.code, 1)
  assert.match(result.out, /^revoked at .*: lost\n$/)
})

const usageCases: [string, string[], number, RegExp][] = [
  ["no such command", ["frob"], 2, /there is no command frob/],
  ["no such option", ["show", "--frob"], 2, /Unknown option '--frob'/],
  ["a missing option", ["show", "--dir", dir], 2, /--cert is missing/],
  [
    "a missing file",
    ["show", "--dir", dir, "--cert", join(folder, "none")],
    1,
    /none: there is no such file/,
  ],
  [
    "a directory without an authority",
    ["show", "--dir", join(folder, "no"), "--cert", "x"],
    1,
    /there is no authority here/,
  ],
]
for (const [name, args, code, message] of usageCases)
  test(`${name}: exit code ${code} and a line that says so`, () => {
    const run = pki(...args)
    assert.equal(run.code, code)
    assert.match(run.err, message)
    assert.doesNotMatch(run.err, /\n\s+at /)
  })

test("revoking twice keeps the first time and reason", () => {
  const once = withRevocation([], { serial: "0A:BC", atMs: 1, reason: "lost" })
  assert.deepEqual(withRevocation(once, { serial: "abc", atMs: 2, reason: "again" }), once)
  assert.equal(revocationOf(once, "ABC")?.reason, "lost")
})

test("a damaged revocation list is an error, never an empty list", async () => {
  writeFileSync(join(folder, "revoked.json"), "{")
  await assert.rejects(readRevocations(folder), /not a list of revocations/)
})
