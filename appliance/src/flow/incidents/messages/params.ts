/** Params of messages: what the topology calls a thing now, and its id. Pure. */
import type { Component } from "../../../api/incidents.ts"
import type { Named, NamedList, Port, PortList, Tense, Thing } from "../../../api/messages.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"

/** More names than this nobody reads; the rest is a count. */
const MAX_NAMES = 4

/** Both readings of what is found once and shown while it lasts and after it is over. */
export type Tensed<T> = Readonly<Record<Tense, T>>
export const tensed = <T>(make: (tense: Tense) => T): Tensed<T> => ({
  present: make("present"),
  past: make("past"),
})

/** Durations are shown in whole seconds, so a smaller difference is not a change. */
export const wholeSeconds = (ms: number): number => Math.max(0, Math.round(ms / 1_000) * 1_000)

export const listOf = <T>(all: readonly T[]): { items: T[]; more: number } => ({
  items: all.slice(0, MAX_NAMES),
  more: Math.max(0, all.length - MAX_NAMES),
})
export const named = ({ id, name }: { id: string; name: string }): Named => ({ id, name })

export const deviceNamed = (topology: Topology, device: string | null): Named => ({
  id: device,
  name: topology.devices.get(device ?? "")?.name ?? null,
})
export const devicesNamed = (topology: Topology, alerts: readonly AlertNow[]): NamedList =>
  listOf(alerts.map((alert) => deviceNamed(topology, alert.deviceId)))

export const agentNamed = (topology: Topology, agent: string | null): Named => ({
  id: agent,
  name: topology.agents.get(agent ?? "")?.name ?? "",
})

export const portOf = (topology: Topology, alert: AlertNow): Port => ({
  interface: alert.interface ?? "?",
  device: deviceNamed(topology, alert.deviceId),
})
export const portsOf = (topology: Topology, alerts: readonly AlertNow[]): PortList =>
  listOf(alerts.map((alert) => portOf(topology, alert)))

const nounOf = (topology: Topology, device: string): Thing["noun"] => {
  const roles = topology.devices.get(device)?.roles ?? []
  if (roles.includes("upstream")) return "upstream"
  return roles.includes("switch") ? "switch" : roles.includes("cpe") ? "customer-router" : "router"
}
export const thingOf = (topology: Topology, { kind, id, name }: Component): Thing => ({
  noun: kind === "device" ? nounOf(topology, id) : kind,
  id,
  name,
})
