import assert from "node:assert/strict"
import { test } from "node:test"
import { certificateNames } from "../../platform/http/certificate-names.ts"
import {
  type CertificateReason,
  type CertificateRecord,
  certificateSentence,
  checkCertificateRecord,
  checkPeerCertificate,
  type PeerCertificate,
} from "./certificates.ts"

const shown: PeerCertificate = {
  serial: "1a",
  fingerprint: "ff",
  notBeforeMs: 10,
  notAfterMs: 20,
  ours: true,
}
const bySelf: [string, PeerCertificate | null, number, CertificateReason][] = [
  ["none", null, 15, "certificate-missing"],
  ["one of ours in time", shown, 15, "good"],
  ["a foreign one", { ...shown, ours: false }, 15, "certificate-foreign"],
  ["a foreign one that has expired", { ...shown, ours: false }, 30, "certificate-foreign"],
  ["one before its time by less than a clock may have been set back", shown, 9, "good"],
  ["one long before its time", shown, 10 - 25 * 3_600_000 - 1, "certificate-not-yet-valid"],
  ["one at its end", shown, 20, "certificate-expired"],
]
for (const [name, certificate, nowMs, reason] of bySelf)
  test(`${name} is ${reason}`, () => assert.equal(checkPeerCertificate(certificate, nowMs), reason))

const byRecord: [string, CertificateRecord | null, CertificateReason][] = [
  ["not on record", null, "certificate-unknown"],
  ["on record", { revoked: false, expiresAtMs: 20 }, "good"],
  ["revoked", { revoked: true, expiresAtMs: 20 }, "certificate-revoked"],
  ["expired on record", { revoked: false, expiresAtMs: 15 }, "certificate-expired"],
]
for (const [name, known, reason] of byRecord)
  test(`a certificate ${name} is ${reason}`, () => {
    assert.equal(checkCertificateRecord(known, 15), reason)
    if (reason !== "good") assert.match(certificateSentence(reason), /\.$/)
  })

test("the certificate of the agent API names each address once, and nothing that is not a name", () => {
  const names = certificateNames({
    binds: ["0.0.0.0", "10.0.0.1", "::"],
    publicHost: "noc.example.net",
    host: "Appliance_1",
    local: ["192.0.2.7", "10.0.0.1", "2001:db8::7", "127.0.0.1"],
  })
  assert.deepEqual(names, [
    "noc.example.net",
    "localhost",
    "10.0.0.1",
    "127.0.0.1",
    "::1",
    "192.0.2.7",
    "2001:db8::7",
  ])
})

test("an IPv6 address in PUBLIC_BASE_URL loses its brackets", () => {
  assert.equal(
    certificateNames({ binds: [], publicHost: "[2001:db8::1]", host: "h", local: [] })[0],
    "2001:db8::1",
  )
})
