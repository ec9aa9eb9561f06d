/**
 * The packages as files: the same bytes twice, nothing that should not be in them, signed. The
 * second build is of the agent alone: it has every step of a package, in a third of the time. With
 * ISPVM_TEST_FULL=1 it is of everything.
 */
import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { gunzipSync } from "node:zlib"
import { COMMAND_LIST } from "@ispvm/appliance/cli/help"
import { verify } from "@ispvm/appliance/cli/verify"
import { environment, isFullTest } from "../config.ts"
import { writeBundle } from "./bundle.ts"
import { reasonNotToBuild } from "./can-build.ts"
import { fileList } from "./file-list.ts"
import { buildSigned, makeKey, type SignedBuild, signedPackages } from "./for-tests.ts"
import { signingKey } from "./sign.ts"

const PROGRAM = join(import.meta.dirname, "main.ts")
const reason = reasonNotToBuild()
const skip = reason !== null && `no package was built: ${reason}`
let work: string
let isBuilt = false
/** A hook of the file would be one of all files of the process: what fails here is ours alone. */
const it = (name: string, run: (t: TestContext) => void | Promise<void>): void =>
  void test(name, { skip }, async (t) => {
    if (!isBuilt) buildTwice()
    isBuilt = true
    await run(t)
  })

let first: SignedBuild
const folder = (name: string): string => (name === "one" ? first.files : join(work, name))
const packagesIn = (name: string): string[] =>
  readdirSync(folder(name))
    .filter((file) => file.endsWith(".deb"))
    .map((file) => join(folder(name), file))

/** Of the key that comes after that of the first build. */
let nextPublicKey: string
const buildTwice = (): void => {
  work = mkdtempSync(join(tmpdir(), "ispvm-build-"))
  first = signedPackages()
  mkdirSync(folder("trust"))
  writeFileSync(folder("trust/release.pem"), first.publicKey)
  const keyFile = folder("next.pem")
  nextPublicKey = makeKey(keyFile)
  const only = isFullTest() ? [] : ["--only", "ispvm-agent"]
  buildSigned(folder("two"), { umask: "077", keyFile, temporary: folder("tmp-two"), only })
}
after(() => {
  if (work !== undefined) rmSync(work, { recursive: true, force: true })
})

it("the same commit gives the same bytes, whatever the umask and the folder", () => {
  // The key is another one: manifests and bundles are signed anew.
  const isSigned = (file: string): boolean => /^manifest|\.ispvm$/.test(file)
  const again = readdirSync(folder("two")).filter((file) => !isSigned(file))
  assert.equal(again.length, isFullTest() ? 3 : 1)
  for (const file of again)
    assert.ok(
      readFileSync(join(folder("one"), file)).equals(readFileSync(join(folder("two"), file))),
      file,
    )
  assert.equal(packagesIn("one").length, 2)
})

it("the same packages and key give the same update bundle", async () => {
  const again = folder("again")
  mkdirSync(again)
  for (const file of packagesIn("one")) copyFileSync(file, join(again, basename(file)))
  const { version, commit, epochS } = JSON.parse(
    readFileSync(join(folder("one"), "manifest.json"), "utf8"),
  )
  const key = signingKey(first.keyFile)
  const bundle = await writeBundle(
    { version, commit, epochS },
    "amd64",
    // In the order of the build: it is the order in the manifest.
    packagesIn("again").toSorted((a, b) => b.length - a.length),
    key,
  )
  assert.ok(readFileSync(bundle).equals(readFileSync(join(folder("one"), basename(bundle)))))
})

it("the time of every file is SOURCE_DATE_EPOCH", () => {
  const env = { ...environment(), TZ: "UTC" }
  for (const file of packagesIn("one")) {
    const list = (program: string, ...args: readonly string[]): readonly string[] =>
      execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26, env })
        .trim()
        .split("\n")
    const contents = list("dpkg-deb", "--contents", file)
    assert.ok(contents.length > 10)
    assert.deepEqual(
      contents.filter((line) => !/ 2017-07-14 02:40 /.test(line)),
      [],
    )
    for (const line of list("ar", "tv", file)) assert.match(line, / Jul 14 02:40 2017 /)
  }
})

it("the single executable is the agent, without any file beside it", () => {
  const name = readdirSync(folder("one")).find((each) => each.endsWith("-linux-amd64")) ?? ""
  const program = folder("agent-alone")
  copyFileSync(join(folder("one"), name), program)
  const run = (...args: readonly string[]) =>
    spawnSync(program, args, {
      encoding: "utf8",
      cwd: "/",
      env: { ISPVM_AGENT_DATA_DIR: folder("agent-data"), ISPVM_SYSLOG_PORT: "0" },
    })
  assert.match(run("--help").stdout, /ISPVM_URL/)
  const { status, stdout } = run("--url", "https://127.0.0.1:9")
  assert.equal(status, 2, stdout)
  assert.match(stdout, /token/)
})

type Entry = { readonly mode: string; readonly owner: string; readonly path: string }
const listOf = (file: string): Entry[] =>
  execFileSync("dpkg-deb", ["--contents", file], { encoding: "utf8", maxBuffer: 1 << 26 })
    .trim()
    .split("\n")
    .map((line) => {
      const [mode = "", owner = "", , , , path = ""] = line.split(/\s+/)
      return { mode, owner, path }
    })

it("all files belong to root, none is writable by others, set-user-ID, or a test", () => {
  for (const file of packagesIn("one"))
    assert.deepEqual(
      listOf(file).filter(
        ({ mode, owner, path }) =>
          owner !== "root/root" ||
          !/^[-dl](?:rwxr-xr-x|rw-r--r--|rwxrwxrwx)$/.test(mode) ||
          (mode.endsWith("rwxrwxrwx") && !mode.startsWith("l")) ||
          /\.test\.ts|\/fixtures\/|\/golden\/|\.pem$|\.key$/.test(path),
      ),
      [],
    )
})

it("the agent's package holds the agent alone", () => {
  const file = packagesIn("one").find((each) => each.includes("ispvm-agent_")) ?? ""
  const folders = listOf(file).flatMap(
    ({ path }) => /^\.\/opt\/ispvm-agent\/releases\/[^/]+\/([^/]+)\//.exec(path)?.[1] ?? [],
  )
  assert.deepEqual([...new Set(folders)].sort(), ["agent", "bin", "node", "node_modules"])
  const modules = listOf(file).flatMap(
    ({ path }) => /\/node_modules\/([^/]+)\/$/.exec(path)?.[1] ?? [],
  )
  assert.ok(!modules.includes("koa") && !modules.includes("pg"), modules.join(", "))
})

for (const name of ["ispvm", "ispvm-agent"] as const)
  it(`${name} installs what golden/${name}.txt lists`, () => {
    const file = packagesIn("one").find((each) => each.includes(`/${name}_`)) ?? ""
    const root = folder(`files-${name}`)
    execFileSync("dpkg-deb", ["--extract", file, root])
    const found = `${fileList(name, file, root).join("\n")}\n`
    const golden = readFileSync(join(import.meta.dirname, "golden", `${name}.txt`), "utf8")
    if (found === golden) return
    // A list that is meant to change is replaced by this one.
    const kept = join(tmpdir(), `${name}.txt`)
    writeFileSync(kept, found)
    assert.equal(found, golden, `found: ${kept}`)
  })

it("dpkg can verify each installed file", () => {
  for (const file of packagesIn("one")) {
    const root = folder("sums")
    rmSync(root, { recursive: true, force: true })
    execFileSync("dpkg-deb", ["--raw-extract", file, root])
    execFileSync("md5sum", ["--check", "--quiet", "--strict", "DEBIAN/md5sums"], { cwd: root })
    const sums = readFileSync(join(root, "DEBIAN/md5sums"), "utf8").trim().split("\n")
    assert.equal(sums.length, listOf(file).filter(({ mode }) => mode.startsWith("-")).length)
  }
})

it("each package lists what it contains, and the terms of every module", () => {
  for (const file of packagesIn("one")) {
    const root = join(work, "contents")
    rmSync(root, { recursive: true, force: true })
    execFileSync("dpkg-deb", ["--extract", file, root])
    const [name = ""] = readdirSync(join(root, "usr/share/doc"))
    const doc = join(root, "usr/share/doc", name)
    const { components } = JSON.parse(readFileSync(join(doc, "sbom.cdx.json"), "utf8"))
    assert.ok(components.some((each: { name: string }) => each.name === "zod"))
    const copyright = readFileSync(join(doc, "copyright"), "utf8")
    assert.ok(/^Node\.js$/m.test(copyright) && /^zod [\d.]+: MIT$/m.test(copyright))
    assert.deepEqual(copyright.match(/^.+: not declared$/gm), null)
  }
})

it("every command is in the manual page and in the shell's completion", () => {
  const root = join(work, "manual")
  const file = packagesIn("one").find((each) => each.includes("/ispvm_")) ?? ""
  execFileSync("dpkg-deb", ["--extract", file, root])
  const page = gunzipSync(readFileSync(join(root, "usr/share/man/man1/ispvm.1.gz"))).toString()
  const completion = join(root, "usr/share/bash-completion/completions/ispvm")
  const declared = execFileSync(
    "bash",
    [
      "-c",
      'source "$0"; COMP_WORDS=(ispvm ""); COMP_CWORD=1; _ispvm 2>/dev/null; declare -p COMPREPLY',
      completion,
    ],
    { encoding: "utf8" },
  )
  for (const { name } of COMMAND_LIST) {
    assert.ok(page.includes(`ispvm ${name.replaceAll("-", "\\-")}`), name)
    assert.ok(declared.includes(`"${name}"`), name)
  }
})

const quietly = async (files: readonly string[], trust: readonly string[]): Promise<number> => {
  const { write } = process.stderr
  process.stderr.write = () => true
  try {
    return await verify(files, trust)
  } finally {
    process.stderr.write = write
  }
}

it("what was signed is accepted; a changed, foreign or renamed file and a foreign key are not", async () => {
  const trust = [folder("trust")]
  const manifest = join(folder("one"), "manifest.json")
  assert.equal(await quietly([manifest, ...packagesIn("one")], trust), 0)
  assert.equal(await quietly([manifest], [folder("nowhere")]), 1)

  const copy = folder("copy")
  cpSync(folder("one"), copy, { recursive: true })
  const [first = "", second = ""] = packagesIn("copy")
  const bytes = readFileSync(first)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  writeFileSync(first, bytes)
  assert.equal(await quietly([first], trust), 1)
  assert.equal(await quietly([second], trust), 0, "the other package is as it was")
  cpSync(second, join(copy, "other.deb"))
  assert.equal(await quietly([join(copy, "other.deb")], trust), 1)
  writeFileSync(join(copy, "manifest.json"), readFileSync(manifest, "utf8").replace("ispvm", "isp"))
  assert.equal(await quietly([second], trust), 1)
})

it("a new key is accepted once its public half is trusted, beside the old one", async () => {
  const manifest = join(folder("two"), "manifest.json")
  assert.equal(await quietly([manifest], [folder("trust")]), 1)
  writeFileSync(folder("trust/next.pem"), nextPublicKey)
  assert.equal(await quietly([manifest], [folder("trust")]), 0)
  assert.equal(await quietly([join(folder("one"), "manifest.json")], [folder("trust")]), 0)
})

it("wrong arguments and a wrong key are named", () => {
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [PROGRAM, ...args], {
      encoding: "utf8",
      env: { ...environment(), ...env },
    })
  assert.equal(run([]).status, 2)
  assert.match(
    run(["--out", work, "--arch", "mips"]).stderr,
    /--arch: mips is none of amd64, arm64/,
  )
  const wrong = run(["--out", work], { ISPVM_SIGNING_KEY: "secret-text" })
  assert.match(wrong.stderr, /ISPVM_SIGNING_KEY: expected an Ed25519 private key/)
  assert.doesNotMatch(wrong.stderr, /secret-text/)
})
