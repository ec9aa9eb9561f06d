/**
 * What was dead and answers again may still lose packets. Its incident then stays open, and goes on
 * as that of the degradation once a rule finds it (`rule-incidents.ts`): one fault is one incident.
 *
 *   cause answers ──▶ enough probes ──┬─ few lost ─────────────────▶ closes
 *                                     └─ many lost: stays open ──┬─ no more lost ──▶ closes
 *                                                                └─ a rule is met ─▶ degradation
 */
import type { AlertId, DeviceId, IncidentId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import type { Incident } from "../model.ts"
import { type AlertView, reachAlert } from "./alert-view.ts"
import type { RecoveringIncident } from "./recovery.ts"

/** Of these, a path that loses three in ten loses none once in 70 times. A lost one needs as many. */
const MIN_PROBES = 12
/** So long it waits for them: they are requested at once. */
const MAX_WAIT_MS = 5_000
/** One lost probe is no loss: routes that come back cost as much. */
const MIN_LOST = 2
/** More devices behind one fault lose alike. */
const MAX_PROBED = 8
const MAX_DEVICES = 200

/** What it needs of a review. */
type Context = {
  readonly state: {
    readonly incidents: ReadonlyMap<IncidentId, Incident>
    readonly ofRules: ReadonlyMap<IncidentId, Incident>
  }
  readonly topology: Topology
  readonly view: AlertView
  readonly alerts: ReadonlyMap<AlertId, AlertNow>
  readonly nowMs: number
}
type Loss = {
  /** Too few probes to know. */
  readonly isEarly: boolean
  /** The highest share of any device, above the level of a rule; null: none is above it. */
  readonly ratio: number | null
  /** Whether a rule has found any of it. */
  readonly isRaised: boolean
  readonly measured: readonly DeviceId[]
}
export type LastingLoss = {
  /** After a restart: what was probed before is not known. */
  readonly restore: (open: readonly Incident[]) => void
  /** Whether an incident whose fault is over has to stay open; `begins`: how much is lost. */
  readonly holds: (
    context: Context,
    incident: Incident,
    recovering: RecoveringIncident | undefined,
  ) => { readonly isHeld: boolean; readonly begins: number | null }
  /** Whether it answers again and loses too much. */
  readonly isLossy: (incident: IncidentId) => boolean
  /** Whether it stays open because of this device. */
  readonly isHeldBy: (topology: Topology, incident: Incident, device: DeviceId | null) => boolean
  /** Devices to probe, so that what is fine closes at once. */
  readonly request: (
    context: Context,
    recovering: readonly RecoveringIncident[],
  ) => readonly DeviceId[]
  readonly forget: (open: ReadonlyMap<IncidentId, Incident>) => void
}

/** Alerts of rules may outlast the fault that they have joined. */
export const isFaultOver = ({ symptoms }: Incident): boolean => {
  let isAny = false
  for (const { observes, untilMs } of symptoms.values()) {
    if (observes === null) continue
    if (untilMs === null) return false
    isAny = true
  }
  return isAny
}

/** What was out of reach; if nothing was, the ends of what was cut. */
const devicesOf = (topology: Topology, { causes, symptoms }: Incident): ReadonlySet<DeviceId> => {
  const devices = new Set<DeviceId>()
  if (causes.some(({ kind }) => kind === "agent")) return devices
  for (const { observes, deviceId } of symptoms.values()) {
    if (observes === "device" && deviceId !== null && topology.devices.has(deviceId))
      devices.add(deviceId)
    if (devices.size >= MAX_DEVICES) break
  }
  if (devices.size > 0) return devices
  for (const { id } of causes) {
    const link = topology.links.get(id)
    if (link !== undefined) devices.add(link.a.deviceId).add(link.b.deviceId)
  }
  return devices
}

const wasUnreachable = ({ symptoms }: Incident): boolean =>
  symptoms.values().some(({ observes }) => observes === "device")

const isLossAlert = ({ rule }: AlertNow): boolean => rule?.symptom === "loss"

/** Devices whose loss another open incident is about. */
const elsewhere = ({ state, alerts }: Context, incident: Incident): ReadonlySet<string> => {
  const devices = new Set<string>()
  for (const other of [...state.ofRules.values(), ...state.incidents.values()])
    for (const { alertId, untilMs, deviceId } of other.symptoms.values()) {
      const alert = untilMs === null && other.id !== incident.id ? alerts.get(alertId) : undefined
      if (alert !== undefined && deviceId !== null && isLossAlert(alert)) devices.add(deviceId)
    }
  return devices
}

const isRaised = (view: AlertView, devices: ReadonlySet<string>): boolean => {
  for (const alert of view.all())
    if (isLossAlert(alert) && alert.state.wasDown && devices.has(alert.deviceId ?? "")) return true
  return false
}

const lossOf = (context: Context, incident: Incident, fromMs: number): Loss => {
  const { topology, view, nowMs } = context
  const others = elsewhere(context, incident)
  const devices = devicesOf(topology, incident).difference(others)
  let [sent, lost] = [0, 0]
  let ratio: number | null = null
  const measured: DeviceId[] = []
  for (const device of devices) {
    const loss = view.lossSince?.(device, fromMs, nowMs) ?? null
    const phase = reachAlert(view, device)?.state.phase
    if (loss === null || phase === "down" || phase === "unknown") continue
    measured.push(device)
    sent += loss.sent
    lost += loss.lost
    if (loss.lost < MIN_LOST || loss.lost / loss.sent <= loss.limitRatio) continue
    ratio = Math.max(ratio ?? 0, loss.lost / loss.sent)
  }
  const needed = MIN_PROBES * (1 + Math.min(lost, MIN_LOST - 1))
  // Where only ports were down, probes may take other links.
  const isWaiting = wasUnreachable(incident) && nowMs < fromMs + MAX_WAIT_MS
  const isEarly = measured.length > 0 && sent < needed && isWaiting
  return { isEarly, ratio, isRaised: isRaised(view, devices), measured }
}

const lastEndMs = ({ symptoms }: Incident): number =>
  Math.max(
    0,
    ...[...symptoms.values()].map(({ observes, untilMs }) =>
      observes === null ? 0 : (untilMs ?? 0),
    ),
  )

export const createLastingLoss = (): LastingLoss => {
  /** Its fault was over before the restart. */
  const restored = new Set<IncidentId>()
  /** Of those: from when on probes count. */
  const fromMs = new Map<IncidentId, number>()
  const held = new Set<IncidentId>()
  const startOf = (id: IncidentId, upAgainAtMs: number, nowMs: number): number => {
    if (!restored.has(id)) return upAgainAtMs
    const known = fromMs.get(id) ?? nowMs
    fromMs.set(id, known)
    return Math.max(known, upAgainAtMs)
  }
  return {
    restore: (open) => {
      for (const incident of open) if (isFaultOver(incident)) restored.add(incident.id)
    },
    holds: (context, incident, recovering) => {
      const { view, nowMs } = context
      const { id } = incident
      const isRestored = restored.has(id)
      if (isRestored && view.isCatchingUp?.(nowMs) === true) return { isHeld: true, begins: null }
      const startMs = startOf(id, recovering?.upAgainAtMs ?? lastEndMs(incident), nowMs)
      const { isEarly, ratio, isRaised: isFound } = lossOf(context, incident, startMs)
      if (ratio === null && !isFound) {
        held.delete(id)
        return { isHeld: isEarly, begins: null }
      }
      const begins = held.has(id) || isRestored ? null : ratio
      held.add(id)
      return { isHeld: true, begins }
    },
    isLossy: (incident) => held.has(incident),
    isHeldBy: (topology, incident, device) =>
      held.has(incident.id) && device !== null && devicesOf(topology, incident).has(device),
    request: (context, recovering) => {
      const devices = new Set<DeviceId>()
      for (const { incident, upAgainAtMs } of recovering) {
        const { isEarly, measured } = lossOf(context, incident, upAgainAtMs)
        if (isEarly) for (const one of measured.slice(0, MAX_PROBED)) devices.add(one)
      }
      return [...devices]
    },
    forget: (open) => {
      for (const ids of [held, fromMs, restored])
        for (const id of [...ids.keys()]) if (!open.has(id)) ids.delete(id)
    },
  }
}
