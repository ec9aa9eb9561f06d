/** One action on many incidents, and what became of it. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { AnswerOf, BodyOf } from "../../api/call.ts"
import type { Api } from "../../api/client.ts"
import { ApiError } from "../../api/problem.ts"

export type BulkAction = BodyOf<"POST /incidents/actions">
/** `problems`: by id, why it was rejected. */
export type BulkOutcome = {
  readonly done: readonly string[]
  readonly problems: ReadonlyMap<string, string>
}
/** As many as one request takes. */
export const MAX_IDS = 200

/**
 * As many requests as it takes. If the first one fails, nothing has been done and its error is
 * thrown; if a later one does, the incidents of it and of those after it are rejected.
 */
export const actOnAll = async (
  api: Pick<Api, "actOnIncidents">,
  action: BulkAction,
): Promise<BulkOutcome> => {
  const results: AnswerOf<"POST /incidents/actions">["results"] = []
  const problems = new Map<string, string>()
  for (let from = 0; from < action.ids.length; from += MAX_IDS) {
    const ids = action.ids.slice(from, from + MAX_IDS)
    try {
      results.push(...(await api.actOnIncidents({ ...action, ids })).results)
    } catch (error) {
      if (!(error instanceof ApiError) || from === 0) throw error
      for (const id of action.ids.slice(from)) problems.set(id, error.message)
      break
    }
  }
  for (const { id, rejection } of results)
    if (rejection !== null) problems.set(id, rejection.message)
  const done = results.flatMap(({ id, rejection }) => (rejection === null ? [id] : []))
  return { done, problems }
}

/** Why the last action on a row was rejected, and the version of the incident it was about. */
export type RowProblem = { readonly why: string; readonly updatedAtMs: number }

/** The problems that still hold: of an incident that has changed since, nothing is known. */
export const currentProblems = (
  problems: ReadonlyMap<string, RowProblem>,
  rows: Iterable<Incident>,
): ReadonlyMap<string, string> => {
  const current = new Map<string, string>()
  for (const { id, updatedAtMs } of rows) {
    const problem = problems.get(id)
    if (problem?.updatedAtMs === updatedAtMs) current.set(id, problem.why)
  }
  return current
}
