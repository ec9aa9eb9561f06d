/** Composition: settings -> database -> modules -> pipeline -> doors. Every part is made here, and stopped in the opposite order. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { openAuthority } from "@ispvm/pki"
import {
  greet,
  hostForAgents,
  hostNames,
  localAgentApiUrl,
  ownAddresses,
  reachableHost,
  urlHost,
} from "./compose/addresses.ts"
import { lockDataFolder } from "./compose/data-folder.ts"
import { openDatabase } from "./compose/database.ts"
import { housekeepingJobs, startJobs } from "./compose/housekeeping-jobs.ts"
import { createLocalAgent } from "./compose/local-agent.ts"
import { createOwnHealth } from "./compose/own-health.ts"
import { startPushListener } from "./compose/push-start.ts"
import type { Config } from "./config.ts"
import { createReceiveCheck, pruneAlerts } from "./flow/alerts/alerts.ts"
import { createEvents } from "./flow/events/events.ts"
import { createIngest } from "./flow/ingest/ingest.ts"
import { createPipeline, type PipelineDeps } from "./flow/pipeline.ts"
import { createPushes, stateOf } from "./flow/push/push.ts"
import { createSeries } from "./flow/series/series.ts"
import { agentListenerAddress, createAgentListener } from "./listeners/agents/agent-listener.ts"
import { pushListenerAddress } from "./listeners/routers/push-listener.ts"
import {
  createHttp,
  createUiAccess,
  startWebServer,
  uiAddress,
} from "./listeners/ui/ui-listener.ts"
import { createCompanions } from "./operate/companion/companion.ts"
import { routes as companionRoutes } from "./operate/companion/routes.ts"
import { createFleet } from "./operate/fleet/fleet.ts"
import { routes as fleetRoutes } from "./operate/fleet/routes.ts"
import { type Clock, createHostClock } from "./platform/clock.ts"
import { type Counters, createCounters } from "./platform/counters.ts"
import { certificateNames } from "./platform/http/certificate-names.ts"
import type { Route } from "./platform/http/http.ts"
import { checkFree } from "./platform/http/listen.ts"
import { readUiFiles } from "./platform/http/ui-files.ts"
import type { Log } from "./platform/log.ts"
import type { Dbs } from "./platform/postgres/db.ts"
import { type Agents, createAgents } from "./registry/agents/agents.ts"
import { routes as agentRoutes } from "./registry/agents/routes.ts"
import { createDenials, write } from "./registry/audit/audit.ts"
import { routes as auditRoutes } from "./registry/audit/routes.ts"
import { type Auth, createAccounts, createAuth, createHashing } from "./registry/auth/auth.ts"
import { type authenticate, routes as authRoutes } from "./registry/auth/routes.ts"
import { createInventory, type Inventory } from "./registry/inventory/inventory.ts"
import { routes as inventoryRoutes } from "./registry/inventory/routes.ts"
import { findOrg, listOrgs } from "./registry/orgs/orgs.ts"
import { createSecrets, loadMasterKey } from "./registry/secrets/secrets.ts"

/** A heartbeat under way when the appliance went fails after 5 s at most and comes again 2 s later. */
const AGENT_RECONNECT_MS = 8_000
/** Agents of earlier releases stamp by their own clocks, which may be ahead by so much. */
const CLOCK_TOLERANCE_MS = 5 * 60_000

export type App = {
  /** What a person at the console has to know, in one block. */
  readonly greeting: string
  readonly url: string
  readonly setupCode: string | null
  readonly routes: readonly Route[]
  /** Resolves when nothing of it runs any more. */
  readonly stop: () => Promise<void>
}
export type AppOptions = {
  readonly config: Config
  readonly log: Log
  readonly signal: AbortSignal
}

const UI_FOLDER = join(import.meta.dirname, "..", "..", "ui", "dist")
const { version }: { version: string } = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8"),
)

/** Throws one clear sentence where it cannot start, and leaves nothing running then. */
export const startApp = async (options: AppOptions): Promise<App> => {
  const stack = new AsyncDisposableStack()
  try {
    return await compose(options, stack)
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

const compose = async (
  { config, log, signal }: AppOptions,
  stack: AsyncDisposableStack,
): Promise<App> => {
  const counters = createCounters()
  const onError = (error: unknown) =>
    log.error({ err: error }, "a part of the appliance failed and goes on")
  const clock = createHostClock(onError)

  lockDataFolder(config.dataDir, stack)
  // Before a database is made: what cannot be served anyway is better told within a second.
  const uiAt = uiAddress(config)
  await checkFree([
    uiAt,
    ...config.agentApiBind.map((host) => agentListenerAddress(host, config.ISPVM_AGENT_API_PORT)),
    ...config.pushBind.map((host) => pushListenerAddress(host, config.ISPVM_PUSH_PORT)),
  ])
  const { dbs, readiness } = await openDatabase(config, log, stack)
  signal.throwIfAborted()
  const health = createOwnHealth({ db: dbs.jobs, clock, counters, log })
  stack.defer(async () => health.stop())
  /** Since when agents can be heard, by the steady clock; null until their listener accepts connections. */
  let listeningSinceMs: number | null = null
  const canReceiveStored = createReceiveCheck(dbs.jobs)
  const canReceive = async (): Promise<boolean> =>
    listeningSinceMs !== null &&
    clock.steady.now() - listeningSinceMs >= AGENT_RECONNECT_MS &&
    (await canReceiveStored())

  const authority = await openAuthority({ directory: join(config.dataDir, "pki"), now: clock.now })
  const secrets = createSecrets({
    key: loadMasterKey(config.ENCRYPTION_MASTER_KEY, config.dataDir),
  })
  const hashing = createHashing()
  stack.defer(() => hashing.stop())
  const auth = createAuth({ db: dbs.ui, clock, hashing, onError })
  const accounts = createAccounts({ db: dbs.ui, clock, hashing })
  const allowLoopback = ["1", "on"].includes(config.ISPVM_ALLOW_LOOPBACK)
  const machine = { allowLoopback, ownAddresses }
  const inventory = createInventory({ db: dbs.ui, secrets, onError, machine })

  const problems = counters.counter(
    "agent_problems_total",
    "Problems of agents that were found, by reason",
    ["reason"],
  )
  const onProblem: Parameters<typeof createAgents>[0]["onProblem"] = (
    agent,
    { reason, sentence },
  ) => {
    problems.inc({ reason })
    log.warn({ agent: agent.id, name: agent.name, reason }, sentence)
  }
  let agentApiPort = config.ISPVM_AGENT_API_PORT
  const agentApiUrl = (host: string) =>
    `https://${urlHost(config.publicHost ?? host)}:${agentApiPort}`
  const agents = createAgents({
    dbs,
    clock,
    authority,
    secrets,
    machine,
    changes: inventory.changes,
    agentApiUrl,
    onProblem,
    onError,
  })
  agents.start()
  stack.defer(() => agents.stop())

  const dropped = counters.counter(
    "connections_dropped_total",
    "Connections closed because a limit was full",
    ["listener", "reason"],
  )
  const access = createUiAccess({
    config,
    auth,
    onDrop: (reason) => dropped.inc({ listener: "ui", reason }),
  })
  const { authenticateRequest } = access
  const { series, events, ingest, pipeline, pushes } = await startFlow(
    {
      dbs,
      clock,
      counters,
      log,
      inventory,
      agents,
      auth,
      authenticateRequest,
      canReceive,
      outageStatus: health.outageStatus,
    },
    stack,
  )
  const jobs = await startJobs(
    { db: dbs.queue, counters, log },
    housekeepingJobs({
      orgs: () => listOrgs(dbs.jobs.sql),
      series: series.runHousekeeping,
      events: events.prune,
      alerts: (org) => pruneAlerts(dbs.jobs, org, clock.now()),
      ledger: ingest.prune,
      pushes: pushes.prune,
      sessions: auth.forgetExpired,
    }),
    stack,
  )
  // Last values may be of a time that has yet to come again: from before a stop, or a moment ago.
  const pullBack = (marginMs: number) => void series.clampFutureTimes(marginMs).catch(onError)
  pullBack(CLOCK_TOLERANCE_MS)
  stack.defer(clock.steps.on(({ byMs }) => (byMs < 0 ? pullBack(0) : undefined)))

  const fleet = createFleet({
    db: dbs.ui,
    clock,
    inventory,
    series,
    events,
    agents: agents.all,
    statuses: pipeline.statuses,
    incidents: pipeline.incidents.overview,
  })

  let pushPort = config.ISPVM_PUSH_PORT
  const companions = createCompanions({
    dbs,
    clock,
    secrets,
    inventory,
    agents,
    authority,
    applianceHost: hostForAgents({ ...config, agentApiBind: config.pushBind }),
    pushPort: () => pushPort,
    certificateNames: () =>
      certificateNames({ binds: config.pushBind, publicHost: config.publicHost }),
    pushState: stateOf,
    onError,
  })
  stack.defer(async () => companions.stop())

  const names = () =>
    certificateNames({
      binds: [config.ISPVM_BIND, ...config.agentApiBind],
      publicHost: config.publicHost,
    })
  const routes: readonly Route[] = [
    ...authRoutes({
      auth,
      accounts,
      organisation: (org) => dbs.ui.asOrg(org, (tx) => findOrg(tx, org)),
      facts: () => ({
        version,
        demo: demoOf(config),
        agentApiUrl: agentApiUrl(hostForAgents(config)),
        mapTilesUrl: config.ISPVM_MAP_TILES_URL,
      }),
      tls: config.uiTls,
    }),
    ...auditRoutes({ db: dbs.ui }),
    ...inventoryRoutes({ inventory }),
    ...agentRoutes({ agents }),
    ...fleetRoutes({ fleet }),
    ...companionRoutes({ companions }),
    ...pipeline.routes,
    ...health.routes,
  ]
  const koa = createHttp({
    routes,
    authenticate: authenticateRequest,
    uiFiles: readUiFiles(UI_FOLDER),
    guards: {
      tls: config.uiTls,
      tilesUrl: config.ISPVM_MAP_TILES_URL,
      faultInjectionUrl: config.ISPVM_FAULT_INJECTION_URL,
      publicBaseUrl: config.PUBLIC_BASE_URL,
    },
    hostNames: () => hostNames(config),
    proxies: access.proxies,
    metrics: access.metrics,
    counters,
    log,
    version,
    onDenied: createDenials({ db: dbs.ui, clock, onError }),
    readiness: async () => [...(await readiness()), ...health.readiness(), ...jobs.readiness()],
  })
  // Before the screens listen: whoever sees them may claim at once.
  const setupCode = await auth.prepareSetup(config.ISPVM_SETUP_CODE)
  const web = await startWebServer({
    listener: koa.callback(),
    at: uiAt,
    tls: config.uiTls ? { authority, names } : null,
    connections: access.connections,
    onError,
  })
  stack.defer(() => web.stop())

  const agentListener = createAgentListener({
    agents,
    authority,
    clock,
    onBatch: (...args) => health.trackStorage(() => pipeline.accept(...args)),
    binds: config.agentApiBind,
    port: config.ISPVM_AGENT_API_PORT,
    publicHost: config.publicHost,
    batchBytes: config.INGEST_MAX_BODY_BYTES,
    droppedConnection: (reason) => dropped.inc({ listener: "agents", reason }),
    log,
  })
  stack.defer(() => {
    listeningSinceMs = null // whoever is not heard during the stop is not silent
    return agentListener.stop()
  })
  agentApiPort = (await agentListener.start()).port
  listeningSinceMs = clock.steady.now()
  pushPort = await startPushListener(
    { config, clock, counters, log, authority, companions, pipeline, pushes },
    stack,
  )

  if (config.ISPVM_LOCAL_AGENT === "on") {
    const localAgent = createLocalAgent({
      agents,
      dataDir: config.dataDir,
      agentApiUrl: localAgentApiUrl(config, agentApiPort),
      env: config.agentEnvironment,
      log,
    })
    stack.defer(() => localAgent.stop())
    stack.defer(auth.setupDone.on((org) => localAgent.start(org)))
    for (const { id } of (await listOrgs(dbs.ui.sql)).slice(0, 1)) localAgent.start(id)
  }
  signal.throwIfAborted()
  const url =
    config.PUBLIC_BASE_URL ??
    `${config.uiTls ? "https" : "http"}://${urlHost(reachableHost(config.ISPVM_BIND))}:${web.port}`
  log.info(
    { url, agentApiUrl: agentApiUrl(hostForAgents(config)), version, dataDir: config.dataDir },
    "started",
  )
  return {
    greeting: greet({
      version,
      url,
      setupCode,
      agentApiUrl: agentApiUrl(hostForAgents(config)),
      config,
    }),
    url,
    setupCode,
    routes,
    stop: () => stack.disposeAsync(),
  }
}

const demoOf = ({ ISPVM_FAULT_INJECTION_URL: url }: Config) =>
  url === null ? null : { faultInjectionUrl: url }

type FlowDeps = {
  readonly dbs: Dbs
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  readonly inventory: Inventory
  readonly agents: Agents
  readonly auth: Auth
  readonly authenticateRequest: ReturnType<typeof authenticate>
} & Pick<PipelineDeps, "canReceive" | "outageStatus">
/** From a batch to what it means: storing, judging, telling. */
const startFlow = async (
  { dbs, clock, counters, log, inventory, agents, auth, authenticateRequest, ...more }: FlowDeps,
  stack: AsyncDisposableStack,
) => {
  const events = createEvents({ db: dbs.jobs, clock })
  const series = createSeries({ jobs: dbs.jobs, clock })
  const items = counters.counter("ingest_items_total", "Items taken from agents, by outcome", [
    "outcome",
  ])
  const batches = counters.histogram("ingest_batch_seconds", "Time to store a batch, by outcome", [
    "outcome",
  ])
  const ingest = createIngest({
    db: dbs.ingest,
    clock,
    changes: inventory.changes,
    writers: [series.write, events.write],
    counters: {
      items: (outcome, count) => items.inc({ outcome }, count),
      batch: (outcome, seconds) => batches.observe({ outcome }, seconds),
    },
  })
  const pushed = counters.counter(
    "push_items_total",
    "Items that routers told of themselves, by outcome",
    ["outcome"],
  )
  const pushes = createPushes({
    db: dbs.ingest,
    clock,
    store: ingest.push,
    changes: inventory.changes,
    count: (outcome, count) => pushed.inc({ outcome }, count),
  })
  const streams = counters.gauge(
    "live_streams",
    "Open live streams, and those opened, dropped and refused so far",
    ["what"],
  )
  const waiting = counters.gauge(
    "pipeline_waiting",
    "Pieces of work waiting in the busiest organisation",
  )
  const staleReadings = counters.gauge(
    "alerts_stale_readings",
    "Readings that came too late to tell of now",
  )
  const failures = counters.counter("pipeline_failures_total", "Faults of a stage, by stage", [
    "stage",
  ])
  const pipeline = createPipeline({
    ...more,
    jobs: dbs.jobs,
    ui: dbs.ui,
    clock,
    ingest,
    pushes,
    orgs: () => listOrgs(dbs.jobs.sql),
    changes: inventory.changes,
    seen: agents.seen,
    queue: agents.queue,
    agent: agents.one,
    audit: write,
    allowed: async (ctx, actor) => (await authenticateRequest(ctx))?.role === actor.role,
    onStats: (stats) => {
      for (const [what, count] of Object.entries(stats.live)) streams.set({ what }, count)
      waiting.set(stats.waiting)
      staleReadings.set(stats.staleReadings)
    },
    onError: (stage, error) => {
      failures.inc({ stage })
      log.error({ err: error, stage }, "a stage of the pipeline failed and goes on")
    },
  })
  await pipeline.start()
  stack.defer(() => pipeline.stop())
  return { series, events, ingest, pipeline, pushes }
}
