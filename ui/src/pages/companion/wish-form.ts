/** What a router is wished to report, as it is chosen and typed. Pure: the page asks and sends. */
import type { Companion, CompanionInput, WatchInput } from "@ispvm/appliance/api/companion"
import { portOf } from "../add-router/draft.ts"

export type WatchForm = {
  readonly name: string
  readonly host: string
  readonly type: WatchInput["type"]
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
export type WishForm = {
  readonly release: string
  readonly duty: CompanionInput["duty"]
  readonly api: boolean
  readonly snmp: CompanionInput["snmp"]
  readonly syslog: boolean
  readonly push: boolean
  /** Seconds, or `auto`: by whether an agent reaches it. */
  readonly heartbeat: string
  readonly atMostAMinute: string
  readonly watches: readonly WatchForm[]
  /** Apart by commas or spaces; empty: what is suggested. */
  readonly agentAddresses: string
  readonly applianceHost: string
  readonly harden: HardenForm | null
}
export type Service = NonNullable<CompanionInput["harden"]>["servicesOff"][number]

/** A service that an operator may be logged in by is not among what is proposed. */
export const NEW_HARDEN: HardenForm = { servicesOff: ["telnet", "ftp", "www"], discoveryList: "", undoAfterMinutes: "10" }
export const SERVICES: readonly Service[] = ["telnet", "ftp", "www", "www-ssl", "api", "ssh", "winbox"]
export const NEW_WATCH: WatchForm = {
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
export const heartbeatOf = ({ wish, suggested }: Pick<Companion, "wish" | "suggested">): number => {
  if (wish === null || !wish.push) return 0
  return wish.heartbeatS ?? autoHeartbeatS(wish.agentAddresses.length > 0 || suggested.agentAddresses.length > 0)
}

const text = (value: number | null): string => (value === null ? "" : String(value))

/** A router that is new to this: what most want of it. One at a customer's is told apart by its role. */
export const formOf = (companion: Companion, device: { readonly roles: readonly string[] }): WishForm => {
  // Who asks by API and SNMP, and takes the log in, is an agent: without one there is nobody to open these for.
  const isReached = companion.suggested.agentAddresses.length > 0
  const { wish } = companion
  if (wish === null)
    return {
      release: companion.release ?? "",
      duty: dutyOf(device.roles),
      api: isReached,
      snmp: isReached ? "v3" : "off",
      syslog: isReached,
      push: true,
      heartbeat: "auto",
      atMostAMinute: "20",
      watches: [],
      agentAddresses: "",
      applianceHost: "",
      harden: null,
    }
  return {
    ...wish,
    release: wish.release ?? companion.release ?? "",
    heartbeat: wish.heartbeatS === null ? "auto" : String(wish.heartbeatS),
    atMostAMinute: String(wish.atMostAMinute),
    watches: wish.watches.map((watch) => ({
      ...watch,
      intervalS: String(watch.intervalS),
      port: text(watch.port),
      lossPercent: text(watch.lossPercent),
      rttMs: text(watch.rttMs),
    })),
    agentAddresses: wish.agentAddresses.join(", "),
    applianceHost: wish.applianceHost ?? "",
    harden:
      wish.harden === null
        ? null
        : {
            servicesOff: wish.harden.servicesOff,
            discoveryList: wish.harden.discoveryList ?? "",
            undoAfterMinutes: String(wish.harden.undoAfterMinutes),
          },
  }
}

const DUTY_OF_ROLE: readonly (readonly [CompanionInput["duty"], readonly string[]])[] = [
  ["cpe", ["cpe"]],
  ["access", ["access", "pppoe-server", "wireless", "switch"]],
  ["core", ["core", "route-reflector", "aggregation"]],
]
export const dutyOf = (roles: readonly string[]): CompanionInput["duty"] =>
  DUTY_OF_ROLE.find(([, names]) => names.some((name) => roles.includes(name)))?.[0] ?? "edge"

/** Which settings a kind of watch has at all: the others are neither shown nor sent. */
export const watchHas = (type: WatchInput["type"]) => ({
  port: type === "tcp-conn" || type === "http-get" || type === "https-get",
  thresholds: type === "icmp",
  measures: type !== "simple",
})

const whole = (typed: string, least: number, most: number): number | null => {
  const value = Number(typed)
  return /^\d{1,5}$/.test(typed.trim()) && value >= least && value <= most ? value : null
}
/** Whether an agent may come to it: by what is typed, else by what is known of its agent. */
export const isReached = (form: WishForm, { suggested }: Companion): boolean =>
  form.agentAddresses.trim() !== "" || suggested.agentAddresses.length > 0
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/
const RELEASE = /^[67]\.\d{1,2}(\.\d{1,2})?((alpha|beta|rc)\d{1,2})?$/

/** Roughly: what is no address after all, the appliance refuses by the same path. */
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:\/\d{1,3})?$/
const addressesOf = (form: WishForm): readonly string[] => form.agentAddresses.split(/[\s,;]+/).filter((each) => each !== "")

export type WishProblem =
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
export const wishProblems = (form: WishForm): ReadonlyMap<string, WishProblem> => {
  const found = new Map<string, WishProblem>()
  if (form.release.trim() === "") found.set("release", "noRelease")
  else if (!RELEASE.test(form.release.trim())) found.set("release", "release")
  for (const [index, watch] of form.watches.entries()) {
    const at = (field: string): string => `watches.${index}.${field}`
    const has = watchHas(watch.type)
    if (watch.name.trim() === "") found.set(at("name"), "name")
    if (!HOST.test(watch.host.trim())) found.set(at("host"), "host")
    if (whole(watch.intervalS, 1, 3_600) === null) found.set(at("intervalS"), "interval")
    if (has.port && watch.port.trim() !== "" && portOf(watch.port) === null) found.set(at("port"), "port")
    if (has.thresholds && watch.lossPercent.trim() !== "" && whole(watch.lossPercent, 1, 100) === null)
      found.set(at("lossPercent"), "loss")
    if (has.thresholds && watch.rttMs.trim() !== "" && whole(watch.rttMs, 1, 60_000) === null) found.set(at("rttMs"), "rtt")
  }
  if (!addressesOf(form).every((each) => ADDRESS.test(each))) found.set("agentAddresses", "addresses")
  if (form.applianceHost.trim() !== "" && !HOST.test(form.applianceHost.trim())) found.set("applianceHost", "host")
  if (form.harden !== null && whole(form.harden.undoAfterMinutes, 2, 60) === null) found.set("harden.undoAfterMinutes", "minutes")
  return found
}

/** `told`: the release the router tells of itself. Where it is left as told it stays unsaid, and follows the router's upgrades. */
export const wishOf = (form: WishForm, told: string | null): CompanionInput => ({
  release: form.release.trim() === "" || form.release.trim() === told ? null : form.release.trim(),
  duty: form.duty,
  api: form.api,
  snmp: form.snmp,
  syslog: form.syslog,
  push: form.push,
  heartbeatS: form.heartbeat === "auto" ? null : (whole(form.heartbeat, 0, 3_600) ?? null),
  atMostAMinute: whole(form.atMostAMinute, 2, 60) ?? 20,
  watches: form.watches.map((watch) => {
    const has = watchHas(watch.type)
    return {
      name: watch.name.trim(),
      host: watch.host.trim(),
      type: watch.type,
      intervalS: whole(watch.intervalS, 1, 3_600) ?? 10,
      port: has.port ? portOf(watch.port) : null,
      lossPercent: has.thresholds ? whole(watch.lossPercent, 1, 100) : null,
      rttMs: has.thresholds ? whole(watch.rttMs, 1, 60_000) : null,
      measures: has.measures && watch.measures,
    }
  }),
  agentAddresses: [...addressesOf(form)],
  applianceHost: form.applianceHost.trim() === "" ? null : form.applianceHost.trim(),
  harden:
    form.harden === null
      ? null
      : {
          servicesOff: [...form.harden.servicesOff],
          discoveryList: form.harden.discoveryList.trim() === "" ? null : form.harden.discoveryList.trim(),
          undoAfterMinutes: whole(form.harden.undoAfterMinutes, 2, 60) ?? 10,
        },
})

/** The release the router itself told, apart from one that somebody typed. */
export const toldRelease = (companion: Companion): string | null =>
  companion.releaseFrom === "router" ? companion.release : null
