/** Types of the fleet store: inventory and status. */
import type { Agent } from "@ispvm/appliance/api/agents"
import type { Device, Link, Site } from "@ispvm/appliance/api/inventory"

export type Fleet = {
  readonly phase: "loading" | "ready" | "failed"
  readonly error: Error | null
  readonly devices: ReadonlyMap<string, Device>
  readonly links: ReadonlyMap<string, Link>
  readonly sites: ReadonlyMap<string, Site>
  readonly agents: ReadonlyMap<string, Agent>
}
export const NO_FLEET: Fleet = {
  phase: "loading",
  error: null,
  devices: new Map(),
  links: new Map(),
  sites: new Map(),
  agents: new Map(),
}
