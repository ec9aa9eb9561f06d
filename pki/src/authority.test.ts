import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { generateKeyPairSync, X509Certificate } from "node:crypto"
import { once } from "node:events"
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { connect, createServer, type TLSSocket } from "node:tls"
import forge from "node-forge"
import { type Authority, openAuthority } from "./authority.ts"
import { FileError } from "./files.ts"

const DAY = 86_400_000
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0
const needsOpenssl = hasOpenssl ? {} : { skip: "no openssl here" }

let directory = ""
let authority: Authority
let other: Authority // With the same name.
const open = (dir: string, now = Date.now): Promise<Authority> =>
  openAuthority({ directory: dir, now, caBits: 2048 })

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 })
const keyPem = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString()
/** Requests names and rights that it must not get. */
const greedyCsr = (): string => {
  const csr = forge.pki.createCertificationRequest()
  csr.publicKey = forge.pki.publicKeyFromPem(
    keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
  )
  csr.setSubject([{ name: "commonName", value: "root of all" }])
  csr.setAttributes([
    {
      name: "extensionRequest",
      extensions: [
        { name: "basicConstraints", cA: true },
        { name: "keyUsage", keyCertSign: true },
      ],
    },
  ])
  csr.sign(forge.pki.privateKeyFromPem(keyPem), forge.md.sha256.create())
  return forge.pki.certificationRequestToPem(csr)
}
const issueAgent = (from: Authority, commonName = "agent-1"): string => {
  const answer = from.issueAgent(greedyCsr(), { commonName, uri: `urn:ispvm:agent:${commonName}` })
  assert.ok(answer.ok)
  return answer.issued.pem
}

/** Generating keys is slow: if only the files matter, they are copied. */
const copyOfMain = async (): Promise<string> => {
  const folder = await mkdtemp(join(directory, "copy-"))
  for (const name of ["root.crt", "root.key", "issuing.crt", "issuing.key"])
    await copyFile(join(directory, "main", name), join(folder, name))
  return folder
}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "ispvm-pki-"))
  authority = await open(join(directory, "main"))
  other = await open(join(directory, "other"))
})
after(() => rm(directory, { recursive: true, force: true }))

test("only their owner can read keys, and no temporary file is left", async () => {
  const names = (await readdir(join(directory, "main"))).sort()
  assert.deepEqual(names, ["issuing.crt", "issuing.key", "root.crt", "root.key"])
  for (const name of ["root.key", "issuing.key"])
    assert.equal((await stat(join(directory, "main", name))).mode & 0o777, 0o600)
})

test("opening it again changes nothing", async () => {
  const again = await open(join(directory, "main"))
  assert.equal(again.rootPem, authority.rootPem)
  assert.equal(again.issuingPem, authority.issuingPem)
  assert.match(again.fingerprint, /^[A-Za-z0-9_-]{43}$/)
})

test("an agent's certificate has the names that the caller gives, whatever the request contains", () => {
  const certificate = new X509Certificate(issueAgent(authority))
  assert.equal(certificate.subject, "CN=agent-1")
  assert.equal(certificate.subjectAltName, "URI:urn:ispvm:agent:agent-1")
  assert.equal(certificate.ca, false)
  assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.2"])
  assert.ok(authority.hasSigned(certificate))
})

test("a certificate of another authority with the same name is rejected", async () => {
  assert.equal(authority.hasSigned(new X509Certificate(issueAgent(other))), false)
  assert.notEqual(other.fingerprint, authority.fingerprint)
})

test(
  "openssl's strictest check accepts both kinds of certificate, each for its own purpose only",
  needsOpenssl,
  async () => {
    const server = await authority.issueServer(["localhost", "127.0.0.1", "::1"])
    await writeFile(join(directory, "server.crt"), server.certificate.pem)
    await writeFile(join(directory, "agent.crt"), issueAgent(authority))
    const verify = (purpose: string, file: string) => {
      const chain = [
        "-CAfile",
        join(directory, "main/root.crt"),
        "-untrusted",
        join(directory, "main/issuing.crt"),
      ]
      return spawnSync("openssl", [
        "verify",
        "-x509_strict",
        "-purpose",
        purpose,
        ...chain,
        join(directory, file),
      ]).status
    }
    assert.equal(verify("sslserver", "server.crt"), 0)
    assert.equal(verify("sslclient", "agent.crt"), 0)
    assert.notEqual(verify("sslserver", "agent.crt"), 0)
    assert.notEqual(verify("sslclient", "server.crt"), 0)
  },
)

test("a request made by openssl is accepted", needsOpenssl, () => {
  const args = [
    "req",
    "-new",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    "/dev/null",
    "-subj",
    "/CN=pop",
  ]
  const csr = execFileSync("openssl", args, { stdio: ["ignore", "pipe", "ignore"] }).toString()
  assert.ok(authority.issueAgent(csr, { commonName: "pop", uri: "urn:ispvm:agent:pop" }).ok)
})

/** The result of one handshake on each side. */
const handshake = async (client: { cert?: string; key?: string; servername?: string }) => {
  const { certificate, keyPem: key } = await authority.issueServer(["localhost", "127.0.0.1"])
  const server = createServer({
    key,
    cert: certificate.pem + authority.issuingPem,
    ca: [authority.rootPem],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const seen = once(server, "secureConnection")
  const socket = connect({ port, host: "127.0.0.1", ca: [authority.rootPem], ...client })
  await once(socket, "secureConnect")
  const [peer] = (await seen) as [TLSSocket]
  const outcome = {
    server: socket.authorized,
    client: peer.authorized,
    protocol: socket.getProtocol(),
  }
  socket.destroy()
  peer.destroy()
  server.close()
  await once(server, "close")
  return outcome
}

test("both ends of a TLS 1.3 connection accept each other with only the root", async () => {
  const outcome = await handshake({
    cert: issueAgent(authority) + authority.issuingPem,
    key: keyPem,
    servername: "localhost",
  })
  assert.deepEqual(outcome, { server: true, client: true, protocol: "TLSv1.3" })
})

test("a client of another authority is not authorized", async () => {
  const outcome = await handshake({ cert: issueAgent(other) + other.issuingPem, key: keyPem })
  assert.deepEqual(outcome, { server: true, client: false, protocol: "TLSv1.3" })
})

test("a server's certificate is kept, and replaced when its names or its age require it", async () => {
  const folder = await copyOfMain()
  const first = await (await open(folder)).ensureServer("server", ["localhost", "127.0.0.1", "::1"])
  assert.ok(first.fresh)
  assert.equal((await stat(join(folder, "server.key"))).mode & 0o777, 0o600)
  const same = await (await open(folder)).ensureServer("server", ["localhost", "127.0.0.1", "::1"])
  assert.equal(same.fresh, false)
  assert.equal(same.certificate.serial, first.certificate.serial)
  for (const names of [
    ["localhost", "127.0.0.1"],
    ["localhost", "127.0.0.1", "::1", "10.0.0.1"],
    ["localhost", "127.0.0.1", "::2"],
  ])
    assert.ok((await (await open(folder)).ensureServer("server", names)).fresh, names.join())
  const later = await open(folder, () => Date.now() + 300 * DAY)
  assert.ok((await later.ensureServer("server", ["localhost", "127.0.0.1", "::2"])).fresh)
})

test("an issuing authority past two thirds of its lifetime is replaced, and its certificates stay valid", async () => {
  const folder = await copyOfMain()
  const young = await open(folder)
  const certificate = new X509Certificate(issueAgent(young))
  const old = await open(folder, () => Date.now() + 4 * 365 * DAY)
  assert.notEqual(old.issuingPem, young.issuingPem)
  assert.equal(old.rootPem, young.rootPem)
  assert.ok(old.hasSigned(certificate))
})

test("the next start recovers from a power failure in the middle of that renewal", async () => {
  const folder = await copyOfMain()
  const certificate = new X509Certificate(issueAgent(await open(folder)))
  const later = () => Date.now() + 4 * 365 * DAY
  await open(folder, later)
  await rm(join(folder, "issuing.crt")) // As if it had not been written yet.
  const after = await open(folder, later)
  assert.ok(after.hasSigned(certificate))
  assert.ok(after.hasSigned(new X509Certificate(issueAgent(after))))
})

test("inconsistent files of a server are generated again", async () => {
  const folder = await copyOfMain()
  const first = await (await open(folder)).ensureServer("server", ["localhost"])
  await writeFile(join(folder, "server.key"), "junk")
  const second = await (await open(folder)).ensureServer("server", ["localhost"])
  assert.ok(second.fresh)
  await writeFile(join(folder, "server.crt"), first.certificate.pem)
  assert.ok((await (await open(folder)).ensureServer("server", ["localhost"])).fresh)
})

const faults: [string, (folder: string) => Promise<void>, RegExp][] = [
  [
    "a key that is not one",
    (p) => writeFile(join(p, "issuing.key"), "junk"),
    /issuing\.key: this is not a PEM private key/,
  ],
  [
    "a certificate that is not one",
    (p) => writeFile(join(p, "root.crt"), "junk"),
    /root\.crt: this is not a PEM certificate/,
  ],
  [
    "another key's file",
    async (p) => writeFile(join(p, "issuing.key"), await readFile(join(p, "root.key"))),
    /issuing\.key: this key does not belong to issuing\.crt/,
  ],
  ["a lost root", (p) => rm(join(p, "root.crt")), /root\.crt: missing beside issuing\.crt/],
  [
    "a lost issuing key without the root's",
    async (p) => {
      await rm(join(p, "issuing.key"))
      await rm(join(p, "root.key"))
    },
    /root\.key: the root's key is needed/,
  ],
  [
    "an issuing authority of another root",
    async (p) => {
      for (const end of ["crt", "key"])
        await writeFile(
          join(p, `issuing.${end}`),
          await readFile(join(directory, "other", `issuing.${end}`)),
        )
    },
    /issuing\.crt: this authority was not signed by root\.crt/,
  ],
]
for (const [name, spoil, message] of faults)
  test(`${name} is reported with its file, and nothing is overwritten`, async () => {
    const folder = await copyOfMain()
    await spoil(folder)
    const names = await readdir(folder)
    await assert.rejects(open(folder), (error: unknown) => {
      assert.ok(error instanceof FileError)
      assert.match(error.message, message)
      return true
    })
    assert.deepEqual(await readdir(folder), names)
  })

test("without the root's key everything but a new issuing authority works", async () => {
  const folder = await copyOfMain()
  await rm(join(folder, "root.key"))
  assert.ok((await open(folder)).hasSigned(new X509Certificate(issueAgent(await open(folder)))))
})

test("a common name longer than X.509 allows is an error of the caller", () => {
  assert.throws(
    () => authority.issueAgent(greedyCsr(), { commonName: "n".repeat(65), uri: "urn:x" }),
    /1 to 64 characters/,
  )
})
