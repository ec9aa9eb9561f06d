/**
 * Everything that reads devices, and the path of its results to the buffer.
 *
 *   pinger ───────────────────────┐
 *   schedule -> normalizer ───────┼──> buffer
 *            -> reboots ──────────┤
 *   syslog, traps (trigger polls) ┘
 */
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import {
  type Assignment,
  type DeviceId,
  type Event,
  type ReadResult,
  storable,
  type Task,
} from "@ispvm/wire"
import type { Logger } from "pino"
import type { Buffer } from "./buffer/buffer.ts"
import type { FactsReading } from "./collect/collector.ts"
import { createDestinations, type Destinations } from "./collect/destinations.ts"
import { createLocate } from "./collect/probes/locate.ts"
import { createProbes, type Probes } from "./collect/probes/probes.ts"
import { findFping } from "./collect/reachability/fping.ts"
import { Pinger } from "./collect/reachability/ping.ts"
import { createResolver, type Resolver, systemLookup } from "./collect/reachability/resolve.ts"
import { tcpProbe } from "./collect/reachability/tcp-probe.ts"
import { type Dial, systemDial } from "./collect/routeros/client/dial.ts"
import { testAccess } from "./collect/routeros/collectors/access-check.ts"
import { createRouterOsCollectors } from "./collect/routeros/collectors/collectors.ts"
import { readMenus } from "./collect/routeros/collectors/read-menus.ts"
import { AFTER_CHANGE, CONFIGURATION } from "./collect/routeros/configuration/configuration.ts"
import type { LogLine } from "./collect/routeros/streams/streams.ts"
import { Schedule, type SourceChangeEvent } from "./collect/scheduler/scheduler.ts"
import { createSnmpCheck } from "./collect/snmp/collectors/access-check.ts"
import { createSnmpCollectors } from "./collect/snmp/collectors/collectors.ts"
import type { TlsCertificate } from "./collect/syslog/streams.ts"
import { type Syslog, startSyslog } from "./collect/syslog/syslog.ts"
import { startTraps, type Traps } from "./collect/traps/traps.ts"
import type { Config } from "./config.ts"
import { createDiagnose, type Diagnose } from "./diagnose/diagnose.ts"
import { createTraceHop } from "./diagnose/from-agent.ts"
import { Normalizer } from "./normalize/normalize.ts"
import { RebootDetector } from "./normalize/reboot-detector.ts"
import { readableMenus, shownMenus } from "./redact/read-menus.ts"
import type { Redactor } from "./redact/redact.ts"
import type { Switches } from "./redact/switches.ts"
import { createTestAccess } from "./tasks/test-access.ts"

type Deps = {
  readonly config: Pick<
    Config,
    | "syslogPort"
    | "syslogBind"
    | "syslogRelays"
    | "syslogTlsPort"
    | "syslogTlsCertificate"
    | "syslogForward"
    | "syslogForwardCa"
    | "trapPort"
    | "allowLoopback"
    | "searchPath"
  >
  /** The agent's own certificate, for syslog by TLS. */
  readonly certificate: () => TlsCertificate
  readonly buffer: Pick<Buffer, "add">
  readonly redactor: Redactor
  /** Of the hashes of configurations; null: there is none yet. */
  readonly configurationKey: Switches["configurationKey"]
  readonly now: () => number
  readonly random: () => number
  readonly log: Logger
  readonly signal: AbortSignal
}
type IcmpSupport = Awaited<ReturnType<typeof findFping>>
type Names = { readonly resolver: Resolver; readonly destinations: Destinations }
const dialBy = ({ resolver, destinations }: Names): Dial => ({
  ...systemDial,
  lookup: resolver.all,
  guard: destinations.require,
})

const sourceChangeEvent = (
  { device, source, tier, change, reason, message }: SourceChangeEvent,
  id: string,
  atMs: number,
): Event => ({
  kind: "event",
  id,
  device,
  name: `collect-${change}`,
  atMs,
  source,
  severity: change === "failed" ? "warning" : "info",
  interface: null,
  message: storable(message),
  attributes: { ...(tier === null ? {} : { tier }), ...(reason === null ? {} : { reason }) },
})

/** Polls are planned by a monotonic clock: setting the host's clock back must not pause them. */
const steadyMs = (): number => performance.now()

/** With a router's identity and interface names, syslog recognises its lines better. */
type Learn = (facts: FactsReading) => void
type ReadLog = (device: DeviceId, line: LogLine) => void

const createSchedule = (
  { buffer, now, random, log, configurationKey }: Deps,
  reboots: RebootDetector,
  names: Names,
  learn: Learn,
  readLog: ReadLog,
) => {
  const normalizer = new Normalizer()
  const routerOs = createRouterOsCollectors({
    clock: { now },
    steady: steadyMs,
    dial: dialBy(names),
    configurationKey,
    sink: {
      onReadings: (readings, isUrgent) =>
        buffer.add(normalizer.normalize(readings), isUrgent ? "now" : "soon"),
      onEvent: (event) => buffer.add([{ ...event, id: randomUUID() }], "now"),
      onInterface: (device) => schedule.pollNow(device),
      onLogLine: readLog,
    },
  })
  const schedule: Schedule = new Schedule({
    collectors: [
      routerOs,
      createSnmpCollectors({ now, resolve: names.destinations.forAccess(names.resolver.first) }),
    ],
    now: steadyMs,
    date: now,
    random,
    onReadings: (readings, isUrgent) => {
      const events = reboots.onReadings(readings)
      for (const reading of readings) if (reading.kind === "facts") learn(reading)
      buffer.add(
        [...normalizer.normalize(readings), ...events],
        isUrgent || events.length > 0 ? "now" : "soon",
      )
    },
    onSourceChange: (change) => buffer.add([sourceChangeEvent(change, randomUUID(), now())], "now"),
    onGone: (device) => {
      normalizer.forget(device)
      reboots.forget(device)
    },
    onFault: (err) => log.error({ err }, "readings of a device could not be processed"),
  })
  const { sessions, listening } = routerOs
  return {
    ...{ schedule, sessions: sessions.counts, listening, rates: normalizer.counts },
    normalizer: {
      /** Keys of rows have changed: the next reading of each table is sent whole. */
      resendTables: (): void => normalizer.resendTables(),
      /** Whether the appliance accepts facts with ids of interfaces. */
      sendInterfaceIds: (areAccepted: boolean): void => {
        normalizer.sendsInterfaceIds = areAccepted
      },
    },
  }
}

const createPinger = (
  { buffer, now, random, log }: Deps,
  icmp: IcmpSupport,
  names: Names,
  schedule: Schedule,
): Pinger =>
  new Pinger({
    icmpProbe: icmp.ok ? icmp.icmpProbe : null,
    icmpLoop: icmp.ok ? icmp.icmpLoop : null,
    tcpProbe,
    resolve: names.destinations.forProbe(names.resolver.first),
    now,
    steady: steadyMs,
    random,
    emit: (sample, urgency) => buffer.add([sample], urgency),
    onAnswers: (device) => schedule.retryNow(device),
    onToolFailed: (reason) => log.warn({ reason }, "fping failed; a TCP probe replaces it"),
  })

const createServiceProbes = (
  { buffer, now, random, log }: Deps,
  icmp: IcmpSupport,
  { destinations }: Names,
): Probes =>
  createProbes({
    icmpProbe: icmp.ok ? icmp.icmpProbe : null,
    locate: createLocate({ lookup: systemLookup, destinations, steady: steadyMs }),
    now,
    steady: steadyMs,
    random,
    newId: randomUUID,
    emit: (items, urgency) => buffer.add(items, urgency),
    onFault: (err) => log.error({ err }, "a probe of a service failed"),
  })

/** Of a file with both, or the agent's own. The file is read again, because it may be renewed. */
const certificateOf = ({ config: { syslogTlsCertificate: file }, certificate }: Deps) =>
  file === null
    ? certificate
    : (): TlsCertificate => {
        const pem = readFileSync(file, "utf8")
        return { key: pem, cert: pem }
      }

const listen = (
  deps: Deps,
  reboots: RebootDetector,
  resolver: Resolver,
  schedule: Schedule,
): Promise<readonly [Syslog, Traps]> => {
  const { config, buffer, now, log } = deps
  const common = {
    bind: config.syslogBind,
    resolve: resolver.first,
    now,
    steady: steadyMs,
    newId: randomUUID,
    emit: (event: Event, urgency: "soon" | "now") => {
      buffer.add([reboots.onEvent(event)], urgency)
      if (event.name === "config-changed")
        schedule.pollSoon(event.device, CONFIGURATION, AFTER_CHANGE)
    },
    onLink: (device: DeviceId) => schedule.pollNow(device),
  }
  const { syslogTlsPort: tlsPort, syslogForward: target, syslogForwardCa: ca } = config
  return Promise.all([
    startSyslog({
      ...common,
      port: config.syslogPort,
      relays: config.syslogRelays,
      tls: tlsPort === null ? null : { port: tlsPort, certificate: certificateOf(deps) },
      forward:
        target === null ? null : { target, ca: ca === null ? null : readFileSync(ca, "utf8") },
      onUnknownSender: (address) =>
        log.info(
          { address },
          "syslog from an address that is not a device of this agent; its lines are only counted",
        ),
    }),
    startTraps({ ...common, port: config.trapPort }),
  ])
}

const createTest = ({ now }: Deps, icmp: IcmpSupport, names: Names) =>
  createTestAccess({
    icmpProbe: icmp.ok ? icmp.icmpProbe : null,
    tcpProbe,
    resolve: names.resolver.first,
    rejectionReason: names.destinations.rejectionReason,
    now,
    testRouterOs: (access, signal) => testAccess(access, signal, { dial: dialBy(names) }),
    testSnmp: createSnmpCheck(names.destinations.forAccess(names.resolver.first), now),
  })

/** Uses the deadline of the task, at most a minute. */
const createRead =
  ({ redactor }: Deps, names: Names) =>
  async (task: Extract<Task, { kind: "read" }>, signal: AbortSignal): Promise<ReadResult> => {
    const limit = AbortSignal.any([
      signal,
      AbortSignal.timeout(Math.min(Math.max(task.deadlineMs, 1_000), 60_000)),
    ])
    const menus = readableMenus(task.menus, redactor)
    const found = await readMenus(task.access, menus, limit, dialBy(names))
    const shown = shownMenus(task.menus, found.menus, redactor)
    return { kind: "read", id: task.id, ...found, menus: shown }
  }

const createRuns = ({ config, log, redactor }: Deps, icmp: IcmpSupport, names: Names): Diagnose =>
  createDiagnose({
    dial: dialBy(names),
    resolve: names.destinations.forProbe(names.resolver.first),
    icmpProbe: icmp.ok ? icmp.icmpProbe : null,
    trace: createTraceHop("fping", config.searchPath),
    redactor,
    onUndelivered: (err) => log.warn({ err }, "output of a diagnostic could not be delivered"),
  })

export const startMonitoring = async (given: Deps) => {
  const { log, redactor } = given
  // Nothing gets to the buffer, and so to the disk and to the appliance, without it.
  const add: Deps["buffer"]["add"] = (items, urgency) =>
    given.buffer.add(redactor.items(items), urgency)
  const deps: Deps = { ...given, buffer: { add } }
  const icmp = await findFping("fping", deps.signal, deps.config.searchPath)
  if (!icmp.ok) log.warn(icmp.note)
  const resolver = createResolver({ now: deps.now })
  const destinations = createDestinations({
    allowLoopback: deps.config.allowLoopback,
    steady: steadyMs,
  })
  const names: Names = { resolver, destinations }
  const reboots = new RebootDetector(randomUUID)
  const listeners: { syslog: Syslog | null; traps: Traps | null } = { syslog: null, traps: null }
  const learn: Learn = ({ device, identity, interfaces, serial }) => {
    listeners.syslog?.learn(device, identity, interfaces?.map(({ name }) => name) ?? null, serial)
    if (interfaces !== null) listeners.traps?.learn(device, interfaces)
  }
  const readLog: ReadLog = (device, { topics, message }) =>
    listeners.syslog?.read(device, topics, message)
  const { schedule, sessions, listening, rates, normalizer } = createSchedule(
    ...([deps, reboots, names, learn, readLog] as const),
  )
  const pinger = createPinger(deps, icmp, names, schedule)
  const probes = createServiceProbes(deps, icmp, names)
  const [syslog, traps] = await listen(deps, reboots, resolver, schedule)
  Object.assign(listeners, { syslog, traps })
  if (syslog.note !== null) log.warn(syslog.note)
  return {
    ...normalizer,
    parts: { schedule, sessions, listening, rates, pinger, probes, syslog, traps },
    icmpNote: icmp.ok ? null : icmp.note,
    test: createTest(deps, icmp, names),
    read: createRead(deps, names),
    diagnose: createRuns(deps, icmp, names),
    apply: ({
      devices,
      allowedNetworks = [],
      probes: assigned = [],
    }: Pick<Assignment, "devices" | "allowedNetworks" | "probes">): void => {
      destinations.allow(allowedNetworks)
      redactor.keep(devices.map(({ access }) => access.address))
      const before = schedule.unknownCollectors.join()
      schedule.apply(devices)
      const collectors = schedule.unknownCollectors
      if (collectors.length > 0 && collectors.join() !== before)
        log.warn({ collectors }, "intervals of unknown collectors in the assignment are ignored")
      pinger.apply(devices)
      syslog.apply(devices)
      traps.apply(devices)
      probes.apply(assigned)
    },
    /**
     * Probes the devices and polls their interfaces: if syslog is lost, nothing else reports those.
     */
    confirm: (devices: readonly DeviceId[]): void => {
      pinger.confirm(devices)
      for (const device of devices) schedule.pollNow(device)
    },
    /** Runs these probes of services now. */
    probe: (ids: readonly string[]): void => probes.runNow(ids),
    /** Resolves when nothing runs any more. */
    stop: async (): Promise<void> => {
      await Promise.all([
        pinger.stop(),
        probes.stop(),
        schedule.stop(),
        syslog.stop(),
        traps.stop(),
      ])
    },
  }
}
export type Monitoring = Awaited<ReturnType<typeof startMonitoring>>
