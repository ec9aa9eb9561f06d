/** Probes that the flow requests of agents. */
import { randomUUID } from "node:crypto"
import type { Event, Task } from "@ispvm/wire"
import type { AgentId } from "../platform/ids.ts"
import type { Topology } from "./alerts/alerts.ts"
import type { Accepted } from "./ingest/model.ts"

/** Older reports need no probe any more. */
const CONFIRM_MS = 30_000
/** What a router reports about itself is also probed from outside. */
const TO_CONFIRM: ReadonlySet<Event["name"]> = new Set([
  "link-up",
  "link-down",
  "peer-up",
  "peer-down",
  "watch-up",
  "watch-down",
])

/** Requests a confirmation burst for these devices, each from its own agent. */
export const requestProbes = (
  queue: (agent: AgentId, task: Task) => void,
  { devices }: Topology,
  ids: readonly string[],
  because: string,
): void => {
  const due = ids.flatMap((id) => devices.get(id) ?? [])
  for (const [agent, list] of Map.groupBy(due, ({ agentId }) => agentId)) {
    if (agent === null) continue
    queue(agent, { kind: "confirm", id: randomUUID(), devices: list.map(({ id }) => id), because })
  }
}

/** The device of each recent report, and the remote end of the link that the report names. */
export const devicesOfReports = (
  { linksAt }: Topology,
  { events, receivedAtMs }: Accepted,
): readonly string[] => {
  const recent = events.filter(
    ({ name, atMs }) => TO_CONFIRM.has(name) && receivedAtMs - atMs <= CONFIRM_MS,
  )
  const due = recent.flatMap(({ device, interface: port }) => {
    const ends = (linksAt.get(device) ?? []).flatMap(({ a, b }) => [
      [a, b] as const,
      [b, a] as const,
    ])
    const remotes = ends.filter(
      ([local]) => local.deviceId === device && port !== null && local.interface === port,
    )
    return [device, ...remotes.map(([, { deviceId }]) => deviceId)]
  })
  return [...new Set(due)]
}
