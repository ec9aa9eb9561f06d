/** Sample objects of the API, for tests and the gallery. */
import type { Agent } from "@ispvm/appliance/api/agents"
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Device, Interface, Link, Site } from "@ispvm/appliance/api/inventory"

/** Readable ids: uuid(7) ends in 7. */
export const uuid = (n: number): string =>
  `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`

export const makeDevice = (n: number, changes: Partial<Device> = {}): Device => ({
  id: uuid(n),
  name: `router-${n}`,
  address: `10.0.${n >> 8}.${n & 255}`,
  siteId: uuid(9_000),
  siteName: "Ankara",
  roles: ["core"],
  agentId: uuid(8_000),
  agentName: "local",
  credentialId: null,
  diagnosticsCredentialId: null,
  reportsEveryS: null,
  methods: {
    routerosApi: { port: 8729, tls: true, fingerprint: null },
    snmp: null,
    icmp: true,
    tcpPort: null,
  },
  note: "",
  textEncoding: null,
  identity: `router-${n}`,
  vendor: "MikroTik",
  board: "CCR2116-12G-4S+",
  version: "7.20.4",
  serial: `HX${n}`,
  status: {
    status: "ok",
    reason: "answers",
    message: { code: "status.up", params: { by: "probes" } },
    sinceMs: 1_000,
  },
  incidentId: null,
  lastSeenAtMs: Date.now(),
  probedAtMs: Date.now(),
  healthAtMs: Date.now(),
  trafficAtMs: Date.now(),
  rttMs: (1_800 + n * 37) / 1_000,
  lossPct: 0,
  uptimeS: 86_400 * (n + 1),
  cpuPct: 7,
  memoryPct: 31,
  rxBps: 1.2e9,
  txBps: 3.4e8,
  sources: [
    { source: "routeros-api", lastAtMs: Date.now(), problem: null },
    { source: "ping", lastAtMs: Date.now(), problem: null },
  ],
  ...changes,
})

export const makeSite = (n: number, changes: Partial<Site> = {}): Site => ({
  id: uuid(9_000 + n),
  name: "Ankara",
  regionId: null,
  latitude: 39.93,
  longitude: 32.86,
  note: "",
  textEncoding: null,
  ...changes,
})

export const makeLink = (n: number, a: Device, b: Device, changes: Partial<Link> = {}): Link => ({
  id: uuid(7_000 + n),
  name: `${a.name}–${b.name}`,
  a: { deviceId: a.id, deviceName: a.name, interfaceId: n * 2, interface: "sfp-sfpplus1" },
  b: { deviceId: b.id, deviceName: b.name, interfaceId: n * 2 + 1, interface: "sfp-sfpplus2" },
  capacityBps: 1e10,
  medium: "fibre",
  status: {
    status: "ok",
    reason: "running",
    message: { code: "status.link-up", params: {} },
    sinceMs: 1_000,
  },
  incidentId: null,
  aToBBps: 1.1e9,
  bToABps: 4e8,
  atMs: Date.now(),
  ...changes,
})

export const makeInterface = (
  n: number,
  device: Device,
  changes: Partial<Interface> = {},
): Interface => ({
  id: n,
  deviceId: device.id,
  name: `ether${n}`,
  type: "ether",
  mac: "DC:2C:6E:00:00:01",
  comment: null,
  speedBps: 1e9,
  running: true,
  disabled: false,
  rxBps: 4.2e7,
  txBps: 9.1e6,
  errorsPs: 0,
  dropsPs: 0,
  atMs: Date.now(),
  linkId: null,
  ...changes,
})

export const makeAgent = (n: number, changes: Partial<Agent> = {}): Agent => ({
  id: uuid(8_000 + n),
  name: "local",
  siteId: null,
  deviceId: null,
  allowedNetworks: [],
  enrolment: "enrolled",
  tokenExpiresAtMs: null,
  status: "ok",
  statusReason: "Heard within the last seconds.",
  sinceMs: 1_000,
  lastSeenAtMs: Date.now(),
  version: "0.1.0",
  hostname: "noc-1",
  certificateSerial: "1f",
  certificateExpiresAtMs: Date.now() + 30 * 86_400_000,
  devices: 40,
  bufferBatches: 0,
  oldestBufferedAtMs: null,
  clockSkewMs: 1,
  icmp: true,
  syslogPort: 5514,
  notes: [],
  update: null,
  ...changes,
})

/** A message with a fixed text. */
export const sentence = (text: string) => ({ code: "legacy-text" as const, params: { text } })
/** Nothing is down or out of reach. */
const isHarmless = ({ devicesDown = 0, devicesUnreachable = 3 }: Partial<Incident>): boolean =>
  devicesDown + devicesUnreachable === 0
export const makeIncident = (n: number, changes: Partial<Incident> = {}): Incident => ({
  id: uuid(6_000 + n),
  number: n,
  state: "open",
  check: null,
  severity: isHarmless(changes) ? "minor" : "critical",
  severitySetBy: null,
  title: sentence("Link Ankara–Izmir fibre 2 is cut"),
  causes: [{ kind: "link", id: uuid(7_001), name: "Ankara–Izmir fibre 2" }],
  alternatives: [],
  confidence: 0.97,
  openedAtMs: Date.now() - 240_000,
  closedAtMs: null,
  acknowledgedBy: null,
  acknowledgedAtMs: null,
  devicesDown: 0,
  devicesUnreachable: 3,
  symptoms: 4,
  updatedAtMs: Date.now() - 60_000,
  ownerId: null,
  ownerName: changes.acknowledgedBy ?? null,
  acknowledgedUntilMs: null,
  snoozedUntilMs: null,
  ticket: null,
  causeCode: null,
  causeCodedBy: null,
  causeCodedAtMs: null,
  mergedInto: null,
  feedback: null,
  maintenanceWindowId: null,
  ...changes,
})
