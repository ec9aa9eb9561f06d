/**
 * What a wall display can read: the routes its pages need, without what is about people. A new
 * route is not open to it until it is in this list.
 */
import type { Permission } from "../../api/shared.ts"
import type { Route } from "./http.ts"
import { HttpError } from "./http-error.ts"

export const WALL_PERMISSIONS: readonly Permission[] = [
  "inventory:read",
  "agents:read",
  "incidents:read",
  "live:read",
]
const WALL_ROUTES: ReadonlySet<string> = new Set([
  "GET /overview",
  "GET /topology",
  "GET /agents",
  "GET /collectors",
  "GET /incidents",
  "GET /live",
])
/** Events name users and what they did. */
const WALL_TOPICS = [
  "device",
  "link",
  "agent",
  "incident",
  "readings",
  "values",
  "inventory",
] as const

export const requireWallRoute = ({ method, path }: Pick<Route, "method" | "path">): void => {
  if (method !== "GET" || !WALL_ROUTES.has(`${method} ${path}`))
    throw new HttpError(403, "wall-read-only", { code: "problem.wall-read-only", params: {} })
}

/** The topics of a wall display's stream, of those that it asked for. */
export const wallTopics = (asked: readonly string[] | undefined): ReadonlySet<string> =>
  new Set(WALL_TOPICS.filter((topic) => asked === undefined || asked.includes(topic)))

/** By name of the field, wherever it is. */
const WITHOUT_PERSONS: Readonly<Record<string, null | "" | readonly []>> = {
  acknowledgedBy: null,
  causeCodedBy: null,
  feedback: null,
  note: "",
  ownerId: null,
  ownerName: null,
  recentEvents: [],
  severitySetBy: null,
  ticket: null,
}
/** The same answer without names of people and without what people wrote. */
export const withoutPersons = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutPersons)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      Object.hasOwn(WITHOUT_PERSONS, key) ? WITHOUT_PERSONS[key] : withoutPersons(inner),
    ]),
  )
}
