/** What the agent says of itself: in the heartbeat to the appliance, on /metrics and on /healthz. One place, so that they agree. */
import type { AssignmentLoop } from "./assignment.ts"
import type { Buffer } from "./buffer/buffer.ts"
import type { Pinger } from "./collect/ping.ts"
import type { Schedule } from "./collect/schedule.ts"
import type { Syslog } from "./collect/syslog.ts"
import type { Health, Snapshot } from "./health.ts"
import type { HeartbeatState } from "./tasks/heartbeat.ts"
import type { TaskCounts } from "./tasks/tasks.ts"
import type { Delivery } from "./transport/deliver.ts"
import { type Heartbeat, PROTOCOL } from "./wire/wire.ts"

type Deps = {
  readonly version: string
  readonly hostname: string
  readonly now: () => number
  readonly icmpNote: string | null
  readonly parts: {
    readonly buffer: Buffer
    readonly delivery: Delivery
    readonly schedule: Schedule
    readonly pinger: Pinger
    readonly syslog: Syslog
    readonly assignment: AssignmentLoop
    readonly tasks: TaskCounts
  }
}

/** Above this the clocks are told to differ: samples are judged by their time. */
const SKEW_MS = 5_000

export const createReport = ({ version, hostname, now, icmpNote, parts }: Deps) => {
  const startedAtMs = now()
  let skewMs = 0
  let unresolvedBefore = 0

  const notes = (): string[] => {
    const { buffer, delivery, pinger, syslog } = parts
    const depth = buffer.depth()
    const unresolved = pinger.counts.unresolved - unresolvedBefore
    unresolvedBefore = pinger.counts.unresolved
    const aheadOrBehind = skewMs > 0 ? "ahead of" : "behind"
    return [
      icmpNote,
      syslog.note,
      Math.abs(skewMs) > SKEW_MS
        ? `This agent's clock is ${(Math.abs(skewMs) / 1_000).toFixed(0)} s ${aheadOrBehind} the appliance's.`
        : null,
      unresolved > 0 ? "Some device names cannot be resolved by this agent's name server." : null,
      depth.droppedItems > 0 ? `${depth.droppedItems} readings were dropped because the buffer was full.` : null,
      depth.asideItems > 0 ? `${depth.asideItems} readings were refused as a whole and lie aside.` : null,
      delivery.counts.trouble === null ? null : `Deliveries fail: ${delivery.counts.trouble.message}`,
    ]
      .filter((note) => note !== null)
      .map((note) => note.slice(0, 4_096).toWellFormed())
  }

  const heartbeat = (): Heartbeat => {
    const depth = parts.buffer.depth()
    return {
      protocol: PROTOCOL,
      atMs: now(),
      version,
      startedAtMs,
      hostname,
      revision: parts.assignment.revision(),
      devices: parts.schedule.devices,
      bufferBatches: depth.batches,
      bufferBytes: depth.bytes,
      oldestBufferedAtMs: depth.oldestAtMs,
      capabilities: { icmp: icmpNote === null, syslogPort: parts.syslog.port },
      notes: notes(),
    }
  }

  const snapshot = (): Snapshot => {
    const { buffer, delivery, schedule, pinger, syslog, tasks } = parts
    const depth = buffer.depth()
    const row = (help: string, value: number) => ({ help, value })
    return {
      ispvm_agent_devices: row("devices assigned", schedule.devices),
      ispvm_agent_devices_failing: row("devices of which a source cannot be read", schedule.failing),
      ispvm_agent_looks_total: row("looks of collectors ended", schedule.counts.looks),
      ispvm_agent_looks_failed_total: row("looks of collectors failed", schedule.counts.failed),
      ispvm_agent_looks_hung_total: row("looks that did not end when told to", schedule.counts.hung),
      ispvm_agent_looks_running: row("looks under way", schedule.running),
      ispvm_agent_ping_rounds_total: row("rounds of pings begun", pinger.counts.rounds),
      ispvm_agent_ping_looks_total: row("whole looks after a missed probe or a hint", pinger.counts.looks),
      ispvm_agent_ping_tool_failures_total: row("runs of fping that failed or were killed", pinger.counts.toolFailures),
      ispvm_agent_ping_rounds_late_total: row("rounds begun more than an interval late", pinger.counts.late),
      ispvm_agent_syslog_lines_total: row("datagrams received", syslog.counts.lines),
      ispvm_agent_syslog_events_total: row("lines made events", syslog.counts.events),
      ispvm_agent_syslog_unknown_source_total: row("lines of senders that are no device", syslog.counts.unknownSource),
      ispvm_agent_syslog_limited_total: row("lines over a sender's limit", syslog.counts.limited),
      ispvm_agent_buffer_batches: row("pieces owed to the appliance", depth.batches),
      ispvm_agent_buffer_bytes: row("bytes owed to the appliance", depth.bytes),
      ispvm_agent_buffer_oldest_age_seconds: row(
        "age of the oldest item owed",
        depth.oldestAtMs === null ? 0 : (now() - depth.oldestAtMs) / 1_000,
      ),
      ispvm_agent_buffer_dropped_items: row("items dropped for want of room", depth.droppedItems),
      ispvm_agent_buffer_aside_items: row("items the appliance called unusable", depth.asideItems),
      ispvm_agent_batches_delivered_total: row("batches acknowledged", delivery.counts.delivered),
      ispvm_agent_items_rejected_total: row("items rejected one by one", delivery.counts.rejected),
      ispvm_agent_delivery_failures_total: row("deliveries that failed and were kept", delivery.counts.failures),
      ispvm_agent_tasks_total: row("tasks received", tasks.received),
      ispvm_agent_clock_skew_seconds: row("this clock minus the appliance's", skewMs / 1_000),
    }
  }

  /** Not healthy is what a restart or an operator might mend: an appliance that does not hear us. */
  const health = (heard: HeartbeatState): Health => {
    const reasons = [
      heard.isRefused ? "the appliance refuses this agent's certificate: enrol again with a new token" : null,
      heard.trouble !== null && !heard.isRefused ? `the appliance does not hear this agent: ${heard.trouble}` : null,
    ].filter((reason) => reason !== null)
    return { ok: reasons.length === 0, reasons }
  }

  return {
    heartbeat,
    snapshot,
    health,
    noteSkew: (ms: number) => {
      skewMs = ms
    },
  }
}
