/**
 * The time from a link-down to its event on the live stream, reported by the router itself, for a
 * router of each family of releases; compared with the same link-down from the router's syslog, in
 * the same run. Then the appliance is unreachable for a while: queued pushes must arrive in order
 * and once.
 *   npm run bench -- companion [--flaps 20] [--away 4] [--seed 1]
 */
import { parseArgs } from "node:util"
import { startDemo, tempDataDir } from "../e2e/demo-process.ts"
import { type LiveEvent, type Operator, operatorAt } from "../e2e/operator.ts"
import { CONNECTED } from "../e2e/reporting-routers.ts"
import { record, rows, textOf, until } from "../e2e/rows.ts"
import { ms, percentile, ratio, seeded, table } from "./figures.ts"

const TARGET_MS = 1_000
const now = (): number => performance.timeOrigin + performance.now()
const wait = (delayMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs))
type FlapTiming = { readonly release: string; readonly pushMs: number; readonly syslogMs: number }

const matchesEvent =
  (device: string, source: string, port: string, name: string) => (event: LiveEvent) =>
    event.name === "event" &&
    event.data.deviceId === device &&
    event.data.source === source &&
    event.data.interface === port &&
    event.data.name === name

const flapOnce = async (
  operator: Operator,
  device: string,
  router: string,
  port: string,
  release: string,
): Promise<FlapTiming> => {
  const receivedAt = (source: string) =>
    operator.next(matchesEvent(device, source, port, "link-down"), 8_000, source).then(
      ({ receivedAtMs }) => receivedAtMs,
      () => Number.POSITIVE_INFINITY,
    )
  const both = Promise.all([receivedAt("push"), receivedAt("syslog")])
  const back = operator
    .next(matchesEvent(device, "push", port, "link-up"), 10_000, `${router} back`)
    .catch(() => undefined)
  const beganMs = now()
  await operator.inject({ do: "flap", router, port, times: 1 })
  const [push, syslog] = await both
  await back
  return { release, pushMs: push - beganMs, syslogMs: syslog - beganMs }
}

/** Flaps while the appliance is unreachable. True if all events arrive later, once and in order. */
const flapDuringOutage = async (
  operator: Operator,
  device: string,
  router: string,
  port: string,
  flaps: number,
): Promise<boolean> => {
  const from = operator.events.length
  await operator.inject({ do: "cut-management-path" })
  await operator.inject({ do: "flap", router, port, times: flaps })
  await operator.inject({ do: "repair-management-path" })
  const received = () =>
    operator.events
      .slice(from)
      .filter(
        (event) =>
          matchesEvent(device, "push", port, "link-down")(event) ||
          matchesEvent(device, "push", port, "link-up")(event),
      )
  await until("queued pushes to arrive", 120_000, async () => received().length >= 2 * flaps).catch(
    () => undefined,
  )
  await wait(3_000)
  const names = received()
    .toSorted((one, other) => Number(one.data.atMs) - Number(other.data.atMs))
    .map(({ data }) => data.name)
  // Flaps that the router saw as one are reported as one, with their number.
  const flapped = received()
    .filter(matchesEvent(device, "push", port, "link-down"))
    .reduce((sum, { data }) => sum + Number(/(\d+) times/.exec(String(data.message))?.[1] ?? 1), 0)
  return (
    flapped === flaps &&
    names.every((name, index) => name === (index % 2 === 0 ? "link-down" : "link-up"))
  )
}

const report = (flaps: readonly FlapTiming[]): boolean => {
  const lines = CONNECTED.map(({ release }) => {
    const mine = flaps.filter((flap) => flap.release === release)
    const push = mine.map(({ pushMs }) => pushMs)
    const syslog = mine.map(({ syslogMs }) => syslogMs)
    const met = percentile(push, 95) <= TARGET_MS
    return [
      `RouterOS ${release}`,
      `${mine.length}`,
      ms(percentile(push, 50)),
      ms(percentile(push, 95)),
      ms(Math.max(...push)),
      ms(percentile(syslog, 50)),
      ms(percentile(syslog, 95)),
      ratio(percentile(push, 50), percentile(syslog, 50)),
      met ? "yes" : "NO",
    ]
  })
  const head = [
    "from a link-down to the event",
    "n",
    "push p50",
    "p95",
    "worst",
    "syslog p50",
    "p95",
    "push/syslog",
    "≤ 1 s",
  ]
  console.log(table([head, ...lines]))
  return lines.every((line) => line.at(-1) === "yes")
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      flaps: { type: "string", default: "20" },
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
      await until(`the hello of ${router}`, 60_000, async () => {
        return record(await operator.get(`/devices/${idOf(router)}/companion`)).hello !== null
      })
    await wait(5_000)
    const flaps: FlapTiming[] = []
    for (let round = 0; round < Number(values.flaps); round += 1) {
      for (const { router, release, port } of CONNECTED) {
        // A flap is two pushes, and a router may push twenty times a minute.
        await wait(1_000 + random() * 500)
        flaps.push(await flapOnce(operator, idOf(router), router, port, release))
      }
      const times = flaps.slice(-CONNECTED.length).map(({ pushMs }) => ms(pushMs))
      console.error(`${round + 1}/${values.flaps}  ${times.join("  ")}`)
    }
    const met = report(flaps)
    if (demo.namespace === null) {
      console.log("appliance unreachable: not run, because it needs the network namespace")
      return met
    }
    let whole = true
    for (const { router, release, port } of CONNECTED) {
      const isWhole = await flapDuringOutage(
        operator,
        idOf(router),
        router,
        port,
        Number(values.away),
      )
      console.log(
        `appliance unreachable, RouterOS ${release}: ${2 * Number(values.away)} pushes arrived ` +
          `in order and once: ${isWhole ? "yes" : "NO"}`,
      )
      whole &&= isWhole
    }
    operator.close()
    return met && whole
  } finally {
    await demo.stop()
  }
}
