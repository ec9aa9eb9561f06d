/**
 * What it costs to store batches of one agent, through the agent API into Postgres, durably: as
 * JSON and by columns. Beside COPY of the same rows into unlogged tables of the same server.
 *   npm run bench -- ingest [--batches 40]
 * The real appliance with its own database. A batch has 10 s of 100 devices: a probe a second, and
 * 24 ports once. Heartbeats go on meanwhile. CPU is that of the appliance and of Postgres, with
 * what follows the answer, without what both take at rest; psql's is not counted.
 */
import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { parseArgs } from "node:util"
import { z } from "zod"
import { ensureLogin } from "../demo/account.ts"
import { ApplianceClient } from "../demo/appliance-client.ts"
import { tempDataDir } from "../e2e/demo-process.ts"
import { freePort, type Started, startAppliance } from "../e2e/start-process.ts"
import { UserError } from "../simulator/user-error.ts"
import { ms, percentile, ratio, seeded, table } from "./figures.ts"
import { bodyOf, createSend, enrolled, FORMS, type Form } from "./ingest-agent.ts"
import { usageOfPostgres } from "./process-usage.ts"

const DEVICES = 100
const PORTS = 24
const SECONDS = 10
const ROWS = DEVICES * (SECONDS + PORTS)
const WARM = 6

/** Items of ten seconds, and the same rows as text of COPY. */
const createItems = (ids: readonly string[], startMs: number) => {
  const random = seeded(14)
  return (batch: number): unknown[] => {
    const atMs = startMs + batch * SECONDS * 1_000
    const probes = Array.from({ length: SECONDS }, (_, second) =>
      ids.map((device) => ({
        ...{ kind: "ping", device, atMs: atMs + second * 1_000, answers: true },
        icmp: { sent: 1, received: 1, rttUs: Math.round(500 + random() * 2e4), jitterUs: null },
        ...{ tcp: null, because: "round" },
      })),
    )
    const ports = ids.map((device) =>
      Array.from({ length: PORTS }, (_, n) => ({
        ...{ kind: "interface", device, interface: `ether${n + 1}`, atMs, source: "routeros-api" },
        ...{ running: true, disabled: false, errorsPs: 0, dropsPs: 0 },
        ...{ rxBps: Math.round(random() * 1e9), txBps: Math.round(random() * 1e8) },
        ...{ rxPps: Math.fround(random() * 1e5), txPps: Math.fround(random() * 1e4) },
      })),
    )
    return [...probes.flat(), ...ports.flat()]
  }
}

const applianceCpuMs = async (url: string): Promise<number> => {
  const metrics = await (await fetch(`${new URL(url).origin}/metrics`)).text()
  return 1_000 * Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1] ?? Number.NaN)
}

type Figure = {
  readonly applianceUs: number
  readonly postgresUs: number
  readonly tookMs: readonly number[]
  readonly bytes: number
}
/** Ms. */
type Cpu = { readonly appliance: number; readonly postgres: number }
const REST_S = 8
/** CPU in a second without batches. */
const atRest = async (usage: () => Promise<Cpu>): Promise<Cpu> => {
  const before = await usage()
  await wait(REST_S * 1_000)
  const after = await usage()
  return {
    appliance: (after.appliance - before.appliance) / REST_S,
    postgres: (after.postgres - before.postgres) / REST_S,
  }
}

const measure = async (
  form: Form,
  appliance: Started,
  send: ReturnType<typeof createSend>["send"],
  itemsOf: (batch: number) => unknown[],
  batches: number,
): Promise<Figure> => {
  const buffer = randomUUID()
  const bodies = Array.from({ length: WARM + batches }, (_, n) => {
    const head = { protocol: 1, buffer, number: n + 1, sentAtMs: Date.now() }
    return bodyOf(form, { ...head, items: itemsOf(n) })
  })
  const usage = async () => ({
    appliance: await applianceCpuMs(appliance.url),
    postgres: usageOfPostgres(appliance.dataDir).cpuMs,
  })
  const rest = await atRest(usage)
  let [before, beganMs] = [await usage(), performance.now()]
  const tookMs: number[] = []
  for (const [n, body] of bodies.entries()) {
    if (n === WARM) {
      beganMs = performance.now()
      before = await usage()
    }
    const began = performance.now()
    const { accepted, rejected } = await send(body)
    if (n >= WARM) tookMs.push(performance.now() - began)
    if (accepted !== ROWS) throw new Error(`rejected: ${JSON.stringify(rejected[0])}`)
  }
  // What was accepted is evaluated after its answer.
  await wait(2_000)
  const after = await usage()
  const seconds = (performance.now() - beganMs) / 1_000
  const each = (part: keyof Cpu): number =>
    ((after[part] - before[part] - rest[part] * seconds) * 1_000) / (batches * ROWS)
  return {
    applianceUs: each("appliance"),
    postgresUs: each("postgres"),
    tookMs,
    bytes: bodies.reduce((sum, { bytes }) => sum + bytes.length, 0) / (bodies.length * ROWS),
  }
}

const TABLES = `create unlogged table copy_ping (target_id int, ts timestamptz, answers boolean, sent smallint, received smallint, rtt_us int);
create unlogged table copy_port (interface_id int, ts timestamptz, running boolean, rx_bps bigint, tx_bps bigint, rx_pps real, tx_pps real, errs real, drops real);`
const Ping = z.object({
  device: z.string(),
  atMs: z.number(),
  icmp: z.object({ rttUs: z.number() }),
})
const Port = z.object({
  ...{ device: z.string(), interface: z.string(), atMs: z.number(), rxBps: z.number() },
  ...{ txBps: z.number(), rxPps: z.number(), txPps: z.number() },
})

const psql = (dataDir: string, args: readonly string[], input: string): void => {
  const pidFile = readdirSync(dataDir, { recursive: true, encoding: "utf8" }).find((file) =>
    file.endsWith("postmaster.pid"),
  )
  const [, , , port = "", host = ""] = readFileSync(join(dataDir, pidFile ?? ""), "utf8").split(
    "\n",
  )
  const { postgres } = z
    .object({ postgres: z.string() })
    .parse(JSON.parse(readFileSync(join(dataDir, "database.json"), "utf8")))
  const connection = ["-h", host, "-p", port, "-U", "postgres", "-d", "ispvm"]
  const env = { PATH: "/usr/bin:/bin", PGPASSWORD: postgres }
  execFileSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", ...connection, ...args], { input, env })
}

/** µs of Postgres a row. */
const copy = (dataDir: string, itemsOf: (batch: number) => unknown[], batches: number): number => {
  const [keys, file] = [new Map<string, number>(), join(dataDir, "copy.txt")]
  const keyOf = (name: string): number => {
    const key = keys.get(name) ?? keys.size + 1
    keys.set(name, key)
    return key
  }
  const lines = { copy_ping: [] as string[], copy_port: [] as string[] }
  for (const item of Array.from({ length: batches }, (_, n) => itemsOf(n)).flat()) {
    const port = Port.safeParse(item).data
    const at = (atMs: number): string => new Date(atMs).toISOString()
    if (port !== undefined)
      lines.copy_port.push(
        [
          ...[keyOf(`${port.device} ${port.interface}`), at(port.atMs), "t", port.rxBps],
          ...[port.txBps, port.rxPps, port.txPps, 0, 0],
        ].join("\t"),
      )
    else {
      const { device, atMs, icmp } = Ping.parse(item)
      lines.copy_ping.push([keyOf(device), at(atMs), "t", 1, 1, icmp.rttUs].join("\t"))
    }
  }
  psql(dataDir, [], TABLES)
  const before = usageOfPostgres(dataDir).cpuMs
  for (const name of ["copy_ping", "copy_port"] as const) {
    writeFileSync(file, `${lines[name].join("\n")}\n`)
    psql(dataDir, ["-c", `\\copy ${name} from '${file}'`], "")
  }
  return ((usageOfPostgres(dataDir).cpuMs - before) * 1_000) / (batches * ROWS)
}

const prepare = async (appliance: Started, agentApiPort: number, dataDir: string) => {
  const client = new ApplianceClient(appliance.url)
  await ensureLogin(client, join(appliance.dataDir, "login.json"), appliance.setupCode)
  const agentId = await client.add("/agents", { name: "bench", siteId: null })
  const methods = { routerosApi: null, snmp: null, icmp: true, tcpPort: null }
  const ids: string[] = []
  for (let n = 0; n < DEVICES; n += 1) {
    const place = { name: `router-${n}`, address: `192.0.2.${n + 1}`, roles: [], siteId: null }
    const rest = { methods, note: "", agentId, credentialId: null }
    ids.push(await client.add("/devices", { ...place, ...rest }))
  }
  const identity = await enrolled(agentApiPort, await client.token(agentId), dataDir)
  return { ids, ...createSend(agentApiPort, identity, DEVICES) }
}

const print = (figures: readonly (readonly [Form, Figure])[], copyUs: number): void => {
  const rows = [
    ["a row", "bytes", "µs appliance", "µs Postgres", "together", "of COPY", "ack p50", "ack p95"],
  ]
  for (const [form, { applianceUs, postgresUs, tookMs, bytes }] of figures) {
    const together = applianceUs + postgresUs
    rows.push([
      ...[form, bytes.toFixed(1), applianceUs.toFixed(1), postgresUs.toFixed(1)],
      ...[together.toFixed(1), `${(copyUs / together).toFixed(3)}`],
      ...[ms(percentile(tookMs, 50)), ms(percentile(tookMs, 95))],
    ])
  }
  rows.push(["COPY, unlogged", "–", "–", copyUs.toFixed(1), copyUs.toFixed(1), "1", "–", "–"])
  console.log(table(rows))
  const [json, columns] = FORMS.map((form) => figures.find(([name]) => name === form)?.[1])
  if (json !== undefined && columns !== undefined)
    console.log(`appliance, columns to JSON: ${ratio(columns.applianceUs, json.applianceUs)}`)
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: { batches: { type: "string", default: "40" } },
  })
  const batches = Number(values.batches)
  if (!Number.isInteger(batches) || batches < 1 || batches > 300)
    throw new UserError(`--batches ${values.batches}: a whole number from 1 to 300`)
  const agentApiPort = await freePort()
  const dataDir = tempDataDir("ingest-agent")
  const appliance = await startAppliance({
    ...{ ISPVM_LOCAL_AGENT: "off", ISPVM_AGENT_API_PORT: `${agentApiPort}` },
  })
  try {
    const { ids, send, close } = await prepare(appliance, agentApiPort, dataDir)
    const figures: (readonly [Form, Figure])[] = []
    const spanMs = (WARM + batches) * SECONDS * 1_000
    const startMs = Date.now() - (FORMS.length + 1) * spanMs
    for (const [at, form] of FORMS.entries()) {
      const itemsOf = createItems(ids, startMs + at * spanMs)
      figures.push([form, await measure(form, appliance, send, itemsOf, batches)])
    }
    close()
    print(figures, copy(appliance.dataDir, createItems(ids, startMs), batches))
    return true
  } finally {
    await appliance.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
