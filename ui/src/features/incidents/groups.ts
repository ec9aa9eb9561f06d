/** The groups of the incident list, from the URL and the store. Pure. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import { worstFirst } from "../../state/severity.ts"

export const STATES: readonly Incident["state"][] = ["open", "acknowledged", "closed"]

export const readState = (query: URLSearchParams): Incident["state"] | null =>
  STATES.find((state) => state === query.get("state")) ?? null

export type Group = { readonly state: Incident["state"]; readonly items: readonly Incident[] }

/**
 * The closed incidents of a page, newest first. What the stream has said since the page was read is
 * kept: on the newest page, incidents that have been closed; on every page, those that are open
 * again.
 */
export const closedRows = (
  page: readonly Incident[],
  known: ReadonlyMap<string, Incident>,
  isNewest: boolean,
): readonly Incident[] => {
  const rows = new Map(page.map((each) => [each.id, each]))
  const oldest = page.at(-1)?.number ?? 0
  for (const each of known.values()) {
    const was = rows.get(each.id)
    const isNews = was === undefined ? isNewest && each.number > oldest : isLater(each, was)
    if (isNews) rows.set(each.id, each)
  }
  return [...rows.values()]
    .filter(({ state }) => state === "closed")
    .sort((a, b) => b.number - a.number)
}
const isLater = (a: Incident, b: Incident): boolean => a.updatedAtMs > b.updatedAtMs

/**
 * Open ones with the largest impact first, then newest. What is deferred waits until the reader
 * asks for it.
 */
export const groupsOf = (
  active: Iterable<Incident>,
  closed: readonly Incident[],
  only: Incident["state"] | null,
  deferred: ReadonlySet<string>,
): readonly Group[] => {
  const shown = [...active].filter(({ id }) => !deferred.has(id))
  const itemsOf = (state: Incident["state"]) =>
    state === "closed"
      ? closed
      : shown
          .filter((incident) => incident.state === state)
          .sort((a, b) => worstFirst(a, b) || b.number - a.number)
  return STATES.filter((state) => only === null || only === state).map((state) => ({
    state,
    items: itemsOf(state),
  }))
}

/**
 * Incidents that arrived while the reader was further down wait behind a bar. A closed one is not
 * announced.
 */
export const newIncidents = (
  all: Iterable<Incident>,
  known: ReadonlySet<string>,
): ReadonlySet<string> =>
  new Set(
    [...all]
      .filter((incident) => incident.state !== "closed" && !known.has(incident.id))
      .map((incident) => incident.id),
  )

/** The row that j or k selects; the first one if none is selected. */
export const neighbour = (
  ids: readonly string[],
  from: string | null,
  step: 1 | -1,
): string | null => {
  const at = from === null ? -1 : ids.indexOf(from)
  if (at === -1) return ids[0] ?? null
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null
}
