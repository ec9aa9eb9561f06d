/**
 * `npm run test:first-boot`: the image's system boots for the first time in two containers, one with
 * a seed that is right and one with mistakes. What the seed sets is used as a provider would use it.
 */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, type TestContext, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { runsHere } from "../config.ts"
import { DATA_FOLDERS } from "../disk/layout.ts"
import { LISTS } from "../disk/lists.ts"
import { sharedFiles } from "../disk/shared-files.ts"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { type Container, startContainer } from "./container.ts"
import {
  ADDRESS,
  ADMINISTRATOR,
  CERTIFICATE_NAME,
  MISTAKES,
  makeProvided,
  ORGANISATION,
  PASSWORD,
  type Provided,
  TIME_SERVER,
  writeLaterSeed,
  writeRightSeed,
  writeWrongSeed,
} from "./first-boot-seeds.ts"
import { mountImageRoot } from "./image-root.ts"
import { filesOfMachine, isZero, placeOf, TABLE_FILE } from "./machine-files.ts"
import { type Overlay, unmount } from "./overlay.ts"
import { reasonToSkip } from "./root.ts"
import {
  listeningSockets,
  newReadableFiles,
  readableFiles,
  runningServices,
} from "./running-lists.ts"

const GOLDEN = join(import.meta.dirname, "golden")
const IMAGE_GOLDEN = join(import.meta.dirname, "../disk/golden")
const WAIT_MS = 300_000
const POLL_MS = 300
const MAX_EXPOSURE = 2
const CONFINED = ["ispvm.service", "ispvm-agent.service", "ispvm-database.service"]
const missing = ["ssh", "ssh-keygen", "openssl"].filter((program) => !runsHere(program))
const reason =
  reasonToSkip() ??
  reasonNotToBuild() ??
  (missing.length > 0 ? `not installed: ${missing.join(", ")}` : null)

const Status = z.object({
  ready: z.boolean(),
  setupCode: z.string().nullable(),
  fingerprint: z.string(),
  seedProblems: z.array(z.object({ key: z.string(), fault: z.string() })),
})

let work: string
let image: Overlay
let provided: Provided
/** With the seed that is right. */
let right: Container
/** With mistakes. */
let wrong: Container
/** Files of the image that everybody can read. */
let readable: ReadonlySet<string>

const until = async (what: string, condition: () => boolean): Promise<number> => {
  const began = performance.now()
  while (!condition()) {
    if (performance.now() - began > WAIT_MS) throw new Error(`waited too long: ${what}`)
    await delay(POLL_MS)
  }
  return performance.now() - began
}
const statusOf = ({ tryRun }: Container): z.infer<typeof Status> =>
  Status.parse(JSON.parse(tryRun("ispvm", "status", "--json").stdout))
/** From inside: a container may have no address. */
const isReady = ({ tryRun }: Container): boolean =>
  tryRun("curl", "-ksf", "--max-time", "5", "https://127.0.0.1/readyz").code === 0

const boot = async (name: string, seed: (root: string) => void): Promise<Container> =>
  await startContainer({ name, base: image.layers, prepare: seed, isConfigured: true })

before(async () => {
  if (reason !== null) return
  work = mkdtempSync(join(tmpdir(), "ispvm-first-boot-"))
  const packages = join(work, "packages")
  packagesInto(packages)
  const files = globSync(join(packages, "*_amd64.deb"))
  const folder = mkdtempSync(join(work, "image-"))
  image = mountImageRoot(folder, files, (text) => console.log(text))
  readable = readableFiles(image.root)
  provided = makeProvided(work)
  ;[right, wrong] = await Promise.all([
    boot("yes", (root) => writeRightSeed(root, provided)),
    boot("no", (root) => writeWrongSeed(root)),
  ])
})
after(async () => {
  await Promise.all([right?.stop(), wrong?.stop()])
  if (image !== undefined) unmount(image.root)
  if (work !== undefined) rmSync(work, { recursive: true, force: true })
})
const it = (name: string, run: (t: TestContext) => void | Promise<void>): void =>
  void test(`first boot: ${name}`, { skip: reason ?? false }, run)

const goldenLines = (name: string): readonly string[] =>
  readFileSync(join(GOLDEN, `${name}.txt`), "utf8")
    .trimEnd()
    .split("\n")
const golden = (name: string, found: readonly string[]): void =>
  assert.deepEqual(found, goldenLines(name), name)

/** Logs in and gives the answers of these paths of the API. */
const asAdministrator = (container: Container, ...paths: readonly string[]): readonly string[] => {
  const jar = join(mkdtempSync(join(work, "cookies-")), "jar")
  const { stdout } = container.curl(
    ...["--include", "--cookie-jar", jar, "--header", `origin: ${container.url}`],
    ...["--header", "content-type: application/json", "--data"],
    JSON.stringify({ email: ADMINISTRATOR.email, password: PASSWORD }),
    `${container.url}/api/v1/session`,
  )
  assert.match(stdout, /^HTTP\/[\d.]+ 201/)
  return paths.map(
    (path) => container.curl("--cookie", jar, `${container.url}/api/v1${path}`).stdout,
  )
}

it("the image holds no secret, and opens what its lists say", () => {
  for (const name of DATA_FOLDERS)
    assert.deepEqual(readdirSync(join(image.root, "var/lib", name)), [], name)
  assert.deepEqual(globSync(join(image.root, "etc/ssh/ssh_host_*")), [])
  assert.equal(readFileSync(join(image.root, "etc/machine-id"), "utf8"), "uninitialized\n")
  const keys = ["grep", "-rlE", "--devices=skip", "^-----BEGIN [A-Z ]*PRIVATE KEY-----"]
  const folders = ["etc", "var", "opt", "root", "home", "srv"]
  assert.equal(searchIn(image.root, keys, folders), "")
  for (const [name, list] of Object.entries(LISTS)) {
    const found = `${[...list(image.root)].sort().join("\n")}\n`
    assert.equal(found, readFileSync(join(IMAGE_GOLDEN, `${name}.txt`), "utf8"), name)
  }
})
const searchIn = (
  folder: string,
  [program = "", ...args]: readonly string[],
  below: readonly string[],
): string => {
  try {
    return execFileSync(program, [...args, ...below], { cwd: folder, encoding: "utf8" })
  } catch (error) {
    // grep: nothing found.
    if (error instanceof Error && "status" in error && error.status === 1) return ""
    throw error
  }
}

it("the machine is set up by its seed: name, address, organisation, administrator", async (t) => {
  const tookMs = await until("readyz", () => isReady(right))
  t.diagnostic(`ready after ${(tookMs / 1_000).toFixed(1)} s`)
  assert.equal(right.run("systemctl", "--failed", "--quiet", "--plain", "--no-legend"), "")
  assert.equal(right.run("hostname").trim(), "noc7")
  assert.match(right.run("ip", "-brief", "address", "show", "host0"), new RegExp(`${ADDRESS}/24`))
  const { setupCode, seedProblems } = statusOf(right)
  assert.equal(setupCode, null, "nobody else can claim it")
  assert.deepEqual(seedProblems, [])
  const [session = ""] = asAdministrator(right, "/session")
  assert.match(session, new RegExp(`"organisation":\\{[^}]*"name":"${ORGANISATION}"`))
  assert.match(session, new RegExp(`"email":"${ADMINISTRATOR.email}","role":"admin"`))
  assert.notEqual(right.tryRun("test", "-e", "/var/lib/ispvm/claim.json").code, 0, "consumed")
  const journal = right.run("journalctl", "--no-pager", "--unit=ispvm-seed")
  assert.match(journal, /ignored: manage_etc_hosts/)
})

it("multicast DNS answers with the host name", () => {
  const program = join(import.meta.dirname, "ask-mdns.ts")
  const { stdout } = right.beside([process.execPath, program, "noc7.local", "10.88.0.1"], work)
  assert.equal(stdout.trim(), ADDRESS)
})

it("the UI shows itself with the seed's certificate", () => {
  const { code, stderr } = right.beside(
    [
      ...["curl", "--silent", "--show-error", "--fail", "--output", "/dev/null"],
      ...["--cacert", provided.chainFile, "--resolve", `${CERTIFICATE_NAME}:443:${ADDRESS}`],
      `https://${CERTIFICATE_NAME}/readyz`,
    ],
    work,
  )
  assert.equal(code, 0, stderr)
})

const ssh = ({ beside }: Container, ...more: readonly string[]) =>
  beside(
    [
      ...["ssh", "-F", "none", "-i", provided.sshKeyFile, "-o", "BatchMode=yes"],
      ...["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
      ...["-o", "LogLevel=ERROR", "-o", "ConnectTimeout=5", ...more, `root@${ADDRESS}`, "hostname"],
    ],
    work,
  )

it("SSH lets in who has the seed's key, and nobody by a password", () => {
  const { stdout, stderr } = ssh(right)
  assert.equal(stdout.trim(), "noc7", stderr)
  const refused = ssh(right, "-o", "PubkeyAuthentication=no", "-o", "IdentitiesOnly=yes")
  assert.match(refused.stderr, /Permission denied \(publickey\)/)
})

it("the seed's time servers are those of chrony", () => {
  // In a container chrony is not started by itself: the clock is that of the machine around it.
  right.run("chronyd", "-x")
  const sources = right.run("chronyc", "-n", "sources")
  right.run("chronyc", "shutdown")
  assert.deepEqual(
    [...sources.matchAll(/^\^\S+\s+(\S+)/gm)].map(([, server]) => server),
    [TIME_SERVER],
  )
})

it("an agent elsewhere enrols with the seed's token, and that of this machine by itself", async () => {
  const folder = mkdtempSync(join(work, "agent-"))
  const token = `ispvm1.${provided.agent.secret}.${statusOf(right).fingerprint}`
  writeFileSync(join(folder, "token"), token, { mode: 0o600 })
  const release = join(right.root, "opt/ispvm-agent/current")
  const program = [join(release, "node/bin/node"), join(release, "agent/src/main.ts")].join(" ")
  const agent = `${program} --url https://${ADDRESS}:8444 --token-file token > log 2>&1 &
    for each in $(seq 240); do [ -s identity.json ] && break; sleep 0.5; done
    kill $!; wait; cat log`
  const environment = [`ISPVM_AGENT_DATA_DIR=${folder}`, "ISPVM_SYSLOG_PORT=auto"]
  const { stdout } = right.beside(["env", ...environment, "sh", "-c", agent], folder)
  const [agents = ""] = asAdministrator(right, "/agents")
  const named = new RegExp(`"name":"${provided.agent.name}"[^{}]*"enrolment":"enrolled"`)
  assert.match(agents, named, `${agents}\n${stdout}`)
  await until(
    "the agent of this machine",
    () => right.tryRun("systemctl", "is-active", "--quiet", "ispvm-agent").code === 0,
  )
})

it("sockets, services and readable files are those of the golden lists", () => {
  golden("listening", listeningSockets(right))
  const services = runningServices(right)
  golden("services", services)
  for (const unit of CONFINED) {
    const [, exposure] = services.find((line) => line.startsWith(unit))?.split(" exposure ") ?? []
    assert.ok(Number(exposure) <= MAX_EXPOSURE, `${unit}: ${exposure}`)
  }
  golden("readable", newReadableFiles(right, readable))
})

it("a seed with mistakes: the machine starts, and console and journal name them", async (t) => {
  const tookMs = await until("readyz", () => isReady(wrong))
  t.diagnostic(`ready after ${(tookMs / 1_000).toFixed(1)} s`)
  assert.equal(wrong.run("systemctl", "--failed", "--quiet", "--plain", "--no-legend"), "")
  assert.equal(wrong.run("hostname").trim(), "noc8", "what is right is applied")
  assert.equal(statusOf(wrong).setupCode, null, "set up all the same")
  const shown = wrong.run("ispvm", "console", "--once")
  const journal = wrong.run("journalctl", "--no-pager", "--unit=ispvm-seed")
  for (const text of MISTAKES) {
    assert.ok(shown.includes(`Seed: ${text}`), shown)
    assert.ok(journal.includes(`seed: ${text}`), journal)
  }
  assert.match(shown, /This machine has no address yet/)
})

it("with an address from the console, every page names the mistakes", async () => {
  wrong.run("ispvm", "network", "static", `${ADDRESS}/24`, "--gateway", "10.88.0.1")
  await until("the address", () => wrong.curl(`${wrong.url}/readyz`).code === 0)
  assert.match(wrong.run("ispvm", "console", "--once"), new RegExp(`https://${ADDRESS}/`))
  const [health = ""] = asAdministrator(wrong, "/health")
  assert.match(health, /"key":"hostnam","fault":"unknown-key"/)
  assert.match(health, /"key":"organization","fault":"unknown-key"/)
  assert.match(health, /"fault":"wrong-value","detail":"192\.0\.2\.300\/24"/)
})

it("without a key SSH is off, and its port closed", () => {
  assert.equal(wrong.tryRun("systemctl", "is-active", "--quiet", "ssh").code === 0, false)
  assert.match(ssh(wrong).stderr, /timed out/i)
})

it("two machines of one image share no file that their first boot made", (t) => {
  for (const { run } of [right, wrong])
    run("systemctl", "stop", "ispvm-agent", "ispvm", "ispvm-database")
  const [plain, first, second] = [image.root, right.root, wrong.root].map(filesOfMachine)
  assert.ok(plain !== undefined && first !== undefined && second !== undefined)
  t.diagnostic(`${first.size} and ${second.size} files compared`)
  const shared = sharedFiles(plain, first, second)
    .map(({ path }) => path)
    .filter((path) => !TABLE_FILE.test(path) && !isZero(join(right.root, placeOf(path))))
  assert.deepEqual(shared, [])
})

it("a later seed brings a key: the next boot makes host keys, and lets in who has the key", async () => {
  assert.deepEqual(globSync(join(wrong.root, "etc/ssh/ssh_host_*")), [], "none were needed")
  writeLaterSeed(wrong.root, provided)
  await wrong.reboot()
  assert.notEqual(wrong.tryRun("test", "-e", "/run/systemd/first-boot").code, 0, "no first boot")
  await until("readyz", () => isReady(wrong))
  await until("SSH", () => ssh(wrong).code === 0)
  assert.equal(ssh(wrong).stdout.trim(), "noc8")
  const fingerprints = [right, wrong].map(({ run }) =>
    run("ssh-keygen", "-lf", "/etc/ssh/ssh_host_ed25519_key.pub"),
  )
  assert.notEqual(fingerprints[0], fingerprints[1])
  assert.deepEqual(statusOf(wrong).seedProblems, [])
})
