import assert from "node:assert/strict"
import { generateKeyPairSync, X509Certificate } from "node:crypto"
import { test } from "node:test"
import { createRoot } from "../../test/fake-appliance.ts"
import { checkServer } from "./trust.ts"

const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString()
const NOW = Date.now()
const HOUR = 3_600_000
const root = createRoot()
/** The same name with another key: only the signature shows the issuer. */
const other = createRoot()
const read = (pem: string): X509Certificate => new X509Certificate(pem)
const server = read(root.issue("server", publicPem, "serverAuth"))
const rootCertificate = read(root.rootPem)

const cases: [string, readonly X509Certificate[], number, string][] = [
  ["a server of our root is good", [server], NOW, "good"],
  ["also where the root is sent along", [server, rootCertificate], NOW, "good"],
  ["before its dates", [server], NOW - HOUR, "not-yet-valid"],
  ["after its dates", [server], NOW + 2 * HOUR, "expired"],
  [
    "a server of another root, whatever the time",
    [read(other.issue("server", publicPem, "serverAuth"))],
    NOW,
    "untrusted",
  ],
  [
    "an agent's certificate",
    [read(root.issue("agent", publicPem, "clientAuth"))],
    NOW,
    "untrusted",
  ],
  [
    "an expired agent's certificate is not excused by its dates",
    [read(root.issue("agent", publicPem, "clientAuth"))],
    NOW + 2 * HOUR,
    "untrusted",
  ],
  ["nothing at all", [], NOW, "untrusted"],
  ["the root alone", [rootCertificate], NOW, "untrusted"],
  [
    "a server that poses as an authority",
    [read(root.issue("x", publicPem, "serverAuth")), server],
    NOW,
    "untrusted",
  ],
  ["more authorities than ours has", [server, server, server], NOW, "untrusted"],
]
for (const [name, chain, atMs, status] of cases)
  test(`trust: ${name} is ${status}`, () =>
    assert.equal(checkServer(chain, rootCertificate, atMs), status))
