/**
 * The whole system with many devices: agent, appliance and its Postgres, each a process of its own,
 * with 1 s probes and 10 s counters by SNMP. Prints the CPU of each, memory, how many probes kept
 * their schedule, how long a dead router takes to be in an incident, and how long pages' requests
 * take. The reference is the same system with the first number of devices.
 *   npm run bench -- fleet [--devices 43,500,2000] [--seconds 60] [--warm 330] [--dead 5] [--ports 5]
 *     [--zabbix]
 * It measures twice: in the first minutes, while facts of all devices come for the first time, and
 * --warm seconds after the agent's start, when each has been polled at its own interval.
 * With --zabbix, Zabbix (Debian's server, with the Postgres of the appliance) reads the same devices
 * at the same intervals afterwards.
 * Devices are addresses of a network namespace that answer pings by the kernel and SNMP by one
 * process, whose CPU is not counted, and which takes its share of this machine. Needs root.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { z } from "zod"
import { environment } from "../config.ts"
import { namespaceError } from "../simulator/netns.ts"
import { isInstalled, run as runProgram } from "../simulator/run.ts"
import { UserError } from "../simulator/user-error.ts"
import { ms, percentile, ratio, table } from "./figures.ts"
import { NETWORK } from "./fleet-address.ts"

const Cost = z.object({ cpuMs: z.number(), rssMb: z.number() })
export const FleetFigure = z.object({
  devices: z.int(),
  seconds: z.number(),
  agent: Cost,
  fping: Cost,
  appliance: Cost,
  postgres: Cost,
  generator: Cost,
  /** The same in the first minutes after the agent's start. */
  first: z.object({
    seconds: z.number(),
    agent: Cost,
    fping: Cost,
    appliance: Cost,
    postgres: Cost,
  }),
  /** From the first start of the agent until nearly all devices had answered. */
  seenMs: z.number(),
  /** How long ago devices have answered, at any moment: p99. */
  seenAgeMs: z.number(),
  roundsLate: z.number(),
  pollsPerS: z.number(),
  pollsFailed: z.number(),
  /** Batches waiting on the agent at the end. */
  waiting: z.number(),
  loopDelayP99Ms: z.number().nullable(),
  /** Null: in no incident in time. */
  detectionMs: z.array(z.number().nullable()),
  pages: z.record(z.string(), z.array(z.number())),
})
export type FleetFigure = z.infer<typeof FleetFigure>
/** Of the same devices, read by Zabbix. */
export const ZabbixFigure = z.object({
  devices: z.int(),
  seconds: z.number(),
  server: Cost,
  fping: Cost,
  postgres: Cost,
  /** Values that were stored in a second, of `valuesPerS`. */
  valuesPerS: z.number(),
  detectionMs: z.array(z.number().nullable()),
})
export type ZabbixFigure = z.infer<typeof ZabbixFigure>
export type FleetOrder = {
  readonly devices: number
  readonly ports: number
  readonly seconds: number
  /** From the start of the agent until the second measurement. */
  readonly warmS: number
  readonly dead: number
}

const inNamespace = async (script: string, order: FleetOrder): Promise<unknown> => {
  const name = `ispvm-fleet-${process.pid}`
  await runProgram("ip", ["netns", "add", name])
  try {
    await runProgram("ip", ["-n", name, "link", "set", "lo", "up"])
    await runProgram("ip", ["-n", name, "route", "add", "local", NETWORK, "dev", "lo"])
    const child = spawn(
      "ip",
      [
        ...["netns", "exec", name, process.execPath],
        ...[join(import.meta.dirname, script), JSON.stringify(order)],
      ],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...environment(), NODE_NO_WARNINGS: "1" },
      },
    )
    let text = ""
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString()
    })
    const [code] = await once(child, "close")
    if (code !== 0) throw new UserError(`no figure for ${order.devices} devices`)
    return JSON.parse(text)
  } finally {
    await runProgram("ip", ["netns", "del", name])
  }
}

const percentOfCore = ({ cpuMs }: z.infer<typeof Cost>, seconds: number): string =>
  `${(cpuMs / (10 * seconds)).toFixed(1)} %`
type Shares = Pick<FleetFigure["first"], "agent" | "fping" | "appliance" | "postgres">
const total = ({ agent, fping, appliance, postgres }: Shares): number =>
  agent.cpuMs + fping.cpuMs + appliance.cpuMs + postgres.cpuMs
const perDevice = (one: FleetFigure): number => total(one) / one.seconds / one.devices

const report = (figures: readonly FleetFigure[]): void => {
  const [first] = figures
  if (first === undefined) return
  const rows = [
    [
      ...["devices", "agent", "fping", "appliance", "Postgres", "all", "ms/s a device", "ratio"],
      ...["RSS agent", "RSS appliance", "last answer p99", "late", "polls/s", "failed"],
    ],
    ...figures.map((one) => [
      `${one.devices}`,
      ...[one.agent, one.fping, one.appliance, one.postgres, { cpuMs: total(one), rssMb: 0 }].map(
        (cost) => percentOfCore(cost, one.seconds),
      ),
      ...[perDevice(one).toFixed(2), ratio(perDevice(one), perDevice(first))],
      ...[`${one.agent.rssMb.toFixed(0)} MB`, `${one.appliance.rssMb.toFixed(0)} MB`],
      ...[ms(one.seenAgeMs), `${one.roundsLate}`],
      ...[one.pollsPerS.toFixed(0), `${one.pollsFailed}`],
    ]),
  ]
  console.log(table(rows))
  const early = figures.map(({ devices, first: one }) => [
    `${devices}`,
    ...[one.agent, one.fping, one.appliance, one.postgres, { cpuMs: total(one), rssMb: 0 }].map(
      (cost) => percentOfCore(cost, one.seconds),
    ),
  ])
  console.log(
    `\nthe first minutes, with the first facts of all devices:\n${table([
      ["devices", "agent", "fping", "appliance", "Postgres", "all"],
      ...early,
    ])}`,
  )
  const later = figures.map((one) => {
    const found = one.detectionMs.flatMap((took) => took ?? [])
    return [
      ...[`${one.devices}`, `${found.length}/${one.detectionMs.length}`],
      ...[ms(percentile(found, 50)), ms(percentile(found, 95))],
      ratio(
        percentile(found, 50),
        percentile(
          first.detectionMs.flatMap((took) => took ?? []),
          50,
        ),
      ),
      ...Object.values(one.pages).map((took) => ms(percentile(took, 95))),
      ms(one.seenMs),
      ...[`${one.waiting}`, one.loopDelayP99Ms === null ? "–" : ms(one.loopDelayP99Ms)],
    ]
  })
  console.log(
    `\n${table([
      [
        ...["devices", "dead found", "p50", "p95", "ratio"],
        ...Object.keys(first.pages).map((path) => `${path} p95`),
        ...["all seen after", "batches waiting", "loop p99"],
      ],
      ...later,
    ])}`,
  )
  const busy = figures.map((one) => `${one.devices}: ${percentOfCore(one.generator, one.seconds)}`)
  console.log(`\nshares are of one core; not counted: the devices themselves (${busy.join(", ")})`)
}

/** Values that are wanted of a device in a second: answer and time of a probe, counters of ports. */
const wantedPerS = (ports: number): number => 2 + ports

const reportZabbix = (
  figures: readonly FleetFigure[],
  peers: readonly ZabbixFigure[],
  ports: number,
): void => {
  if (peers.length === 0) return
  const rows = figures.flatMap((ours, at) => {
    const peer = peers[at]
    if (peer === undefined) return []
    const perS = (cpuMs: number, seconds: number): number => cpuMs / seconds
    const [own, other] = [
      perS(total(ours), ours.seconds),
      perS(peer.server.cpuMs + peer.fping.cpuMs + peer.postgres.cpuMs, peer.seconds),
    ]
    const wanted = wantedPerS(ports) * ours.devices
    const [found, foundByPeer] = [ours, peer].map(({ detectionMs }) =>
      detectionMs.flatMap((took) => took ?? []),
    )
    const share = { cpuMs: own * 1_000, rssMb: 0 }
    return [
      [
        ...[`${ours.devices}`, percentOfCore(share, 1_000)],
        ...[peer.server, peer.fping, peer.postgres].map((cost) =>
          percentOfCore(cost, peer.seconds),
        ),
        percentOfCore({ cpuMs: other * 1_000, rssMb: 0 }, 1_000),
        `${((own / wanted) * 1_000).toFixed(0)} µs`,
        `${((other / peer.valuesPerS) * 1_000).toFixed(0)} µs`,
        ratio(own / wanted, other / peer.valuesPerS),
        `${((peer.valuesPerS / wanted) * 100).toFixed(0)} %`,
        ...[
          `${(ours.agent.rssMb + ours.fping.rssMb + ours.appliance.rssMb).toFixed(0)} MB`,
          `${(peer.server.rssMb + peer.fping.rssMb).toFixed(0)} MB`,
        ],
        ...[ms(percentile(found ?? [], 95)), ms(percentile(foundByPeer ?? [], 95))],
        `${foundByPeer?.length ?? 0}/${peer.detectionMs.length}`,
      ],
    ]
  })
  console.log(
    `\n${table([
      [
        ...["devices", "all of ours", "Zabbix", "its fping", "its Postgres", "all of Zabbix"],
        ...["CPU a value", "Zabbix", "ratio", "stored of wanted", "RSS", "Zabbix"],
        ...["dead found p95", "Zabbix", "found"],
      ],
      ...rows,
    ])}\nmemory is without Postgres; pages that processes share count in each of Zabbix's`,
  )
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: "string", default: "43,500,2000" },
      seconds: { type: "string", default: "60" },
      warm: { type: "string", default: "330" },
      dead: { type: "string", default: "5" },
      ports: { type: "string", default: "5" },
      zabbix: { type: "boolean", default: false },
    },
  })
  const why = namespaceError()
  if (why !== null) {
    console.error(`this bench needs a network namespace: ${why}`)
    return false
  }
  if (values.zabbix && !isInstalled("zabbix_server", ["--version"])) {
    console.error("--zabbix needs the packages zabbix-server-pgsql and postgresql-client")
    return false
  }
  const figures: FleetFigure[] = []
  const peers: ZabbixFigure[] = []
  for (const devices of values.devices.split(",").map(Number)) {
    console.error(`${devices} devices …`)
    const order = {
      ...{ devices, ports: Number(values.ports) },
      ...{ seconds: Number(values.seconds), dead: Number(values.dead) },
      warmS: Number(values.warm),
    }
    figures.push(FleetFigure.parse(await inNamespace("fleet-run.ts", order)))
    if (!values.zabbix) continue
    console.error(`${devices} devices, Zabbix …`)
    peers.push(ZabbixFigure.parse(await inNamespace("fleet-zabbix.ts", order)))
  }
  report(figures)
  reportZabbix(figures, peers, Number(values.ports))
  return figures.every(({ detectionMs }) => detectionMs.every((took) => took !== null))
}
