/**
 * Which link or device explains loss, delay and what interfaces show: alerts of rules in groups, one
 * for each cause. What root-cause analysis has found down is out of the paths. Pure.
 */
import {
  type Degradation,
  type DegradationAnswer,
  type DegradationHypothesis,
  type DegradationInput,
  type InterfaceObservation,
  type PathObservation,
  solveDegradations,
} from "@ispvm/rca"
import type { Component, Hypothesis } from "../../../api/incidents.ts"
import type { AlertId, DeviceId } from "../../../platform/ids.ts"
import type { AlertNow, PathQuality, Topology } from "../../alerts/alerts.ts"
import type { OwnSolvers } from "../solver/model.ts"
import { createDegradationRequests } from "../solver/requests.ts"
import { type AlertView, linkOfPort, portAlert, reachAlert } from "./alert-view.ts"
import { component } from "./component.ts"
import {
  type DegradationNetwork,
  degradationNetwork,
  namedComponent,
} from "./degradation-network.ts"
import { failureDomain } from "./reachability.ts"

/** Probes go on, and figures change with each: so often the cause is looked for again. */
const INTERVAL_MS = 5_000
/** One answer takes time in proportion to the network: in a large one it is looked for less often. */
const INTERVAL_OF_ELEMENT_MS = 3
/** Many alerts arrive one after the other: together they are evaluated after this share of it. */
const MIN_SHARE = 0.25
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
  /** Whether the alert came after the last look, and waits for the next one. */
  readonly isWaiting: (alert: AlertId) => boolean
  /** Devices to probe, because they would decide between causes. */
  readonly request: (topology: Topology, nowMs: number) => readonly DeviceId[]
}

const LINK_SIGNALS = ["errors", "drops", "load", "optics"] as const
type Symptom = NonNullable<NonNullable<AlertNow["rule"]>["symptom"]>
/** A processor without time makes its own device answer late, and may drop what others send. */
const isStrained = ({ rule, state: { phase } }: AlertNow): boolean =>
  rule?.symptom === "processor" && phase !== "ok" && phase !== "unknown"
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
  network: DegradationNetwork,
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
    const from = [`agent:${id}`, deviceId ?? ""].find((one) => vantages.has(one))
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
  if (alert.rule?.symptom === "processor") return alert.deviceId === fault.id
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
  const takes = new Set<string>(fault.affected)
  const isAllOf = (agent: string): boolean =>
    paths.every(
      ({ deviceId }) => topology.devices.get(deviceId)?.agentId !== agent || takes.has(deviceId),
    )
  const real = (id: string): Component | null =>
    component(topology, namedComponent(topology, id, isAllOf))
  const cause = real(fault.id)
  if (cause === null) return null
  const names = (ids: readonly string[]): Component[] =>
    [...new Map(ids.flatMap((id) => real(id) ?? []).map((one) => [one.id, one])).values()].filter(
      ({ id }) => id !== cause.id,
    )
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

/** Of the last answer, what is about alerts that are still met. */
const stillMet = (
  groups: readonly DegradationGroup[],
  own: readonly AlertNow[],
): readonly DegradationGroup[] => {
  const ids = new Set(own.map(({ id }) => id))
  return groups.flatMap((group) => {
    const alerts = group.alerts.filter((id) => ids.has(id))
    return alerts.length === 0
      ? []
      : [alerts.length === group.alerts.length ? group : { ...group, alerts }]
  })
}

/** What a localization found, and devices whose probes would decide. */
type Located = {
  readonly groups: readonly DegradationGroup[]
  readonly decisive: readonly DeviceId[]
}
type Localization = {
  readonly key: string
  readonly atMs: number
  readonly topology: Topology
}

type Question = {
  readonly input: DegradationInput
  /** Groups of the likeliest hypothesis. */
  readonly read: (answer: DegradationAnswer) => Located
}
const ask = (
  topology: Topology,
  view: AlertView,
  network: DegradationNetwork,
  own: readonly AlertNow[],
  failed: readonly string[],
  stated: ReadonlySet<string>,
  nowMs: number,
): Question => {
  const { observed, paths } = pathsOf(topology, view, network, nowMs)
  const input = {
    ...network,
    failed,
    paths: observed,
    interfaces: interfacesOf(topology, view, own),
    strained: [...view.all()].flatMap((one) => (isStrained(one) ? (one.deviceId ?? []) : [])),
  }
  return { input, read: (answer) => locate(topology, own, stated, paths, answer) }
}
const locate = (
  topology: Topology,
  own: readonly AlertNow[],
  stated: ReadonlySet<string>,
  paths: readonly DegradedPath[],
  answer: DegradationAnswer,
): Located => {
  const hypothesis = chosen(answer, stated)
  const left = new Set(own)
  const groups = (hypothesis?.faults ?? [])
    // What is nearer to the alert takes it: a fault with fewer paths says more of each.
    .toSorted((one, other) => one.affected.length - other.affected.length)
    .flatMap((fault): DegradationGroup[] => {
      const made = hypothesis && groupOf(topology, answer, hypothesis, fault, paths)
      const mine = [...left].filter((alert) => explains(topology, fault, alert))
      if (made == null || mine.every(({ rule }) => rule?.symptom === "processor")) return []
      for (const alert of mine) left.delete(alert)
      return [{ ...made, alerts: mine.map(({ id }) => id) }]
    })
  const decisive = groups.some(({ confidence }) => confidence < RECHECK_BELOW)
    ? answer.recheck.flatMap(({ entity, signal, end }) => {
        const device = topology.devices.get(signal === "reachable" ? entity : (end ?? ""))
        return device?.agentId == null ? [] : [device.id]
      })
    : []
  return { groups, decisive }
}

/** With fewer nodes and links, a thread takes longer than the answer. */
const MIN_THREADED = 500

/** `solvers` null: everything is solved in the review itself. */
export const createDegradations = (
  solvers: OwnSolvers | null = null,
  minThreaded = MIN_THREADED,
): Degradations => {
  const requests = createDegradationRequests(solvers?.owner ?? "")
  let last: Localization | null = null
  let network: { readonly of: Topology; readonly value: DegradationNetwork } | null = null
  let groups: readonly DegradationGroup[] = []
  let decisive: readonly DeviceId[] = []
  let met: ReadonlySet<AlertId> = new Set()
  let requestedAtMs = Number.NEGATIVE_INFINITY
  /** The alerts that the last answer takes into account. */
  let answered: ReadonlySet<AlertId> = new Set()
  const take = (located: Located, alerts: ReadonlySet<AlertId>): void => {
    groups = located.groups
    decisive = located.decisive
    answered = alerts
  }
  /** What holds until the thread has answered is what it answered before. */
  const solve = ({ input, read }: Question, alerts: ReadonlySet<AlertId>): void => {
    if (solvers === null || input.nodes.length + input.links.length < minThreaded) {
      take(read(solveDegradations(input)), alerts)
      return
    }
    const { owner, degradations, onError } = solvers
    const { nodes, links, vantages, ...observed } = input
    const plan = () => ({ nodes, links, vantages, groups: [] })
    void degradations(owner, (generation) =>
      requests.build(nodes, generation, plan, observed),
    ).then(
      (answer) => {
        if (answer !== null && last !== null) take(read(answer), alerts)
      },
      (error: unknown) => {
        // Nothing groups them: each opens an incident of its own.
        answered = alerts
        requests.reset()
        onError(error)
      },
    )
  }
  return {
    update: (topology, view, alerts, down, stated, nowMs) => {
      const own = alerts.filter(({ rule }) => rule?.symptom != null)
      met = new Set(own.map(({ id }) => id))
      if (own.every(({ rule }) => rule?.symptom === "processor")) {
        last = null
        take({ groups: [], decisive: [] }, new Set())
        met = new Set()
        return groups
      }
      if (network?.of !== topology) network = { of: topology, value: degradationNetwork(topology) }
      const { nodes, links, vantages } = network.value
      const size = (nodes.length + links.length) * vantages.length
      const intervalMs = Math.max(INTERVAL_MS, INTERVAL_OF_ELEMENT_MS * size)
      const failed = down.flatMap(({ id }) => failureDomain(topology, id))
      const key = [...own.map(({ id, state }) => `${id} ${state.phase}`).sort(), ...failed].join()
      const isSame = last?.key === key && last.topology === topology
      const waitMs = isSame ? intervalMs : MIN_SHARE * intervalMs
      if (last !== null && nowMs >= last.atMs && nowMs - last.atMs < waitMs)
        return stillMet(groups, own)
      last = { key, atMs: nowMs, topology }
      solve(ask(topology, view, network.value, own, failed, stated, nowMs), met)
      return stillMet(groups, own)
    },
    isWaiting: (alert) => last !== null && met.has(alert) && !answered.has(alert),
    request: (topology, nowMs) => {
      if (decisive.length === 0 || nowMs - requestedAtMs < REQUEST_INTERVAL_MS) return []
      requestedAtMs = nowMs
      return decisive.filter((id) => topology.devices.has(id))
    },
  }
}
