/**
 * How long from a cut to the incident that names it on the live stream, beside `fping -l` watching the same routers in the same run;
 * then packet loss on every path, during which no incident may open.
 *   npm run bench -- detect [--events 60] [--loss-minutes 10] [--seed 1]
 * fping has no verdict of its own: its figure is the third answerless probe in a row of a router that fell silent. It cannot name a link.
 */
import { spawn, spawnSync } from "node:child_process"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { startDemo, tempDataDir } from "../whole/demo-process.ts"
import { type LiveEvent, type Operator, operatorAt } from "../whole/operator.ts"
import { ms, percentile, ratio, seeded, table } from "./figures.ts"

type Kind = "link cut" | "router dead, a neighbour tells" | "router dead, syslog lost"
type Thing = { readonly name: string; readonly id: string }
type Look = {
  readonly kind: Kind
  readonly name: string
  readonly oursMs: number
  readonly strict: boolean
  readonly fpingMs: number
}

const now = (): number => performance.timeOrigin + performance.now()
const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : [])
const wait = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))

/** `fping -l` in the routers' namespace: when each address missed its third probe in a row. */
const watchByFping = (namespace: string, addresses: readonly string[]) => {
  const child = spawn("ip", ["netns", "exec", namespace, "fping", "-l", "-p", "1000", "-t", "500", "-r", "0", ...addresses], {
    stdio: ["ignore", "pipe", "ignore"],
  })
  const misses = new Map<string, number>()
  const silentAtMs = new Map<string, number>()
  createInterface({ input: child.stdout }).on("line", (line) => {
    const address = line.split(" ")[0] ?? ""
    const missed = line.includes("timed out")
    misses.set(address, missed ? (misses.get(address) ?? 0) + 1 : 0)
    if (misses.get(address) === 3) silentAtMs.set(address, now())
  })
  return { silentAtMs, stop: () => child.kill("SIGTERM") }
}

/** Syslog dropped inside the namespace, so that only probing can tell. */
const loseSyslog = (namespace: string, lost: boolean): void => {
  const rules = lost
    ? "table inet bench {\n chain out {\n type filter hook output priority 0;\n udp dport { 514, 5514 } drop;\n }\n}\n"
    : "delete table inet bench\n"
  spawnSync("ip", ["netns", "exec", namespace, "nft", "-f", "-"], { input: rules })
}

const names = (event: LiveEvent, thing: Thing, which: readonly ("causes" | "alternatives")[]): boolean =>
  event.name === "incident" &&
  event.data.state !== "closed" &&
  which.some((key) => list(event.data[key]).some((c) => c.id === thing.id))

/** Waits until no incident is open and every device answers again. */
const calm = async (operator: Operator): Promise<void> => {
  const until = now() + 60_000
  for (;;) {
    const { items } = await operator.get("/incidents?state=open")
    const { devices } = await operator.get("/topology")
    const well = list(devices).every((d) => (d.status as { status: string }).status === "ok")
    if (list(items).length === 0 && well) return
    if (now() > until) throw new Error("the network did not become well again within 60 s")
    await wait(250)
  }
}

const breakOnce = async (
  operator: Operator,
  kind: Kind,
  thing: Thing,
  fping: { silentAtMs: Map<string, number> },
  address: string | undefined,
): Promise<Look> => {
  const isLink = kind === "link cut"
  fping.silentAtMs.clear()
  const named = operator.next(
    (event) => names(event, thing, ["causes", "alternatives"]),
    20_000,
    `an incident naming ${thing.name} (${kind})`,
  )
  named.catch(() => undefined)
  const beganMs = now()
  await operator.send("POST", "/lab", isLink ? { do: "cut", link: thing.name } : { do: "kill", router: thing.name })
  const event = await named.catch(() => undefined)
  const strict = event !== undefined && names(event, thing, ["causes"])
  if (address !== undefined) while (!fping.silentAtMs.has(address) && now() < beganMs + 8_000) await wait(50)
  const fpingMs = (address === undefined ? undefined : fping.silentAtMs.get(address)) ?? Number.NaN
  await operator.send("POST", "/lab", { do: "heal" })
  await calm(operator)
  return {
    kind,
    name: thing.name,
    oursMs: (event?.heardAtMs ?? Number.POSITIVE_INFINITY) - beganMs,
    strict,
    fpingMs: fpingMs - beganMs,
  }
}

const report = (looks: readonly Look[]): boolean => {
  const wanted: Record<Kind, number> = {
    "link cut": 1_000,
    "router dead, a neighbour tells": 1_000,
    "router dead, syslog lost": 3_000,
  }
  const rows = Object.entries(wanted).map(([kind, limitMs]) => {
    const mine = looks.filter((look) => look.kind === kind)
    const ours = mine.map((look) => look.oursMs)
    const theirs = mine.map((look) => look.fpingMs).filter((value) => !Number.isNaN(value))
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
      `${mine.filter((look) => look.strict).length}/${mine.length}`,
    ]
  })
  const head = [
    "from the cut to the incident naming it",
    "n",
    "p50",
    "p95",
    "fping -l p50",
    "p95",
    "ours/fping",
    "wanted p95",
    "met",
    "named first",
  ]
  console.log(table([head, ...rows]))
  const missed = looks.filter((look) => !Number.isFinite(look.oursMs))
  if (missed.length > 0) console.log(`never named: ${missed.map((look) => `${look.name} (${look.kind})`).join(", ")}`)
  return missed.length === 0 && rows.every((row) => row[8] === "yes")
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: "string", default: "60" },
      "loss-minutes": { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
    },
  })
  const [events, lossMinutes, seed] = [Number(values.events), Number(values["loss-minutes"]), Number(values.seed)]
  const random = seeded(seed)
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)]
    if (item === undefined) throw new Error("nothing to pick from")
    return item
  }
  console.error("starting the simulated network …")
  const demo = await startDemo({ dataDir: tempDataDir("bench-detect") })
  try {
    if (demo.namespace === null)
      throw new Error("this bench needs the network as a namespace: run it as root on Linux with iproute2 and nftables")
    const operator = await operatorAt(demo.url, demo.email, demo.password)
    const topology = await operator.get("/topology")
    const own = new Set(list(topology.agents).map((agent) => agent.deviceId))
    const devices = list(topology.devices).filter((device) => !own.has(device.id))
    const links = list(topology.links)
    const addressOf = new Map(devices.map((device) => [String(device.id), String(device.address)]))
    const fping = watchByFping(
      demo.namespace,
      list(topology.devices).map((device) => String(device.address)),
    )
    await calm(operator)
    console.log(`${devices.length} routers, ${links.length} links, ${events} breaks at random moments, seed ${seed}`)
    const kinds: readonly Kind[] = ["link cut", "link cut", "router dead, a neighbour tells", "router dead, syslog lost"]
    const looks: Look[] = []
    for (let i = 0; i < events; i++) {
      const kind = kinds[i % kinds.length] ?? "link cut"
      const chosen = pick(kind === "link cut" ? links : devices)
      const thing = { name: String(chosen.name), id: String(chosen.id) }
      await wait(random() * 1_500)
      if (kind === "router dead, syslog lost") loseSyslog(demo.namespace, true)
      const look = await breakOnce(operator, kind, thing, fping, addressOf.get(thing.id))
      if (kind === "router dead, syslog lost") loseSyslog(demo.namespace, false)
      looks.push(look)
      console.error(
        `${i + 1}/${events}  ${kind}: ${thing.name}  ${ms(look.oursMs)}${look.strict ? "" : " (as an alternative)"}  fping ${ms(look.fpingMs)}`,
      )
    }
    const met = report(looks)
    console.error(`now 5 % loss each way for ${lossMinutes} minutes …`)
    const from = operator.heard.length
    await operator.send("POST", "/lab", { do: "loss", ratio: 0.05 })
    for (let minute = 0; minute < lossMinutes; minute++) {
      await wait(60_000)
      console.error(`${minute + 1}/${lossMinutes} min`)
    }
    const opened = new Set(
      operator.heard
        .slice(from)
        .filter((e) => e.name === "incident")
        .map((e) => `${e.data.title}`),
    )
    await operator.send("POST", "/lab", { do: "heal" })
    console.log(
      `5 % loss each way, ${lossMinutes} min: false incidents ${opened.size} (wanted 0)${[...opened].map((title) => `\n  ${title}`).join("")}`,
    )
    fping.stop()
    operator.close()
    return met && opened.size === 0
  } finally {
    await demo.stop()
  }
}
