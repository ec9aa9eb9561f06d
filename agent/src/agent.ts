/**
 * The data flow: collect -> normalize -> buffer -> transport.
 *
 *   monitoring (collect, normalize) ──> buffer ──> delivery ──> uplink ──> appliance
 *     └──────── confirm, test, assignment, reload <── tasks, heartbeat ──────┘
 */
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import type { Assignment } from "@ispvm/wire"
import type { Logger } from "pino"
import { type AssignmentLoop, createAssignment } from "./assignment.ts"
import { type Buffer, createBuffer, type SegmentStore } from "./buffer/buffer.ts"
import { type AgentClock, createAgentClock } from "./clock.ts"
import type { Config } from "./config.ts"
import type { Identity } from "./enrol/keys.ts"
import { runRenewal } from "./enrol/renew.ts"
import { fetchServerTime } from "./enrol/server-time.ts"
import { startHealth } from "./health.ts"
import { type Monitoring, startMonitoring } from "./monitoring.ts"
import { redactionNote } from "./redact/from-config.ts"
import type { Switches } from "./redact/switches.ts"
import { createReport } from "./report.ts"
import { createHeartbeat } from "./tasks/heartbeat.ts"
import { createTasks, type TaskWork } from "./tasks/tasks.ts"
import { type Backoff, backoffMs, pause } from "./transport/backoff.ts"
import { createBatchVersion } from "./transport/batch-version.ts"
import { createDelivery, type Delivery } from "./transport/deliver.ts"
import { createHttpsUplink } from "./transport/https.ts"
import type { Uplink } from "./transport/uplink.ts"
import { createPackageUpdates, type PackageUpdates } from "./update/fetch.ts"
import type { Release } from "./update/own-package.ts"

export type AgentOptions = {
  readonly config: Config
  readonly identity: Identity
  readonly saveIdentity: (identity: Identity) => Promise<void>
  readonly store: SegmentStore
  readonly switches: Switches
  readonly version: string
  /** Null: not installed as a package. */
  readonly release: Release | null
  readonly log: Logger
  /** Stops the agent. */
  readonly signal: AbortSignal
  readonly onStarted: (at: {
    readonly healthPort: number
    readonly syslogPort: number | null
  }) => void
}

const random = Math.random

/** The uplink in use. A renewed certificate replaces it. */
const createCurrentUplink = (identity: Identity, boot: string, timeMs: () => number | null) => {
  let uplink = createHttpsUplink(identity, boot, timeMs)
  let current = identity
  return {
    certificate: () => ({
      key: current.keyPem,
      cert: `${current.certificatePem.trimEnd()}\n${current.chainPem}`,
    }),
    uplink: (): Uplink => uplink,
    use: (renewed: Identity): void => {
      uplink.close()
      current = renewed
      uplink = createHttpsUplink(renewed, boot, timeMs)
    },
  }
}

const TIME_RETRY: Backoff = { firstMs: 1_000, maxMs: 15_000 }
type TimeDeps = Pick<AgentOptions, "identity" | "log" | "signal"> & { readonly clock: AgentClock }
/**
 * Waits for the appliance's time: signed, or from the first heartbeat, whichever is first. Without
 * it, a host with a wrong clock would reject the appliance's certificate for ever.
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
    log.warn(fields, "this machine's clock is wrong; readings use the appliance's time instead")
}

/** Null: not installed as a package, or the administrator of this machine does not want it. */
const packageUpdates = (
  { config: { dataDir, updateDir: stateFolder }, release, log }: AgentOptions,
  uplink: () => Uplink,
): PackageUpdates | null =>
  stateFolder === null || release === null
    ? null
    : createPackageUpdates({ release, dataDir, stateFolder, uplink, log })

/**
 * Applies an assignment, its redaction first: what this agent reads of new devices, and what it has
 * read but not sent, is redacted as the appliance asks.
 */
const createApply = (
  switches: Switches,
  { buffer, delivery, monitoring }: { buffer: Buffer; delivery: Delivery; monitoring: Monitoring },
) => {
  let isBacklogRaw = false
  return (assignment: Assignment): void => {
    switches.useConfigurationKey(assignment.configurationKey ?? null)
    if (switches.apply(assignment.redaction ?? null)) {
      isBacklogRaw = true
      monitoring.resendTables()
    }
    if (isBacklogRaw) {
      delivery.interrupt()
      buffer.redact()
      isBacklogRaw = false
    }
    monitoring.apply(assignment)
  }
}

const createWork = (assignment: AssignmentLoop, monitoring: Monitoring): TaskWork => ({
  confirm: (devices) => monitoring.confirm(devices),
  reload: () => assignment.request(null),
  test: monitoring.test,
  // Before the first assignment, this agent does not know what to hide.
  read: async (task, signal) => {
    await assignment.applied(signal)
    return await monitoring.read(task, signal)
  },
  probe: monitoring.probe,
  diagnose: async (task, post, signal) => {
    await assignment.applied(signal)
    await monitoring.diagnose.run(task, post, signal)
  },
  cancel: monitoring.diagnose.cancel,
})

const useCompact = (buffer: Buffer, log: Logger): void => {
  try {
    buffer.useCompact()
  } catch (err) {
    log.warn({ err }, "the buffer stays in its earlier format; the next heartbeat tries again")
  }
}

/** Creates all parts of the agent. Only monitoring runs already. */
const assemble = async (options: AgentOptions, signal: AbortSignal) => {
  const { config, identity, version, log } = options
  const clock = createAgentClock()
  const currentUplink = createCurrentUplink(identity, randomUUID(), () =>
    clock.isMeasured() ? clock.now() : null,
  )
  const { now } = clock
  const loop = { uplink: currentUplink.uplink, now, random, pause, log }
  const onLost = (items: number, err: unknown) =>
    log.error({ err, items }, "readings could not be written to the buffer and are lost")
  const buffer = createBuffer({ store: options.store, now, onLost })
  const monitoring = await startMonitoring({
    ...{ config, buffer, now, random, log, signal, redactor: options.switches.redactor },
    configurationKey: options.switches.configurationKey,
    certificate: currentUplink.certificate,
  })
  const batchVersion = createBatchVersion(() => useCompact(buffer, log))
  const delivery = createDelivery({ ...loop, buffer, version: batchVersion })
  const apply = createApply(options.switches, { buffer, delivery, monitoring })
  const assignment = createAssignment({ ...loop, apply })
  const tasks = createTasks({
    ...loop,
    steady: clock.steady,
    work: createWork(assignment, monitoring),
  })
  const report = createReport({
    version,
    hostname: hostname(),
    clock,
    icmpNote: monitoring.icmpNote,
    redactionNote: () => redactionNote(options.switches.report()),
    parts: { ...monitoring.parts, buffer, delivery, assignment, tasks: tasks.counts },
  })
  const heartbeat = createHeartbeat({
    ...loop,
    describe: report.heartbeat,
    redaction: options.switches.report,
    packages: packageUpdates(options, currentUplink.uplink),
    onRevision: (revision) => assignment.request(revision),
    onBatchVersion: batchVersion.answered,
    onInterfaceIds: monitoring.sendInterfaceIds,
    onRoundTrip: (trip) => {
      clock.measure(trip)
      delivery.notifyReachable()
    },
    steady: clock.steady,
  })
  const renewal = { ...loop, identity, save: options.saveIdentity, use: currentUplink.use, signal }
  return {
    ...{ clock, currentUplink, buffer, monitoring, delivery, assignment, tasks, report, heartbeat },
    renewal,
  }
}

/** Runs the agent until `signal` aborts. Resolves when nothing of it runs any more. */
export const runAgent = async (options: AgentOptions): Promise<void> => {
  const { config, identity, log } = options
  // If one loop fails, all end: an agent that only sends heartbeats would look healthy.
  const failing = new AbortController()
  const signal = AbortSignal.any([options.signal, failing.signal])
  const parts = await assemble(options, signal)
  const { clock, monitoring, report, heartbeat } = parts
  const loops: Promise<void>[] = []
  let stopHealth = async (): Promise<void> => undefined
  try {
    const health = await startHealth({
      port: config.healthPort,
      snapshot: report.snapshot,
      health: () => report.health(heartbeat.state),
      log,
    })
    stopHealth = health.stop
    options.onStarted({ healthPort: health.port, syslogPort: monitoring.parts.syslog.port })
    loops.push(waitForTime({ clock, identity, log, signal }))
    loops.push(parts.delivery.run(signal), heartbeat.run(signal), parts.tasks.run(signal))
    // Readings need a correct time, and so do the dates of a certificate.
    loops.push(clock.measured(signal).then(() => parts.assignment.run(signal)))
    loops.push(clock.measured(signal).then(() => runRenewal(parts.renewal)))
    await Promise.all(loops)
  } finally {
    failing.abort()
    await Promise.allSettled(loops)
    await Promise.all([monitoring.stop(), stopHealth()])
    parts.currentUplink.uplink().close()
    parts.buffer.flush()
  }
}
