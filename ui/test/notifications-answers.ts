/** The API's answers about notifications; it stores channels, policies and deliveries. */
import {
  type Channel,
  type Delivery,
  type DeliveryDetail,
  type IncidentNotifications,
  type Policy,
  Schedule,
  type Schedules,
} from "@ispvm/appliance/api/notifications"
import type { PushBrowser } from "@ispvm/appliance/api/push"
import { calendarOf } from "../../appliance/src/flow/notify/on-call.ts"
import { sentence, uuid } from "./make.ts"
import { page, problem } from "./problem.ts"
import type { Answer } from "./server.ts"

const MINUTE_MS = 60_000
const CHANNEL = 20_000
const POLICY = 21_000
const DELIVERY = 22_000
export const channelId = (n: number): string => uuid(CHANNEL + n)
export const policyId = (n: number): string => uuid(POLICY + n)
export const deliveryId = (n: number): string => uuid(DELIVERY + n)

export const PEOPLE: Schedules["people"] = [
  { id: uuid(24_001), name: "Ada Yilmaz", channels: 2 },
  { id: uuid(24_002), name: "Bora Demir", channels: 1 },
  { id: uuid(24_003), name: "Ceren Aksoy-Karaosmanoğlu", channels: 0 },
]

export type NotificationWorld = {
  channels: Channel[]
  policies: Policy[]
  heartbeat: string | null
  version: number
  schedules: Schedule[]
  schedulesVersion: number
  browsers: PushBrowser[]
  people: Schedules["people"]
  deliveries: Delivery[]
  details: Map<string, Partial<DeliveryDetail>>
  ofIncident: IncidentNotifications
}
export const emptyWorld = (): NotificationWorld => ({
  ...{ channels: [], policies: [], version: 0, deliveries: [], heartbeat: null },
  browsers: [],
  ...{ schedules: [], schedulesVersion: 0, people: PEOPLE },
  ...{ details: new Map(), ofIncident: { decisions: [], deliveries: [] } },
})

export const makeChannel = (n: number, more: Partial<Channel> = {}): Channel => ({
  ...{ id: channelId(n), name: `Channel ${n}`, kind: "telegram", isEnabled: true },
  ...{ language: "en", fallbackId: null, ownerId: null, template: null },
  settings: { kind: "telegram", chatId: "-1001234567890", baseUrl: "https://api.telegram.org" },
  ...{ secretsSet: ["token"], failingSinceMs: null, lastAnswer: "200", pending: 0 },
  lastDeliveredAtMs: Date.now() - 12 * MINUTE_MS,
  ...more,
})

export const makePolicy = (n: number, more: Partial<Policy> = {}): Policy => ({
  ...{ id: policyId(n), name: `Policy ${n}`, isEnabled: true, leastSeverity: "major" },
  ...{ siteIds: [], tags: [], about: "all", leastUnreachable: 0, leastCustomers: 0, delayS: 0 },
  steps: [
    { afterS: 0, channels: [channelId(1)], schedules: [], leastUnreachable: 0, leastCustomers: 0 },
  ],
  ...{ repeat: null, hasUpdates: true, quietHours: null, isLast: false },
  ...more,
})

export const makeDelivery = (n: number, more: Partial<Delivery> = {}): Delivery => ({
  ...{ id: deliveryId(n), seq: 1_000 - n, kind: "opened", state: "delivered", reason: null },
  incident: {
    ...{ id: uuid(6_012), number: 12 },
    title: sentence("Link Ankara–Izmir fibre 2 is cut; 2 devices downstream"),
  },
  ...{ channelId: channelId(1), channelName: "NOC Telegram", channelKind: "telegram" },
  policyName: "All incidents",
  createdAtMs: Date.now() - n * MINUTE_MS,
  dueAtMs: Date.now() - n * MINUTE_MS,
  deliveredAtMs: Date.now() - n * MINUTE_MS + 640,
  ...{ attempts: 1, lastAnswer: "200" },
  ...more,
})

const detailOf = (world: NotificationWorld, delivery: Delivery): DeliveryDetail => ({
  ...delivery,
  attemptList: Array.from({ length: delivery.attempts }, (_, index) => ({
    number: index + 1,
    startedAtMs: delivery.createdAtMs + index * 5_000,
    tookMs: 212 + index * 40,
    outcome:
      delivery.state === "delivered" && index === delivery.attempts - 1 ? "delivered" : "failed",
    answer: delivery.lastAnswer ?? "",
  })),
  ...world.details.get(delivery.id),
})

type Request = { readonly world: NotificationWorld; readonly url: URL; readonly body: unknown }
const field = (body: unknown, key: string): unknown => Reflect.get(Object(body), key)

const changed = (channel: Channel, body: unknown): Channel => {
  const settings = field(body, "settings") as Channel["settings"]
  return {
    ...channel,
    ...{ name: String(field(body, "name")), settings, kind: settings.kind },
    isEnabled: field(body, "isEnabled") === true,
    ownerId: (field(body, "ownerId") as string | null | undefined) ?? null,
    fallbackId: (field(body, "fallbackId") as string | null | undefined) ?? null,
  }
}

const addChannel = ({ world, body }: Request): Answer => {
  if (world.channels.some(({ name }) => name === field(body, "name")))
    return problem(400, "invalid", "Wrong.", [
      { path: "name", code: "field.taken", params: {}, message: "is taken" },
    ])
  const n = world.channels.length + 1
  const secretsSet = Object.keys(Object(field(body, "secrets")))
  const added = makeChannel(n, { secretsSet, lastDeliveredAtMs: null, lastAnswer: null })
  world.channels = [...world.channels, changed(added, body)]
  if (field(body, "isInFirstPolicy") === true && world.policies.length === 0)
    world.policies = [makePolicy(1, { name: "All incidents", leastSeverity: "minor" })]
  return { status: 201, body: { id: added.id } }
}

const testChannel = (world: NotificationWorld, id: string): Answer => {
  const n = world.deliveries.length + 500
  const channel = world.channels.find((each) => each.id === id)
  world.deliveries = [
    makeDelivery(n, {
      ...{ kind: "test", state: "waiting", incident: null, policyName: null, attempts: 0 },
      ...{ createdAtMs: Date.now(), dueAtMs: Date.now(), deliveredAtMs: null, lastAnswer: null },
      ...{ channelId: id, channelName: channel?.name ?? "", channelKind: channel?.kind ?? "" },
    }),
    ...world.deliveries,
  ]
  return { status: 201, body: { id: deliveryId(n) } }
}

const listDeliveries = ({ world, url }: Request): Answer => {
  const of = (key: string): string => url.searchParams.get(key) ?? ""
  const [state, channel, before, limit] = [of("state"), of("channel"), of("before"), of("limit")]
  const isPending = (each: Delivery) => ["waiting", "sending", "retrying"].includes(each.state)
  const found = world.deliveries.filter(
    (each) =>
      (state === "" || each.state === state || (state === "pending" && isPending(each))) &&
      (channel === "" || each.channelId === channel) &&
      (before === "" || each.seq < Number(before)),
  )
  const items = found.slice(0, Number(limit))
  const next = items.length < found.length ? String(items.at(-1)?.seq) : null
  return { status: 200, body: { items, next } }
}

const putPolicies = ({ world, body }: Request): Answer => {
  if (field(body, "version") !== world.version)
    return problem(409, "changed-meanwhile", "Somebody else has changed it meanwhile.")
  world.version += 1
  world.policies = field(body, "policies") as Policy[]
  return { status: 200, body: { version: world.version, policies: world.policies, unreadable: [] } }
}

const schedulesOf = (world: NotificationWorld): Schedules => ({
  ...{ version: world.schedulesVersion, schedules: world.schedules, people: world.people },
  unreadable: [],
  calendars: Object.fromEntries(
    world.schedules.map((one) => [one.id, calendarOf(one, Date.now())]),
  ),
})

const answerSchedules = ({ world, body }: Request, method: string, id: string): Answer => {
  if (id === "preview")
    return { status: 200, body: calendarOf(Schedule.parse(field(body, "schedule")), Date.now()) }
  if (method === "GET") return { status: 200, body: schedulesOf(world) }
  if (field(body, "version") !== world.schedulesVersion)
    return problem(409, "changed-meanwhile", "Somebody else has changed it meanwhile.")
  world.schedulesVersion += 1
  world.schedules = Schedule.array().parse(field(body, "schedules"))
  return { status: 200, body: schedulesOf(world) }
}

const answerChannel = (request: Request, method: string, id: string, part: string): Answer => {
  const { world, body } = request
  const channel = world.channels.find((each) => each.id === id)
  if (id === "") return method === "POST" ? addChannel(request) : page(world.channels)
  if (channel === undefined) return problem(404, "not-found", "There is no such channel.")
  if (part === "test") return testChannel(world, id)
  if (part === "preview")
    return {
      status: 200,
      body: {
        text: "[Critical] Link Ankara–Izmir fibre 2 is cut\nSince 14:03, for 4 min\nLikely cause: the link (92 %)\n2 devices out of reach\nhttps://monitor.example.net/incidents/12",
      },
    }
  world.channels =
    method === "DELETE"
      ? world.channels.filter((each) => each.id !== id)
      : world.channels.map((each) => (each.id === id ? changed(each, body) : each))
  return { status: 204, body: undefined }
}

const answerDelivery = (request: Request, id: string, part: string): Answer => {
  const { world } = request
  if (id === "") return listDeliveries(request)
  const delivery = world.deliveries.find((each) => each.id === id)
  if (delivery === undefined) return problem(404, "not-found", "There is no such delivery.")
  if (part === "") return { status: 200, body: detailOf(world, delivery) }
  world.deliveries = world.deliveries.map((each) =>
    each.id === id ? { ...each, state: "retrying", dueAtMs: Date.now(), reason: null } : each,
  )
  return { status: 204, body: undefined }
}

const answerBrowser = ({ world, body }: Request, method: string, id: string): Answer => {
  if (method === "DELETE") {
    world.browsers = world.browsers.filter((each) => each.id !== id)
    return { status: 204, body: undefined }
  }
  const label = String(field(body, "label"))
  world.browsers = [
    { id: uuid(25_001), label, createdAtMs: Date.now(), digest: "ab" },
    ...world.browsers,
  ]
  return { status: 201, body: { channel: channelId(90) } }
}

export const answerNotifications = (
  world: NotificationWorld,
  method: string,
  url: URL,
  body: unknown,
): Answer | null => {
  const [, kind, what = "", id = "", part = ""] = url.pathname.split("/")
  const request = { world, url, body }
  if (kind === "incidents" && id === "notifications") return { status: 200, body: world.ofIncident }
  if (kind === "push")
    return method === "GET"
      ? { status: 200, body: { publicKey: "B".repeat(87), browsers: world.browsers } }
      : answerBrowser(request, method, id)
  if (kind !== "notifications") return null
  switch (what) {
    case "channels":
      return answerChannel(request, method, id, part)
    case "heartbeat":
      if (method !== "GET") world.heartbeat = String(field(body, "url"))
      return {
        status: 200,
        body: {
          host: world.heartbeat === null ? null : new URL(world.heartbeat).host,
          ...{ everyS: 60, lastAnswer: world.heartbeat === null ? null : "HTTP 200: OK" },
          lastOkAtMs: world.heartbeat === null ? null : Date.now() - 20_000,
        },
      }
    case "policies":
      return method === "PUT"
        ? putPolicies(request)
        : {
            status: 200,
            body: { version: world.version, policies: world.policies, unreadable: [] },
          }
    case "schedules":
      return answerSchedules(request, method, id)
    case "deliveries":
      return answerDelivery(request, id, part)
    default:
      return null
  }
}
