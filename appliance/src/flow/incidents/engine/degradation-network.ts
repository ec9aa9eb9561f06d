/**
 * The network for degradations: as for outages, but each agent is a node of its own with a line to
 * where it is, because a lossy line of an agent makes all of its paths lossy. Pure.
 */
import type { Network } from "@ispvm/rca"
import type { Topology } from "../../alerts/alerts.ts"
import { buildNetwork, realComponent } from "./observe.ts"

const AGENT = "agent:"
const LINE = "direct:"
export type DegradationNetwork = Pick<Network, "nodes" | "links" | "vantages">

export const degradationNetwork = (topology: Topology): DegradationNetwork => {
  const { nodes, links, vantages } = buildNetwork(topology)
  const placed = [...topology.agents.values()].flatMap(({ id, deviceId }) =>
    deviceId !== null && vantages.includes(deviceId) ? [{ id, deviceId }] : [],
  )
  const at = new Set<string>(placed.map(({ deviceId }) => deviceId))
  const isPlaced = new Set<string>(placed.map(({ id }) => id))
  /** Lines to other parts of the network begin at their agent, too. */
  const moved = (link: Network["links"][number]): Network["links"][number] => {
    const [, agent = ""] = link.id.startsWith(LINE) ? link.id.split(":") : []
    return isPlaced.has(agent) ? { ...link, a: `${AGENT}${agent}` } : link
  }
  return {
    nodes: [
      ...nodes,
      ...placed.map(({ id }) => ({ id: `${AGENT}${id}`, kind: "service", monitored: false })),
    ],
    links: [
      ...links.map(moved),
      ...placed.map(({ id, deviceId }) => ({
        id: `${LINE}${id}:${deviceId}`,
        a: `${AGENT}${id}`,
        b: deviceId,
      })),
    ],
    vantages: [...vantages.filter((id) => !at.has(id)), ...placed.map(({ id }) => `${AGENT}${id}`)],
  }
}

/** The agent whose own node or line this is. */
export const agentOf = (topology: Topology, id: string): string | null => {
  const found = id.startsWith(AGENT) ? id.slice(AGENT.length) : (id.split(":")[1] ?? "")
  return (id.startsWith(AGENT) || id.startsWith(LINE)) && topology.agents.has(found) ? found : null
}

/** What is named for it: an agent's line is the agent if all of its paths are affected. */
export const namedComponent = (
  topology: Topology,
  id: string,
  isAllOf: (agent: string) => boolean,
): string => {
  const agent = agentOf(topology, id)
  return agent !== null && isAllOf(agent) ? agent : realComponent(topology, id)
}
