/** The form of a router, and the request made from it. Pure: the page sends it. */

import type { TestAnswer, TestRequest } from "@ispvm/appliance/api/access-test"
import type { Agent } from "@ispvm/appliance/api/agents"
import type {
  Device,
  DeviceInput,
  DeviceRole,
  MethodsInput,
  SiteInput,
  TypedSecret,
} from "@ispvm/appliance/api/inventory"
import type { z } from "zod"
import type { BodyOf } from "../../api/call.ts"
import { shownAddress } from "../../i18n/format/address.ts"
import { byName } from "../../i18n/format/names.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { FormOptions } from "../../state/form.ts"
import { optionalNumber, typedNumber } from "../../state/typed-number.ts"
import {
  type AuthChoice,
  communityVersion,
  NO_SNMP,
  type PrivChoice,
  type SnmpTyped,
  snmpV3Of,
} from "../credentials/snmp-form.ts"
import { needsConfirmation } from "./access-test.ts"

export const NEW = "new"
const API_PORTS = { tls: "8729", plain: "8728" } as const

/** `credentialId` and `siteId`: an id, `new` for one entered in the form, or empty for none. */
export type Draft = {
  readonly address: string
  readonly agentId: string
  readonly api: "tls" | "plain" | "off"
  readonly apiPort: string
  readonly snmp: boolean
  readonly snmpPort: string
  readonly icmp: boolean
  readonly tcpPort: number | null
  /** The fingerprint that a person has confirmed. */
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
  /** Secrets of the saved credential, if the appliance requires them again. */
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

/** The form for the next router is empty, so that the access of one is not tried on another. */
export const nextDraft = ({ agentId }: Draft): Draft => ({ ...EMPTY, agentId })

/** Changes the port with the kind of API, unless the port was set by hand. */
export const chooseApi = (draft: Draft, api: Draft["api"]): Draft => {
  const isOwn = draft.apiPort !== API_PORTS.tls && draft.apiPort !== API_PORTS.plain
  return { ...draft, api, apiPort: isOwn || api === "off" ? draft.apiPort : API_PORTS[api] }
}

/** Credentials that fit come first. */
export const byLiveness = (agents: Iterable<Agent>): readonly Agent[] =>
  [...agents].sort((a, b) => Number(b.status === "ok") - Number(a.status === "ok") || byName(a, b))

export const methodsOf = (draft: Draft): MethodsInput => ({
  routerosApi:
    draft.api === "off"
      ? null
      : {
          port: typedNumber(draft.apiPort),
          tls: draft.api === "tls",
          fingerprint: draft.api === "tls" ? draft.pin : null,
        },
  snmp: draft.snmp ? { port: typedNumber(draft.snmpPort) } : null,
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
const typedSecrets = (draft: Draft) => ({
  username: typed(draft.username),
  password: typed(draft.password),
  snmpCommunity: draft.snmp && draft.snmpVersion !== "v3" ? typed(draft.community) : null,
  ...(draft.snmp && communityVersion(snmpTyped(draft)) === "v1"
    ? { snmpVersion: "v1" as const }
    : {}),
  snmpV3: draft.snmp ? snmpV3Of(snmpTyped(draft)) : null,
})

/**
 * Secrets for a test: a saved SNMPv3 user by name, with its passwords entered again. Null if none
 * was entered.
 */
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

/** `snmpV3User`: that of the chosen saved credential. */
export const testRequest = (draft: Draft, snmpV3User: string | null = null): TestRequest => ({
  agentId: draft.agentId,
  address: draft.address.trim(),
  methods: methodsOf(draft),
  credentialId: idOf(draft.credentialId),
  credential: draft.credentialId === NEW ? typedSecrets(draft) : retypedSecrets(draft, snmpV3User),
})

/** Without an address, that alone is wrong: the name may be left out. */
const UNNAMED = "–"

/**
 * Drafts with the same key give the same test. The pinned certificate is not part of it: the test
 * exists to confirm it.
 */
export const accessKey = (draft: Draft): string =>
  JSON.stringify({
    ...testRequest({ ...draft, retyped: {} }),
    methods: methodsOf({ ...draft, pin: null }),
    ports: [draft.apiPort, draft.snmpPort],
  })

/** The steps that a test of this draft will have. */
export const expectedSteps = (draft: Draft): readonly string[] => [
  "resolve",
  ...(draft.icmp ? ["ping"] : []),
  ...(draft.api === "off" ? [] : ["tcp"]),
  ...(draft.api === "tls" ? ["tls"] : []),
  ...(draft.api === "off" ? [] : ["login", "read"]),
  ...(draft.snmp ? ["snmp"] : []),
]

export type DraftWarning = "agent" | "pin" | "credential" | "untested" | "failed" | "pingOnly"
/**
 * What will not work if this is saved now; `tested` is the result for this draft, if there is one.
 */
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

/** What a button asks for: a test needs an agent, a device that is saved may get one later. */
export type Goal = "test" | "save"
export type RouterForm = Draft & { readonly goal: Goal }

/** The fields by their paths in what is sent; those of a new credential and site are parts. */
export const ROUTER_PATHS = {
  apiPort: "methods.routerosApi.port",
  snmpPort: "methods.snmp.port",
  username: "credential.username",
  password: "credential.password",
  snmpUser: "credential.snmpV3.user",
  authPassword: "credential.snmpV3.authPassword",
  privPassword: "credential.snmpV3.privPassword",
  community: "credential.snmpCommunity",
  credentialName: "credential.name",
  siteName: "site.name",
  latitude: "site.latitude",
  longitude: "site.longitude",
} as const satisfies Partial<Record<keyof Draft, string>>

export type RouterBody = BodyOf<"POST /devices/test"> | BodyOf<"POST /devices">
/** Checked by the schemas of each request that follows; `snmpV3User` is the chosen credential's. */
export const routerForm = (
  snmpV3User: () => string | null,
): FormOptions<RouterForm, RouterBody> => ({
  initial: { ...EMPTY, goal: "test" },
  body: (draft) => (draft.goal === "test" ? testRequest(draft, snmpV3User()) : deviceBody(draft)),
  schema: ({ TestRequest, DeviceInput }, { goal }): z.ZodType<unknown, RouterBody> =>
    goal === "test" ? TestRequest : DeviceInput,
  parts: ({ CredentialInput, SiteInput }, draft) => [
    ...(draft.goal === "save" && draft.credentialId === NEW
      ? [{ at: "credential", schema: CredentialInput, body: credentialBody(draft) }]
      : []),
    ...(draft.siteId === NEW ? [{ at: "site", schema: SiteInput, body: siteBody(draft) }] : []),
  ],
  paths: ROUTER_PATHS,
  rules: ({ api, snmp, icmp }) =>
    api === "off" && !snmp && !icmp ? [{ path: "methods", message: t.access.noMethod }] : [],
})

export const siteBody = (draft: Draft): SiteInput => ({
  name: draft.siteName.trim(),
  regionId: null,
  latitude: optionalNumber(draft.latitude),
  longitude: optionalNumber(draft.longitude),
  note: "",
})

export const credentialBody = (draft: Draft) => ({
  name:
    draft.credentialName.trim() ||
    t.access.credentialDefault(draft.username || "SNMP", draft.address.trim()),
  ...typedSecrets(draft),
})

const idOf = (chosen: string): string | null => (chosen === "" || chosen === NEW ? null : chosen)
/**
 * Called by its address where it has no name. What is new gets its id before the device is sent.
 */
export const deviceBody = (draft: Draft): DeviceInput => ({
  name: draft.name.trim() || draft.address.trim() || UNNAMED,
  address: draft.address.trim(),
  siteId: idOf(draft.siteId),
  roles: [...draft.roles],
  agentId: draft.agentId || null,
  credentialId: idOf(draft.credentialId),
  methods: methodsOf(draft),
  note: "",
})
