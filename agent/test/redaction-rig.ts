/** A whole agent as a process, between a router and an appliance that both know customers. */

import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type AssignedRedaction,
  Batch,
  EnrolRequest,
  Heartbeat,
  Item,
  PROTOCOL,
  parseRedactionHeader,
  REDACTION_HEADER,
  type RedactionReport,
} from "@ispvm/wire"
import { bareEnvironment } from "./config.ts"
import { createRoot, openFakeAppliance } from "./fake-appliance.ts"
import { fakeRouter, sentence } from "./fake-router.ts"

const MAIN = join(import.meta.dirname, "../src/main.ts")
export const KEY = "the key of this organisation"
export const NAME = "Ayse.Yilmaz"
const OTHER = "fatma.demir"
const CUSTOMER = "100.64.7.9"
const CALLER = "02:AB:CD:11:22:33"
export const PEER = "192.0.2.21"
/** Parts of them too: nothing of a name may be left over. */
export const RAW = ["ayse", "yilmaz", "fatma", CUSTOMER, "11:22:33", "flat 7"]

const MENUS: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  "/system/identity": [{ name: "pop-1" }],
  "/system/resource": [{ uptime: "1h", version: "7.20.8", "board-name": "CHR" }],
  "/interface": [
    { ".id": "*1", name: "ether1", type: "ether", running: "true", disabled: "false" },
    {
      ...{ ".id": "*F0", name: `<pppoe-${NAME}>`, type: "pppoe-in", running: "true" },
      ...{ disabled: "false", dynamic: "true" },
    },
  ],
  "/ppp/active": [
    {
      ...{ ".id": "*8000", name: NAME, service: "pppoe", "caller-id": CALLER, address: CUSTOMER },
      ...{ uptime: "1h", radius: "true", comment: "Ayse, flat 7" },
    },
  ],
  "/ip/address": [
    { ".id": "*1", address: "192.0.2.20/24", network: "192.0.2.0", interface: "ether1" },
    {
      ...{ ".id": "*2", address: "192.0.2.20/32", network: CUSTOMER, dynamic: "true" },
      interface: `<pppoe-${NAME}>`,
    },
  ],
  "/ip/route": [
    { ".id": "*1", "dst-address": `${CUSTOMER}/32`, gateway: `<pppoe-${NAME}>`, dynamic: "true" },
  ],
  "/ip/dhcp-server/lease": [
    {
      ...{ ".id": "*3", address: "100.64.7.77", "mac-address": CALLER, "host-name": "Fatmas-PC" },
      ...{ server: "dhcp1", status: "bound", comment: OTHER },
    },
  ],
  "/queue/simple": [
    {
      ...{ ".id": "*4", name: `<pppoe-${NAME}>`, target: `<pppoe-${NAME}>`, dynamic: "true" },
      ...{ "max-limit": "10M/10M", rate: "1000/2000", bytes: "1/2" },
    },
    { ".id": "*5", name: OTHER, target: `${CUSTOMER}/32`, "max-limit": "1M/1M", bytes: "1/2" },
  ],
  "/ip/neighbor": [
    {
      ".id": "*6",
      interface: "ether1",
      address: PEER,
      identity: "pop-2",
      "mac-address": "02:00:00:00:00:07",
    },
  ],
}
export const LINES = [
  `pppoe,ppp,info <pppoe-${NAME}>: connected`,
  `pppoe,ppp,info,account ${NAME} logged in, ${CUSTOMER} from ${CALLER}`,
  `pppoe,ppp,error <pppoe-${OTHER}>: user ${OTHER} authentication failed`,
  `ppp,warning something unheard of about ${OTHER} at ${CUSTOMER}`,
  `dhcp,info dhcp1 assigned 100.64.7.77 for ${CALLER} Fatmas-PC`,
  `system,info ppp secret <${OTHER}> changed by winbox-3.40:admin@${CUSTOMER}/terminal (/ppp secret set ${OTHER})`,
  `script,info bill of ${OTHER}`,
  `firewall,info forward: in:<pppoe-${NAME}> out:ether1, connection-state:new src-mac ${CALLER}, proto TCP (SYN), ${CUSTOMER}:5000->198.51.100.7:443, len 60`,
  `interface,info <pppoe-${NAME}> link down`,
  `system,info,account user admin logged in from ${PEER} via winbox`,
  "interface,info ether1 link down",
  `bgp,info peer ${PEER}: session closed`,
]

const openRouter = () =>
  fakeRouter(({ socket, command, words, tag }) => {
    const rows = MENUS[command.replace(/\/print$/, "")]
    const isCount = words.includes("=count-only=")
    if (rows === undefined && command !== "/login")
      socket.write(sentence("!trap", "=message=no such command prefix", ...tag))
    if (!isCount)
      for (const row of rows ?? [])
        socket.write(sentence("!re", ...Object.entries(row).map(([a, b]) => `=${a}=${b}`), ...tag))
    socket.write(sentence("!done", ...(isCount ? [`=ret=${rows?.length ?? 0}`] : []), ...tag))
  })

const SOON = 1_000
const COLLECTED = [
  "session-list",
  "addresses",
  "routes",
  "queues",
  "queue",
  "neighbours",
  "dhcp-services",
]
const openAppliance = async (routerPort: number) => {
  const root = createRoot()
  const items: Item[] = []
  const heartbeats: Heartbeat[] = []
  const reports: RedactionReport[] = []
  const received: string[] = []
  let redaction: AssignedRedaction | null = null
  let revision = 1
  /** While it is closed, no batch is accepted: the agent has a backlog. */
  const state = { isClosed: false }
  const device = {
    id: "00000000-0000-4000-8000-000000000001",
    name: "d",
    access: {
      ...{ address: "127.0.0.1", snmp: null, icmp: false, tcpPort: null },
      routerosApi: { port: routerPort, tls: false, fingerprint: null, username: "w", password: "" },
    },
    intervals: { pingMs: 0, interfaceMs: SOON, healthMs: 0, factsMs: SOON },
    collectorIntervals: Object.fromEntries(
      [...COLLECTED, "sessions", "dhcp"].map((name) => [`routeros-api.${name}`, SOON]),
    ),
  }
  const answers: Readonly<Record<string, (body: unknown) => unknown>> = {
    "/enrol/v1": (body) => ({
      ...{ agent: "00000000-0000-4000-8000-00000000000a", name: "pop", rootPem: root.rootPem },
      ...{ chainPem: root.rootPem, renewAfterMs: Date.now() + 1e9 },
      certificatePem: root.issueFor(EnrolRequest.parse(body).csrPem),
    }),
    "/assignment/v1": () => ({
      ...{ revision: `r${revision}`, devices: [device] },
      ...(redaction === null ? {} : { redaction }),
    }),
    "/ingest/v1/batches": (body) => {
      const { buffer, number, items: sent } = Batch.parse(body)
      items.push(...sent.map((item) => Item.parse(item)))
      return { buffer, number, accepted: sent.length, rejected: [] }
    },
    "/heartbeat/v1": (body) => {
      heartbeats.push(Heartbeat.parse(body))
      return { revision: `r${revision}`, serverAtMs: Date.now() }
    },
  }
  const server = await openFakeAppliance(root, async ({ path, body, headers }) => {
    const [name = ""] = path.split("?")
    received.push(`${path} ${JSON.stringify(body)}`)
    const report = parseRedactionHeader(String(headers[REDACTION_HEADER]))
    if (report !== null) reports.push(report)
    if (name === "/ingest/v1/batches" && state.isClosed) return { status: 503, json: {} }
    if (name === "/ca") return { status: 200, text: root.rootPem }
    if (name === "/tasks/v1") await new Promise((resolve) => setTimeout(resolve, 200))
    const found = name === "/tasks/v1" ? { tasks: [] } : answers[name]?.(body)
    return found === undefined
      ? { status: 404, json: {} }
      : { status: 200, json: { protocol: PROTOCOL, ...found } }
  })
  /** Assigns this from now on. */
  const assign = (next: AssignedRedaction | null): void => {
    redaction = next
    revision += 1
  }
  const token = `ispvm1.${"s".repeat(43)}.${root.fingerprint}`
  return { ...server, state, items, heartbeats, reports, received, assign, token }
}

/** Beside other tests on a busy machine, what takes 25 s alone has taken more than 60 s. */
const PATIENCE_MS = 120_000
export const until = async (what: string, holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + PATIENCE_MS
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`not within ${PATIENCE_MS} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
export const tablesOf = (items: readonly Item[]): ReadonlySet<string> =>
  new Set(items.flatMap((item) => (item.kind === "rows" ? [item.table] : [])))
export const rowsOf = (items: readonly Item[], table: string) =>
  items.flatMap((item) => (item.kind === "rows" && item.table === table ? item.rows : []))
export const eventsOf = (items: readonly Item[]) =>
  items.flatMap((item) => (item.kind === "event" && item.source === "syslog" ? [item] : []))

/** Syslog lines that the agent with this log has received since its start. */
const linesCounted = async (log: string): Promise<number> => {
  const [, port] = [...log.matchAll(/"healthPort":(\d+)/g)].at(-1) ?? []
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^ispvm_agent_syslog_lines_total (\d+)$/m.exec(text)?.[1] ?? 0)
}

/** An agent with these settings. */
export const startRig = async (settings: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-redact-"))
  const data = join(folder, "data")
  const keyFile = join(folder, "key")
  writeFileSync(keyFile, `${KEY}\n`, { mode: 0o600 })
  const router = await openRouter()
  const appliance = await openAppliance(router.port)
  const { items, heartbeats } = appliance
  const start = () => {
    const args = [MAIN, "--url", appliance.url, "--token", appliance.token]
    const agent = spawn(process.execPath, args, {
      env: {
        ...bareEnvironment(),
        ...{ ISPVM_ALLOW_LOOPBACK: "1", ISPVM_AGENT_HEALTH_PORT: "0", ISPVM_SYSLOG_PORT: "0" },
        ...{ ISPVM_SYSLOG_BIND: "127.0.0.1", ISPVM_AGENT_DATA_DIR: data, LOG_LEVEL: "trace" },
        ...(settings.ISPVM_REDACT_KEY_FILE === "" ? {} : { ISPVM_REDACT_KEY_FILE: keyFile }),
        ISPVM_REDACT: settings.ISPVM_REDACT ?? "",
      },
      stdio: ["ignore", "pipe", "pipe"],
    })
    for (const stream of [agent.stdout, agent.stderr])
      stream.on("data", (chunk) => {
        log += chunk
      })
    return { agent, ended: once(agent, "close") }
  }
  let log = ""
  let running = start()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    running.agent.kill(signal)
    await running.ended
  }
  return {
    ...appliance,
    log: () => log,
    /** The first reading of each table, and samples. */
    collected: async (): Promise<void> => {
      const tables = ["sessions", "addresses", "routes", "queues", "leases", "neighbours"]
      await until("tables", () => tables.every((table) => tablesOf(items).has(table)))
      const kinds = ["interface", "queue", "facts"]
      await until("samples", () => kinds.every((kind) => items.some((item) => item.kind === kind)))
    },
    /** As the router sends them; with the port that the agent has reported. */
    send: async (lines: readonly string[]): Promise<void> => {
      const port = heartbeats.at(-1)?.capabilities.syslogPort ?? 0
      const socket = createSocket("udp4")
      for (const line of lines) {
        socket.send(line, port, "127.0.0.1")
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      socket.close()
    },
    /** So many lines are in the buffer: what is in memory alone is lost with a kill. */
    buffered: async (lines: number): Promise<void> => {
      for (let count = 0; count < lines; count = await linesCounted(log))
        await new Promise((resolve) => setTimeout(resolve, 50))
      // Events are stored within a quarter of a second, a heartbeat is sent every two seconds.
      const sent = heartbeats.length
      await until("buffered", () => heartbeats.length > sent + 1)
    },
    restart: async (): Promise<void> => {
      await end("SIGKILL")
      running = start()
    },
    stop: async () => {
      await end("SIGTERM")
      await appliance.close()
      await router.close()
      const stored = readdirSync(data)
        .filter((name) => !name.startsWith("redaction.json"))
        .map((name) => readFileSync(join(data, name), "latin1"))
      rmSync(folder, { recursive: true, force: true })
      return { stored }
    },
  }
}
export const has = (text: string, raw: string): boolean =>
  text.toLowerCase().includes(raw.toLowerCase())
