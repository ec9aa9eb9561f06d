/**
 * The agent's report about itself: heartbeat, /metrics and /healthz, from one place so that they
 * agree.
 */

import { type Heartbeat, PROTOCOL, storable } from "@ispvm/wire"
import type { AssignmentLoop } from "./assignment.ts"
import type { AgentClock } from "./clock.ts"
import type { Health, Snapshot } from "./health.ts"
import { type MetricSources, metricsOf } from "./metrics.ts"
import type { HeartbeatState } from "./tasks/heartbeat.ts"

type Deps = {
  readonly version: string
  readonly hostname: string
  readonly clock: AgentClock
  readonly icmpNote: string | null
  readonly redactionNote: () => string | null
  readonly parts: MetricSources & { readonly assignment: AssignmentLoop }
}

const MAX_NAMES_IN_NOTE = 5
const unknownCollectorsNote = (names: readonly string[]): string | null => {
  if (names.length === 0) return null
  const more = names.length > MAX_NAMES_IN_NOTE ? ", …" : ""
  const list = `${names.slice(0, MAX_NAMES_IN_NOTE).join(", ")}${more}`
  return `Collection intervals are ignored: this agent has no collector ${list}. Update the agent, or remove these intervals.`
}

/** Unhealthy only if a restart or an operator can help: the appliance gets no heartbeats. */
const healthOf = ({ isRejected, problem }: HeartbeatState): Health => {
  if (isRejected)
    return {
      ok: false,
      reasons: ["the appliance rejects this agent's certificate: enrol again with a new token"],
    }
  if (problem !== null)
    return { ok: false, reasons: [`the appliance gets no heartbeats: ${problem}`] }
  return { ok: true, reasons: [] }
}

export const createReport = (deps: Deps) => {
  const { version, hostname, clock, icmpNote, redactionNote, parts } = deps
  const { now } = clock
  const startedAtMs = Math.max(0, clock.host())
  let unresolvedBefore = 0

  const notes = (): string[] => {
    const { buffer, delivery, pinger, schedule, syslog, traps } = parts
    const depth = buffer.depth()
    const unresolved = pinger.counts.unresolved - unresolvedBefore
    unresolvedBefore = pinger.counts.unresolved
    return [
      icmpNote,
      redactionNote(),
      syslog.note,
      unknownCollectorsNote(schedule.unknownCollectors),
      ...syslog.notes(),
      ...traps.notes(),
      unresolved > 0 ? "This agent's name server cannot resolve some device names." : null,
      depth.droppedItems > 0
        ? `${depth.droppedItems} readings were dropped because the buffer was full.`
        : null,
      depth.quarantinedItems > 0
        ? `${depth.quarantinedItems} readings are in quarantine because the appliance rejected their batch.`
        : null,
      delivery.counts.problem === null
        ? null
        : `Deliveries fail: ${delivery.counts.problem.message}`,
    ].flatMap((note) => (note === null ? [] : [storable(note)]))
  }

  const heartbeat = (): Heartbeat => {
    const depth = parts.buffer.depth()
    return {
      protocol: PROTOCOL,
      // By the host's clock: the appliance uses it to detect a wrong clock.
      atMs: Math.max(0, clock.host()),
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

  return {
    heartbeat,
    snapshot: (): Snapshot => metricsOf(parts, now(), clock.skewMs() ?? 0),
    health: healthOf,
  }
}
