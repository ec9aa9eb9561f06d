/** A sample network of any size, and the API answers about it. */
import type { Family } from "@ispvm/appliance/api/families"
import type { ListImportAnswer } from "@ispvm/appliance/api/import-lists"
import type { EventRow, Incident } from "@ispvm/appliance/api/incidents"
import type { Device, DeviceRole, Link } from "@ispvm/appliance/api/inventory"
import type { StatusMessage } from "@ispvm/appliance/api/messages"
import type { Session } from "@ispvm/appliance/api/session"
import type { Status } from "@ispvm/appliance/api/shared"
import { countedPage } from "./counted-page.ts"
import { answerDevice } from "./device-answers.ts"
import { answerLinks, incidentsAbout } from "./link-answers.ts"
import { makeAgent, makeDevice, makeIncident, makeLink, makeSite, sentence, uuid } from "./make.ts"
import { page, problem } from "./problem.ts"
import type { Answer, Answers } from "./server.ts"
import type { CollectedDevice } from "./table-answers.ts"

const CITIES: readonly (readonly [string, number, number])[] = [
  ["Ankara", 39.93, 32.86],
  ["Istanbul", 41.01, 28.98],
  ["Izmir", 38.42, 27.14],
  ["Bursa", 40.19, 29.06],
  ["Antalya", 36.9, 30.7],
  ["Konya", 37.87, 32.49],
  ["Adana", 37.0, 35.32],
  ["Kayseri", 38.72, 35.49],
  ["Samsun", 41.29, 36.33],
  ["Trabzon", 41.0, 39.72],
  ["Erzurum", 39.9, 41.27],
  ["Diyarbakır", 37.91, 40.24],
]
const ROLES: readonly DeviceRole[] = ["core", "edge", "aggregation", "access", "pppoe-server"]
const SHORT: Record<string, string> = {
  core: "core",
  edge: "edge",
  aggregation: "agg",
  access: "acc",
  "pppoe-server": "bras",
}
const PERMISSIONS = [
  "session:own",
  "inventory:read",
  "inventory:write",
  "credentials:read",
  "credentials:use",
  "credentials:write",
  "secrets:reveal",
  "agents:read",
  "agents:write",
  "redaction:write",
  "incidents:read",
  "incidents:act",
  "maintenance:read",
  "maintenance:write",
  "probes:read",
  "probes:write",
  "rules:read",
  "rules:write",
  "subscribers:read",
  "series:read",
  "events:read",
  "live:read",
  "notifications:read",
  "notifications:write",
]

export type Network = {
  readonly answers: Answers
  readonly devices: Device[]
  readonly links: Link[]
  readonly incidents: Incident[]
  session: Session
  /** When interfaces were polled; the current time by default. */
  portsAtMs?: number
  /** Metric families besides those of the product. */
  readonly moreFamilies: Family[]
  /** What is collected of every device; tables of a few rows by default. */
  collected?: CollectedDevice
}

export const makeNetwork = (size: number): Network => {
  const sites = CITIES.map(([name, latitude, longitude], index) =>
    makeSite(index, { name, latitude, longitude }),
  )
  const devices = Array.from({ length: size }, (_, index) => deviceAt(index))
  const links = devices.slice(1).flatMap((device, index) => {
    const up = devices[Math.floor(index / 2)]
    return up === undefined ? [] : [makeLink(index + 1, up, device)]
  })
  const incidents = [
    makeIncident(12, { devicesUnreachable: 2 }),
    makeIncident(11, {
      title: sentence("ist-acc-2 is down"),
      state: "acknowledged",
      acknowledgedBy: "Ayşe Demir",
      openedAtMs: Date.now() - 4_000_000,
      devicesDown: 1,
      devicesUnreachable: 0,
      causes: [{ kind: "device", id: uuid(8), name: "ist-acc-2" }],
    }),
  ]
  const network: Network = {
    devices,
    links,
    incidents,
    session: sessionOf("admin"),
    moreFamilies: [],
    answers: (method, url, body) =>
      answer(
        network,
        { sites, links, agents: [makeAgent(0, { devices: size })] },
        method,
        url,
        body,
      ),
  }
  return network
}

/** All other devices are up. */
const UNUSUAL = new Map<number, Status>([
  [7, "down"],
  [13, "degraded"],
  [19, "unreachable"],
  [22, "recovering"],
  [31, "unreachable"],
])
const BY = { by: "probes" } as const
const MESSAGES: Partial<Record<Status, StatusMessage>> = {
  down: { code: "status.down", params: BY },
  unreachable: { code: "status.unreachable", params: { incident: 12 } },
  degraded: { code: "status.loss", params: {} },
  recovering: { code: "status.recovering", params: BY },
}
const NOT_MEASURED = { lossPct: 100, rttMs: null, cpuPct: null, rxBps: null, txBps: null }
const measuredAt = (index: number, status: Status) => ({
  lossPct: status === "degraded" ? 6 : 0,
  rttMs: (900 + ((index * 7_919) % 28_000)) / 1_000,
  cpuPct: (index * 31) % 70,
  rxBps: ((index * 104_729) % 9_000) * 1e6,
  txBps: ((index * 49_979) % 4_000) * 1e6,
})

const deviceAt = (index: number): Device => {
  const site = CITIES[index % CITIES.length] ?? ["Ankara", 0, 0]
  const role = ROLES[Math.floor(index / CITIES.length) % ROLES.length] ?? "core"
  const prefix = site[0]
    .normalize("NFD")
    .replace(/[^A-Za-z]/g, "")
    .slice(0, 3)
    .toLowerCase()
  const status = UNUSUAL.get(index) ?? "ok"
  const dead = status === "down" || status === "unreachable"
  return makeDevice(index + 1, {
    name: `${prefix}-${SHORT[role] ?? role}-${Math.floor(index / (CITIES.length * ROLES.length)) + 1}`,
    siteId: uuid(9_000 + (index % CITIES.length)),
    siteName: site[0],
    roles: index % 9 === 0 ? [role, "border"] : [role],
    status: {
      status,
      reason: status,
      message: MESSAGES[status] ?? { code: "status.up", params: BY },
      sinceMs: Date.now() - 240_000,
    },
    incidentId: dead ? uuid(6_012) : null,
    memoryPct: 20 + ((index * 17) % 50),
    ...(dead ? NOT_MEASURED : measuredAt(index, status)),
    uptimeS: 3_600 * ((index * 211) % 9_000),
    lastSeenAtMs: dead ? Date.now() - 242_000 : Date.now(),
  })
}

export const sessionOf = (role: "admin" | "viewer" | null): Session => ({
  isSetUp: true,
  account:
    role === null
      ? null
      : {
          id: uuid(1),
          name: "Ayşe Demir",
          email: "ayse@example.net",
          role,
          disabled: false,
          createdAtMs: 0,
          lastLoginAtMs: null,
        },
  organisation: role === null ? null : { id: uuid(2), name: "Anadolu Net" },
  permissions:
    role === "admin"
      ? PERMISSIONS
      : role === "viewer"
        ? PERMISSIONS.filter((each) => each.endsWith(":read"))
        : [],
  version: "0.1.0",
  demo: null,
  agentApiUrl: "https://127.0.0.1:8444",
  mapTilesUrl: null,
})

type Fixed = {
  sites: ReturnType<typeof makeSite>[]
  links: ReturnType<typeof makeLink>[]
  agents: ReturnType<typeof makeAgent>[]
}

const LIST_IMPORTED: ListImportAnswer = {
  ...{ created: 1, updated: 1, unchanged: 3 },
  changes: [
    {
      ...{ line: 3, what: "link", name: "Ankara–Izmir" },
      fields: [{ field: "capacity_bps", before: null, after: "1000000000" }],
    },
  ],
  rejected: [
    {
      ...{ line: 4, column: "b_device", code: "import.not-found", message: "" },
      params: { what: "device", cell: '"nowhere"' },
    },
  ],
}

const answer = (
  network: Network,
  fixed: Fixed,
  method: string,
  url: URL,
  body: unknown,
): Answer => {
  const [, kind, id] = url.pathname.split("/")
  if (kind === "session" || kind === "setup") return answerSession(network, method, kind, body)
  if (network.session.account === null) return problem(401, "not-logged-in", "Log in first.")
  if (method === "POST" && id === "import" && kind !== "devices")
    return { status: 200, body: LIST_IMPORTED }
  const own =
    kind === "devices"
      ? answerDevice(network, method, url)
      : kind === "links" && id !== undefined
        ? (answerLinks(network, url) ?? problem(404, "not-found", `There is no link ${id}.`))
        : answerList(network, fixed, method, url)
  return own ?? problem(404, "not-found", `Nothing answers ${method} ${url.pathname}.`)
}

const answerSession = (
  network: Network,
  method: string,
  kind: "session" | "setup",
  body: unknown,
): Answer => {
  if (method === "GET") return { status: 200, body: network.session }
  if (method === "DELETE") {
    network.session = sessionOf(null)
    return { status: 204, body: undefined }
  }
  if (kind === "session" && JSON.stringify(body).includes("wrong"))
    return problem(401, "wrong-login", "E-mail or password is wrong.")
  network.session = sessionOf("admin")
  return { status: 200, body: network.session }
}

const answerList = (
  network: Network,
  { sites, links, agents }: Fixed,
  method: string,
  url: URL,
): Answer | null => {
  const { devices } = network
  switch (`${method} ${url.pathname}`) {
    case "GET /topology":
      return { status: 200, body: { sites, devices, links, agents } }
    case "GET /collectors/profiles":
      return page([{ scope: "role", subject: "core", profile: "fast" }])
    case "GET /collectors/intervals":
      return page([{ scope: "role", subject: "core", group: "routing", everyMs: 15_000 }])
    case "GET /agents":
      return page(agents)
    case "GET /incidents":
      return countedPage(
        incidentsAbout(network, url.searchParams),
        url.searchParams,
        ({ number }) => number,
      )
    case "GET /credentials":
    case "GET /regions":
      return page([])
    case "GET /events":
      return page(events(devices))
    case "GET /overview":
      return { status: 200, body: overview(network, links.length) }
    default:
      return null
  }
}

const events = (devices: readonly Device[]): EventRow[] =>
  devices.slice(0, 8).map((device, n) => ({
    id: uuid(5_000 + n),
    atMs: Date.now() - n * 340_000 - 20_000,
    receivedAtMs: Date.now() - n * 340_000,
    deviceId: device.id,
    deviceName: device.name,
    name: n % 2 === 0 ? "link-down" : "link-up",
    source: "syslog",
    severity: n % 2 === 0 ? "warning" : "info",
    interface: "sfp-sfpplus1",
    message:
      n % 2 === 0 ? "sfp-sfpplus1 link down" : "sfp-sfpplus1 link up (speed 10G, full duplex)",
  }))

const overview = ({ devices, incidents }: Network, links: number) => {
  const of = (status: Status): number =>
    devices.filter((device) => device.status.status === status).length
  const minute = 60_000
  return {
    devices: {
      total: devices.length,
      ok: of("ok"),
      degraded: of("degraded"),
      down: of("down"),
      unreachable: of("unreachable"),
      recovering: of("recovering"),
      unknown: of("unknown"),
    },
    links: { total: links, down: 1 },
    agents: { total: 1, offline: 0 },
    trafficBps: 3.84e10,
    trafficHour: Array.from({ length: 60 }, (_, n) => ({
      atMs: Date.now() - (60 - n) * minute,
      bps: n === 31 ? null : 3.5e10 + 5e9 * Math.sin(n / 9) + 8e8 * Math.sin(n * 7),
    })),
    rttMs: 8.2,
    incidents: incidents.filter((incident) => incident.state !== "closed"),
    recentEvents: events(devices),
    quietSinceMs: incidents.some((incident) => incident.state !== "closed")
      ? null
      : Date.now() - 9_000_000,
  }
}
