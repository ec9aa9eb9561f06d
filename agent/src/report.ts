/** What the agent says of itself: in the heartbeat to the appliance, on /metrics and on /healthz. One place, so that they agree. */

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
  readonly parts: MetricSources & { readonly assignment: AssignmentLoop }
}

/** Not healthy is what a restart or an operator might mend: an appliance that does not hear us. */
const healthOf = ({ isRejected, problem }: HeartbeatState): Health => {
  if (isRejected)
    return {
      ok: false,
      reasons: ["the appliance refuses this agent's certificate: enrol again with a new token"],
    }
  if (problem !== null)
    return { ok: false, reasons: [`the appliance does not hear this agent: ${problem}`] }
  return { ok: true, reasons: [] }
}

export const createReport = ({ version, hostname, clock, icmpNote, parts }: Deps) => {
  const { now } = clock
  const startedAtMs = Math.max(0, clock.host())
  let unresolvedBefore = 0

  const notes = (): string[] => {
    const { buffer, delivery, pinger, syslog } = parts
    const depth = buffer.depth()
    const unresolved = pinger.counts.unresolved - unresolvedBefore
    unresolvedBefore = pinger.counts.unresolved
    return [
      icmpNote,
      syslog.note,
      ...syslog.notes(),
      unresolved > 0 ? "Some device names cannot be resolved by this agent's name server." : null,
      depth.droppedItems > 0
        ? `${depth.droppedItems} readings were dropped because the buffer was full.`
        : null,
      depth.quarantinedItems > 0
        ? `${depth.quarantinedItems} readings were refused as a whole and lie aside.`
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
      // As the host's clock shows it: the appliance tells by it whether that is right.
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
