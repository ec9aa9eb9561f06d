/** From what is watched and how its alerts stand to what root cause may count on: only fresh looks, and nothing guessed. */
import type { DeviceId } from "../../platform/ids.ts"
import type { AlertNow, Watched, WatchedAgent, WatchedDevice, WatchedEnd, WatchedLink } from "../alerts/alerts.ts"
import type { Network, Observation } from "./cause/cause.ts"
import type { Ways } from "./ways.ts"

/** How alerts are looked up: the face of alerts, seen from here. */
export type AlertView = {
  readonly of: (kind: AlertNow["kind"], entity: string) => AlertNow | undefined
  readonly all: () => Iterable<AlertNow>
  /** After a restart, until agents have delivered what they measured meanwhile. */
  readonly isCatchingUp?: (nowMs: number) => boolean
}

const AGENT = "agent:"
const DIRECT = "direct:"
const SITE = "site:"
/** From where a router is heard that only reports itself, and that no agent's network leads to. */
const HOME = "home:"
const UPLINK = "@uplink:"
export const agentNode = (agent: WatchedAgent): string => agent.deviceId ?? `${AGENT}${agent.id}`

/** A made-up component back to what it stands for: the agent, the device it looks at, the site; real ones as they are. */
export const realComponent = (watched: Watched, id: string): string => {
  if (id.startsWith(SITE)) return id.slice(SITE.length)
  if (id.startsWith(AGENT)) return id.slice(AGENT.length)
  if (id.startsWith(HOME)) return id.slice(HOME.length)
  if (id.startsWith(DIRECT)) return id.split(":")[2] ?? id
  if (!id.startsWith(UPLINK)) return id
  const from = id.slice(UPLINK.length)
  if (from.startsWith(HOME)) return from.slice(HOME.length)
  return [...watched.agents.values()].find((agent) => agentNode(agent) === from)?.id ?? id
}

export const otherEnd = (link: WatchedLink, device: string): WatchedEnd => (link.a.deviceId === device ? link.b : link.a)

export const portAlert = (view: AlertView, end: WatchedEnd): AlertNow | undefined =>
  end.port === null ? undefined : view.of("interface-down", end.port)
export const linkOfPort = (watched: Watched, alert: AlertNow): WatchedLink | undefined =>
  (watched.linksAt.get(alert.deviceId ?? "") ?? []).find((link) =>
    [link.a, link.b].some((end) => end.deviceId === alert.deviceId && end.interface === alert.interface),
  )
export const reachAlert = (view: AlertView, device: DeviceId): AlertNow | undefined => view.of("device-unreachable", device)

const isDown = (alert: AlertNow): boolean => alert.state.phase === "down"
/** A whole look lasts at least this long, so silence has begun that much before it is believed. */
const LOOK_MS = 500
/** When what it tells of had certainly begun. */
export const begunBy = ({ kind, state }: AlertNow): number => state.sinceMs - (kind === "device-unreachable" ? LOOK_MS : 0)
/** Since when it is down; 0 where it is not. */
const downSince = (alert: AlertNow | undefined): number => (alert !== undefined && isDown(alert) ? begunBy(alert) : 0)

/** What may be behind the trouble there is, and since when the latest of it stands. */
type Shade = {
  readonly devices: ReadonlySet<string>
  readonly sinceMs: number
  /** In trouble, or next to it: of all others nothing has to be asked. */
  readonly near: ReadonlySet<string>
}
const shadeOf = (watched: Watched, view: AlertView, ways: Ways): Shade => {
  const failed: string[] = []
  const near = new Set<string>()
  let sinceMs = 0
  for (const alert of view.all()) {
    const downMs = alert.kind === "agent-silent" ? 0 : downSince(alert)
    if (downMs === 0 || alert.deviceId === null) continue
    sinceMs = Math.max(sinceMs, downMs)
    near.add(alert.deviceId)
    for (const one of watched.linksAt.get(alert.deviceId) ?? []) near.add(otherEnd(one, alert.deviceId).deviceId)
    const link = alert.kind === "interface-down" ? linkOfPort(watched, alert) : undefined
    if (alert.kind === "device-unreachable") failed.push(alert.deviceId)
    if (link === undefined) continue
    failed.push(link.id)
    const far = otherEnd(link, alert.deviceId).deviceId
    if ((reachAlert(view, far)?.answeredAtMs ?? 0) < downMs) failed.push(far)
  }
  return { devices: ways.dark(watched, failed), sinceMs, near }
}

/** Since when the latest trouble around a device, or before it, stands: an answer from before that says nothing about it. */
const troubleAround = (watched: Watched, view: AlertView, device: DeviceId, shade: Shade): number => {
  let sinceMs = shade.devices.has(device) ? shade.sinceMs : 0
  for (const link of watched.linksAt.get(device) ?? []) {
    const far = link.a.deviceId === device ? link.b : link.a
    for (const alert of [portAlert(view, link.a), portAlert(view, link.b), reachAlert(view, far.deviceId)]) {
      sinceMs = Math.max(sinceMs, downSince(alert))
    }
  }
  return sinceMs
}

/** When a device last showed that it lives and can be reached: by an answer, or by a word of one of its ports. 0: never. */
const lifeSign = (watched: Watched, view: AlertView, { deviceId, answeredAtMs }: AlertNow): number => {
  let lastMs = answeredAtMs ?? 0
  for (const link of watched.linksAt.get(deviceId ?? "") ?? []) {
    const own = portAlert(view, link.a.deviceId === deviceId ? link.a : link.b)
    if (own !== undefined && own.state.phase !== "unknown") lastMs = Math.max(lastMs, own.lookAtMs ?? 0)
  }
  return lastMs
}

/** What held over several looks was seen several times; more than that says nothing new. */
const AGAIN_MS = [1_000, 4_000] as const
const timesOver = (heldMs: number): number => 1 + AGAIN_MS.filter((ms) => heldMs >= ms).length
/** Silence is believed only when ping and TCP have both gone unanswered: two looks of two kinds. */
const KINDS = 2

/** `times`: in so many looks of their own. */
type Sighting = { readonly value: "up" | "down"; readonly times: number }
const sighting = (value: Sighting["value"], fromMs: number, untilMs: number): Sighting => ({
  value,
  // Where there is no trouble nobody has to look twice.
  times: fromMs === 0 ? 1 : timesOver(untilMs - fromMs),
})

const seeDevice = (watched: Watched, view: AlertView, device: WatchedDevice, heeded: Heeded, shade: Shade): Sighting | null => {
  const alert = reachAlert(view, device.id)
  if (alert === undefined) return null
  const { phase, sinceMs } = alert.state
  if (isDown(alert)) {
    const { value, times } = sighting("down", sinceMs, alert.lookAtMs ?? 0)
    return heeded(alert) ? { value, times: times + KINDS - 1 } : null
  }
  if (phase === "unknown") return null
  if (!shade.near.has(device.id) && !shade.devices.has(device.id)) return sighting("up", 0, 0)
  const signMs = lifeSign(watched, view, alert)
  const troubleMs = troubleAround(watched, view, device.id, shade)
  return signMs >= troubleMs ? sighting("up", troubleMs, signMs) : null
}

const seePort = (view: AlertView, link: WatchedLink, end: WatchedEnd, heeded: Heeded, shade: Shade): Sighting | null => {
  const alert = portAlert(view, end)
  if (alert === undefined || alert.lookAtMs === null || alert.state.phase === "unknown") return null
  const far = end === link.a ? link.b : link.a
  const near = reachAlert(view, end.deviceId)
  const isQuiet = !shade.near.has(end.deviceId) && !shade.near.has(far.deviceId)
  const beyond = isQuiet ? undefined : reachAlert(view, far.deviceId)
  if (isDown(alert)) {
    // A reading from before either end came back is of the old trouble: it waits to be looked at again.
    const risenAtMs = Math.max(near?.state.risenAtMs ?? 0, beyond?.state.risenAtMs ?? 0)
    return heeded(alert) && alert.lookAtMs >= risenAtMs ? sighting("down", alert.state.sinceMs, alert.lookAtMs) : null
  }
  // Nobody tells of a port whose router is silent, and what it told before does not count.
  if (near === undefined || near.state.phase === "down" || near.state.phase === "unknown") return null
  const shadedMs = shade.devices.has(end.deviceId) || shade.devices.has(far.deviceId) ? shade.sinceMs : 0
  const sinceMs = Math.max(shadedMs, downSince(beyond), isQuiet ? 0 : downSince(portAlert(view, far)))
  return alert.lookAtMs >= sinceMs ? sighting("up", sinceMs, alert.lookAtMs) : null
}

/** Whether a symptom may count already: one that is still being looked into is neither up nor down. */
export type Heeded = (alert: AlertNow) => boolean

const placed = (watched: Watched): WatchedAgent[] =>
  [...watched.agents.values()].filter((agent) => agent.deviceId === null || watched.devices.has(agent.deviceId))

const kindOf = ({ roles }: WatchedDevice): string => {
  if (roles.includes("upstream")) return "upstream"
  if (roles.includes("switch")) return "switch"
  return roles.includes("cpe") || roles.includes("customer") ? "customer" : "router"
}
/** Fewer devices share nothing. */
const SHARED_FROM = 2

/** The node a device is seen from; undefined where nobody would tell of it. */
const vantageOf = (watched: Watched, device: WatchedDevice): string | undefined => {
  const agent = watched.agents.get(watched.seenFrom.get(device.id) ?? "")
  if (agent !== undefined) return agentNode(agent)
  return watched.alone.has(device.id) ? `${HOME}${device.id}` : undefined
}

/** What is there, as root cause wants it: changes only with the inventory. */
export const draw = (watched: Watched): Omit<Network, "observations"> => {
  const agents = placed(watched)
  const apart = agents.filter((agent) => agent.deviceId === null)
  const direct = agents.flatMap((agent) =>
    agent.entries
      .filter(({ deviceId }) => deviceId !== agent.deviceId)
      .map(({ deviceId }) => ({ id: `${DIRECT}${agent.id}:${deviceId}`, a: agentNode(agent), b: deviceId })),
  )
  const lone = [...watched.devices.values()].filter((device) => vantageOf(watched, device)?.startsWith(HOME) === true)
  const homes = lone.map(({ id }) => ({ id: `${DIRECT}home:${id}`, a: `${HOME}${id}`, b: id }))
  const links = [...watched.links.values()].map((link) => ({ id: link.id, a: link.a.deviceId, b: link.b.deviceId }))
  const powered = [...watched.sites.values()].filter(({ devices }) => devices.length >= SHARED_FROM)
  return {
    nodes: [
      ...[...watched.devices.values()].map((d) => ({ id: d.id, kind: kindOf(d), monitored: watched.told.has(d.id) })),
      ...homes.map(({ a }) => ({ id: a, kind: "service", monitored: false })),
      ...[...apart].map((agent) => ({ id: agentNode(agent), kind: "service", monitored: false })),
    ],
    links: [...links, ...direct, ...homes],
    groups: powered.map(({ id, devices }) => ({ id: `${SITE}${id}`, members: devices })),
    vantages: [...new Set([...agents.map(agentNode), ...homes.map(({ a }) => a)])],
    // What was seen before the trouble does not count and has mostly not been looked at again.
    isPartial: true,
  }
}

type Pair = { readonly up: Observation; readonly down: Observation }
/** The looks there can be at each thing: the same look is the same object, so that what is new is found without reading it. */
export type Shelf = (thing: WatchedDevice | WatchedEnd, look: () => Omit<Observation, "value">) => Pair
export const createShelf = (): Shelf => {
  const known = new WeakMap<object, Pair>()
  return (thing, look) => {
    const found = known.get(thing)
    if (found !== undefined) return found
    const made = { up: { ...look(), value: "up" }, down: { ...look(), value: "down" } } as const
    known.set(thing, made)
    return made
  }
}

/** What has been seen and may count. */
export const observe = (watched: Watched, view: AlertView, heeded: Heeded, ways: Ways, shelf: Shelf): Observation[] => {
  const shade = shadeOf(watched, view, ways)
  const observations: Observation[] = []
  for (const device of watched.devices.values()) {
    const from = vantageOf(watched, device)
    const seen = from === undefined ? null : seeDevice(watched, view, device, heeded, shade)
    if (from === undefined || seen === null) continue
    const { value, times } = seen
    const looks = shelf(device, () => ({ entity: device.id, signal: "reachable", from }))
    for (let time = 0; time < times; time += 1) observations.push(looks[value])
  }
  for (const link of watched.links.values()) {
    for (const end of [link.a, link.b]) {
      const seen = seePort(view, link, end, heeded, shade)
      if (seen === null) continue
      const { value, times } = seen
      const looks = shelf(end, () => ({ entity: link.id, signal: "port", end: end.deviceId }))
      for (let time = 0; time < times; time += 1) observations.push(looks[value])
    }
  }
  return observations
}

/** The alert behind a look. */
export const alertOf = (watched: Watched, view: AlertView, look: Pick<Observation, "entity" | "end">): AlertNow | undefined => {
  const device = watched.devices.get(look.entity)
  if (device !== undefined) return reachAlert(view, device.id)
  const link = watched.links.get(look.entity)
  const end = [link?.a, link?.b].find((one) => one?.deviceId === look.end)
  return end === undefined ? undefined : portAlert(view, end)
}
