/** The components of an incident: causes, and devices that are down or unreachable. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Device } from "@ispvm/appliance/api/inventory"
import type { Fleet } from "../../state/fleet.ts"

export type Blast = {
  /** Ids of the failed devices, links, agents or sites; a failed site comes with its devices. */
  readonly causes: ReadonlySet<string>
  readonly devices: ReadonlySet<string>
  readonly links: ReadonlySet<string>
  readonly sites: ReadonlySet<string>
}

/** The devices that are down, unreachable or unknown because of an incident. */
export const impactedDevices = (fleet: Fleet, incident: Incident): readonly Device[] => {
  const causes = new Set(incident.causes.map((cause) => cause.id))
  const isUnknown = (device: Device): boolean =>
    device.status.status === "unknown" && causes.has(device.agentId ?? "")
  return [...fleet.devices.values()].filter(
    (device) =>
      device.incidentId === incident.id ||
      causes.has(device.id) ||
      isUnknown(device) ||
      (causes.has(device.siteId ?? "") && device.status.status !== "ok"),
  )
}

export const blastOf = (fleet: Fleet, incident: Incident): Blast => {
  const causes = new Set(incident.causes.map((cause) => cause.id))
  const devices = new Set<string>()
  for (const device of impactedDevices(fleet, incident)) {
    devices.add(device.id)
    if (causes.has(device.siteId ?? "")) causes.add(device.id)
  }
  const links = new Set<string>()
  const ends = new Set(devices)
  for (const link of fleet.links.values()) {
    const isCause = causes.has(link.id)
    const isInside = devices.has(link.a.deviceId) && devices.has(link.b.deviceId)
    if (!isCause && !isInside && link.incidentId !== incident.id) continue
    links.add(link.id)
    // The ends of a cut link work, but they are needed to show the cut.
    ends.add(link.a.deviceId)
    ends.add(link.b.deviceId)
  }
  const sites = new Set<string>()
  for (const id of ends) {
    const site = fleet.devices.get(id)?.siteId
    if (site) sites.add(site)
  }
  return { causes, devices: ends, links, sites }
}
