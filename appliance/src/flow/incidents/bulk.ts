/** One action on several incidents: each succeeds or is rejected by itself. */
import type { IncidentsAction, IncidentsActionAnswer } from "../../api/incidents.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { Actions } from "./actions.ts"

type Result = IncidentsActionAnswer["results"][number]

const act = (
  actions: Actions,
  actor: Actor,
  id: string,
  request: IncidentsAction,
): Promise<{ id: string }> => {
  switch (request.action) {
    case "acknowledge":
      return actions.acknowledge(actor, id, request.note)
    case "unacknowledge":
      return actions.unacknowledge(actor, id)
    case "note":
      return actions.note(actor, id, request.note)
  }
}

/** One after another: each is a transaction with its own audit row. A repeated id counts once. */
export const actOnAll = async (
  actions: Actions,
  actor: Actor,
  request: IncidentsAction,
): Promise<Result[]> => {
  const results: Result[] = []
  for (const id of new Set(request.ids)) {
    try {
      await act(actions, actor, id, request)
      results.push({ id, rejection: null })
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      results.push({ id, rejection: { code: error.code, message: error.message } })
    }
  }
  return results
}
