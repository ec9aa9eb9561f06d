import type { Component, Symptom } from "@ispvm/appliance/api/incidents"
import { plural } from "../format/plural.ts"

const symptomRole: Record<Symptom["part"], string> = {
  cause: "The fault itself",
  evidence: "Told by neighbours",
  downstream: "Hidden behind it",
}
const phase: Record<Symptom["phase"], string> = {
  ok: "Over",
  degraded: "Wavering",
  down: "Down",
  recovering: "Recovering",
  unknown: "Not known",
}
const kind: Record<Component["kind"], string> = {
  link: "link",
  device: "router",
  agent: "agent",
  site: "power at",
}
/** What was observed, by kind of alert. A kind that has no words here is shown as it came. */
const alertKind: Record<string, string> = {
  "device-unreachable": "Ping and TCP",
  "agent-offline": "Agent's heartbeat",
}
/** Why a symptom's phase is what it is. A reason that has no words here is shown as it came. */
const reason: Record<string, string> = {
  "probes-unanswered": "a whole burst of probes and a TCP connect stayed unanswered",
  "probe-missed": "a probe was missed, more are on their way",
  loss: "probes are lost",
  "port-down": "the router reports no link",
  "port-up": "the router reports link",
  "port-up-again": "link again, watched until it is steady",
  "port-up-for-hold": "link has been steady",
  "disabled-by-admin": "switched off by an administrator",
  answers: "answers",
  "answers-again": "answers again, watched until it is steady",
  "answered-for-hold": "has answered steadily",
  offline: "no heartbeat",
  online: "heard",
  "online-again": "heard again, watched until it is steady",
  "online-for-hold": "has been heard steadily",
  "agent-offline": "its agent is silent, nobody can look",
  "no-data-yet": "not looked at yet",
  reports: "reports itself",
  "reports-again": "reports again",
  "reported-for-hold": "has reported steadily",
  "reports-missing": "its own reports have stopped",
  "no-recent-data": "nobody has looked lately",
  "samples-rejected": "its agent's readings are refused",
  "not-stored": "the appliance cannot store",
  "no-longer-monitored": "no longer watched",
}

export const incidents = {
  failed: "The incidents could not be loaded",
  oneFailed: "The incident could not be loaded",
  state: { open: "Open", acknowledged: "Acknowledged", closed: "Closed" },
  all: "All",
  filter: "State",
  emptyTitle: "No incident so far",
  emptyText:
    "When a router or a link fails, what broke and who feels it stands here within seconds, by itself.",
  noneOf: {
    open: "Nothing is open.",
    acknowledged: "Nothing is being worked on.",
    closed: "Nothing was closed yet.",
  },
  newOnes: (n: number) => plural(n, { one: "# new incident", other: "# new incidents" }),
  couldAlso: "Could as well be",
  impact: (down: number, unreachable: number) =>
    [down === 0 ? "" : `${down} down`, unreachable === 0 ? "" : `${unreachable} behind`]
      .filter(Boolean)
      .join(" · ") || "no device out of reach",
  symptoms: (n: number) => plural(n, { one: "# symptom", other: "# symptoms" }),
  by: (name: string) => `by ${name}`,
  acknowledge: "Acknowledge",
  acknowledged: (title: string) => `Acknowledged: ${title}`,
  unacknowledge: "Take back",
  unacknowledged: "The acknowledgement was taken back.",
  older: "Older incidents",
  lasted: (span: string) => `lasted ${span}`,
  number: (n: number) => `#${n}`,
  goneTitle: "There is no such incident",
  goneText: "The address is wrong, or the incident belongs to another organisation.",
  since: "for",
  opened: "Opened",
  closed: "Closed",
  cause: "Cause",
  why: "Why we believe it",
  whyThen: "Why we believed it",
  next: "Next step",
  actions: "Actions",
  note: "Note",
  notePlaceholder: "What you found, what you did, whom you called",
  addNote: "Add note",
  noted: "The note stands in the timeline.",
  notPermitted: "Your role may read incidents; an operator or an admin acknowledges them.",
  blast: "Blast radius",
  blastNone: "Nothing of this is in the inventory any more.",
  more: (n: number) => `+ ${n} more`,
  legend: { cause: "cause", maybe: "could as well be it" },
  onMap: "Map",
  onGraph: "Graph",
  symptomsTitle: "Symptoms",
  noEvidence: "No symptom is held any more.",
  evidenceOver: (n: number) => plural(n, { one: "# over", other: "# over" }),
  elsewhere: "No longer counted here: another incident explains it now",
  notEvaluated: "its devices are not judged",
  notEvaluatedInFull: "Nothing is known of its devices",
  wasNotEvaluated: "its devices were not judged",
  timeline: "Timeline",
  symptomRole,
  phase,
  kind,
  reason: (name: string) => reason[name] ?? name,
  portDown: (port: string) => `Port ${port}`,
  alertKind: (kind: string) => alertKind[kind] ?? kind,
  timelineKind: {
    "cause-changed": "Changed our mind",
    note: "Note",
    closed: "Closed",
    reopened: "Reopened",
    opened: "Opened",
  } as Partial<Record<string, string>>,
  step: {
    linkEnds: (name: string, ends: string) =>
      `Look at both ends of ${name}: ${ends}. No light at either: the line is cut, call whoever owns it. Light at one end only: suspect that end's optics or patch first.`,
    linkBare: (name: string) =>
      `Look at both ends of ${name}: light level, optics, patch. Then call whoever owns the line.`,
    end: (device: string, port: string | null) => (port === null ? device : `${port} on ${device}`),
    deviceNoPower: (name: string, where: string) =>
      `Its neighbours lost link towards it, so ${name} most likely has no power or was restarted. Ask ${where} about power; if it is on, restart it from the power strip or console.`,
    deviceHangs: (name: string, where: string) =>
      `Its neighbours still have link, so ${name} has power but does not answer. Try its console or Winbox by MAC from a neighbour at ${where}; if it hangs, restart it.`,
    deviceNotReporting: (name: string, where: string) =>
      `Ask ${where} whether ${name} has power, and whether the line it reports by is up: from here nobody can look.`,
    unreported: (name: string) =>
      `Nobody looks at ${name}: all that is known is that its reports stopped. On its page, under Reports itself, see whether it is refused; and was its script taken out, or its way to this appliance closed?`,
    atSite: (site: string) => site,
    nowhere: "its site",
    carrier: (name: string) =>
      `Call the carrier of ${name}: the line and what it ends at are theirs. Ask whether ${name} is alive: if it is, it is the line.`,
    informCarrier: (ports: string) => ` Tell them that there is no link at ${ports}.`,
    upstreamsLeft: (names: string, n: number) =>
      `${names} still ${n === 1 ? "answers, so another upstream stands" : "answer, so other upstreams stand"}.`,
    upstreamsGone: (names: string) =>
      `No other upstream answers: not ${names}. Customers may be without the Internet.`,
    agentIsolated: (name: string, where: string) =>
      `Agent ${name} runs and is heard, so what it has lost is its way into the network: look at its own port and cable ${where}. Until it sees its devices again, they are judged by nobody.`,
    towards: (device: string) => `towards ${device}, then at ${device} itself`,
    towardsAny: "first, then at the router they lead to",
    agent: (name: string) =>
      `Look at the host of agent ${name}: does it run, is it on the network, does it reach this appliance? Until it is heard, its devices are judged by nobody.`,
    site: (name: string) =>
      `Ask whoever is nearest to ${name} whether the site has power: mains, breaker, batteries. If it has, its routers are looked at one by one.`,
    waiting: (n: number) =>
      `${plural(n, { one: "One more look is", other: "# more looks are" })} under way and may change this. Give them a moment before anybody is called out.`,
    recovering:
      "It answers again. It closes by itself once everything has been steady for a few seconds.",
  },
} as const
