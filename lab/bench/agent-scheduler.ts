/**
 * Child of `bench -- agent`: polls devices that answer at once, by the agent's scheduler or by a
 * timer of Node for each poll, and sends back what that cost.
 */
import { AssignedDevice } from "@ispvm/wire"
import { z } from "zod"
import { createRouterOsCollectors, createSnmpCollectors, Schedule } from "../recordings/agent.ts"

const Order = z.object({
  by: z.enum(["scheduler", "timers"]),
  devices: z.number(),
  warmMs: z.number(),
  forMs: z.number(),
})
/** `cpuMs` and `polls` of `tookMs`; `lateMs`: how late the loop was at most. */
export const SchedulerFigure = z.object({
  cpuMs: z.number(),
  tookMs: z.number(),
  polls: z.number(),
  lateMs: z.number(),
  rssMb: z.number(),
})
type Collector = ReturnType<typeof createRouterOsCollectors>["all"][number]

/** The intervals that a new device has. */
const INTERVALS = { pingMs: 0, interfaceMs: 10_000, healthMs: 30_000, factsMs: 300_000 }
const deviceAt = (at: number): AssignedDevice =>
  AssignedDevice.parse({
    id: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
    name: `router-${at}`,
    access: {
      address: "192.0.2.1",
      routerosApi: { port: 8728, tls: false, fingerprint: null, username: "u", password: "p" },
      snmp: null,
      icmp: true,
      tcpPort: null,
    },
    intervals: INTERVALS,
  })

let polls = 0
const answersAtOnce = (collector: Collector): Collector => ({
  ...collector,
  collect: async () => {
    polls += 1
    return []
  },
})
const realCollectors = (): readonly Collector[] => {
  const api = createRouterOsCollectors({ clock: { now: Date.now } })
  const snmp = createSnmpCollectors({ now: Date.now, resolve: async (address) => address })
  return [...api.all, ...snmp.all]
}

const startScheduler = (devices: readonly AssignedDevice[]): (() => Promise<void>) => {
  const all = realCollectors().map(answersAtOnce)
  const schedule = new Schedule({
    collectors: [{ all, forget: () => undefined, close: async () => undefined }],
    now: () => performance.now(),
    date: Date.now,
    random: Math.random,
    onReadings: () => undefined,
    onSourceChange: () => undefined,
    onGone: () => undefined,
    onFault: (error) => {
      throw error
    },
  })
  schedule.apply(devices)
  return () => schedule.stop()
}

/** As the scheduler does, which polls new devices one after the other. */
const SPREAD_MS = 30
const startTimers = (devices: readonly AssignedDevice[]): (() => Promise<void>) => {
  const all = realCollectors().map(answersAtOnce)
  const timers = new Set<NodeJS.Timeout>()
  const every = (everyMs: number, poll: () => void): void => {
    const first = setTimeout(
      () => {
        timers.delete(first)
        timers.add(setInterval(poll, everyMs))
        poll()
      },
      Math.random() * Math.min(everyMs, devices.length * SPREAD_MS),
    )
    timers.add(first)
  }
  for (const device of devices)
    for (const collector of all) {
      const everyMs =
        device.collectorIntervals?.[`${collector.source}.${collector.reads}`] ??
        collector.everyMs(device.intervals)
      const { signal } = new AbortController()
      if (everyMs > 0 && collector.supports(device))
        every(everyMs, () => void collector.collect(device, signal))
    }
  return async () => timers.forEach(clearTimeout)
}

const measure = async (message: unknown): Promise<void> => {
  const { by, devices, warmMs, forMs } = Order.parse(message)
  const list = Array.from({ length: devices }, (_, at) => deviceAt(at))
  const stop = by === "scheduler" ? startScheduler(list) : startTimers(list)
  await new Promise((done) => setTimeout(done, warmMs))
  const before = { cpu: process.cpuUsage(), polls, atMs: performance.now() }
  let lateMs = 0
  let expectedMs = performance.now() + 20
  const lag = setInterval(() => {
    lateMs = Math.max(lateMs, performance.now() - expectedMs)
    expectedMs = performance.now() + 20
  }, 20)
  await new Promise((done) => setTimeout(done, forMs))
  const { user, system } = process.cpuUsage(before.cpu)
  clearInterval(lag)
  process.send?.(
    SchedulerFigure.parse({
      cpuMs: (user + system) / 1_000,
      tookMs: performance.now() - before.atMs,
      polls: polls - before.polls,
      lateMs,
      rssMb: process.memoryUsage.rss() / 1e6,
    }),
  )
  await stop()
  process.disconnect()
}
// What it throws ends this process, and the bench says that it has no figure.
process.once("message", (message) => void measure(message))
