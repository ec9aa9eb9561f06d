/**
 * Requests to the threads: the network once, then what was observed. A thread that was started again
 * (another generation) knows no network.
 */
import type { Observation } from "@ispvm/rca"
import {
  type Change,
  changeColumns,
  type Degraded,
  degradedColumns,
  type Numbering,
  numberingOf,
  type Plan,
  planColumns,
} from "./columns.ts"
import type { DegradationRequest, OutageRequest } from "./model.ts"

/** How often each observation was made; equal observations are the same object. */
export type Counts = ReadonlyMap<Observation, number>
export const counted = (observations: readonly Observation[]): Counts => {
  const counts = new Map<Observation, number>()
  for (const observation of observations)
    counts.set(observation, (counts.get(observation) ?? 0) + 1)
  return counts
}

/** How many more times each was made; negative: fewer. */
export const changesBetween = (was: Counts, now: Counts): readonly Change[] => {
  const changes: Change[] = []
  for (const [observation, times] of was)
    if (!now.has(observation)) changes.push([observation, -times])
  for (const [observation, times] of now) {
    const more = times - (was.get(observation) ?? 0)
    if (more !== 0) changes.push([observation, more])
  }
  return changes
}

type Sent = {
  readonly of: object
  readonly generation: number
  readonly numbering: Numbering
}
type Requests<Observed, Request> = {
  /** `of`: identifies the network; `plan` builds it where the thread does not know it. */
  readonly build: (of: object, generation: number, plan: () => Plan, observed: Observed) => Request
  /** The thread may have forgotten what it knew. */
  readonly reset: () => void
}

export const createOutageRequests = (owner: string): Requests<Counts, OutageRequest> => {
  let sent: (Sent & { readonly counts: Counts }) | null = null
  return {
    build: (of, generation, plan, counts) => {
      const known = sent?.of === of && sent.generation === generation ? sent : null
      const made = known === null ? plan() : null
      const numbering = known?.numbering ?? numberingOf(made ?? { nodes: [], links: [] })
      sent = { of, generation, numbering, counts }
      return {
        kind: "outages",
        owner,
        network: made === null ? null : planColumns(made, numbering),
        changes: changeColumns(changesBetween(known?.counts ?? new Map(), counts), numbering),
      }
    },
    reset: () => {
      sent = null
    },
  }
}

export const createDegradationRequests = (
  owner: string,
): Requests<Degraded, DegradationRequest> => {
  let sent: Sent | null = null
  return {
    build: (of, generation, plan, degraded) => {
      const known = sent?.of === of && sent.generation === generation ? sent : null
      const made = known === null ? plan() : null
      const numbering = known?.numbering ?? numberingOf(made ?? { nodes: [], links: [] })
      sent = { of, generation, numbering }
      return {
        kind: "degradations",
        owner,
        network: made === null ? null : planColumns(made, numbering),
        observed: degradedColumns(degraded, numbering),
      }
    },
    reset: () => {
      sent = null
    },
  }
}
