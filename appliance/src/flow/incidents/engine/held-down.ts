/** Active symptoms that wait for confirmation before they may count. In memory. */
import type { AlertId, DeviceId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import type { AlertView } from "./alert-view.ts"
import {
  createAgentAnswers,
  devicesToProbe,
  HOLD_DOWN_MS,
  isOnlyPath,
  pendingAgentWitnesses,
  pendingWitnesses,
  unreachableUpstream,
} from "./hold-down.ts"
import type { Reachability } from "./reachability.ts"
import type { Rechecks } from "./rechecks.ts"

type Held = {
  readonly sinceMs: number
  isRequested: boolean
  isOver: boolean
  /** Witnesses that were not observed since. */
  pending: readonly DeviceId[]
}
export type HeldDown = {
  /** Takes the active symptoms of now; returns the devices to probe for those that wait. */
  readonly update: (
    topology: Topology,
    view: AlertView,
    active: readonly AlertNow[],
    affected: ReadonlySet<string>,
    nowMs: number,
  ) => DeviceId[]
  readonly isOver: (alert: AlertId) => boolean
  /** Since when a symptom is active here; 0: it is not. */
  readonly sinceMs: (alert: AlertId) => number
  readonly isEmpty: () => boolean
}

/**
 * Symptoms that wait for the same witness are about the same fault. Once one of them has waited too
 * long, all of them count: alone, the first would be explained without the others.
 */
const releaseTogether = (held: Iterable<Held>, unanswered: ReadonlySet<DeviceId>): void => {
  if (unanswered.size === 0) return
  for (const one of held)
    if (!one.isOver && one.pending.some((id) => unanswered.has(id))) one.isOver = true
}

const needsProbes = ({ isRequested, isOver, pending }: Held): boolean =>
  !isRequested && (!isOver || pending.length > 0)

/** `isInIncident`: a symptom of an open incident was confirmed before. */
export const createHeldDown = (
  reachability: Reachability,
  rechecks: Rechecks,
  isInIncident: (alert: AlertId) => boolean,
): HeldDown => {
  const held = new Map<AlertId, Held>()
  const isOver = (alert: AlertId): boolean => held.get(alert)?.isOver === true
  const heldFor = (alert: AlertId, nowMs: number): Held => {
    const known = held.get(alert) ?? {
      sinceMs: nowMs,
      isRequested: false,
      isOver: isInIncident(alert),
      pending: [],
    }
    held.set(alert, known)
    return known
  }
  /** Nothing that is still pending could change what this symptom says. */
  const isDecided = (...place: Parameters<typeof unreachableUpstream>): boolean => {
    const [topology, , , alert] = place
    return (
      isOnlyPath(topology, reachability, alert) ||
      (held.get(alert.id)?.pending.length === 0 &&
        unreachableUpstream(...place).every(({ id }) => isOver(id)))
    )
  }
  return {
    isOver,
    sinceMs: (alert) => held.get(alert)?.sinceMs ?? 0,
    isEmpty: () => held.size === 0,
    update: (topology, view, active, affected, nowMs) => {
      const ids = new Set(active.map((alert) => alert.id))
      for (const id of held.keys()) if (!ids.has(id)) held.delete(id)
      const confirm = new Set<DeviceId>()
      const unanswered = new Set<DeviceId>()
      const hops = reachability.hops(topology)
      const answersOf = createAgentAnswers(topology, view, hops)
      const distance = (alert: AlertNow): number => hops.get(alert.deviceId ?? "") ?? 0
      // From the agent outwards: a symptom is understood only after those upstream of it.
      for (const alert of active.toSorted((one, other) => distance(one) - distance(other))) {
        const known = heldFor(alert.id, nowMs)
        if (known.isOver) continue
        const pending = [
          ...pendingWitnesses(topology, view, alert, (id) => affected.has(id)),
          ...pendingAgentWitnesses(topology, hops, alert, answersOf),
        ]
        known.pending = pending
        const isTooLong = nowMs - known.sinceMs >= HOLD_DOWN_MS
        if (isTooLong) for (const id of pending) unanswered.add(id)
        known.isOver = isTooLong || isDecided(topology, view, hops, alert)
        if (!needsProbes(known)) continue
        known.isRequested = true
        const requested = devicesToProbe(topology, hops, alert, pending)
        rechecks.recordRequested(topology, [...requested], alert.id, nowMs)
        for (const device of requested) confirm.add(device)
      }
      releaseTogether(held.values(), unanswered)
      return [...confirm]
    },
  }
}
