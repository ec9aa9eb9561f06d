/** Applies accepted input to alerts: who sent it, what was observed, and what was rejected. */
import type { AgentId, DeviceId } from "../../platform/ids.ts"
import {
  agentBackAtMs,
  applyObservation,
  type Evaluation,
  hideRules,
  isCatchingUp,
  type Run,
  setUnknown,
} from "./evaluation.ts"
import type { AlertKind, KindAlert, Sender } from "./kinds/kind.ts"
import type { AlertInput } from "./model.ts"
import { type Skew, stepSkew } from "./skew.ts"

/** Older readings say nothing about now. */
const STALE_MS = 30_000
/** How old a reading may be when the batch that ends an agent's silence arrives. */
const RETURN_GRACE_MS = 1_000

export type SkewOf = (agent: AgentId, seenMs: number, nowMs: number) => number
/** Clock differences of agents, in ms. */
export const createSkews = (evaluation: Evaluation): SkewOf => {
  const skews = new Map<AgentId, Skew>()
  /** For input received before a restart: the appliance's clock may have been set since. */
  const skewsBeforeRestart = new Map<AgentId, Skew>()
  return (agent, seenMs, nowMs) => {
    const { restoredAtMs } = evaluation
    const known = restoredAtMs !== null && nowMs < restoredAtMs ? skewsBeforeRestart : skews
    const skew = stepSkew(known.get(agent) ?? null, seenMs)
    known.set(agent, skew)
    return skew.ms
  }
}

/** A message alone proves that its sender is alive. */
export const applySender = (run: Run, sender: Sender): void => {
  const { kinds, table, topology } = run.evaluation
  for (const kind of kinds) {
    const entity = kind.senderEntity?.(sender, topology) ?? null
    const was = entity === null ? undefined : table.get(kind.id, entity)
    if (was !== undefined && kind.stepReceived !== undefined)
      applyObservation(run, kind, was, kind.stepReceived(was, run.nowMs))
  }
}

/** Not older than the newest observation of this alert, nor too old to say something about now. */
const isFresh = (
  { evaluation, nowMs }: Run,
  { observedAtMs }: KindAlert,
  atMs: number,
): boolean => {
  const fresh =
    (nowMs - atMs <= STALE_MS || isCatchingUp(evaluation, nowMs)) &&
    (observedAtMs === null || atMs >= observedAtMs)
  if (!fresh) evaluation.staleReadings += 1
  return fresh
}

/** How the devices and times of one batch are read. */
type Origin = {
  readonly mayReport: (device: DeviceId) => boolean
  readonly toOurClock: (atMs: number) => number
  /** Older readings are history. */
  readonly sinceMs: number
}
const originOf = (
  evaluation: Evaluation,
  { agent, router, receivedAtMs }: AlertInput,
  skewMs: number,
): Origin => {
  const toOurClock = (atMs: number): number => Math.min(atMs - skewMs, receivedAtMs)
  if (agent === null) return { mayReport: (device) => device === router, toOurClock, sinceMs: 0 }
  const { devices } = evaluation.topology
  // What an agent kept while it was offline is history.
  const backAtMs = agentBackAtMs(evaluation, agent.id)
  return {
    // A device may have been assigned to another agent meanwhile.
    mayReport: (device) => devices.get(device)?.agentId === agent.id,
    toOurClock,
    sinceMs: backAtMs === null ? 0 : backAtMs - RETURN_GRACE_MS,
  }
}

const applyReadings = (run: Run, kind: AlertKind, input: AlertInput, origin: Origin): void => {
  if (kind.readings === undefined || kind.step === undefined) return
  const readings = kind.readings(input).toSorted((one, other) => one.atMs - other.atMs)
  for (const { entity, device, atMs: sentAtMs, value } of readings) {
    const atMs = origin.toOurClock(sentAtMs)
    if (!origin.mayReport(device) || atMs < origin.sinceMs) continue
    const was = run.evaluation.table.get(kind.id, entity)
    if (was !== undefined && isFresh(run, was, atMs))
      applyObservation(run, kind, was, kind.step(was, value, atMs), atMs)
  }
}

/** Observations were made but cannot be used: the state is no longer known. */
const applyRejected = (run: Run, { rejected = [], isSecond }: AlertInput, origin: Origin): void => {
  // A second machine with the same agent identity says nothing about what the first one observes.
  if (isSecond === true) return
  const { kinds, table } = run.evaluation
  for (const one of rejected) {
    if (!origin.mayReport(one.device)) continue
    for (const kind of kinds) {
      const entity = kind.rejectedEntity?.(one) ?? null
      const was = entity === null ? undefined : table.get(kind.id, entity)
      if (was !== undefined)
        setUnknown(run, was, { sinceMs: run.nowMs, reason: "samples-rejected" })
    }
  }
}

export const applyInput = (run: Run, skewOf: SkewOf, input: AlertInput): void => {
  const { evaluation, nowMs } = run
  const { agent, router } = input
  applySender(run, { agent: agent?.id ?? null, router })
  evaluation.catchUp.observe(input, nowMs)
  const skewMs = agent === null ? 0 : skewOf(agent.id, input.skewMs, nowMs)
  const origin = originOf(evaluation, input, skewMs)
  const since = run.out.length
  for (const kind of evaluation.kinds) applyReadings(run, kind, input, origin)
  hideRules(run, since)
  evaluation.rules?.observe(run, input, origin)
  applyRejected(run, input, origin)
}
