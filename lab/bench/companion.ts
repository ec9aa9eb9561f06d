/**
 * How long from a port's fall to the event on the live stream by the router's own word, for a router of each family of releases; beside the
 * same fall told by the router's syslog through the agent, in the same run. Then the appliance goes away for a while: what was
 * queued has to come in order and once.
 *   npm run bench -- companion [--falls 20] [--away 4] [--seed 1]
 */
import { parseArgs } from "node:util"
import { startDemo, tempDataDir } from "../whole/demo-process.ts"
import { type LiveEvent, type Operator, operatorAt } from "../whole/operator.ts"
import { CONNECTED } from "../whole/reporting.ts"
import { record, rows, textOf, until } from "../whole/rows.ts"
import { ms, percentile, ratio, seeded, table } from "./figures.ts"

const WANTED_MS = 1_000
const now = (): number => performance.timeOrigin + performance.now()
const wait = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))
type Fall = { readonly release: string; readonly ownMs: number; readonly syslogMs: number }

const tells = (device: string, source: string, port: string, name: string) => (event: LiveEvent) =>
  event.name === "event" &&
  event.data.deviceId === device &&
  event.data.source === source &&
  event.data.interface === port &&
  event.data.name === name

const fallOnce = async (operator: Operator, device: string, router: string, port: string, release: string): Promise<Fall> => {
  const heard = (source: string) =>
    operator.next(tells(device, source, port, "link-down"), 8_000, source).then(
      ({ heardAtMs }) => heardAtMs,
      () => Number.POSITIVE_INFINITY,
    )
  const both = Promise.all([heard("push"), heard("syslog")])
  const back = operator.next(tells(device, "push", port, "link-up"), 10_000, `${router} back`).catch(() => undefined)
  const beganMs = now()
  await operator.send("POST", "/lab", { do: "flap", router, port, times: 1 })
  const [own, syslog] = await both
  await back
  return { release, ownMs: own - beganMs, syslogMs: syslog - beganMs }
}

/** Falls while nobody can be told. True where all of them came afterwards, once and in order. */
const away = async (operator: Operator, device: string, router: string, port: string, falls: number): Promise<boolean> => {
  const from = operator.heard.length
  await operator.send("POST", "/lab", { do: "cut-way-home" })
  await operator.send("POST", "/lab", { do: "flap", router, port, times: falls })
  await operator.send("POST", "/lab", { do: "mend-way-home" })
  const told = () =>
    operator.heard
      .slice(from)
      .filter((event) => tells(device, "push", port, "link-down")(event) || tells(device, "push", port, "link-up")(event))
  await until("what was queued has come", 120_000, async () => told().length >= 2 * falls).catch(() => undefined)
  await wait(3_000)
  const names = told()
    .toSorted((one, other) => Number(one.data.atMs) - Number(other.data.atMs))
    .map(({ data }) => data.name)
  // Falls that the router saw as one are told as one, with their number.
  const fell = told()
    .filter(tells(device, "push", port, "link-down"))
    .reduce((sum, { data }) => sum + Number(/(\d+) times/.exec(String(data.message))?.[1] ?? 1), 0)
  return fell === falls && names.every((name, index) => name === (index % 2 === 0 ? "link-down" : "link-up"))
}

const report = (falls: readonly Fall[]): boolean => {
  const lines = CONNECTED.map(({ release }) => {
    const mine = falls.filter((fall) => fall.release === release)
    const own = mine.map(({ ownMs }) => ownMs)
    const syslog = mine.map(({ syslogMs }) => syslogMs)
    const met = percentile(own, 95) <= WANTED_MS
    return [
      `RouterOS ${release}`,
      `${mine.length}`,
      ms(percentile(own, 50)),
      ms(percentile(own, 95)),
      ms(Math.max(...own)),
      ms(percentile(syslog, 50)),
      ms(percentile(syslog, 95)),
      ratio(percentile(own, 50), percentile(syslog, 50)),
      met ? "yes" : "NO",
    ]
  })
  const head = ["from a port's fall to the event", "n", "own p50", "p95", "worst", "syslog p50", "p95", "own/syslog", "≤ 1 s"]
  console.log(table([head, ...lines]))
  return lines.every((line) => line.at(-1) === "yes")
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      falls: { type: "string", default: "20" },
      away: { type: "string", default: "4" },
      seed: { type: "string", default: "1" },
    },
  })
  const random = seeded(Number(values.seed))
  console.error("starting the simulated network …")
  const demo = await startDemo({ dataDir: tempDataDir("bench-companion") })
  try {
    const operator = await operatorAt(demo.url, demo.email, demo.password)
    const devices = rows((await operator.get("/topology")).devices)
    const idOf = (router: string): string =>
      textOf(
        devices.find(({ name }) => name === router),
        "id",
      )
    for (const { router } of CONNECTED)
      await until(`${router} has reported in`, 60_000, async () => {
        return record(await operator.get(`/devices/${idOf(router)}/companion`)).hello !== null
      })
    await wait(5_000)
    const falls: Fall[] = []
    for (let round = 0; round < Number(values.falls); round += 1) {
      for (const { router, release, port } of CONNECTED) {
        // More than three seconds apart: a router may post twenty times a minute, and each fall is two.
        await wait(1_000 + random() * 500)
        falls.push(await fallOnce(operator, idOf(router), router, port, release))
      }
      console.error(
        `${round + 1}/${values.falls}  ${CONNECTED.map((_, at) => ms(falls.at(at - CONNECTED.length)?.ownMs ?? Number.NaN)).join("  ")}`,
      )
    }
    const met = report(falls)
    if (demo.namespace === null) {
      console.log("the appliance away: not run, the routers' way to it can be cut in a namespace only")
      return met
    }
    let whole = true
    for (const { router, release, port } of CONNECTED) {
      const isWhole = await away(operator, idOf(router), router, port, Number(values.away))
      console.log(
        `appliance away, RouterOS ${release}: ${2 * Number(values.away)} pushes came in order and once: ${isWhole ? "yes" : "NO"}`,
      )
      whole &&= isWhole
    }
    operator.close()
    return met && whole
  } finally {
    await demo.stop()
  }
}
