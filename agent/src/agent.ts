/**
 * The flow in one screen: collect -> normalize -> buffer -> transport.
 *
 *   watch (collect, normalize) ──> buffer ──> delivery ──> line ──> appliance
 *     └──────── confirm, test, assignment, reload <── tasks, heartbeat ──┘
 */
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import type { Logger } from "pino"
import { createAssignment } from "./assignment.ts"
import { createBuffer, type SegmentStore } from "./buffer/buffer.ts"
import { type AgentClock, createAgentClock } from "./clock.ts"
import type { Config } from "./config.ts"
import type { Identity } from "./enrol/keys.ts"
import { runRenewal } from "./enrol/renew.ts"
import { fetchServerTime } from "./enrol/server-time.ts"
import { startHealth } from "./health.ts"
import { startMonitoring } from "./monitoring.ts"
import { createReport } from "./report.ts"
import { createHeartbeat } from "./tasks/heartbeat.ts"
import { createTasks } from "./tasks/tasks.ts"
import { type Backoff, backoffMs, pause } from "./transport/backoff.ts"
import { createDelivery } from "./transport/deliver.ts"
import { createHttpsUplink } from "./transport/https.ts"
import type { Uplink } from "./transport/uplink.ts"

export type AgentOptions = {
  readonly config: Config
  readonly identity: Identity
  readonly saveIdentity: (identity: Identity) => Promise<void>
  readonly store: SegmentStore
  readonly version: string
  readonly log: Logger
  /** Aborted: stop. */
  readonly signal: AbortSignal
  readonly onStarted: (at: {
    readonly healthPort: number
    readonly syslogPort: number | null
  }) => void
}

const random = Math.random

/** The uplink of the moment: a renewed certificate brings another one. */
const createCurrentUplink = (identity: Identity, boot: string, timeMs: () => number | null) => {
  let uplink = createHttpsUplink(identity, boot, timeMs)
  return {
    uplink: (): Uplink => uplink,
    use: (renewed: Identity): void => {
      uplink.close()
      uplink = createHttpsUplink(renewed, boot, timeMs)
    },
  }
}

const TIME_RETRY: Backoff = { firstMs: 1_000, maxMs: 15_000 }
type TimeDeps = Pick<AgentOptions, "identity" | "log" | "signal"> & { readonly clock: AgentClock }
/**
 * The appliance's time, signed, or by the first heartbeat that gets through; whichever is first. Without it a host whose clock is wrong
 * would take the appliance's certificate for one that is not valid, and be silent for ever.
 */
const waitForTime = async ({ clock, identity, log, signal }: TimeDeps): Promise<void> => {
  for (let failures = 1; !clock.isMeasured() && !signal.aborted; failures += 1) {
    const serverTime = await fetchServerTime({
      url: identity.url,
      rootPem: identity.rootPem,
      steady: clock.steady,
      signal,
    })
    if (serverTime.ok) clock.measure(serverTime.trip)
    else await pause(backoffMs(failures, TIME_RETRY, random), signal)
  }
  const skewMs = clock.skewMs() ?? 0
  const fields = { minutes: Math.round(skewMs / 60_000) }
  if (Math.abs(skewMs) >= 60_000)
    log.warn(fields, "this machine's clock is wrong; readings carry the appliance's time instead")
}

/** Everything the agent is made of, wired together and running until `signal`; resolves when nothing of it runs any more. */
export const runAgent = async (options: AgentOptions): Promise<void> => {
  const { config, identity, version, log } = options
  // One part that fails ends all: half an agent that still sends heartbeats would look like a whole one.
  const failing = new AbortController()
  const signal = AbortSignal.any([options.signal, failing.signal])
  const clock = createAgentClock()
  const currentUplink = createCurrentUplink(identity, randomUUID(), () =>
    clock.isMeasured() ? clock.now() : null,
  )
  const { now } = clock
  const loop = { uplink: currentUplink.uplink, now, random, pause, log }

  const onLost = (items: number, err: unknown) =>
    log.error({ err, items }, "readings could not be written to the buffer and are lost")
  const buffer = createBuffer({ store: options.store, now, onLost })
  const monitoring = await startMonitoring({ config, buffer, now, random, log, signal })
  const delivery = createDelivery({ ...loop, buffer })
  const assignment = createAssignment({ ...loop, apply: monitoring.apply })
  const tasks = createTasks({
    ...loop,
    steady: clock.steady,
    work: {
      confirm: (devices) => monitoring.confirm(devices),
      reload: () => assignment.request(null),
      test: monitoring.test,
      read: monitoring.read,
    },
  })
  const parts = { ...monitoring.parts, buffer, delivery, assignment, tasks: tasks.counts }
  const report = createReport({
    version,
    hostname: hostname(),
    clock,
    icmpNote: monitoring.icmpNote,
    parts,
  })
  const heartbeat = createHeartbeat({
    ...loop,
    describe: report.heartbeat,
    onRevision: (revision) => assignment.request(revision),
    onRoundTrip: (trip) => {
      clock.measure(trip)
      delivery.notifyReachable()
    },
    steady: clock.steady,
  })

  const loops: Promise<void>[] = []
  let stopHealth = async (): Promise<void> => undefined
  try {
    const healthDeps = {
      port: config.healthPort,
      snapshot: report.snapshot,
      health: () => report.health(heartbeat.state),
      log,
    }
    const health = await startHealth(healthDeps)
    stopHealth = health.stop
    options.onStarted({ healthPort: health.port, syslogPort: monitoring.parts.syslog.port })
    loops.push(waitForTime({ clock, identity, log, signal }))
    loops.push(delivery.run(signal), heartbeat.run(signal), tasks.run(signal))
    // Nothing is read, and no certificate judged by its age, before it is known what time it is.
    loops.push(clock.measured(signal).then(() => assignment.run(signal)))
    const renewal = {
      ...loop,
      identity,
      save: options.saveIdentity,
      use: currentUplink.use,
      signal,
    }
    loops.push(clock.measured(signal).then(() => runRenewal(renewal)))
    await Promise.all(loops)
  } finally {
    failing.abort()
    await Promise.allSettled(loops)
    await Promise.all([monitoring.stop(), stopHealth()])
    currentUplink.uplink().close()
    buffer.flush()
  }
}
