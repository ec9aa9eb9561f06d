/** What ends by itself of what people did: an acknowledgement, a snooze. Pure. */
import { type Incident, type Line, SYSTEM } from "../model.ts"

export type Expired = { readonly changed: readonly Incident[]; readonly lines: readonly Line[] }

/** An owner by acknowledgement goes with it; one that was assigned stays. */
const reopened = (was: Incident): Incident => ({
  ...was,
  state: "open",
  acknowledgedBy: null,
  acknowledgedAtMs: null,
  acknowledgedUntilMs: null,
  ...(was.ownerName === was.acknowledgedBy ? { ownerId: null, ownerName: null } : {}),
})

export const expire = (open: Iterable<Incident>, nowMs: number): Expired => {
  const changed: Incident[] = []
  const lines: Line[] = []
  const isOver = (atMs: number | null): boolean => atMs !== null && atMs <= nowMs
  for (const was of open) {
    let next = was
    const line = { incidentId: was.id, atMs: nowMs, who: SYSTEM }
    if (was.state === "acknowledged" && isOver(was.acknowledgedUntilMs)) {
      next = reopened(next)
      lines.push({
        ...line,
        kind: "acknowledgement-expired",
        message: {
          code: "timeline.acknowledgement-expired",
          params: { by: was.acknowledgedBy ?? "" },
        },
      })
    }
    if (isOver(was.snoozedUntilMs)) {
      next = { ...next, snoozedUntilMs: null }
      lines.push({
        ...line,
        kind: "snooze-ended",
        message: { code: "timeline.snooze-ended", params: {} },
      })
    }
    if (next !== was) changed.push({ ...next, updatedAtMs: nowMs })
  }
  return { changed, lines }
}
