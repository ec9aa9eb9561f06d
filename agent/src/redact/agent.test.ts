/** The whole agent as a process: whatever it sends or stores, a redacted name is not in it. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Batch, EnrolRequest, Heartbeat, Item, PROTOCOL } from "@ispvm/wire"
import { bareEnvironment } from "../../test/config.ts"
import { createRoot, openFakeAppliance } from "../../test/fake-appliance.ts"
import { fakeRouter, sentence } from "../../test/fake-router.ts"
import { pseudonymOf } from "./pseudonyms.ts"

const MAIN = join(import.meta.dirname, "../main.ts")
const KEY = "the key of this organisation"
const NAME = "Ayse.Yilmaz"
const OTHER = "fatma.demir"
const CUSTOMER = "100.64.7.9"
const CALLER = "02:AB:CD:11:22:33"
const PEER = "192.0.2.21"
/** Parts of them too: nothing of a name may be left over. */
const RAW = ["ayse", "yilmaz", "fatma", CUSTOMER, "11:22:33", "flat 7"]

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
const LINES = [
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
  const received: string[] = []
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
    "/assignment/v1": () => ({ revision: "r1", devices: [device] }),
    "/ingest/v1/batches": (body) => {
      const { buffer, number, items: sent } = Batch.parse(body)
      items.push(...sent.map((item) => Item.parse(item)))
      return { buffer, number, accepted: sent.length, rejected: [] }
    },
    "/heartbeat/v1": (body) => {
      heartbeats.push(Heartbeat.parse(body))
      return { revision: "r1", serverAtMs: Date.now() }
    },
  }
  const server = await openFakeAppliance(root, async ({ path, body }) => {
    const [name = ""] = path.split("?")
    received.push(path, JSON.stringify(body))
    if (name === "/ca") return { status: 200, text: root.rootPem }
    if (name === "/tasks/v1") await new Promise((resolve) => setTimeout(resolve, 200))
    const found = name === "/tasks/v1" ? { tasks: [] } : answers[name]?.(body)
    return found === undefined
      ? { status: 404, json: {} }
      : { status: 200, json: { protocol: PROTOCOL, ...found } }
  })
  const token = `ispvm1.${"s".repeat(43)}.${root.fingerprint}`
  return { ...server, items, heartbeats, received, token }
}

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 60_000
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`not within 60 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const tablesOf = (items: readonly Item[]): ReadonlySet<string> =>
  new Set(items.flatMap((item) => (item.kind === "rows" ? [item.table] : [])))
const rowsOf = (items: readonly Item[], table: string) =>
  items.flatMap((item) => (item.kind === "rows" && item.table === table ? item.rows : []))
const eventsOf = (items: readonly Item[]) =>
  items.flatMap((item) => (item.kind === "event" && item.source === "syslog" ? [item] : []))

/** Everything that an agent with these settings sends, stores and logs. */
const watch = async (settings: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-redact-"))
  const data = join(folder, "data")
  const keyFile = join(folder, "key")
  writeFileSync(keyFile, `${KEY}\n`, { mode: 0o600 })
  const router = await openRouter()
  const appliance = await openAppliance(router.port)
  const args = [MAIN, "--url", appliance.url, "--token", appliance.token]
  const agent = spawn(process.execPath, args, {
    env: {
      ...bareEnvironment(),
      ...{ ISPVM_ALLOW_LOOPBACK: "1", ISPVM_AGENT_HEALTH_PORT: "0", ISPVM_SYSLOG_PORT: "0" },
      ...{ ISPVM_SYSLOG_BIND: "127.0.0.1", ISPVM_AGENT_DATA_DIR: data, LOG_LEVEL: "trace" },
      ...{ ISPVM_REDACT_KEY_FILE: keyFile, ...settings },
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let log = ""
  for (const stream of [agent.stdout, agent.stderr])
    stream.on("data", (chunk) => {
      log += chunk
    })
  const ended = once(agent, "close")
  const { items, heartbeats } = appliance
  const socket = createSocket("udp4")
  try {
    await until("tables", () =>
      ["sessions", "addresses", "routes", "queues", "leases", "neighbours"].every((table) =>
        tablesOf(items).has(table),
      ),
    )
    await until("samples", () =>
      ["interface", "queue", "facts"].every((kind) => items.some((item) => item.kind === kind)),
    )
    const port = heartbeats.at(-1)?.capabilities.syslogPort ?? 0
    for (const line of LINES) {
      socket.send(line, port, "127.0.0.1")
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await until("events", () => eventsOf(items).length >= LINES.length)
  } catch (error) {
    throw new Error(`${[...tablesOf(items)]} ${eventsOf(items).length} ${log}`, { cause: error })
  } finally {
    socket.close()
    agent.kill("SIGTERM")
    await ended
    await appliance.close()
    await router.close()
  }
  const stored = readdirSync(data).map((name) => readFileSync(join(data, name), "latin1"))
  rmSync(folder, { recursive: true, force: true })
  return {
    items,
    notes: heartbeats.at(-1)?.notes ?? [],
    sent: appliance.received.join("\n"),
    stored,
    log,
  }
}
const has = (text: string, raw: string): boolean => text.toLowerCase().includes(raw.toLowerCase())

test("without a redaction the names are there: the search finds them", async () => {
  const { sent, notes } = await watch({ ISPVM_REDACT: "" })
  for (const raw of RAW) assert.ok(has(sent, raw), raw)
  assert.deepEqual(
    notes.filter((note) => note.includes("Redaction")),
    [],
  )
})

test("with it, no name and no address of a customer is sent or stored, and customers still match", async () => {
  const { items, sent, stored, log, notes } = await watch({ ISPVM_REDACT: "users,addresses" })
  for (const raw of RAW) {
    const at = sent.toLowerCase().indexOf(raw.toLowerCase())
    assert.ok(at < 0, `${raw}: ${sent.slice(Math.max(0, at - 300), at + 100)}`)
    for (const bytes of stored) assert.ok(!has(bytes, raw), `stored: ${raw}`)
  }
  for (const text of [sent, log, ...stored]) assert.ok(!text.includes(KEY), "the key")

  const user = pseudonymOf(Buffer.from(KEY), NAME)
  const [session] = rowsOf(items, "sessions")
  assert.equal(session?.values.user, user)
  assert.equal(session?.values.address, "100.64.7.0")
  const messages = eventsOf(items).map(({ message }) => message)
  assert.ok(messages.includes(`<pppoe-${user}>: connected`), messages.join("\n"))
  assert.ok(messages.includes(`${user} logged in, 100.64.7.0 from 02:AB:CD:00:00:00`))
  const up = eventsOf(items).find(({ attributes }) => attributes.client === "100.64.7.0")
  assert.equal(up?.attributes.user, user)
  assert.ok(rowsOf(items, "queues").some(({ values }) => values.name === `<pppoe-${user}>`))

  // What a device or a neighbour is known by is as it was.
  const own = rowsOf(items, "addresses").find(({ values }) => values.interface === "ether1")
  assert.equal(own?.values.address, "192.0.2.20/24")
  assert.equal(rowsOf(items, "neighbours")[0]?.values.address, PEER)
  const down = eventsOf(items).find(
    ({ name, interface: port }) => name === "link-down" && port === "ether1",
  )
  assert.equal(down?.message, "ether1 link down")
  const firewall = eventsOf(items).find(({ attributes }) => attributes.chain === "forward")
  assert.match(firewall?.message ?? "", new RegExp(`^forward: in:<pppoe-${user}> out:ether1`))
  const peer = eventsOf(items).find(({ name }) => name === "peer-down")
  assert.equal(peer?.attributes.address, PEER)
  assert.ok(items.some((item) => item.kind === "interface" && item.interface === "ether1"))
  assert.ok(notes.some((note) => note.includes("names of users are replaced by pseudonyms")))
})

test("without its key the agent does not start, rather than send names", async () => {
  const agent = spawn(process.execPath, [MAIN], {
    env: {
      ...bareEnvironment(),
      ...{ ISPVM_REDACT: "users", ISPVM_REDACT_KEY_FILE: "/nowhere/redact.key" },
    },
    stdio: ["ignore", "pipe", "ignore"],
  })
  let log = ""
  agent.stdout.on("data", (chunk) => {
    log += chunk
  })
  const [code] = await once(agent, "close")
  assert.equal(code, 2)
  assert.match(log, /ISPVM_REDACT_KEY_FILE: ENOENT/)
})
