/**
 * `npm run test:restore`: an appliance installed from its packages is backed up, and restored into
 * another container that has never seen it. Its agent goes on there with the identity it has.
 */
import assert from "node:assert/strict"
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { testRelease } from "../config.ts"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { type Container, installPackages, type Output, startContainer } from "./container.ts"
import { mountOverlay, type Overlay, unmount } from "./overlay.ts"
import { type Api, apiOf, PERSON } from "./restore-api.ts"
import { ACCESS, createSite, LOOPBACK, ROUTER, type Site, until } from "./restore-site.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"

const HISTORY_MS = 40_000
const DATA = "/var/lib/ispvm"
const BACKUPS = `${DATA}/backups`
const AGENT = "pop-1"
const MIGRATIONS = "opt/ispvm/current/appliance/migrations"
const reason = reasonToSkip() ?? reasonNotToBuild()

const Status = z.object({ setupCode: z.string().nullable(), fingerprint: z.string() })
const Series = z.object({
  atMs: z.array(z.number()),
  items: z.array(z.object({ columns: z.record(z.string(), z.array(z.number().nullable())) })),
})
type Series = z.infer<typeof Series>

const work = mkdtempSync(join(tmpdir(), "ispvm-restore-"))
let installed: Overlay | undefined
let site: Site | undefined
let source: Container | undefined
let target: Container | undefined
after(async () => {
  await site?.stop()
  await source?.stop()
  await target?.stop()
  if (installed !== undefined) unmount(installed.root)
  rmSync(work, { recursive: true, force: true })
})
const it = (name: string, run: (t: TestContext) => Promise<void>): void =>
  void test(`restore: ${name}`, { skip: reason ?? false }, run)

/** Both containers have the same packages, and nothing else in common. */
const install = (): Overlay => {
  const packages = join(work, "packages")
  packagesInto(packages)
  const base = ensureRoot(testRelease(), (text) => console.log(text))
  const folder = join(work, "installed")
  mkdirSync(folder)
  const overlay = mountOverlay(folder, [base])
  installPackages(overlay.root, globSync(join(packages, "*_amd64.deb")))
  writeFileSync(join(overlay.root, "etc/ispvm/ispvm.conf"), `${LOOPBACK}\n`)
  return overlay
}
const boot = async (name: string): Promise<Container> => {
  installed ??= install()
  const booted = await startContainer({ name, base: installed.layers, prepare: () => undefined })
  await until("readyz", () => booted.curl("--fail", `${booted.url}/readyz`).code === 0)
  return booted
}
const statusOf = ({ tryRun }: Container): z.infer<typeof Status> =>
  Status.parse(JSON.parse(tryRun("ispvm", "status", "--json").stdout))
const running = (container: Container | undefined): Container => {
  assert.ok(container !== undefined, "the test before has failed")
  return container
}

/** What people have entered; the rest of an answer is measured, and goes on changing. */
const ENTERED: Readonly<Record<string, readonly string[]>> = {
  "/devices": ["id", "name", "address", "agentId", "credentialId", "note", "methods", "serial"],
  "/credentials": ["id", "name", "username", "hasPassword"],
  "/accounts": ["id", "name", "email", "role", "createdAtMs"],
  "/agents": ["id", "name", "enrolment"],
}
const inventoryOf = (api: Api): unknown =>
  Object.entries(ENTERED).map(([path, keys]) =>
    api
      .list(path)
      .map((item) => keys.map((key) => item[key] ?? null))
      .toSorted((one, other) => String(one[0]).localeCompare(String(other[0]))),
  )

const before = {
  device: "",
  credential: "",
  agent: "",
  fingerprint: "",
  serial: "" as string | null,
  ownSerial: "" as string | null,
  inventory: null as unknown,
  series: null as Series | null,
  range: { from: 0, to: 0 },
  identity: "",
  file: "",
}
const seriesOf = (api: Api, { from, to }: { from: number; to: number }): Series =>
  Series.parse(
    api.send(
      "GET",
      `/devices/${before.device}/series?family=health&from=${from}&to=${to}&points=100`,
    ),
  )
const valuesIn = ({ items }: Series): number =>
  items.flatMap(({ columns }) => Object.values(columns).flat()).filter((value) => value !== null)
    .length
const testAccess = (api: Api): { readonly ok: boolean } =>
  z.looseObject({ ok: z.boolean() }).parse(
    api.send("POST", "/devices/test", {
      agentId: before.agent,
      address: ROUTER.address,
      methods: METHODS,
      credentialId: before.credential,
    }),
  )
const METHODS = {
  routerosApi: { port: ROUTER.port, tls: false, fingerprint: null },
  snmp: null,
  icmp: false,
  tcpPort: null,
}

it("an appliance with an agent, a router and some history is backed up", async (t) => {
  source = await boot("src")
  const api = apiOf(source, mkdtempSync(join(work, "cookies-")))
  const { setupCode, fingerprint } = statusOf(source)
  api.send("POST", "/setup", { setupCode, organisation: "Test ISP", ...PERSON })
  const { run, tryRun } = source
  await until(
    "this machine's agent",
    () => tryRun("systemctl", "is-active", "ispvm-agent").code === 0,
  )
  const agent = api.add("/agents", { name: AGENT, siteId: null, deviceId: null })
  const { token } = z
    .object({ token: z.string() })
    .parse(api.send("POST", `/agents/${agent}/token`, {}))
  site = createSite(work)
  await site.start(source, token)
  const access = { name: "routers", ...ACCESS, snmpCommunity: null }
  const credential = api.add("/credentials", access)
  const device = api.add("/devices", {
    ...{ name: "esk-core-1", address: ROUTER.address, siteId: null, agentId: agent },
    ...{ credentialId: credential, roles: [], note: "of the source", methods: METHODS },
  })
  Object.assign(before, { device, credential, agent, fingerprint })
  assert.equal(testAccess(api).ok, true)
  await delay(HISTORY_MS)
  const now = Date.now()
  before.range = { from: now - 600_000, to: now - (now % 10_000) - 10_000 }
  before.series = seriesOf(api, before.range)
  t.diagnostic(`${valuesIn(before.series)} values of history`)
  assert.ok(valuesIn(before.series) > 0)
  before.inventory = inventoryOf(api)
  before.ownSerial = api.agent("This appliance")?.certificateSerial ?? null
  before.serial = api.agent(AGENT)?.certificateSerial ?? null
  const key = z.object({ identity: z.string() }).parse(api.send("POST", "/backup/key", {}))
  before.identity = key.identity
  const began = performance.now()
  run("ispvm", "backup")
  t.diagnostic(`ispvm backup: ${((performance.now() - began) / 1_000).toFixed(1)} s`)
  const [file, ...others] = globSync(join(source.root, BACKUPS, "*.age"))
  assert.ok(file !== undefined && others.length === 0, "one file")
  before.file = join(work, basename(file))
  copyFileSync(file, before.file)
})

it("a full disk fails the backup by name, and leaves nothing behind", async () => {
  const { run, tryRun, root } = running(source)
  const api = apiOf(running(source), mkdtempSync(join(work, "cookies-")))
  api.send("POST", "/session", { email: PERSON.email, password: PERSON.password })
  const path = `${DATA}/small`
  run("install", "-d", "-o", "ispvm", "-g", "ispvm", path)
  run("mount", "-t", "tmpfs", "-o", "size=16k,mode=0777", "tmpfs", path)
  const settings = { frequency: "off", hourUtc: 2, keepCount: 2, keepDays: 30 }
  api.send("PUT", "/backup/settings", { ...settings, target: { kind: "directory", path } })
  const { code, stderr } = tryRun("ispvm", "backup")
  assert.equal(code, 1)
  assert.match(stderr, /No space is left/)
  assert.equal(run("ls", "-A", path), "")
  run("umount", path)
  assert.deepEqual(globSync(join(root, DATA, "restore*")), [])
})

it("a backup of a newer release can be made by that release", async () => {
  const { run, root } = running(source)
  writeFileSync(join(root, MIGRATIONS, "9999-later.sql"), "create table platform.later (n int);\n")
  run("systemctl", "restart", "ispvm")
  run("ispvm", "backup", "--plain", `${DATA}/newer.ispvm`)
  copyFileSync(join(root, DATA, "newer.ispvm"), join(work, "newer.ispvm"))
})

const startAppliance = ({ tryRun, run }: Container): void => {
  const { code, stderr } = tryRun("systemctl", "start", "ispvm")
  if (code === 0) return
  const journal = run("journalctl", "--no-pager", "--lines=40", "--unit=ispvm")
  throw new Error(`${stderr}${journal}`)
}
const restore = ({ tryRun }: Container, file: string, ...more: readonly string[]): Output =>
  tryRun("ispvm", "restore", `/root/${file}`, ...more)

/** Name, what is restored, options, and what the command says about it. */
const badInput = (): readonly (readonly [string, Buffer, readonly string[], RegExp])[] => {
  const whole = readFileSync(before.file)
  const flipped = Buffer.from(whole)
  const middle = Math.floor(flipped.length / 2)
  flipped[middle] = (flipped[middle] ?? 0) ^ 1
  const key = ["--key", "/root/key.txt"]
  return [
    ["a wrong key", whole, ["--key", "/root/other.txt"], /This key does not open the backup/],
    ["no key", whole, [], /This backup is encrypted/],
    ["a flipped bit", flipped, key, /The backup is damaged/],
    ["a truncated file", whole.subarray(0, whole.length - 1_000), key, /incomplete|damaged/],
    ["another file", Buffer.from("x".repeat(5_000)), key, /not a backup of/],
    ["a newer release", readFileSync(join(work, "newer.ispvm")), [], /made by a newer release/],
  ]
}

it("what cannot be restored is named, and the fresh appliance stays fresh", async () => {
  await site?.stop()
  await source?.stop()
  source = undefined
  target = await boot("new")
  const { root, run } = target
  assert.notEqual(statusOf(target).fingerprint, before.fingerprint)
  run("systemctl", "stop", "ispvm")
  writeFileSync(join(root, "root/key.txt"), `# of the backup\n${before.identity}\n`)
  const other = run("/opt/ispvm/current/node/bin/node", "--input-type=module", "--eval", OTHER_KEY)
  writeFileSync(join(root, "root/other.txt"), other)
  for (const [name, content, options, expected] of badInput()) {
    writeFileSync(join(root, "root/bad"), content)
    const { code, stderr } = restore(target, "bad", ...options)
    assert.equal(code, 1, `${name}: ${stderr}`)
    assert.match(stderr, expected, name)
    assert.equal(stderr.trim().split("\n").length, 1, `${name}: one sentence, no stack: ${stderr}`)
  }
  startAppliance(target)
  await until(
    "readyz",
    () => running(target).curl("--fail", `${running(target).url}/readyz`).code === 0,
  )
  assert.notEqual(statusOf(target).setupCode, null)
})
const OTHER_KEY = `import { generateX25519Identity } from
  "/opt/ispvm/current/node_modules/age-encryption/dist/index.js"
console.log(await generateX25519Identity())`

it("a fresh appliance has inventory, history, credentials and certificates of the backup", async (t) => {
  const container = running(target)
  const { root, run } = container
  copyFileSync(before.file, join(root, "root/backup.age"))
  run("systemctl", "stop", "ispvm")
  const began = performance.now()
  const { code, stderr } = restore(container, "backup.age", "--key", "/root/key.txt")
  assert.equal(code, 0, stderr)
  startAppliance(container)
  await until("readyz", () => container.curl("--fail", `${container.url}/readyz`).code === 0)
  t.diagnostic(`restored and ready after ${((performance.now() - began) / 1_000).toFixed(1)} s`)
  assert.deepEqual(statusOf(container), { setupCode: null, fingerprint: before.fingerprint })
  const api = apiOf(container, mkdtempSync(join(work, "cookies-")))
  api.send("POST", "/session", { email: PERSON.email, password: PERSON.password })
  assert.deepEqual(inventoryOf(api), before.inventory)
  assert.deepEqual(seriesOf(api, before.range), before.series)
})

it("the agent reports to it without a new enrolment, and logs in to the router", async (t) => {
  const container = running(target)
  const api = apiOf(container, mkdtempSync(join(work, "cookies-")))
  api.send("POST", "/session", { email: PERSON.email, password: PERSON.password })
  const startedMs = Date.now()
  await site?.start(container, null)
  const tookMs = await until(
    "the agent's report",
    () => (api.agent(AGENT)?.lastSeenAtMs ?? 0) > startedMs,
  )
  t.diagnostic(`the agent was seen after ${(tookMs / 1_000).toFixed(1)} s`)
  const agent = api.agent(AGENT)
  assert.equal(agent?.enrolment, "enrolled")
  assert.equal(agent?.certificateSerial, before.serial, "the certificate that it had")
  assert.equal(testAccess(api).ok, true, "the password was stored encrypted, and is the same")
  await until(
    "values of the router",
    () => valuesIn(seriesOf(api, { from: startedMs, to: Date.now() })) > 0,
  )
})

/** One request with the file as it is: it is smaller than a piece. */
const upload = ({ curl, url }: Container, folder: string): number => {
  const { stdout } = curl(
    ...["--request", "PUT", "--cookie", join(folder, "cookies"), "--header", `origin: ${url}`],
    ...["--header", "content-type: application/octet-stream", "--data-binary", `@${before.file}`],
    ...["--output", "/dev/null", "--write-out", "%{http_code}"],
    `${url}/api/v1/setup/restore/file?offset=0`,
  )
  return Number(stdout)
}
const RestorePhase = z.looseObject({ phase: z.string() })

it("another fresh appliance restores it from the page that claims it", async (t) => {
  await site?.stop()
  await target?.stop()
  target = await boot("page")
  const container = target
  const folder = mkdtempSync(join(work, "cookies-"))
  const api = apiOf(container, folder)
  const { setupCode } = statusOf(container)
  const bytes = statSync(before.file).size
  const began = performance.now()
  api.send("POST", "/setup/restore", { setupCode, identity: before.identity, bytes })
  assert.equal(upload(container, folder), 200)
  const isDone = (): boolean => {
    try {
      const { phase } = RestorePhase.parse(api.send("GET", "/setup/restore"))
      assert.notEqual(phase, "failed")
      return phase === "done"
    } catch (error) {
      // While it restarts there is no answer.
      if (error instanceof assert.AssertionError) throw error
      return false
    }
  }
  await until("the end of the restore", isDone)
  t.diagnostic(`restored and served after ${((performance.now() - began) / 1_000).toFixed(1)} s`)
  assert.deepEqual(statusOf(container), { setupCode: null, fingerprint: before.fingerprint })
  const restarts = container.run("systemctl", "show", "--property=NRestarts", "--value", "ispvm")
  assert.equal(restarts.trim(), "0", "in the same process")
  api.send("POST", "/session", { email: PERSON.email, password: PERSON.password })
  assert.deepEqual(inventoryOf(api), before.inventory)
})

it("the agent of that machine takes the place of the first one's", async () => {
  const container = running(target)
  const api = apiOf(container, mkdtempSync(join(work, "cookies-")))
  api.send("POST", "/session", { email: PERSON.email, password: PERSON.password })
  await until(
    "its report",
    () => api.agent("This appliance")?.certificateSerial !== before.ownSerial,
  )
  const removed = () => container.tryRun("test", "-e", "/run/ispvm-local-agent/token").code !== 0
  await until("the token is removed", removed)
  container.run("systemctl", "is-active", "--quiet", "ispvm-agent")
})
