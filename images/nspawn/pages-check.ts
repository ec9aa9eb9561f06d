/**
 * `npm run test:pages`: the commands of docs/install.md, docs/backup.md and docs/update.md are read
 * from the pages and run as they are written, block by block, on Debian machines in containers. What
 * a page says in words in between, the check does by the API. A block that is neither run here nor
 * marked in its page (`<!-- not run: … -->`) fails.
 */
import assert from "node:assert/strict"
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import type { TestContext } from "node:test"
import { type Block, blocksOf, isOfCommands } from "./page-blocks.ts"
import { type Machine, type Name, PAGES, type PagesRig, pagesChecks } from "./pages-rig.ts"
import { deriveBundle } from "./update-bundles.ts"
import { isActive, until } from "./update-rig.ts"

const NEXT = "0.2.0"
/** As in the examples of the page. */
const BACKUP = "ispvm-20261130T020000Z.age"
const it = pagesChecks()

const ran = new Set<Block>()
const BLOCKS = new Map(PAGES.map((page) => [page, blocksOf(page)]))
/** The block of a page whose first line begins with `start`. */
const blockOf = (page: Name, start: string): Block => {
  const found = BLOCKS.get(page)?.filter(({ lines }) => lines[0]?.startsWith(start)) ?? []
  assert.equal(found.length, 1, `${page} has ${found.length} blocks that begin with ${start}`)
  return found[0] as Block
}

type Typed = {
  /** For words in capitals and names of examples. */
  readonly replace?: Readonly<Record<string, string>>
  /** What is pasted or answered. */
  readonly input?: string
}
/** By a shell in /root that stops at the first command that fails. */
const typeIn = ({ root, tryRun }: Machine, block: Block, { replace = {}, input = "" }: Typed) => {
  let text = block.lines.join("\n")
  for (const [word, value] of Object.entries(replace)) {
    assert.ok(text.includes(word), `no ${word} in: ${text}`)
    text = text.replaceAll(word, value)
  }
  writeFileSync(join(root, "root/.input"), input)
  writeFileSync(join(root, "root/.block"), `cd /root\nset -ex\n${text}\n`)
  return tryRun("bash", "-c", "bash /root/.block < /root/.input")
}
const run = (
  machine: Machine,
  [page, start]: readonly [Name, string],
  t: TestContext,
  typed: Typed = {},
): string => {
  const block = blockOf(page, start)
  const { code, stdout, stderr } = typeIn(machine, block, typed)
  for (const line of stderr.split("\n").filter((each) => /^\++ /.test(each))) t.diagnostic(line)
  assert.equal(code, 0, `${page}: ${stdout.slice(-2_000)}${stderr.slice(-2_000)}`)
  ran.add(block)
  return stdout
}

const install = async (rig: PagesRig, machine: Machine, t: TestContext): Promise<void> => {
  rig.bringPackages(machine)
  const printed = run(machine, ["install", "apt-get install ./ispvm_VERSION"], t, {
    replace: { VERSION: rig.first },
  })
  assert.match(printed, /^setup code +\S+$/m)
  assert.match(printed, /^ready +yes$/m)
}

it("install: the appliance from its packages", async (rig, t) => {
  await install(rig, rig.appliance, t)
  rig.trustKey()
  rig.setUp()
  await until("the agent", () => isActive(rig.appliance, "ispvm-agent"))
})

it("install: a seed is checked and becomes a medium", (rig, t) => {
  const { root, run: runIn } = rig.appliance
  const example = BLOCKS.get("install")?.find(({ language }) => language === "yaml")
  assert.ok(example !== undefined)
  const pem = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
  ]
  const names = ["-subj", "/CN=noc1.example.net", "-addext", "subjectAltName=DNS:noc1.example.net"]
  const files = ["-keyout", "/root/seed-key.pem", "-out", "/root/seed-chain.pem"]
  runIn("openssl", ...pem, ...names, "-days", "90", ...files)
  const indented = (file: string): string =>
    readFileSync(join(root, "root", file), "utf8")
      .trim()
      .replaceAll("\n", "\n      ")
  const hash = runIn("sh", "-c", "echo a-long-enough-password-7 | ispvm password-hash").trim()
  const text = example.lines
    .join("\n")
    .replace("ssh-ed25519 AAAA…", `ssh-ed25519 ${rig.sshKey()}`)
    .replace("scrypt$32768$8$3$…", hash)
    .replace("-----BEGIN CERTIFICATE-----", indented("seed-chain.pem"))
    .replace("-----BEGIN PRIVATE KEY-----", indented("seed-key.pem"))
    .replace("43 characters", "A".repeat(43))
  writeFileSync(join(root, "root/user-data"), `${text}\n`)
  writeFileSync(join(root, "root/meta-data"), "instance-id: noc1\n")
  run(rig.appliance, ["install", "ispvm seed check user-data"], t)
  assert.ok(readFileSync(join(root, "root/seed.iso")).includes("CD001"))
})

it("install: an agent on another machine", async (rig, t) => {
  rig.bringPackages(rig.agent)
  run(rig.agent, ["install", "apt-get install ./ispvm-agent_VERSION"], t, {
    replace: { VERSION: rig.first, MONITOR: rig.address },
    input: `${rig.tokenFor("pop-1")}\n`,
  })
  await until("its report", () => rig.isReporting("pop-1"))
})

it("install: an agent as one file", async (rig, t) => {
  const block = blockOf("install", "ISPVM_AGENT_DATA_DIR=")
  const file = rig.buildExecutable()
  const [, version = ""] = /^ispvm-agent-(.*)-linux-amd64$/.exec(basename(file)) ?? []
  copyFileSync(file, join(rig.fresh.root, "root", basename(file)))
  rig.fresh.run("chmod", "0755", `/root/${basename(file)}`)
  const replace = { VERSION: version, MONITOR: rig.address }
  const text = Object.entries(replace).reduce(
    (all, [word, value]) => all.replaceAll(word, value),
    block.lines.join("\n"),
  )
  t.diagnostic(text)
  writeFileSync(join(rig.fresh.root, "root/.input"), `${rig.tokenFor("pop-2")}\n`)
  const running = rig.fresh.start("bash", "-c", `cd /root; ${text} < .input`)
  await until("its report", () => rig.isReporting("pop-2"))
  rig.fresh.run("pkill", "--full", `ispvm-agent-${version}`)
  running.kill()
  rig.fresh.run("rm", "-r", "/var/lib/ispvm-agent")
  ran.add(block)
})

it("backup: another folder, a backup now, and one that is not encrypted", async (rig, t) => {
  const { run: runIn, root } = rig.appliance
  const lines = BLOCKS.get("backup")?.find(({ language }) => language === "ini")?.lines ?? []
  // As `systemctl edit ispvm` stores it.
  const folder = join(root, "etc/systemd/system/ispvm.service.d")
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "override.conf"), `${lines.join("\n")}\n`)
  runIn("install", "-d", "-o", "ispvm", "-g", "ispvm", "/srv/backups")
  runIn("systemctl", "daemon-reload")
  runIn("systemctl", "restart", "ispvm")
  await until("readyz", rig.isReady)
  rig.storeBackupsIn("/srv/backups")
  const made = run(rig.appliance, ["backup", "ispvm backup "], t, {
    replace: { FILE: "/var/lib/ispvm/now.ispvm" },
  })
  t.diagnostic(made.trim())
  assert.equal(globSync(join(root, "srv/backups/*.age")).length, 1)
  runIn("test", "-s", "/var/lib/ispvm/now.ispvm")
})

it("backup: the file is opened without the program", (rig, t) => {
  const { root } = rig.appliance
  const [file = ""] = globSync(join(root, "srv/backups/*.age"))
  for (const machine of [rig.appliance, rig.fresh]) {
    copyFileSync(file, join(machine.root, "root", BACKUP))
    writeFileSync(join(machine.root, "root/key.txt"), `${rig.backupKey()}\n`)
  }
  run(rig.appliance, ["backup", "age --decrypt"], t)
  const stream = readFileSync(join(root, "root/backup.ispvm"))
  assert.equal(stream.subarray(0, 15).toString(), "ISPVM-BACKUP 1\n")
})

it("backup: restored on a fresh installation", async (rig, t) => {
  const { fingerprint } = rig.statusOf(rig.appliance)
  await install(rig, rig.fresh, t)
  assert.notEqual(rig.statusOf(rig.fresh).fingerprint, fingerprint)
  run(rig.fresh, ["backup", "systemctl stop ispvm"], t)
  await until("readyz", () => rig.isReadyAt(rig.fresh))
  assert.deepEqual(rig.statusOf(rig.fresh), { setupCode: null, fingerprint })
})

it("update: a release, its state, and the way back", async (rig, t) => {
  const { root } = rig.appliance
  const bundle = await deriveBundle(rig.derived, NEXT)
  assert.equal(basename(bundle), `ispvm-update_${NEXT}_amd64.ispvm`)
  copyFileSync(bundle, join(root, "root", basename(bundle)))
  const printed = run(rig.appliance, ["update", "ispvm update ispvm-update_"], t)
  assert.match(printed, new RegExp(`^running +${NEXT.replaceAll(".", "\\.")}$`, "m"))
  assert.equal(basename(rig.appliance.run("readlink", "/opt/ispvm/current").trim()), rig.first)
})

it("update: packages of Debian are held, bundled beside a mirror, and installed without one", (rig, t) => {
  const { root, run: runIn } = rig.appliance
  run(rig.appliance, ["update", "apt-mark hold"], t)
  rig.installOldPackage()
  const made = rig.besideMirror((mirror) => {
    copyFileSync(join(root, "var/lib/dpkg/status"), join(mirror.root, "root/dpkg-status"))
    run(mirror, ["update", "openssl genpkey"], t)
    const [file = ""] = globSync(join(mirror.root, "root/ispvm-debian_*.ispvm"))
    copyFileSync(file, join(root, "root", basename(file)))
    const trusted = join(root, "etc/ispvm/trust.d/debian.pem")
    copyFileSync(join(mirror.root, "root/debian.pem"), trusted)
    return basename(file)
  })
  if (made === null) {
    t.diagnostic("not run: no mirror in reach")
    for (const start of ["openssl genpkey", "ispvm update ispvm-debian_"])
      ran.add(blockOf("update", start))
    return
  }
  run(rig.appliance, ["update", "ispvm update ispvm-debian_"], t, {
    replace: { "ispvm-debian_trixie-20261201.0938_amd64.ispvm": made },
  })
  assert.doesNotMatch(runIn("dpkg-query", "--show", "tzdata"), /2000a-1/)
})

it("install: removed with its data kept, and purged", (rig, t) => {
  const answers = { input: "y\n" }
  run(rig.appliance, ["install", "apt-get remove"], t, answers)
  rig.appliance.run("test", "-d", "/var/lib/ispvm-database/cluster")
  run(rig.appliance, ["install", "apt-get purge"], t, answers)
  for (const name of ["ispvm", "ispvm-database", "ispvm-agent", "ispvm-update"])
    assert.notEqual(rig.appliance.tryRun("test", "-e", `/var/lib/${name}`).code, 0, name)
})

it("every block of commands was run, or its page says why not", (_, t) => {
  const left: string[] = []
  for (const [page, blocks] of BLOCKS)
    for (const block of blocks.filter(isOfCommands)) {
      const what = `${page}: ${block.section}: ${block.lines[0]}`
      if (block.notRun !== null) t.diagnostic(`${what}: not run: ${block.notRun}`)
      if ((block.notRun === null) !== ran.has(block)) left.push(what)
    }
  assert.deepEqual(left, [])
})
