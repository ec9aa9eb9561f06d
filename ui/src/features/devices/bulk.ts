/** Bulk actions on devices, and their result. */
import type { BodyOf } from "../../api/call.ts"
import type { Api } from "../../api/client.ts"
import { ApiError } from "../../api/problem.ts"

export type BulkChange = Pick<BodyOf<"PATCH /devices/{id}">, "siteId" | "agentId">

/** "site:ID", "agent:ID"; an empty id removes it. Null for anything else. */
export const bulkChangeOf = (entry: string): BulkChange | null => {
  const [what, id = ""] = entry.split(":")
  if (what === "site") return { siteId: id || null }
  if (what === "agent") return { agentId: id || null }
  return null
}

/** `rejected`: by id, the reason. */
export type BulkOutcome = {
  readonly changed: readonly string[]
  readonly rejected: ReadonlyMap<string, string>
}

/** One request per device: an error for one does not stop the others. */
export const changeAll = async (
  api: Pick<Api, "changeDevice">,
  ids: Iterable<string>,
  change: BulkChange,
): Promise<BulkOutcome> => {
  const changed: string[] = []
  const rejected = new Map<string, string>()
  for (const id of ids) {
    try {
      await api.changeDevice(id, change)
      changed.push(id)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      rejected.set(id, error.message)
    }
  }
  return { changed, rejected }
}
