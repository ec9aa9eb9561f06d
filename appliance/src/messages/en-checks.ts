/** What the checks of the appliance itself find, in English. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, CheckCode } from "./catalogue.ts"
import { duration, many, verb } from "./en-phrases.ts"
import { diskSpace, grouped } from "./numbers.ts"

type Titles = Readonly<Record<Params["title.check"]["check"], readonly [now: string, was: string]>>
const TITLES: Titles = {
  database: ["The appliance cannot store data", "The appliance could not store data"],
  disk: ["The appliance's disk is almost full", "The appliance's disk was almost full"],
  "raw-storage": [
    "The disk of the database limits what is stored",
    "The disk of the database limited what was stored",
  ],
  clock: [
    "The appliance's clock follows no time server",
    "The appliance's clock followed no time server",
  ],
  "ingest-lag": ["Readings reach the appliance late", "Readings reached the appliance late"],
  queue: ["The appliance evaluates too slowly", "The appliance evaluated too slowly"],
  certificates: ["A certificate is about to expire", "A certificate was about to expire"],
  backup: ["Backups fail or are overdue", "Backups failed or were overdue"],
  agents: ["Agents are offline", "Agents were offline"],
  update: ["An update was undone", "An update had been undone"],
  notifications: ["Notifications fail", "Notifications failed"],
  "slo-detection": ["Outages are detected too late", "Outages were detected too late"],
  "slo-ingest": ["The appliance accepts readings slowly", "The appliance accepted readings slowly"],
  "slo-queries": ["Pages of the UI load slowly", "Pages of the UI loaded slowly"],
  "slo-dispatch": ["Notifications are delivered late", "Notifications were delivered late"],
  "slo-evaluation": ["Readings are evaluated late", "Readings were evaluated late"],
}
export const enCheckTitle = ({ check, tense }: Params["title.check"]): string => {
  const [now, was] = TITLES[check]
  return verb(tense, now, was)
}

const STORAGE: Readonly<Record<Params["check.database-failing"]["fault"], string>> = {
  "disk-full": "The disk of the database is full.",
  "read-only": "The database is read-only.",
  unreachable: "The database does not answer.",
  failing: "The database rejects writes.",
}
const CERTIFICATE: Readonly<Record<Params["check.certificate-unusable"]["fault"], string>> = {
  "not-pem": "certificate or key is not PEM",
  "key-does-not-fit": "the key does not belong to the certificate",
  expired: "it has expired",
}
const certificateOf = (agent: string | null): string =>
  agent === null ? "your certificate of the UI" : `the certificate of agent ${agent}`
const milliseconds = (ms: number): string => (ms < 10_000 ? `${grouped(ms)} ms` : duration(ms))

const perSecond = (value: number): string => (value < 10 ? String(value) : grouped(value))

export const enChecks: Pick<Catalogue, CheckCode> = {
  "check.no-data": () => "Not known: what it is read from has not answered yet.",
  "check.too-few": ({ samples, needed }) =>
    `Not known: ${grouped(samples)} measured so far, ${grouped(needed)} are needed.`,
  "check.database-works": () => "The database stores data.",
  "check.database-failing": ({ fault }) =>
    `${STORAGE[fault]} Agents keep what they measure in their buffers and deliver it later.`,
  "check.disk-free": ({ path, freeBytes, totalBytes }) =>
    `${diskSpace(freeBytes)} of ${diskSpace(totalBytes)} are free on the disk of ${path}.`,
  "check.storage-elsewhere": () =>
    "Not known: the database is on another machine, whose disk is not read.",
  "check.storage-stored": ({ usedPct }) =>
    `${grouped(usedPct)} % of the database's disk are used; all values are stored.`,
  "check.storage-shortened": ({ usedPct, keptMs }) =>
    `${grouped(usedPct)} % of the database's disk are used: the oldest raw values are dropped early. ${keptMs === null ? "None has been dropped yet." : `Some go back only ${duration(keptMs)}.`}`,
  "check.storage-stopped": ({ usedPct, samples, devices }) =>
    `${grouped(usedPct)} % of the database's disk are used: raw values are evaluated and not stored. ${grouped(samples)} of ${many(devices, "device")} so far.`,
  "check.clock-follows": () => "The clock follows a time server.",
  "check.clock-lost": ({ forMs }) =>
    `The clock has followed no time server for ${duration(forMs)}.`,
  "check.clock-unknown": () => "Not known: this machine does not say whether its clock is set.",
  "check.ingest-current": () => "Online agents deliver what they measure within a minute.",
  "check.ingest-behind": ({ agentName, lagMs, agents }) =>
    `${many(agents, "agent")} behind; agent ${agentName} still holds readings that are ${duration(lagMs)} old.`,
  "check.queue-waiting": ({ waiting }) =>
    waiting === 0 ? "Nothing waits." : `${many(waiting, "piece")} of work waiting.`,
  "check.certificate-days": ({ agentName, days }) =>
    `The next to expire is ${certificateOf(agentName)}, in ${many(days, "day")}.`,
  "check.certificate-expired": ({ agentName }) => `Expired: ${certificateOf(agentName)}.`,
  "check.certificates-own": () => "The appliance renews its own certificate by itself.",
  "check.certificate-unusable": ({ fault }) =>
    `Your certificate of the UI is not used: ${CERTIFICATE[fault]}.`,
  "check.backup-off": () => "No backups are made: there is no key, or the schedule is off.",
  "check.backup-never": () => "No backup has been verified yet.",
  "check.backup-verified": ({ agoMs }) => `The last verified backup is ${duration(agoMs)} old.`,
  "check.backup-overdue": ({ agoMs }) =>
    `The last verified backup is ${duration(agoMs)} old: a newer one is overdue.`,
  "check.backup-failed": ({ agoMs }) =>
    `The newest backup failed; the last verified one is ${duration(agoMs)} old.`,
  "check.backup-only-failed": () => "The newest backup failed, and none has been verified yet.",
  "check.update-well": () => "No update was undone.",
  "check.update-incomplete": ({ to, agoMs }) =>
    `Debian packages (${to}) were installed ${duration(agoMs)} ago, and not everything works with them.`,
  "check.update-undone": ({ to, agoMs }) =>
    `The update to ${to} was undone ${duration(agoMs)} ago; the release before runs.`,
  "check.update-of-agent": ({ agentName, to }) =>
    `Agent ${agentName} went back from ${to}. No further agent is updated until this one works.`,
  "check.agents-none": () => "No agent is enrolled.",
  "check.agents-online": ({ agents }) => `${many(agents, "agent")} online.`,
  "check.agents-offline": ({ offline, agents, names }) =>
    `${grouped(offline)} of ${many(agents, "agent")} offline: ${names.join(", ")}.`,
  "check.notifications-none": () => "There is no channel, so nobody is notified of anything.",
  "check.notifications-work": ({ channels }) =>
    `${many(channels, "channel")}, none of which fails.`,
  "check.notifications-failing": ({ failing, channels, names, forMs }) =>
    `${failing} of ${many(channels, "channel")} ${failing === 1 ? "fails" : "fail"} (${names.join(", ")}), for ${duration(forMs)}.`,
  "check.latency": ({ p95Ms, samples }) =>
    `95 % took at most ${milliseconds(p95Ms)}; ${grouped(samples)} measured.`,
  "check.evaluation": ({ p95Ms, samples, rulesPerS, alertsPerS }) =>
    `95 % took at most ${milliseconds(p95Ms)}; ${grouped(samples)} measured. ${perSecond(rulesPerS)} evaluations of rules and ${perSecond(alertsPerS)} steps of alerts a second.`,
}
