/** Applies a message of the stream to the fleet. Pure; unchanged objects keep their identity. */
import type { Agent } from "@ispvm/appliance/api/agents"
import type { Device, Link } from "@ispvm/appliance/api/inventory"
import type { Readings, StatusChange } from "@ispvm/appliance/api/live"
import type { Fleet } from "./fleet-model.ts"

const replace = <T>(
  map: ReadonlyMap<string, T>,
  id: string,
  change: (was: T) => T,
): ReadonlyMap<string, T> => {
  const was = map.get(id)
  return was === undefined ? map : new Map(map).set(id, change(was))
}

export const patchDevice = (fleet: Fleet, { id, status, incidentId }: StatusChange): Fleet => ({
  ...fleet,
  devices: replace(fleet.devices, id, (was) => ({ ...was, status, incidentId })),
})

export const patchLink = (fleet: Fleet, { id, status, incidentId }: StatusChange): Fleet => ({
  ...fleet,
  links: replace(fleet.links, id, (was) => ({ ...was, status, incidentId })),
})

export const patchAgent = (fleet: Fleet, agent: Agent): Fleet => ({
  ...fleet,
  agents: new Map(fleet.agents).set(agent.id, agent),
})

/** "Last seen" includes pings; the methods are requested less often. */
export const withFreshPing = (device: Device): Device => {
  const seenMs = device.lastSeenAtMs
  if (
    seenMs === null ||
    !device.sources.some((each) => each.source === "icmp" && (each.lastAtMs ?? seenMs) < seenMs)
  )
    return device
  const sources = device.sources.map((each) =>
    each.source === "icmp" && each.lastAtMs !== null
      ? { ...each, lastAtMs: Math.max(each.lastAtMs, seenMs) }
      : each,
  )
  return { ...device, sources }
}

export const patchReadings = (fleet: Fleet, readings: Readings): Fleet => {
  const devices = new Map(fleet.devices)
  for (const reading of readings.devices) {
    const was = devices.get(reading.id)
    if (was !== undefined) devices.set(reading.id, withFreshPing({ ...was, ...reading }))
  }
  return { ...fleet, devices, links: patchLoads(fleet.links, readings.interfaces) }
}

type PortReading = Pick<Readings["interfaces"][number], "id" | "rxBps" | "txBps" | "atMs">

/**
 * The load of a link is that of end A's interface, else that of end B's with directions swapped.
 */
export const patchLoads = (
  links: ReadonlyMap<string, Link>,
  ports: readonly PortReading[],
): ReadonlyMap<string, Link> => {
  if (ports.length === 0) return links
  const byPort = new Map(ports.map((port) => [port.id, port]))
  const patched = new Map(links)
  for (const link of links.values()) {
    const reading = loadOf(link, byPort)
    if (reading !== null) patched.set(link.id, { ...link, ...reading })
  }
  return patched
}

const loadOf = (
  link: Link,
  byPort: ReadonlyMap<number, PortReading>,
): Pick<Link, "aToBBps" | "bToABps" | "atMs"> | null => {
  const atA = link.a.interfaceId === null ? undefined : byPort.get(link.a.interfaceId)
  if (atA !== undefined) return { aToBBps: atA.txBps, bToABps: atA.rxBps, atMs: atA.atMs }
  if (link.a.interfaceId !== null || link.b.interfaceId === null) return null
  const atB = byPort.get(link.b.interfaceId)
  return atB === undefined ? null : { aToBBps: atB.rxBps, bToABps: atB.txBps, atMs: atB.atMs }
}
