import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { after, before, describe, test } from "node:test"
import { environment } from "../../config.ts"
import { Lab } from "../lab.ts"
import { run } from "../run.ts"
import { LineCollector } from "../test/line-collector.ts"
import { frrError, leftBehind } from "./routed-network.ts"

/** A ring of three, an upstream on one side, a PoP on the other. */
const TOPOLOGY = `
name: ring
seed: 7
access: { username: monitor, password: ring-lab, community: ring }
agent: { name: agent, at: core-1, address: 10.40.0.10 }
sites:
  west: { name: West, region: West, latitude: 41, longitude: 29 }
  east: { name: East, region: East, latitude: 39, longitude: 32 }
routers:
  transit-1: { site: west, address: 10.40.1.1, roles: [upstream], persona: ccr2116-7.20, methods: [snmp] }
  border-1: { site: west, address: 10.40.1.2, roles: [border], persona: ccr2116-7.20, methods: [api] }
  core-1: { site: west, address: 10.40.1.3, roles: [core, route-reflector], persona: ccr2116-7.20, methods: [api] }
  core-2: { site: east, address: 10.40.2.1, roles: [core], persona: ccr1036-6.49, methods: [api] }
links:
  transit: { a: border-1 sfp-sfpplus1, b: transit-1 sfp-sfpplus1, capacity: 10G, medium: fibre }
  west: { a: border-1 sfp-sfpplus2, b: core-1 sfp-sfpplus1, capacity: 10G, medium: fibre }
  east: { a: core-1 sfp-sfpplus2, b: core-2 sfp-sfpplus1, capacity: 10G, medium: fibre }
  south: { a: border-1 sfp-sfpplus3, b: core-2 sfp-sfpplus2, capacity: 10G, medium: fibre }
`
const folder = mkdtempSync(join(tmpdir(), "ispvm-frr-test-"))
const topologyFile = join(folder, "ring.yml")
writeFileSync(topologyFile, TOPOLOGY)
after(() => rmSync(folder, { recursive: true, force: true }))

const LISTENER = `
const socket = require("node:dgram").createSocket("udp4")
socket.on("message", (bytes, peer) => console.log(peer.address + " " + bytes))
socket.bind(514, "10.40.0.10", () => console.log("listening"))`
const WAIT_MS = 60_000
const reason = frrError()
let lab: Lab
let listener: ChildProcess
const syslog = new LineCollector()

const answers = async (address: string): Promise<boolean> =>
  run("ip", ["netns", "exec", lab.namespace?.name ?? "", "fping", "-q", "-r0", "-t500", address])
    .then(() => true)
    .catch(() => false)
const until = async (what: string, check: () => Promise<boolean>): Promise<void> => {
  const endMs = performance.now() + WAIT_MS
  while (!(await check())) {
    assert.ok(performance.now() < endMs, what)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** A busy machine is no fault: OSPF alone may take ten seconds to find a neighbour again. */
const logged = (address: string, text: string): Promise<void> =>
  until(`${address} logs ${text}`, async () =>
    syslog.lines.some((line) => line.startsWith(`${address} `) && line.includes(text)),
  )

describe("FRR routes in the lab", { skip: reason ?? false }, () => {
  before(async () => {
    lab = await Lab.start({
      topologyFile,
      dataDir: join(folder, "lab"),
      mode: "namespace",
      recordingsDir: null,
      frr: { hasBfd: true },
    })
    const prefix = lab.namespace?.commandPrefix ?? []
    listener = spawn(prefix[0] ?? "", [...prefix.slice(1), process.execPath, "-e", LISTENER], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    const { stdout } = listener
    assert.ok(stdout !== null)
    createInterface({ input: stdout }).on("line", (line) => syslog.add(line))
    await syslog.until("listening", "")
    for (const address of ["10.40.1.1", "10.40.1.2", "10.40.1.3", "10.40.2.1"])
      await until(`${address} answers`, () => answers(address))
  })
  after(async () => {
    listener?.kill()
    await lab?.stop()
    assert.deepEqual(await leftBehind(process.pid), [])
  })

  test("a cut link is a port of the kernel that is down, and packets take another way", async () => {
    await lab.apply({ do: "cut", link: "east" })
    await logged("10.40.1.3", "sfp-sfpplus2 link down")
    await logged("10.40.2.1", "OSPFv2 neighbor 172.31.0.3: state change from Full to Down")
    await until("the far end answers by the south", () => answers("10.40.2.1"))
    const from = syslog.lines.length
    await lab.apply({ do: "heal" })
    await logged("10.40.1.3", "sfp-sfpplus2 link up")
    await until("OSPF has its neighbour again", async () =>
      syslog.lines
        .slice(from)
        .some((line) => line.startsWith("10.40.1.3 ") && line.endsWith("state change to Full")),
    )
  })

  test("BFD finds a dead line whose ports are up", async () => {
    const from = syslog.lines.length
    await lab.apply({ do: "degrade", link: "east", ratio: 1 })
    await until("OSPF has given up", async () =>
      syslog.lines
        .slice(from)
        .some((line) => line.startsWith("10.40.1.3 ") && line.endsWith("state change to Down")),
    )
    assert.ok(!syslog.lines.slice(from).some((line) => line.includes("link down")))
    await until("the far end answers by the south", () => answers("10.40.2.1"))
    await lab.apply({ do: "heal" })
  })

  test("without BGP its upstream is out of reach, and comes back with it", async () => {
    await lab.apply({ do: "bgp-down", router: "border-1" })
    await logged("10.40.1.2", "session closed")
    await until("the upstream is silent", async () => !(await answers("10.40.1.1")))
    await lab.apply({ do: "bgp-up", router: "border-1" })
    await until("the upstream answers", () => answers("10.40.1.1"))
  })
})

const CHILD = `
import { Lab } from ${JSON.stringify(join(import.meta.dirname, "..", "lab.ts"))}
await Lab.start({ topologyFile: process.argv[2], dataDir: process.argv[3], mode: "namespace", recordingsDir: null, frr: { hasBfd: false } })
console.log("up")
setInterval(() => undefined, 1e6)`

test("a lab that is killed leaves no namespace and no daemon", {
  skip: reason ?? false,
}, async () => {
  const script = join(folder, "child.ts")
  writeFileSync(script, CHILD)
  const child = spawn(process.execPath, [script, topologyFile, join(folder, "killed")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...environment(), NODE_NO_WARNINGS: "1" },
  })
  const lines = new LineCollector()
  createInterface({ input: child.stdout }).on("line", (line) => lines.add(line))
  const pid = child.pid ?? 0
  await until("the lab is up", async () => lines.lines.includes("up"))
  const daemons = await run("ip", ["netns", "pids", `ispvm-frr-${pid}-1`])
  assert.ok(daemons.trim() !== "", "FRR runs")
  child.kill("SIGKILL")
  await until("all namespaces are gone", async () => (await leftBehind(pid)).length === 0)
  const isGone = (text: string): boolean => {
    try {
      return !readFileSync(`/proc/${text}/cmdline`, "utf8").includes("/frr/")
    } catch {
      return true
    }
  }
  for (const each of daemons.trim().split(/\s+/)) assert.ok(isGone(each), `daemon ${each}`)
})
