/** The public interface of agents: records, certificates, assignments, tasks and liveness. */
import { randomUUID } from "node:crypto"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { createSignal } from "../../platform/signal.ts"
import type { InventoryChange } from "../inventory/inventory.ts"
import { createCapabilities } from "./capabilities.ts"
import { createCollectorSettings } from "./collectors.ts"
import { forAgentApi } from "./for-agent-api.ts"
import { forPeople } from "./for-people.ts"
import { forRedaction } from "./for-redaction.ts"
import { createLeases, type Leases } from "./leases.ts"
import { createLiveness, type Liveness } from "./liveness.ts"
import type { AgentParts, AgentSeen, Agents, AgentsDeps } from "./model.ts"
import { createPackageOffers, NO_PACKAGES } from "./package-offers.ts"
import { createProblemTracker } from "./problem-tracker.ts"
import { readReading } from "./reading.ts"
import { createRevisions } from "./revisions.ts"
import { createSentMeter } from "./sent.ts"
import { isOffline } from "./status.ts"
import { saveSeen } from "./store.ts"
import { createTasks, type Tasks } from "./tasks.ts"

export type { MethodChange } from "./capabilities.ts"
export {
  type CertificateReason,
  certificateSentence,
  type PeerCertificate,
  peerCertificateOf,
} from "./certificates.ts"
export type { Enrolled, KnownAgent } from "./enrol.ts"
export type { LeaseChange } from "./leases.ts"
export type { AgentSeen, Agents, Identified } from "./model.ts"
export type { PackageRelease, PackageSource } from "./package-offers.ts"
export type { ReadAnswer, ReadRequest } from "./read.ts"
export { methodOrder } from "./reading.ts"
export { OFFLINE_AFTER_MS } from "./status.ts"

const HOUSEKEEPING_MS = 1_000
/** A change of one of these may change assignments. */
const ASSIGNED: ReadonlySet<InventoryChange["what"]> = new Set([
  "device",
  "site",
  "credential",
  "agent",
  "collector",
  "probe",
])

export const createAgents = (deps: AgentsDeps): Agents => {
  const { dbs, clock, changes, collectorIntervals: collectorSetting = {}, onError } = deps
  const liveness = createLiveness()
  const problemTracker = createProblemTracker(deps)
  const tasks = createTasks(clock)
  const packageOffers = createPackageOffers({
    source: deps.packages ?? NO_PACKAGES,
    steady: deps.steady ?? (() => performance.now()),
  })
  const stopShifting = clock.steps?.on(({ byMs }) => liveness.shift(byMs))
  const seen = createSignal<AgentSeen>(onError)
  const disconnect = createSignal<AgentId>(onError)
  const notifyChanged = (org: OrgId, id: string): void => changes.emit({ org, what: "agent", id })
  const revisions = createRevisions({
    db: dbs.jobs,
    clock,
    collectorSetting,
    onChange: (agent) => tasks.queue(agent, { kind: "reload", id: randomUUID() }),
    onError,
  })
  const leases = createAgentLeases(deps, liveness, tasks)
  const capabilities = createCapabilities({ db: dbs.jobs, clock, onError })
  const stopListening = changes.on(({ org, what }) => {
    if (!ASSIGNED.has(what)) return
    revisions.touch(org)
    leases.touch(org)
  })
  const housekeeping = createHousekeeping(deps, liveness, notifyChanged)
  const known = {
    ...{ liveness, tasks, problemTracker, packageOffers, sent: createSentMeter(clock) },
    ...{ features: new Map(), reports: new Map() },
  }
  const parts: AgentParts = { ...known, disconnect, notifyChanged }
  return {
    ...forPeople(deps, parts),
    ...forAgentApi(deps, { ...parts, seen }),
    collectors: collectorsOf(deps),
    ...forRedaction(deps, parts),
    queue: tasks.queue,
    run: tasks.run,
    seen,
    changes,
    disconnect,
    revision: (agent) => revisions.of(agent),
    leases,
    capabilities,
    reading: (org, device) =>
      readReading(
        {
          db: dbs.ui,
          isOnline: (id) => !isOffline(liveness.of(id)?.lastSeenAtMs ?? null, clock.now()),
        },
        org,
        device,
      ),
    start: () => {
      housekeeping.start()
      capabilities.start()
      leases.start()
    },
    stop: async () => {
      stopListening()
      await leases.stop()
      await capabilities.stop()
      stopShifting?.()
      revisions.stop()
      tasks.drop()
      await housekeeping.stop()
    },
  }
}

const collectorsOf = ({ dbs, changes, collectorIntervals = {} }: AgentsDeps) =>
  createCollectorSettings({
    db: dbs.ui,
    setting: collectorIntervals,
    onChange: (org, name) => changes.emit({ org, what: "collector", id: name }),
  })

const createAgentLeases = (
  { dbs, clock, changes, onError }: AgentsDeps,
  liveness: Liveness,
  tasks: Tasks,
): Leases =>
  createLeases({
    db: dbs.jobs,
    clock,
    seenOf: liveness.of,
    onAssigned: (org, devices) => {
      for (const id of devices) changes.emit({ org, what: "device", id })
    },
    confirm: (agent, devices) =>
      tasks.queue(agent, {
        kind: "confirm",
        id: randomUUID(),
        devices: [...devices],
        because: "another agent's probes differ",
      }),
    onError,
  })

/** Detects agents that went offline, and stores what heartbeats reported. */
const createHousekeeping = (
  { dbs, clock, onError }: AgentsDeps,
  liveness: Liveness,
  notifyChanged: AgentParts["notifyChanged"],
) => {
  let timer: NodeJS.Timeout | undefined
  // While the database is slow, runs are skipped, not queued.
  let running: Promise<void> | null = null
  const write = async (all: boolean): Promise<void> => {
    const due = Map.groupBy(liveness.takeDue(clock.now(), all), (seen) => seen.org)
    for (const [org, seen] of due)
      await dbs.jobs.asOrg(org, async (tx) => {
        for (const each of seen) await saveSeen(tx, org, each)
      })
  }
  const runHousekeeping = async (): Promise<void> => {
    for (const { org, id } of liveness.goneOffline(clock.now())) notifyChanged(org, id)
    await write(false)
  }
  return {
    start: (): void => {
      timer = setInterval(() => {
        running ??= runHousekeeping()
          .catch(onError)
          .finally(() => {
            running = null
          })
      }, HOUSEKEEPING_MS)
    },
    stop: async (): Promise<void> => {
      clearInterval(timer)
      await running
      await write(true).catch(onError)
    },
  }
}
