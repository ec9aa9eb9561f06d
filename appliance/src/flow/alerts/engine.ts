/**
 * All alerts of one organisation, in memory: observations in, transitions out. Uses no database,
 * clock or socket, so that tests can play whole histories through it. The caller stores the
 * transitions. What an alert is about and when it changes is up to its kind (`kinds/kind.ts`).
 */
import type { AgentId, AlertId, DeviceId, OrgId } from "../../platform/ids.ts"
import { createAlertTable } from "./alert-table.ts"
import { createCatchUp } from "./catch-up.ts"
import { type Evaluation, isCatchingUp, type Run } from "./evaluation.ts"
import type { AlertKind } from "./kinds/kind.ts"
import { KINDS } from "./kinds/kinds.ts"
import type {
  AlertInput,
  AlertNow,
  LossSince,
  ObservedComponent,
  PathQuality,
  StoredAlert,
  Topology,
  Transition,
} from "./model.ts"
import { applyInput, applySender, createSkews } from "./observations.ts"
import type { RuleSet } from "./rules/compile.ts"
import type { BaselineOf } from "./rules/condition.ts"
import { createRuleRunner, type RuleRunner } from "./rules/runner.ts"
import { isProblem, type Kind } from "./state-machine.ts"
import { applyTopology, restoreAlerts } from "./subjects.ts"
import { evaluateTimers, maxSinceSeenMs, resetLastSeen } from "./timers.ts"
import { buildTopology } from "./topology.ts"

export type { AlertInput, AlertNow, Transition } from "./model.ts"

export type AlertEngineDeps = {
  readonly org: OrgId
  readonly newId: () => AlertId
  /** In the order of evaluation. */
  readonly kinds?: readonly AlertKind[]
  readonly rules?: RuleSet | undefined
  readonly baseline?: BaselineOf | undefined
}
/** All times are epoch ms of the appliance's clock. */
export type AlertEngine = {
  readonly restore: (rows: readonly StoredAlert[], nowMs: number) => void
  /**
   * After a restart agents deliver what they measured meanwhile. Until they have caught up, their
   * observations count however old they are, in the order of their times.
   */
  readonly isCatchingUp: (nowMs: number) => boolean
  readonly updateTopology: (topology: Topology, nowMs: number) => Transition[]
  readonly observe: (input: AlertInput, nowMs: number) => Transition[]
  readonly markAgentSeen: (agent: AgentId, nowMs: number) => Transition[]
  readonly evaluateTimers: (nowMs: number) => Transition[]
  /** Nothing could be received until now: silence counts from here. */
  readonly resetLastSeen: (nowMs: number) => void
  /** How long the sender whose silence counts next has been silent, scaled to agents. */
  readonly maxSinceSeenMs: (nowMs: number) => number
  readonly of: (kind: Kind, entity: string) => AlertNow | undefined
  /** The alert that observes this component: of a link, by the entity of an interface. */
  readonly observing: (component: ObservedComponent, entity: string) => AlertNow | undefined
  readonly all: () => Iterable<AlertNow>
  /** The figure that the kind shows for this alert; null: none. */
  readonly figure: (kind: Kind, entity: string) => number | null
  /** Probes of a device in the last minute; null: not known. */
  readonly path: (device: DeviceId, nowMs: number) => PathQuality | null
  /** Null: no rule opens an incident for lost probes of this device. */
  readonly lossSince: (device: DeviceId, fromMs: number, nowMs: number) => LossSince | null
  /** Whether a probed service answered an agent lately; null: not known. */
  readonly service: (device: DeviceId, series: string, nowMs: number) => boolean | null
  readonly hasProblems: () => boolean
  readonly stale: () => number
  /** Evaluates other rules from now on; alerts of rules that are the same go on. */
  readonly swapRules: (rules: RuleSet, nowMs: number) => Transition[]
  /** Null: there are none. */
  readonly rules: () => RuleRunner | null
}

const hasProblems = (alerts: Iterable<AlertNow>): boolean => {
  for (const { state, rule } of alerts) if (rule === undefined && isProblem(state)) return true
  return false
}

export const createAlertEngine = ({
  org,
  newId,
  kinds = KINDS,
  rules,
  baseline,
}: AlertEngineDeps): AlertEngine => {
  const table = createAlertTable()
  const evaluation: Evaluation = {
    org,
    kinds,
    table,
    rules: null,
    catchUp: createCatchUp(),
    topology: buildTopology([], [], [], []),
    evaluatedAtMs: null,
    restoredAtMs: null,
    staleReadings: 0,
  }
  const createRunner = (set: RuleSet): RuleRunner =>
    createRuleRunner(
      { org, rules: set, ...(baseline === undefined ? {} : { baseline }) },
      evaluation.topology,
    )
  if (rules !== undefined) evaluation.rules = createRunner(rules)
  const skewOf = createSkews(evaluation)
  const kindOf = new Map(kinds.map((kind) => [kind.id, kind]))
  const idsOf = (component: ObservedComponent): readonly Kind[] =>
    kinds.flatMap(({ id, observes }) => (observes === component ? [id] : []))
  const observers = { device: idsOf("device"), link: idsOf("link"), agent: idsOf("agent") }
  const run = (nowMs: number, apply: (run: Run) => void): Transition[] => {
    const out: Transition[] = []
    apply({ evaluation, nowMs, out })
    return out
  }
  return {
    restore: (rows, nowMs) => {
      evaluation.restoredAtMs = nowMs
      if (rows.length > 0) evaluation.catchUp.begin(nowMs)
      restoreAlerts(evaluation, rows, nowMs)
    },
    isCatchingUp: (nowMs) => isCatchingUp(evaluation, nowMs),
    updateTopology: (next, nowMs) => run(nowMs, (one) => applyTopology(one, next, newId)),
    observe: (input, nowMs) => run(nowMs, (one) => applyInput(one, skewOf, input)),
    markAgentSeen: (agent, nowMs) => run(nowMs, (one) => applySender(one, { agent, router: null })),
    evaluateTimers: (nowMs) => run(nowMs, evaluateTimers),
    resetLastSeen: (nowMs) => resetLastSeen(evaluation, nowMs),
    maxSinceSeenMs: (nowMs) => maxSinceSeenMs(evaluation, nowMs),
    of: table.get,
    observing: (component, entity) => {
      for (const id of observers[component]) {
        const alert = table.get(id, entity)
        if (alert !== undefined) return alert
      }
      return undefined
    },
    all: table.all,
    figure: (kind, entity) => {
      const alert = table.get(kind, entity)
      return alert === undefined ? null : (kindOf.get(kind)?.figure?.(alert) ?? null)
    },
    path: (device, nowMs) => evaluation.rules?.path(device, nowMs) ?? null,
    lossSince: (device, fromMs, nowMs) =>
      evaluation.rules?.lossSince(device, fromMs, nowMs) ?? null,
    service: (device, series, nowMs) => evaluation.rules?.service(device, series, nowMs) ?? null,
    hasProblems: () => hasProblems(table.all()),
    stale: () => evaluation.staleReadings,
    swapRules: (next, nowMs) =>
      run(nowMs, (one) => {
        if (evaluation.rules === null) evaluation.rules = createRunner(next)
        else evaluation.rules.swap(one, next)
      }),
    rules: () => evaluation.rules,
  }
}
