/**
 * How long the lists of the whole network take while values of all devices arrive, and what the
 * appliance takes for it.
 *   npm run bench -- answers [--devices 2000] [--rounds 20] [--ports 5] [--node-options OPTIONS]
 * The real appliance with its own database. A made-up agent sends a probe of each device a second,
 * and ports and health every ten seconds. Devices are a tree; a link joins each with the one above.
 * A round asks for each list once, after it has become too old to be answered again, with the ETag
 * of the round before; then twice more at once, as other tabs do. --node-options are flags of the
 * appliance's Node. CPU is of the whole time of the rounds.
 */
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { parseArgs } from "node:util"
import { z } from "zod"
import { ensureLogin } from "../demo/account.ts"
import { ApplianceClient } from "../demo/appliance-client.ts"
import { inParallel } from "../demo/in-parallel.ts"
import { logIn } from "../e2e/operator.ts"
import { freePort, type Started, startAppliance } from "../e2e/start-process.ts"
import { ms, percentile, seeded, table } from "./figures.ts"
import { bodyOf, type Client, createClient, createEnrol } from "./ingest-agent.ts"
import { usageOfPostgres } from "./process-usage.ts"

const PATHS = ["/overview", "/devices", "/links", "/topology"] as const
/** An answer serves for a second. */
const APART_MS = 1_100
const OTHER_TABS = 2
/** Ports and health are in every tenth batch, of a tenth of the devices each second. */
const POLL_S = 10
/** Until the database has statistics of the new tables: autovacuum makes them within a minute. */
const WARM_S = 90

type Network = { readonly agentId: string; readonly ids: readonly string[] }
const load = async (client: ApplianceClient, devices: number, ports: number): Promise<Network> => {
  const agentId = await client.add("/agents", { name: "bench", siteId: null })
  const methods = { routerosApi: null, snmp: { port: 161 }, icmp: true, tcpPort: null }
  const ids: string[] = []
  await inParallel(
    Array.from({ length: devices }, (_, n) => n),
    async (n) => {
      const address = `198.18.${Math.floor(n / 250)}.${(n % 250) + 1}`
      const place = { name: `router-${n}`, address, roles: ["access"], siteId: null }
      const rest = { methods, note: "", agentId, credentialId: null, tags: ["bench"] }
      ids[n] = await client.add("/devices", { ...place, ...rest })
    },
  )
  // A port has one link at most: the first is that to the router above.
  const below = ports - 1
  await inParallel(
    Array.from({ length: devices - 1 }, (_, n) => n + 1),
    async (n) => {
      const end = (at: number, port: number) => ({ deviceId: ids[at], interface: `ether${port}` })
      const a = end(Math.floor((n - 1) / below), 2 + ((n - 1) % below))
      await client.add("/links", { name: null, a, b: end(n, 1) })
    },
  )
  return { agentId, ids }
}

/** The items of one second. */
const createItems = ({ ids }: Network, ports: number) => {
  const random = seeded(21)
  return (second: number, atMs: number): unknown[] => {
    const pings = ids.map((device) => ({
      ...{ kind: "ping", device, atMs, answers: true, tcp: null, because: "round" },
      icmp: { sent: 1, received: 1, rttUs: Math.round(500 + random() * 2e4), jitterUs: null },
    }))
    const polled = ids.filter((_, n) => n % POLL_S === second % POLL_S)
    const health = polled.map((device) => ({
      ...{ kind: "health", device, atMs, source: "snmp", uptimeS: 1_000 + second },
      ...{ cpuRatio: random(), memoryUsedByte: Math.round(random() * 1e9) },
      ...{ memoryTotalByte: 1e9, diskUsedByte: null, diskTotalByte: null },
    }))
    const interfaces = polled.flatMap((device) =>
      Array.from({ length: ports }, (_, n) => ({
        ...{ kind: "interface", device, interface: `ether${n + 1}`, atMs, source: "snmp" },
        ...{ running: true, disabled: false, errorsPs: 0, dropsPs: 0 },
        ...{ rxBps: Math.round(random() * 1e9), txBps: Math.round(random() * 1e8) },
        ...{ rxPps: Math.fround(random() * 1e5), txPps: Math.fround(random() * 1e4) },
      })),
    )
    return [...pings, ...health, ...interfaces]
  }
}

/** Sends a batch a second until it is stopped; a batch that is late is sent at once. */
const startSending = (
  send: Client["send"],
  itemsOf: (second: number, atMs: number) => unknown[],
) => {
  const buffer = randomUUID()
  const ackMs: number[] = []
  let isOver = false
  const run = async (): Promise<void> => {
    const beganMs = Date.now()
    for (let second = 0; !isOver; second += 1) {
      await wait(Math.max(0, beganMs + second * 1_000 - Date.now()))
      const atMs = Date.now()
      const head = { protocol: 1, buffer, number: second + 1, sentAtMs: atMs }
      const body = bodyOf("columns", { ...head, items: itemsOf(second, atMs) })
      const sentMs = performance.now()
      const { rejected } = await send(body)
      ackMs.push(performance.now() - sentMs)
      if (rejected.length > 0) throw new Error(`rejected: ${JSON.stringify(rejected[0])}`)
    }
  }
  const running = run()
  return {
    ackMs,
    stop: async () => {
      isOver = true
      await running
    },
  }
}

type Answer = {
  readonly tookMs: number
  readonly status: number
  readonly bytes: number
  readonly etag: string
}
const createGet =
  (url: string, cookie: string) =>
  async (path: string, etag = ""): Promise<Answer> => {
    const began = performance.now()
    const headers = { cookie, ...(etag === "" ? {} : { "if-none-match": etag }) }
    const answer = await fetch(`${url}/api/v1${path}`, { headers })
    const { byteLength } = await answer.arrayBuffer()
    if (!answer.ok && answer.status !== 304) throw new Error(`${path}: ${answer.status}`)
    return {
      tookMs: performance.now() - began,
      status: answer.status,
      bytes: byteLength,
      etag: answer.headers.get("etag") ?? "",
    }
  }

type Metrics = (name: string) => number
const metricsOf = async (url: string): Promise<Metrics> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return (name) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN)
}

type Figure = {
  readonly first: number[]
  readonly other: number[]
  known: number
  asked: number
  bytes: number
}
const askInRounds = async (
  get: ReturnType<typeof createGet>,
  rounds: number,
): Promise<ReadonlyMap<string, Figure>> => {
  const figures = new Map<string, Figure>(
    PATHS.map((path) => [path, { first: [], other: [], known: 0, asked: 0, bytes: 0 }]),
  )
  const etags = new Map<string, string>()
  for (let round = 0; round < rounds; round += 1)
    for (const [path, figure] of figures) {
      await wait(APART_MS)
      const first = await get(path, etags.get(path))
      etags.set(path, first.etag)
      figure.first.push(first.tookMs)
      const others = await Promise.all(
        Array.from({ length: OTHER_TABS }, () => get(path, first.etag)),
      )
      figure.other.push(...others.map(({ tookMs }) => tookMs))
      figure.known += [first, ...others].filter(({ status }) => status === 304).length
      figure.asked += 1 + OTHER_TABS
      figure.bytes = Math.max(figure.bytes, first.bytes)
    }
  return figures
}

const MB = 1_048_576
const print = (
  figures: ReadonlyMap<string, Figure>,
  { ackMs, seconds }: { readonly ackMs: readonly number[]; readonly seconds: number },
  metrics: { readonly before: Metrics; readonly after: Metrics },
  postgresMs: number,
): void => {
  const rows = [["list", "p50", "p95", "other tabs p95", "304", "bytes as JSON"]]
  for (const [path, { first, other, known, asked, bytes }] of figures)
    rows.push([
      ...[path, ms(percentile(first, 50)), ms(percentile(first, 95)), ms(percentile(other, 95))],
      ...[`${known}/${asked}`, `${bytes}`],
    ])
  console.log(table(rows))
  const { before, after } = metrics
  const cpu = after("process_cpu_seconds_total") - before("process_cpu_seconds_total")
  const mb = (name: string): string => (after(name) / MB).toFixed(0)
  console.log(
    `\n${table([
      ["CPU", "Postgres", "RSS MB", "heap MB", "used MB", "external MB", "loop p99", "ack p95"],
      [
        ...[`${((100 * cpu) / seconds).toFixed(1)} %`],
        ...[`${(postgresMs / seconds / 10).toFixed(1)} %`],
        ...[mb("process_resident_memory_bytes"), mb("nodejs_heap_size_total_bytes")],
        ...[mb("nodejs_heap_size_used_bytes"), mb("nodejs_external_memory_bytes")],
        ms(1_000 * after("nodejs_eventloop_lag_p99_seconds")),
        ms(percentile(ackMs, 95)),
      ],
    ])}`,
  )
}

type Order = { readonly devices: number; readonly ports: number; readonly rounds: number }
const measure = async (
  appliance: Started,
  agentApiPort: number,
  { devices, ports, rounds }: Order,
): Promise<void> => {
  const client = new ApplianceClient(appliance.url)
  const file = join(appliance.dataDir, "login.json")
  const login = await ensureLogin(client, file, appliance.setupCode)
  const network = await load(client, devices, ports)
  const enrol = createEnrol(agentApiPort)
  const identity = await enrol(await client.token(network.agentId))
  const { send, close } = createClient(agentApiPort, identity, devices)
  const sending = startSending(send, createItems(network, ports))
  await wait(WARM_S * 1_000)
  const { cookie } = await logIn(appliance.url, login.email, login.password)
  const get = createGet(appliance.url, cookie)
  for (const path of PATHS) await get(path)
  const acks = sending.ackMs.length
  const usage = async () => ({
    metrics: await metricsOf(appliance.url),
    postgresMs: usageOfPostgres(appliance.dataDir).cpuMs,
  })
  const [before, began] = [await usage(), performance.now()]
  const figures = await askInRounds(get, rounds)
  const [after, seconds] = [await usage(), (performance.now() - began) / 1_000]
  await sending.stop()
  close()
  print(
    figures,
    { ackMs: sending.ackMs.slice(acks), seconds },
    { before: before.metrics, after: after.metrics },
    after.postgresMs - before.postgresMs,
  )
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: "string", default: "2000" },
      ports: { type: "string", default: "5" },
      rounds: { type: "string", default: "20" },
      "node-options": { type: "string", default: "" },
    },
  })
  const count = z.coerce.number().int().min(1).max(20_000)
  const order = z
    .object({ devices: count, ports: count.min(2), rounds: count })
    .parse({ devices: values.devices, ports: values.ports, rounds: values.rounds })
  const agentApiPort = await freePort()
  const appliance = await startAppliance({
    ...{ ISPVM_LOCAL_AGENT: "off", ISPVM_AGENT_API_PORT: `${agentApiPort}` },
    NODE_OPTIONS: values["node-options"],
  })
  try {
    await measure(appliance, agentApiPort, order)
    return true
  } finally {
    await appliance.stop()
  }
}
