/** What a network of devices sends in ten seconds, and COPY of the same rows. */
import { execFileSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { z } from "zod"
import { percentile, seeded } from "./figures.ts"
import { usageBelow } from "./process-usage.ts"

export const PORTS = 24
export const SECONDS = 10
export const ROWS_OF_DEVICE = SECONDS + PORTS
/** Values over time that are not null: of a probe four, of a port seven. */
export const SAMPLES_OF_DEVICE = SECONDS * 4 + PORTS * 7

/** Items of ten seconds: a probe of each device a second, and each of its ports once. */
export const createItems = (ids: readonly string[], startMs: number) => {
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

/** Where the superuser of a server logs in, and its process. */
export type Server = {
  readonly pid: number
  readonly host: string
  readonly port: number
  readonly password: string
  readonly database: string
}
export const psql = (server: Server, args: readonly string[], input = ""): void => {
  const { host, port, database, password } = server
  const connection = ["-h", host, "-p", `${port}`, "-U", "postgres", "-d", database]
  const env = { PATH: "/usr/bin:/bin", PGPASSWORD: password }
  execFileSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", ...connection, ...args], { input, env })
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

const linesOf = (items: readonly unknown[]) => {
  const keys = new Map<string, number>()
  const lines = { copy_ping: [] as string[], copy_port: [] as string[] }
  const keyOf = (name: string): number => {
    const key = keys.get(name) ?? keys.size + 1
    keys.set(name, key)
    return key
  }
  const at = (atMs: number): string => new Date(atMs).toISOString()
  for (const item of items) {
    const port = Port.safeParse(item).data
    if (port === undefined) {
      const { device, atMs, icmp } = Ping.parse(item)
      lines.copy_ping.push([keyOf(device), at(atMs), "t", 1, 1, icmp.rttUs].join("\t"))
    } else {
      const key = keyOf(`${port.device} ${port.interface}`)
      const rates = [port.rxBps, port.txBps, port.rxPps, port.txPps, 0, 0]
      lines.copy_port.push([key, at(port.atMs), "t", ...rates].join("\t"))
    }
  }
  return lines
}

/** A process that has ended is counted once its parent has waited for it. */
const ENDED_MS = 500

const RUNS = 5

/** µs of Postgres a row: the median of five runs. */
export const copy = async (
  server: Server,
  itemsOf: (batch: number) => unknown[],
  batches: number,
): Promise<number> => {
  const file = join(tmpdir(), `ispvm-copy-${process.pid}.txt`)
  const items = Array.from({ length: batches }, (_, n) => itemsOf(n)).flat()
  const lines = linesOf(items)
  psql(server, [], TABLES)
  const rowUs: number[] = []
  try {
    for (let run = 0; run < RUNS; run += 1) {
      psql(server, ["-c", "truncate copy_ping, copy_port"])
      await wait(ENDED_MS)
      const before = usageBelow(server.pid).cpuMs
      for (const name of ["copy_ping", "copy_port"] as const) {
        writeFileSync(file, `${lines[name].join("\n")}\n`)
        psql(server, ["-c", `\\copy ${name} from '${file}'`])
      }
      await wait(ENDED_MS)
      rowUs.push(((usageBelow(server.pid).cpuMs - before) * 1_000) / items.length)
    }
  } finally {
    rmSync(file, { force: true })
  }
  return percentile(rowUs, 50)
}
