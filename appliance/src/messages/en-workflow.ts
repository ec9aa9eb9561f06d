/** What people do with incidents, in English. */
import type { Params, WorkflowCode } from "../api/messages.ts"
import type { Catalogue } from "./catalogue.ts"
import { duration, many } from "./en-phrases.ts"

type CauseCode = Params["timeline.cause-code"]["causeCode"]
export const enCauseCodes: Readonly<Record<CauseCode, string>> = {
  "fibre-cut": "fibre cut",
  power: "power",
  hardware: "hardware",
  configuration: "configuration",
  "upstream-provider": "upstream provider",
  "planned-work": "planned work",
  "false-alarm": "false alarm",
  unknown: "unknown",
  other: "other",
}
const noted = (text: string, note: string): string => (note === "" ? text : `${text}: ${note}`)

const windowName = (name: string | null): string => name ?? "removed"

export const enWorkflow: Pick<Catalogue, WorkflowCode> = {
  "timeline.acknowledged-for": ({ by, forMs, note }) =>
    noted(`Acknowledged by ${by} for ${duration(forMs)}`, note),
  "timeline.acknowledgement-expired": ({ by }) =>
    `The acknowledgement by ${by} has expired: the incident is open again`,
  "timeline.assigned": ({ by, to }) =>
    by === to ? `${by} took it over` : `Assigned to ${to} by ${by}`,
  "timeline.unassigned": ({ by }) => `Owner removed by ${by}`,
  "timeline.snoozed": ({ by, forMs }) => `Snoozed by ${by} for ${duration(forMs)}`,
  "timeline.unsnoozed": ({ by }) => `Snooze ended by ${by}`,
  "timeline.snooze-ended": () => "The snooze is over",
  "timeline.severity": ({ by, before, severity }) =>
    `Severity changed from ${before} to ${severity} by ${by}`,
  "timeline.severity-automatic": ({ by }) => `Severity left to what has failed again, by ${by}`,
  "timeline.ticket": ({ by, ticket }) => `Ticket ${ticket} linked by ${by}`,
  "timeline.ticket-removed": ({ by }) => `Ticket removed by ${by}`,
  "timeline.cause-code": ({ by, causeCode, isOver, note }) =>
    noted(
      `Cause code "${enCauseCodes[causeCode]}" set by ${by}${isOver ? ", the incident is closed" : ", the incident closes when its fault is over"}`,
      note,
    ),
  "timeline.merged-by": ({ by, number }) => `Merged into #${number} by ${by}`,
  "timeline.took-over": ({ by, number, symptoms }) =>
    `#${number} merged into this incident by ${by}: ${many(symptoms, "symptom")}`,
  "timeline.split-off": ({ by, number, symptoms }) =>
    `${many(symptoms, "symptom")} split off into #${number} by ${by}`,
  "timeline.split-from": ({ by, number, symptoms }) =>
    `Split off from #${number} by ${by}: ${many(symptoms, "symptom")}`,
  "timeline.in-maintenance": ({ name }) =>
    `In maintenance window "${windowName(name)}": planned work is the likely cause, nobody is notified`,
  "timeline.maintenance-over": ({ name }) =>
    `Maintenance window "${windowName(name)}" is over and the fault lasts: notifications go out`,
  "timeline.maintenance-exceeded": ({ name }) =>
    `More is out of reach than maintenance window "${windowName(name)}" covers: notifications go out`,
  "timeline.cause-right": ({ by, note }) => noted(`Cause confirmed by ${by}`, note),
  "timeline.cause-wrong": ({ by, actual, note }) =>
    noted(
      actual === null
        ? `Cause rejected by ${by}`
        : `Cause rejected by ${by}, who says it was ${actual}`,
      note,
    ),
}
