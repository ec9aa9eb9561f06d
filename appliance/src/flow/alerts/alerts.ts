/** Alerts of one organisation, as the pipeline uses them: the engine, and what it must store. */
import { randomUUID } from "node:crypto"
import type { Intervals } from "@ispvm/wire"
import { DEFAULT_INTERVALS } from "@ispvm/wire/collectors"
import { AlertId, type DeviceId, type OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { Accepted } from "../ingest/model.ts"
import { type AlertEngine, createAlertEngine } from "./engine.ts"
import { deviceUnreachable } from "./kinds/device-unreachable.ts"
import { KINDS } from "./kinds/kinds.ts"
import { createLinkCosts, type ReadCosts } from "./link-costs.ts"
import type { AlertNow, StoredAlert, Topology, Transition } from "./model.ts"
import { loadRuleSet } from "./rules/alert-rules.ts"
import { createBaselines, type ReadUsual } from "./rules/baselines.ts"
import type { RuleSet } from "./rules/compile.ts"
import { createSessions, type Peer, peerOf, type ReadSessions, type Session } from "./sessions.ts"
import {
  isDatabaseUp,
  loadAlerts,
  loadTopology,
  pruneEnded,
  pruneTransitions,
  renameAlerts,
  saveAlerts,
} from "./store.ts"
import { buildTopology } from "./topology.ts"

export type { InterfaceCost } from "./link-costs.ts"
export type {
  AlertNow,
  LossSince,
  MonitoredAgent,
  MonitoredDevice,
  MonitoredEnd,
  MonitoredLink,
  MonitoredProbe,
  MonitoredSite,
  PathQuality,
  Topology,
  Transition,
} from "./model.ts"
export { createAlertRules } from "./rules/alert-rules.ts"
export type { RuleSet } from "./rules/compile.ts"
export { ruleRoutes } from "./rules/rule-routes.ts"
export { type RuleStats, sumOfRules } from "./rules/rule-stats.ts"
export {
  type KnownSessions,
  SESSION_PROTOCOLS,
  type SessionEnd,
  type SessionProtocol,
} from "./session-ends.ts"
export type { ReadSessions, Session } from "./sessions.ts"
export type { Kind, Phase, Reason } from "./state-machine.ts"

export type PollIntervals = (
  tx: Tx,
  org: OrgId,
) => Promise<Readonly<Pick<Intervals, "interfaceMs">>>
export type OrgAlerts = AlertEngine & {
  readonly topology: () => Topology
  /** Share of probes lost over the last minute; null: unknown. */
  readonly loss: (device: DeviceId) => number | null
  /** Reads the inventory again. */
  readonly reload: (nowMs: number) => Promise<Transition[]>
  /** Reads what is usual at this hour, if that was not read yet. */
  readonly loadBaselines: (nowMs: number) => Promise<void>
  /** The session that an alert of a rule is about; null: it is about something else. */
  readonly sessionOf: (alert: AlertNow) => Session | null
  /** The device at the other end of that session; null: it is not known, or not monitored. */
  readonly peerOf: (alert: AlertNow) => Peer | null
  /** Reads what routing pays for interfaces, now and then. */
  readonly loadCosts: (nowMs: number) => Promise<void>
  /** Reads what devices report of their sessions, if an alert is about one. */
  readonly loadSessions: (nowMs: number) => Promise<void>
  /** Transitions that `flush` will store. */
  readonly enqueue: (steps: readonly Transition[]) => void
  /** The batch with this mark has been evaluated; the mark is cleared with the resulting states. */
  readonly evaluated: (mark: number) => void
  /** Stores transitions and clears marks; after a failure, the next call tries again. */
  readonly flush: () => Promise<void>
}

/** A long outage of the database costs old transitions, not unlimited memory. */
const MAX_UNWRITTEN = 20_000
const KEEP_MS = 90 * 24 * 3_600_000

export type OpenOptions = {
  /** Deletes marks of evaluated batches, in the transaction that stores the states. */
  readonly clear?: (tx: Tx, org: OrgId, marks: readonly number[]) => Promise<void>
  readonly kinds?: typeof KINDS
  /** The longest intervals at which devices are read; the defaults if omitted. */
  readonly pollIntervals?: PollIntervals | undefined
  /** Those of the organisation if omitted. */
  readonly rules?: RuleSet | undefined
  /** Reads what is usual at an hour of the week; without it, no deviation is known. */
  readonly readUsual?: ReadUsual | undefined
  /** Reads what devices report of their sessions; without it, no session has another end. */
  readonly readSessions?: ReadSessions | undefined
  readonly readCosts?: ReadCosts | undefined
}

const newId = (): AlertId => AlertId.parse(randomUUID())
/** Loads the stored alerts; their phases hold until the next observation. */
export const openAlerts = async (
  db: Db,
  org: OrgId,
  nowMs: number,
  {
    clear = async () => undefined,
    kinds = KINDS,
    pollIntervals = async () => DEFAULT_INTERVALS,
    rules,
    readUsual = async () => null,
    readSessions = async () => ({ ends: [], addresses: [] }),
    readCosts = async () => [],
  }: OpenOptions = {},
): Promise<OrgAlerts> => {
  const ruleSet = rules ?? (await db.asOrg(org, (tx) => loadRuleSet(tx, org)))
  const baselines = createBaselines(org, readUsual)
  const sessions = createSessions(readSessions)
  const costs = createLinkCosts(readCosts)
  const engine = createAlertEngine({
    org,
    newId,
    kinds,
    rules: ruleSet,
    baseline: baselines.of,
  })
  let topology = buildTopology([], [], [], [])
  let unwritten: Transition[] = []
  let marks: number[] = []
  /** Alerts of rules whose memory has changed without a step. */
  const changed = new Map<AlertId, StoredAlert>()
  const enqueue = (steps: readonly Transition[]): void => {
    unwritten.push(...steps)
    if (unwritten.length > MAX_UNWRITTEN) unwritten = unwritten.slice(-MAX_UNWRITTEN)
  }
  engine.restore(await db.asOrg(org, (tx) => loadAlerts(tx, org, kinds)), nowMs)
  return {
    ...engine,
    topology: () => topology,
    loss: (device) => engine.figure(deviceUnreachable.id, device),
    reload: async (atMs) => {
      const read = await db.asOrg(org, async (tx) =>
        loadTopology(tx, org, (await pollIntervals(tx, org)).interfaceMs),
      )
      topology = { ...read, linkCosts: costs.now() }
      return engine.updateTopology(topology, atMs)
    },
    loadBaselines: async (atMs) => {
      const metrics = engine.rules()?.rules().baselines ?? new Set()
      if (baselines.isDue(metrics, atMs))
        await db.asOrg(org, (tx) => baselines.load(tx, metrics, atMs))
    },
    sessionOf: sessions.of,
    peerOf: (alert) => peerOf(topology, sessions.of(alert), alert.deviceId),
    loadCosts: async (atMs) => {
      if (costs.isDue(atMs) && (await db.asOrg(org, (tx) => costs.load(tx, org, atMs))))
        topology = { ...topology, linkCosts: costs.now() }
    },
    loadSessions: async (atMs) => {
      if (sessions.isDue(engine.all(), atMs))
        await db.asOrg(org, (tx) => sessions.load(tx, org, atMs))
    },
    enqueue,
    evaluated: (mark) => {
      marks.push(mark)
    },
    flush: async () => {
      const [steps, observed] = [unwritten, marks]
      for (const alert of engine.rules()?.drain() ?? []) changed.set(alert.id, alert)
      const alertsOnly = [...changed.values()]
      if (steps.length + observed.length + alertsOnly.length === 0) return
      unwritten = []
      changed.clear()
      marks = []
      try {
        await db.asOrg(org, async (tx) => {
          if (steps.length + alertsOnly.length > 0)
            await saveAlerts(tx, org, kinds, steps, alertsOnly)
          await clear(tx, org, observed)
        })
      } catch (error) {
        unwritten = [...steps, ...unwritten]
        marks = [...observed, ...marks]
        for (const alert of alertsOnly) if (!changed.has(alert.id)) changed.set(alert.id, alert)
        throw error
      }
    },
  }
}

/** Deletes steps, and alerts of rules that have ended, past their time; answers how many. */
export const pruneAlerts = (db: Db, org: OrgId, nowMs: number): Promise<number> =>
  db.asOrg(
    org,
    async (tx) =>
      (await pruneTransitions(tx, org, nowMs - KEEP_MS)) +
      (await pruneEnded(tx, org, nowMs - KEEP_MS)),
  )

/** Alerts stay with interfaces that were renamed; in the transaction of the batch. */
export const followRenames = (tx: Tx, { org, renamed = [] }: Accepted): Promise<void> =>
  renameAlerts(tx, org, renamed)

/** A slower answer counts as none, because agents would wait for the database as well. */
const RESPONSE_TIMEOUT_MS = 1_500
/**
 * Whether messages can be received now: receiving needs the database. One query at a time, however
 * long it takes.
 */
export const createReceiveCheck = (db: Db): (() => Promise<boolean>) => {
  let pending: Promise<boolean> | null = null
  return () => {
    pending ??= isDatabaseUp(db.sql).finally(() => {
      pending = null
    })
    const answer = pending
    return new Promise((resolve) => {
      const timeout = setTimeout(() => resolve(false), RESPONSE_TIMEOUT_MS)
      void answer.then((isUp) => {
        clearTimeout(timeout)
        resolve(isUp)
      })
    })
  }
}

/** Alerts by id as stored, for those that are no longer monitored. */
export const alertsById = (tx: Tx, org: OrgId, ids: readonly string[]): Promise<AlertNow[]> =>
  loadAlerts(tx, org, KINDS, ids)
