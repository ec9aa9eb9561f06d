/**
 * Incidents of the appliance itself: one per check that is critical. They have no symptoms and no
 * cause in the network, so root-cause analysis never sees them.
 */
import type { CheckId, CheckMessage } from "../../../api/check-messages.ts"
import type { IncidentId } from "../../../platform/ids.ts"
import { wholeSeconds } from "../messages/params.ts"
import { type Change, emptyIncident, type Incident, type Line, SYSTEM } from "../model.ts"

/** `open`: an incident has to be open. `close`: none may be. `keep`: as it is. */
export type IncidentOfCheck = {
  readonly check: CheckId
  readonly incident: "open" | "close" | "keep"
  readonly found: CheckMessage
}
export type CheckOutcome = {
  readonly changed: readonly Incident[]
  readonly lines: readonly Line[]
  readonly history: readonly Change[]
}

type Numbered = { readonly id: IncidentId; readonly number: number }

const openOf = (
  { id, number }: Numbered,
  { check, found }: IncidentOfCheck,
  nowMs: number,
): Incident => ({
  ...emptyIncident(id, number, nowMs),
  check,
  severity: "major",
  title: { code: "title.check", params: { check, tense: "present" } },
  because: [{ code: "reason.check", params: { found } }],
})

const closedOf = (incident: Incident, check: CheckId, nowMs: number): Incident => ({
  ...incident,
  state: "closed",
  title: { code: "title.check", params: { check, tense: "past" } },
  closedAtMs: nowMs,
  acknowledgedUntilMs: null,
  snoozedUntilMs: null,
  updatedAtMs: nowMs,
})

const openedLine = ({ id, title, because }: Incident, nowMs: number): Line => ({
  incidentId: id,
  atMs: nowMs,
  kind: "opened",
  who: SYSTEM,
  message: { code: "timeline.opened", params: { title, because: [...because] } },
})
const closedLine = ({ id, openedAtMs }: Incident, nowMs: number): Line => ({
  incidentId: id,
  atMs: nowMs,
  kind: "closed",
  who: SYSTEM,
  message: {
    code: "timeline.check-over",
    params: { lastedMs: wholeSeconds(nowMs - openedAtMs) },
  },
})

/** `open`: the open incidents of checks. `next` gives a new one its id and number. */
export const reviewChecks = (
  open: Iterable<Incident>,
  checks: readonly IncidentOfCheck[],
  next: () => Numbered,
  nowMs: number,
): CheckOutcome => {
  const byCheck = new Map([...open].map((incident) => [incident.check, incident]))
  const changed: Incident[] = []
  const lines: Line[] = []
  for (const one of checks) {
    const was = byCheck.get(one.check)
    if (one.incident === "open" && was === undefined) {
      const incident = openOf(next(), one, nowMs)
      changed.push(incident)
      lines.push(openedLine(incident, nowMs))
    }
    if (one.incident === "close" && was !== undefined) {
      changed.push(closedOf(was, one.check, nowMs))
      lines.push(closedLine(was, nowMs))
    }
  }
  return { changed, lines, history: [] }
}
