/**
 * The time from a fault to the incident that names it on the live stream, compared with `fping -l`
 * on the same routers in the same run. Then packet loss on every path: no incident may open.
 *   npm run bench -- detect [--events 60] [--loss-minutes 10] [--seed 1]
 * fping only prints probes: its figure is the third unanswered probe in a row of a dead router. It
 * cannot name a link.
 */
import { spawn, spawnSync } from "node:child_process"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { startDemo, tempDataDir } from "../e2e/demo-process.ts"
import { type LiveEvent, type Operator, operatorAt } from "../e2e/operator.ts"
import { titleOf } from "../e2e/rows.ts"
import { ms, percentile, ratio, seeded, table } from "./figures.ts"

type Kind = "link cut" | "router dead, neighbour reports" | "router dead, syslog lost"
type Target = { readonly name: string; readonly id: string }
type Measurement = {
  readonly kind: Kind
  readonly name: string
  readonly oursMs: number
  readonly isNamedFirst: boolean
  readonly fpingMs: number
}

const now = (): number => performance.timeOrigin + performance.now()
const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : [])
const wait = (delayMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs))

/** `fping -l` in the routers' namespace: when each address missed three probes in a row. */
const monitorByFping = (namespace: string, addresses: readonly string[]) => {
  const child = spawn(
    "ip",
    ["netns", "exec", namespace, "fping", "-l", "-p", "1000", "-t", "500", "-r", "0", ...addresses],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  )
  const misses = new Map<string, number>()
  const downAtMs = new Map<string, number>()
  createInterface({ input: child.stdout }).on("line", (line) => {
    const address = line.split(" ")[0] ?? ""
    const missed = line.includes("timed out")
    misses.set(address, missed ? (misses.get(address) ?? 0) + 1 : 0)
    if (misses.get(address) === 3) downAtMs.set(address, now())
  })
  return { downAtMs, stop: () => child.kill("SIGTERM") }
}

/** Drops syslog in the namespace, so that only probes detect the fault. */
const loseSyslog = (namespace: string, lost: boolean): void => {
  const rules = lost
    ? "table inet bench {\n chain out {\n type filter hook output priority 0;\n" +
      " udp dport { 514, 5514 } drop;\n }\n}\n"
    : "delete table inet bench\n"
  spawnSync("ip", ["netns", "exec", namespace, "nft", "-f", "-"], { input: rules })
}

const namesTarget = (
  event: LiveEvent,
  target: Target,
  which: readonly ("causes" | "alternatives")[],
): boolean =>
  event.name === "incident" &&
  event.data.state !== "closed" &&
  which.some((key) => list(event.data[key]).some((c) => c.id === target.id))

/** Waits until no incident is open and every device is up. */
const untilRecovered = async (operator: Operator): Promise<void> => {
  const until = now() + 60_000
  for (;;) {
    const { items } = await operator.get("/incidents?state=open")
    const { devices } = await operator.get("/topology")
    const isAllOk = list(devices).every((d) => (d.status as { status: string }).status === "ok")
    if (list(items).length === 0 && isAllOk) return
    if (now() > until) throw new Error("the network did not recover within 60 s")
    await wait(250)
  }
}

const breakOnce = async (
  operator: Operator,
  kind: Kind,
  target: Target,
  fping: { downAtMs: Map<string, number> },
  address: string | undefined,
): Promise<Measurement> => {
  const isLink = kind === "link cut"
  fping.downAtMs.clear()
  const named = operator.next(
    (event) => namesTarget(event, target, ["causes", "alternatives"]),
    20_000,
    `an incident that names ${target.name} (${kind})`,
  )
  named.catch(() => undefined)
  const beganMs = now()
  await operator.inject(
    isLink ? { do: "cut", link: target.name } : { do: "kill", router: target.name },
  )
  const event = await named.catch(() => undefined)
  const isNamedFirst = event !== undefined && namesTarget(event, target, ["causes"])
  if (address !== undefined)
    while (!fping.downAtMs.has(address) && now() < beganMs + 8_000) await wait(50)
  const fpingMs = (address === undefined ? undefined : fping.downAtMs.get(address)) ?? Number.NaN
  await operator.inject({ do: "heal" })
  await untilRecovered(operator)
  return {
    kind,
    name: target.name,
    oursMs: (event?.receivedAtMs ?? Number.POSITIVE_INFINITY) - beganMs,
    isNamedFirst,
    fpingMs: fpingMs - beganMs,
  }
}

const TARGETS_MS: Readonly<Record<Kind, number>> = {
  "link cut": 1_000,
  "router dead, neighbour reports": 1_000,
  "router dead, syslog lost": 3_000,
}
const report = (measurements: readonly Measurement[]): boolean => {
  const rows = Object.entries(TARGETS_MS).map(([kind, limitMs]) => {
    const mine = measurements.filter((measurement) => measurement.kind === kind)
    const ours = mine.map((measurement) => measurement.oursMs)
    const theirs = mine
      .map((measurement) => measurement.fpingMs)
      .filter((value) => !Number.isNaN(value))
    const met = percentile(ours, 95) <= limitMs
    return [
      kind,
      `${mine.length}`,
      ms(percentile(ours, 50)),
      ms(percentile(ours, 95)),
      ms(percentile(theirs, 50)),
      ms(percentile(theirs, 95)),
      ratio(percentile(ours, 50), percentile(theirs, 50)),
      ms(limitMs),
      met ? "yes" : "NO",
      `${mine.filter((measurement) => measurement.isNamedFirst).length}/${mine.length}`,
    ]
  })
  const head = [
    "from the fault to the incident that names it",
    "n",
    "p50",
    "p95",
    "fping -l p50",
    "p95",
    "ours/fping",
    "target p95",
    "met",
    "named first",
  ]
  console.log(table([head, ...rows]))
  const missed = measurements.filter((measurement) => !Number.isFinite(measurement.oursMs))
  const names = missed.map((measurement) => `${measurement.name} (${measurement.kind})`)
  if (missed.length > 0) console.log(`never named: ${names.join(", ")}`)
  return missed.length === 0 && rows.every((row) => row[8] === "yes")
}

type Options = { readonly events: number; readonly lossMinutes: number; readonly seed: number }
const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: "string", default: "60" },
      "loss-minutes": { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
    },
  })
  return {
    events: Number(values.events),
    lossMinutes: Number(values["loss-minutes"]),
    seed: Number(values.seed),
  }
}

/** Kinds of faults in turn; links are cut as often as routers die. */
const KINDS: readonly Kind[] = [
  "link cut",
  "link cut",
  "router dead, neighbour reports",
  "router dead, syslog lost",
]

/** Injects faults at random places and moments, and measures each. */
const injectFaults = async (
  operator: Operator,
  namespace: string,
  { events, seed }: Options,
): Promise<Measurement[]> => {
  const random = seeded(seed)
  const topology = await operator.get("/topology")
  const own = new Set(list(topology.agents).map((agent) => agent.deviceId))
  const devices = list(topology.devices).filter((device) => !own.has(device.id))
  const links = list(topology.links)
  const addressOf = new Map(devices.map((device) => [String(device.id), String(device.address)]))
  const fping = monitorByFping(
    namespace,
    list(topology.devices).map((device) => String(device.address)),
  )
  await untilRecovered(operator)
  console.log(
    `${devices.length} routers, ${links.length} links, ${events} faults at random moments, ` +
      `seed ${seed}`,
  )
  const measurements: Measurement[] = []
  try {
    for (let i = 0; i < events; i += 1) {
      const kind = KINDS[i % KINDS.length] ?? "link cut"
      const candidates = kind === "link cut" ? links : devices
      const chosen = candidates[Math.floor(random() * candidates.length)]
      if (chosen === undefined) throw new Error(`the topology has nothing for: ${kind}`)
      const target = { name: String(chosen.name), id: String(chosen.id) }
      await wait(random() * 1_500)
      const isSyslogLost = kind === "router dead, syslog lost"
      if (isSyslogLost) loseSyslog(namespace, true)
      const measurement = await breakOnce(operator, kind, target, fping, addressOf.get(target.id))
      if (isSyslogLost) loseSyslog(namespace, false)
      measurements.push(measurement)
      const note = measurement.isNamedFirst ? "" : " (as an alternative)"
      const times = `${ms(measurement.oursMs)}${note}  fping ${ms(measurement.fpingMs)}`
      console.error(`${i + 1}/${events}  ${kind}: ${target.name}  ${times}`)
    }
    return measurements
  } finally {
    fping.stop()
  }
}

/** Loses packets on every path for some minutes. True if no incident opened. */
const runLoss = async (operator: Operator, { lossMinutes }: Options): Promise<boolean> => {
  console.error(`now 5 % loss each way for ${lossMinutes} minutes …`)
  const from = operator.events.length
  await operator.inject({ do: "loss", ratio: 0.05 })
  for (let minute = 0; minute < lossMinutes; minute += 1) {
    await wait(60_000)
    console.error(`${minute + 1}/${lossMinutes} min`)
  }
  const opened = new Set(
    operator.events
      .slice(from)
      .filter((event) => event.name === "incident")
      .map((event) => titleOf(event.data)),
  )
  await operator.inject({ do: "heal" })
  const titles = [...opened].map((title) => `\n  ${title}`).join("")
  console.log(
    `5 % loss each way, ${lossMinutes} min: false incidents ${opened.size} (target 0)${titles}`,
  )
  return opened.size === 0
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const options = readOptions(args)
  console.error("starting the simulated network …")
  const demo = await startDemo({ dataDir: tempDataDir("bench-detect") })
  try {
    if (demo.namespace === null)
      throw new Error(
        "this bench needs a network namespace: run it as root on Linux with iproute2 and nftables",
      )
    const operator = await operatorAt(demo.url, demo.email, demo.password)
    const isFast = report(await injectFaults(operator, demo.namespace, options))
    const isQuiet = await runLoss(operator, options)
    operator.close()
    return isFast && isQuiet
  } finally {
    await demo.stop()
  }
}
