/** One action on several incidents: each succeeds or is rejected by itself. */
import { randomUUID } from "node:crypto"
import type { IncidentsAction, IncidentsActionAnswer } from "../../api/incident-actions.ts"
import type { Actor } from "../../platform/http/http.ts"
import { toProblem } from "../../platform/http/problem.ts"
import type { Actions } from "./actions.ts"

type Result = IncidentsActionAnswer["results"][number]

/**
 * One after another: each is a transaction with its own audit row. A repeated id counts once. A
 * fault of the appliance is the result of its own incident as well, and is given to `onFault`.
 */
export const actOnAll = async (
  actions: Pick<Actions, "act">,
  actor: Actor,
  request: IncidentsAction,
  onFault: (error: unknown) => void,
): Promise<Result[]> => {
  const results: Result[] = []
  for (const id of new Set(request.ids)) {
    try {
      await actions.act(actor, id, request)
      results.push({ id, rejection: null })
    } catch (error) {
      const reference = randomUUID()
      const { problem, fault } = toProblem(error, reference)
      if (fault)
        onFault(
          new Error(`request ${reference}: ${request.action} of incident ${id} failed`, {
            cause: error,
          }),
        )
      results.push({
        id,
        rejection: { code: problem.code, message: problem.detail ?? problem.title },
      })
    }
  }
  return results
}
