/** Every call to the appliance, typed by its own schemas. What it refuses is thrown as ApiError. */
import type { Agent, AgentInput, TokenAnswer } from "@ispvm/appliance/api/agents"
import type {
  Companion,
  CompanionInput,
  CompanionScript,
  KeyRotation,
  ScriptLink,
  Verification,
} from "@ispvm/appliance/api/companion"
import type { Health } from "@ispvm/appliance/api/health"
import type { EventRow, Incident, IncidentDetail } from "@ispvm/appliance/api/incidents"
import type {
  Credential,
  Device,
  DevicePatch,
  ImportAnswer,
  Interface,
  Link,
  Region,
  Site,
  TestAnswer,
  Topology,
  TypedSecret,
} from "@ispvm/appliance/api/inventory"
import type { LabCommand, LabState } from "@ispvm/appliance/api/lab"
import type { InterfaceDetail, LinkDetail } from "@ispvm/appliance/api/links"
import type { Overview } from "@ispvm/appliance/api/overview"
import type { SeriesAnswer, SeriesQuery } from "@ispvm/appliance/api/series"
import type { Account, AuditEntry, Session } from "@ispvm/appliance/api/session"
import { type Body, createCall } from "./call.ts"

export type Page<T> = { readonly items: readonly T[]; readonly next: string | null }
export type SeriesParams = {
  readonly kind: SeriesQuery["kind"]
  readonly from: number
  readonly to: number
  readonly interface?: number
  readonly points?: number
}

/** `link`, or `device` with `interface`: only the incidents that concern it. */
export type IncidentParams = {
  readonly state?: string
  readonly limit?: number
  readonly before?: string
  readonly link?: string
  readonly device?: string
  readonly interface?: string
}

export type Api = ReturnType<typeof createApi>

export const createApi = (fetcher: typeof fetch, onLoggedOut: () => void) => {
  const { get, post, put, patch, remove } = createCall(fetcher, onLoggedOut)
  return {
    session: () => get<Session>("/session"),
    login: (body: Body) => post<Session>("/session", body),
    logout: () => remove("/session"),
    setup: (body: Body) => post<Session>("/setup", body),

    health: () => get<Health>("/health"),
    overview: () => get<Overview>("/overview"),
    topology: () => get<Topology>("/topology"),
    events: (params: { device?: string; since?: number; limit?: number; cursor?: string }) =>
      get<Page<EventRow>>("/events", params),

    device: (id: string) => get<Device>(`/devices/${id}`),
    addDevice: (body: Body) => post<{ id: string }>("/devices", body),
    changeDevice: (id: string, body: DevicePatch & { readonly secret?: TypedSecret | null }) =>
      patch(`/devices/${id}`, body),
    removeDevice: (id: string) => remove(`/devices/${id}`),
    testDevice: (body: Body) => post<TestAnswer>("/devices/test", body, 60_000),
    importDevices: (csv: string, agentId: string | null, dryRun: boolean) =>
      post<ImportAnswer>("/devices/import", { csv, agentId, dryRun }, 60_000),
    interface: (id: string, name: string) =>
      get<InterfaceDetail>(`/devices/${id}/interface`, { name }),
    interfaceEvents: (id: string, params: { interface: string; since?: number; limit?: number }) =>
      get<Page<EventRow>>(`/devices/${id}/events`, params),
    interfaces: (id: string) => get<Page<Interface>>(`/devices/${id}/interfaces`),
    series: (id: string, params: SeriesParams) =>
      get<SeriesAnswer>(`/devices/${id}/series`, params),

    companion: (id: string) => get<Companion>(`/devices/${id}/companion`),
    saveDesiredConfig: (id: string, desired: CompanionInput) =>
      put<Companion>(`/devices/${id}/companion`, desired),
    previewScript: (id: string, desired: CompanionInput) =>
      post<CompanionScript>("/companion/preview", { ...desired, deviceId: id }),
    companionScript: (id: string, kind: CompanionScript["kind"]) =>
      post<CompanionScript>(`/devices/${id}/companion/script`, { kind }),
    scriptLink: (id: string, kind: CompanionScript["kind"]) =>
      post<ScriptLink>(`/devices/${id}/companion/link`, { kind }),
    rotateKey: (id: string) => post<KeyRotation>(`/devices/${id}/companion/keys`, {}),
    revokeKey: (id: string, key: string) => remove(`/devices/${id}/companion/keys/${key}`),
    /** Its script was taken out: nothing is taken from it and nothing expected of it any more. */
    deleteCompanion: (id: string) => remove(`/devices/${id}/companion`),
    /** Reads the router through its agent: that takes as long as the router takes. */
    verifyCompanion: (id: string) =>
      post<Verification>(`/devices/${id}/companion/verify`, {}, 90_000),

    links: () => get<Page<Link>>("/links"),
    link: (id: string) => get<LinkDetail>(`/links/${id}`),
    addLink: (body: Body) => post<{ id: string }>("/links", body),
    changeLink: (id: string, body: Body) => patch(`/links/${id}`, body),
    removeLink: (id: string) => remove(`/links/${id}`),

    regions: () => get<Page<Region>>("/regions"),
    sites: () => get<Page<Site>>("/sites"),
    addSite: (body: Body) => post<{ id: string }>("/sites", body),
    changeSite: (id: string, body: Body) => patch(`/sites/${id}`, body),
    removeSite: (id: string) => remove(`/sites/${id}`),

    credentials: () => get<Page<Credential>>("/credentials"),
    addCredential: (body: Body) => post<{ id: string }>("/credentials", body),
    changeCredential: (id: string, body: Body) => patch(`/credentials/${id}`, body),
    removeCredential: (id: string) => remove(`/credentials/${id}`),

    agents: () => get<Page<Agent>>("/agents"),
    addAgent: (body: Partial<AgentInput>) => post<{ id: string }>("/agents", body),
    changeAgent: (id: string, body: Body) => patch(`/agents/${id}`, body),
    removeAgent: (id: string) => remove(`/agents/${id}`),
    agentToken: (id: string) => post<TokenAnswer>(`/agents/${id}/token`, {}),
    revokeAgent: (id: string) => post<unknown>(`/agents/${id}/revoke`, {}),

    incidents: (params: IncidentParams = {}) => get<Page<Incident>>("/incidents", params),
    incident: (id: string) => get<IncidentDetail>(`/incidents/${id}`),
    acknowledge: (id: string, note: string) =>
      post<unknown>(`/incidents/${id}/acknowledge`, { note }),
    unacknowledge: (id: string) => post<unknown>(`/incidents/${id}/unacknowledge`, {}),
    addNote: (id: string, note: string) => post<unknown>(`/incidents/${id}/notes`, { note }),

    accounts: () => get<Page<Account>>("/accounts"),
    addAccount: (body: Body) => post<{ id: string }>("/accounts", body),
    changeAccount: (id: string, body: Body) => patch(`/accounts/${id}`, body),
    removeAccount: (id: string) => remove(`/accounts/${id}`),

    audit: (params: {
      limit: number
      before?: string
      actor?: string
      subject?: string
      from?: number
    }) => get<Page<AuditEntry>>("/audit", params),

    lab: () => get<LabState>("/lab"),
    runLabCommand: (body: LabCommand) => post<unknown>("/lab", body),
  }
}
