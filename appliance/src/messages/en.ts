/** The English catalogue. */
import type { Message, NamedList, NewEvidence, Params, Tense } from "../api/messages.ts"
import { type Catalogue, render } from "./catalogue.ts"
import {
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
import { faultTitle } from "./en-title.ts"

const text = (message: Message): string => render(en, message)
const sentences = (messages: readonly Message[]): string => messages.map(text).join(" ")
const isOne = (list: NamedList): boolean => countOf(list) === 1

type Isolation = Params["reason.agent-isolated"]
/** How many devices of an agent are silent, and how close together they became so. */
const isolation = ({ agent, unreachable, devices, withinMs, tense }: Isolation): string => {
  const name = nameOf(agent)
  if (withinMs === null)
    return `${unreachable} of the ${devices} devices that agent ${name} watches ${verb(tense, "do", "did")} not answer`
  const fell = `all ${verb(tense, "fell", "had fallen")} silent within ${duration(withinMs)}`
  return `None of the ${many(devices, "device")} that agent ${name} watches ${verb(tense, "answers", "answered")}: ${fell}`
}
const agentRuns = (name: string, tense: Tense): string =>
  `Agent ${name} itself ${be(tense)} heard, so it ${verb(tense, "runs", "ran")}`

type Silence = Params["evidence.not-answering"]
const silentDevices = ({ devices, site }: Silence): string => {
  if (site === null) return names(devices)
  const { unreachable, total, name } = site
  const share = unreachable === total ? `All ${total}` : `${unreachable} of ${total}`
  return `${share} devices at ${name} (${names(devices)})`
}
const isSingular = ({ devices, site }: Silence): boolean => site === null && isOne(devices)

const evidenceText = (evidence: NewEvidence): string => {
  const texts = evidence.map(({ stance, message }) =>
    stance === "for" ? text(message) : `against it: ${text(message)}`,
  )
  return texts.length === 0 ? "" : ` ${texts.join("; ")}.`
}

export const en: Catalogue = {
  "legacy-text": (params) => params.text,

  "title.fault": faultTitle,
  "title.link-flapping": ({ link, times, overMs, tense }) =>
    `Link ${nameOf(link)} ${verb(tense, "is flapping", "flapped")}: ${many(times, "time")} in ${duration(overMs)}`,
  "title.agent-offline": ({ agent, devices, tense }) => {
    const were = verb(tense, "", devices === 1 ? "was " : "were ")
    return `Agent ${nameOf(agent)} ${be(tense)} silent: ${many(devices, "device")} ${were}unknown`
  },

  "reason.probes-unanswered": ({ devices }) =>
    `${names(devices)} left a whole burst of probes unanswered, by ping and by TCP.`,
  "reason.reports-missing": ({ devices, tense }) => {
    const [have, own] = isOne(devices) ? ["has", "its"] : ["have", "their"]
    return `${names(devices)} ${verb(tense, have, "had")} stopped sending ${own} own reports.`
  },
  "reason.reports-only": () =>
    "A script taken out, a revoked key or a closed way to the appliance would look the same.",
  "reason.ports-down": (params) => {
    const have = verb(params.tense, countOf(params.ports) === 1 ? "has" : "have", "had")
    return `${ports(params.ports)} ${have} no link.`
  },
  "reason.ports-switched-off": ({ devices, tense }) =>
    `Its port on ${names(devices)} ${be(tense)} switched off by an administrator.`,
  "reason.only-path": ({ devices, tense }) => {
    const were = verb(tense, "", isOne(devices) ? "was " : "were ")
    const count = `${many(countOf(devices), "device")} ${were}behind it`
    return `Every way from here to ${names(devices)} ${verb(tense, "leads", "led")} through it: ${count}.`
  },
  "reason.entry-point-assumed": ({ agent, devices }) =>
    `Where agent ${nameOf(agent)} stands is not set; it was taken to stand at ${names(devices)}.`,
  "reason.only-path-of-agent": ({ agent, tense }) => {
    const may = verb(tense, "is behind it may be", "was behind it may have been")
    return `It ${be(tense)} the only way out of agent ${nameOf(agent)}, so what ${may} fine for customers.`
  },
  "reason.agent-heard": ({ agent, tense }) => `${agentRuns(nameOf(agent), tense)}.`,
  "reason.agent-isolated": (params) => `${isolation(params)}.`,
  "reason.agent-path-lost": ({ tense }) => {
    const [has, may] = tense === "present" ? ["has", "may be"] : ["had", "may have been"]
    const stands = verb(tense, "stands", "stood")
    return `So it ${has} lost its way into the network, or the router it ${stands} at ${has} failed; its devices ${may} fine for customers.`
  },
  "reason.agent-offline": ({ agent, unheardMs, tense }) => {
    const outcome = verb(
      tense,
      "is unknown since: it may be well or out of reach",
      "was unknown until it was heard again",
    )
    return `Agent ${nameOf(agent)} was last heard ${duration(unheardMs)} before this was opened. What it watches ${outcome}.`
  },
  "reason.ports-flap": (params) =>
    `${ports(params.ports)} went down ${many(params.times, "time")} in ${duration(params.overMs)}.`,
  "reason.answered-since": ({ devices }) =>
    `${names(devices)} ${isOne(devices) ? "has" : "have"} answered since: not dead.`,
  "reason.indistinguishable": (params) =>
    `Seen from here ${things(params.things)} would ${verb(params.tense, "show", "have shown")} exactly the same.`,
  "reason.no-other-path": ({ devices }) =>
    `No other way leads to ${many(devices, "more device")} behind it; they are being looked at.`,
  "reason.other-upstreams-answer": ({ upstreams }) =>
    `${names(upstreams)} still ${isOne(upstreams) ? "answers, so another upstream stands" : "answer, so other upstreams stand"}.`,
  "reason.other-upstreams-silent": ({ upstreams }) =>
    `No other upstream answers: not ${names(upstreams)}.`,
  "reason.no-other-upstream": () => "No other upstream is known.",

  "evidence.not-answering": (params) =>
    `${silentDevices(params)} ${verb(params.tense, isSingular(params) ? "answers" : "answer", "answered")} neither ping nor TCP`,
  "evidence.not-reporting": (params) =>
    `${silentDevices(params)} ${verb(params.tense, isSingular(params) ? "has" : "have", "had")} stopped reporting`,
  "evidence.downstream-not-answering": ({ devices, tense }) => {
    const not = `${verb(tense, isOne(devices) ? "does" : "do", "did")} not answer`
    return `${many(countOf(devices), "device")} behind it ${not}: ${names(devices)}`
  },
  "evidence.port-down": ({ port, towards, tense }) => {
    const to = towards === null ? "" : ` towards ${nameOf(towards)}`
    return `${nameOf(port.device)} ${verb(tense, "tells", "told")} that its port ${port.interface}${to} ${verb(tense, "has", "had")} no link`
  },
  "evidence.port-switched-off": ({ port, tense }) =>
    `${nameOf(port.device)} ${verb(tense, "tells", "told")} that its port ${port.interface} ${be(tense)} switched off by an administrator`,
  "evidence.ends-answer": ({ devices, tense }) =>
    isOne(devices)
      ? `${names(devices)} at its end ${verb(tense, "answers", "answered")}`
      : `${names(devices)} at its two ends both ${verb(tense, "answer", "answered")}, so neither ${be(tense)} dead`,
  "evidence.agent-heard": ({ agent, tense }) => agentRuns(nameOf(agent), tense),
  "evidence.agent-isolated": isolation,
  "evidence.agent-offline": ({ agent, unheardMs }) =>
    `Nothing was heard of agent ${nameOf(agent)} for ${duration(unheardMs)}, though we could have heard it`,
  "evidence.port-up": ({ port, link, tense }) => {
    const end = link === null ? "its end of the link" : `its end of link ${nameOf(link)}`
    return `${nameOf(port.device)} ${verb(tense, "says", "said")} ${end} ${be(tense)} up (port ${port.interface})`
  },
  "evidence.answers": ({ device, tense }) =>
    `${nameOf(device)} ${verb(tense, "answers", "answered")}`,
  "evidence.answers-without-path": ({ device, tense }) =>
    `${nameOf(device)} ${verb(tense, "answers", "answered")}, though no way to it should ${verb(tense, "be", "have been")} left`,

  "recheck.device": ({ device }) => `Asked whether ${nameOf(device)} answers`,
  "recheck.port": ({ port, link }) =>
    `Asked ${nameOf(port.device)} how its port ${port.interface} of link ${nameOf(link)} is`,

  "symptom.port-down": ({ port }) => `Port ${portName(port)} is down`,
  "symptom.not-answering": ({ device }) => `${nameOf(device)} answers neither ping nor TCP`,
  "symptom.not-reporting": ({ device }) => `${nameOf(device)} has stopped reporting`,
  "symptom.agent-offline": ({ agent }) => `Agent ${nameOf(agent)} is not heard`,
  "recovered.port-up": ({ port }) => `Port ${portName(port)} is up again`,
  "recovered.port-switched-off": ({ port }) =>
    `Port ${portName(port)} is switched off by an administrator`,
  "recovered.answers": ({ device }) => `${nameOf(device)} answers again`,
  "recovered.reports": ({ device }) => `${nameOf(device)} reports again`,
  "recovered.agent-heard": ({ agent }) => `Agent ${nameOf(agent)} is heard again`,
  "recovered.no-longer-monitored": ({ symptom }) => `${text(symptom)}: no longer watched`,

  "timeline.opened": ({ title, because }) => `${text(title)}. ${sentences(because)}`.trim(),
  "timeline.cause-changed": ({ title, before, because }) =>
    `Now: ${text(title)}. Before: ${text(before)}. ${sentences(because)}`.trim(),
  "timeline.more-at-once": ({ count }) => `and ${count} more at the same moment`,
  "timeline.closed": ({ lastedMs, symptoms }) =>
    `All is well again after ${duration(lastedMs)}: ${many(symptoms, "symptom")} over.`,
  "timeline.merged": ({ number, title }) =>
    `Folded into #${number}, which explains all of it: ${text(title)}.`,
  "timeline.acknowledged": ({ by, note }) =>
    note === "" ? `Acknowledged by ${by}` : `Acknowledged by ${by}: ${note}`,
  "timeline.unacknowledged": ({ by }) => `Acknowledgement taken back by ${by}`,
  "timeline.note": (params) => params.text,

  "history.cause": ({ title, confidence, evidence }) => {
    const sure = confidence === null ? "" : ` Sure to ${percent(confidence)}.`
    return `${text(title)}.${sure}${evidenceText(evidence)}`
  },
  "history.confidence": ({ confidence, before, evidence }) => {
    const isHigher = confidence > before
    const why = evidenceText(evidence) || (isHigher ? " Looked at again: still so." : "")
    return `${upper(isHigher ? "surer" : "less sure")}: ${percent(confidence)}, before ${percent(before)}.${why}`
  },
}
