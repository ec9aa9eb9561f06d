/** What is being typed about a router, and what becomes of it. Pure: the page asks and sends. */
import type { Agent } from "@ispvm/appliance/api/agents"
import type {
  Device,
  DeviceInput,
  DeviceRole,
  MethodsInput,
  SiteInput,
  TestAnswer,
  TestRequest,
  TypedSecret,
} from "@ispvm/appliance/api/inventory"
import { shownAddress } from "../../i18n/format/address.ts"
import { byName } from "../../i18n/format/names.ts"
import {
  type AuthChoice,
  communityVersion,
  NO_SNMP,
  type PrivChoice,
  type SnmpProblem,
  type SnmpTyped,
  snmpProblems,
  snmpV3Of,
} from "../credentials/snmp-form.ts"
import { needsConfirmation } from "./access-test.ts"

export const NEW = "new"
const API_PORTS = { tls: "8729", plain: "8728" } as const

/** `credentialId` and `siteId` are an id, `new` for one typed here, or empty for none. */
export type Draft = {
  readonly address: string
  readonly agentId: string
  readonly api: "tls" | "plain" | "off"
  readonly apiPort: string
  readonly snmp: boolean
  readonly snmpPort: string
  readonly icmp: boolean
  readonly tcpPort: number | null
  /** The certificate a person has confirmed. */
  readonly pin: string | null
  readonly credentialId: string
  readonly credentialName: string
  readonly username: string
  readonly password: string
  readonly snmpVersion: "v3" | "v2c" | "v1"
  readonly snmpUser: string
  readonly authProtocol: AuthChoice
  readonly authPassword: string
  readonly privProtocol: PrivChoice
  readonly privPassword: string
  readonly community: string
  readonly name: string
  readonly siteId: string
  readonly siteName: string
  readonly latitude: string
  readonly longitude: string
  readonly roles: readonly DeviceRole[]
  /** Of the saved credential, where the appliance has asked for them. */
  readonly retyped: TypedSecret
}

export const EMPTY: Draft = {
  address: "",
  agentId: "",
  api: "tls",
  apiPort: API_PORTS.tls,
  snmp: false,
  snmpPort: "161",
  icmp: true,
  tcpPort: null,
  pin: null,
  credentialId: "",
  credentialName: "",
  username: "",
  password: "",
  snmpVersion: "v3",
  snmpUser: "",
  authProtocol: NO_SNMP.authProtocol,
  authPassword: "",
  privProtocol: NO_SNMP.privProtocol,
  privPassword: "",
  community: "",
  name: "",
  siteId: "",
  siteName: "",
  latitude: "",
  longitude: "",
  roles: [],
  retyped: {},
}

export const draftOf = (device: Device): Draft => {
  const { routerosApi, snmp, icmp, tcpPort } = device.methods
  return {
    ...EMPTY,
    address: shownAddress(device.address),
    agentId: device.agentId ?? "",
    api: routerosApi === null ? "off" : routerosApi.tls ? "tls" : "plain",
    apiPort: String(routerosApi?.port ?? API_PORTS.tls),
    snmp: snmp !== null,
    snmpPort: String(snmp?.port ?? 161),
    icmp,
    tcpPort,
    pin: routerosApi?.fingerprint ?? null,
    credentialId: device.credentialId ?? "",
    name: device.name,
    siteId: device.siteId ?? "",
    roles: device.roles,
  }
}

/** The next router begins empty: the access of one is nothing to be shown or tried for another. */
export const nextDraft = ({ agentId }: Draft): Draft => ({ ...EMPTY, agentId })

/** Another kind of API has another port, unless somebody chose a port of their own. */
export const chooseApi = (draft: Draft, api: Draft["api"]): Draft => {
  const isOwn = draft.apiPort !== API_PORTS.tls && draft.apiPort !== API_PORTS.plain
  return { ...draft, api, apiPort: isOwn || api === "off" ? draft.apiPort : API_PORTS[api] }
}

/** Those that can work come first. */
export const byLiveness = (agents: Iterable<Agent>): readonly Agent[] =>
  [...agents].sort((a, b) => Number(b.status === "ok") - Number(a.status === "ok") || byName(a, b))

export const portOf = (text: string): number | null => {
  const port = Number(text)
  return /^\d{1,5}$/.test(text.trim()) && port >= 1 && port <= 65_535 ? port : null
}
/** Degrees typed with a point or a comma; `undefined` where it is no number of degrees. */
export const degreesOf = (text: string, max: number): number | null | undefined => {
  if (text.trim() === "") return null
  const value = Number(text.trim().replace(",", "."))
  return Number.isFinite(value) && Math.abs(value) <= max ? value : undefined
}

export type DraftProblem =
  | "address"
  | "agent"
  | "method"
  | "apiPort"
  | "snmpPort"
  | "latitude"
  | "longitude"
  | SnmpProblem
/** What stops a test. */
export const problemsOf = (draft: Draft): readonly DraftProblem[] => {
  const found: DraftProblem[] = []
  if (draft.address.trim() === "") found.push("address")
  if (draft.agentId === "") found.push("agent")
  if (draft.api === "off" && !draft.snmp && !draft.icmp) found.push("method")
  return [...found, ...valueProblems(draft)]
}
/** What stops a saving: an agent may come later. */
export const saveProblems = (draft: Draft): readonly DraftProblem[] =>
  problemsOf(draft).filter((each) => each !== "agent")

const valueProblems = (draft: Draft): DraftProblem[] => {
  const found: DraftProblem[] = []
  if (draft.api !== "off" && portOf(draft.apiPort) === null) found.push("apiPort")
  if (draft.snmp && portOf(draft.snmpPort) === null) found.push("snmpPort")
  if (draft.snmp && draft.credentialId === NEW) found.push(...snmpProblems(snmpTyped(draft)))
  if (draft.siteId === NEW && degreesOf(draft.latitude, 90) === undefined) found.push("latitude")
  if (draft.siteId === NEW && degreesOf(draft.longitude, 180) === undefined) found.push("longitude")
  return found
}

export const methodsOf = (draft: Draft): MethodsInput => ({
  routerosApi:
    draft.api === "off"
      ? null
      : {
          port: portOf(draft.apiPort) ?? Number(API_PORTS[draft.api]),
          tls: draft.api === "tls",
          fingerprint: draft.api === "tls" ? draft.pin : null,
        },
  snmp: draft.snmp ? { port: portOf(draft.snmpPort) ?? 161 } : null,
  icmp: draft.icmp,
  tcpPort: draft.tcpPort,
})

const typed = (text: string): string | null => (text === "" ? null : text)
export const snmpTyped = (draft: Draft): SnmpTyped => {
  const {
    snmpVersion,
    snmpUser,
    authProtocol,
    authPassword,
    privProtocol,
    privPassword,
    community,
  } = draft
  return {
    snmpVersion,
    snmpUser,
    authProtocol,
    authPassword,
    privProtocol,
    privPassword,
    community,
  }
}
export const typedSecrets = (draft: Draft) => ({
  username: typed(draft.username),
  password: typed(draft.password),
  snmpCommunity: draft.snmp && draft.snmpVersion !== "v3" ? typed(draft.community) : null,
  ...(draft.snmp && communityVersion(snmpTyped(draft)) === "v1"
    ? { snmpVersion: "v1" as const }
    : {}),
  snmpV3: draft.snmp ? snmpV3Of(snmpTyped(draft)) : null,
})

/** As a test takes them: a saved SNMPv3 user by its name, with its passwords typed again. Null where nothing was typed. */
const retypedSecrets = (
  { retyped }: Draft,
  snmpV3User: string | null,
): TestRequest["credential"] => {
  const { password, snmpCommunity, snmpAuthPassword = "", snmpPrivPassword = "" } = retyped
  const hasV3 = snmpV3User !== null && snmpAuthPassword !== ""
  if (!password && !snmpCommunity && !hasV3) return null
  return {
    username: null,
    password: password || null,
    snmpCommunity: snmpCommunity || null,
    snmpV3: hasV3
      ? { user: snmpV3User, authPassword: snmpAuthPassword, privPassword: snmpPrivPassword }
      : null,
  }
}

/** `snmpV3User`: of the saved credential that is chosen. */
export const testRequest = (draft: Draft, snmpV3User: string | null = null): TestRequest => ({
  agentId: draft.agentId,
  address: draft.address.trim(),
  methods: methodsOf(draft),
  credentialId: draft.credentialId === NEW || draft.credentialId === "" ? null : draft.credentialId,
  credential: draft.credentialId === NEW ? typedSecrets(draft) : retypedSecrets(draft, snmpV3User),
})

/** Two drafts of the same key would be tested alike. The pin is left out: confirming it is what the test was for. */
export const accessKey = (draft: Draft): string =>
  JSON.stringify({
    ...testRequest({ ...draft, retyped: {} }),
    methods: methodsOf({ ...draft, pin: null }),
    ports: [draft.apiPort, draft.snmpPort],
  })

/** The steps a test of this draft will take, to show their places before they are filled. */
export const expectedSteps = (draft: Draft): readonly string[] => [
  "resolve",
  ...(draft.icmp ? ["ping"] : []),
  ...(draft.api === "off" ? [] : ["tcp"]),
  ...(draft.api === "tls" ? ["tls"] : []),
  ...(draft.api === "off" ? [] : ["login", "read"]),
  ...(draft.snmp ? ["snmp"] : []),
]

export type DraftWarning = "agent" | "pin" | "credential" | "untested" | "failed" | "pingOnly"
/** What will not work if this is saved as it stands; `tested` is the answer to this very draft, if there is one. */
export const draftWarnings = (draft: Draft, tested: TestAnswer | null): readonly DraftWarning[] => {
  if (draft.agentId === "") return ["agent"]
  const reads = draft.api !== "off" || draft.snmp
  if (!reads) return ["pingOnly"]
  const warnings: DraftWarning[] = []
  if (draft.credentialId === "") warnings.push("credential")
  else if (draft.api === "tls" && draft.pin === null) warnings.push("pin")
  if (tested === null) warnings.push("untested")
  else if (!tested.ok && !needsConfirmation(tested)) warnings.push("failed")
  return warnings
}

export const siteBody = (draft: Draft): SiteInput => ({
  name: draft.siteName.trim(),
  regionId: null,
  latitude: degreesOf(draft.latitude, 90) ?? null,
  longitude: degreesOf(draft.longitude, 180) ?? null,
  note: "",
})

export const credentialBody = (draft: Draft) => ({
  name: draft.credentialName.trim() || `${draft.username || "SNMP"} for ${draft.address.trim()}`,
  ...typedSecrets(draft),
})

/** Ids stand in for what was new a moment ago. */
export const deviceBody = (
  draft: Draft,
  ids: { siteId: string | null; credentialId: string | null },
): DeviceInput => ({
  name: draft.name.trim() || draft.address.trim(),
  address: draft.address.trim(),
  siteId: ids.siteId,
  roles: [...draft.roles],
  agentId: draft.agentId || null,
  credentialId: ids.credentialId,
  methods: methodsOf(draft),
  note: "",
})
