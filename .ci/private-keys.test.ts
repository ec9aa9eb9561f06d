/** No private key is committed but those of the fixtures, which protect nothing. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { lstatSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"

const root = join(import.meta.dirname, "..")
const OLD_DATA = "appliance/test/fixtures/data-0021/files"
/** Recorded with the first release, and used nowhere else (`appliance/test/fixtures/README.md`). */
const FIXTURES = [
  "appliance/test/fixtures/agent-v1/identity.json",
  `${OLD_DATA}/master.key`,
  ...["door", "issuing", "push", "root"].map((name) => `${OLD_DATA}/pki/${name}.key`),
]

/** With its bytes behind it: a page may show where a key begins. Headers are of an encrypted one. */
const PEM =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\s*(?:[A-Z][\w-]*: [^\n]*\n\s*)*[A-Za-z0-9+/=]{40}/
const AGE = /AGE-SECRET-KEY-1[A-Z0-9]{40}/
const KEY_FILE = /\.(?:key|p12|pfx|jks|ppk)$|(?:^|\/)id_(?:rsa|ecdsa|ed25519)$/

const isPrivateKey = (name: string, text: string): boolean =>
  KEY_FILE.test(name) || PEM.test(text.replaceAll(/(?:\\[nr])+/g, "\n")) || AGE.test(text)

/** Known to git, and new ones that it does not ignore. */
const files = (): readonly string[] =>
  execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  })
    .split("\0")
    .filter((name) => lstatSync(join(root, name), { throwIfNoEntry: false })?.isFile() === true)

test("no private key is committed but those of the fixtures", () => {
  const found = files().filter((name) =>
    isPrivateKey(name, readFileSync(join(root, name), "latin1")),
  )
  assert.deepEqual(found.toSorted(), FIXTURES.toSorted())
})

test("a key is found in every form in which one may be committed", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString()
  const sec1 = privateKey.export({ type: "sec1", format: "pem" }).toString()
  const encrypted = privateKey.export({
    ...{ type: "sec1", format: "pem" },
    ...{ cipher: "aes-256-cbc", passphrase: "x" },
  })
  const forms = [
    pem,
    sec1,
    `${encrypted}`,
    JSON.stringify({ key: pem }),
    pem.replaceAll("\n", "\r\n"),
  ]
  for (const form of [...forms, pem.replaceAll(/^/gm, "      ")])
    assert.ok(isPrivateKey("notes.txt", form), form.slice(0, 60))
  assert.ok(isPrivateKey("notes.txt", `AGE-SECRET-KEY-1${"Q".repeat(58)}`))
  assert.ok(isPrivateKey("images/release.key", "binary"))
  assert.ok(!isPrivateKey("page.md", "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----"))
})
