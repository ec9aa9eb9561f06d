/** The whole agent as a process, against an implementation of the contract. */
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { fileURLToPath } from "node:url"
import { Batch, EnrolRequest, Heartbeat, Item, PROTOCOL } from "@ispvm/wire"
import { bareEnvironment } from "../test/config.ts"
import {
  type Answer,
  createRoot,
  openFakeAppliance,
  type ReceivedRequest,
} from "../test/fake-appliance.ts"

const root = createRoot()
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "ispvm-agent-"))
const running = new Set<ChildProcess>()
after(() => {
  for (const child of running) child.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

/** Resolves with the exit code and the whole output. */
const start = (args: readonly string[], env: Record<string, string> = {}) => {
  const settings = {
    ISPVM_AGENT_HEALTH_PORT: "0",
    ISPVM_SYSLOG_PORT: "0",
    ISPVM_SYSLOG_BIND: "127.0.0.1",
    ISPVM_AGENT_DATA_DIR: join(folder, "data"),
    ...env,
  }
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...bareEnvironment(), ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  })
  running.add(child)
  let text = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      text += chunk
    })
  const ended = once(child, "close").then(([code]) => {
    running.delete(child)
    return { code, text }
  })
  return { child, ended, output: () => text }
}

const device = (port: number) => ({
  id: "00000000-0000-4000-8000-000000000001",
  name: "d",
  access: { address: "127.0.0.1", routerosApi: null, snmp: null, icmp: true, tcpPort: port },
  intervals: { pingMs: 200, interfaceMs: 0, healthMs: 0, factsMs: 0 },
})

const grantOf = (csrPem: string): Answer => ({
  status: 200,
  json: {
    protocol: PROTOCOL,
    agent: "00000000-0000-4000-8000-00000000000a",
    name: "pop",
    certificatePem: root.issueFor(csrPem),
    chainPem: root.rootPem,
    rootPem: root.rootPem,
    renewAfterMs: Date.now() + 1e9,
  },
})

/** An appliance that enrols, hands out one device and one confirm task, and keeps what it is sent. */
const openAppliance = async (port: number) => {
  const items: Item[] = []
  const numbers = new Set<number>()
  const heartbeats: Heartbeat[] = []
  let enrolled = 0
  let isTaskSent = false
  let wake = (): void => undefined
  const grant = (csrPem: string): Answer => {
    enrolled += 1
    return grantOf(csrPem)
  }
  const ingest = (body: unknown): Answer => {
    const batch = Batch.parse(body)
    if (!numbers.has(batch.number)) items.push(...batch.items.map((item) => Item.parse(item)))
    numbers.add(batch.number)
    return {
      status: 200,
      json: {
        protocol: PROTOCOL,
        buffer: batch.buffer,
        number: batch.number,
        accepted: batch.items.length,
        rejected: [],
      },
    }
  }
  const tasks = async (): Promise<Answer> => {
    if (isTaskSent) await new Promise((resolve) => setTimeout(resolve, 200))
    const confirm = {
      kind: "confirm",
      id: "00000000-0000-4000-8000-00000000000c",
      devices: [device(port).id],
      because: "test",
    }
    const json = { protocol: PROTOCOL, tasks: isTaskSent ? [] : [confirm] }
    isTaskSent = items.length > 0
    return { status: 200, json }
  }
  const answer = (request: ReceivedRequest): Answer | Promise<Answer> => {
    const [path] = request.path.split("?")
    if (path === "/ca") return { status: 200, text: root.rootPem }
    if (path === "/enrol/v1") return grant(EnrolRequest.parse(request.body).csrPem)
    if (!request.hasCertificate)
      return { status: 401, json: { code: "no-certificate", message: "no" } }
    if (path === "/assignment/v1")
      return { status: 200, json: { protocol: PROTOCOL, revision: "r1", devices: [device(port)] } }
    if (path === "/ingest/v1/batches") return ingest(request.body)
    if (path === "/tasks/v1") return tasks()
    heartbeats.push(Heartbeat.parse(request.body))
    return { status: 200, json: { protocol: PROTOCOL, revision: "r1", serverAtMs: Date.now() } }
  }
  const appliance = await openFakeAppliance(root, async (request) => {
    const response = await answer(request)
    wake()
    return response
  })
  const until = async (holds: () => boolean): Promise<void> => {
    const deadline = Date.now() + 40_000
    while (!holds()) {
      if (Date.now() > deadline) assert.fail(`waited in vain: ${JSON.stringify(items.slice(-3))}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  return { ...appliance, items, numbers, heartbeats, until, enrolled: () => enrolled }
}

test("an agent that is killed continues after a restart without a new token, and delivers every sample once", async () => {
  const server = net.createServer((socket) => socket.destroy()).listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const appliance = await openAppliance(
    typeof address === "object" && address !== null ? address.port : 0,
  )
  const token = `ispvm1.${"s".repeat(43)}.${root.fingerprint}`
  try {
    const first = start(["--url", appliance.url, "--token", token])
    await appliance.until(
      () =>
        appliance.items.some((item) => item.kind === "ping" && item.because === "confirm") &&
        appliance.heartbeats.some(({ devices }) => devices === 1),
    )
    assert.ok(appliance.items.every((item) => item.kind === "ping" && item.answers))
    const second = await start([], { ISPVM_AGENT_DATA_DIR: join(folder, "data") }).ended
    assert.deepEqual([second.code, /in use/.test(second.text)], [4, true])
    first.child.kill("SIGKILL")
    await first.ended
    const before = Math.max(...appliance.numbers)
    const again = start([])
    await appliance.until(() => Math.max(...appliance.numbers) > before + 1)
    again.child.kill("SIGTERM")
    const { code, text } = await again.ended
    assert.equal(code, 0, text)
    assert.equal(appliance.enrolled(), 1)
    assert.deepEqual(
      [...appliance.numbers],
      Array.from({ length: appliance.numbers.size }, (_, i) => i + 1),
      "numbers without a gap, across the kill",
    )
    const times = appliance.items.map(({ atMs }) => atMs)
    assert.equal(new Set(times).size, times.length, "no sample twice")
    assert.doesNotMatch(first.output() + text, /s{43}|PRIVATE KEY/)
  } finally {
    server.close()
    await appliance.close()
  }
})

const exitCases: [string, string[], Record<string, string>, number, RegExp][] = [
  ["help is no error", ["--help"], {}, 0, /ISPVM_AGENT_DATA_DIR/],
  ["a wrong value is named", [], { ISPVM_SYSLOG_PORT: "many" }, 2, /ISPVM_SYSLOG_PORT: expected/],
  [
    "nothing to start with is told with what to type",
    [],
    { ISPVM_AGENT_DATA_DIR: join(folder, "empty") },
    2,
    /--url and --token/,
  ],
]
for (const [name, args, env, code, message] of exitCases)
  test(name, async () => {
    const ended = await start(args, env).ended
    assert.equal(ended.code, code, ended.text)
    assert.match(ended.text, message)
  })

/** Both outputs of an agent that systemd has connected to its journal. */
const journalOf = async (env: Record<string, string>): Promise<string> => {
  const file = join(folder, "journal")
  const output = openSync(file, "w")
  try {
    const { dev, ino } = fstatSync(output, { bigint: true })
    const child = spawn(process.execPath, [MAIN], {
      env: {
        ...bareEnvironment(),
        ISPVM_AGENT_DATA_DIR: join(folder, "empty"),
        JOURNAL_STREAM: `${dev}:${ino}`,
        ...env,
      },
      stdio: ["ignore", output, output],
    })
    await once(child, "close")
  } finally {
    closeSync(output)
  }
  return readFileSync(file, "utf8")
}

test("each line for the journal has its priority", async () => {
  assert.match(await journalOf({}), /^<3>\{"level":60,.*--url and --token/m)
  assert.match(await journalOf({ ISPVM_SYSLOG_PORT: "many" }), /^<3>ISPVM_SYSLOG_PORT: expected/m)
  assert.match(await journalOf({ JOURNAL_STREAM: "1:1" }), /^\{"level":60,/m)
})
