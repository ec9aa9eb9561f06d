/** Whether a rule is about an entity: roles, tags, places and interfaces of the inventory. */
import type { Scope } from "../../../api/alert-rules.ts"
import type { MonitoredDevice, MonitoredLink, Topology } from "../model.ts"
import type { Entity } from "./track.ts"

/**
 * `*` stands for any characters. Each part is looked for behind the one before it, which is enough:
 * a regular expression with five stars tries for hours on a name that does not match.
 */
const matchesPattern = (pattern: string, name: string): boolean => {
  const [first = "", ...parts] = pattern.split("*")
  const last = parts.pop()
  if (last === undefined) return pattern === name
  if (!name.startsWith(first)) return false
  let from = first.length
  for (const part of parts) {
    const at = name.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return name.length - last.length >= from && name.endsWith(last)
}
const matchesName = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, name))

/** An exact name goes on to mean the interface that had it, until another one has it. */
const hadName = (topology: Topology, wanted: readonly string[], entity: Entity): boolean =>
  (topology.interfaces?.get(entity.key)?.earlierNames ?? []).some((name) => wanted.includes(name))

const overlaps = (wanted: readonly string[], own: Iterable<string>): boolean => {
  for (const one of own) if (wanted.includes(one)) return true
  return false
}
const isOneOf = (wanted: readonly string[], ...own: readonly (string | null | undefined)[]) =>
  own.some((one) => one != null && wanted.includes(one))

export const linkAt = (
  topology: Topology,
  { device, interface: port }: Pick<Entity, "device" | "interface">,
): MonitoredLink | undefined =>
  port === null
    ? undefined
    : (topology.linksAt.get(device) ?? []).find((link) =>
        [link.a, link.b].some((end) => end.deviceId === device && end.interface === port),
      )

/** Of the link that ends at the interface, or else of the interface itself; null: not known. */
export const capacityOf = (topology: Topology, entity: Entity): number | null => {
  if (entity.interface === null) return null
  return (
    linkAt(topology, entity)?.capacityBps ?? topology.interfaces?.get(entity.key)?.speedBps ?? null
  )
}

function* tagsOf(topology: Topology, device: MonitoredDevice, entity: Entity): Generator<string> {
  yield* device.tags ?? []
  yield* topology.sites.get(device.siteId ?? "")?.tags ?? []
  if (entity.interface !== null) yield* linkAt(topology, entity)?.tags ?? []
}

/** A router makes an interface for each session and names it in angle brackets. */
const isOfSession = (name: string): boolean => name.startsWith("<")

const matchesInterface = (
  topology: Topology,
  { interfaces: wanted }: Scope,
  entity: Entity,
): boolean => {
  const { interface: name } = entity
  if (name === null) return wanted === undefined
  if (wanted?.names !== undefined) {
    if (!matchesName(wanted.names, name) && !hadName(topology, wanted.names, entity)) return false
  } else if (isOfSession(name)) return false
  if (wanted?.ends === "links" && !topology.ports.has(entity.key)) return false
  if (wanted?.types === undefined) return true
  return isOneOf(wanted.types, topology.interfaces?.get(entity.key)?.type)
}

/** Id and name of the agent that observes it. */
const agentOf = (topology: Topology, { agentId }: MonitoredDevice): readonly string[] =>
  agentId === null ? [] : [agentId, topology.agents.get(agentId)?.name ?? agentId]

const matchesDevice = (
  topology: Topology,
  scope: Scope,
  device: MonitoredDevice,
  entity: Entity,
): boolean => {
  const site = topology.sites.get(device.siteId ?? "")
  const { roles, tags, sites, regions, devices, agents, except } = scope
  if (roles !== undefined && !overlaps(roles, device.roles)) return false
  if (tags !== undefined && !overlaps(tags, tagsOf(topology, device, entity))) return false
  if (sites !== undefined && !isOneOf(sites, site?.id, site?.name)) return false
  if (regions !== undefined && !isOneOf(regions, site?.region)) return false
  if (devices !== undefined && !isOneOf(devices, device.id, device.name)) return false
  if (except?.roles !== undefined && overlaps(except.roles, device.roles)) return false
  if (except?.tags !== undefined && overlaps(except.tags, tagsOf(topology, device, entity)))
    return false
  if (agents !== undefined && !isOneOf(agents, ...agentOf(topology, device))) return false
  if (except?.agents !== undefined && isOneOf(except.agents, ...agentOf(topology, device)))
    return false
  return except?.devices === undefined || !isOneOf(except.devices, device.id, device.name)
}

export const isInScope = (topology: Topology, scope: Scope, entity: Entity): boolean => {
  const device = topology.devices.get(entity.device)
  if (device === undefined || !topology.monitored.has(device.id)) return false
  if (scope.customers !== undefined || scope.plans !== undefined) return false
  if (scope.names !== undefined && !matchesName(scope.names, entity.name ?? "")) return false
  if (scope.units !== undefined && !isOneOf(scope.units, entity.unit)) return false
  return matchesDevice(topology, scope, device, entity) && matchesInterface(topology, scope, entity)
}
