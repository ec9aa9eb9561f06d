/**
 * What faults of the network explain of the alerts of rules: those of open incidents, and of
 * incidents that closed a while ago. A rule that counts changes counts those of an outage too, so
 * each change is looked up by its own time. Pure.
 */
import type { Component } from "../../../api/incidents.ts"
import type { IncidentId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import type { Incident } from "../model.ts"
import { type AlertView, portAlert } from "./alert-view.ts"
import { failureDomain } from "./reachability.ts"
import { GRACE_MS } from "./recovery.ts"

/** Reports of a change may carry the time of a router whose clock is a little ahead. */
const LEAD_MS = 5_000
/** A session over several hops ends when its hold time is over: 180 s for BGP. */
export const CONVERGENCE_MS = 200_000
/** Closed incidents are kept for as long as a rule usually counts changes. */
export const EXPLAINS_FOR_MS = 3_600_000

type Interval = { readonly fromMs: number; readonly untilMs: number | null }
const holds = (
  { fromMs, untilMs }: Interval,
  atMs: number,
  [before, after]: readonly [number, number],
): boolean => atMs >= fromMs - before && (untilMs === null || atMs <= untilMs + after)

/** What an incident says has failed or is out of reach, and when. */
type Extent = {
  readonly incident: Incident
  readonly topology: Topology
  readonly whole: Interval
  readonly components: ReadonlySet<string>
  readonly devices: ReadonlyMap<string, readonly Interval[]>
  readonly links: ReadonlySet<string>
  /** Links whose ports went down in it, also if its cause is another one by now. */
  readonly ports: ReadonlyMap<string, readonly Interval[]>
  /** Ends of these links: what they report is about the fault. */
  readonly ends: ReadonlySet<string>
  /** When something began or ended: routes and sessions elsewhere move then. Ascending, apart. */
  readonly steps: readonly Interval[]
}

const stepsOf = (whole: Interval, { symptoms }: Incident): readonly Interval[] => {
  const times = [whole.fromMs, whole.untilMs]
  for (const { sinceMs, untilMs, observes } of symptoms.values())
    if (observes !== null) times.push(sinceMs, untilMs)
  const steps: { fromMs: number; untilMs: number }[] = []
  for (const fromMs of times.filter((atMs) => atMs !== null).toSorted((a, b) => a - b)) {
    const last = steps.at(-1)
    if (last !== undefined && fromMs - LEAD_MS <= last.untilMs)
      last.untilMs = fromMs + CONVERGENCE_MS
    else steps.push({ fromMs, untilMs: fromMs + CONVERGENCE_MS })
  }
  return steps
}

/** The devices that a component takes with it. */
const devicesOf = (topology: Topology, id: string): readonly string[] =>
  topology.agents.has(id)
    ? [...topology.devices.values()].flatMap((one) => (one.agentId === id ? [one.id] : []))
    : failureDomain(topology, id).filter((one) => topology.devices.has(one))

const addInterval = (to: Map<string, Interval[]>, id: string, interval: Interval): void => {
  const known = to.get(id)
  if (known === undefined) to.set(id, [interval])
  else known.push(interval)
}

const devicesIn = (
  topology: Topology,
  { symptoms, closedAtMs }: Incident,
  components: ReadonlySet<string>,
  whole: Interval,
): ReadonlyMap<string, readonly Interval[]> => {
  const devices = new Map<string, Interval[]>()
  for (const id of components)
    for (const one of devicesOf(topology, id)) addInterval(devices, one, whole)
  for (const { observes, deviceId, sinceMs, untilMs } of symptoms.values())
    if (observes === "device" && deviceId !== null)
      addInterval(devices, deviceId, { fromMs: sinceMs, untilMs: untilMs ?? closedAtMs })
  return devices
}

/** When the fault was over; its incident may stay open for what is lost since. */
const overAtMs = ({ closedAtMs, symptoms }: Incident): number | null => {
  if (closedAtMs !== null) return closedAtMs
  let overMs: number | null = null
  for (const { observes, untilMs } of symptoms.values()) {
    if (observes === null) continue
    if (untilMs === null) return null
    overMs = Math.max(overMs ?? 0, untilMs)
  }
  return overMs
}

/** A merged incident, or one that goes on with less, no longer names all that was down in it. */
const portsIn = (
  topology: Topology,
  view: AlertView,
  { symptoms, closedAtMs }: Incident,
): ReadonlyMap<string, readonly Interval[]> => {
  const ports = new Map<string, Interval[]>()
  for (const { alertId, observes, deviceId, sinceMs, untilMs } of symptoms.values()) {
    if (observes !== "link") continue
    const link = (topology.linksAt.get(deviceId ?? "") ?? []).find(({ a, b }) =>
      [a, b].some((end) => portAlert(view, end)?.id === alertId),
    )
    if (link !== undefined)
      addInterval(ports, link.id, { fromMs: sinceMs, untilMs: untilMs ?? closedAtMs })
  }
  return ports
}

const extentOf = (topology: Topology, view: AlertView, incident: Incident): Extent => {
  const { causes, alternatives, symptoms, openedAtMs } = incident
  const components = new Set([...causes, ...alternatives].map(({ id }) => id))
  const began = [...symptoms.values()].map(({ sinceMs }) => sinceMs)
  const whole = { fromMs: Math.min(openedAtMs, ...began), untilMs: overAtMs(incident) }
  const devices = devicesIn(topology, incident, components, whole)
  const links = new Set([...components].filter((id) => topology.links.has(id)))
  for (const device of devices.keys())
    for (const { id } of topology.linksAt.get(device) ?? []) links.add(id)
  const ends = new Set<string>()
  for (const id of links) {
    const link = topology.links.get(id)
    if (link !== undefined) ends.add(link.a.deviceId).add(link.b.deviceId)
  }
  const steps = stepsOf(whole, incident)
  const ports = portsIn(topology, view, incident)
  return { incident, topology, whole, components, devices, links, ports, ends, steps }
}

const CHANGE = [LEAD_MS, GRACE_MS] as const
/** Whether the fault explains that something changed at this component then. */
const explainsChange = (
  { whole, components, devices, links, ends, steps }: Extent,
  { id, kind }: Component,
  atMs: number,
): boolean => {
  if (components.has(id) && holds(whole, atMs, CHANGE)) return true
  if (kind === "link") return links.has(id) && holds(whole, atMs, CHANGE)
  if (ends.has(id) && holds(whole, atMs, [LEAD_MS, CONVERGENCE_MS])) return true
  return (
    devices.get(id)?.some((one) => holds(one, atMs, CHANGE)) === true ||
    steps.some((one) => holds(one, atMs, [LEAD_MS, 0]))
  )
}

/** Whether the fault explains what is measured at this component now. */
const explainsSymptom = (
  topology: Topology,
  { whole, components, devices, links, ports }: Extent,
  { id }: Component,
  { deviceId, observedAtMs }: AlertNow,
  nowMs: number,
  graceMs: number,
): boolean => {
  // What was measured before the end, or while routes come back, says nothing about after it.
  const isNow = ({ untilMs }: Interval): boolean =>
    untilMs === null || nowMs < untilMs + graceMs || (observedAtMs ?? 0) <= untilMs + GRACE_MS
  const site = topology.devices.get(deviceId ?? "")?.siteId ?? ""
  if (components.has(id) || components.has(deviceId ?? "") || components.has(site) || links.has(id))
    return isNow(whole)
  if (ports.get(id)?.some(isNow) === true) return true
  return devices.get(deviceId ?? "")?.some(isNow) === true
}

export type Explained = {
  /** Takes the network's open incidents; one that is gone has closed. */
  readonly update: (
    topology: Topology,
    view: AlertView,
    open: Iterable<Incident>,
    nowMs: number,
  ) => void
  /** After a restart: incidents that closed before it. */
  readonly restore: (closed: readonly Incident[]) => void
  /** One that this review has closed. */
  readonly closed: (incident: Incident) => void
  /**
   * The incident that explains an alert of a rule now; open ones first. `graceMs`: how long after its
   * end what it has caused may last.
   */
  readonly by: (
    alert: AlertNow,
    component: Component,
    nowMs: number,
    graceMs?: number,
  ) => Incident | undefined
}

export const createExplained = (): Explained => {
  const extents = new Map<IncidentId, Extent>()
  let restored: readonly Incident[] = []
  let topology: Topology | null = null
  let view: AlertView | null = null
  const put = (incident: Incident): void => {
    const known = extents.get(incident.id)
    if (topology === null || view === null) return
    if (known?.incident !== incident || known.topology !== topology)
      extents.set(incident.id, extentOf(topology, view, incident))
  }
  const byChanges = (
    { count, overMs, atMs: times }: NonNullable<NonNullable<AlertNow["rule"]>["counted"]>,
    component: Component,
    nowMs: number,
  ): Incident | undefined => {
    let left = 0
    let latest: Incident | undefined
    for (const atMs of times) {
      if (atMs <= nowMs - overMs) continue
      const one = extents.values().find((extent) => explainsChange(extent, component, atMs))
      if (one === undefined) left += 1
      else latest = one.incident
    }
    return left < count ? latest : undefined
  }
  return {
    restore: (closed) => {
      restored = closed
    },
    update: (now, alerts, open, nowMs) => {
      view = alerts
      if (topology !== now) {
        topology = now
        for (const { incident } of [...extents.values()]) put(incident)
      }
      for (const incident of restored) put(incident)
      restored = []
      const ids = new Set<IncidentId>()
      for (const incident of open) {
        put(incident)
        ids.add(incident.id)
      }
      for (const [id, { whole }] of extents)
        if (whole.untilMs === null ? !ids.has(id) : nowMs - whole.untilMs > EXPLAINS_FOR_MS)
          extents.delete(id)
    },
    closed: put,
    by: (alert, component, nowMs, graceMs = GRACE_MS) => {
      const now = topology
      if (now === null) return undefined
      const counted = alert.rule?.counted ?? null
      const found = [...extents.values()].filter(
        (extent) =>
          (counted === null || extent.components.has(component.id)) &&
          explainsSymptom(now, extent, component, alert, nowMs, graceMs),
      )
      const open = found.find(({ whole }) => whole.untilMs === null) ?? found[0]
      if (open !== undefined) return open.incident
      return counted === null ? undefined : byChanges(counted, component, nowMs)
    },
  }
}
