/** The filters of the incident list in its URL. Pure. */

import { type Incident, SEVERITIES } from "@ispvm/appliance/api/incidents"
import type { IncidentParams } from "../../api/client.ts"

export const FILTER_KEYS = ["q", "severity", "owner", "site", "causeCode"] as const
type FilterKey = (typeof FILTER_KEYS)[number]
/** What a saved filter keeps of the address. */
const SAVED_KEYS = ["state", ...FILTER_KEYS, "range", "from", "to"]

type Filters = Pick<IncidentParams, FilterKey>
const isSeverity = (text: string | null): text is Incident["severity"] =>
  SEVERITIES.some((severity) => severity === text)

/** `me` is written as `me` in the address, so that a saved filter and a link are of the reader. */
export const readFilters = (query: URLSearchParams, me: string): Filters => {
  const q = query.get("q")?.trim() ?? ""
  const severity = query.get("severity")
  const owner = query.get("owner")
  const site = query.get("site")
  return {
    ...(q === "" ? {} : { q }),
    ...(isSeverity(severity) ? { severity } : {}),
    ...(owner === null ? {} : { owner: owner === "me" ? me : owner }),
    ...(site === null ? {} : { site }),
    ...(query.get("causeCode") === "none" ? { causeCode: "none" as const } : {}),
  }
}

export const isFiltered = (query: URLSearchParams): boolean =>
  FILTER_KEYS.some((key) => query.has(key))

/** As it is saved: in a fixed order, without what only the moment needs. */
export const savedQuery = (query: URLSearchParams): string =>
  new URLSearchParams(
    SAVED_KEYS.flatMap((key) => {
      const value = query.get(key)
      return value === null ? [] : [[key, value]]
    }),
  ).toString()

/** The changes of the address that make it that of a saved filter. */
export const changesOf = (saved: string): Readonly<Record<string, string>> => {
  const wanted = new URLSearchParams(saved)
  return Object.fromEntries(
    [...SAVED_KEYS, "before", "after"].map((key) => [key, wanted.get(key) ?? ""]),
  )
}
