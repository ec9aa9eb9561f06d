import assert from "node:assert/strict"
import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { test } from "node:test"
import fc from "fast-check"
import forge from "node-forge"
import { type CsrRejection, readCsr } from "./csr.ts"

const { asn1 } = forge
const SEQUENCE = asn1.Type.SEQUENCE
const universal = (type: forge.asn1.Type, value: string | forge.asn1.Asn1[]): forge.asn1.Asn1 =>
  asn1.create(asn1.Class.UNIVERSAL, type, typeof value !== "string", value)
const oid = (text: string): forge.asn1.Asn1 =>
  universal(asn1.Type.OID, asn1.oidToDer(text).getBytes())
const bits = (bytes: Buffer): forge.asn1.Asn1 =>
  universal(asn1.Type.BITSTRING, `\0${bytes.toString("binary")}`)
const pemOf = (type: string, body: string): string => forge.pem.encode({ type, body })

type Keys = { publicKey: KeyObject; privateKey: KeyObject }
/** A request built by hand, so that any key and any signature can be used. */
const requestOf = (
  keys: Keys,
  { digest = "sha256", signOid = "1.2.840.113549.1.1.11", spoil = false } = {},
): string => {
  const spki = keys.publicKey.export({ type: "spki", format: "der" })
  const info = universal(SEQUENCE, [
    universal(asn1.Type.INTEGER, "\0"),
    universal(SEQUENCE, []),
    asn1.fromDer(spki.toString("binary")),
    asn1.create(asn1.Class.CONTEXT_SPECIFIC, asn1.Type.NONE, true, []),
  ])
  const signature = sign(
    digest,
    Buffer.from(asn1.toDer(info).getBytes(), "binary"),
    keys.privateKey,
  )
  if (spoil) signature[40] = (signature[40] ?? 0) ^ 1
  const whole = universal(SEQUENCE, [
    info,
    universal(SEQUENCE, [oid(signOid), universal(asn1.Type.NULL, "")]),
    bits(signature),
  ])
  return pemOf("CERTIFICATE REQUEST", asn1.toDer(whole).getBytes())
}
const rsa = (modulusLength: number, publicExponent = 65_537): Keys =>
  generateKeyPairSync("rsa", { modulusLength, publicExponent })

const good = requestOf(rsa(2048))
const small = rsa(1024)

test("a request signed by its own RSA key of 2048 bits is accepted", () => {
  const read = readCsr(good)
  assert.ok(read.ok)
  assert.equal(read.key.asymmetricKeyDetails?.modulusLength, 2048)
})

const rejections: [string, string, CsrRejection][] = [
  ["nothing", "", "not-pem"],
  ["a text that is no PEM", "hello", "not-pem"],
  ["another kind of PEM", pemOf("CERTIFICATE", "abc"), "not-pem"],
  ["PEM around nothing", pemOf("CERTIFICATE REQUEST", ""), "not-a-request"],
  ["PEM around noise", pemOf("CERTIFICATE REQUEST", "noise that is not DER"), "not-a-request"],
  ["more text than any request has", `${good}${" ".repeat(20_000)}`, "too-long"],
  [
    "sequences nested without end",
    pemOf("CERTIFICATE REQUEST", "\x30\x80".repeat(5_000)),
    "not-a-request",
  ],
  [
    "a request whose signature was touched",
    requestOf(rsa(2048), { spoil: true }),
    "signature-wrong",
  ],
  [
    "a request signed by another key",
    requestOf({ publicKey: rsa(2048).publicKey, privateKey: rsa(2048).privateKey }),
    "signature-wrong",
  ],
  ["an RSA key of 1024 bits", requestOf(small), "key-too-small"],
  ["an RSA key of 512 bits", requestOf(rsa(512)), "key-too-small"],
  ["an exponent of 3", requestOf(rsa(2048, 3)), "key-exponent"],
  [
    "an elliptic curve",
    requestOf(generateKeyPairSync("ec", { namedCurve: "P-256" })),
    "key-not-rsa",
  ],
  [
    "a signature by SHA-1",
    requestOf(rsa(2048), { digest: "sha1", signOid: "1.2.840.113549.1.1.5" }),
    "signature-algorithm",
  ],
]
for (const [name, text, reason] of rejections)
  test(`${name} is rejected as ${reason}`, () => {
    const read = readCsr(text)
    assert.ok(!read.ok)
    assert.equal(read.reason, reason)
    assert.notEqual(read.message, "")
  })

test("a key that is too large is rejected before its signature is checked", () => {
  // Built from numbers, not generated: 16,384 bits would take minutes.
  const modulus = `\0\xff${"\xab".repeat(2046)}\xcd`
  const key = universal(SEQUENCE, [
    universal(asn1.Type.INTEGER, modulus),
    universal(asn1.Type.INTEGER, "\x01\x00\x01"),
  ])
  const spki = universal(SEQUENCE, [
    universal(SEQUENCE, [oid("1.2.840.113549.1.1.1"), universal(asn1.Type.NULL, "")]),
    bits(Buffer.from(asn1.toDer(key).getBytes(), "binary")),
  ])
  const info = universal(SEQUENCE, [
    universal(asn1.Type.INTEGER, "\0"),
    universal(SEQUENCE, []),
    spki,
  ])
  const whole = universal(SEQUENCE, [
    info,
    universal(SEQUENCE, [oid("1.2.840.113549.1.1.11"), universal(asn1.Type.NULL, "")]),
    bits(Buffer.alloc(2048, 1)),
  ])
  const read = readCsr(pemOf("CERTIFICATE REQUEST", asn1.toDer(whole).getBytes()))
  assert.ok(!read.ok)
  assert.equal(read.reason, "key-too-large")
})

test("any bytes get an answer and never crash", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      assert.equal(
        readCsr(pemOf("CERTIFICATE REQUEST", Buffer.from(bytes).toString("binary"))).ok,
        false,
      )
    }),
    { numRuns: 300 },
  )
})

test("a valid request with any byte changed is rejected: its signature covers everything", () => {
  const der = Buffer.from(forge.pem.decode(good)[0]?.body ?? "", "binary")
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const touched = Buffer.from(der)
      touched[at] = (touched[at] ?? 0) ^ flip
      const read = readCsr(pemOf("CERTIFICATE REQUEST", touched.toString("binary")))
      // The algorithm identifier is not signed: SHA-256's NULL parameter may become another empty
      // tag; the key stays the same.
      if (read.ok)
        assert.equal(at > der.length - 256 - 8, true, `byte ${at} changed by ${flip} was taken`)
    }),
    { numRuns: 300 },
  )
})

test("a PSS signature is not taken for the PKCS #1 one that it claims to be", () => {
  const keys = rsa(2048)
  const pss = (data: Buffer): Buffer =>
    sign("sha256", data, { key: keys.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING })
  const block = forge.pem.decode(requestOf(keys))[0]?.body ?? ""
  const touched = Buffer.from(block, "binary")
  pss(Buffer.from("any")).copy(touched, touched.length - 256)
  const read = readCsr(pemOf("CERTIFICATE REQUEST", touched.toString("binary")))
  assert.ok(!read.ok)
  assert.equal(read.reason, "signature-wrong")
})
