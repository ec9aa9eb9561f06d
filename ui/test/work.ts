/**
 * API answers for incidents, agents, access and accounts with a sample network; it stores changes.
 */

import type { TestAnswer } from "@ispvm/appliance/api/access-test"
import type { Agent } from "@ispvm/appliance/api/agents"
import type { Collector } from "@ispvm/appliance/api/collectors"
import type { HandoverNote, SavedFilter } from "@ispvm/appliance/api/handover"
import type { IncidentDetail, TimelineEntry } from "@ispvm/appliance/api/incidents"
import type { Credential } from "@ispvm/appliance/api/inventory"
import type { MaintenanceWindow } from "@ispvm/appliance/api/maintenance"
import { type RemedyCode, remedy } from "@ispvm/appliance/api/notice-messages"
import type { Account, AuditEntry } from "@ispvm/appliance/api/session"
import type { ApiToken } from "@ispvm/appliance/api/tokens"
import type { WallDisplay } from "@ispvm/appliance/api/wall-displays"
import { z } from "zod"
import { answerTokens, makeTokens } from "./api-tokens-answers.ts"
import { auditRows, auditRowsOf } from "./audit-rows.ts"
import { answerCompanion, type CompanionWorld, makeCompanionWorld } from "./companion-answers.ts"
import { countedPage } from "./counted-page.ts"
import { answerDiscovery, type DiscoveryWorld, makeDiscovery } from "./discovery-answers.ts"
import { makeHandover } from "./handover-answers.ts"
import { actOnIncidents } from "./incident-actions.ts"
import { detailOf } from "./incident-detail.ts"
import { answerMaintenance, makeMaintenance } from "./maintenance-answers.ts"
import { makeAgent, makeDevice, makeIncident, sentence, uuid } from "./make.ts"
import { makeNetwork, type Network } from "./network.ts"
import { answerNotifications, emptyWorld, type NotificationWorld } from "./notifications-answers.ts"
import { answerProbes, makeProbes, type ProbeWorld } from "./probes-answers.ts"
import { page, problem } from "./problem.ts"
import type { Answer, Answers } from "./server.ts"
import { answerWalls, makeDisplays } from "./wall-answers.ts"

export const FINGERPRINT = "0123456789abcdef".repeat(4)
export type Work = {
  readonly network: Network
  readonly answers: Answers
  /** All writing requests, as "METHOD /path", with body. */
  readonly writes: { readonly what: string; readonly body: unknown }[]
  /** The result of the next access test. */
  test: TestAnswer
  audit: readonly AuditEntry[]
  agents: Agent[]
  collectors: Collector[]
  credentials: Credential[]
  readonly companion: CompanionWorld
  readonly maintenance: MaintenanceWindow[]
  readonly probes: ProbeWorld
  readonly discovery: DiscoveryWorld
  readonly notifications: NotificationWorld
  readonly savedFilters: SavedFilter[]
  readonly handoverNotes: HandoverNote[]
  /** Details of incidents that differ from the default. */
  readonly details: Map<string, Partial<IncidentDetail>>
}

const step = (name: string, reason = "ok", code: RemedyCode | null = null) => ({
  step: name,
  reason,
  message: reason === "ok" ? `The ${name} works.` : `The ${name} met ${reason}.`,
  remedy: code === null ? null : remedy(code),
  tookMs: 3,
})
export const GOOD: TestAnswer = {
  ok: true,
  steps: ["resolve", "ping", "tcp", "tls", "login", "read"].map((name) => step(name)),
  fingerprint: FINGERPRINT,
  facts: {
    identity: "van-core-1",
    board: "CCR2116-12G-4S+",
    version: "7.20.4 (stable)",
    uptimeS: 864_000,
  },
}
/** The first test over TLS: no password is sent before the certificate is confirmed. */
export const UNCONFIRMED: TestAnswer = {
  ok: false,
  steps: GOOD.steps.map(({ step: name }) =>
    name === "login"
      ? step(name, "not-tried", "remedy.confirm-certificate")
      : step(name, name === "read" ? "not-tried" : "ok"),
  ),
  fingerprint: FINGERPRINT,
  facts: null,
}
/** A test that fails at one step; later steps are not tried. */
export const failingAt = (name: string, reason: string): TestAnswer => {
  const at = GOOD.steps.findIndex((each) => each.step === name)
  return {
    ok: false,
    steps: GOOD.steps.map((each, index) =>
      index < at
        ? each
        : index === at
          ? step(name, reason, "remedy.failed")
          : step(each.step, "not-tried"),
    ),
    fingerprint: at > 3 ? FINGERPRINT : null,
    facts: null,
  }
}

const account = (n: number, name: string, role: Account["role"]): Account => ({
  id: uuid(n),
  name,
  email: `${name.split(" ")[0]?.toLowerCase() ?? n}@example.net`,
  role,
  disabled: false,
  createdAtMs: 0,
  lastLoginAtMs: null,
})

const OF_ADMINS = [
  ...["accounts:read", "accounts:write", "audit:read"],
  ...["tokens:read", "tokens:write", "walls:read", "walls:write"],
]
export const makeWork = (size = 40): Work => {
  const network = makeNetwork(size)
  const closedAtMs = Date.now() - 3_600_000
  network.incidents.push(
    makeIncident(10, {
      state: "closed",
      title: sentence("kon-core-1 is down"),
      openedAtMs: closedAtMs - 187_000,
      closedAtMs,
    }),
  )
  network.session = {
    ...network.session,
    permissions: [...network.session.permissions, ...OF_ADMINS],
  }
  const work: Work = {
    ...{ network, writes: [], details: new Map(), test: GOOD },
    companion: makeCompanionWorld(),
    maintenance: makeMaintenance(),
    probes: makeProbes(),
    discovery: makeDiscovery(),
    notifications: emptyWorld(),
    savedFilters: [],
    handoverNotes: [],
    audit: auditRows(""),
    agents: [makeAgent(0, { devices: size })],
    collectors: ["routeros-api", "snmp"].flatMap((source) =>
      Object.entries({ interface: 10_000, health: 10_000, facts: 300_000 }).map(
        ([reads, defaultMs]) => ({
          ...{ name: `${source}.${reads}`, isKnown: true },
          ...{ defaultMs, overrideMs: null, everyMs: defaultMs },
        }),
      ),
    ),
    credentials: [
      {
        ...{ id: uuid(3_000), name: "monitor", kind: "monitor_readonly" },
        username: "monitor",
        hasPassword: true,
        hasSnmpCommunity: false,
        snmpVersion: null,
        snmpV3User: null,
        allowedNetworks: [],
        snmpV3AuthProtocol: null,
        snmpV3PrivProtocol: null,
        usedBy: size,
      },
    ],
    answers: async (method, url, body) => {
      if (method !== "GET") work.writes.push({ what: `${method} ${url.pathname}`, body })
      return (
        own(work, { people, tokens, walls, timeline }, method, url, body) ??
        network.answers(method, url, body)
      )
    },
  }
  const [tokens, walls] = [makeTokens(), makeDisplays()]
  const people = [account(1, "Ayşe Demir", "admin"), account(2, "Mehmet Kaya", "viewer")]
  const timeline: TimelineEntry[] = [
    {
      id: "1",
      atMs: Date.now() - 240_000,
      kind: "opened",
      who: "ISP Visual Monitor",
      message: sentence("Link Ankara–Izmir fibre 2 is cut."),
    },
  ]
  return work
}

/** "METHOD kind/:id/part" of a request, and what its body holds. */
type Request = {
  readonly work: Work
  readonly what: string
  readonly id: string | undefined
  readonly body: unknown
  readonly query: URLSearchParams
  readonly text: (key: string) => string
}

const answerPlans = (work: Work, method: string, url: URL, body: unknown): Answer | null =>
  answerMaintenance(work.maintenance, work.network.incidents, method, url, body) ??
  answerProbes(work.probes, method, url, body) ??
  answerDiscovery(work.discovery, method, url, body)

type Stored = {
  readonly people: Account[]
  readonly tokens: ApiToken[]
  readonly walls: WallDisplay[]
  readonly timeline: TimelineEntry[]
}
const own = (
  work: Work,
  { people, tokens, walls, timeline }: Stored,
  method: string,
  url: URL,
  body: unknown,
): Answer | null => {
  const path = url.pathname.split("/")
  const [, kind, id, part] = path
  const { network } = work
  if (network.session.account === null) return null
  if (method === "GET" && url.pathname === "/alert-rules") return page([])
  if (url.pathname === "/incidents/actions") return actOnIncidents(network.incidents, body)
  const idOf = id === undefined ? "" : `/${id === "test" ? id : ":id"}`
  const request: Request = {
    work,
    what: `${method} ${kind}${idOf}${part === undefined ? "" : `/${part}`}`,
    id,
    body,
    query: url.searchParams,
    text: (key) => String(Reflect.get(Object(body), key) ?? ""),
  }
  return (
    answerCompanion(work.companion, method, path, body) ??
    answerNotifications(work.notifications, method, url, body) ??
    answerIncident(request, timeline) ??
    answerPlans(work, method, url, body) ??
    answerAgents(request) ??
    answerSettings(request) ??
    answerPeople(request, people) ??
    answerTokens(tokens, request.what, id, body) ??
    answerWalls(walls, request.what, id, body) ??
    answerRouter(request)
  )
}

const answerIncident = (
  { work, what, id, text }: Request,
  timeline: TimelineEntry[],
): Answer | null => {
  const { network } = work
  const incident = network.incidents.find((each) => each.id === id)
  switch (what) {
    case "GET assignees":
      return page([
        { id: uuid(1), name: "Ayşe Demir" },
        { id: uuid(3), name: "Zeynep Ak" },
      ])
    case "GET saved-filters":
      return page(work.savedFilters)
    case "POST saved-filters":
      work.savedFilters.push({ id: uuid(5_900), name: text("name"), query: text("query") })
      return { status: 201, body: { id: uuid(5_900) } }
    case "DELETE saved-filters/:id":
      work.savedFilters.splice(0)
      return { status: 204, body: null }
    case "GET handovers":
      return { status: 200, body: makeHandover(network.incidents, work.handoverNotes) }
    case "POST handovers":
      work.handoverNotes.unshift({
        ...{ id: uuid(5_950), atMs: Date.now(), sinceMs: 0, who: "Ayşe Demir" },
        ...{ text: text("text"), open: [{ id: uuid(6_012), number: 12 }] },
      })
      return { status: 201, body: { id: uuid(5_950) } }
    case "GET incidents/:id/post-mortem":
      return { status: 200, body: { number: incident?.number ?? 0, markdown: "# Post-mortem" } }
    case "POST incidents/:id/split":
      return { status: 201, body: { id: uuid(6_099) } }
    case "GET incidents/:id":
      return incident === undefined
        ? problem(404, "not-found", `There is no incident ${id}.`)
        : {
            status: 200,
            body: { ...detailOf(incident, timeline), ...work.details.get(incident.id) },
          }
    case "POST incidents/:id/acknowledge":
    case "POST incidents/:id/unacknowledge": {
      const back = what.endsWith("/unacknowledge")
      const at = network.incidents.findIndex((each) => each.id === id)
      if (incident === undefined) return problem(404, "not-found", `There is no incident ${id}.`)
      network.incidents[at] = {
        ...incident,
        state: back ? "open" : "acknowledged",
        acknowledgedBy: back ? null : "Ayşe Demir",
        updatedAtMs: Date.now(),
      }
      return { status: 200, body: { id, unknown: [], withoutChannel: [] } }
    }
    case "POST incidents/:id/notes":
      timeline.push({
        id: String(timeline.length + 1),
        atMs: Date.now(),
        kind: "note",
        who: "Ayşe Demir",
        message: { code: "timeline.note", params: { text: text("note") } },
      })
      return { status: 201, body: { id, ...missedIn(text("note")) } }
    default:
      return null
  }
}

/** Only Bora, who has no channel, can be mentioned. */
const missedIn = (note: string) => ({
  unknown: note.includes("@nobody") ? ["nobody"] : [],
  withoutChannel: note.includes("@Bora") ? ["Bora"] : [],
})

const answerAgents = ({ work, what, id, text }: Request): Answer | null => {
  switch (what) {
    case "GET agents":
      return page(work.agents)
    case "POST agents":
      if (text("name") === "")
        return problem(422, "invalid", "Wrong.", [{ path: "name", message: "must not be empty" }])
      work.agents = [
        ...work.agents,
        makeAgent(5, {
          name: text("name"),
          enrolment: "none",
          status: "unknown",
          devices: 0,
          lastSeenAtMs: null,
          certificateSerial: null,
        }),
      ]
      return { status: 201, body: { id: uuid(8_005) } }
    case "POST agents/:id/token":
      work.agents = work.agents.map((each) =>
        each.id === id ? { ...each, enrolment: "waiting" } : each,
      )
      return {
        status: 201,
        body: {
          token: "t",
          expiresAtMs: Date.now() + 600_000,
          command: "printf '%s\\n' t | npm run agent -- --url https://127.0.0.1:8444 --token -",
        },
      }
    case "POST agents/:id/revoke":
      work.agents = work.agents.map((each) =>
        each.id === id ? { ...each, enrolment: "revoked", status: "unknown" } : each,
      )
      return { status: 204, body: undefined }
    case "DELETE agents/:id":
      work.agents = work.agents.filter((each) => each.id !== id)
      return { status: 204, body: undefined }
    default:
      return null
  }
}

const answerSettings = ({ work, what, id, body, query, text }: Request): Answer | null => {
  switch (what) {
    case "GET collectors":
      return page(work.collectors)
    case "PATCH collectors/:id": {
      const everyMs = z.object({ everyMs: z.int().nullable() }).parse(body).everyMs
      work.collectors = work.collectors.map((each) =>
        each.name === id
          ? { ...each, overrideMs: everyMs, everyMs: everyMs ?? each.defaultMs }
          : each,
      )
      return { status: 200, body: work.collectors.find(({ name }) => name === id) }
    }
    case "GET regions":
      return page([{ id: uuid(7_001), name: "North" }])
    case "GET credentials":
      return page(work.credentials)
    case "POST credentials":
      work.credentials = [
        ...work.credentials,
        {
          id: uuid(3_001),
          name: text("name"),
          kind: "monitor_readonly",
          username: text("username"),
          hasPassword: true,
          hasSnmpCommunity: false,
          snmpVersion: null,
          snmpV3AuthProtocol: null,
          snmpV3PrivProtocol: null,
          snmpV3User:
            (Reflect.get(Object(Reflect.get(Object(body), "snmpV3")), "user") as
              | string
              | undefined) ?? null,
          allowedNetworks: [],
          usedBy: 0,
        },
      ]
      return { status: 201, body: { id: uuid(3_001) } }
    case "GET audit":
      return countedPage(auditRowsOf(work.audit, query), query, (row) => Number(row.id))
    default:
      return null
  }
}

const answerPeople = ({ what, id, body, text }: Request, people: Account[]): Answer | null => {
  switch (what) {
    case "GET accounts":
      return page(people)
    case "POST accounts":
      people.push(account(9, text("name"), "operator"))
      return { status: 201, body: { id: uuid(9) } }
    case "PATCH accounts/:id":
      for (const each of people) if (each.id === id) Object.assign(each, body)
      return { status: 200, body: { id } }
    default:
      return null
  }
}

const answerRouter = ({ work, what, body, text }: Request): Answer | null => {
  switch (what) {
    case "POST devices/test":
      return {
        status: 200,
        body:
          work.test === GOOD && JSON.stringify(body).includes('"tls":true,"fingerprint":null')
            ? UNCONFIRMED
            : work.test,
      }
    case "POST devices":
      if (text("name") === "taken")
        return problem(409, "name-taken", "A device of this name exists.", [
          { path: "name", message: "is taken" },
        ])
      work.network.devices.push(
        makeDevice(900, { name: text("name"), address: text("address"), siteName: null }),
      )
      return { status: 201, body: { id: uuid(900) } }
    default:
      return null
  }
}
