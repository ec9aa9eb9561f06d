/**
 * `npm run test:container`: the images of Containerfile are built and the services of compose.yaml
 * run, with a storage of their own. Each service gets what compose.yaml says, except that all share
 * one network namespace: ports and sysctls are set there.
 */
import assert from "node:assert/strict"
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  cpSync,
  globSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { runsHere } from "../config.ts"
import type { Output } from "../nspawn/container.ts"
import { apiOf, PERSON } from "../nspawn/restore-api.ts"
import { ensureRoot, reasonToSkip } from "../nspawn/root.ts"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { readCompose, runArguments } from "./compose.ts"

const WAIT_MS = 180_000
const POLL_MS = 500
const BASE = "localhost/debian:13"
const missing = ["podman", "buildah", "crun"].filter((program) => !runsHere(program))
const reason =
  reasonToSkip() ??
  reasonNotToBuild() ??
  (missing.length > 0 ? `not installed: ${missing.join(", ")}` : null)

const work = mkdtempSync(join(tmpdir(), "ispvm-containers-"))
const namespace = `ctr${process.pid.toString(36)}`
const compose = readCompose()
/** Its mounts are those of all containers: Podman's own cgroups, and their roots. */
let holder: ReturnType<typeof spawn> | undefined
let started: string[] = []

const it = (name: string, run: (t: TestContext) => Promise<void>): void =>
  void test(`containers: ${name}`, { skip: reason ?? false }, run)

const HOLD = "umount /sys/fs/cgroup/unified 2>/dev/null; echo held; exec sleep infinity"
const hold = async (): Promise<void> => {
  // Both: what is mounted later is not seen in the mount namespace of the containers.
  for (const name of [namespace, proxy.namespace]) execFileSync("ip", ["netns", "add", name])
  const inside = ["netns", "exec", namespace]
  execFileSync("ip", [...inside, "ip", "link", "set", "lo", "up"])
  const sysctls = Object.values(compose.services).flatMap((service) =>
    Object.entries(service.sysctls),
  )
  for (const [name, value] of new Map(sysctls))
    execFileSync("ip", [...inside, "sysctl", "-qw", `${name}=${value}`])
  const held = ["--mount", "--propagation", "private", "sh", "-c", HOLD]
  holder = spawn("unshare", held, { stdio: ["ignore", "pipe", "ignore"] })
  if (holder.stdout !== null) await once(holder.stdout, "data")
}
const storage = ["--root", join(work, "storage"), "--runroot", join(work, "run")]
const tryIn = (program: string, args: readonly string[]): Output => {
  const { status, stdout, stderr } = spawnSync(
    "nsenter",
    [`--target=${holder?.pid}`, "--mount", "env", "STORAGE_DRIVER=overlay", program, ...args],
    { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  )
  return { code: status ?? -1, stdout, stderr }
}
const inNamespace = (program: string, args: readonly string[]): string => {
  const { code, stdout, stderr } = tryIn(program, args)
  assert.equal(code, 0, `${program} ${args.join(" ")}: ${stderr}`)
  return stdout
}
const PODMAN = ["--runtime", "crun", "--cgroup-manager", "cgroupfs", "--tmpdir", join(work, "tmp")]
const podman = (...args: readonly string[]): string =>
  inNamespace("podman", [...storage, ...PODMAN, ...args])
const buildah = (...args: readonly string[]): string =>
  inNamespace("buildah", [...storage, ...args])

after(async () => {
  for (const name of started.toReversed())
    tryIn("podman", [...storage, ...PODMAN, "rm", "--force", "--time", "10", name])
  if (holder !== undefined) {
    const ended = once(holder, "exit")
    holder.kill("SIGKILL")
    await ended
    execFileSync("ip", ["netns", "delete", namespace])
    spawnSync("ip", ["netns", "delete", proxy.namespace])
  }
  rmSync(work, { recursive: true, force: true })
})

const seconds = (began: number): string => ((performance.now() - began) / 1_000).toFixed(1)
const until = async (what: string, condition: () => boolean): Promise<void> => {
  const began = performance.now()
  while (!condition()) {
    if (performance.now() - began > WAIT_MS) {
      const logs = started.map((name) => {
        const { stdout, stderr } = tryIn("podman", [
          ...storage,
          ...PODMAN,
          "logs",
          "--tail",
          "20",
          name,
        ])
        return `${name}: ${stdout}${stderr}`
      })
      throw new Error(`waited too long: ${what}\n${logs.join("\n")}`)
    }
    await delay(POLL_MS)
  }
}

/** The build context that docs/install.md describes. */
const makeContext = (): string => {
  const context = join(work, "context")
  mkdirSync(join(context, "packages"), { recursive: true })
  packagesInto(join(work, "packages"))
  for (const file of globSync(join(work, "packages", "*_amd64.deb")))
    linkSync(file, join(context, "packages", basename(file)))
  for (const name of ["Containerfile", "files"])
    cpSync(join(import.meta.dirname, name), join(context, name), { recursive: true })
  return context
}

it("the images are built from the packages on a Debian of mmdebstrap", async (t) => {
  await hold()
  const root = ensureRoot("trixie", (text) => console.log(text))
  const tar = join(work, "debian.tar")
  execFileSync("tar", ["--directory", root, "--one-file-system", "--create", "--file", tar, "."])
  podman("import", tar, BASE)
  rmSync(tar)
  const context = makeContext()
  for (const [target, image] of Object.entries({ appliance: "ispvm", agent: "ispvm-agent" })) {
    const began = performance.now()
    buildah(
      ...["bud", "--isolation", "chroot", "--format", "docker", "--build-arg", `BASE=${BASE}`],
      ...["--target", target, "--tag", `localhost/${image}:latest`, context],
    )
    t.diagnostic(`${image}: ${seconds(began)} s`)
  }
})

/** This machine has no right to raise limits, which Podman's defaults do. */
const LIMITS = ["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096"]
/** In one network namespace there is no name service of compose. */
const NAMES = ["--add-host", "appliance:127.0.0.1"]
/** The agent's port for syslog is below 1024, and that of the machine's own agent elsewhere. */
const start = (
  name: string,
  given: Readonly<Record<string, string>> = {},
  ...more: readonly string[]
) => {
  const service = compose.services[name]
  assert.ok(service !== undefined, name)
  const place = {
    given,
    namespace,
    more: [...LIMITS, ...(service.network_mode === "none" ? [] : NAMES), ...more],
  }
  podman(...runArguments(service, place))
  started.push(service.container_name)
}
const curl = (...args: readonly string[]): Output => {
  const { status, stdout, stderr } = spawnSync(
    "ip",
    ["netns", "exec", namespace, "curl", "--silent", "--insecure", "--max-time", "20", ...args],
    { encoding: "utf8" },
  )
  return { code: status ?? -1, stdout, stderr }
}
const appliance = { curl, url: "https://127.0.0.1" }
const isHealthy = (name: string): boolean => {
  const [command, ...args] =
    compose.services[name]?.healthcheck?.test.slice(1) ?? HEALTH[name] ?? []
  assert.ok(command !== undefined, name)
  const container = compose.services[name]?.container_name ?? name
  return tryIn("podman", [...storage, ...PODMAN, "exec", container, command, ...args]).code === 0
}
/** Those of Containerfile. */
const HEALTH: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [
    ...readFileSync(join(import.meta.dirname, "Containerfile"), "utf8").matchAll(
      /^ {2}CMD (\[.*healthy\.mjs.*\])$/gm,
    ),
  ].map(([, list = "[]"]) => {
    const command = z.array(z.string()).parse(JSON.parse(list))
    return [command.at(-1)?.startsWith("https:") === true ? "appliance" : "agent", command]
  }),
)

it("database and appliance reach the claim page, as users without rights", async (t) => {
  const began = performance.now()
  start("database")
  start("appliance")
  await until("the appliance", () => isHealthy("appliance"))
  t.diagnostic(`claim page after ${seconds(began)} s`)
  assert.equal(isHealthy("database"), true)
  const { stdout } = curl("--head", "http://127.0.0.1/")
  assert.match(stdout, /308/)
  for (const name of ["ispvm-database", "ispvm-appliance"]) {
    assert.notEqual(podman("exec", name, "id", "--user").trim(), "0")
    const status = podman("exec", name, "cat", "/proc/1/status")
    assert.match(status, /^CapEff:\s+0+$/m)
    assert.match(status, /^NoNewPrivs:\s+1$/m)
    assert.notEqual(
      tryIn("podman", [...storage, ...PODMAN, "exec", name, "touch", "/etc/x"]).code,
      0,
    )
  }
  const extension = "select extname from pg_extension where extname = 'timescaledb'"
  const psql = [
    "psql",
    "--host=/run/ispvm-database",
    "--dbname=ispvm",
    "--tuples-only",
    "--no-align",
  ]
  assert.equal(
    podman("exec", "ispvm-database", ...psql, "--command", extension).trim(),
    "timescaledb",
  )
})

const agentOf = (name: string) => apiOf(appliance, work).agent(name)

it("after the setup the agent beside it enrols by itself and reports", async (t) => {
  const status = tryIn("podman", [
    ...storage,
    ...PODMAN,
    "exec",
    "ispvm-appliance",
    "ispvm",
    "status",
    "--json",
  ])
  const { setupCode } = z.object({ setupCode: z.string() }).parse(JSON.parse(status.stdout))
  apiOf(appliance, work).send("POST", "/setup", { setupCode, organisation: "Small ISP", ...PERSON })
  const began = performance.now()
  start("agent", {}, "--restart=always")
  await until("a report", () => agentOf("This appliance")?.lastSeenAtMs != null)
  t.diagnostic(`reported after ${seconds(began)} s`)
  assert.equal(agentOf("This appliance")?.enrolment, "enrolled")
  assert.equal(isHealthy("agent"), true)
  assert.match(podman("exec", "ispvm-agent", "cat", "/proc/1/status"), /^CapEff:\s+0+(?:2000)?$/m)
})

it("an agent elsewhere enrols by a file with its token", async () => {
  const api = apiOf(appliance, work)
  const id = api.add("/agents", { name: "pop-1", siteId: null, deviceId: null })
  const { token } = z
    .object({ token: z.string() })
    .parse(api.send("POST", `/agents/${id}/token`, {}))
  const file = join(work, "token")
  writeFileSync(file, token, { mode: 0o444 })
  const service = compose.services.agent
  assert.ok(service !== undefined)
  const remote = { ...service, container_name: "pop-1", volumes: ["pop-1:/var/lib/ispvm-agent"] }
  const secret = ["--volume", `${file}:/run/secrets/ispvm-agent-token:ro`]
  const ports = ["--env", "ISPVM_AGENT_HEALTH_PORT=0", "--env", "ISPVM_SYSLOG_PORT=0"]
  const more = [...LIMITS, ...NAMES, ...secret, ...ports]
  podman(...runArguments(remote, { given: {}, namespace, more }))
  started.push("pop-1")
  await until("a report of pop-1", () => agentOf("pop-1")?.lastSeenAtMs != null)
  assert.equal(agentOf("pop-1")?.enrolment, "enrolled")
})

it("data outlives the containers: they are made again and go on", async () => {
  const { fingerprint } = JSON.parse(
    tryIn("podman", [...storage, ...PODMAN, "exec", "ispvm-appliance", "ispvm", "status", "--json"])
      .stdout,
  )
  for (const name of ["ispvm-agent", "ispvm-appliance", "ispvm-database"])
    podman("rm", "--force", "--time", "30", name)
  started = started.filter((name) => name === "pop-1")
  const atMs = Date.now()
  start("database")
  start("appliance")
  start("agent", {}, "--restart=always")
  await until("the appliance", () => isHealthy("appliance"))
  apiOf(appliance, work).send("POST", "/session", {
    email: PERSON.email,
    password: PERSON.password,
  })
  await until("a report", () => (agentOf("This appliance")?.lastSeenAtMs ?? 0) > atMs)
  const again = JSON.parse(
    tryIn("podman", [...storage, ...PODMAN, "exec", "ispvm-appliance", "ispvm", "status", "--json"])
      .stdout,
  )
  assert.equal(again.fingerprint, fingerprint)
})

/** In a network of its own, as by compose: its port is that of the appliance too. */
const proxy = {
  namespace: `${namespace}p`,
  appliance: "10.89.0.1",
  address: "10.89.0.2",
  /** Of the browser, which the appliance knows by the proxy alone. */
  client: "10.89.1.7",
  name: "monitor.example.net",
}
const connectProxy = (): void => {
  const ip = (...args: readonly string[]) => execFileSync("ip", args)
  const [one, other] = [`a${process.pid}`, `b${process.pid}`]
  ip(
    "link",
    "add",
    one,
    "netns",
    namespace,
    "type",
    "veth",
    "peer",
    other,
    "netns",
    proxy.namespace,
  )
  for (const [at, device, addresses] of [
    [namespace, one, [`${proxy.appliance}/24`]],
    [proxy.namespace, other, [`${proxy.address}/24`, `${proxy.client}/32`]],
  ] as const) {
    for (const address of addresses) ip("-netns", at, "address", "add", address, "dev", device)
    for (const each of ["lo", device]) ip("-netns", at, "link", "set", each, "up")
  }
  const sysctls = Object.entries(compose.services.proxy?.sysctls ?? {})
  for (const [name, value] of sysctls)
    ip("netns", "exec", proxy.namespace, "sysctl", "-qw", `${name}=${value}`)
}
const makeCertificate = (): void => {
  const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
  const of = ["-subj", `/CN=${proxy.name}`, "-addext", `subjectAltName=DNS:${proxy.name}`]
  const files = ["-keyout", join(work, "proxy.key"), "-out", join(work, "proxy.crt")]
  execFileSync("openssl", [...kind, "-nodes", "-days", "30", ...of, ...files], { stdio: "ignore" })
  // A secret of compose is a file that the container's user may read.
  for (const name of ["proxy.key", "proxy.crt"]) chmodSync(join(work, name), 0o444)
}
/** From another address than the proxy's, with its certificate checked. */
const browse = (...args: readonly string[]): Output => {
  const command = [
    ...["netns", "exec", proxy.namespace, "curl", "--silent", "--max-time", "20"],
    ...["--interface", proxy.client, "--resolve", `${proxy.name}:443:${proxy.address}`],
    ...["--cacert", join(work, "proxy.crt"), ...args],
  ]
  const { status, stdout, stderr } = spawnSync("ip", command, { encoding: "utf8" })
  return { code: status ?? -1, stdout, stderr }
}

it("behind the proxy the UI has a certificate of yours, and knows who comes", async (t) => {
  const base = "localhost/debian-with-nginx:13"
  const root = ensureRoot("trixie", (text) => console.log(text), ["nginx-light"])
  const tar = join(work, "debian.tar")
  execFileSync("tar", ["--directory", root, "--one-file-system", "--create", "--file", tar, "."])
  podman("import", tar, base)
  rmSync(tar)
  buildah(
    ...["bud", "--isolation", "chroot", "--format", "docker", "--build-arg", `BASE=${base}`],
    ...["--target", "proxy", "--tag", "localhost/ispvm-proxy:latest", join(work, "context")],
  )
  connectProxy()
  makeCertificate()
  podman("rm", "--force", "--time", "30", "ispvm-appliance")
  const settings = [`PUBLIC_BASE_URL=https://${proxy.name}`, "ISPVM_TRUSTED_PROXIES=10.89.0.0/24"]
  start("appliance", {}, ...settings.flatMap((each) => ["--env", each]))
  await until("the appliance", () => isHealthy("appliance"))
  const service = compose.services.proxy
  assert.ok(service !== undefined)
  const secrets = { "ispvm-proxy-certificate": "proxy.crt", "ispvm-proxy-key": "proxy.key" }
  assert.deepEqual(service.secrets.toSorted(), Object.keys(secrets).toSorted())
  const mounted = Object.entries(secrets).flatMap(([name, file]) => [
    ...["--volume", `${join(work, file)}:/run/secrets/${name}:ro`],
  ])
  const more = [...LIMITS, "--add-host", `appliance:${proxy.appliance}`, ...mounted]
  podman(...runArguments(service, { given: {}, namespace: proxy.namespace, more }))
  started.push(service.container_name)
  const url = `https://${proxy.name}`
  await until("the proxy", () => browse("--fail", `${url}/readyz`).code === 0)
  assert.match(podman("exec", "ispvm-proxy", "cat", "/proc/1/status"), /^CapEff:\s+0+$/m)
  const api = apiOf({ curl: browse, url }, mkdtempSync(join(work, "cookies-")))
  const { email, password } = PERSON
  const session = api.send("POST", "/session", { email, password })
  assert.ok(session !== null)
  const [entry] = api.list("/audit")
  t.diagnostic(`audit: ${entry?.action} from ${entry?.address}`)
  assert.equal(entry?.address, proxy.client, "the browser's address, not the proxy's")
  const jar = globSync(join(work, "cookies-*", "cookies")).at(-1) ?? ""
  const live = browse("--no-buffer", "--max-time", "5", "--cookie", jar, `${url}/api/v1/live`)
  t.diagnostic(`live stream: ${live.stdout.length} characters within 5 s`)
  assert.match(live.stdout, /^(?:event|data|id|retry|:)/m)
})
