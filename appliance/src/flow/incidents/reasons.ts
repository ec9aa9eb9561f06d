/** Why an incident says what it says, as sentences. Pure. */
import type { Component } from "../../api/incidents.ts"
import type { AlertNow, Watched } from "../alerts/alerts.ts"
import type { Draft } from "./groups.ts"
import { type AlertView, portAlert, reachAlert } from "./observe.ts"
import { watchedBy } from "./title.ts"
import type { Ways } from "./ways.ts"
import { couldStand, deviceName, duration, list, many, type Tense, type Tensed, tensed, verb } from "./wording.ts"

/** Where the end of a line was switched off by hand. */
export const switchedOff = (watched: Watched, view: AlertView, cause: Component): string[] => {
  const link = watched.links.get(cause.id)
  if (link === undefined) return []
  return [link.a, link.b].flatMap((end) =>
    portAlert(view, end)?.state.reason === "disabled-by-admin" ? [deviceName(watched, end.deviceId)] : [],
  )
}

/** What lies behind what depends on where one stands: if nobody has said that, it is said here what was taken for it. */
const assumedPlaces = (watched: Watched, behind: readonly AlertNow[]): string[] => {
  const agents = new Set(behind.flatMap((alert) => watched.devices.get(alert.deviceId ?? "")?.agentId ?? []))
  return [...agents].flatMap((id) => {
    const agent = watched.agents.get(id)
    const places = agent?.entries.filter((entry) => entry.isAssumed).map((entry) => deviceName(watched, entry.deviceId)) ?? []
    if (agent === undefined || places.length === 0) return []
    return [`Where agent ${agent.name} stands is not set; it was taken to stand at ${list(places)}.`]
  })
}

/** Where an agent's own way out has failed it sees nothing any more, which says little of what it watches. */
const cutsOffAgent = (watched: Watched, ways: Ways, { cause, alternatives }: Draft, tense: Tense): string[] => {
  const named = new Set([cause, ...alternatives].map((one) => one.id))
  const dark = ways.dark(watched, [cause.id])
  return [...watched.agents.values()].flatMap((agent) => {
    const places = new Set(agent.entries.map((entry) => entry.deviceId))
    const mine = [...watched.devices.values()].filter(
      ({ id, agentId }) => agentId === agent.id && !named.has(id) && !places.has(id),
    )
    if (mine.length === 0 || mine.some(({ id }) => !dark.has(id))) return []
    const may = verb(tense, "is behind it may be", "was behind it may have been")
    return [`It ${tense} the only way out of agent ${agent.name}, so what ${may} fine for customers.`]
  })
}

/** Of a heard agent: how many of its devices are silent, and how much at once they fell so. */
export const blindness = (watched: Watched, { cause }: Draft, silent: readonly AlertNow[], tense: Tense): string => {
  const all = watchedBy(watched, cause.id)
  const did = verb(tense, "do", "did")
  if (silent.length < all) return `${silent.length} of the ${all} devices that agent ${cause.name} watches ${did} not answer`
  const since = silent.map((alert) => alert.state.sinceMs)
  const withinMs = Math.max(1_000, Math.ceil((Math.max(...since) - Math.min(...since)) / 1_000) * 1_000)
  const fell = `all ${verb(tense, "fell", "had fallen")} silent within ${duration(withinMs)}`
  return `None of the ${many(all, "device")} that agent ${cause.name} watches ${verb(tense, "answers", "answered")}: ${fell}`
}

const ofAgent = (watched: Watched, draft: Draft, assumed: readonly string[], tense: Tense): string[] => {
  const silent = draft.alerts.filter((alert) => alert.kind === "device-unreachable")
  const [has, may] = tense === "is" ? ["has", "may be"] : ["had", "may have been"]
  return [
    `Agent ${draft.cause.name} itself ${tense} heard, so it ${verb(tense, "runs", "ran")}.`,
    `${blindness(watched, draft, silent, tense)}.`,
    `So it ${has} lost its way into the network, or the router it ${verb(tense, "stands", "stood")} at ${has} failed; its devices ${may} fine for customers.`,
    ...assumed,
  ]
}

/** Why we believe it, a sentence an item; and why we did. */
export const reasons = (watched: Watched, ways: Ways, draft: Draft, off: readonly string[]): Tensed<readonly string[]> => {
  const of = (part: string, kind: AlertNow["kind"]): AlertNow[] =>
    draft.alerts.filter((alert) => alert.kind === kind && draft.symptoms.get(alert.id) === part)
  const devices = (alerts: readonly AlertNow[]): string => list(alerts.map((alert) => deviceName(watched, alert.deviceId)))
  const silent = of("cause", "device-unreachable")
  const ports = [...of("cause", "interface-down"), ...of("evidence", "interface-down")]
  const behind = of("behind", "device-unreachable")
  const assumed = behind.length === 0 ? [] : assumedPlaces(watched, behind)
  return tensed((tense) => {
    if (draft.cause.kind === "agent") return ofAgent(watched, draft, assumed, tense)
    const told: string[] = []
    const looked = silent.filter((alert) => alert.state.reason !== "reports-missing")
    const lone = silent.filter((alert) => alert.state.reason === "reports-missing")
    if (looked.length > 0) told.push(`${devices(looked)} left a whole burst of probes unanswered, by ping and by TCP.`)
    if (lone.length > 0) {
      const own = lone.length === 1 ? "its" : "their"
      told.push(`${devices(lone)} ${verb(tense, lone.length === 1 ? "has" : "have", "had")} stopped sending ${own} own reports.`)
      if (lone.length === draft.alerts.length)
        told.push("A script taken out, a revoked key or a closed way to the appliance would look the same.")
    }
    if (ports.length > 0) {
      const names = ports.map((alert) => `${alert.interface} on ${deviceName(watched, alert.deviceId)}`)
      const have = verb(tense, ports.length === 1 ? "has" : "have", "had")
      told.push(`${ports.length === 1 ? "Port" : "Ports"} ${list(names)} ${have} no link.`)
    }
    if (off.length > 0) told.push(`Its port on ${list(off)} ${tense} switched off by an administrator.`)
    if (behind.length > 0) {
      const count = `${many(behind.length, "device")} ${verb(tense, "", behind.length === 1 ? "was " : "were ")}behind it`
      told.push(`Every way from here to ${devices(behind)} ${verb(tense, "leads", "led")} through it: ${count}.`)
    }
    return [...told, ...assumed, ...cutsOffAgent(watched, ways, draft, tense)]
  })
}

/** The sentence on what would show exactly the same. */
export const twinsOf = (watched: Watched, { alternatives }: Draft): Tensed<string> | null => {
  if (alternatives.length === 0) return null
  const names = list(alternatives.map((other) => couldStand(watched, other)))
  return tensed((tense) => `Seen from here ${names} would ${verb(tense, "show", "have shown")} exactly the same.`)
}

/** Whether traffic still has a way out besides the upstream that is lost. */
export const otherUpstreams = (watched: Watched, view: AlertView, lost: string): string => {
  const others = [...watched.devices.values()].filter(({ id, roles }) => id !== lost && roles.includes("upstream"))
  const isStanding = ({ id }: (typeof others)[number]): boolean => {
    const phase = reachAlert(view, id)?.state.phase
    return phase !== undefined && phase !== "down" && phase !== "unknown"
  }
  const standing = others.filter(isStanding).map(({ name }) => name)
  if (standing.length > 0) {
    return `${list(standing)} still ${standing.length === 1 ? "answers, so another upstream stands" : "answer, so other upstreams stand"}.`
  }
  return others.length === 0
    ? "No other upstream is known."
    : `No other upstream answers: not ${list(others.map(({ name }) => name))}.`
}
