/** Why an incident says what it says, as sentences. Pure. */
import type { Component } from "../../../api/incidents.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import type { Draft } from "../engine/groups.ts"
import { type AlertView, portAlert, reachAlert } from "../engine/observe.ts"
import type { Reachability } from "../engine/reachability.ts"
import { monitoredBy } from "../text/title.ts"
import {
  componentPhrase,
  deviceName,
  duration,
  list,
  many,
  type Tense,
  type Tensed,
  tensed,
  verb,
} from "../text/wording.ts"

/** Where the end of a line was switched off by hand. */
export const switchedOff = (topology: Topology, view: AlertView, cause: Component): string[] => {
  const link = topology.links.get(cause.id)
  if (link === undefined) return []
  return [link.a, link.b].flatMap((end) =>
    portAlert(view, end)?.state.reason === "disabled-by-admin"
      ? [deviceName(topology, end.deviceId)]
      : [],
  )
}

/** What lies behind what depends on where one stands: if nobody has said that, it is said here what was taken for it. */
const assumedPlaces = (topology: Topology, downstream: readonly AlertNow[]): string[] => {
  const agents = new Set(
    downstream.flatMap((alert) => topology.devices.get(alert.deviceId ?? "")?.agentId ?? []),
  )
  return [...agents].flatMap((id) => {
    const agent = topology.agents.get(id)
    const places =
      agent?.entryPoints
        .filter((entry) => entry.isAssumed)
        .map((entry) => deviceName(topology, entry.deviceId)) ?? []
    if (agent === undefined || places.length === 0) return []
    return [
      `Where agent ${agent.name} stands is not set; it was taken to stand at ${list(places)}.`,
    ]
  })
}

/** Where an agent's own way out has failed it sees nothing any more, which says little of what it watches. */
const cutsOffAgent = (
  topology: Topology,
  reachability: Reachability,
  { cause, alternatives }: Draft,
  tense: Tense,
): string[] => {
  const named = new Set([cause, ...alternatives].map((one) => one.id))
  const unreachable = reachability.unreachable(topology, [cause.id])
  return [...topology.agents.values()].flatMap((agent) => {
    const places = new Set(agent.entryPoints.map((entry) => entry.deviceId))
    const mine = [...topology.devices.values()].filter(
      ({ id, agentId }) => agentId === agent.id && !named.has(id) && !places.has(id),
    )
    if (mine.length === 0 || mine.some(({ id }) => !unreachable.has(id))) return []
    const may = verb(tense, "is behind it may be", "was behind it may have been")
    return [
      `It ${tense} the only way out of agent ${agent.name}, so what ${may} fine for customers.`,
    ]
  })
}

/** Of a heard agent: how many of its devices are silent, and how much at once they fell so. */
export const isolationText = (
  topology: Topology,
  { cause }: Draft,
  unreachable: readonly AlertNow[],
  tense: Tense,
): string => {
  const all = monitoredBy(topology, cause.id)
  const did = verb(tense, "do", "did")
  if (unreachable.length < all)
    return `${unreachable.length} of the ${all} devices that agent ${cause.name} watches ${did} not answer`
  const since = unreachable.map((alert) => alert.state.sinceMs)
  const withinMs = Math.max(
    1_000,
    Math.ceil((Math.max(...since) - Math.min(...since)) / 1_000) * 1_000,
  )
  const fell = `all ${verb(tense, "fell", "had fallen")} silent within ${duration(withinMs)}`
  return `None of the ${many(all, "device")} that agent ${cause.name} watches ${verb(tense, "answers", "answered")}: ${fell}`
}

const ofAgent = (
  topology: Topology,
  draft: Draft,
  assumed: readonly string[],
  tense: Tense,
): string[] => {
  const unreachable = draft.alerts.filter((alert) => alert.kind === "device-unreachable")
  const [has, may] = tense === "is" ? ["has", "may be"] : ["had", "may have been"]
  return [
    `Agent ${draft.cause.name} itself ${tense} heard, so it ${verb(tense, "runs", "ran")}.`,
    `${isolationText(topology, draft, unreachable, tense)}.`,
    `So it ${has} lost its way into the network, or the router it ${verb(tense, "stands", "stood")} at ${has} failed; its devices ${may} fine for customers.`,
    ...assumed,
  ]
}

/** Why we believe it, a sentence an item; and why we did. */
export const reasons = (
  topology: Topology,
  reachability: Reachability,
  draft: Draft,
  off: readonly string[],
): Tensed<readonly string[]> => {
  const of = (role: string, kind: AlertNow["kind"]): AlertNow[] =>
    draft.alerts.filter((alert) => alert.kind === kind && draft.symptoms.get(alert.id) === role)
  const devices = (alerts: readonly AlertNow[]): string =>
    list(alerts.map((alert) => deviceName(topology, alert.deviceId)))
  const unreachable = of("cause", "device-unreachable")
  const ports = [...of("cause", "interface-down"), ...of("evidence", "interface-down")]
  const downstream = of("downstream", "device-unreachable")
  const assumed = downstream.length === 0 ? [] : assumedPlaces(topology, downstream)
  return tensed((tense) => {
    if (draft.cause.kind === "agent") return ofAgent(topology, draft, assumed, tense)
    const sentences: string[] = []
    const probed = unreachable.filter((alert) => alert.state.reason !== "reports-missing")
    const selfReporting = unreachable.filter((alert) => alert.state.reason === "reports-missing")
    if (probed.length > 0)
      sentences.push(
        `${devices(probed)} left a whole burst of probes unanswered, by ping and by TCP.`,
      )
    if (selfReporting.length > 0) {
      const own = selfReporting.length === 1 ? "its" : "their"
      sentences.push(
        `${devices(selfReporting)} ${verb(tense, selfReporting.length === 1 ? "has" : "have", "had")} stopped sending ${own} own reports.`,
      )
      if (selfReporting.length === draft.alerts.length)
        sentences.push(
          "A script taken out, a revoked key or a closed way to the appliance would look the same.",
        )
    }
    if (ports.length > 0) {
      const names = ports.map(
        (alert) => `${alert.interface} on ${deviceName(topology, alert.deviceId)}`,
      )
      const have = verb(tense, ports.length === 1 ? "has" : "have", "had")
      sentences.push(`${ports.length === 1 ? "Port" : "Ports"} ${list(names)} ${have} no link.`)
    }
    if (off.length > 0)
      sentences.push(`Its port on ${list(off)} ${tense} switched off by an administrator.`)
    if (downstream.length > 0) {
      const count = `${many(downstream.length, "device")} ${verb(tense, "", downstream.length === 1 ? "was " : "were ")}behind it`
      sentences.push(
        `Every way from here to ${devices(downstream)} ${verb(tense, "leads", "led")} through it: ${count}.`,
      )
    }
    return [...sentences, ...assumed, ...cutsOffAgent(topology, reachability, draft, tense)]
  })
}

/** The sentence on what would show exactly the same. */
export const indistinguishableText = (
  topology: Topology,
  { alternatives }: Draft,
): Tensed<string> | null => {
  if (alternatives.length === 0) return null
  const names = list(alternatives.map((other) => componentPhrase(topology, other)))
  return tensed(
    (tense) =>
      `Seen from here ${names} would ${verb(tense, "show", "have shown")} exactly the same.`,
  )
}

/** Whether traffic still has a way out besides the upstream that is lost. */
export const otherUpstreams = (topology: Topology, view: AlertView, lost: string): string => {
  const others = [...topology.devices.values()].filter(
    ({ id, roles }) => id !== lost && roles.includes("upstream"),
  )
  const isAnswering = ({ id }: (typeof others)[number]): boolean => {
    const phase = reachAlert(view, id)?.state.phase
    return phase !== undefined && phase !== "down" && phase !== "unknown"
  }
  const answering = others.filter(isAnswering).map(({ name }) => name)
  if (answering.length > 0) {
    return `${list(answering)} still ${answering.length === 1 ? "answers, so another upstream stands" : "answer, so other upstreams stand"}.`
  }
  return others.length === 0
    ? "No other upstream is known."
    : `No other upstream answers: not ${list(others.map(({ name }) => name))}.`
}
