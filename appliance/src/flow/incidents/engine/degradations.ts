/**
 * Which link or device explains loss, delay and what interfaces show: alerts of rules in groups, one
 * for each cause. What root-cause analysis has found down is out of the paths. Pure.
 */
import {
  type Degradation,
  type DegradationAnswer,
  type DegradationHypothesis,
  type InterfaceObservation,
  type PathObservation,
  solveDegradations,
} from "@ispvm/rca"
import type { Component, Hypothesis } from "../../../api/incidents.ts"
import type { AlertId, DeviceId } from "../../../platform/ids.ts"
import type { AlertNow, PathQuality, Topology } from "../../alerts/alerts.ts"
import { type AlertView, linkOfPort, portAlert, reachAlert } from "./alert-view.ts"
import { component } from "./groups.ts"
import { buildNetwork, realComponent } from "./observe.ts"
import { failureDomain } from "./reachability.ts"

/** Probes go on, and figures change with each: so often the cause is looked for again. */
const INTERVAL_MS = 5_000
/** Another cause has to be likelier by this much to replace the stated one. */
const MIN_ADVANTAGE = 0.1
const RECHECK_BELOW = 0.9
const REQUEST_INTERVAL_MS = 10_000

export type DegradedPath = { readonly deviceId: DeviceId } & PathQuality
/** One cause, and the alerts that it explains. */
export type DegradationGroup = {
  readonly cause: Component
  readonly alternatives: readonly Component[]
  readonly fault: Degradation
  readonly confidence: number
  readonly hypotheses: readonly Hypothesis[]
  readonly alerts: readonly AlertId[]
  /** Paths that take it and are affected, and how many others are fine. */
  readonly affected: readonly DegradedPath[]
  readonly unaffected: number
}
export type Degradations = {
  readonly update: (
    topology: Topology,
    view: AlertView,
    alerts: readonly AlertNow[],
    down: readonly Component[],
    stated: ReadonlySet<string>,
    nowMs: number,
  ) => readonly DegradationGroup[]
  /** Devices to probe, because they would decide between causes. */
  readonly request: (topology: Topology, nowMs: number) => readonly DeviceId[]
}

const LINK_SIGNALS = ["errors", "drops", "load", "optics"] as const
type Symptom = NonNullable<NonNullable<AlertNow["rule"]>["symptom"]>
const signalOf = (symptom: Symptom): InterfaceObservation["signal"] | undefined =>
  LINK_SIGNALS.find((one) => one === symptom)

/** Ports that are read show what is not wrong with them, too. */
const interfacesOf = (
  topology: Topology,
  view: AlertView,
  alerts: readonly AlertNow[],
): InterfaceObservation[] => {
  const bad = new Set<string>()
  const observed: InterfaceObservation[] = []
  for (const alert of alerts) {
    const link = linkOfPort(topology, alert)
    const signal = signalOf(alert.rule?.symptom ?? "loss")
    if (link === undefined || signal === undefined) continue
    bad.add(`${alert.deviceId} ${alert.interface} ${signal}`)
    observed.push({ link: link.id, signal, isBad: true })
  }
  for (const link of topology.links.values())
    for (const end of [link.a, link.b]) {
      if (portAlert(view, end)?.state.phase !== "ok") continue
      for (const signal of ["errors", "load"] as const)
        if (!bad.has(`${end.deviceId} ${end.interface} ${signal}`))
          observed.push({ link: link.id, signal, isBad: false })
    }
  return observed
}

const pathsOf = (
  topology: Topology,
  view: AlertView,
  network: ReturnType<typeof buildNetwork>,
  nowMs: number,
): { readonly observed: PathObservation[]; readonly paths: readonly DegradedPath[] } => {
  const paths = [...topology.devices.values()].flatMap((device): DegradedPath[] => {
    const found = view.path?.(device.id, nowMs) ?? null
    const isUp = reachAlert(view, device.id)?.state.phase !== "down"
    return found === null || !isUp ? [] : [{ deviceId: device.id, ...found }]
  })
  const fromOf = new Map<string, string>()
  const vantages = new Set(network.vantages)
  for (const { id, deviceId } of topology.agents.values()) {
    const from = [deviceId ?? "", `agent:${id}`].find((one) => vantages.has(one))
    if (from !== undefined) fromOf.set(id, from)
  }
  const observed = paths.flatMap(({ deviceId, ...quality }) => {
    const from = fromOf.get(topology.devices.get(deviceId)?.agentId ?? "")
    return from === undefined ? [] : [{ from, to: deviceId, ...quality }]
  })
  return { observed, paths }
}

const overlap = ({ faults }: DegradationHypothesis, stated: ReadonlySet<string>): number =>
  faults.filter(({ id, equivalents }) => [id, ...equivalents].some((one) => stated.has(one))).length

/** The best; among nearly equal ones, the one that keeps most stated causes. */
const chosen = (
  { hypotheses }: DegradationAnswer,
  stated: ReadonlySet<string>,
): DegradationHypothesis | undefined => {
  const [best] = hypotheses
  return hypotheses
    .filter((one) => (best?.probability ?? 0) - one.probability < MIN_ADVANTAGE)
    .toSorted((one, other) => overlap(other, stated) - overlap(one, stated))[0]
}

const isAffected = ({ sent, lost, delayMs }: PathQuality, fault: Degradation): boolean =>
  (fault.lossRatio > 0 && lost / sent > fault.lossRatio / 3) ||
  (fault.delayMs > 0 && (delayMs ?? 0) > fault.delayMs / 3)

/** Whether the fault explains the alert. */
const explains = (topology: Topology, fault: Degradation, alert: AlertNow): boolean => {
  const link = linkOfPort(topology, alert)
  if (alert.interface !== null)
    return (
      link !== undefined &&
      [link.id, link.a.deviceId, link.b.deviceId].some((id: string) => id === fault.id)
    )
  return fault.affected.includes(alert.deviceId ?? "")
}

const groupOf = (
  topology: Topology,
  answer: DegradationAnswer,
  hypothesis: DegradationHypothesis,
  fault: Degradation,
  paths: readonly DegradedPath[],
): Omit<DegradationGroup, "alerts"> | null => {
  const real = (id: string): Component | null => component(topology, realComponent(topology, id))
  const cause = real(fault.id)
  if (cause === null) return null
  const names = (ids: readonly string[]): Component[] =>
    ids.flatMap((id) => real(id) ?? []).filter(({ id }) => id !== cause.id)
  const has = ({ faults }: DegradationHypothesis): boolean =>
    faults.some(({ id, equivalents }) => id === fault.id || equivalents.includes(fault.id))
  const confidence = answer.hypotheses.reduce(
    (sum, one) => (has(one) ? sum + one.probability : sum),
    0,
  )
  const others = answer.hypotheses
    .filter((one) => one !== hypothesis && !has(one) && one.probability >= 0.001)
    .slice(0, 4)
    .map(({ faults, probability }) => ({
      components: faults.flatMap(({ id }) => real(id) ?? []),
      probability: Math.round(probability * 1_000) / 1_000,
      equivalents: faults.map(({ equivalents }) => names(equivalents)),
    }))
  const rounded = Math.round(Math.min(1, confidence) * 1_000) / 1_000
  const alternatives = names(fault.equivalents)
  const takes = new Set(fault.affected)
  return {
    cause,
    alternatives,
    fault,
    confidence: rounded,
    hypotheses: [
      { components: [cause], probability: rounded, equivalents: [alternatives] },
      ...others.filter(({ components }) => components.length > 0),
    ],
    affected: paths.filter((path) => takes.has(path.deviceId) && isAffected(path, fault)),
    unaffected: paths.filter((path) => !takes.has(path.deviceId) && path.lost / path.sent < 0.02)
      .length,
  }
}

export const createDegradations = (): Degradations => {
  let last: { readonly key: string; readonly atMs: number; readonly topology: Topology } | null =
    null
  let groups: readonly DegradationGroup[] = []
  let decisive: readonly DeviceId[] = []
  let requestedAtMs = Number.NEGATIVE_INFINITY
  return {
    update: (topology, view, alerts, down, stated, nowMs) => {
      const own = alerts.filter(({ rule }) => rule?.symptom != null)
      if (own.length === 0) {
        last = null
        groups = []
        decisive = []
        return groups
      }
      const failed = down.flatMap(({ id }) => failureDomain(topology, id))
      const key = [...own.map(({ id, state }) => `${id} ${state.phase}`).sort(), ...failed].join()
      const isFresh = last !== null && nowMs >= last.atMs && nowMs - last.atMs < INTERVAL_MS
      if (last?.key === key && last.topology === topology && isFresh) return groups
      last = { key, atMs: nowMs, topology }
      const network = buildNetwork(topology)
      const { observed, paths } = pathsOf(topology, view, network, nowMs)
      const answer = solveDegradations({
        ...network,
        failed,
        paths: observed,
        interfaces: interfacesOf(topology, view, own),
      })
      const hypothesis = chosen(answer, stated)
      const left = new Set(own)
      const found = (hypothesis?.faults ?? [])
        // What is nearer to the alert takes it: a fault with fewer paths says more of each.
        .toSorted((one, other) => one.affected.length - other.affected.length)
        .flatMap((fault): DegradationGroup[] => {
          const made = hypothesis && groupOf(topology, answer, hypothesis, fault, paths)
          const mine = [...left].filter((alert) => explains(topology, fault, alert))
          if (made == null || mine.length === 0) return []
          for (const alert of mine) left.delete(alert)
          return [{ ...made, alerts: mine.map(({ id }) => id) }]
        })
      groups = found
      decisive = found.some(({ confidence }) => confidence < RECHECK_BELOW)
        ? answer.recheck.flatMap(({ entity, signal, end }) => {
            const device = topology.devices.get(signal === "reachable" ? entity : (end ?? ""))
            return device?.agentId == null ? [] : [device.id]
          })
        : []
      return groups
    },
    request: (topology, nowMs) => {
      if (decisive.length === 0 || nowMs - requestedAtMs < REQUEST_INTERVAL_MS) return []
      requestedAtMs = nowMs
      return decisive.filter((id) => topology.devices.has(id))
    },
  }
}
