/** Why a status is what it is, in English. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, StatusCode } from "./catalogue.ts"
import { agentName, upper } from "./en-phrases.ts"
import { sourceName } from "./source-names.ts"

const byProbes = ({ by }: Params["status.up"], probes: string, reports: string): string =>
  by === "probes" ? probes : reports
const NO_ANSWER = "Answers neither ping nor TCP"
const NO_REPORT = "It has stopped reporting, and no agent monitors it"

const NOW: Readonly<Record<Params["status.maintenance"]["at"], string>> = {
  ok: "up",
  degraded: "degraded",
  down: "down",
  recovering: "recovering",
  unknown: "unknown",
  maintenance: "in maintenance",
  unreachable: "unreachable",
}

export const enStatus: Pick<Catalogue, StatusCode> = {
  "status.up": (params) => byProbes(params, "Answers.", "Reports itself; no agent monitors it."),
  "status.maintenance": ({ window, at }) => `In maintenance window "${window}", now ${NOW[at]}.`,
  "status.source-failing": ({ source, problem }) =>
    `Answers, but cannot be read by ${sourceName(source)}: ${problem}`,
  "status.loss": () => "Answers, but loses many probes.",
  "status.probe-missed": () => "A probe was not answered; a confirmation burst is running.",
  "status.cause-pending": (params) =>
    `${byProbes(params, NO_ANSWER, NO_REPORT)}; the cause is being determined.`,
  "status.down": (params) => `${byProbes(params, NO_ANSWER, NO_REPORT)}.`,
  "status.recovering": (params) =>
    `${byProbes(params, "Answers again", "Reports again")}; waiting until it is stable.`,
  "status.unreachable": ({ incident }) => `Unreachable because of incident #${incident}.`,
  "status.agent-isolated": ({ incident }) =>
    `Unknown since its agent lost its path to the network: incident #${incident}.`,
  "status.agent-offline": ({ agent }) =>
    `${upper(agentName(agent))} is offline: nothing is known since.`,
  "status.readings-rejected": ({ agent }) =>
    `Readings of ${agentName(agent)} are rejected, so nothing is known since. The Agents page says why.`,
  "status.not-probed-since": ({ agent }) =>
    `Not probed since ${agentName(agent)} came back online.`,
  "status.no-recent-data": () => "There is no recent data.",
  "status.not-probed": () => "Not probed yet.",
  "status.not-monitored": () => "No agent monitors it, and it does not report itself.",
  "status.starting": () => "The appliance has only just started.",
  "status.not-stored": () =>
    "The appliance cannot store what agents measure: nothing is known since.",
  "status.link-cut": ({ incident }) => `This link is the cause of incident #${incident}.`,
  "status.link-port-down": () => "A port at its end has no link.",
  "status.link-disabled": () => "Disabled by an administrator.",
  "status.link-up": () => "Its ports are up.",
  "status.link-recovering": () => "Up again; waiting until it is stable.",
  "status.link-held": ({ incident }) =>
    `Up again; incident #${incident} stays open until all devices downstream have been probed again.`,
  "status.link-end-unreachable": () =>
    "A router at its end is unreachable, so the status of the link is unknown.",
  "status.link-not-monitored": () => "This link is not monitored.",
  "status.link-without-port": () => "Neither end names a port, so its status is unknown.",
  "status.link-not-read": () => "Its ports have not been read yet.",
}
