/** What a merge or a split changes of incidents. Pure; the pins keep it so (`pins.ts`). */
import type { Actor } from "../../../platform/http/http.ts"
import type { AlertId } from "../../../platform/ids.ts"
import type { Finding, Incident, IncidentSymptom, Line } from "../model.ts"

export type Regrouped = { readonly changed: readonly Incident[]; readonly lines: readonly Line[] }

/** Until the next review. */
const NOT_CALCULATED: Finding = {
  alternatives: [],
  because: { present: [], past: [] },
  indistinguishable: null,
  switchedOff: [],
  confidence: null,
  hypotheses: [],
  planned: [],
  evidence: { present: [], past: [] },
}
const active = ({ symptoms }: Incident): IncidentSymptom[] =>
  [...symptoms.values()].filter(({ untilMs }) => untilMs === null)

/** `from` ends in `into`, with all of its symptoms that are active. */
export const merged = (
  { name: by }: Pick<Actor, "name">,
  from: Incident,
  into: Incident,
  nowMs: number,
): Regrouped => {
  const moved = active(from)
  const symptoms = new Map(into.symptoms)
  for (const one of [...active(into), ...moved])
    symptoms.set(one.alertId, { ...one, pin: one.pin === "split" ? "split" : "merged" })
  const ended = new Map(from.symptoms)
  for (const one of moved) ended.set(one.alertId, { ...one, untilMs: nowMs, pin: null })
  const closed: Incident = {
    ...from,
    state: "closed",
    closedAtMs: nowMs,
    acknowledgedUntilMs: null,
    snoozedUntilMs: null,
    mergedInto: { id: into.id, number: into.number },
    symptoms: ended,
    expected: [],
    updatedAtMs: nowMs,
  }
  const line = { atMs: nowMs, kind: "merged", who: by } as const
  return {
    // The one that is referred to is stored first.
    changed: [{ ...into, symptoms, updatedAtMs: nowMs }, closed],
    lines: [
      {
        ...line,
        incidentId: into.id,
        message: {
          code: "timeline.took-over",
          params: { by, number: from.number, symptoms: moved.length },
        },
      },
      {
        ...line,
        incidentId: from.id,
        message: {
          code: "timeline.merged-by",
          params: { by, into: into.id, number: into.number },
        },
      },
    ],
  }
}

/** These symptoms leave `from`; `made` is the new incident, without symptoms. */
export const split = (
  { name: by }: Pick<Actor, "name">,
  from: Incident,
  made: Incident,
  alertIds: ReadonlySet<AlertId>,
  nowMs: number,
): Regrouped => {
  const moved = active(from).filter(({ alertId }) => alertIds.has(alertId))
  const left = new Map(from.symptoms)
  for (const one of moved) left.set(one.alertId, { ...one, untilMs: nowMs, pin: null })
  const symptoms = new Map(
    moved.map((one): [AlertId, IncidentSymptom] => [one.alertId, { ...one, pin: "split" }]),
  )
  const line = { atMs: nowMs, kind: "split", who: by } as const
  const count = moved.length
  return {
    changed: [
      { ...from, symptoms: left, updatedAtMs: nowMs },
      { ...made, symptoms, finding: NOT_CALCULATED },
    ],
    lines: [
      {
        ...line,
        incidentId: from.id,
        message: {
          code: "timeline.split-off",
          params: { by, number: made.number, symptoms: count },
        },
      },
      {
        ...line,
        incidentId: made.id,
        message: {
          code: "timeline.split-from",
          params: { by, number: from.number, symptoms: count },
        },
      },
    ],
  }
}

export const activeSymptoms = active
