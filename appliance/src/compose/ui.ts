/** The UI listener: every module's routes, the built UI, and the server they run on. */
import { readFileSync } from "node:fs"
import type { RequestListener } from "node:http"
import { join } from "node:path"
import type { Config } from "../config.ts"
import type { Notify } from "../flow/notify/notify.ts"
import { routes as notifyRoutes, withoutLoops } from "../flow/notify/routes.ts"
import { routes as tableRoutes } from "../flow/rows/routes.ts"
import {
  createHttp,
  createRedirect,
  createUiAccess,
  redirectAddress,
  startWebServer,
  type UiAccess,
  uiAddress,
} from "../listeners/ui/ui-listener.ts"
import type { Backups, ClaimRestore } from "../operate/backup/backup.ts"
import { routes as backupRoutes, claimRestoreRoutes } from "../operate/backup/routes.ts"
import type { Companions } from "../operate/companion/companion.ts"
import { routes as companionRoutes } from "../operate/companion/routes.ts"
import type { Diagnostics } from "../operate/diagnostics/diagnostics.ts"
import { routes as diagnosticRoutes } from "../operate/diagnostics/routes.ts"
import type { Discovery } from "../operate/discovery/discovery.ts"
import { routes as discoveryRoutes } from "../operate/discovery/routes.ts"
import type { Fleet } from "../operate/fleet/fleet.ts"
import { routes as fleetRoutes } from "../operate/fleet/routes.ts"
import { createImpact } from "../operate/impact/impact.ts"
import { routes as impactRoutes } from "../operate/impact/routes.ts"
import { createProbes } from "../operate/probes/probes.ts"
import { routes as probeRoutes } from "../operate/probes/routes.ts"
import { routes as updateRoutes } from "../operate/update/routes.ts"
import type { HostClock } from "../platform/clock.ts"
import type { Counters } from "../platform/counters.ts"
import { certificateNames } from "../platform/http/certificate-names.ts"
import type { Route } from "../platform/http/http.ts"
import { createSharedAnswers } from "../platform/http/shared-answers.ts"
import { readUiFiles } from "../platform/http/ui-files.ts"
import type { Log } from "../platform/log.ts"
import type { Dbs } from "../platform/postgres/db.ts"
import type { Tracing } from "../platform/tracing/tracing.ts"
import { routes as agentRoutes } from "../registry/agents/routes.ts"
import { createDenials } from "../registry/audit/audit.ts"
import { routes as auditRoutes } from "../registry/audit/routes.ts"
import { routes as authRoutes, visitorOf } from "../registry/auth/routes.ts"
import { routes as inventoryRoutes } from "../registry/inventory/routes.ts"
import { findOrg } from "../registry/orgs/orgs.ts"
import { hostForAgents, hostNames, ownAddresses } from "./addresses.ts"
import type { Flow } from "./flow.ts"
import type { UiAuthority } from "./own-certificate.ts"
import type { OwnHealth } from "./own-health.ts"
import type { Registry } from "./registry.ts"
import { openUpdates } from "./updates.ts"

const UI_FOLDER = join(import.meta.dirname, "..", "..", "..", "ui", "dist")
export const { version }: { version: string } = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8"),
)

type Deps = {
  readonly config: Config
  readonly dbs: Dbs
  readonly clock: HostClock
  readonly counters: Counters
  readonly log: Log
  readonly tracing: Tracing
  readonly registry: Registry
  readonly flow: Flow
  readonly fleet: Fleet
  readonly companions: Companions
  readonly diagnostics: Diagnostics
  readonly discovery: Discovery
  readonly backups: Backups
  readonly notify: Notify
  readonly claimRestore: ClaimRestore
  readonly health: OwnHealth
  readonly access: UiAccess
  readonly uiAuthority: UiAuthority
  readonly agentApiUrl: (host: string) => string
  /** Parts of the database that are not ready. */
  readonly readiness: () => Promise<readonly string[]>
  readonly onError: (error: unknown) => void
}
export type Ui = {
  readonly port: number
  /** Null once the appliance is set up. */
  readonly setupCode: string | null
  readonly routes: readonly Route[]
}

const demoOf = ({ ISPVM_FAULT_INJECTION_URL: url }: Config) =>
  url === null ? null : { faultInjectionUrl: url }

const allRoutes = ({
  config,
  dbs,
  clock,
  registry,
  flow,
  fleet,
  companions,
  diagnostics,
  discovery,
  backups,
  notify,
  claimRestore,
  health,
  agentApiUrl,
}: Deps): readonly Route[] => [
  ...authRoutes({
    auth: registry.auth,
    accounts: registry.accounts,
    tokens: registry.tokens,
    walls: registry.walls,
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
  ...inventoryRoutes({ inventory: registry.inventory }),
  ...agentRoutes({ agents: registry.agents, collectionCosts: flow.rows.costs }),
  ...fleetRoutes({ fleet }),
  ...probeRoutes({
    probes: createProbes({
      db: dbs.ui,
      clock,
      series: flow.series,
      agents: registry.agents.all,
      queue: registry.agents.queue,
      machine: {
        allowLoopback: ["1", "on"].includes(config.ISPVM_ALLOW_LOOPBACK),
        ownAddresses,
      },
      onChange: (org, id) => registry.inventory.changes.emit({ org, what: "probe", id }),
    }),
  }),
  ...companionRoutes({ companions }),
  ...diagnosticRoutes({ diagnostics }),
  ...discoveryRoutes({ discovery }),
  ...impactRoutes({
    impact: createImpact({
      ...{ db: dbs.ui, clock, incident: flow.pipeline.incidents.detail },
    }),
  }),
  ...backupRoutes({ backups }),
  ...updateRoutes({ updates: openUpdates({ config, db: dbs.ui, clock, version }) }),
  ...claimRestoreRoutes({
    restore: claimRestore,
    requireCode: (code, ctx) => registry.auth.requireCode(code, visitorOf(ctx, config.uiTls)),
    tls: config.uiTls,
  }),
  ...notifyRoutes({ notify }),
  ...flow.pipeline.routes,
  ...tableRoutes({ rows: flow.rows }),
  ...health.routes,
]

/** A name that the provider has a certificate for is one of the appliance. */
const acceptedNames =
  ({ config, uiAuthority }: Pick<Deps, "config" | "uiAuthority">) =>
  (): readonly string[] => [...hostNames(config), ...uiAuthority.hostNames()]

const createListener = (deps: Deps, routes: readonly Route[]): RequestListener => {
  const { config, dbs, clock, counters, log, tracing, access, health, readiness, onError, flow } =
    deps
  const handle = createHttp({
    routes,
    authenticate: access.authenticateRequest,
    recall: access.recall,
    uiFiles: readUiFiles(UI_FOLDER),
    guards: {
      tls: config.uiTls,
      tilesUrl: config.ISPVM_MAP_TILES_URL,
      faultInjectionUrl: config.ISPVM_FAULT_INJECTION_URL,
      publicBaseUrl: config.PUBLIC_BASE_URL,
    },
    hostNames: acceptedNames(deps),
    proxies: access.proxies,
    metrics: access.metrics,
    counters,
    log,
    tracing,
    version,
    onDenied: createDenials({ db: dbs.ui, clock, onError }),
    onAnswered: health.checks.onAnswered,
    shared: createSharedAnswers({
      steadyMs: clock.steady.now,
      changesOf: flow.pipeline.live.changes,
      onWritten: flow.latest.markStale,
    }),
    readiness: async () => [...(await readiness()), ...health.readiness()],
  }).callback()
  return (request, response) => {
    handle(request, response).catch(onError)
  }
}

export const openUiAccess = (
  config: Config,
  { auth, tokens, walls }: Registry,
  onDrop: (reason: string) => void,
): UiAccess => createUiAccess({ config, auth, tokens, walls, onDrop })

export const startUi = async (deps: Deps, stack: AsyncDisposableStack): Promise<Ui> => {
  const { config, registry, access, uiAuthority, onError } = deps
  const routes = withoutLoops(allRoutes(deps), deps.notify)
  const names = () =>
    certificateNames({
      binds: [config.ISPVM_BIND, ...config.agentApiBind],
      publicHost: config.publicHost,
    })
  // Before the UI is served: its first visitor may set the appliance up at once.
  const setupCode = await registry.auth.prepareSetup(config.ISPVM_SETUP_CODE)
  const web = await startWebServer({
    listener: createListener(deps, routes),
    at: uiAddress(config),
    tls: config.uiTls ? { authority: uiAuthority, names } : null,
    connections: access.connections,
    onError,
  })
  stack.defer(() => web.stop())
  await startRedirect(deps, web.port, stack)
  return { port: web.port, setupCode, routes }
}

const startRedirect = async (
  deps: Deps,
  port: number,
  stack: AsyncDisposableStack,
): Promise<void> => {
  const { config, access, onError } = deps
  const at = redirectAddress(config)
  if (at === null) return
  const web = await startWebServer({
    listener: createRedirect({ names: acceptedNames(deps), port }),
    at,
    tls: null,
    connections: access.connections,
    onError,
  })
  stack.defer(() => web.stop())
}
