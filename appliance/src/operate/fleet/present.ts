/**
 * Rows and latest values -> the shapes of the API, each field by its name, so that a new column
 * never leaks. Pure.
 */
import type { EventRow } from "../../api/incidents.ts"
import {
  type Device,
  DeviceRole,
  type Interface,
  type Link,
  MethodsInput,
  type StatusNow,
  TextEncoding,
} from "../../api/inventory.ts"
import type { EndDevice } from "../../api/links.ts"
import type { Overview } from "../../api/overview.ts"
import type { DeviceNow, InterfaceNow, LinkNow, SourceLast } from "../../flow/series/model.ts"
import type { NetworkLink } from "./failover.ts"
import type { DeviceRow, InterfaceRow, LinkPlace, LinkRow } from "./store.ts"

/** The current status of a device or link according to alerts and incidents. */
export type EntityStatus = { readonly status: StatusNow; readonly incidentId: string | null }

type Measured =
  | "status"
  | "incidentId"
  | "lastSeenAtMs"
  | "probedAtMs"
  | "healthAtMs"
  | "trafficAtMs"
  | "rttMs"
  | "lossPct"
  | "uptimeS"
  | "cpuPct"
  | "memoryPct"
  | "rxBps"
  | "txBps"
  | "sources"
/** What the inventory says of a device. */
export type DeviceFacts = Omit<Device, Measured>

export const presentFacts = (row: DeviceRow): DeviceFacts => ({
  id: row.id,
  name: row.name,
  address: row.address,
  siteId: row.siteId,
  siteName: row.siteName,
  roles: row.roles.flatMap((role) => DeviceRole.safeParse(role).data ?? []),
  agentId: row.agentId,
  agentName: row.agentName,
  agentFallback: row.agentFallback,
  fallbackAgentIds: row.fallbackAgentIds,
  readBy:
    row.holderId === null || row.holderName === null
      ? null
      : { id: row.holderId, name: row.holderName },
  credentialId: row.credentialId,
  diagnosticsCredentialId: row.diagnosticsCredentialId,
  reportsEveryS: row.reportsEveryS,
  methods: MethodsInput.parse(row.methods),
  note: row.note,
  textEncoding: TextEncoding.safeParse(row.textEncoding).data ?? null,
  tags: row.tags,
  identity: row.identity,
  vendor: row.vendor,
  board: row.board,
  version: row.version,
  serial: row.serial,
})

export const presentDevice = (
  facts: DeviceFacts,
  now: DeviceNow | undefined,
  sources: readonly SourceLast[],
  { status, incidentId }: EntityStatus,
): Device => ({
  ...facts,
  status,
  incidentId,
  lastSeenAtMs: now?.lastSeenAtMs ?? null,
  probedAtMs: now?.probedAtMs ?? null,
  healthAtMs: now?.healthAtMs ?? null,
  trafficAtMs: now?.trafficAtMs ?? null,
  rttMs: now?.rttMs ?? null,
  lossPct: now?.lossPct ?? null,
  uptimeS: now?.uptimeS ?? null,
  cpuPct: now?.cpuPct ?? null,
  memoryPct: now?.memoryPct ?? null,
  rxBps: now?.rxBps ?? null,
  txBps: now?.txBps ?? null,
  sources: presentSources(facts.methods, sources),
})

/**
 * The methods in use, in polling order, whether or not they have answered yet; then sources that
 * report by themselves.
 */
const presentSources = (methods: MethodsInput, seen: readonly SourceLast[]): Device["sources"] => {
  const inUse = [
    ...(methods.routerosApi === null ? [] : ["routeros-api"]),
    ...(methods.snmp === null ? [] : ["snmp"]),
    ...(methods.icmp ? ["icmp"] : []),
    ...(methods.tcpPort === null ? [] : ["tcp"]),
  ]
  // A method that was turned off would only show an old failure.
  const passive = seen
    .filter(({ source }) => source === "tcp" || source === "syslog" || source === "push")
    .map(({ source }) => source)
  return [...new Set([...inUse, ...passive])].map((source) => {
    const last = seen.find((row) => row.source === source)
    return { source, lastAtMs: last?.lastAtMs ?? null, problem: last?.problem ?? null }
  })
}

export const presentInterface = (row: InterfaceRow, now: InterfaceNow | undefined): Interface => ({
  id: row.id,
  deviceId: row.deviceId,
  name: row.name,
  type: row.type,
  mac: row.mac,
  comment: row.comment,
  speedBps: row.speedBps,
  running: now?.running ?? null,
  disabled: now?.disabled ?? null,
  rxBps: now?.rxBps ?? null,
  txBps: now?.txBps ?? null,
  errorsPs: now?.errorsPs ?? null,
  dropsPs: now?.dropsPs ?? null,
  atMs: now?.atMs ?? null,
  linkId: row.linkId,
})

/** Natural order: ether2 before ether10. */
const byName = new Intl.Collator("en", { numeric: true })
export const inOrder = <T extends { readonly name: string }>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => byName.compare(a.name, b.name))

export const presentLink = (
  row: LinkRow,
  now: LinkNow | undefined,
  { status, incidentId }: EntityStatus,
): Link => ({
  id: row.id,
  name: row.name ?? `${row.aDeviceName}–${row.bDeviceName}`,
  a: {
    deviceId: row.aDeviceId,
    deviceName: row.aDeviceName,
    interfaceId: now?.aInterfaceId ?? null,
    interface: row.aInterface,
  },
  b: {
    deviceId: row.bDeviceId,
    deviceName: row.bDeviceName,
    interfaceId: now?.bInterfaceId ?? null,
    interface: row.bInterface,
  },
  capacityBps: row.capacityBps,
  medium: row.medium,
  tags: row.tags,
  status,
  incidentId,
  aToBBps: now?.aToBBps ?? null,
  bToABps: now?.bToABps ?? null,
  atMs: now?.atMs ?? null,
})

export const presentEnd = (device: Device): EndDevice => {
  const {
    id,
    name,
    siteId,
    siteName,
    agentName,
    status,
    incidentId,
    rttMs,
    lossPct,
    lastSeenAtMs,
    probedAtMs,
  } = device
  return {
    id,
    name,
    siteId,
    siteName,
    agentName,
    status,
    incidentId,
    rttMs,
    lossPct,
    lastSeenAtMs,
    probedAtMs,
  }
}

/** The statuses of a link that carries nothing. With an unknown status, nothing is claimed. */
export const DOWN_STATUSES: ReadonlySet<string> = new Set(["down", "unreachable"])

/** The stated capacity of a link; without one, the speed of its slower interface. */
export const networkLinks = (
  links: readonly Link[],
  places: readonly LinkPlace[],
): NetworkLink[] => {
  const byId = new Map(places.map((place) => [place.id, place]))
  return links.map(({ id, name, a, b, capacityBps, aToBBps, bToABps, status }) => {
    const place = byId.get(id)
    const speeds = [place?.aSpeedBps, place?.bSpeedBps].filter(
      (speed) => speed != null && speed > 0,
    )
    return {
      id,
      name,
      a: { deviceId: a.deviceId, siteId: place?.aSiteId ?? null },
      b: { deviceId: b.deviceId, siteId: place?.bSiteId ?? null },
      capacityBps: capacityBps ?? (speeds.length === 0 ? null : Math.min(...speeds.map(Number))),
      aToBBps,
      bToABps,
      isUp: !DOWN_STATUSES.has(status.status),
    }
  })
}

export const presentEvent = (event: EventRow): EventRow => ({
  id: event.id,
  atMs: event.atMs,
  receivedAtMs: event.receivedAtMs,
  deviceId: event.deviceId,
  deviceName: event.deviceName,
  name: event.name,
  source: event.source,
  severity: event.severity,
  interface: event.interface,
  message: event.message,
  topics: event.topics ?? null,
})

/** Devices by status. One in maintenance counts as ok here. */
export const countDevices = (statuses: readonly EntityStatus[]): Overview["devices"] => {
  const counts = {
    total: statuses.length,
    ok: 0,
    degraded: 0,
    down: 0,
    unreachable: 0,
    recovering: 0,
    unknown: 0,
  }
  for (const { status } of statuses)
    counts[status.status === "maintenance" ? "ok" : status.status] += 1
  return counts
}

/** Null if nothing was measured. */
export const median = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b)
  const upper = known[Math.floor(known.length / 2)]
  const lower = known[Math.floor((known.length - 1) / 2)]
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2
}
export const sum = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
}

const MINUTE = 60_000
/** The last full hour of minutes; a minute without a value is a gap. */
export const minutes = (
  nowMs: number,
  rows: readonly { readonly atMs: number; readonly bps: number }[],
): Overview["trafficHour"] => {
  const byMinute = new Map(rows.map(({ atMs, bps }) => [atMs, bps]))
  const endMs = Math.floor(nowMs / MINUTE) * MINUTE
  return Array.from({ length: 60 }, (_, index) => {
    const atMs = endMs - (60 - index) * MINUTE
    return { atMs, bps: byMinute.get(atMs) ?? null }
  })
}
