/**
 * The packages on a Debian booted by its own systemd: what an administrator installs. Debian 13;
 * with ISPVM_TEST_RELEASE=bookworm Debian 12 and its PostgreSQL 15.
 */
import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { testRelease } from "../config.ts"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { type Container, installPackages, startContainer } from "./container.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"

const PASSWORD = "a-long-enough-password-7"
const READY_MS = 120_000
const POLL_MS = 200
const MAX_EXPOSURE = 2
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

let work: string
let container: Container
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
  const files = readdirSync(work)
    .filter((name) => name.endsWith(".deb"))
    .map((name) => join(work, name))
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
}
after(async () => {
  await container?.stop()
  if (work !== undefined) rmSync(work, { recursive: true, force: true })
})

const diagnose = (t: TestContext, what: string, tookMs: number): void =>
  t.diagnostic(`${what} after ${(tookMs / 1_000).toFixed(1)} s`)

it("the appliance is ready, and nothing has failed", async (t) => {
  diagnose(t, "ready", await until("readyz", isReady))
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
  const { stdout } = container.curl(
    ...["--request", "POST", `${container.url}/api/v1/setup`],
    ...["--header", `origin: ${container.url}`, "--header", "content-type: application/json"],
    "--data",
    JSON.stringify({
      setupCode: status.setupCode,
      organisation: "Test ISP",
      name: "Ada",
      email: "ada@example.net",
      password: PASSWORD,
    }),
  )
  assert.equal(JSON.parse(stdout).isSetUp, true, stdout)
  diagnose(t, "enrolled", await until("the agent", () => isActive("ispvm-agent")))
  await until(
    "the token is removed",
    () => container.tryRun("test", "-e", "/run/ispvm-local-agent/token").code !== 0,
  )
  const after = JSON.parse(container.run("ispvm", "status", "--json"))
  assert.equal(after.setupCode, null)
  assert.equal(after.services["ispvm-agent"], "active")
})

it("an appliance that hangs is restarted, and its agent runs on", async (t) => {
  const property = (unit: string, name: string): string =>
    container.run("systemctl", "show", "--property", name, "--value", unit).trim()
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

for (const unit of UNITS)
  it(`${unit} is confined`, (t) => {
    const { stdout } = container.tryRun("systemd-analyze", "security", "--no-pager", unit)
    const [, exposure] = /exposure level for \S+: ([\d.]+)/.exec(stdout) ?? []
    t.diagnostic(`${unit}: exposure ${exposure}`)
    assert.ok(Number(exposure) <= MAX_EXPOSURE, stdout.slice(-200))
  })

it("removal stops everything and keeps the data; a purge removes it", () => {
  container.run("dpkg", "--remove", "ispvm", "ispvm-agent")
  assert.equal(UNITS.some(isActive), false)
  container.run("test", "-s", "/var/lib/ispvm-database/cluster/PG_VERSION")
  container.run("dpkg", "--purge", "ispvm", "ispvm-agent")
  const left = container
    .tryRun(
      ...["find", "/opt", "/etc", "/var/lib", "/usr/lib/systemd", "/usr/bin"],
      ...["-name", "*ispvm*", "-not", "-path", "/var/lib/dpkg/*"],
    )
    .stdout.replaceAll(/^\/etc\/postgresql-common\S+\n/gm, "")
  assert.equal(left, "")
})
