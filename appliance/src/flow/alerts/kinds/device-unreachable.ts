/**
 * A device does not answer probes, or, where no agent probes it, has stopped reporting itself. A
 * lost probe is not an outage; only a confirmed probe round is.
 */
import type { AlertInput, AlertNow, Topology } from "../model.ts"
import {
  initialState,
  markDegraded,
  markDown,
  markUp,
  type PhaseReasons,
  restartHold,
  type State,
} from "../state-machine.ts"
import type { AlertKind, CurrentState, KindAlert } from "./kind.ts"

const LOSS_WINDOW_MS = 60_000
const BUCKET_MS = 10_000
const LOSS_ABOVE = 0.2
/** Loss ends well below the bound that began it. */
const LOSS_OVER_BELOW = 0.1
const MIN_LOSS_PROBES = 20
/** ICMP probes of one round that must stay unanswered. */
const CONFIRM_PROBES = 5
/** TCP probes in a row that must stay unanswered where there is no ICMP. */
const TCP_PROBES = 2
const UNSEEN_MS = 90_000
/** In report intervals: one report is lost now and then, two in a row are not. */
const REPORTS_MISSING = 2.5

/** One probe round; shape of the wire's ping sample. */
export type ProbeResult = Pick<AlertInput["pings"][number], "answers" | "tcp" | "because"> & {
  readonly icmp: { readonly sent: number; readonly received: number } | null
}

/** Probes of ten seconds: loss over a minute needs seven buckets and no list of probes. */
type Bucket = { readonly startMs: number; readonly sent: number; readonly lost: number }
type Memory = { readonly tcpUnanswered: number; readonly buckets: readonly Bucket[] }
export type Reach = CurrentState<Memory>

const reasons = {
  answers: "ok",
  "answers-again": "recovering",
  "answered-for-hold": "ok",
  "probe-missed": "degraded",
  loss: "degraded",
  "probes-unanswered": "down",
  reports: "ok",
  "reports-again": "recovering",
  "reported-for-hold": "ok",
  "reports-missing": "down",
} as const
const PROBE_REASONS: PhaseReasons<keyof typeof reasons> = {
  ok: "answers",
  recovering: "answers-again",
  recovered: "answered-for-hold",
  down: "probes-unanswered",
}
const REPORT_REASONS: PhaseReasons<keyof typeof reasons> = {
  ok: "reports",
  recovering: "reports-again",
  recovered: "reported-for-hold",
  down: "reports-missing",
}

export const newReach = (atMs: number): Reach => ({
  state: initialState(atMs),
  observedAtMs: null,
  answeredAtMs: null,
  memory: { tcpUnanswered: 0, buckets: [] },
})

/** Share of probes lost over the window; null below the minimum number of probes. */
export const lossRatio = ({ buckets }: Memory): number | null => {
  let sent = 0
  let lost = 0
  for (const bucket of buckets) {
    sent += bucket.sent
    lost += bucket.lost
  }
  return sent < MIN_LOSS_PROBES ? null : lost / sent
}

const withProbe = (
  buckets: readonly Bucket[],
  probe: ProbeResult,
  atMs: number,
): readonly Bucket[] => {
  // A device that drops ICMP and answers by TCP has no loss: such rounds do not count.
  if (probe.icmp === null || (probe.answers && probe.icmp.received === 0)) return buckets
  const startMs = Math.floor(atMs / BUCKET_MS) * BUCKET_MS
  const { sent, received } = probe.icmp
  const lost = Math.max(0, sent - received)
  const kept = buckets.filter((bucket) => bucket.startMs > atMs - LOSS_WINDOW_MS)
  const last = kept.at(-1)
  if (last?.startMs !== startMs) return [...kept, { startMs, sent, lost }]
  return [...kept.slice(0, -1), { startMs, sent: last.sent + sent, lost: last.lost + lost }]
}

/** A whole burst and TCP unanswered; without ICMP, several TCP probes in a row. */
const isConfirmedDown = (probe: ProbeResult, tcpUnanswered: number): boolean => {
  if (probe.answers) return false
  if (probe.icmp === null) return tcpUnanswered >= TCP_PROBES
  if (probe.because === "round") return false
  return (
    probe.icmp.sent >= CONFIRM_PROBES &&
    probe.icmp.received === 0 &&
    (probe.tcp === null || probe.tcp === "silent")
  )
}

const nextState = (was: State, probe: ProbeResult, memory: Memory, atMs: number): State => {
  if (isConfirmedDown(probe, memory.tcpUnanswered)) return markDown(was, atMs, PROBE_REASONS)
  if (!probe.answers)
    return was.phase === "ok" ? markDegraded(was, atMs, "probe-missed") : restartHold(was)
  if (was.phase === "ok" || was.phase === "degraded") {
    const loss = lossRatio(memory)
    const bound = was.reason === "loss" ? LOSS_OVER_BELOW : LOSS_ABOVE
    if (loss !== null && loss >= bound) return markDegraded(was, atMs, "loss")
  }
  return markUp(was, atMs, PROBE_REASONS)
}

/** The next state after one probe round. */
export const stepReach = (was: Reach, probe: ProbeResult, atMs: number): Reach => {
  // A device with neither ICMP nor TCP to probe: nothing was observed.
  if (probe.icmp === null && probe.tcp === null && !probe.answers) return was
  const memory = {
    tcpUnanswered: probe.icmp === null && !probe.answers ? was.memory.tcpUnanswered + 1 : 0,
    buckets: withProbe(was.memory.buckets, probe, atMs),
  }
  const state = nextState(was.state, probe, memory, atMs)
  return {
    state,
    observedAtMs: atMs,
    answeredAtMs: probe.answers ? atMs : was.answeredAtMs,
    // What was lost during an outage is not loss afterwards.
    memory: state.wasDown ? { ...memory, buckets: [] } : memory,
  }
}

type Reporting = { readonly everyMs: number; readonly lastMs: number; readonly dueAtMs: number }
/** Of a router that only reports itself; null for any other. */
const reportingOf = (
  { deviceId, observedAtMs }: Pick<AlertNow, "deviceId" | "observedAtMs">,
  { selfReporting, devices }: Topology,
  nowMs: number,
): Reporting | null => {
  if (deviceId === null || !selfReporting.has(deviceId)) return null
  const everyS = devices.get(deviceId)?.reportsEveryS ?? null
  if (everyS === null) return null
  const everyMs = everyS * 1_000
  const lastMs = observedAtMs ?? nowMs
  return { everyMs, lastMs, dueAtMs: lastMs + everyMs * REPORTS_MISSING }
}

/** The outage began when the first missing report was due. */
const evaluateReports = (
  was: KindAlert<Memory>,
  topology: Topology,
  nowMs: number,
): CurrentState<Memory> => {
  const reporting = was.state.phase === "down" ? null : reportingOf(was, topology, nowMs)
  if (reporting === null) return was
  const { everyMs, lastMs, dueAtMs } = reporting
  if (nowMs <= dueAtMs) return was
  const state = markDown(was.state, Math.min(nowMs, lastMs + everyMs), REPORT_REASONS)
  return { ...was, state, observedAtMs: nowMs }
}

export const deviceUnreachable: AlertKind<Memory, ProbeResult> = {
  id: "device-unreachable",
  observes: "device",
  reasons,
  memory: null,
  delaysIncidentsAfterRestart: true,

  *subjects({ devices, monitored }) {
    for (const { id } of devices.values())
      if (monitored.has(id)) yield { entity: id, deviceId: id, interface: null, agentId: null }
  },
  create: newReach,
  // Its reports were not counted while an agent probed it: it has its full time from now.
  updateTopology: (was, before, { topology, nowMs }) =>
    topology.selfReporting.has(was.entity) && !before.selfReporting.has(was.entity)
      ? { ...was, observedAtMs: nowMs }
      : was,
  senderEntity: ({ router }, { selfReporting }) =>
    router !== null && selfReporting.has(router) ? router : null,
  stepReceived: (was, nowMs) => ({
    ...was,
    state: markUp(was.state, nowMs, REPORT_REASONS),
    // A report evaluated after a restart is older than the time from which silence counts.
    observedAtMs: Math.max(was.observedAtMs ?? nowMs, nowMs),
    answeredAtMs: nowMs,
  }),
  // A second machine with the same agent identity may probe from elsewhere in the network.
  readings: ({ pings, isSecond }) =>
    isSecond === true
      ? []
      : pings.map((ping) => ({
          entity: ping.device,
          device: ping.device,
          atMs: ping.atMs,
          value: ping,
        })),
  step: stepReach,
  rejectedEntity: ({ device, port }) => (port === null ? device : null),
  evaluateTimer: (was, { topology, nowMs }) => evaluateReports(was, topology, nowMs),
  unseenMs: ({ entity }, { selfReporting }) => (selfReporting.has(entity) ? null : UNSEEN_MS),
  offlineDueAtMs: (alert, { topology, nowMs }) =>
    alert.state.phase === "down" ? null : (reportingOf(alert, topology, nowMs)?.dueAtMs ?? null),
  figure: ({ memory }) => lossRatio(memory),
  // A router that stops reporting says nothing about its interfaces either.
  hides: (alert, { topology, nowMs }) =>
    alert.deviceId !== null &&
    topology.selfReporting.has(alert.deviceId) &&
    alert.state.reason === "reports-missing"
      ? { devices: [alert.deviceId], sinceMs: nowMs, reason: "no-recent-data", reasonAfter: null }
      : null,
}
