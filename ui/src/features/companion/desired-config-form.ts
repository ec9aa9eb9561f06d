/** The form of the desired configuration. Pure: the page sends it. */
import type { Companion, CompanionInput, NetwatchInput } from "@ispvm/appliance/api/companion"
import type { BodyOf } from "../../api/call.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import type { FormOptions } from "../../state/form.ts"
import { optionalNumber, typedNumber } from "../../state/typed-number.ts"

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
  /** Empty: neighbour discovery is not changed. */
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
  /** Seconds, or `auto`: depends on whether an agent reaches it. */
  readonly heartbeat: string
  readonly maxPerMinute: string
  readonly netwatch: readonly NetwatchForm[]
  /** Separated by commas or spaces; empty: the suggestion. */
  readonly agentAddresses: string
  readonly applianceHost: string
  readonly harden: HardenForm | null
}
export type Service = NonNullable<CompanionInput["harden"]>["servicesOff"][number]

/** Services that an operator may use to log in are not proposed. */
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
const HEARTBEAT_S = 60
/** What the appliance does with `auto`. */
const autoHeartbeatS = (isReached: boolean): number => (isReached ? 0 : HEARTBEAT_S)
/** The resulting heartbeat interval in seconds; 0 for none. */
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

/** The defaults for a router without a configuration. A CPE is recognised by its role. */
export const formOf = (
  companion: Companion,
  device: { readonly roles: readonly string[] },
): DesiredConfigForm => {
  // API, SNMP and syslog need an agent; without one they stay off.
  const isReached = companion.suggested.agentAddresses.length > 0
  const { desired } = companion
  if (desired === null)
    return {
      ...BLANK,
      release: companion.release ?? "",
      profile: profileOf(device.roles),
      api: isReached,
      snmp: isReached ? "v3" : "off",
      syslog: isReached,
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

/** The settings of each kind of netwatch probe; others are neither shown nor sent. */
export const netwatchFields = (type: NetwatchInput["type"]) => ({
  port: type === "tcp-conn" || type === "http-get" || type === "https-get",
  thresholds: type === "icmp",
  measures: type !== "simple",
})

/** Whether an agent can reach it: by the entered addresses, else by the suggestion. */
export const isReached = (form: DesiredConfigForm, { suggested }: Companion): boolean =>
  form.agentAddresses.trim() !== "" || suggested.agentAddresses.length > 0
const addressesOf = (form: DesiredConfigForm): readonly string[] =>
  form.agentAddresses.split(/[\s,;]+/).filter((each) => each !== "")

/**
 * `reported`: the release the router reports of itself. Left as reported it is not sent, and
 * follows upgrades.
 */
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
  heartbeatS: form.heartbeat === "auto" ? null : typedNumber(form.heartbeat),
  maxPerMinute: typedNumber(form.maxPerMinute),
  netwatch: form.netwatch.map((entry) => {
    const has = netwatchFields(entry.type)
    return {
      name: entry.name.trim(),
      host: entry.host.trim(),
      type: entry.type,
      intervalS: typedNumber(entry.intervalS),
      port: has.port ? optionalNumber(entry.port) : null,
      lossPercent: has.thresholds ? optionalNumber(entry.lossPercent) : null,
      rttMs: has.thresholds ? optionalNumber(entry.rttMs) : null,
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
          undoAfterMinutes: typedNumber(form.harden.undoAfterMinutes),
        },
})

/** The release reported by the router, as opposed to an entered one. */
export const reportedRelease = (companion: Companion): string | null =>
  companion.releaseFrom === "router" ? companion.release : null

const BLANK: DesiredConfigForm = {
  release: "",
  profile: "edge",
  api: false,
  snmp: "off",
  syslog: false,
  push: true,
  heartbeat: "auto",
  maxPerMinute: "20",
  netwatch: [],
  agentAddresses: "",
  applianceHost: "",
  harden: null,
}

/**
 * Checked while it is changed: the script follows it. A script needs a release, typed or reported.
 */
export const desiredConfigOptions = (
  reported: () => string | null,
): FormOptions<DesiredConfigForm, BodyOf<"PUT /devices/{id}/companion">> => ({
  initial: BLANK,
  isEager: true,
  body: (form) => desiredConfigOf(form, reported()),
  schema: (schemas) => schemas.CompanionInput,
  rules: ({ release }) =>
    release.trim() === ""
      ? [{ path: "release", message: pageTexts.companion.errors.noRelease }]
      : [],
})
