/** One action on one incident. */
import type { BodyOf } from "../../api/call.ts"
import type { Api } from "../../api/client.ts"
import { ApiError } from "../../api/problem.ts"

type Action = BodyOf<"POST /incidents/actions">
/** What of an action does not depend on the incident. */
export type ActionOnOne = Action extends infer A
  ? A extends Action
    ? Omit<A, "ids">
    : never
  : never

/** Throws the rejection as an error of the request. */
export const actOnOne = async (
  api: Pick<Api, "actOnIncidents">,
  id: string,
  action: ActionOnOne,
): Promise<void> => {
  const { results } = await api.actOnIncidents({ ...action, ids: [id] } as Action)
  const rejection = results[0]?.rejection ?? null
  if (rejection !== null) throw new ApiError(409, rejection.code, rejection.message)
}
