/**
 * CPU of the agent per value, beside net-snmp's snmpbulkwalk and python3-librouteros on the same
 * responders in one run; and a PPPoE server with 20,000 sessions of which 500 a second change.
 *   npm run bench -- poll [--rounds 10]
 * The responders run in a process of their own, whose CPU does not count. snmpbulkwalk's CPU has
 * its start in it, librouteros's neither its start nor its login; ours is collecting and
 * normalizing. Fails where an interface of a session is read, or where the count of sessions is not
 * the number in the list that the router sent.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { AssignedDevice, type Item } from "@ispvm/wire"
import { z } from "zod"
import { createRouterOsCollectors, createSnmpCollectors, Normalizer } from "../recordings/agent.ts"
import { isInstalled, run as runProgram } from "../simulator/run.ts"
import { table } from "./figures.ts"
import type { Counts } from "./poll-figures.ts"

const ID = "00000000-0000-4000-8000-000000000001"
const PYTHON = "/usr/bin/python3"
const WALKED = ["1.3.6.1.2.1.2.2", "1.3.6.1.2.1.31.1.1"]
const DEADLINE_MS = 60_000
const Ready = z.object({
  ready: z.object({ snmp: z.number(), api: z.number(), pppoe: z.number() }),
})
type Ports = z.infer<typeof Ready>["ready"]
type Figure = { readonly cpuMs: number; readonly tookMs: number; readonly counts: Counts }
type Collector = ReturnType<typeof createRouterOsCollectors>["all"][number]

const deviceAt = (snmp: object | null, api: number | null): AssignedDevice =>
  AssignedDevice.parse({
    id: ID,
    name: "bench",
    access: {
      address: "127.0.0.1",
      routerosApi:
        api === null
          ? null
          : {
              port: api,
              tls: false,
              fingerprint: null,
              username: "monitor",
              password: "anatolia-lab",
            },
      snmp,
      icmp: false,
      tcpPort: null,
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })

class Responders {
  readonly #child: ChildProcess
  readonly ports: Ports
  private constructor(child: ChildProcess, ports: Ports) {
    this.#child = child
    this.ports = ports
  }
  static async start(): Promise<Responders> {
    const child = fork(join(import.meta.dirname, "poll-responders.ts"))
    const [message] = await once(child, "message")
    return new Responders(child, Ready.parse(message).ready)
  }
  /** Since the last call. `isPaused`: no session changes from now on. */
  async counts(isPaused = false): Promise<Counts> {
    const answer = once(this.#child, "message")
    this.#child.send({ isPaused })
    const [{ counts }] = (await answer) as [{ counts: Counts }]
    return counts
  }
  async stop(): Promise<void> {
    this.#child.disconnect()
    await once(this.#child, "exit")
  }
}

/** One poll as the agent does it, with the items that it would send. */
const poll = async (
  collector: Pick<Collector, "collect">,
  device: AssignedDevice,
  normalizer: Normalizer,
): Promise<readonly Item[]> => [
  ...normalizer.normalize(await collector.collect(device, AbortSignal.timeout(DEADLINE_MS))),
]

/** CPU of `rounds` polls; the first ones, which compile code and log in, do not count. */
const measureOurs = async (
  responders: Responders,
  rounds: number,
  once_: () => Promise<unknown>,
): Promise<Figure> => {
  for (let n = 0; n < 3; n += 1) await once_()
  await responders.counts()
  const beganMs = performance.now()
  const before = process.cpuUsage()
  for (let n = 0; n < rounds; n += 1) await once_()
  const { user, system } = process.cpuUsage(before)
  const tookMs = performance.now() - beganMs
  return { cpuMs: (user + system) / 1_000, tookMs, counts: await responders.counts() }
}

const named = <T extends { readonly reads: string }>(all: readonly T[], reads: string): T => {
  const found = all.find((each) => each.reads === reads)
  if (found === undefined)
    throw new Error(`no collector ${reads}: ${all.map((each) => each.reads).join(", ")}`)
  return found
}

/** User and system time of a program, by bash. */
const cpuOf = async (command: string): Promise<number> => {
  const script = `TIMEFORMAT="%U %S"; { time { ${command}; } >/dev/null 2>&1; } 2>&1`
  const [user = 0, system = 0] = (await runProgram("bash", ["-c", script]))
    .trim()
    .split(/\s+/)
    .map(Number)
  return (user + system) * 1_000
}

const snmpbulkwalk = async (responders: Responders, rounds: number): Promise<Figure> => {
  const walks = WALKED.map(
    (oid) =>
      `snmpbulkwalk -m '' -v2c -c anatolia -Cr50 -Oqn udp:127.0.0.1:${responders.ports.snmp} ${oid}`,
  ).join("; ")
  await responders.counts()
  const cpuMs = await cpuOf(`for n in $(seq ${rounds}); do ${walks}; done`)
  return { cpuMs, tookMs: 0, counts: await responders.counts() }
}

const LIBROUTEROS = `
import sys, time, librouteros
api = librouteros.connect(host="127.0.0.1", port=int(sys.argv[1]), username="monitor", password="anatolia-lab")
def once():
    return len(list(api("/interface/print", **{".proplist": sys.argv[3]})))
once()
sys.stdin.readline()
start = time.process_time()
for n in range(int(sys.argv[2])): once()
print((time.process_time() - start) * 1000)`
/** What the agent asks of each interface. */
const PROPLIST =
  ".id,name,type,running,disabled,comment,mac-address,rx-byte,tx-byte,rx-packet,tx-packet,rx-error,tx-error,rx-drop,tx-drop,dynamic"

const librouteros = async (responders: Responders, rounds: number): Promise<Figure> => {
  await responders.counts()
  const args = ["-c", LIBROUTEROS, String(responders.ports.api), String(rounds), PROPLIST]
  const cpuMs = Number(await runProgram(PYTHON, args, "\n"))
  const counts = await responders.counts()
  // Its first request is not measured.
  return {
    cpuMs,
    tookMs: 0,
    counts: { ...counts, values: (counts.values * rounds) / (rounds + 1) },
  }
}

const perValue = ({ cpuMs, counts }: Figure): number => (cpuMs * 1_000) / counts.values
const line = (what: string, figure: Figure, ours: Figure): string[] => [
  what,
  `${Math.round(figure.counts.values)}`,
  figure.cpuMs.toFixed(0),
  perValue(figure).toFixed(2),
  (perValue(figure) / perValue(ours)).toFixed(2),
]

type Pppoe = { readonly lines: readonly string[][]; readonly failures: readonly string[] }
const pppoe = async (responders: Responders, rounds: number): Promise<Pppoe> => {
  const collectors = createRouterOsCollectors({ clock: { now: Date.now } })
  const device = deviceAt(null, responders.ports.pppoe)
  const normalizer = new Normalizer()
  const failures: string[] = []
  const lines: string[][] = []
  let [changes, tookMs] = [0, 0]
  for (const reads of ["interface", "sessions", "session-list"]) {
    const collector = named(collectors.all, reads)
    let items: readonly Item[] = []
    const figure = await measureOurs(responders, rounds, async () => {
      items = await poll(collector, device, normalizer)
    })
    const { counts } = figure
    // The last list that the router sent, against what was made of it.
    await responders.counts()
    items = await poll(collector, device, normalizer)
    const { sessions } = await responders.counts()
    const count = items.reduce(
      (sum, item) => sum + (item.kind === "sessions" && "count" in item ? Number(item.count) : 0),
      0,
    )
    const rows = items.reduce(
      (sum, item) =>
        sum + (item.kind === "rows" && item.table === "sessions" ? item.rows.length : 0),
      0,
    )
    if (counts.sessionInterfaces > 0)
      failures.push(`${reads}: ${counts.sessionInterfaces} interfaces of sessions were sent`)
    if (reads === "sessions" && count !== sessions)
      failures.push(`the agent counts ${count} sessions, the router sent ${sessions}`)
    lines.push([
      reads,
      `${counts.sessionInterfaces}`,
      reads === "interface"
        ? "–"
        : reads === "sessions"
          ? `${count} of ${sessions}`
          : `${rows} changed rows`,
      `${Math.round(counts.bytesAsked / rounds)}`,
      `${Math.round(counts.bytesSent / rounds)}`,
      (figure.cpuMs / rounds).toFixed(1),
      `${Math.round(figure.tookMs / rounds)}`,
    ])
    changes += counts.changes
    tookMs += figure.tookMs
  }
  lines.push([`${Math.round((changes * 1_000) / tookMs)} changes per second`])
  await collectors.close()
  const listened = await listening(responders)
  return {
    lines: [...lines, ...listened.lines],
    failures: [...failures, ...listened.failures],
  }
}

const LISTENED_S = 10
/** The interval at which the number of sessions is polled otherwise. */
const POLLED_S = 30
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_500))
/** The same changes as the router reports them: what the agent knows is what the router has. */
const listening = async (responders: Responders): Promise<Pppoe> => {
  const readings: unknown[] = []
  const collectors = createRouterOsCollectors({
    clock: { now: Date.now },
    sink: {
      onReadings: (all) => readings.push(...all),
      onEvent: () => undefined,
      onInterface: () => undefined,
      onLogLine: () => undefined,
    },
  })
  const device = deviceAt(null, responders.ports.pppoe)
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const collect = (reads: string) => named(collectors.all, reads).collect(device, signal)
  try {
    await collect("sessions")
    await collect("listen")
    await pause()
    const rowsBefore = collectors.listening?.counts.rows ?? 0
    await responders.counts()
    readings.length = 0
    const before = process.cpuUsage()
    await new Promise((resolve) => setTimeout(resolve, LISTENED_S * 1_000))
    const { user, system } = process.cpuUsage(before)
    const [sent, counts] = [readings.length, await responders.counts(true)]
    await pause()
    const { changes, current } = await responders.counts(true)
    const rows = (collectors.listening?.counts.rows ?? 0) - rowsBefore
    const reported = (await collect("sessions")).reduce(
      (sum, each) => sum + (each.kind === "family" ? Number(each.values.count) : 0),
      0,
    )
    const known = current || counts.current
    const scale = POLLED_S / LISTENED_S
    const failures = [
      ...(reported === known ? [] : [`listening: ${reported} sessions, the router has ${known}`]),
      ...(rows === counts.changes + changes
        ? []
        : [`listening: ${rows} rows of ${counts.changes + changes} changes`]),
      ...(counts.sessionInterfaces === 0 ? [] : ["listening: interfaces of sessions were sent"]),
    ]
    const line = [
      ...[`listen, in ${POLLED_S} s`, `${counts.sessionInterfaces}`, `${reported} of ${known}`],
      ...[`${counts.bytesAsked}`, `${Math.round(counts.bytesSent * scale)}`],
      ...[(((user + system) / 1_000) * scale).toFixed(1), "–"],
    ]
    const summary = `${rows} rows of ${counts.changes + changes} changes, ${sent} readings in ${LISTENED_S} s`
    return { lines: [line, [summary]], failures }
  } finally {
    await responders.counts()
    await collectors.close()
  }
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: "string", default: "10" } },
  })
  const rounds = Number(values.rounds)
  const responders = await Responders.start()
  try {
    const { ports } = responders
    const snmp = createSnmpCollectors({ now: Date.now, resolve: async (address) => address })
    const api = createRouterOsCollectors({ clock: { now: Date.now } })
    const ofSnmp = deviceAt({ port: ports.snmp, community: "anatolia" }, null)
    const normalizer = new Normalizer()
    const ourSnmp = await measureOurs(responders, rounds, () =>
      poll(named(snmp.all, "interface"), ofSnmp, normalizer),
    )
    const ourApi = await measureOurs(responders, rounds, () =>
      poll(named(api.all, "interface"), deviceAt(null, ports.api), normalizer),
    )
    const lines = [line("SNMP, the agent", ourSnmp, ourSnmp)]
    if (isInstalled("snmpbulkwalk", ["-V"]))
      lines.push(line("SNMP, snmpbulkwalk", await snmpbulkwalk(responders, rounds), ourSnmp))
    else console.log("snmpbulkwalk (snmp) is not installed: no comparison by SNMP")
    lines.push(line("API, the agent", ourApi, ourApi))
    if (isInstalled(PYTHON, ["-c", "import librouteros"]))
      lines.push(line("API, librouteros", await librouteros(responders, rounds), ourApi))
    else console.log("python3-librouteros is not installed: no comparison by the API")
    console.log(table([["interfaces", "values", "CPU ms", "µs per value", "× ours"], ...lines]))
    await Promise.all([snmp.close(), api.close()])
    const server = await pppoe(responders, Math.max(2, Math.round(rounds / 3)))
    console.log("")
    console.log(
      table([
        [
          ...["PPPoE server, per poll", "session interfaces", "sessions", "bytes asked"],
          ...["bytes received", "CPU ms", "ms"],
        ],
        ...server.lines,
      ]),
    )
    for (const failure of server.failures) console.log(failure)
    return server.failures.length === 0
  } finally {
    await responders.stop()
  }
}
