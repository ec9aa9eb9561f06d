import type { Component, Symptom } from "@ispvm/appliance/api/incidents"
import { plural } from "../format/plural.ts"

const symptomRole: Record<Symptom["part"], string> = {
  cause: "Root cause",
  evidence: "Reported by neighbours",
  downstream: "Downstream",
}
const phase: Record<Symptom["phase"], string> = {
  ok: "Resolved",
  pending: "Pending",
  degraded: "Degraded",
  down: "Down",
  recovering: "Recovering",
  unknown: "Unknown",
}
const kind: Record<Component["kind"], string> = {
  link: "link",
  device: "router",
  agent: "agent",
  site: "power at",
}
/** What was observed, by kind of alert. A kind without a text is shown by its name. */
const alertKind: Record<string, string> = {
  "device-unreachable": "Ping and TCP probes",
  "agent-offline": "Agent heartbeat",
}
/** Why a symptom is in its phase. A reason without a text is shown by its name. */
const reason: Record<string, string> = {
  "probes-unanswered": "no answer to a confirmation burst of ping and TCP probes",
  "probe-missed": "a probe was missed; confirmation burst in progress",
  loss: "packet loss",
  "port-down": "the router reports no link",
  "port-up": "the router reports a link",
  "port-up-again": "link is back; hold-down in progress",
  "port-up-for-hold": "link stayed up for the hold-down time",
  "disabled-by-admin": "disabled by an administrator",
  answers: "answers",
  "answers-again": "answers again; hold-down in progress",
  "answered-for-hold": "answered for the whole hold-down time",
  offline: "no heartbeat",
  online: "heartbeat received",
  "online-again": "heartbeat received again; hold-down in progress",
  "online-for-hold": "heartbeat received for the whole hold-down time",
  "agent-offline": "its agent is offline and cannot probe it",
  "no-data-yet": "no data yet",
  reports: "sends its reports",
  "reports-again": "sends its reports again",
  "reported-for-hold": "sent its reports for the whole hold-down time",
  "reports-missing": "its reports have stopped",
  "no-recent-data": "no recent data",
  "samples-rejected": "its agent's samples are rejected",
  "not-stored": "the appliance cannot store data",
  "no-longer-monitored": "no longer monitored",
  "condition-not-met": "the condition of the rule is not met",
  "condition-met": "the condition is met, and not yet for long enough",
  "condition-over": "the condition is over before it had lasted long enough",
  raised: "the condition is met",
  "raised-again": "the condition is met again",
  "severity-raised": "the condition is met for a higher severity",
  "severity-lowered": "the condition is only met for a lower severity",
  "condition-back": "the condition was over for too short a time",
  "condition-ending": "the condition is over; recovery time in progress",
  recovered: "the condition is over",
  flapping: "it flaps: recovery takes longer each time",
  "device-not-answering": "its device does not answer",
  "late-data": "corrected by data that arrived late",
  "rule-changed": "the rule was changed or removed",
  "out-of-scope": "the rule is no longer about it",
}

export const incidents = {
  failed: "The incidents could not be loaded",
  oneFailed: "The incident could not be loaded",
  closedWhen: "Resolved incidents",
  noneClosedThen: "No resolved incidents in this time range.",
  state: { open: "Open", acknowledged: "Acknowledged", closed: "Resolved" },
  all: "All",
  filter: "State",
  emptyTitle: "No incidents yet",
  emptyText:
    "When a router or a link fails, its incident appears here within seconds: the cause and the affected devices.",
  noneOf: {
    open: "No open incidents.",
    acknowledged: "No acknowledged incidents.",
    closed: "No resolved incidents.",
  },
  newOnes: (n: number) => plural(n, { one: "# new incident", other: "# new incidents" }),
  couldAlso: "Could also be",
  impact: (down: number, unreachable: number) =>
    [down === 0 ? "" : `${down} down`, unreachable === 0 ? "" : `${unreachable} unreachable`]
      .filter(Boolean)
      .join(" · ") || "no device down",
  symptoms: (n: number) => plural(n, { one: "# symptom", other: "# symptoms" }),
  by: (name: string) => `by ${name}`,
  acknowledge: "Acknowledge",
  acknowledged: (title: string) => `Acknowledged: ${title}`,
  unacknowledge: "Unacknowledge",
  unacknowledged: "Acknowledgement withdrawn.",
  older: "Older incidents",
  lasted: (span: string) => `lasted ${span}`,
  number: (n: number) => `#${n}`,
  goneTitle: "Incident not found",
  goneText: "The address is wrong, or the incident belongs to another organisation.",
  since: "for",
  opened: "Opened",
  closed: "Resolved",
  cause: "Cause",
  why: "Why this cause",
  whyThen: "Why this was the cause",
  next: "Next step",
  actions: "Actions",
  note: "Note",
  notePlaceholder: "What you found, what you did, whom you called",
  addNote: "Add note",
  noted: "Note added to the timeline.",
  mentionsNobody: (names: string) => `Nobody who can see this incident is called ${names}.`,
  mentionsWithoutChannel: (names: string) =>
    `Not notified, because they have no channel of their own: ${names}.`,
  notPermitted: "Your role can only read incidents. Operators and admins can acknowledge them.",
  blast: "Blast radius",
  blastNone: "None of these devices and links is in the inventory any more.",
  more: (n: number) => `+ ${n} more`,
  legend: { cause: "cause", maybe: "possible cause" },
  onMap: "Map",
  onGraph: "Graph",
  symptomsTitle: "Symptoms",
  noEvidence: "No symptoms are left.",
  evidenceOver: (n: number) => plural(n, { one: "# resolved", other: "# resolved" }),
  elsewhere: "Not counted here any more: it is now part of another incident",
  notEvaluated: "its devices are not evaluated",
  notEvaluatedInFull: "The status of its devices is unknown",
  wasNotEvaluated: "its devices were not evaluated",
  timeline: "Timeline",
  symptomRole,
  phase,
  kind,
  reason: (name: string) => reason[name] ?? name,
  portDown: (port: string) => `Port ${port}`,
  alertKind: (kind: string) => alertKind[kind] ?? kind,
  timelineKind: {
    "cause-changed": "Cause changed",
    note: "Note",
    closed: "Resolved",
    reopened: "Reopened",
    opened: "Opened",
  } as Partial<Record<string, string>>,
  step: {
    linkEnds: (name: string, ends: string) =>
      `Check both ends of ${name}: ${ends}. No light at either end: the line is cut; call its owner. Light at one end only: check the optics and the patch cable of that end first.`,
    linkBare: (name: string) =>
      `Check both ends of ${name}: light level, optics, patch cable. Then call the owner of the line.`,
    end: (device: string, port: string | null) => (port === null ? device : `${port} on ${device}`),
    deviceNoPower: (name: string, where: string) =>
      `Its neighbours lost the link to it, so ${name} most likely has no power or was restarted. Ask ${where} about power. If the power is on, restart it from the power strip or the console.`,
    deviceHangs: (name: string, where: string) =>
      `Its neighbours still have a link to it, so ${name} has power but does not answer. Try its console, or Winbox by MAC address from a neighbour at ${where}. If it hangs, restart it.`,
    deviceNotReporting: (name: string, where: string) =>
      `Ask ${where} whether ${name} has power, and whether the line it reports through is up. No agent can probe it.`,
    unreported: (name: string) =>
      `No agent monitors ${name}: all that is known is that its reports stopped. Open the Self-reporting tab of its page and check whether its reports are rejected. If not, check whether its script was removed or its path to this appliance is blocked.`,
    atSite: (site: string) => site,
    nowhere: "its site",
    carrier: (name: string) =>
      `Call the carrier of ${name}, who owns the line and the device at its end. Ask whether ${name} is up: if it is, the line has failed.`,
    informCarrier: (ports: string) => ` Report that there is no link at ${ports}.`,
    upstreamsLeft: (names: string, n: number) =>
      `${names} still ${n === 1 ? "answers, so another upstream is up" : "answer, so other upstreams are up"}.`,
    upstreamsGone: (names: string) =>
      `No other upstream answers (${names}). Customers may have no Internet access.`,
    agentIsolated: (name: string, where: string) =>
      `Agent ${name} sends its heartbeat, so it has lost its path to the network: check its own port and cable ${where}. Until it reaches its devices again, they are not evaluated.`,
    towards: (device: string) => `towards ${device}, then ${device} itself`,
    towardsAny: "first, then the router they lead to",
    agent: (name: string) =>
      `Check the host of agent ${name}: is it running, is it on the network, does it reach this appliance? Until the agent is online again, its devices are not evaluated.`,
    site: (name: string) =>
      `Ask the person nearest to ${name} whether the site has power: mains, breaker, batteries. If it has, check its routers one by one.`,
    waiting: (n: number) =>
      `${plural(n, { one: "# re-check is", other: "# re-checks are" })} in progress and may change this. Wait for the results before you call anybody out.`,
    rule: (name: string) =>
      `Open the charts of ${name}: when did it begin, and what else changed then?`,
    recovering:
      "It answers again. The incident closes automatically when everything has been stable for a few seconds.",
  },
} as const
