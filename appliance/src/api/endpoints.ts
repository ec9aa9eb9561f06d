/**
 * Every endpoint of the UI API: what it takes and what it answers. The routes of the appliance and
 * the types of the UI's client come from this table. Paths are below /api/v1, in OpenAPI form.
 */
import { z } from "zod"
import { TestAnswer, TestRequest } from "./access-test.ts"
import { Agent, AgentInput, AgentPatch, TokenAnswer } from "./agents.ts"
import {
  AlertRule,
  AlertRuleDetail,
  DryRun,
  DryRunRequest,
  RuleCheck,
  RuleCheckRequest,
  RuleExport,
  RuleExportQuery,
  RuleParams,
  RuleRevertRequest,
  RuleSaved,
  RuleSaveRequest,
  RuleVersion,
  RuleVocabulary,
} from "./alert-rule-answers.ts"
import { Backup, BackupKey, BackupKeyInput, BackupSettings } from "./backup.ts"
import {
  Collector,
  CollectorChange,
  CollectorId,
  ScopedInterval,
  ScopedIntervalChange,
  ScopedProfile,
  ScopedProfileChange,
} from "./collectors.ts"
import {
  Companion,
  CompanionInput,
  CompanionScript,
  KeyRotation,
  PreviewInput,
  ScriptLink,
  ScriptRequest,
  Verification,
} from "./companion.ts"
import { DeviceDiagnostics, Diagnostic, DiagnosticRunDetail } from "./diagnostics.ts"
import {
  DecisionAnswer,
  DiscoveryAnswer,
  DiscoveryDecision,
  DiscoveryQuery,
  DiscoveryRun,
} from "./discovery.ts"
import {
  Handover,
  HandoverQuery,
  HandoverRequest,
  PostMortem,
  PostMortemQuery,
  SavedFilter,
  SavedFilterInput,
} from "./handover.ts"
import { Health } from "./health.ts"
import { IncidentImpact } from "./impact.ts"
import { ImportAnswer, ImportRequest, ListImportAnswer, ListImportRequest } from "./import-lists.ts"
import {
  AcknowledgeRequest,
  Assignee,
  IncidentsAction,
  IncidentsActionAnswer,
  NoteAnswer,
  NoteRequest,
  SplitRequest,
} from "./incident-actions.ts"
import {
  Alert,
  AlertQuery,
  DeviceEventQuery,
  EventQuery,
  EventRow,
  Incident,
  IncidentDetail,
  IncidentQuery,
} from "./incidents.ts"
import {
  Credential,
  CredentialInput,
  CredentialPatch,
  Device,
  DeviceChange,
  DeviceCreate,
  Interface,
  Link,
  LinkInput,
  LinkPatch,
  Region,
  RegionInput,
  Site,
  SiteInput,
  SitePatch,
  Topology,
} from "./inventory.ts"
import { AgentDevice, DeviceReading } from "./leases.ts"
import { InterfaceDetail, InterfaceQuery, LinkDetail } from "./links.ts"
import {
  DeviceInterfacesQuery,
  DeviceQuery,
  LinkQuery,
  listPage,
  SiteQuery,
} from "./list-queries.ts"
import { LiveQuery } from "./live.ts"
import {
  MaintenanceDetail,
  MaintenanceInput,
  MaintenanceNow,
  MaintenanceQuery,
  MaintenanceWindow,
} from "./maintenance.ts"
import {
  Channel,
  ChannelInput,
  Delivery,
  DeliveryDetail,
  DeliveryQuery,
  Heartbeat,
  HeartbeatInput,
  IncidentNotifications,
  OnCallCalendar,
  Policies,
  PoliciesInput,
  PreviewAnswer,
  PreviewQuery,
  SchedulePreview,
  Schedules,
  SchedulesInput,
  TemplatePreview,
} from "./notifications.ts"
import { Overview } from "./overview.ts"
import {
  ProbeInput,
  ProbeList,
  ProbePatch,
  ProbeQuery,
  ProbesCreated,
  ProbesFromTemplate,
} from "./probes.ts"
import { OwnPush, PushSubscriptionInput } from "./push.ts"
import { AgentSent, RedactionInput, RedactionSettings } from "./redaction.ts"
import { RestorePieceQuery, RestoreRequest, RestoreState } from "./restore.ts"
import {
  DeviceMetricFamily,
  LatestQuery,
  LatestValues,
  MetricFamily,
  SeriesAnswer,
  SeriesQuery,
} from "./series.ts"
import {
  Account,
  AccountCreate,
  AccountPatch,
  AuditEntry,
  AuditQuery,
  LoginRequest,
  PasswordChange,
  Session,
  SetupRequest,
} from "./session.ts"
import { countedPage, page } from "./shared.ts"
import {
  ConfigurationAnswer,
  SearchQuery,
  SearchRow,
  TableAnswer,
  TableParams,
  TableQuery,
  TableSummary,
} from "./tables.ts"
import { ApiToken, ApiTokenCreate, ApiTokenCreated } from "./tokens.ts"
import { BundlePiece, BundleReceived, UpdateRequest, Updates } from "./updates.ts"
import {
  WallDisplay,
  WallDisplayCreate,
  WallDisplayCreated,
  WallSession,
  WallSessionRequest,
} from "./wall-displays.ts"

const Id = z.strictObject({ id: z.uuid() })
const KeyId = z.strictObject({ id: z.uuid(), key: z.string().regex(/^[A-Za-z0-9_-]{16}$/) })

/** Without `answer` an endpoint answers 204; without `status` one with an answer answers 200. */
export const ENDPOINTS = {
  "GET /incidents": { query: IncidentQuery, answer: countedPage(Incident) },
  "POST /incidents/actions": { body: IncidentsAction, answer: IncidentsActionAnswer },
  "GET /incidents/{id}": { params: Id, answer: IncidentDetail },
  "POST /incidents/{id}/acknowledge": { params: Id, body: AcknowledgeRequest, answer: NoteAnswer },
  "POST /incidents/{id}/unacknowledge": { params: Id, answer: Id },
  "POST /incidents/{id}/notes": { params: Id, body: NoteRequest, answer: NoteAnswer, status: 201 },
  "POST /incidents/{id}/split": { params: Id, body: SplitRequest, answer: Id, status: 201 },
  "GET /incidents/{id}/impact": { params: Id, answer: IncidentImpact },
  "GET /incidents/{id}/post-mortem": {
    params: Id,
    query: PostMortemQuery,
    answer: PostMortem,
  },
  "GET /handovers": { query: HandoverQuery, answer: Handover },
  "POST /handovers": { body: HandoverRequest, answer: Id, status: 201 },
  "GET /saved-filters": { answer: page(SavedFilter) },
  "POST /saved-filters": { body: SavedFilterInput, answer: Id, status: 201 },
  "DELETE /saved-filters/{id}": { params: Id },
  "GET /assignees": { answer: page(Assignee) },
  "GET /incidents/{id}/notifications": { params: Id, answer: IncidentNotifications },
  "GET /notifications/channels": { answer: page(Channel) },
  "POST /notifications/channels": { body: ChannelInput, answer: Id, status: 201 },
  "PUT /notifications/channels/{id}": { params: Id, body: ChannelInput },
  "DELETE /notifications/channels/{id}": { params: Id },
  "POST /notifications/channels/{id}/test": { params: Id, answer: Id, status: 201 },
  "GET /notifications/channels/{id}/preview": {
    params: Id,
    query: PreviewQuery,
    answer: PreviewAnswer,
  },
  "POST /notifications/preview": { body: TemplatePreview, answer: PreviewAnswer },
  "GET /notifications/policies": { answer: Policies },
  "PUT /notifications/policies": { body: PoliciesInput, answer: Policies },
  "GET /notifications/schedules": { answer: Schedules },
  "PUT /notifications/schedules": { body: SchedulesInput, answer: Schedules },
  "GET /push": { answer: OwnPush },
  "POST /push/subscriptions": {
    body: PushSubscriptionInput,
    answer: z.object({ channel: z.uuid() }),
    status: 201,
  },
  "DELETE /push/subscriptions/{id}": { params: Id },
  "POST /notifications/schedules/preview": { body: SchedulePreview, answer: OnCallCalendar },
  "GET /notifications/heartbeat": { answer: Heartbeat },
  "PUT /notifications/heartbeat": { body: HeartbeatInput, answer: Heartbeat },
  "GET /notifications/deliveries": { query: DeliveryQuery, answer: page(Delivery) },
  "GET /notifications/deliveries/{id}": { params: Id, answer: DeliveryDetail },
  "POST /notifications/deliveries/{id}/replay": { params: Id },
  "GET /maintenance": { query: MaintenanceQuery, answer: page(MaintenanceWindow) },
  "POST /maintenance": { body: MaintenanceInput, answer: Id, status: 201 },
  "POST /maintenance/now": { body: MaintenanceNow, answer: Id, status: 201 },
  "GET /maintenance/{id}": { params: Id, answer: MaintenanceDetail },
  "PUT /maintenance/{id}": { params: Id, body: MaintenanceInput, answer: Id },
  "POST /maintenance/{id}/end": { params: Id, answer: Id },
  "DELETE /maintenance/{id}": { params: Id },
  "GET /discovery": { query: DiscoveryQuery, answer: DiscoveryAnswer },
  "POST /discovery/run": { answer: DiscoveryRun },
  "POST /discovery/decisions": { body: DiscoveryDecision, answer: DecisionAnswer },
  "GET /probes": { query: ProbeQuery, answer: ProbeList },
  "POST /probes": { body: ProbeInput, answer: Id, status: 201 },
  "POST /probes/from-template": { body: ProbesFromTemplate, answer: ProbesCreated, status: 201 },
  "PUT /probes/{id}": { params: Id, body: ProbePatch, answer: Id },
  "POST /probes/{id}/run": { params: Id, answer: Id },
  "DELETE /probes/{id}": { params: Id },
  "GET /live": { query: LiveQuery },
  "GET /alerts": { query: AlertQuery, answer: listPage(Alert) },
  "GET /devices": { query: DeviceQuery, answer: listPage(Device) },
  "GET /devices/{id}": { params: Id, answer: Device },
  "GET /devices/{id}/reading": { params: Id, answer: DeviceReading },
  "GET /devices/{id}/interfaces": {
    params: Id,
    query: DeviceInterfacesQuery,
    answer: listPage(Interface),
  },
  "GET /devices/{id}/interface": { params: Id, query: InterfaceQuery, answer: InterfaceDetail },
  "GET /devices/{id}/series": { params: Id, query: SeriesQuery, answer: SeriesAnswer },
  "GET /devices/{id}/metrics": { params: Id, query: LatestQuery, answer: page(LatestValues) },
  "GET /devices/{id}/metric-families": { params: Id, answer: page(DeviceMetricFamily) },
  "GET /metric-families": { answer: page(MetricFamily) },
  "GET /devices/{id}/events": { params: Id, query: DeviceEventQuery, answer: page(EventRow) },
  "GET /devices/{id}/configuration": { params: Id, answer: ConfigurationAnswer },
  "GET /devices/{id}/tables": { params: Id, answer: page(TableSummary) },
  "GET /devices/{id}/tables/{table}": {
    params: TableParams,
    query: TableQuery,
    answer: TableAnswer,
  },
  "GET /search": { query: SearchQuery, answer: page(SearchRow) },
  "GET /events": { query: EventQuery, answer: page(EventRow) },
  "GET /links": { query: LinkQuery, answer: listPage(Link) },
  "GET /links/{id}": { params: Id, answer: LinkDetail },
  "GET /topology": { answer: Topology },
  "GET /overview": { answer: Overview },
  "GET /devices/{id}/diagnostics": { params: Id, answer: DeviceDiagnostics },
  "POST /devices/{id}/diagnostics": { params: Id, body: Diagnostic, answer: Id, status: 201 },
  "GET /diagnostics/{id}": { params: Id, answer: DiagnosticRunDetail },
  "POST /diagnostics/{id}/cancel": { params: Id },
  "GET /devices/{id}/companion": { params: Id, answer: Companion },
  "PUT /devices/{id}/companion": { params: Id, body: CompanionInput, answer: Companion },
  "POST /devices/{id}/companion/script": {
    params: Id,
    body: ScriptRequest,
    answer: CompanionScript,
    status: 201,
  },
  "POST /devices/{id}/companion/link": {
    params: Id,
    body: ScriptRequest,
    answer: ScriptLink,
    status: 201,
  },
  "POST /devices/{id}/companion/keys": { params: Id, answer: KeyRotation, status: 201 },
  "DELETE /devices/{id}/companion/keys/{key}": { params: KeyId },
  "POST /devices/{id}/companion/verify": { params: Id, answer: Verification },
  "DELETE /devices/{id}/companion": { params: Id },
  "POST /companion/preview": { body: PreviewInput, answer: CompanionScript },
  "GET /agents": { answer: page(Agent) },
  "GET /agents/{id}": { params: Id, answer: Agent },
  "POST /agents": { body: AgentInput, answer: Id, status: 201 },
  "PATCH /agents/{id}": { params: Id, body: AgentPatch, answer: Id },
  "DELETE /agents/{id}": { params: Id },
  "POST /agents/{id}/token": { params: Id, answer: TokenAnswer, status: 201 },
  "POST /agents/{id}/revoke": { params: Id },
  "POST /agents/{id}/update": { params: Id },
  "GET /agents/{id}/devices": { params: Id, answer: page(AgentDevice) },
  "GET /agents/{id}/sent": { params: Id, answer: AgentSent },
  "GET /redaction": { answer: RedactionSettings },
  "PUT /redaction": { body: RedactionInput, answer: RedactionSettings },
  "GET /collectors": { answer: page(Collector) },
  "GET /collectors/profiles": { answer: page(ScopedProfile) },
  "GET /collectors/intervals": { answer: page(ScopedInterval) },
  "PUT /collectors/intervals": { body: ScopedIntervalChange, answer: page(ScopedInterval) },
  "PUT /collectors/profiles": { body: ScopedProfileChange, answer: page(ScopedProfile) },
  "PATCH /collectors/{name}": { params: CollectorId, body: CollectorChange, answer: Collector },
  "POST /devices/test": { body: TestRequest, answer: TestAnswer },
  "GET /session": { answer: Session },
  "POST /setup": { body: SetupRequest, answer: Session, status: 201 },
  "POST /setup/restore": { body: RestoreRequest, answer: RestoreState, status: 201 },
  "PUT /setup/restore/file": { query: RestorePieceQuery, answer: RestoreState },
  "GET /setup/restore": { answer: RestoreState },
  "POST /session": { body: LoginRequest, answer: Session, status: 201 },
  "DELETE /session": {},
  "PUT /session/password": { body: PasswordChange },
  "GET /accounts": { answer: page(Account) },
  "POST /accounts": { body: AccountCreate, answer: Id, status: 201 },
  "PATCH /accounts/{id}": { params: Id, body: AccountPatch, answer: Id },
  "DELETE /accounts/{id}": { params: Id },
  "GET /alert-rules": { answer: page(AlertRule) },
  "GET /alert-rules/schema": { answer: z.record(z.string(), z.unknown()) },
  "GET /alert-rules/vocabulary": { answer: RuleVocabulary },
  "GET /alert-rules/export": { query: RuleExportQuery, answer: RuleExport },
  "POST /alert-rules/check": { body: RuleCheckRequest, answer: RuleCheck },
  "POST /alert-rules/dry-run": { body: DryRunRequest, answer: DryRun },
  "POST /alert-rules": { body: RuleSaveRequest, answer: RuleSaved },
  "GET /alert-rules/{name}": { params: RuleParams, answer: AlertRuleDetail },
  "GET /alert-rules/{name}/versions": { params: RuleParams, answer: page(RuleVersion) },
  "POST /alert-rules/{name}/revert": {
    params: RuleParams,
    body: RuleRevertRequest,
    answer: AlertRuleDetail,
  },
  "GET /tokens": { answer: page(ApiToken) },
  "POST /tokens": { body: ApiTokenCreate, answer: ApiTokenCreated, status: 201 },
  "GET /wall-displays": { answer: page(WallDisplay) },
  "POST /wall-displays": { body: WallDisplayCreate, answer: WallDisplayCreated, status: 201 },
  "POST /wall-displays/{id}/revoke": { params: Id },
  "POST /wall-sessions": { body: WallSessionRequest, answer: WallSession, status: 201 },
  "POST /tokens/{id}/revoke": { params: Id },
  "GET /audit": { query: AuditQuery, answer: countedPage(AuditEntry) },
  "GET /regions": { answer: page(Region) },
  "POST /regions": { body: RegionInput, answer: Id, status: 201 },
  "PATCH /regions/{id}": { params: Id, body: RegionInput, answer: Id },
  "DELETE /regions/{id}": { params: Id },
  "GET /sites": { query: SiteQuery, answer: listPage(Site) },
  "POST /sites": { body: SiteInput, answer: Id, status: 201 },
  "PATCH /sites/{id}": { params: Id, body: SitePatch, answer: Id },
  "DELETE /sites/{id}": { params: Id },
  "POST /devices": { body: DeviceCreate, answer: Id, status: 201 },
  "POST /devices/import": { body: ImportRequest, answer: ImportAnswer },
  "POST /sites/import": { body: ListImportRequest, answer: ListImportAnswer },
  "POST /links/import": { body: ListImportRequest, answer: ListImportAnswer },
  "PATCH /devices/{id}": { params: Id, body: DeviceChange, answer: Id },
  "DELETE /devices/{id}": { params: Id },
  "POST /links": { body: LinkInput, answer: Id, status: 201 },
  "PATCH /links/{id}": { params: Id, body: LinkPatch, answer: Id },
  "DELETE /links/{id}": { params: Id },
  "GET /credentials": { answer: page(Credential) },
  "POST /credentials": { body: CredentialInput, answer: Id, status: 201 },
  "PATCH /credentials/{id}": { params: Id, body: CredentialPatch, answer: Id },
  "DELETE /credentials/{id}": { params: Id },
  "GET /backup": { answer: Backup },
  "PUT /backup/settings": { body: BackupSettings },
  "POST /backup/key": { body: BackupKeyInput, answer: BackupKey, status: 201 },
  "POST /backup/runs": { answer: Id, status: 202 },
  "GET /health": { answer: Health },
  "GET /updates": { answer: Updates },
  "PUT /updates/bundle": { query: BundlePiece, answer: BundleReceived },
  "POST /updates/runs": { body: UpdateRequest },
} as const satisfies Readonly<Record<`${Method} /${string}`, Endpoint>>

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE"
export type Endpoint = {
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly answer?: z.ZodType
  readonly status?: number
}
export type Endpoints = typeof ENDPOINTS
export type EndpointName = keyof Endpoints
