/** What a router is wished to report, as it is chosen and typed. Pure: the page asks and sends. */
import type { Companion, CompanionInput, NetwatchInput } from "@ispvm/appliance/api/companion"
import { portOf } from "../add-router/draft.ts"

export type NetwatchForm = {
  readonly name: string
  readonly host: string
  readonly type: NetwatchInput["type"]
  readonly intervalS: string
  readonly port: string
  readonly lossPercent: string
  readonly rttMs: string
  readonly measures: boolean
}
export type HardenForm = {
  readonly servicesOff: readonly Service[]
  /** Empty: neighbour discovery is left alone. */
  readonly discoveryList: string
  readonly undoAfterMinutes: string
}
export type DesiredConfigForm = {
  readonly release: string
  readonly profile: CompanionInput["profile"]
  readonly api: boolean
  readonly snmp: CompanionInput["snmp"]
  readonly syslog: boolean
  readonly push: boolean
  /** Seconds, or `auto`: by whether an agent reaches it. */
  readonly heartbeat: string
  readonly maxPerMinute: string
  readonly netwatch: readonly NetwatchForm[]
  /** Apart by commas or spaces; empty: what is suggested. */
  readonly agentAddresses: string
  readonly applianceHost: string
  readonly harden: HardenForm | null
}
export type Service = NonNullable<CompanionInput["harden"]>["servicesOff"][number]

/** A service that an operator may be logged in by is not among what is proposed. */
export const NEW_HARDEN: HardenForm = {
  servicesOff: ["telnet", "ftp", "www"],
  discoveryList: "",
  undoAfterMinutes: "10",
}
export const SERVICES: readonly Service[] = [
  "telnet",
  "ftp",
  "www",
  "www-ssl",
  "api",
  "ssh",
  "winbox",
]
export const NEW_NETWATCH: NetwatchForm = {
  name: "",
  host: "",
  type: "icmp",
  intervalS: "10",
  port: "",
  lossPercent: "",
  rttMs: "",
  measures: false,
}
export const HEARTBEAT_S = 60
/** What the appliance would do with `auto`. */
const autoHeartbeatS = (isReached: boolean): number => (isReached ? 0 : HEARTBEAT_S)
/** Seconds between two heartbeats as they will be; 0 for none. */
export const heartbeatOf = ({
  desired,
  suggested,
}: Pick<Companion, "desired" | "suggested">): number => {
  if (desired === null || !desired.push) return 0
  return (
    desired.heartbeatS ??
    autoHeartbeatS(desired.agentAddresses.length > 0 || suggested.agentAddresses.length > 0)
  )
}

const text = (value: number | null): string => (value === null ? "" : String(value))

/** A router that is new to this: what most want of it. One at a customer's is told apart by its role. */
export const formOf = (
  companion: Companion,
  device: { readonly roles: readonly string[] },
): DesiredConfigForm => {
  // Who asks by API and SNMP, and takes the log in, is an agent: without one there is nobody to open these for.
  const isReached = companion.suggested.agentAddresses.length > 0
  const { desired } = companion
  if (desired === null)
    return {
      release: companion.release ?? "",
      profile: profileOf(device.roles),
      api: isReached,
      snmp: isReached ? "v3" : "off",
      syslog: isReached,
      push: true,
      heartbeat: "auto",
      maxPerMinute: "20",
      netwatch: [],
      agentAddresses: "",
      applianceHost: "",
      harden: null,
    }
  return {
    ...desired,
    release: desired.release ?? companion.release ?? "",
    heartbeat: desired.heartbeatS === null ? "auto" : String(desired.heartbeatS),
    maxPerMinute: String(desired.maxPerMinute),
    netwatch: desired.netwatch.map((entry) => ({
      ...entry,
      intervalS: String(entry.intervalS),
      port: text(entry.port),
      lossPercent: text(entry.lossPercent),
      rttMs: text(entry.rttMs),
    })),
    agentAddresses: desired.agentAddresses.join(", "),
    applianceHost: desired.applianceHost ?? "",
    harden:
      desired.harden === null
        ? null
        : {
            servicesOff: desired.harden.servicesOff,
            discoveryList: desired.harden.discoveryList ?? "",
            undoAfterMinutes: String(desired.harden.undoAfterMinutes),
          },
  }
}

const PROFILE_OF_ROLE: readonly (readonly [CompanionInput["profile"], readonly string[]])[] = [
  ["cpe", ["cpe"]],
  ["access", ["access", "pppoe-server", "wireless", "switch"]],
  ["core", ["core", "route-reflector", "aggregation"]],
]
export const profileOf = (roles: readonly string[]): CompanionInput["profile"] =>
  PROFILE_OF_ROLE.find(([, names]) => names.some((name) => roles.includes(name)))?.[0] ?? "edge"

/** Which settings a kind of watch has at all: the others are neither shown nor sent. */
export const netwatchFields = (type: NetwatchInput["type"]) => ({
  port: type === "tcp-conn" || type === "http-get" || type === "https-get",
  thresholds: type === "icmp",
  measures: type !== "simple",
})

const integerIn = (typed: string, min: number, max: number): number | null => {
  const value = Number(typed)
  return /^\d{1,5}$/.test(typed.trim()) && value >= min && value <= max ? value : null
}
/** Whether an agent may come to it: by what is typed, else by what is known of its agent. */
export const isReached = (form: DesiredConfigForm, { suggested }: Companion): boolean =>
  form.agentAddresses.trim() !== "" || suggested.agentAddresses.length > 0
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/
const RELEASE = /^[67]\.\d{1,2}(\.\d{1,2})?((alpha|beta|rc)\d{1,2})?$/

/** Roughly: what is no address after all, the appliance refuses by the same path. */
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:\/\d{1,3})?$/
const addressesOf = (form: DesiredConfigForm): readonly string[] =>
  form.agentAddresses.split(/[\s,;]+/).filter((each) => each !== "")

export type DesiredConfigProblem =
  | "release"
  | "noRelease"
  | "name"
  | "host"
  | "interval"
  | "port"
  | "loss"
  | "rtt"
  | "minutes"
  | "addresses"
/** By the paths that the appliance names fields with: both are shown in the same places. */
export const desiredConfigProblems = (
  form: DesiredConfigForm,
): ReadonlyMap<string, DesiredConfigProblem> => {
  const found = new Map<string, DesiredConfigProblem>()
  if (form.release.trim() === "") found.set("release", "noRelease")
  else if (!RELEASE.test(form.release.trim())) found.set("release", "release")
  for (const [index, entry] of form.netwatch.entries()) {
    const at = (field: string): string => `netwatch.${index}.${field}`
    const has = netwatchFields(entry.type)
    if (entry.name.trim() === "") found.set(at("name"), "name")
    if (!HOST.test(entry.host.trim())) found.set(at("host"), "host")
    if (integerIn(entry.intervalS, 1, 3_600) === null) found.set(at("intervalS"), "interval")
    if (has.port && entry.port.trim() !== "" && portOf(entry.port) === null)
      found.set(at("port"), "port")
    if (
      has.thresholds &&
      entry.lossPercent.trim() !== "" &&
      integerIn(entry.lossPercent, 1, 100) === null
    )
      found.set(at("lossPercent"), "loss")
    if (has.thresholds && entry.rttMs.trim() !== "" && integerIn(entry.rttMs, 1, 60_000) === null)
      found.set(at("rttMs"), "rtt")
  }
  if (!addressesOf(form).every((each) => ADDRESS.test(each)))
    found.set("agentAddresses", "addresses")
  if (form.applianceHost.trim() !== "" && !HOST.test(form.applianceHost.trim()))
    found.set("applianceHost", "host")
  if (form.harden !== null && integerIn(form.harden.undoAfterMinutes, 2, 60) === null)
    found.set("harden.undoAfterMinutes", "minutes")
  return found
}

/** `told`: the release the router tells of itself. Where it is left as told it stays unsaid, and follows the router's upgrades. */
export const desiredConfigOf = (
  form: DesiredConfigForm,
  reported: string | null,
): CompanionInput => ({
  release:
    form.release.trim() === "" || form.release.trim() === reported ? null : form.release.trim(),
  profile: form.profile,
  api: form.api,
  snmp: form.snmp,
  syslog: form.syslog,
  push: form.push,
  heartbeatS: form.heartbeat === "auto" ? null : (integerIn(form.heartbeat, 0, 3_600) ?? null),
  maxPerMinute: integerIn(form.maxPerMinute, 2, 60) ?? 20,
  netwatch: form.netwatch.map((entry) => {
    const has = netwatchFields(entry.type)
    return {
      name: entry.name.trim(),
      host: entry.host.trim(),
      type: entry.type,
      intervalS: integerIn(entry.intervalS, 1, 3_600) ?? 10,
      port: has.port ? portOf(entry.port) : null,
      lossPercent: has.thresholds ? integerIn(entry.lossPercent, 1, 100) : null,
      rttMs: has.thresholds ? integerIn(entry.rttMs, 1, 60_000) : null,
      measures: has.measures && entry.measures,
    }
  }),
  agentAddresses: [...addressesOf(form)],
  applianceHost: form.applianceHost.trim() === "" ? null : form.applianceHost.trim(),
  harden:
    form.harden === null
      ? null
      : {
          servicesOff: [...form.harden.servicesOff],
          discoveryList:
            form.harden.discoveryList.trim() === "" ? null : form.harden.discoveryList.trim(),
          undoAfterMinutes: integerIn(form.harden.undoAfterMinutes, 2, 60) ?? 10,
        },
})

/** The release the router itself told, apart from one that somebody typed. */
export const reportedRelease = (companion: Companion): string | null =>
  companion.releaseFrom === "router" ? companion.release : null
