/**
 * The flow in one screen: collect -> normalize -> buffer -> transport.
 *
 *   pinger ──────────────┐
 *   schedule -> normalizer ──> buffer ──> delivery ──> uplink ──> appliance
 *   syslog ──────────────┘        nudge, confirm, reload, assignment <──┘
 */
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import type { Logger } from "pino"
import { createAssignment } from "./assignment.ts"
import { type Buffer, createBuffer, type Shelf } from "./buffer/buffer.ts"
import { findFping } from "./collect/fping.ts"
import { Pinger } from "./collect/ping.ts"
import { createResolver } from "./collect/resolve.ts"
import { testAccess } from "./collect/routeros/access-check.ts"
import { createRouterOsCollectors } from "./collect/routeros/collectors.ts"
import { Schedule, type SourceNews } from "./collect/schedule.ts"
import { createSnmpCheck } from "./collect/snmp/access-check.ts"
import { createSnmpCollectors } from "./collect/snmp/collectors.ts"
import { type Syslog, startSyslog } from "./collect/syslog.ts"
import { knock } from "./collect/tcp.ts"
import type { Config } from "./config.ts"
import type { Identity } from "./enrol/keys.ts"
import { keepRenewed } from "./enrol/renew.ts"
import { type HealthServer, startHealth } from "./health.ts"
import { Normalizer } from "./normalize/normalize.ts"
import { createReport } from "./report.ts"
import { createHeartbeat } from "./tasks/heartbeat.ts"
import { createTasks } from "./tasks/tasks.ts"
import { createTestAccess } from "./tasks/test-access.ts"
import { pause } from "./transport/backoff.ts"
import { createDelivery } from "./transport/deliver.ts"
import { createHttpsUplink } from "./transport/https.ts"
import type { Event } from "./wire/wire.ts"

export type Start = {
  readonly config: Config
  readonly identity: Identity
  readonly saveIdentity: (identity: Identity) => Promise<void>
  readonly shelf: Shelf
  readonly version: string
  readonly log: Logger
  /** Aborted: stop. */
  readonly signal: AbortSignal
  readonly onStarted: (at: { readonly healthPort: number; readonly syslogPort: number | null }) => void
}

const now = (): number => Date.now()
const random = Math.random

const eventOf = ({ device, source, tier, news, reason, message }: SourceNews): Event => ({
  kind: "event",
  id: randomUUID(),
  device,
  name: `collect-${news}`,
  atMs: now(),
  source,
  severity: news === "failed" ? "warning" : "info",
  interface: null,
  message: message.slice(0, 4_096).toWellFormed(),
  attributes: { ...(tier === null ? {} : { tier }), ...(reason === null ? {} : { reason }) },
})

/** Everything the agent is made of, wired together and running until `signal`; resolves when nothing of it runs any more. */
export const runAgent = async (start: Start): Promise<void> => {
  const { config, log } = start
  // One part that fails ends all: half an agent that still sends heartbeats would look like a whole one.
  const failing = new AbortController()
  const signal = AbortSignal.any([start.signal, failing.signal])
  const icmp = await findFping("fping", signal)
  if (!icmp.ok) log.warn(icmp.note)
  const shoot = icmp.ok ? icmp.shoot : null
  const resolve = createResolver({ now })

  let uplink = createHttpsUplink(start.identity)
  const currentUplink = () => uplink
  const onLost = (items: number, err: unknown) =>
    log.error({ err, items }, "readings could not be written to the buffer and are lost")
  const buffer: Buffer = createBuffer({ shelf: start.shelf, now, onLost })
  const delivery = createDelivery({ buffer, uplink: currentUplink, now, random, pause, log })

  const normalizer = new Normalizer()
  const schedule: Schedule = new Schedule({
    collectors: [createRouterOsCollectors({ clock: { now } }), createSnmpCollectors({ now, resolve })],
    now,
    random,
    onReadings: (readings, isNudged) => buffer.add(normalizer.normalize(readings), isNudged ? "now" : "soon"),
    onNews: (news) => buffer.add([eventOf(news)], "now"),
    onGone: (device) => normalizer.forget(device),
    onFault: (err) => log.error({ err }, "readings of a device could not be worked up"),
  })
  const pinger: Pinger = new Pinger({
    shoot,
    knock,
    resolve,
    now,
    random,
    emit: (sample, urgency) => buffer.add([sample], urgency),
    onAnswers: (device) => schedule.revive(device),
    onToolFailed: (reason) => log.warn({ reason }, "fping failed; a TCP knock stands in for it"),
  })
  const syslog: Syslog = await startSyslog({
    port: config.syslogPort,
    bind: config.syslogBind,
    resolve,
    now,
    newId: randomUUID,
    emit: (event, urgency) => buffer.add([event], urgency),
    onLink: (device) => schedule.nudge(device),
    onStranger: (address) =>
      log.info({ address }, "syslog from an address that is no device of this agent; its lines are counted only"),
  })
  if (syslog.note !== null) log.warn(syslog.note)

  const assignment = createAssignment({
    uplink: currentUplink,
    apply: ({ devices }) => {
      schedule.apply(devices)
      pinger.apply(devices)
      syslog.apply(devices)
    },
    random,
    pause,
    log,
  })
  const tasks = createTasks({
    uplink: currentUplink,
    work: {
      confirm: (devices) => pinger.confirm(devices),
      reload: () => assignment.want(null),
      test: createTestAccess({
        shoot,
        knock,
        resolve,
        now,
        testRouterOs: testAccess,
        testSnmp: createSnmpCheck(resolve, now),
      }),
    },
    random,
    pause,
    log,
  })
  const report = createReport({
    version: start.version,
    hostname: hostname(),
    now,
    icmpNote: icmp.ok ? null : icmp.note,
    parts: { buffer, delivery, schedule, pinger, syslog, assignment, tasks: tasks.counts },
  })
  const heartbeat = createHeartbeat({
    uplink: currentUplink,
    describe: report.heartbeat,
    onRevision: (revision) => assignment.want(revision),
    onSkew: report.noteSkew,
    now,
    pause,
    log,
  })
  const health: HealthServer = await startHealth({
    port: config.healthPort,
    snapshot: report.snapshot,
    health: () => report.health(heartbeat.state),
  })
  if (config.healthPort !== 0 && health.port !== config.healthPort)
    log.warn(
      { asked: config.healthPort, taken: health.port },
      "another program uses the port for /metrics and /healthz; they are on another one",
    )
  const renewing = keepRenewed({
    identity: start.identity,
    uplink: currentUplink,
    save: start.saveIdentity,
    use: (identity) => {
      uplink.close()
      uplink = createHttpsUplink(identity)
    },
    now,
    random,
    pause,
    log,
    signal,
  })
  start.onStarted({ healthPort: health.port, syslogPort: syslog.port })

  const parts = [assignment.run(signal), delivery.run(signal), heartbeat.run(signal), tasks.run(signal), renewing]
  try {
    await Promise.all(parts)
  } finally {
    failing.abort()
    await Promise.allSettled(parts)
    await Promise.all([pinger.stop(), schedule.stop(), syslog.stop(), health.stop()])
    uplink.close()
    buffer.flush()
  }
}
