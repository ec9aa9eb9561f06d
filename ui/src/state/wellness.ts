/** Whether all is well, and if not, what is not: from the very things the screens draw. Pure. */
import type { Status } from "@ispvm/appliance/api/shared"
import { STATUS_ORDER } from "../parts/status-shape.ts"
import { t } from "../strings/strings.ts"
import type { Fleet } from "./fleet.ts"

export type Wellness = {
  readonly kind: "nothing-watched" | "well" | "not-well"
  /** The worst there is. */
  readonly status: Status
  /** "4 devices degraded, 2 unknown, 8 links unknown"; empty while all is well. */
  readonly text: string
}

/** All is well only where everything is known to be: what nobody has looked at is not. */
export const wellnessOf = (fleet: Pick<Fleet, "devices" | "links">): Wellness => {
  if (fleet.devices.size === 0) return { kind: "nothing-watched", status: "unknown", text: "" }
  const devices = countsOf([...fleet.devices.values()].map((each) => each.status.status))
  const links = countsOf([...fleet.links.values()].map((each) => each.status.status))
  const [worst] = STATUS_ORDER.filter((status) => status !== "ok" && (devices.has(status) || links.has(status)))
  if (worst === undefined) return { kind: "well", status: "ok", text: "" }
  return { kind: "not-well", status: worst, text: [...said(devices, t.terms.devices), ...said(links, t.terms.links)].join(", ") }
}

const countsOf = (statuses: readonly Status[]): ReadonlyMap<Status, number> => {
  const counts = new Map<Status, number>()
  for (const status of statuses) if (status !== "ok") counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts
}

/** The noun stands once, with the first count. */
const said = (counts: ReadonlyMap<Status, number>, noun: (n: number) => string): readonly string[] =>
  STATUS_ORDER.flatMap((status) => {
    const n = counts.get(status)
    return n === undefined ? [] : [{ n, word: t.terms.status[status].toLowerCase() }]
  }).map(({ n, word }, index) => `${index === 0 ? noun(n) : n} ${word}`)
