/** What the list shows, from the address and what is known. Pure. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import { worstFirst } from "../../state/severity.ts"

export const STATES: readonly Incident["state"][] = ["open", "acknowledged", "closed"]

export const readState = (query: URLSearchParams): Incident["state"] | null =>
  STATES.find((state) => state === query.get("state")) ?? null

export type Group = { readonly state: Incident["state"]; readonly items: readonly Incident[] }

/** Open ones by who feels them, then newest; closed ones by when they ended. What is held back waits until the reader asks for it. */
export const groupsOf = (
  all: Iterable<Incident>,
  only: Incident["state"] | null,
  deferred: ReadonlySet<string>,
): readonly Group[] => {
  const shown = [...all].filter((incident) => !deferred.has(incident.id))
  return STATES.filter((state) => only === null || only === state).map((state) => ({
    state,
    items: shown
      .filter((incident) => incident.state === state)
      .sort(
        (a, b) =>
          (state === "closed" ? endOf(b) - endOf(a) : worstFirst(a, b)) || b.number - a.number,
      ),
  }))
}

const endOf = (incident: Incident): number => incident.closedAtMs ?? incident.openedAtMs

export const countsOf = (all: Iterable<Incident>): Readonly<Record<Incident["state"], number>> => {
  const counts = { open: 0, acknowledged: 0, closed: 0 }
  for (const incident of all) counts[incident.state] += 1
  return counts
}

/** Those that came while the reader was further down: they wait behind a bar. An incident that is over has nothing new to say. */
export const newIncidents = (
  all: Iterable<Incident>,
  known: ReadonlySet<string>,
): ReadonlySet<string> =>
  new Set(
    [...all]
      .filter((incident) => incident.state !== "closed" && !known.has(incident.id))
      .map((incident) => incident.id),
  )

/** The row j or k leads to; the first one where none is chosen yet. */
export const neighbour = (
  ids: readonly string[],
  from: string | null,
  step: 1 | -1,
): string | null => {
  const at = from === null ? -1 : ids.indexOf(from)
  if (at === -1) return ids[0] ?? null
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null
}
