/**
 * All calls to the appliance. Paths, parameters, bodies and answers come from its endpoint table.
 */
import type { TableName } from "@ispvm/appliance/api/tables"
import { type BodyOf, createCall, type QueryOf } from "./call.ts"

export type Page<T> = { readonly items: readonly T[]; readonly next: string | null }
export type SeriesParams = QueryOf<"GET /devices/{id}/series">
/** `link`, or `device` with `interface`: only incidents that affect it. */
export type IncidentParams = QueryOf<"GET /incidents">
type ScriptKind = BodyOf<"POST /devices/{id}/companion/script">["kind"]
type DesiredConfig = BodyOf<"PUT /devices/{id}/companion">

/** A poll takes as long as the router needs. */
const ROUTER_DEADLINE_MS = 90_000
const LONG_DEADLINE_MS = 60_000

export type Api = ReturnType<typeof createApi>

export const createApi = (fetcher: typeof fetch, onLoggedOut: () => void) => {
  const call = createCall(fetcher, onLoggedOut)
  return {
    session: () => call("GET /session"),
    login: (body: BodyOf<"POST /session">) => call("POST /session", { body }),
    logout: () => call("DELETE /session"),
    setup: (body: BodyOf<"POST /setup">) => call("POST /setup", { body }),
    ...restoreCalls(call),

    health: () => call("GET /health"),
    overview: () => call("GET /overview"),
    topology: () => call("GET /topology"),
    events: (query: QueryOf<"GET /events">) => call("GET /events", { query }),
    audit: (query: QueryOf<"GET /audit">) => call("GET /audit", { query }),
    ...backupCalls(call),
    ...updateCalls(call),
    ...deviceCalls(call),
    ...companionCalls(call),
    ...diagnosticCalls(call),
    ...inventoryCalls(call),
    ...incidentCalls(call),
    ...notificationCalls(call),
    ...peopleCalls(call),
  }
}

type Caller = ReturnType<typeof createCall>

const restoreCalls = (call: Caller) => ({
  restoreState: () => call("GET /setup/restore"),
  beginRestore: (body: BodyOf<"POST /setup/restore">) => call("POST /setup/restore", { body }),
  sendRestorePiece: (offset: number, bytes: Blob) =>
    call("PUT /setup/restore/file", { query: { offset }, bytes, deadlineMs: LONG_DEADLINE_MS }),
})

const backupCalls = (call: Caller) => ({
  backup: () => call("GET /backup"),
  changeBackup: (body: BodyOf<"PUT /backup/settings">) => call("PUT /backup/settings", { body }),
  createBackupKey: () => call("POST /backup/key", { body: {} }),
  startBackup: () => call("POST /backup/runs"),
})

const updateCalls = (call: Caller) => ({
  updates: () => call("GET /updates"),
  sendBundlePiece: (query: QueryOf<"PUT /updates/bundle">, bytes: Blob) =>
    call("PUT /updates/bundle", { query, bytes, deadlineMs: LONG_DEADLINE_MS }),
  startUpdate: (body: BodyOf<"POST /updates/runs">) => call("POST /updates/runs", { body }),
})

const deviceCalls = (call: Caller) => ({
  device: (id: string) => call("GET /devices/{id}", { params: { id } }),
  addDevice: (body: BodyOf<"POST /devices">) => call("POST /devices", { body }),
  changeDevice: (id: string, body: BodyOf<"PATCH /devices/{id}">) =>
    call("PATCH /devices/{id}", { params: { id }, body }),
  removeDevice: (id: string) => call("DELETE /devices/{id}", { params: { id } }),
  testDevice: (body: BodyOf<"POST /devices/test">) =>
    call("POST /devices/test", { body, deadlineMs: LONG_DEADLINE_MS }),
  importDevices: (body: BodyOf<"POST /devices/import">) =>
    call("POST /devices/import", { body, deadlineMs: LONG_DEADLINE_MS }),
  importSites: (body: BodyOf<"POST /sites/import">) =>
    call("POST /sites/import", { body, deadlineMs: LONG_DEADLINE_MS }),
  importLinks: (body: BodyOf<"POST /links/import">) =>
    call("POST /links/import", { body, deadlineMs: LONG_DEADLINE_MS }),
  interface: (id: string, name: string) =>
    call("GET /devices/{id}/interface", { params: { id }, query: { name } }),
  interfaces: (id: string) => call("GET /devices/{id}/interfaces", { params: { id } }),
  interfaceEvents: (
    id: string,
    query: QueryOf<"GET /devices/{id}/events"> & { readonly interface: string },
  ) => call("GET /devices/{id}/events", { params: { id }, query }),
  deviceTable: (
    id: string,
    table: TableName,
    query: Partial<QueryOf<"GET /devices/{id}/tables/{table}">>,
  ) => call("GET /devices/{id}/tables/{table}", { params: { id, table }, query }),
  deviceConfiguration: (id: string) => call("GET /devices/{id}/configuration", { params: { id } }),
  collectionProfiles: () => call("GET /collectors/profiles"),
  changeCollectionProfile: (body: BodyOf<"PUT /collectors/profiles">) =>
    call("PUT /collectors/profiles", { body }),
  collectionIntervals: () => call("GET /collectors/intervals"),
  changeCollectionInterval: (body: BodyOf<"PUT /collectors/intervals">) =>
    call("PUT /collectors/intervals", { body }),
  deviceTables: (id: string) => call("GET /devices/{id}/tables", { params: { id } }),
  /** The latest values of one family. */
  deviceMetrics: (id: string, family: string) =>
    call("GET /devices/{id}/metrics", { params: { id }, query: { family } }),
  deviceEvents: (id: string, query: QueryOf<"GET /devices/{id}/events">) =>
    call("GET /devices/{id}/events", { params: { id }, query }),
  searchRows: (q: string, limit: number) => call("GET /search", { query: { q, limit } }),
  /** Every metric family, and whether the device has values of it. */
  deviceMetricFamilies: (id: string) =>
    call("GET /devices/{id}/metric-families", { params: { id } }),
  /** By which agent and method it is read. */
  reading: (id: string) => call("GET /devices/{id}/reading", { params: { id } }),
  series: (id: string, query: SeriesParams) =>
    call("GET /devices/{id}/series", { params: { id }, query }),
})

const diagnosticCalls = (call: Caller) => ({
  deviceDiagnostics: (id: string) => call("GET /devices/{id}/diagnostics", { params: { id } }),
  startDiagnostic: (id: string, body: BodyOf<"POST /devices/{id}/diagnostics">) =>
    call("POST /devices/{id}/diagnostics", { params: { id }, body }),
  diagnosticRun: (id: string) => call("GET /diagnostics/{id}", { params: { id } }),
  cancelDiagnostic: (id: string) => call("POST /diagnostics/{id}/cancel", { params: { id } }),
})

const companionCalls = (call: Caller) => ({
  companion: (id: string) => call("GET /devices/{id}/companion", { params: { id } }),
  saveDesiredConfig: (id: string, body: DesiredConfig) =>
    call("PUT /devices/{id}/companion", { params: { id }, body }),
  previewScript: (id: string, desired: DesiredConfig) =>
    call("POST /companion/preview", { body: { ...desired, deviceId: id } }),
  companionScript: (id: string, kind: ScriptKind) =>
    call("POST /devices/{id}/companion/script", { params: { id }, body: { kind } }),
  scriptLink: (id: string, kind: ScriptKind) =>
    call("POST /devices/{id}/companion/link", { params: { id }, body: { kind } }),
  rotateKey: (id: string) => call("POST /devices/{id}/companion/keys", { params: { id } }),
  revokeKey: (id: string, key: string) =>
    call("DELETE /devices/{id}/companion/keys/{key}", { params: { id, key } }),
  /**
   * Confirms that the script was removed from the router: no more pushes are accepted or expected.
   */
  deleteCompanion: (id: string) => call("DELETE /devices/{id}/companion", { params: { id } }),
  verifyCompanion: (id: string) =>
    call("POST /devices/{id}/companion/verify", {
      params: { id },
      deadlineMs: ROUTER_DEADLINE_MS,
    }),
})

const inventoryCalls = (call: Caller) => ({
  discovery: (query: QueryOf<"GET /discovery">) => call("GET /discovery", { query }),
  runDiscovery: () => call("POST /discovery/run", { deadlineMs: LONG_DEADLINE_MS }),
  decideProposals: (body: BodyOf<"POST /discovery/decisions">) =>
    call("POST /discovery/decisions", { body, deadlineMs: LONG_DEADLINE_MS }),
  links: () => call("GET /links"),
  link: (id: string) => call("GET /links/{id}", { params: { id } }),
  addLink: (body: BodyOf<"POST /links">) => call("POST /links", { body }),
  changeLink: (id: string, body: BodyOf<"PATCH /links/{id}">) =>
    call("PATCH /links/{id}", { params: { id }, body }),
  removeLink: (id: string) => call("DELETE /links/{id}", { params: { id } }),

  regions: () => call("GET /regions"),
  sites: () => call("GET /sites"),
  addSite: (body: BodyOf<"POST /sites">) => call("POST /sites", { body }),
  changeSite: (id: string, body: BodyOf<"PATCH /sites/{id}">) =>
    call("PATCH /sites/{id}", { params: { id }, body }),
  removeSite: (id: string) => call("DELETE /sites/{id}", { params: { id } }),

  credentials: () => call("GET /credentials"),
  addCredential: (body: BodyOf<"POST /credentials">) => call("POST /credentials", { body }),
  changeCredential: (id: string, body: BodyOf<"PATCH /credentials/{id}">) =>
    call("PATCH /credentials/{id}", { params: { id }, body }),
  removeCredential: (id: string) => call("DELETE /credentials/{id}", { params: { id } }),

  agents: () => call("GET /agents"),
  addAgent: (body: BodyOf<"POST /agents">) => call("POST /agents", { body }),
  changeAgent: (id: string, body: BodyOf<"PATCH /agents/{id}">) =>
    call("PATCH /agents/{id}", { params: { id }, body }),
  removeAgent: (id: string) => call("DELETE /agents/{id}", { params: { id } }),
  agentToken: (id: string) => call("POST /agents/{id}/token", { params: { id } }),
  agentDevices: (id: string) => call("GET /agents/{id}/devices", { params: { id } }),
  agentSent: (id: string) => call("GET /agents/{id}/sent", { params: { id } }),
  redaction: () => call("GET /redaction"),
  changeRedaction: (body: BodyOf<"PUT /redaction">) => call("PUT /redaction", { body }),
  collectors: () => call("GET /collectors"),
  changeCollector: (name: string, body: BodyOf<"PATCH /collectors/{name}">) =>
    call("PATCH /collectors/{name}", { params: { name }, body }),
  retryAgentUpdate: (id: string) => call("POST /agents/{id}/update", { params: { id } }),
  revokeAgent: (id: string) => call("POST /agents/{id}/revoke", { params: { id } }),
})

const incidentCalls = (call: Caller) => ({
  incidents: (query: IncidentParams = {}) => call("GET /incidents", { query }),
  incident: (id: string) => call("GET /incidents/{id}", { params: { id } }),
  acknowledge: (id: string, note: string) =>
    call("POST /incidents/{id}/acknowledge", { params: { id }, body: { note, ifOpen: true } }),
  unacknowledge: (id: string) => call("POST /incidents/{id}/unacknowledge", { params: { id } }),
  actOnIncidents: (body: BodyOf<"POST /incidents/actions">) =>
    call("POST /incidents/actions", { body }),
  splitIncident: (id: string, alertIds: string[]) =>
    call("POST /incidents/{id}/split", { params: { id }, body: { alertIds } }),
  assignees: () => call("GET /assignees"),
  postMortem: (id: string, language: "en" | "tr") =>
    call("GET /incidents/{id}/post-mortem", { params: { id }, query: { language } }),
  handover: (since: number | null) =>
    call("GET /handovers", { query: since === null ? {} : { since: String(since) } }),
  handOver: (body: BodyOf<"POST /handovers">) => call("POST /handovers", { body }),
  savedFilters: () => call("GET /saved-filters"),
  saveFilter: (body: BodyOf<"POST /saved-filters">) => call("POST /saved-filters", { body }),
  removeFilter: (id: string) => call("DELETE /saved-filters/{id}", { params: { id } }),
  probes: (query: QueryOf<"GET /probes"> = {}) => call("GET /probes", { query }),
  addProbe: (body: BodyOf<"POST /probes">) => call("POST /probes", { body }),
  addProbesFromTemplate: (body: BodyOf<"POST /probes/from-template">) =>
    call("POST /probes/from-template", { body }),
  changeProbe: (id: string, body: BodyOf<"PUT /probes/{id}">) =>
    call("PUT /probes/{id}", { params: { id }, body }),
  runProbe: (id: string) => call("POST /probes/{id}/run", { params: { id } }),
  removeProbe: (id: string) => call("DELETE /probes/{id}", { params: { id } }),
  maintenance: (query: QueryOf<"GET /maintenance"> = {}) => call("GET /maintenance", { query }),
  maintenanceWindow: (id: string) => call("GET /maintenance/{id}", { params: { id } }),
  addMaintenance: (body: BodyOf<"POST /maintenance">) => call("POST /maintenance", { body }),
  startMaintenance: (body: BodyOf<"POST /maintenance/now">) =>
    call("POST /maintenance/now", { body }),
  changeMaintenance: (id: string, body: BodyOf<"PUT /maintenance/{id}">) =>
    call("PUT /maintenance/{id}", { params: { id }, body }),
  endMaintenance: (id: string) => call("POST /maintenance/{id}/end", { params: { id } }),
  removeMaintenance: (id: string) => call("DELETE /maintenance/{id}", { params: { id } }),
  addNote: (id: string, note: string) =>
    call("POST /incidents/{id}/notes", { params: { id }, body: { note } }),
})

const notificationCalls = (call: Caller) => ({
  channels: () => call("GET /notifications/channels"),
  addChannel: (body: BodyOf<"POST /notifications/channels">) =>
    call("POST /notifications/channels", { body }),
  changeChannel: (id: string, body: BodyOf<"PUT /notifications/channels/{id}">) =>
    call("PUT /notifications/channels/{id}", { params: { id }, body }),
  removeChannel: (id: string) => call("DELETE /notifications/channels/{id}", { params: { id } }),
  testChannel: (id: string) => call("POST /notifications/channels/{id}/test", { params: { id } }),
  previewChannel: (id: string, incident: string) =>
    call("GET /notifications/channels/{id}/preview", { params: { id }, query: { incident } }),
  /** With a template that is not saved. */
  previewTemplate: (body: BodyOf<"POST /notifications/preview">) =>
    call("POST /notifications/preview", { body }),
  heartbeat: () => call("GET /notifications/heartbeat"),
  changeHeartbeat: (body: BodyOf<"PUT /notifications/heartbeat">) =>
    call("PUT /notifications/heartbeat", { body }),
  policies: () => call("GET /notifications/policies"),
  changePolicies: (body: BodyOf<"PUT /notifications/policies">) =>
    call("PUT /notifications/policies", { body }),
  ownPush: () => call("GET /push"),
  addPush: (body: BodyOf<"POST /push/subscriptions">) => call("POST /push/subscriptions", { body }),
  removePush: (id: string) => call("DELETE /push/subscriptions/{id}", { params: { id } }),
  schedules: () => call("GET /notifications/schedules"),
  changeSchedules: (body: BodyOf<"PUT /notifications/schedules">) =>
    call("PUT /notifications/schedules", { body }),
  previewSchedule: (body: BodyOf<"POST /notifications/schedules/preview">) =>
    call("POST /notifications/schedules/preview", { body }),
  deliveries: (query: QueryOf<"GET /notifications/deliveries">) =>
    call("GET /notifications/deliveries", { query }),
  delivery: (id: string) => call("GET /notifications/deliveries/{id}", { params: { id } }),
  replayDelivery: (id: string) =>
    call("POST /notifications/deliveries/{id}/replay", { params: { id } }),
  impactOf: (id: string) => call("GET /incidents/{id}/impact", { params: { id } }),
  notificationsOf: (id: string) => call("GET /incidents/{id}/notifications", { params: { id } }),
})

const peopleCalls = (call: Caller) => ({
  accounts: () => call("GET /accounts"),
  addAccount: (body: BodyOf<"POST /accounts">) => call("POST /accounts", { body }),
  changeAccount: (id: string, body: BodyOf<"PATCH /accounts/{id}">) =>
    call("PATCH /accounts/{id}", { params: { id }, body }),
  alertRules: () => call("GET /alert-rules"),
  alertRule: (name: string) => call("GET /alert-rules/{name}", { params: { name } }),
  alertRuleVersions: (name: string) =>
    call("GET /alert-rules/{name}/versions", { params: { name } }),
  alertRuleVocabulary: () => call("GET /alert-rules/vocabulary"),
  checkAlertRules: (body: BodyOf<"POST /alert-rules/check">) =>
    call("POST /alert-rules/check", { body }),
  saveAlertRules: (body: BodyOf<"POST /alert-rules">) => call("POST /alert-rules", { body }),
  revertAlertRule: (name: string, body: BodyOf<"POST /alert-rules/{name}/revert">) =>
    call("POST /alert-rules/{name}/revert", { params: { name }, body }),
  dryRunAlertRule: (body: BodyOf<"POST /alert-rules/dry-run">) =>
    call("POST /alert-rules/dry-run", { body }),
  exportAlertRules: () => call("GET /alert-rules/export"),
  apiTokens: () => call("GET /tokens"),
  addApiToken: (body: BodyOf<"POST /tokens">) => call("POST /tokens", { body }),
  revokeApiToken: (id: string) => call("POST /tokens/{id}/revoke", { params: { id } }),
  wallDisplays: () => call("GET /wall-displays"),
  addWallDisplay: (body: BodyOf<"POST /wall-displays">) => call("POST /wall-displays", { body }),
  revokeWallDisplay: (id: string) => call("POST /wall-displays/{id}/revoke", { params: { id } }),
  removeAccount: (id: string) => call("DELETE /accounts/{id}", { params: { id } }),
})
