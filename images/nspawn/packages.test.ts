/**
 * The packages on a Debian booted by its own systemd: what an administrator installs. Debian 13;
 * with ISPVM_TEST_RELEASE=bookworm Debian 12 and its PostgreSQL 15.
 */
import assert from "node:assert/strict"
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { runsAlone, testRelease } from "../config.ts"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { type Container, installPackages, startContainer } from "./container.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"
import { deriveBundle, newKey } from "./update-bundles.ts"
import { apiOf } from "./update-rig.ts"

const PASSWORD = "a-long-enough-password-7"
const READY_MS = 120_000
const MAX_READY_MS = 15_000
const POLL_MS = 200
const MAX_EXPOSURE = 2
const BYTES_PER_KIB = 1_024
/** Of the memory, as `bin/database prepare` sets it. */
const SHARED_BUFFERS = 0.25
const PACKAGES = ["ispvm", "ispvm-agent"]
const UNITS = ["ispvm", "ispvm-database", "ispvm-agent"]

/** A root that cannot be made (no archive in reach) is named, not a failure of the packages. */
const findBase = (): { readonly base: string } | { readonly reason: string } => {
  const reason = reasonToSkip() ?? reasonNotToBuild()
  if (reason !== null) return { reason }
  try {
    return { base: ensureRoot(testRelease(), (text) => console.log(text)) }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}
const found = findBase()
const reason = "reason" in found ? found.reason : null
if (reason !== null) console.log(`the packages were not installed and booted: ${reason}`)

const until = async (what: string, condition: () => boolean): Promise<number> => {
  const began = performance.now()
  while (!condition()) {
    if (performance.now() - began > READY_MS) throw new Error(`waited too long: ${what}`)
    await delay(POLL_MS)
  }
  return performance.now() - began
}

const debs = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith("_amd64.deb"))
    .map((name) => join(folder, name))

let work: string
let container: Container
let api: ReturnType<typeof apiOf>
let booted: Promise<void> | undefined
/** A hook of the file would be one of all files of the process: what fails here is ours alone. */
const it = (name: string, run: (t: TestContext) => void | Promise<void>): void =>
  void test(`on Debian (${testRelease()}): ${name}`, { skip: reason ?? false }, async (t) => {
    booted ??= boot()
    await booted
    await run(t)
  })
const isReady = (): boolean =>
  container.curl("--output", "/dev/null", "--fail", `${container.url}/readyz`).code === 0
const isActive = (unit: string): boolean =>
  container.tryRun("systemctl", "is-active", "--quiet", unit).code === 0

const boot = async (): Promise<void> => {
  if ("reason" in found) throw new Error(found.reason)
  const { base } = found
  work = mkdtempSync(join(tmpdir(), "ispvm-packages-"))
  packagesInto(work)
  const files = debs(work)
  container = await startContainer({
    name: "pkg",
    base,
    prepare: (root) => {
      installPackages(root, files)
      assert.deepEqual(
        readdirSync(join(root, "var/lib")).filter((name) => name.startsWith("ispvm")),
        [],
        "installing makes no data and no secret",
      )
    },
  })
  api = apiOf(container, work)
}
after(async () => {
  await container?.stop()
  if (work !== undefined) rmSync(work, { recursive: true, force: true })
})

const diagnose = (t: TestContext, what: string, tookMs: number): void =>
  t.diagnostic(`${what} after ${(tookMs / 1_000).toFixed(1)} s`)

it("the appliance is ready, and nothing has failed", async (t) => {
  const tookMs = await until("readyz", isReady)
  diagnose(t, "ready", tookMs)
  // Beside other tests it shares the processors with them.
  if (runsAlone()) assert.ok(tookMs <= MAX_READY_MS, `${tookMs} ms`)
  assert.equal(container.run("systemctl", "--failed", "--quiet", "--plain", "--no-legend"), "")
  assert.equal(isActive("ispvm-agent"), false, "the agent waits for a token")
})

it("plain HTTP is redirected, and only the documented ports are open", () => {
  const { stdout } = container.curl("--head", "http://10.88.0.2/devices")
  assert.match(stdout, /^HTTP\/1.1 308/)
  assert.match(stdout, /location: https:\/\/10\.88\.0\.2\/devices/i)
  const ports = container
    .run("ss", "--no-header", "--listening", "--tcp", "--udp", "--numeric")
    .split("\n")
    .map((line) => line.trim().split(/\s+/)[4] ?? "")
    .filter((address) => address !== "" && !address.startsWith("127."))
    .map((address) => Number(address.split(":").at(-1)))
  assert.deepEqual(
    [...new Set(ports)].sort((one, other) => one - other),
    [80, 443, 8444, 8445],
  )
})

it("after the setup the agent of this machine enrols by itself", async (t) => {
  const status = JSON.parse(container.tryRun("ispvm", "status", "--json").stdout)
  assert.match(status.setupCode, /^[A-Z0-9-]{8,}$/)
  const answer = api("/setup", {
    setupCode: status.setupCode,
    organisation: "Test ISP",
    name: "Ada",
    email: "ada@example.net",
    password: PASSWORD,
  })
  assert.equal((answer as { isSetUp?: boolean }).isSetUp, true, JSON.stringify(answer))
  diagnose(t, "enrolled", await until("the agent", () => isActive("ispvm-agent")))
  await until(
    "the token is removed",
    () => container.tryRun("test", "-e", "/run/ispvm-local-agent/token").code !== 0,
  )
  const after = JSON.parse(container.run("ispvm", "status", "--json"))
  assert.equal(after.setupCode, null)
  assert.equal(after.services["ispvm-agent"], "active")
})

/** Lines of the unit that make folders, of which the appliance's would be removed, or are of its start. */
const OWN_LINES =
  /^(?:ExecStart|Type|NotifyAccess|Restart\w*|WatchdogSec|(?:Runtime|State|Cache)Directory\w*|Wants|After)=/
/** What a command prints that has the user, the rights and the files of the unit. */
const printedInUnit = (unit: string, command: string): string => {
  const own = container.run("cat", `/usr/lib/systemd/system/${unit}.service`)
  const lines = own.split("\n").filter((line) => !OWN_LINES.test(line))
  const more = ["Type=oneshot", `ExecStart=${command}`, "StandardOutput=truncate:/run/printed"]
  const text = lines.join("\n").replace("[Service]", ["[Service]", ...more].join("\n"))
  writeFileSync(container.pathOf("/run/systemd/system/confined.service"), text)
  container.run("systemctl", "daemon-reload")
  container.run("systemctl", "start", "confined")
  return container.run("cat", "/run/printed").trim()
}
const CLOCK = "timedatectl show --property=NTPSynchronized --value"
it("the confined appliance reads from systemd whether the clock is right", () => {
  const outside = container.run(...CLOCK.split(" ")).trim()
  assert.match(outside, /^(?:yes|no)$/)
  assert.equal(printedInUnit("ispvm", `/usr/bin/${CLOCK}`), outside)
  const { checks } = api("/health") as { checks: { id: string; message: { code: string } }[] }
  const code = checks.find(({ id }) => id === "clock")?.message.code
  assert.notEqual(code ?? "check.clock-unknown", "check.clock-unknown")
})

it("an appliance that hangs is restarted, and its agent runs on", async (t) => {
  const hung = property("ispvm", "MainPID")
  const agent = property("ispvm-agent", "MainPID")
  container.run("kill", "-STOP", hung)
  const tookMs = await until("another process", () => {
    const now = property("ispvm", "MainPID")
    return now !== hung && now !== "0" && isReady()
  })
  diagnose(t, "ready again", tookMs)
  assert.equal(property("ispvm", "NRestarts"), "1")
  assert.equal(property("ispvm-agent", "MainPID"), agent)
})

const property = (unit: string, name: string): string =>
  container.run("systemctl", "show", "--property", name, "--value", unit).trim()

for (const unit of UNITS)
  it(`${unit} has a limit of memory and of tasks`, () => {
    const machine = Number(
      /^MemTotal:\s+(\d+) kB/m.exec(container.run("cat", "/proc/meminfo"))?.[1],
    )
    const memory = Number(property(unit, "MemoryMax"))
    assert.ok(memory > 0 && memory < machine * BYTES_PER_KIB, `${memory} bytes`)
    assert.ok(Number(property(unit, "TasksMax")) <= 512, property(unit, "TasksMax"))
  })

it("the database has memory for its pages as the machine has memory", () => {
  const machine = Number(/^MemTotal:\s+(\d+) kB/m.exec(container.run("cat", "/proc/meminfo"))?.[1])
  const limit = Number(container.tryRun("cat", "/sys/fs/cgroup/memory.max").stdout) / BYTES_PER_KIB
  const shared = container.run(
    ...["runuser", "-u", "ispvm-database", "--", "psql", "--host=/run/ispvm-database"],
    ...["--dbname=postgres", "--no-align", "--tuples-only"],
    "--command=select setting::bigint * 8 from pg_settings where name = 'shared_buffers'",
  )
  const ratio = Number(shared) / Math.min(machine, limit || machine)
  assert.ok(Math.abs(ratio - SHARED_BUFFERS) < 0.01, `${shared.trim()} kB of ${machine} kB`)
})

it("wrong settings end a start for good; a crash is followed by another start", async () => {
  const wrong = "/run/systemd/system/ispvm.service.d/wrong.conf"
  container.run("mkdir", "-p", "/run/systemd/system/ispvm.service.d")
  container.run("sh", "-c", `printf '[Service]\nEnvironment=ISPVM_HTTP_PORT=none\n' > ${wrong}`)
  container.run("systemctl", "daemon-reload")
  container.tryRun("systemctl", "restart", "ispvm")
  await until("it has failed", () => property("ispvm", "ActiveState") === "failed")
  assert.equal(property("ispvm", "ExecMainStatus"), "2")
  assert.match(
    container.run("journalctl", "--unit=ispvm", "--lines=20", "--no-pager"),
    /ISPVM_HTTP_PORT/,
    "what is wrong is named",
  )
  container.run("rm", wrong)
  container.run("systemctl", "daemon-reload")
  container.run("systemctl", "start", "ispvm")
  await until("readyz", isReady)
  const crashed = property("ispvm", "MainPID")
  container.run("kill", "-KILL", crashed)
  await until("another process", () => {
    const now = property("ispvm", "MainPID")
    return now !== crashed && now !== "0" && isReady()
  })
})

const SETTINGS_FILE = "/etc/ispvm/ispvm.conf"
it("journalctl -p warning has what the appliance warns of, and nothing below", async () => {
  const retired = "ISPVM_DOOR_PORT"
  container.run("sh", "-c", `echo ${retired}=8444 >> ${SETTINGS_FILE}`)
  container.run("systemctl", "restart", "ispvm")
  await until("readyz", isReady)
  container.run("sed", "--in-place", `/^${retired}=/d`, SETTINGS_FILE)
  const linesOf = (...args: readonly string[]): readonly string[] =>
    container.run("journalctl", "-u", "ispvm", "--output=cat", "--no-pager", ...args).split("\n")
  const warnings = linesOf("-p", "warning").filter((line) => line.startsWith("{"))
  const texts = warnings.join("\n")
  assert.match(texts, new RegExp(`"level":"warn".*${retired} is now`))
  assert.doesNotMatch(texts, /"level":"(?:info|debug)"/)
  assert.ok(linesOf().some((line) => line.includes('"level":"info"')))
})

for (const unit of UNITS)
  it(`${unit} is confined`, (t) => {
    const { stdout } = container.tryRun("systemd-analyze", "security", "--no-pager", unit)
    const [, exposure] = /exposure level for \S+: ([\d.]+)/.exec(stdout) ?? []
    t.diagnostic(`${unit}: exposure ${exposure}`)
    assert.ok(Number(exposure) <= MAX_EXPOSURE, stdout.slice(-200))
  })

const SITE = "made before the upgrade"
const SETTING = "# a line of the administrator"
const CONFFILES = [SETTINGS_FILE, "/etc/ispvm-agent/agent.conf"]
/** Of the agent, and of the appliance's authority: secrets that nothing may make anew. */
const KEPT_FILES = ["/var/lib/ispvm-agent/identity.json"]
const sumsOfKept = (): string => container.run("sha256sum", ...KEPT_FILES)

/** Both packages into the container, and installed by dpkg as an administrator does. */
const install = (files: readonly string[]): void => {
  const folder = join(container.root, "srv/packages")
  mkdirSync(folder, { recursive: true })
  for (const file of files) copyFileSync(file, join(folder, basename(file)))
  const inside = files.map((file) => `/srv/packages/${basename(file)}`)
  container.run(
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "dpkg",
    "--force-unsafe-io",
    "--install",
    ...inside,
  )
}
/** Ready as `version`, with the data, settings and identities from before. */
const isWhole = async (version: string, kept: string): Promise<void> => {
  await until("readyz", isReady)
  await until("the agent", () => isActive("ispvm-agent"))
  assert.equal(JSON.parse(container.run("ispvm", "status", "--json")).version, version)
  assert.match(JSON.stringify(api("/sites")), new RegExp(SITE), "the session and the site")
  assert.equal(sumsOfKept(), kept)
  for (const file of CONFFILES) assert.ok(container.run("cat", file).includes(SETTING), file)
  for (const name of PACKAGES) {
    // The settings alone differ from the package.
    const changed = container.run("dpkg", "--verify", name).trim().split("\n")
    assert.ok(changed.length === 1 && CONFFILES.some((file) => changed[0]?.endsWith(` c ${file}`)))
    const releases = container.run("ls", `/opt/${name}/releases`).trim().split("\n")
    assert.deepEqual(releases, [version], name)
  }
  assert.equal(container.run("systemctl", "--failed", "--quiet", "--plain", "--no-legend"), "")
}

const UPGRADE = "0.2.0"
it("an upgrade by dpkg runs the new release and loses nothing", async (t) => {
  api("/sites", { name: SITE })
  for (const file of CONFFILES) container.run("sh", "-c", `echo '${SETTING}' >> ${file}`)
  const kept = sumsOfKept()
  await deriveBundle({ built: work, work, key: newKey() }, UPGRADE)
  const began = performance.now()
  install(debs(join(work, `${UPGRADE}-none`)))
  await isWhole(UPGRADE, kept)
  diagnose(t, "upgraded", performance.now() - began)
})

it("the same release installed again loses nothing", async () => {
  const kept = sumsOfKept()
  install(debs(join(work, `${UPGRADE}-none`)))
  await isWhole(UPGRADE, kept)
})

it("removal stops everything and keeps the data, which the next installation finds", async () => {
  const kept = sumsOfKept()
  container.run("dpkg", "--remove", ...PACKAGES)
  assert.equal(UNITS.some(isActive), false)
  for (const name of PACKAGES)
    assert.notEqual(container.tryRun("test", "-e", `/opt/${name}`).code, 0, name)
  container.run("test", "-s", "/var/lib/ispvm-database/cluster/PG_VERSION")
  assert.equal(sumsOfKept(), kept)
  install(debs(join(work, `${UPGRADE}-none`)))
  await isWhole(UPGRADE, kept)
})

it("a purge removes everything", () => {
  container.run("dpkg", "--purge", ...PACKAGES)
  assert.equal(UNITS.some(isActive), false)
  const left = container
    .tryRun(
      ...["find", "/opt", "/etc", "/var/lib", "/usr/lib/systemd", "/usr/bin"],
      ...["-name", "*ispvm*", "-not", "-path", "/var/lib/dpkg/*"],
    )
    .stdout.replaceAll(/^\/etc\/postgresql-common\S+\n/gm, "")
  assert.equal(left, "")
})
