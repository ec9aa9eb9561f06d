/** What an id of the topology stands for. Pure. */
import type { Component } from "../../../api/incidents.ts"
import type { Topology } from "../../alerts/alerts.ts"

export const component = (topology: Topology, id: string): Component | null => {
  const link = topology.links.get(id)
  if (link !== undefined) return { kind: "link", id: link.id, name: link.name }
  const device = topology.devices.get(id)
  if (device !== undefined) return { kind: "device", id: device.id, name: device.name }
  const site = topology.sites.get(id)
  if (site !== undefined) return { kind: "site", id: site.id, name: site.name }
  const agent = topology.agents.get(id)
  return agent === undefined ? null : { kind: "agent", id: agent.id, name: agent.name }
}
