/**
 * What the agent's own work costs, in parts, beside a reference in the same run.
 *   npm run bench -- agent [PART …] [--devices 2000,10000] [--seconds 20] [--rate 20000]
 * scheduler: all collectors of a RouterOS device with their usual intervals, of devices that answer
 *   at once; beside a timer of Node (setInterval) for each poll, which knows neither limits nor
 *   failures.
 * ping: rounds of one probe a second to 500 addresses of loopback, with fping's own CPU; beside
 *   fping alone with the same addresses. The start is not in the figures.
 * routeros: the client prints a table of 2,000 rows with 15 properties and reads each value;
 *   beside python3-librouteros on the same responder. The pause is the longest work of the event
 *   loop, in CPU time, where each row is read as it comes.
 * buffer: items of 200 devices stored, sent, parsed and checked by columns; beside JSON, gzip and
 *   the schema of each item, as releases before did it. `--seconds` are seconds of these devices.
 *   With `--hours 72 [--devices 200] [--ports 5]`: what an outage of so long takes on the disk, in
 *   real files and simulated time, and how fast the agent sends it. 5 ports are those of `fleet`.
 * snmp: a session walks all columns of 300 interfaces, beside Debian's snmpbulkwalk on the same
 *   responder, whose start is not in its figure; and 20 devices at once are polled for 20 counters
 *   with one GET each.
 * syslog: lines of 50 routers at `--rate` a second, received, parsed and counted; beside Debian's
 *   rsyslog, which writes the same lines to a file, and a socket of Node that only receives them.
 *   What is missing was dropped by the kernel; `not read`: for want of the time that lines may take.
 */
import { execFileSync, fork, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { z } from "zod"
import { UserError } from "../simulator/user-error.ts"
import { backlog } from "./agent-backlog.ts"
import { buffer } from "./agent-buffer.ts"
import { SchedulerFigure } from "./agent-scheduler.ts"
import { ratio, table } from "./figures.ts"
import { cpuMsOf } from "./process-usage.ts"

/** Compiled by then; new devices are still polled for the first time, which is the most work. */
const WARM_MS = 10_000

/** An agent that no longer keeps up has no figure. */
const LIMIT_MS = 180_000

const inChild = async <T>(file: string, order: object, schema: z.ZodType<T>): Promise<T> => {
  const child = fork(join(import.meta.dirname, file))
  const ended = once(child, "exit")
  let figure: unknown = null
  child.on("message", (message) => {
    figure = message
  })
  child.send(order)
  const limit = setTimeout(() => child.kill(), LIMIT_MS)
  await ended
  clearTimeout(limit)
  if (figure === null) throw new UserError(`${file} did not keep up: no figure after its time`)
  return schema.parse(figure)
}

const scheduler = async (sizes: readonly number[], forMs: number): Promise<void> => {
  const rows = [["devices", "by", "polls/s", "CPU of a core", "µs a poll", "ratio", "late", "RSS"]]
  for (const devices of sizes) {
    let reference = Number.NaN
    for (const by of ["timers", "scheduler"] as const) {
      const order = { by, devices, warmMs: WARM_MS, forMs }
      const { cpuMs, tookMs, polls, lateMs, rssMb } = await inChild(
        "agent-scheduler.ts",
        order,
        SchedulerFigure,
      )
      const each = (cpuMs * 1_000) / polls
      if (by === "timers") reference = each
      rows.push([
        ...[String(devices), by, (polls / (tookMs / 1_000)).toFixed(0)],
        ...[`${((100 * cpuMs) / tookMs).toFixed(1)} %`, each.toFixed(1), ratio(each, reference)],
        ...[`${lateMs.toFixed(0)} ms`, `${rssMb.toFixed(0)} MB`],
      ])
    }
  }
  console.log(table(rows))
}

const PINGED = 500
const PingFigure = z.object({ ownMs: z.number(), fpingMs: z.number(), answered: z.number() })
const ping = (forS: number): void => {
  const rows = [["probes of rounds", "µs of the agent", "µs of fping", "together", "ratio"]]
  let reference = Number.NaN
  for (const by of ["fping", "agent"] as const) {
    const args = [join(import.meta.dirname, "agent-ping.ts"), by, String(PINGED), String(forS)]
    const output = execFileSync(process.execPath, args, { encoding: "utf8" })
    const { ownMs, fpingMs, answered } = PingFigure.parse(JSON.parse(output))
    const [own, theirs] = [(ownMs * 1_000) / answered, (fpingMs * 1_000) / answered]
    if (by === "fping") reference = theirs
    rows.push([
      ...[by === "fping" ? "fping alone" : "the agent", own.toFixed(1), theirs.toFixed(1)],
      ...[(own + theirs).toFixed(1), ratio(own + theirs, reference)],
    ])
  }
  console.log(table(rows))
}

/** The output of a child that has these arguments. */
const outputOf = (file: string, ...args: readonly (string | number)[]): string =>
  execFileSync(process.execPath, [join(import.meta.dirname, file), ...args.map(String)], {
    encoding: "utf8",
  })

/** A child that prints its port; the function ends it. */
const startResponder = async (file: string, ...args: readonly string[]) => {
  const responder = spawn(
    process.execPath,
    [join(import.meta.dirname, file), "responder", ...args],
    { stdio: ["pipe", "pipe", "inherit"] },
  )
  const [port] = await once(responder.stdout, "data")
  return { port: Number(port), stop: () => void responder.stdin.end() }
}

const ROWS = 2_000
const RowsFigure = z.object({ cpuMs: z.number(), rows: z.number(), pauseMs: z.number().optional() })
const routeros = async (): Promise<void> => {
  const rows = [["rows of the API by", "rows", "µs a row", "rows a CPU-second", "ratio", "pause"]]
  const file = "agent-routeros.ts"
  const responder = await startResponder(file, String(ROWS))
  let reference = Number.NaN
  for (const [by, prints] of [
    ["librouteros", 5],
    ["agent", 200],
  ] as const) {
    const output = outputOf(file, by, responder.port, prints)
    const figure = RowsFigure.parse(JSON.parse(output))
    const each = (figure.cpuMs * 1_000) / figure.rows
    if (by === "librouteros") reference = each
    rows.push([
      ...[by === "agent" ? "the agent" : by, String(figure.rows), each.toFixed(2)],
      ...[(1e6 / each).toFixed(0), ratio(each, reference)],
      figure.pauseMs === undefined ? "–" : `${figure.pauseMs.toFixed(1)} ms`,
    ])
  }
  responder.stop()
  console.log(table(rows))
}

const WALKS = 40
/** User and system time of so many walks; of none, what the programs' start costs. */
const bulkwalkCpuMs = (port: number, oid: string): number => {
  const walk = `snmpbulkwalk -m '' -v2c -c public -Cr50 -Oqn udp:127.0.0.1:${port} ${oid}`
  const script = `TIMEFORMAT="%U %S"; { time { for n in $(seq ${WALKS}); do ${walk}; done; } >/dev/null 2>&1; } 2>&1`
  const [user = 0, system = 0] = execFileSync("bash", ["-c", script], { encoding: "utf8" })
    .trim()
    .split(/\s+/)
    .map(Number)
  return (user + system) * 1_000
}
const Values = z.object({ cpuMs: z.number(), kernelMs: z.number(), values: z.number() })
const SnmpFigure = z.object({ walk: Values, get: Values })
const GETS = 20_000
const snmp = async (): Promise<void> => {
  const file = "agent-snmp.ts"
  const responder = await startResponder(file)
  const { port } = responder
  const ours = SnmpFigure.parse(JSON.parse(outputOf(file, "agent", port, WALKS, GETS)))
  // Of an object that does not exist: start, one request, end.
  const cpuMs = bulkwalkCpuMs(port, "1.3.6.1.2.1") - bulkwalkCpuMs(port, "1.3.6.1.3")
  responder.stop()
  const values = ours.walk.values
  const [own, theirs] = [ours.walk.cpuMs, cpuMs].map((each) => (each * 1_000) / values)
  const { cpuMs: getMs, kernelMs } = ours.get
  console.log(
    table([
      ["values of SNMP by", "values", "µs each", "ratio"],
      ["snmpbulkwalk", String(values), theirs?.toFixed(2) ?? "", "1.00×"],
      ["the agent, walk", String(values), own?.toFixed(2) ?? "", ratio(own ?? 0, theirs ?? 0)],
    ]),
  )
  console.log(
    table([
      ["GET of 20 counters", "µs", "of it in the kernel"],
      ["the agent", ...[getMs, kernelMs].map((each) => ((each * 1_000) / GETS).toFixed(1))],
    ]),
  )
}

/** With fewer, compiling the code is half of what counts. */
const WARM_LINES = 150_000
const SECONDS = 5
const LinesFigure = z.object({ cpuMs: z.number(), lines: z.number(), unread: z.number() })
type LinesFigure = z.infer<typeof LinesFigure>
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
/** Sends the lines for warming up, then `begin`, then those that count. */
const sendLines = async (port: number, perS: number, begin: () => void): Promise<void> => {
  outputOf(SYSLOG, "sender", port, WARM_LINES, perS)
  await pause(1_000)
  begin()
  outputOf(SYSLOG, "sender", port, perS * SECONDS, perS)
  await pause(2_000)
}
const SYSLOG = "agent-syslog.ts"
const syslogOfNode = async (by: "agent" | "socket", perS: number): Promise<LinesFigure> => {
  const args = [join(import.meta.dirname, SYSLOG), by]
  const agent = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] })
  const [port] = await once(agent.stdout, "data")
  await sendLines(Number(port), perS, () => agent.stdin.write("begin\n"))
  const figure = once(agent.stdout, "data")
  agent.stdin.end()
  return LinesFigure.parse(JSON.parse(String(await figure)))
}
const RSYSLOG_PORT = 5_517
const syslogOfRsyslog = async (perS: number): Promise<LinesFigure> => {
  const folder = mkdtempSync(join(tmpdir(), "bench-rsyslog-"))
  const [file, config] = [join(folder, "lines"), join(folder, "rsyslog.conf")]
  writeFileSync(
    config,
    `module(load="imudp")
input(type="imudp" address="127.0.0.1" port="${RSYSLOG_PORT}" rcvbufSize="4m")
action(type="omfile" file="${file}")
`,
  )
  const args = ["-n", "-f", config, "-i", join(folder, "pid")]
  const rsyslog = spawn("/usr/sbin/rsyslogd", args, { stdio: "ignore" })
  const linesIn = (): number => readFileSync(file, "latin1").split("\n").length - 1
  try {
    await pause(2_000)
    let before = { cpuMs: 0, lines: 0 }
    const { pid = 0 } = rsyslog
    await sendLines(RSYSLOG_PORT, perS, () => {
      before = { cpuMs: cpuMsOf(pid), lines: linesIn() }
    })
    return { cpuMs: cpuMsOf(pid) - before.cpuMs, lines: linesIn() - before.lines, unread: 0 }
  } finally {
    rsyslog.kill()
    await once(rsyslog, "exit")
    rmSync(folder, { recursive: true })
  }
}
const syslog = async (perS: number): Promise<void> => {
  const rows = [["syslog by", "sent", "received", "not read", "µs a line", "ratio"]]
  let reference = Number.NaN
  for (const [by, run_] of [
    ["rsyslog", syslogOfRsyslog],
    ["a socket of Node", (rate: number) => syslogOfNode("socket", rate)],
    ["the agent", (rate: number) => syslogOfNode("agent", rate)],
  ] as const) {
    const { cpuMs, lines, unread } = await run_(perS)
    const each = (cpuMs * 1_000) / lines
    if (by === "rsyslog") reference = each
    const counts = [perS * SECONDS, lines, unread].map(String)
    rows.push([by, ...counts, each.toFixed(1), ratio(each, reference)])
  }
  console.log(table(rows))
}

const numbers = (option: string, text: string): readonly number[] => {
  const list = text.split(",").map(Number)
  if (!list.every((each) => Number.isInteger(each) && each > 0))
    throw new UserError(`--${option} ${text}: whole numbers, separated by commas`)
  return list
}

const PARTS = ["scheduler", "ping", "routeros", "snmp", "syslog", "buffer"] as const

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      devices: { type: "string" },
      seconds: { type: "string", default: "20" },
      rate: { type: "string", default: "20000" },
      hours: { type: "string" },
      ports: { type: "string", default: "5" },
    },
  })
  const unknown = positionals.find((name) => !PARTS.some((part) => part === name))
  if (unknown !== undefined)
    throw new UserError(`${unknown}: no part. There are: ${PARTS.join(", ")}`)
  const isChosen = (part: (typeof PARTS)[number]): boolean =>
    positionals.length === 0 || positionals.includes(part)
  const [forS] = numbers("seconds", values.seconds)
  if (isChosen("scheduler"))
    await scheduler(numbers("devices", values.devices ?? "2000,10000"), (forS ?? 20) * 1_000)
  if (isChosen("ping")) ping(forS ?? 20)
  if (isChosen("routeros")) await routeros()
  if (values.hours !== undefined) {
    const [hours = 0] = numbers("hours", values.hours)
    const [devices = 0] = numbers("devices", values.devices ?? "200")
    const [ports = 0] = numbers("ports", values.ports)
    backlog({ hours, devices, ports })
  } else if (isChosen("buffer")) buffer(forS ?? 20)
  if (isChosen("snmp")) await snmp()
  for (const rate of isChosen("syslog") ? numbers("rate", values.rate) : []) await syslog(rate)
  return true
}
