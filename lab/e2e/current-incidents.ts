/** Incidents and devices at one moment, from the API, for tests and benches of root causes. */
import type { LiveEvent, Operator } from "./operator.ts"
import { type Row, rows, textOf } from "./rows.ts"
import type { Cause } from "./scenarios.ts"

const KINDS = ["link", "device", "site", "agent"] as const

export const causeOf = (component: Row | undefined): Cause | undefined => {
  const kind = KINDS.find((one) => one === component?.kind)
  return kind === undefined ? undefined : { kind, name: textOf(component, "name") }
}

/** The first cause of each open incident. */
export const firstCauses = async (operator: Operator): Promise<(Cause | undefined)[]> =>
  rows((await operator.get("/incidents?state=open")).items).map((incident) =>
    causeOf(rows(incident.causes)[0]),
  )

/** Every cause and alternative of an open incident. */
export const allNamed = async (operator: Operator): Promise<(Cause | undefined)[]> =>
  rows((await operator.get("/incidents?state=open")).items).flatMap((incident) =>
    [...rows(incident.causes), ...rows(incident.alternatives)].map(causeOf),
  )

/** No incident is open, and every device of the simulation answers. */
export const isHealthy = async (operator: Operator): Promise<boolean> =>
  (await unhealthy(operator)).length === 0

/** What is open or not ok, in words: for a test that waits for it to end. */
export const unhealthy = async (operator: Operator): Promise<readonly string[]> => {
  const { items } = await operator.get("/incidents?state=open")
  const { devices } = await operator.get("/topology")
  const simulated = rows(devices).filter(
    (device) => !textOf(device, "name").startsWith("recorded-"),
  )
  const open = rows(items).map(({ number, title }) => `#${number} ${JSON.stringify(title)}`)
  const others = simulated.flatMap(({ name, status }) =>
    textOf(status, "status") === "ok" ? [] : `${name}: ${JSON.stringify(status)}`,
  )
  return [...open, ...others]
}

/** Names of the devices that were down at any moment of these events. */
export const devicesReportedDown = (
  events: readonly LiveEvent[],
  topology: Readonly<Record<string, unknown>>,
): string[] => {
  const names = new Map(
    rows(topology.devices).map((device) => [textOf(device, "id"), textOf(device, "name")]),
  )
  const ids = events
    .filter(({ name, data }) => name === "device" && isDown(data.status))
    .map(({ data }) => textOf(data, "id"))
  return [...new Set(ids)].map((id) => names.get(id) ?? id).sort()
}

const isDown = (status: unknown): boolean => textOf(status, "status") === "down"
