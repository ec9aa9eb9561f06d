/** The English catalogue. */
import type { Message, Named, NamedList, NewEvidence, Params, Tense } from "../api/messages.ts"
import { type Catalogue, render } from "./catalogue.ts"
import { enBackup } from "./en-backup.ts"
import { enChecks, enCheckTitle } from "./en-checks.ts"
import { degradationTitle, enDegradation } from "./en-degradation.ts"
import { enFields } from "./en-fields.ts"
import { enImport } from "./en-import.ts"
import { enNotices } from "./en-notices.ts"
import { enNotify } from "./en-notify.ts"
import {
  agentName,
  are,
  be,
  countOf,
  duration,
  many,
  nameOf,
  names,
  percent,
  portName,
  ports,
  things,
  upper,
  verb,
} from "./en-phrases.ts"
import { enProblems } from "./en-problems.ts"
import { enRules, ruleFinding, ruleTitle } from "./en-rules.ts"
import { enStatus } from "./en-status.ts"
import { faultTitle } from "./en-title.ts"
import { enUpdate } from "./en-update.ts"
import { enWorkflow } from "./en-workflow.ts"

const text = (message: Message): string => render(en, message)
const sentences = (messages: readonly Message[]): string => messages.map(text).join(" ")
const isOne = (list: NamedList): boolean => countOf(list) === 1

type Isolation = Params["reason.agent-isolated"]
/** How many devices of an agent do not answer, and how close together they stopped. */
const isolation = ({ agent, unreachable, devices, withinMs, tense }: Isolation): string => {
  const name = agentName(agent)
  if (withinMs === null)
    return `${unreachable} of the ${devices} devices that ${name} monitors ${verb(tense, "do", "did")} not answer`
  const within = `all stopped within ${duration(withinMs)}`
  return `None of the ${many(devices, "device")} that ${name} monitors ${verb(tense, "answers", "answered")}: ${within}`
}
const agentText = (agent: Named): string => upper(agentName(agent))
const agentRuns = (agent: Named, tense: Tense): string =>
  `${agentText(agent)} ${verb(tense, "sends", "sent")} its heartbeat, so it ${verb(tense, "runs", "ran")}`

type Unanswered = Params["evidence.not-answering"]
const devicesAndSite = ({ devices, site }: Unanswered): string => {
  if (site === null) return names(devices)
  const { unreachable, total, name } = site
  const share = unreachable === total ? `All ${total}` : `${unreachable} of ${total}`
  return `${share} devices at ${name} (${names(devices)})`
}
const isSingular = ({ devices, site }: Unanswered): boolean => site === null && isOne(devices)

const evidenceText = (evidence: NewEvidence): string => {
  const texts = evidence.map(({ stance, message }) =>
    stance === "for" ? text(message) : `against: ${text(message)}`,
  )
  return texts.length === 0 ? "" : ` ${texts.join("; ")}.`
}

export const en: Catalogue = {
  ...enFields,
  ...enImport(text),
  ...enNotices,
  ...enBackup,
  ...enUpdate,
  ...enWorkflow,
  ...enNotify,
  ...enChecks,
  ...enProblems,
  ...enStatus,
  ...enRules,
  "legacy-text": (params) => params.text,

  "title.fault": faultTitle,
  "title.link-flapping": ({ link, times, overMs, tense }) =>
    `Link ${nameOf(link)} ${verb(tense, "is flapping", "flapped")}: ${many(times, "time")} in ${duration(overMs)}`,
  "title.agent-offline": ({ agent, devices, tense }) => {
    const were = verb(tense, "", devices === 1 ? "was " : "were ")
    return `${agentText(agent)} ${be(tense)} offline: ${many(devices, "device")} ${were}unknown`
  },
  "title.rule": ruleTitle,
  "title.degradation": degradationTitle,
  "title.check": enCheckTitle,

  "reason.probes-unanswered": ({ devices }) =>
    `${names(devices)} did not answer a confirmation burst of ping and TCP probes.`,
  "reason.reports-missing": ({ devices, tense }) => {
    const have = verb(tense, isOne(devices) ? "has" : "have", "had")
    return `${names(devices)} ${have} stopped reporting.`
  },
  "reason.reports-only": () =>
    "A removed script, a revoked key or a blocked path to the appliance would look the same.",
  "reason.ports-down": (params) => {
    const have = verb(params.tense, countOf(params.ports) === 1 ? "has" : "have", "had")
    return `${ports(params.ports)} ${have} no link.`
  },
  "reason.ports-switched-off": ({ devices, tense }) =>
    `Its port on ${names(devices)} ${be(tense)} disabled by an administrator.`,
  "reason.only-path": ({ devices, tense }) => {
    const count = countOf(devices)
    const downstream = `${many(count, "device")} ${are(count, tense)} downstream`
    return `It ${be(tense)} the only path to ${names(devices)}: ${downstream}.`
  },
  "reason.still-routed": ({ devices, tense }) => {
    const [take, is] = [verb(tense, "take", "took"), verb(tense, "is", "was")]
    return `Packets to ${names(devices)} still ${take} it, although another path ${is} left: routing ${verb(tense, "has", "had")} not noticed the failure yet.`
  },
  "reason.entry-point-assumed": ({ agent, devices }) =>
    `The place of ${agentName(agent)} is not configured; it is assumed to be at ${names(devices)}.`,
  "reason.only-path-of-agent": ({ agent, tense }) => {
    const may = verb(tense, "may still work", "may still have worked")
    return `It ${be(tense)} the only path of ${agentName(agent)}, so devices downstream ${may} for customers.`
  },
  "reason.agent-online": ({ agent, tense }) => `${agentRuns(agent, tense)}.`,
  "reason.agent-isolated": (params) => `${isolation(params)}.`,
  "reason.agent-path-lost": ({ tense }) => {
    const has = verb(tense, "has", "had")
    const may = verb(tense, "may still work", "may still have worked")
    return `So it ${has} lost its path to the network, or the router it ${be(tense)} connected to ${has} failed; its devices ${may} for customers.`
  },
  "reason.agent-offline": ({ agent, unseenMs, tense }) => {
    const outcome = verb(
      tense,
      "are unknown since: they may be up or down",
      "were unknown until it was online again",
    )
    return `${agentText(agent)} was last seen ${duration(unseenMs)} before this incident was opened. Its devices ${outcome}.`
  },
  "reason.ports-flap": (params) =>
    `${ports(params.ports)} went down ${many(params.times, "time")} in ${duration(params.overMs)}.`,
  "reason.answered-since": ({ devices }) =>
    `${names(devices)} ${isOne(devices) ? "has answered since, so it is" : "have answered since, so they are"} not down.`,
  "reason.indistinguishable": (params) =>
    `A failure of ${things(params.things)} would ${verb(params.tense, "look", "have looked")} exactly the same.`,
  "reason.no-other-path": ({ devices }) =>
    `There is no other path to ${many(devices, "more device")} downstream; they are being probed.`,
  "reason.other-upstreams-answer": ({ upstreams }) =>
    `${names(upstreams)} still ${isOne(upstreams) ? "answers, so another upstream is up" : "answer, so other upstreams are up"}.`,
  "reason.no-other-upstream-answers": ({ upstreams }) =>
    `No other upstream answers: not ${names(upstreams)}.`,
  "reason.no-other-upstream": () => "No other upstream is known.",
  "reason.check": ({ found }) => text(found),
  "reason.rule": (params) => `${ruleFinding(params)}.`,
  ...enDegradation,

  "evidence.not-answering": (params) =>
    `${devicesAndSite(params)} ${verb(params.tense, isSingular(params) ? "answers" : "answer", "answered")} neither ping nor TCP`,
  "evidence.not-reporting": (params) =>
    `${devicesAndSite(params)} ${verb(params.tense, isSingular(params) ? "has" : "have", "had")} stopped reporting`,
  "evidence.downstream-not-answering": ({ devices, tense }) => {
    const not = `${verb(tense, isOne(devices) ? "does" : "do", "did")} not answer`
    return `${many(countOf(devices), "device")} downstream ${not}: ${names(devices)}`
  },
  "evidence.port-down": ({ port, towards, tense }) => {
    const to = towards === null ? "" : ` towards ${nameOf(towards)}`
    return `${nameOf(port.device)} ${verb(tense, "reports", "reported")} no link on its port ${port.interface}${to}`
  },
  "evidence.port-switched-off": ({ port, tense }) =>
    `${nameOf(port.device)} ${verb(tense, "reports", "reported")} that its port ${port.interface} ${be(tense)} disabled by an administrator`,
  "evidence.ends-answer": ({ devices, tense }) =>
    isOne(devices)
      ? `${names(devices)} at its end ${verb(tense, "answers", "answered")}`
      : `${names(devices)} at its two ends both ${verb(tense, "answer", "answered")}, so neither ${be(tense)} down`,
  "evidence.agent-online": ({ agent, tense }) => agentRuns(agent, tense),
  "evidence.agent-isolated": isolation,
  "evidence.agent-offline": ({ agent, unseenMs }) =>
    `${agentText(agent)} sent no heartbeat for ${duration(unseenMs)}, although the appliance could receive one`,
  "evidence.port-up": ({ port, link, tense }) => {
    const end = link === null ? "its end of the link" : `its end of link ${nameOf(link)}`
    return `${nameOf(port.device)} ${verb(tense, "reports", "reported")} that ${end} ${be(tense)} up (port ${port.interface})`
  },
  "evidence.answers": ({ device, tense }) =>
    `${nameOf(device)} ${verb(tense, "answers", "answered")}`,
  "evidence.answers-without-path": ({ device, tense }) =>
    `${nameOf(device)} ${verb(tense, "answers", "answered")}, although no path to it should ${verb(tense, "be", "have been")} left`,

  "recheck.device": ({ device }) => `Probe of ${nameOf(device)}`,
  "recheck.port": ({ port, link }) => `Poll of port ${portName(port)}, link ${nameOf(link)}`,

  "symptom.port-down": ({ port }) => `Port ${portName(port)} is down`,
  "symptom.not-answering": ({ device }) => `${nameOf(device)} answers neither ping nor TCP`,
  "symptom.not-reporting": ({ device }) => `${nameOf(device)} has stopped reporting`,
  "symptom.agent-offline": ({ agent }) => `${agentText(agent)} is offline`,
  "symptom.rule": ruleFinding,
  "recovered.rule": (params) => `Over: ${ruleFinding(params)}`,
  "recovered.port-up": ({ port }) => `Port ${portName(port)} is up again`,
  "recovered.port-switched-off": ({ port }) =>
    `Port ${portName(port)} is disabled by an administrator`,
  "recovered.answers": ({ device }) => `${nameOf(device)} answers again`,
  "recovered.reports": ({ device }) => `${nameOf(device)} reports again`,
  "recovered.agent-online": ({ agent }) => `${agentText(agent)} is online again`,
  "recovered.no-longer-monitored": ({ symptom }) => `${text(symptom)}: no longer monitored`,

  "timeline.opened": ({ title, because }) => `${text(title)}. ${sentences(because)}`.trim(),
  "timeline.cause-changed": ({ title, before, because }) =>
    `Now: ${text(title)}. Before: ${text(before)}. ${sentences(because)}`.trim(),
  "timeline.alert-suppressed": (params) =>
    `Explained by this incident, so it opens none: ${ruleFinding(params)}`,
  "timeline.escalated": ({ title, before }) =>
    `Now failed: ${text(title)}. Before: ${text(before)}.`,
  "timeline.still-lossy": ({ lossRatio }) =>
    `Answers again, but ${percent(lossRatio)} of the probes since are lost: the incident stays open.`,
  "timeline.now-degraded": ({ title, before }) =>
    `Works again, but badly: ${text(title)}. Before: ${text(before)}.`,
  "timeline.more-at-once": ({ count }) => `and ${count} more at the same time`,
  "timeline.closed": ({ lastedMs, symptoms }) =>
    `Resolved after ${duration(lastedMs)}: ${many(symptoms, "symptom")} over.`,
  "timeline.check-over": ({ lastedMs }) =>
    `Resolved after ${duration(lastedMs)}: the check is ok again.`,
  "timeline.merged": ({ number, title }) =>
    `Merged into #${number}, which explains all of it: ${text(title)}.`,
  "timeline.acknowledged": ({ by, note }) =>
    note === "" ? `Acknowledged by ${by}` : `Acknowledged by ${by}: ${note}`,
  "timeline.unacknowledged": ({ by }) => `Acknowledgement withdrawn by ${by}`,
  "timeline.note": (params) => params.text,

  "history.cause": ({ title, confidence, evidence }) => {
    const sure = confidence === null ? "" : ` Confidence ${percent(confidence)}.`
    return `${text(title)}.${sure}${evidenceText(evidence)}`
  },
  "history.confidence": ({ confidence, before, evidence }) => {
    const isHigher = confidence > before
    const why = evidenceText(evidence) || (isHigher ? " A re-check confirmed it." : "")
    return `Confidence ${isHigher ? "rose" : "fell"} to ${percent(confidence)} from ${percent(before)}.${why}`
  },
}
