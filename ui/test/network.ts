/** A sample network of any size, and the API answers about it. */
import { describeFamily, FAMILIES, type Family } from "@ispvm/appliance/api/families"
import type { EventRow, Incident } from "@ispvm/appliance/api/incidents"
import type { Device, DeviceRole, ImportAnswer, Link } from "@ispvm/appliance/api/inventory"
import type { StatusMessage } from "@ispvm/appliance/api/messages"
import type { Session } from "@ispvm/appliance/api/session"
import type { Status } from "@ispvm/appliance/api/shared"
import { countedPage } from "./counted-page.ts"
import { answerLinks, incidentsAbout } from "./link-answers.ts"
import {
  makeAgent,
  makeDevice,
  makeIncident,
  makeInterface,
  makeLink,
  makeSite,
  sentence,
  uuid,
} from "./make.ts"
import type { Answer, Answers } from "./server.ts"

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
  "incidents:read",
  "incidents:act",
  "series:read",
  "events:read",
  "live:read",
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

const deviceAt = (index: number): Device => {
  const site = CITIES[index % CITIES.length] ?? ["Ankara", 0, 0]
  const role = ROLES[Math.floor(index / CITIES.length) % ROLES.length] ?? "core"
  const prefix = site[0]
    .normalize("NFD")
    .replace(/[^A-Za-z]/g, "")
    .slice(0, 3)
    .toLowerCase()
  const status: Status =
    index === 7
      ? "down"
      : index === 19 || index === 31
        ? "unreachable"
        : index === 13
          ? "degraded"
          : index === 22
            ? "recovering"
            : "ok"
  const dead = status === "down" || status === "unreachable"
  const by = { by: "probes" } as const
  const messages: Partial<Record<Status, StatusMessage>> = {
    down: { code: "status.down", params: by },
    unreachable: { code: "status.unreachable", params: { incident: 12 } },
    degraded: { code: "status.loss", params: {} },
    recovering: { code: "status.recovering", params: by },
  }
  return makeDevice(index + 1, {
    name: `${prefix}-${SHORT[role] ?? role}-${Math.floor(index / (CITIES.length * ROLES.length)) + 1}`,
    siteId: uuid(9_000 + (index % CITIES.length)),
    siteName: site[0],
    roles: index % 9 === 0 ? [role, "border"] : [role],
    status: {
      status,
      reason: status,
      message: messages[status] ?? { code: "status.up", params: by },
      sinceMs: Date.now() - 240_000,
    },
    incidentId: dead ? uuid(6_012) : null,
    lossRatio: dead ? 1 : status === "degraded" ? 0.06 : 0,
    rttUs: dead ? null : 900 + ((index * 7_919) % 28_000),
    cpuRatio: dead ? null : ((index * 31) % 70) / 100,
    memoryRatio: 0.2 + ((index * 17) % 50) / 100,
    rxBps: dead ? null : ((index * 104_729) % 9_000) * 1e6,
    txBps: dead ? null : ((index * 49_979) % 4_000) * 1e6,
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

const answer = (
  network: Network,
  fixed: Fixed,
  method: string,
  url: URL,
  body: unknown,
): Answer => {
  const { devices } = network
  const page = (items: readonly unknown[]): Answer => ({ status: 200, body: { items, next: null } })
  const [, kind, id, part] = url.pathname.split("/")
  const device = devices.find((each) => each.id === id)
  const isOwn = kind === "session" || kind === "setup"
  if (network.session.account === null && !isOwn)
    return problem(401, "not-logged-in", "Log in first.")
  switch (
    `${method} ${kind}${id === undefined ? "" : "/:id"}${part === undefined ? "" : `/${part}`}`
  ) {
    case "GET session":
      return { status: 200, body: network.session }
    case "POST session": {
      if (JSON.stringify(body).includes("wrong"))
        return problem(401, "wrong-login", "E-mail or password is wrong.")
      network.session = sessionOf("admin")
      return { status: 200, body: network.session }
    }
    case "DELETE session":
      network.session = sessionOf(null)
      return { status: 204, body: undefined }
    case "POST setup":
      network.session = sessionOf("admin")
      return { status: 200, body: network.session }
    case "GET topology":
      return {
        status: 200,
        body: { sites: fixed.sites, devices, links: fixed.links, agents: fixed.agents },
      }
    case "GET agents":
      return page(fixed.agents)
    case "GET incidents":
      return countedPage(
        incidentsAbout(network, url.searchParams),
        url.searchParams,
        ({ number }) => number,
      )
    case "GET credentials":
      return page([])
    case "GET events":
      return page(events(devices))
    case "GET overview":
      return { status: 200, body: overview(network, fixed.links.length) }
    case "GET devices/:id":
      return device === undefined
        ? problem(404, "not-found", `There is no device ${id}.`)
        : { status: 200, body: device }
    case "GET devices/:id/interfaces":
      return device === undefined
        ? problem(404, "not-found", `There is no device ${id}.`)
        : page(
            Array.from({ length: 24 }, (_, n) =>
              makeInterface(n + 1, device, {
                atMs: network.portsAtMs ?? Date.now(),
                running: n % 5 !== 4,
                disabled: n === 9,
                rxBps: 4e8 / (n + 1),
                txBps: 2e8 / (n + 1),
                comment: n < 2 ? "to Izmir, fibre 2" : null,
              }),
            ),
          )
    case "GET devices/:id/metric-families":
      return page(
        [...FAMILIES, ...network.moreFamilies].map((family) => ({
          ...describeFamily(family),
          hasValues: true,
        })),
      )
    case "GET devices/:id/series":
      return { status: 200, body: series(url.searchParams) }
    case "GET devices/:id/interface":
    case "GET devices/:id/events":
    case "GET links/:id":
      return answerLinks(network, url) ?? problem(404, "not-found", `There is no ${kind} ${id}.`)
    case "POST devices/:id":
      return id === "import"
        ? { status: 200, body: importAnswer() }
        : { status: 200, body: { ok: true, steps: [], fingerprint: null, facts: null } }
    case "PATCH devices/:id":
      return { status: 200, body: { id } }
    case "DELETE devices/:id":
      return { status: 204, body: undefined }
    default:
      return problem(404, "not-found", `Nothing answers ${method} ${url.pathname}.`)
  }
}

export const problem = (
  status: number,
  code: string,
  detail: string,
  fields?: readonly { path: string; message: string; code?: string; params?: object }[],
): Answer => ({
  status,
  body: {
    type: "about:blank",
    title: code,
    status,
    code,
    detail,
    ...(fields === undefined ? {} : { fields }),
  },
})

const importAnswer = (): ImportAnswer => {
  return {
    created: 2,
    updated: 1,
    unchanged: 3,
    sitesCreated: 1,
    sitesUpdated: 1,
    changes: [
      {
        line: 2,
        what: "site",
        name: "Izmir",
        fields: [{ field: "place", before: null, after: "38.42, 27.14" }],
      },
      {
        line: 3,
        what: "device",
        name: "izm-core-1",
        fields: [
          { field: "site", before: "Bursa", after: "Izmir" },
          { field: "address", before: "192.0.2.7", after: "192.0.2.8" },
        ],
      },
    ],
    rejected: [
      {
        line: 4,
        column: "address",
        message: "expected an IP address or a host name",
        code: "field.address",
        params: {},
      },
    ],
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
    rttUs: 8_200,
    incidents: incidents.filter((incident) => incident.state !== "closed"),
    recentEvents: events(devices),
    quietSinceMs: incidents.some((incident) => incident.state !== "closed")
      ? null
      : Date.now() - 9_000_000,
  }
}

const series = (query: URLSearchParams) => {
  const from = Number(query.get("from"))
  const to = Number(query.get("to"))
  const points = Math.min(300, Number(query.get("points") ?? 300))
  const bucketMs = Math.max(1_000, Math.round((to - from) / points))
  const atMs = Array.from({ length: points }, (_, n) => from + n * bucketMs)
  const wave = (base: number, swing: number, gap = true) =>
    atMs.map((_, n) =>
      gap && n > points * 0.6 && n < points * 0.66
        ? null
        : base + swing * Math.sin(n / 21) + swing * 0.3 * Math.sin(n * 3.7),
    )
  const values: Record<string, Record<string, (number | null)[]>> = {
    ping: {
      "ping.rtt_ms": wave(8, 0.7),
      "ping.rtt_ms.min": wave(7.2, 0.6),
      "ping.rtt_ms.max": wave(9.9, 1.5),
      "ping.loss_pct": wave(0.4, 0.4),
    },
    interface: {
      "interface.rx_bps": wave(1e9, 2e8),
      "interface.tx_bps": wave(4e8, 1e8),
      "interface.errors": wave(0, 0),
      "interface.drops": wave(0, 0),
    },
    health: { "device.cpu_pct": wave(22, 8), "device.memory_pct": wave(41, 1) },
  }
  const named: Record<string, readonly [string, string | null, number][]> = {
    sensor: [
      ["temperature", "°C", 41],
      ["psu1-voltage", "V", 24.1],
    ],
  }
  const family = query.get("family") ?? "ping"
  const metrics = query.get("metrics")?.split(",") ?? []
  const things = named[family] ?? [["one", null, 3] as const, ["two", null, 2] as const]
  return {
    family,
    fromMs: from,
    toMs: to,
    bucketMs,
    atMs,
    items: values[family]
      ? [{ name: null, unit: null, columns: values[family] }]
      : things.map(([name, unit, base]) => ({
          name,
          unit,
          columns: Object.fromEntries(metrics.map((metric) => [metric, wave(base, base / 10)])),
        })),
    total: 1,
    units: {},
    states: {},
  }
}
