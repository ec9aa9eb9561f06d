/** Decisions about many proposals, in portions, so that none takes longer than a request may. */
import type { DecisionAnswer } from "@ispvm/appliance/api/discovery"
import type { BodyOf } from "../../api/call.ts"
import type { Api } from "../../api/client.ts"

export type Decision = BodyOf<"POST /discovery/decisions">
const PORTION = 50

/** `onProgress`: how many have been decided. An error of the appliance ends it and is thrown. */
export const decideAll = async (
  api: Pick<Api, "decideProposals">,
  { ids, ...decision }: Decision,
  onProgress: (count: number) => void,
): Promise<DecisionAnswer> => {
  const failed: DecisionAnswer["failed"] = []
  let done = 0
  for (let at = 0; at < ids.length; at += PORTION) {
    onProgress(at)
    const answer = await api.decideProposals({ ...decision, ids: ids.slice(at, at + PORTION) })
    done += answer.done
    failed.push(...answer.failed)
  }
  return { done, failed }
}
