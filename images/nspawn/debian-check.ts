/**
 * Signed bundles of Debian packages on a Debian booted by its own systemd: what is rejected, what
 * is installed and restarted, an interruption, and a later version of the database's packages.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { makeDebianBundle } from "@ispvm/appliance/cli/debian-bundle"
import { testRelease, updateTest } from "../config.ts"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { installPackages, SEARCH_PATH } from "./container.ts"
import {
  breakTimescale,
  changeTimescale,
  fillService,
  LATER_TIMESCALE,
  otherVersion,
  type SmallPackage,
  smallPackage,
} from "./debian-packages.ts"
import { mountOverlay, unmount } from "./overlay.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"
import { builtVersion, newKey } from "./update-bundles.ts"
import { isSound, type Rig, seconds, startRig, until } from "./update-rig.ts"

const reason = reasonToSkip() ?? reasonNotToBuild()
if (reason !== null) console.log(`no Debian packages were installed in a container: ${reason}`)

/** A package of Debian that is put back to an earlier version. */
const MIRRORED = "tzdata"
const SITE = "made before any update"

type Made = {
  readonly rig: Rig
  readonly base: string
  readonly work: string
  readonly release: string
  readonly small: (small: SmallPackage) => string
}
let made: Promise<Made> | undefined
const make = async (): Promise<Made> => {
  const base = ensureRoot(testRelease(), (text) => console.log(text))
  const work = mkdtempSync(join(tmpdir(), "ispvm-debian-"))
  const built = join(work, "built")
  packagesInto(built)
  const ours = readdirSync(built)
    .filter((name) => name.endsWith("_amd64.deb"))
    .map((name) => join(built, name))
  const small = (each: SmallPackage): string => smallPackage(work, each)
  const demo = small({ name: "demo", version: "1.0", fill: fillService(base, "1.0") })
  const old = otherVersion({ work, base, name: MIRRORED, version: () => "2000a-1" })
  const rig = await startRig(base, [...ours, demo, old], work)
  rig.api("/sites", { name: SITE })
  return { rig, base, work, release: builtVersion(built), small }
}
const it = (name: string, run: (made: Made, t: TestContext) => Promise<void>): void =>
  void test(`Debian packages (${testRelease()}): ${name}`, { skip: reason ?? false }, async (t) => {
    made ??= make()
    await run(await made, t)
  })
after(async () => {
  const ready = await made?.catch(() => undefined)
  await ready?.rig.container.stop()
  if (ready !== undefined) rmSync(ready.work, { recursive: true, force: true })
})

let epochS = Math.floor(Date.now() / 1_000) - 100_000
type Place = { readonly suite?: string; readonly key?: Rig["key"] }
/** Brings a bundle of these packages into the container. */
const bundle = async ({ rig, work }: Made, files: readonly string[], place: Place = {}) => {
  const { suite = testRelease(), key = rig.key } = place
  epochS += 60
  const source = { files, suite, architecture: "amd64", epochS, key: key.key }
  return rig.bring(await makeDebianBundle(source, work))
}
const update = async ({ rig }: Made, file: string) =>
  await rig.runLong("ispvm", "update", file, "--ignore-clock")
const versionOf = ({ rig }: Made, name: string): string =>
  rig.container.tryRun("dpkg-query", "--show", "--showformat=${" + "Version}", name).stdout.trim()
const pidOf = ({ rig }: Made, unit: string): string =>
  rig.container.run("systemctl", "show", "--property=MainPID", "--value", unit).trim()
/** Without anything that is left to do, and detecting. */
const isWell = async ({ rig, release }: Made): Promise<void> => {
  await until("what was left is tidied up", () => {
    const { code } = rig.container.tryRun("test", "-e", "/var/lib/ispvm-update/work")
    return code !== 0 && rig.state().phase === "idle"
  })
  assert.equal(await isSound(rig, [release]), release)
  assert.equal(rig.container.run("dpkg", "--audit"), "")
}
const outcomeOf = ({ rig }: Made): string => {
  const { outcome, reason: why } = rig.state().last ?? {}
  return `${outcome} ${why}`.trim()
}

it("what is not for this machine is rejected, and nothing changes", async (all, t) => {
  const newer = all.small({ name: "demo", version: "2.0" })
  const lacking = all.small({ name: "demo", version: "2.0", depends: "not-in-the-bundle" })
  const own = all.small({ name: "ispvm", version: "9.0" })
  const cases: readonly (readonly [string, string])[] = [
    ["foreign-key", await bundle(all, [newer], { key: newKey() })],
    ["other-suite", await bundle(all, [newer], { suite: "forky" })],
    ["older-packages", await bundle(all, [all.small({ name: "demo", version: "0.9" })])],
    ["nothing-newer", await bundle(all, [all.small({ name: "demo", version: "1.0" })])],
    ["missing-packages", await bundle(all, [lacking])],
    ["unexpected-file", await bundle(all, [newer, own])],
  ]
  for (const [expected, file] of cases) {
    const { code, stderr } = await update(all, file)
    t.diagnostic(stderr.trim().slice(0, 200))
    assert.deepEqual([code, outcomeOf(all)], [1, `rejected ${expected}`], stderr)
  }
  assert.equal(versionOf(all, "demo"), "1.0")
  await isWell(all)
})

it("packages, and what they need, are installed; what runs the old ones is restarted", async (all, t) => {
  const { rig, base, small } = all
  const [service, appliance] = [pidOf(all, "demo"), pidOf(all, "ispvm")]
  const file = await bundle(all, [
    small({ name: "demo", version: "2.0", depends: "demo-data", fill: fillService(base, "2.0") }),
    small({ name: "demo-data", version: "1.0" }),
    small({ name: "not-needed", version: "1.0" }),
  ])
  const began = performance.now()
  const { code, stdout, stderr } = await update(all, file)
  assert.equal(code, 0, stdout + stderr)
  t.diagnostic(`installed after ${seconds(performance.now() - began)}: ${stdout.trim()}`)
  assert.equal(outcomeOf(all), "updated")
  assert.deepEqual(
    ["demo", "demo-data", "not-needed"].map((name) => versionOf(all, name)),
    ["2.0", "1.0", ""],
  )
  assert.notEqual(pidOf(all, "demo"), service)
  assert.equal(pidOf(all, "ispvm"), appliance, "the appliance runs on")
  assert.equal(rig.state().previous, null, "rollback returns to where it did before")
  const { last } = rig.api("/updates") as { last: { kind: string; to: string } }
  assert.deepEqual([last.kind, last.to.startsWith(testRelease())], ["debian", true])
  await isWell(all)
})

it("a package that fails is said, and the next bundle repairs it", async (all, t) => {
  const { rig, small } = all
  const scripts = { postinst: "#!/bin/sh\necho 'as the test wants' >&2\nexit 1\n" }
  const broken = await bundle(all, [small({ name: "demo", version: "3.0", scripts })])
  const { code, stderr } = await update(all, broken)
  t.diagnostic(stderr.trim().slice(0, 300))
  assert.deepEqual([code, outcomeOf(all)], [1, "incomplete debian-incomplete"])
  assert.equal((await rig.selfTest()).ok, true, "the appliance runs")
  const { last } = rig.api("/updates") as { last: { outcome: string; message: { code: string } } }
  assert.deepEqual([last.outcome, last.message.code], ["incomplete", "update.debian-incomplete"])
  const mended = await bundle(all, [small({ name: "demo", version: "3.1" })])
  assert.equal((await update(all, mended)).code, 0)
  assert.deepEqual([outcomeOf(all), versionOf(all, "demo")], ["updated", "3.1"])
  await isWell(all)
})

for (const [kill, version] of [
  ["the process", "4.0"],
  ["the machine", "5.0"],
] as const)
  it(`an end of ${kill} in the middle: what was begun is completed`, async (all) => {
    const { rig, small } = all
    const scripts = { postinst: "#!/bin/sh\n[ -e /root/go-on ] || sleep 20\n" }
    const file = await bundle(all, [small({ name: "demo", version, scripts })])
    const updating = update(all, file)
    await until("it is installed", () => {
      const { stdout } = rig.container.tryRun("pgrep", "--full", "demo.postinst")
      return stdout.trim() !== ""
    })
    rig.container.run("touch", "/root/go-on")
    if (kill === "the machine") await rig.container.losePower()
    else rig.container.run("systemctl", "kill", "--signal=KILL", "ispvm-update.service")
    await updating
    await until("it is completed", () => rig.state().phase === "idle")
    await isWell(all)
    assert.deepEqual([outcomeOf(all), versionOf(all, "demo")], ["updated", version])
    rig.container.run("rm", "/root/go-on")
  })

/** A machine beside a mirror, with the list of packages of the one without. */
const fetchFromMirror = ({ rig, base, work, release }: Made): string | null => {
  const folder = join(work, "mirror")
  mkdirSync(folder)
  const { root } = mountOverlay(folder, [base])
  try {
    const chroot = (...command: readonly string[]) =>
      spawnSync("chroot", [root, "env", `PATH=${SEARCH_PATH}`, ...command], { encoding: "utf8" })
    installPackages(root, [join(work, "built", `ispvm_${release}_amd64.deb`)])
    // One of both is a link to where nothing runs here.
    for (const file of ["etc/hosts", "etc/resolv.conf"].filter((each) => existsSync(`/${each}`))) {
      rmSync(join(root, file), { force: true })
      copyFileSync(`/${file}`, join(root, file))
    }
    if (chroot("apt-get", "--quiet", "--error-on=any", "update").status !== 0) return null
    copyFileSync(join(rig.container.root, "var/lib/dpkg/status"), join(root, "root/status"))
    const pem = rig.key.key.export({ type: "pkcs8", format: "pem" })
    writeFileSync(join(root, "root/key.pem"), pem, { mode: 0o600 })
    const { status, stdout, stderr } = chroot(
      ...["ispvm", "debian-bundle", "--apt", "--status", "/root/status"],
      ...["--key", "/root/key.pem", "--out", "/root/out"],
    )
    assert.equal(status, 0, stderr)
    return rig.bring(join(root, stdout.trim()))
  } finally {
    unmount(root)
  }
}

it("what apt would upgrade here is fetched elsewhere, and installed without a mirror", async (all, t) => {
  if (!updateTest().isFull) return
  const file = fetchFromMirror(all)
  if (file === null) {
    t.diagnostic("not tried: no mirror in reach")
    return
  }
  const { code, stdout, stderr } = await update(all, file)
  assert.equal(code, 0, stdout + stderr)
  t.diagnostic(`${MIRRORED} ${versionOf(all, MIRRORED)}: ${stdout.trim().split("\n").at(-1)}`)
  assert.notEqual(versionOf(all, MIRRORED), "2000a-1")
  await isWell(all)
})

const psql = ({ rig }: Made, query: string): string =>
  rig.container
    .run(
      ...["runuser", "-u", "ispvm-database", "--", "psql", "-X", "-A", "-t"],
      ...["-h", "/run/ispvm-database", "-c", query, "ispvm"],
    )
    .trim()
const extensionVersion = (all: Made): string =>
  psql(all, "select extversion from pg_extension where extname = 'timescaledb'")

const TIMESCALE = "postgresql-17-timescaledb"
/** Of the check's release: what the cluster runs from. */
const databasePackages = ({ work, base }: Made): readonly string[] => {
  const version = (installed: string): string => `${installed}+later2`
  if (testRelease() === "bookworm")
    return [otherVersion({ work, base, version, name: "postgresql-15" })]
  const server = otherVersion({ work, base, version, name: "postgresql-17" })
  return [server, otherVersion({ work, base, version, name: TIMESCALE, change: changeTimescale })]
}
/** As in the image: nothing but an update of ours changes them. */
const heldPackages = (): readonly string[] =>
  testRelease() === "bookworm" ? ["postgresql-15"] : ["postgresql-17", TIMESCALE]
const copiesOf = ({ rig }: Made): string =>
  rig.container.run("find", "/var/lib/ispvm", "-name", "*.ispvm-backup").trim()

it("a database that does not work with its packages is said, and its data are kept", async (all, t) => {
  if (!updateTest().isFull || testRelease() === "bookworm") return
  const { rig, work, base } = all
  const name = TIMESCALE
  const version = (installed: string): string => `${installed}+later1`
  const broken = otherVersion({ work, base, name, version, change: breakTimescale })
  const { code, stderr } = await update(all, await bundle(all, [broken]))
  t.diagnostic(stderr.trim().slice(0, 400))
  assert.deepEqual([code, outcomeOf(all)], [1, "incomplete debian-incomplete"])
  assert.match(stderr, /the extension of the database: .*no update path/)
  const kept = "/var/lib/ispvm/update/kept.ispvm-backup"
  assert.ok(rig.state().last?.detail.startsWith(`The data from before are in ${kept}.`))
  assert.equal(copiesOf(all), kept)
})

it("later packages of the database: a backup first, the extension updated, nothing lost", async (all, t) => {
  const { rig } = all
  const hasTimescale = testRelease() === "trixie"
  const database = pidOf(all, "ispvm-database")
  rig.container.run("apt-mark", "hold", ...heldPackages())
  const file = await bundle(all, databasePackages(all))
  const began = performance.now()
  const { code, stdout, stderr } = await update(all, file)
  const log = rig.container.tryRun("journalctl", "-u", "ispvm-update", "-o", "cat").stdout
  assert.equal(code, 0, stdout + stderr + log.slice(-2_000))
  t.diagnostic(`installed after ${seconds(performance.now() - began)}: ${stdout.trim()}`)
  assert.match(log, /\nbacking-up\ninstalling\nstarting\n(?:pam_unix.*\n)*testing\nupdated\n/)
  assert.notEqual(pidOf(all, "ispvm-database"), database)
  if (hasTimescale) assert.equal(extensionVersion(all), LATER_TIMESCALE)
  await isWell(all)
  assert.match(JSON.stringify(rig.api("/sites")), new RegExp(SITE))
  assert.equal(copiesOf(all), "", "the copy of the data is removed")
})
