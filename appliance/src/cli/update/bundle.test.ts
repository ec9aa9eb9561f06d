/** Bundles as they arrive: complete, cut off, changed, of somebody else, with more in them. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { generateKeyPairSync, randomBytes } from "node:crypto"
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { digestFile, type Manifest, signManifest } from "@ispvm/wire/signed-manifest"
import { checkBundle, FOR_AGENTS, type Installed, unpackBundle } from "./bundle.ts"
import { publishForAgents } from "./publish.ts"

const work = mkdtempSync(join(tmpdir(), "ispvm-bundle-"))
after(() => rmSync(work, { recursive: true, force: true }))

const own = generateKeyPairSync("ed25519")
const foreign = generateKeyPairSync("ed25519")
const PACKAGE_BYTES = 100_000

type Made = {
  readonly version?: string
  readonly architecture?: string
  readonly key?: typeof own.privateKey
  readonly change?: (folder: string) => void
  readonly members?: readonly string[]
  /** Further packages, signed with the others. */
  readonly others?: readonly string[]
}
let made = 0
/** Writes a bundle and returns its path. `change` works on the members before they are packed. */
const bundle = async ({
  version = "0.2.0",
  architecture = "amd64",
  key = own.privateKey,
  change = () => undefined,
  members = [],
  others = [],
}: Made = {}): Promise<string> => {
  const folder = join(work, String(made++))
  mkdirSync(folder)
  const names = [
    `ispvm_${version}_${architecture}.deb`,
    `ispvm-agent_${version}_${architecture}.deb`,
    ...others,
  ]
  for (const name of names) writeFileSync(join(folder, name), randomBytes(PACKAGE_BYTES))
  const files: Manifest["files"] = []
  for (const name of names) files.push({ name, ...(await digestFile(join(folder, name))) })
  const signed = signManifest(
    { format: 1, product: "ispvm", version, commit: "0".repeat(40), epochS: 1, files },
    key,
  )
  writeFileSync(join(folder, "manifest.json"), signed.manifest)
  writeFileSync(join(folder, "manifest.sig"), signed.signature)
  change(folder)
  const file = `${folder}.ispvm`
  const all = ["manifest.json", "manifest.sig", ...names].filter((name) =>
    readdirSync(folder).includes(name),
  )
  execFileSync("tar", [
    "--create",
    "--format=ustar",
    `--file=${file}`,
    "-C",
    folder,
    ...all,
    ...members,
  ])
  return file
}

const installed: Installed = {
  version: "0.1.0",
  architecture: "amd64",
  isLater: (one, other) => one > other,
}
const reasonOf = (file: string): string => {
  const checked = checkBundle(file, [own.publicKey], installed)
  return checked.ok ? "accepted" : checked.reason
}
const withoutEnd = (file: string): string => {
  truncateSync(file, readFileSync(file).length - PACKAGE_BYTES)
  return file
}

const cases: readonly (readonly [string, string, () => Promise<string>])[] = [
  ["a complete bundle", "accepted", () => bundle()],
  [
    "one with the agent of another processor",
    "accepted",
    () => bundle({ others: ["ispvm-agent_0.2.0_arm64.deb"] }),
  ],
  [
    "one with a package of somebody else",
    "unexpected-file",
    () => bundle({ others: ["other_0.2.0_amd64.deb"] }),
  ],
  ["a bundle that was cut off", "truncated", async () => withoutEnd(await bundle())],
  [
    "an empty file",
    "not-a-bundle",
    async () => {
      writeFileSync(join(work, "empty"), "")
      return join(work, "empty")
    },
  ],
  [
    "a compressed bundle",
    "not-a-bundle",
    async () => {
      const file = await bundle()
      execFileSync("gzip", [file])
      return `${file}.gz`
    },
  ],
  [
    "no signature",
    "unsigned",
    () => bundle({ change: (folder) => rmSync(join(folder, "manifest.sig")) }),
  ],
  [
    "no manifest",
    "not-a-bundle",
    () => bundle({ change: (folder) => rmSync(join(folder, "manifest.json")) }),
  ],
  ["a signature of somebody else", "foreign-key", () => bundle({ key: foreign.privateKey })],
  [
    "a manifest that was edited",
    "changed",
    () =>
      bundle({
        change: (folder) => {
          const file = join(folder, "manifest.json")
          writeFileSync(file, readFileSync(file, "utf8").replace('"epochS": 1', '"epochS": 2'))
        },
      }),
  ],
  ["an older release", "older", () => bundle({ version: "0.0.9" })],
  ["the installed release", "same-version", () => bundle({ version: "0.1.0" })],
  ["packages for another processor", "other-architecture", () => bundle({ architecture: "arm64" })],
  [
    "a file more",
    "unexpected-file",
    () =>
      bundle({
        change: (folder) => writeFileSync(join(folder, "more"), ""),
        members: ["more"],
      }),
  ],
  [
    "a name with a path",
    "unexpected-file",
    () =>
      bundle({
        change: (folder) => {
          mkdirSync(join(folder, "etc"))
          copyFileSync("/etc/hostname", join(folder, "etc/hostname"))
        },
        members: ["etc/hostname"],
      }),
  ],
  [
    "a link in place of a package",
    "unexpected-file",
    () =>
      bundle({
        change: (folder) => {
          rmSync(join(folder, "ispvm_0.2.0_amd64.deb"))
          symlinkSync("/etc/shadow", join(folder, "ispvm_0.2.0_amd64.deb"))
        },
      }),
  ],
  ["the same name twice", "unexpected-file", () => bundle({ members: ["manifest.json"] })],
  [
    "a package that is missing",
    "truncated",
    () => bundle({ change: (folder) => rmSync(join(folder, "ispvm-agent_0.2.0_amd64.deb")) }),
  ],
]
for (const [what, reason, make] of cases)
  test(`${what}: ${reason}`, async () => assert.equal(reasonOf(await make()), reason))

test("a file that is too large is rejected before it is read", () => {
  const file = join(work, "large")
  writeFileSync(file, "")
  truncateSync(file, 600_000_001)
  assert.equal(reasonOf(file), "too-large")
})

test("the packages are unpacked as they were signed, and one that was changed is named", async () => {
  for (const [flip, expected] of [
    [false, null],
    [true, "changed"],
  ] as const) {
    const file = await bundle({
      change: (folder) => {
        if (!flip) return
        const name = join(folder, "ispvm_0.2.0_amd64.deb")
        const bytes = readFileSync(name)
        bytes[9] = (bytes[9] ?? 0) ^ 1
        writeFileSync(name, bytes)
      },
    })
    const checked = checkBundle(file, [own.publicKey], installed)
    assert.ok(checked.ok)
    const folder = mkdtempSync(join(work, "unpacked-"))
    const fault = await unpackBundle(file, checked.packages, folder)
    assert.equal(fault?.reason ?? null, expected)
    if (flip) continue
    for (const { name, sha256 } of checked.packages.files)
      assert.equal((await digestFile(join(folder, name))).sha256, sha256)
  }
})

test("agents elsewhere are offered all packages of the agent, with what was signed", async () => {
  const other = "ispvm-agent_0.2.0_arm64.deb"
  const checked = checkBundle(await bundle({ others: [other] }), [own.publicKey], installed)
  assert.ok(checked.ok)
  const folder = mkdtempSync(join(work, "unpacked-"))
  const file = `${join(work, String(made - 1))}.ispvm`
  assert.equal(await unpackBundle(file, checked.packages, folder), null)
  const published = join(folder, "published")
  publishForAgents(join(folder, FOR_AGENTS), published)
  assert.deepEqual(readdirSync(published).sort(), [
    "ispvm-agent_0.2.0_amd64.deb",
    other,
    "manifest.json",
    "manifest.sig",
  ])
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith(".deb")),
    ["ispvm-agent_0.2.0_amd64.deb", "ispvm_0.2.0_amd64.deb"],
    "dpkg is given those of this processor alone",
  )
})
