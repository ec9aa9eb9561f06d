/** The overall status of the network, computed from the objects on screen. Pure. */
import type { Status } from "@ispvm/appliance/api/shared"
import { STATUS_ORDER } from "../components/status-shape.ts"
import { t } from "../i18n/strings/strings.ts"
import type { Fleet } from "./fleet.ts"

export type NetworkHealth = {
  readonly kind: "nothing-monitored" | "healthy" | "unhealthy"
  /** The worst status. */
  readonly status: Status
  /** "4 devices degraded, 2 unknown, 8 links unknown"; empty if everything is up. */
  readonly text: string
}

/** Everything is up only if everything is known to be up; what was not probed is unknown. */
export const networkHealthOf = (fleet: Pick<Fleet, "devices" | "links">): NetworkHealth => {
  if (fleet.devices.size === 0) return { kind: "nothing-monitored", status: "unknown", text: "" }
  const devices = countsOf([...fleet.devices.values()].map((each) => each.status.status))
  const links = countsOf([...fleet.links.values()].map((each) => each.status.status))
  const [worst] = STATUS_ORDER.filter(
    (status) => status !== "ok" && (devices.has(status) || links.has(status)),
  )
  if (worst === undefined) return { kind: "healthy", status: "ok", text: "" }
  return {
    kind: "unhealthy",
    status: worst,
    text: [...countTexts(devices, t.terms.devices), ...countTexts(links, t.terms.links)].join(", "),
  }
}

const countsOf = (statuses: readonly Status[]): ReadonlyMap<Status, number> => {
  const counts = new Map<Status, number>()
  for (const status of statuses)
    if (status !== "ok") counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts
}

/** The noun is written once, with the first count. */
const countTexts = (
  counts: ReadonlyMap<Status, number>,
  noun: (n: number) => string,
): readonly string[] =>
  STATUS_ORDER.flatMap((status) => {
    const n = counts.get(status)
    return n === undefined ? [] : [{ n, word: t.terms.status[status].toLowerCase() }]
  }).map(({ n, word }, index) => `${index === 0 ? noun(n) : n} ${word}`)
