/**
 * Composition: configuration, database, registry, flow, listeners. Parts stop in the opposite order of
 * their start.
 */
import {
  greet,
  hostForAgents,
  localAgentApiUrl,
  reachableHost,
  urlHost,
} from "./compose/addresses.ts"
import { type BackupPart, openBackups } from "./compose/backup.ts"
import { applyClaim } from "./compose/claim.ts"
import { openClaimRestore } from "./compose/claim-restore.ts"
import { createClockSync } from "./compose/clock-sync.ts"
import { startControlSocket } from "./compose/control-socket.ts"
import { lockDataFolder } from "./compose/data-folder.ts"
import { openDatabase } from "./compose/database.ts"
import { type Flow, startFlow } from "./compose/flow.ts"
import { databaseFolder, diskFolders } from "./compose/health-checks.ts"
import { housekeepingJobs, startJobs } from "./compose/housekeeping-jobs.ts"
import { createLocalAgent, createLocalAgentService } from "./compose/local-agent.ts"
import { openNotify } from "./compose/notify.ts"
import { createUiAuthority } from "./compose/own-certificate.ts"
import { createOwnHealth, type OwnHealth } from "./compose/own-health.ts"
import { startPushListener } from "./compose/push-start.ts"
import { createReadiness } from "./compose/readiness.ts"
import { createReceiving, type Receiving } from "./compose/receiving.ts"
import { openRegistry, type Registry } from "./compose/registry.ts"
import { keepSetupCode } from "./compose/setup-code.ts"
import { countSpans } from "./compose/traces.ts"
import { openUiAccess, startUi, version } from "./compose/ui.ts"
import { createUpdateState } from "./compose/updates.ts"
import { startWatermarks } from "./compose/watermarks.ts"
import type { Config } from "./config.ts"
import { pruneAlerts } from "./flow/alerts/alerts.ts"
import type { Notify } from "./flow/notify/notify.ts"
import { stateOf } from "./flow/push/push.ts"
import { agentListenerAddress, createAgentListener } from "./listeners/agents/agent-listener.ts"
import { pushListenerAddress } from "./listeners/routers/push-listener.ts"
import { uiAddress } from "./listeners/ui/ui-listener.ts"
import type { RestoreJob, RestoreOutcome } from "./operate/backup/backup.ts"
import { type Companions, createCompanions } from "./operate/companion/companion.ts"
import { createDiagnostics, type Diagnostics } from "./operate/diagnostics/diagnostics.ts"
import { createDiscovery, type Discovery } from "./operate/discovery/discovery.ts"
import { createFleet, type Fleet } from "./operate/fleet/fleet.ts"
import { createHostClock, type HostClock } from "./platform/clock.ts"
import { type Counters, createCounters } from "./platform/counters.ts"
import { certificateNames } from "./platform/http/certificate-names.ts"
import type { Route } from "./platform/http/http.ts"
import { checkFree } from "./platform/http/listen.ts"
import type { Jobs } from "./platform/jobs/jobs.ts"
import type { Log } from "./platform/log.ts"
import type { Dbs } from "./platform/postgres/db.ts"
import { NO_TRACING, type Tracing } from "./platform/tracing/tracing.ts"
import { listOrgs } from "./registry/orgs/orgs.ts"
import { readSeedProblems } from "./seed/problems.ts"

export type App = {
  /** Address, set-up code and data folder for the person at the console. */
  readonly greeting: string
  readonly url: string
  readonly setupCode: string | null
  readonly routes: readonly Route[]
  /** A backup was uploaded to a new appliance: it has to stop, restore it, and start again. */
  readonly restoreRequested: Promise<RestoreJob>
  /** Resolves once nothing runs any more. */
  readonly stop: () => Promise<void>
}
export type AppOptions = {
  readonly config: Config
  readonly log: Log
  readonly signal: AbortSignal
  /** How the restore ended that it was stopped for. */
  readonly restored?: RestoreOutcome | null
  /** What takes long before it is ready. */
  readonly report?: (status: string) => Promise<void>
  readonly tracing?: Tracing
}

/** Where it cannot start it throws an error with one clear sentence and leaves nothing running. */
export const startApp = async (options: AppOptions): Promise<App> => {
  const stack = new AsyncDisposableStack()
  try {
    return await compose(options, stack)
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** What every part is made with. Ports are those taken, as soon as they are known. */
type Base = {
  readonly config: Config
  readonly log: Log
  readonly tracing: Tracing
  readonly counters: Counters
  readonly clock: HostClock
  readonly onError: (error: unknown) => void
  readonly onDrop: (listener: "ui" | "agents") => (reason: string) => void
  readonly ports: { agentApi: number; push: number }
  /** Base URL of the agent API for an operator who reaches the appliance as `host`. */
  readonly agentApiUrl: (host: string) => string
}

const createBase = ({ config, log, tracing = NO_TRACING }: AppOptions): Base => {
  const counters = createCounters()
  const onError = (error: unknown) =>
    log.error({ err: error }, "a part of the appliance failed; the others continue")
  const dropped = counters.counter(
    "connections_dropped_total",
    "Connections closed because a limit was full",
    ["listener", "reason"],
  )
  const ports = { agentApi: config.ISPVM_AGENT_API_PORT, push: config.ISPVM_PUSH_PORT }
  return {
    config,
    log,
    tracing,
    counters,
    clock: createHostClock(onError),
    onError,
    onDrop: (listener) => (reason) => dropped.inc({ listener, reason }),
    ports,
    agentApiUrl: (host) => `https://${urlHost(config.publicHost ?? host)}:${ports.agentApi}`,
  }
}

/** Checked before the database is made: an address that is taken is reported within a second. */
const checkAddresses = (config: Config): Promise<void> =>
  checkFree([
    uiAddress(config),
    ...config.agentApiBind.map((host) => agentListenerAddress(host, config.ISPVM_AGENT_API_PORT)),
    ...config.pushBind.map((host) => pushListenerAddress(host, config.ISPVM_PUSH_PORT)),
  ])

const openCompanions = (
  { config, clock, ports, onError }: Base,
  dbs: Dbs,
  { secrets, inventory, agents, authority }: Registry,
): Companions =>
  createCompanions({
    dbs,
    clock,
    secrets,
    inventory,
    agents,
    authority,
    applianceHost: hostForAgents({ ...config, agentApiBind: config.pushBind }),
    pushPort: () => ports.push,
    certificateNames: () =>
      certificateNames({ binds: config.pushBind, publicHost: config.publicHost }),
    pushState: stateOf,
    onError,
  })

const openDiagnostics = (
  { clock, onError }: Base,
  dbs: Dbs,
  { agents, secrets }: Registry,
  { pipeline }: Flow,
): Diagnostics =>
  createDiagnostics({
    db: dbs.ui,
    jobs: dbs.jobs,
    clock,
    agents,
    secrets,
    publish: pipeline.live.publishDiagnosis,
    onError,
  })

const openFleet = (
  { clock, onError }: Base,
  dbs: Dbs,
  { inventory, agents }: Registry,
  { series, latest, events, pipeline }: Flow,
): Fleet =>
  createFleet({
    db: dbs.ui,
    clock,
    onError,
    inventory,
    series,
    latest,
    events,
    agents: agents.all,
    statuses: pipeline.statuses,
    incidents: pipeline.incidents.overview,
  })

const startHousekeeping = async (
  { counters, clock, log, tracing }: Base,
  dbs: Dbs,
  { series, events, ingest, pushes, rows }: Flow,
  { auth, tokens, walls }: Registry,
  {
    backup,
    notify,
    diagnostics,
    discovery,
  }: Pick<Running, "notify" | "diagnostics" | "discovery"> & {
    readonly backup: BackupPart
  },
  stack: AsyncDisposableStack,
) => {
  const housekeeping = housekeepingJobs({
    orgs: () => listOrgs(dbs.jobs.sql),
    series: series.runHousekeeping,
    events: events.prune,
    tables: rows.prune,
    alerts: (org) => pruneAlerts(dbs.jobs, org, clock.now()),
    ledger: ingest.prune,
    pushes: pushes.prune,
    sessions: auth.forgetExpired,
    tokens: tokens.forgetEnded,
    walls: walls.forgetEnded,
    notifications: notify.prune,
    diagnostics: diagnostics.prune,
    discovery: discovery.run,
  })
  const jobs = await startJobs(
    { db: dbs.queue, counters, log, tracing },
    [...housekeeping, backup.jobs.schedule],
    [backup.jobs.run],
    stack,
  )
  backup.sendTo(jobs)
  return jobs
}

/** Timers are evaluated twice a second: after this long without, no fault is detected. */
const EVALUATED_MS = 30_000

type Running = {
  readonly dbs: Dbs
  readonly registry: Registry
  readonly flow: Flow
  readonly health: OwnHealth
  readonly companions: Companions
  readonly diagnostics: Diagnostics
  readonly discovery: Discovery
  readonly receiving: Receiving
  readonly notify: Notify
}

/** The agent API first: from then on an agent can report. */
const startMachineListeners = async (
  base: Base,
  { registry, flow, health, companions, receiving }: Running,
  stack: AsyncDisposableStack,
): Promise<void> => {
  const { config, clock, counters, log, ports, onDrop } = base
  const { agents, authority } = registry
  const { pipeline, pushes } = flow
  const agentListener = createAgentListener({
    agents,
    authority,
    clock,
    onBatch: (...args) => health.trackStorage(() => pipeline.accept(...args)),
    binds: config.agentApiBind,
    port: config.ISPVM_AGENT_API_PORT,
    publicHost: config.publicHost,
    batchBytes: config.INGEST_MAX_BODY_BYTES,
    droppedConnection: onDrop("agents"),
    log,
  })
  stack.defer(() => {
    // While the appliance stops, a silent agent is not offline.
    receiving.closed()
    return agentListener.stop()
  })
  ports.agentApi = (await agentListener.start()).port
  receiving.opened()
  ports.push = await startPushListener(
    { config, clock, counters, log, authority, companions, pipeline, pushes },
    stack,
  )
}

const startLocalAgent = async (
  { config, log, ports }: Base,
  { dbs, registry: { agents, auth } }: Running,
  stack: AsyncDisposableStack,
): Promise<void> => {
  if (config.ISPVM_LOCAL_AGENT === "off") return
  const shared = { agents, dataDir: config.dataDir, log }
  const localAgent =
    config.ISPVM_LOCAL_AGENT === "service"
      ? createLocalAgentService({ ...shared, tokenFile: config.ISPVM_LOCAL_AGENT_TOKEN_FILE })
      : createLocalAgent({
          ...shared,
          agentApiUrl: localAgentApiUrl(config, ports.agentApi),
          env: config.agentEnvironment,
        })
  stack.defer(() => localAgent.stop())
  stack.defer(auth.setupDone.on((org) => localAgent.start(org)))
  for (const { id } of (await listOrgs(dbs.ui.sql)).slice(0, 1)) localAgent.start(id)
}

/** For `ispvm update`, which tests a new release by it. */
const startControl = async (
  { config, clock, log, onError }: Base,
  { dbs, flow: { pipeline } }: Running,
  jobs: Jobs,
  readiness: () => Promise<readonly string[]>,
  stack: AsyncDisposableStack,
): Promise<void> => {
  const { ISPVM_RUNTIME_DIR: folder } = config
  if (folder === null) return
  const { live, sinceEvaluatedMs } = pipeline
  const { completed: completedJobs } = jobs
  await startControlSocket(
    { dbs, clock, log, onError, folder, readiness, live, sinceEvaluatedMs, completedJobs },
    stack,
  )
}

/** Headless configuration, the provider's certificate, the clock, and what is wrong with them. */
const openHealth = async (
  { config: { dataDir, DATABASE_URL, ISPVM_UPDATE_DIR: updateDir }, clock, counters, log }: Base,
  dbs: Dbs,
  { auth, agents, authority }: Registry,
  stack: AsyncDisposableStack,
) => {
  const claimed = await applyClaim({ dataDir, auth, agents, now: clock.now, log })
  const clockSync = createClockSync({ now: clock.now, steady: clock.steady.now })
  stack.defer(() => clockSync.stop())
  const uiAuthority = createUiAuthority({ dataDir, authority, now: clock.now, log })
  const folder = databaseFolder(dataDir, DATABASE_URL === null)
  const watermarks = await startWatermarks({ folder, counters, log }, stack)
  const health = createOwnHealth({
    db: dbs.jobs,
    clock,
    counters,
    log,
    seedProblems: () => [...readSeedProblems(dataDir), ...claimed],
    certificate: () => ({ fault: uiAuthority.fault(), expiresAtMs: uiAuthority.expiresAtMs() }),
    clockSync,
    folders: diskFolders(dataDir, DATABASE_URL === null),
    watermarks,
    updateState: createUpdateState(updateDir),
  })
  stack.defer(async () => health.stop())
  return { uiAuthority, health, watermarks }
}

/** The checks of the appliance itself read these parts, and open incidents of their own. */
const startChecks = (
  { dbs, registry, flow, health, notify }: Running,
  { backups }: BackupPart,
  stack: AsyncDisposableStack,
): void => {
  const sources = {
    orgs: () => listOrgs(dbs.jobs.sql),
    agents: registry.agents.all,
    backup: backups.view,
    channels: notify.channels.list,
    reviewChecks: flow.pipeline.reviewChecks,
  }
  health.checks.start(sources, stack)
}

const urlOf = (config: Config, port: number): string => {
  const scheme = config.uiTls ? "https" : "http"
  return (
    config.PUBLIC_BASE_URL ?? `${scheme}://${urlHost(reachableHost(config.ISPVM_BIND))}:${port}`
  )
}

const compose = async (options: AppOptions, stack: AsyncDisposableStack): Promise<App> => {
  const base = createBase(options)
  const { config, clock, log, onDrop, agentApiUrl } = base
  countSpans(base.tracing, base.counters, stack)
  lockDataFolder(config.dataDir, stack)
  await checkAddresses(config)
  const { dbs, server, readiness } = await openDatabase(config, log, stack, options.report)
  options.signal.throwIfAborted()
  const registry = await openRegistry({ ...base, dbs }, stack)
  const { uiAuthority, health, watermarks } = await openHealth(base, dbs, registry, stack)
  const receiving = createReceiving(clock, dbs)
  const access = openUiAccess(config, registry, onDrop("ui"))
  const { authenticateRequest } = access
  const { canReceive } = receiving
  const { outageStatus, checks } = health
  const { notify, setBaseUrl } = openNotify({ ...base, dbs, latencies: checks.latencies }, stack)
  const receivable = { canReceive, outageStatus, afterSave: notify.afterSave }
  const flow = await startFlow(
    { ...base, ...{ dbs, registry, checks, watermarks, authenticateRequest }, ...receivable },
    stack,
  )
  const backup = await openBackups({ config, db: dbs.jobs, server, clock, log })
  const diagnostics = openDiagnostics(base, dbs, registry, flow)
  const discovery = createDiscovery({
    ...{ db: dbs.ui, jobs: dbs.jobs, clock, inventory: registry.inventory },
  })
  const kept = { backup, notify, diagnostics, discovery }
  const jobs = await startHousekeeping(base, dbs, flow, registry, kept, stack)
  const fleet = openFleet(base, dbs, registry, flow)
  const companions = openCompanions(base, dbs, registry)
  stack.defer(async () => companions.stop())
  const parts = { dbs, registry, flow, health, companions }
  const running: Running = { ...parts, receiving, notify, diagnostics, discovery }
  const { ready, started } = createReadiness(readiness, jobs)
  const { backups } = backup
  startChecks(running, backup, stack)
  const claimRestore = openClaimRestore(base, registry, options.restored ?? null)
  const shown = { fleet, backups, claimRestore, access, uiAuthority, readiness: ready }
  const ui = await startUi({ ...base, ...running, ...shown }, stack)
  await startMachineListeners(base, running, stack)
  await startLocalAgent(base, running, stack)
  await startControl(base, running, jobs, ready, stack)
  options.signal.throwIfAborted()
  const url = urlOf(config, ui.port)
  // Last: a message leads to a page that is served.
  setBaseUrl(url)
  await notify.start(
    (actor, id) => flow.pipeline.incidents.acknowledge(actor, id, ""),
    () => (flow.pipeline.sinceEvaluatedMs() ?? 0) < EVALUATED_MS,
  )
  const facts = { url, agentApiUrl: agentApiUrl(hostForAgents(config)), version }
  log.info({ ...facts, dataDir: config.dataDir }, "started")
  const { setupCode, routes } = ui
  keepSetupCode(config, setupCode, registry, stack)
  started()
  return {
    greeting: greet({ ...facts, setupCode, config }),
    url,
    setupCode,
    routes,
    restoreRequested: claimRestore.requested,
    stop: () => stack.disposeAsync(),
  }
}
