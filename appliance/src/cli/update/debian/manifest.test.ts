/** Bundles of Debian packages: for this machine or not, newer or not. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { openBundle } from "../bundle.ts"
import { makeDebianBundle } from "./make.ts"
import { checkDebian, isDebian, isOfDatabase, labelOf, type Machine } from "./manifest.ts"

const work = mkdtempSync(join(tmpdir(), "ispvm-debian-"))
after(() => rmSync(work, { recursive: true, force: true }))
const { privateKey, publicKey } = generateKeyPairSync("ed25519")
const EPOCH_S = Date.UTC(2026, 11, 1, 9, 38) / 1_000

/** A package without files. */
const deb = (name: string, version: string, architecture = "amd64"): string => {
  const folder = join(work, "built", name)
  mkdirSync(join(folder, "DEBIAN"), { recursive: true })
  const control = { Package: name, Version: version, Architecture: architecture }
  const fields = { ...control, Maintainer: "Test <test@example.net>", Description: "a test" }
  writeFileSync(
    join(folder, "DEBIAN/control"),
    `${Object.entries(fields)
      .map(([field, value]) => `${field}: ${value}`)
      .join("\n")}\n`,
  )
  const file = join(work, `${name}-${version.replace(":", "-")}-${architecture}.deb`)
  execFileSync("dpkg-deb", ["--root-owner-group", "--build", folder, file], { stdio: "ignore" })
  return file
}

const isLater = (one: string, other: string): boolean => {
  try {
    execFileSync("dpkg", ["--compare-versions", one, "gt", other])
    return true
  } catch {
    return false
  }
}
const machine: Machine = {
  suite: "trixie",
  architecture: "amd64",
  installed: new Map([
    ["openssl", "3.5.1-1"],
    ["tzdata", "2026a-0"],
    ["bind9-libs", "1:9.20.1-1"],
  ]),
  isLater,
}
type Place = { readonly suite?: string; readonly architecture?: string }
const check = async (files: readonly string[], { suite, architecture }: Place = {}) => {
  const bundle = await makeDebianBundle(
    {
      files,
      suite: suite ?? "trixie",
      architecture: architecture ?? "amd64",
      epochS: EPOCH_S,
      key: privateKey,
    },
    work,
  )
  const opened = openBundle(bundle, [publicKey])
  assert.ok(opened.ok && isDebian(opened))
  return checkDebian(opened, machine)
}
const cases: readonly (readonly [
  string,
  string,
  () => Promise<Awaited<ReturnType<typeof check>>>,
])[] = [
  ["a newer package", "accepted", () => check([deb("openssl", "3.5.1-1+deb13u1")])],
  ["one for all processors", "accepted", () => check([deb("tzdata", "2026b-0", "all")])],
  [
    "another release of Debian",
    "other-suite",
    () => check([deb("openssl", "4")], { suite: "bookworm" }),
  ],
  [
    "another processor",
    "other-architecture",
    () => check([deb("openssl", "4")], { architecture: "arm64" }),
  ],
  [
    "a package of another processor",
    "other-architecture",
    () => check([deb("openssl", "4", "arm64")]),
  ],
  ["what is installed", "nothing-newer", () => check([deb("openssl", "3.5.1-1")])],
  ["what is not installed", "nothing-newer", () => check([deb("nginx", "1.28-1")])],
  [
    "one that is older, besides one that is newer",
    "older-packages",
    () => check([deb("openssl", "4"), deb("tzdata", "2025z-1", "all")]),
  ],
  ["an epoch that makes it older", "older-packages", () => check([deb("bind9-libs", "9.99-1")])],
  ["a release of ours", "unexpected-file", () => check([deb("openssl", "4"), deb("ispvm", "9")])],
]
for (const [name, expected, run] of cases)
  test(`${name}: ${expected}`, async () => {
    const checked = await run()
    assert.equal(checked.ok ? "accepted" : checked.reason, expected)
  })

test("only what is installed here is upgraded; the label says release and time", async () => {
  const checked = await check([
    deb("openssl", "3.5.1-1+deb13u1"),
    deb("nginx", "1.28-1"),
    deb("bind9-libs", "1:9.20.2-1"),
  ])
  assert.ok(checked.ok)
  assert.deepEqual(
    checked.upgrades.map((file) => file.name),
    ["bind9-libs_9.20.2-1_amd64.deb", "openssl_3.5.1-1+deb13u1_amd64.deb"],
  )
  assert.equal(labelOf(checked.manifest), "trixie-20261201.0938")
})

test("the database's packages are known by their names", () => {
  const names = ["postgresql-17", "postgresql-17-timescaledb", "libpq5", "openssl", "libpqxx-7"]
  assert.deepEqual(names.filter(isOfDatabase), names.slice(0, 3))
})
