/**
 * The assignment of one agent, made of inventory rows and decrypted credentials. Pure: the caller
 * reads the rows and decrypts the secrets.
 */
import { createHash } from "node:crypto"
import {
  type Access,
  type AssignedDevice,
  type AssignedProbe,
  type AssignedRedaction,
  type Assignment,
  type CollectorIntervals,
  DEFAULT_INTERVALS,
  PROTOCOL,
} from "@ispvm/wire"
import { MethodsInput, type SnmpV3, TextEncoding } from "../../api/inventory.ts"
import type { DeviceId } from "../../platform/ids.ts"
import { type GroupIntervals, profiledIntervals } from "./collection-profiles.ts"

export type DeviceRow = {
  readonly id: DeviceId
  readonly name: string
  readonly address: string
  /** A JSON column, parsed here. */
  readonly methods: unknown
  /** Of the device, else of its site; null: the agent detects it. */
  readonly textEncoding: string | null
  readonly credentialId: string | null
  /**
   * Changes with the credential. It represents the secrets in the revision, which must not be
   * computed from them.
   */
  readonly credentialChangedAt: string | null
  /** How often it is read; absent or null: as every device. */
  readonly profile?: string | null
  /** Intervals of groups of collectors; absent or null: none. */
  readonly groups?: GroupIntervals | null
  /** False: the agent only probes it, and gets no credential, until it takes over. */
  readonly reads: boolean
}
export type Secret = {
  readonly username: string | null
  readonly password: string | null
  readonly snmpCommunity: string | null
  readonly snmpVersion?: "v1" | null | undefined
  readonly snmpV3: SnmpV3 | null
}

/** Another one makes agents fetch what a new release of the appliance adds for all of them. */
const FORM = "with the key of configurations"

/**
 * The same rows in any order have the same revision. Heartbeats and the database contain it, so it
 * is computed without the secrets: a short password can be guessed from its hash.
 */
export const revisionOf = (
  devices: readonly DeviceRow[],
  allowedNetworks: readonly string[] = [],
  collectorIntervals: CollectorIntervals = {},
  probes: readonly AssignedProbe[] = [],
  redaction = 0,
): string => {
  const rows = devices
    .map(({ profile, groups, reads, textEncoding, ...row }) =>
      JSON.stringify([
        row.id,
        row.name,
        row.address,
        row.methods,
        row.credentialId,
        row.credentialChangedAt,
        ...(textEncoding === null ? [] : [textEncoding]),
        ...(profile == null ? [] : [{ profile }]),
        ...(groups == null ? [] : [{ groups: Object.entries(groups).toSorted() }]),
        ...(reads ? [] : ["probes-only"]),
      ]),
    )
    .sort()
  return createHash("sha256")
    .update(
      JSON.stringify([
        PROTOCOL,
        DEFAULT_INTERVALS,
        FORM,
        rows,
        ...(allowedNetworks.length === 0 ? [] : [allowedNetworks]),
        ...(Object.keys(collectorIntervals).length === 0 ? [] : [{ collectorIntervals }]),
        ...(probes.length === 0 ? [] : [{ probes }]),
        ...(redaction === 0 ? [] : [{ redaction }]),
      ]),
    )
    .digest("base64url")
    .slice(0, 22)
}

/** How to reach `address`. A method without its secret is omitted, because it could only fail. */
export const accessOf = (address: string, methods: MethodsInput, secret: Secret | null): Access => {
  const { routerosApi, snmp } = methods
  const username = secret?.username ?? ""
  return {
    address,
    routerosApi:
      routerosApi === null || username === ""
        ? null
        : { ...routerosApi, username, password: secret?.password ?? "" },
    snmp: snmp === null ? null : snmpAccess(snmp.port, secret),
    icmp: methods.icmp,
    tcpPort: methods.tcpPort,
  }
}

/** The same probes as of the agent that reads the device, and nothing else. */
const probesOf = (address: string, methods: MethodsInput): Access => ({
  address,
  routerosApi: null,
  snmp: null,
  icmp: methods.icmp,
  tcpPort: methods.tcpPort ?? methods.routerosApi?.port ?? null,
})

/** v3 if it is set: then the community must not be sent over the network. */
const snmpAccess = (port: number, secret: Secret | null): Access["snmp"] => {
  const v3 = secret?.snmpV3 ?? null
  const community = secret?.snmpCommunity ?? ""
  if (v3 !== null) return { port, v3: snmpV3Access(v3) }
  if (community === "") return null
  return secret?.snmpVersion === "v1" ? { port, community, version: "v1" } : { port, community }
}

/** Older agents know SHA1 and AES-128 only and reject the fields that name them: they are omitted. */
const snmpV3Access = ({
  user,
  authPassword,
  privPassword,
  authProtocol,
  privProtocol,
}: SnmpV3) => ({
  user,
  authPassword,
  privPassword,
  ...(authPassword === null || authProtocol === undefined || authProtocol === "SHA1"
    ? {}
    : { authProtocol }),
  ...(privPassword === null || privProtocol === undefined || privProtocol === "AES128"
    ? {}
    : { privProtocol }),
})

/** A device whose methods cannot be parsed is at least pinged. */
const PING_ONLY = MethodsInput.parse({})
const methodsOf = (methods: unknown): MethodsInput => {
  const parsed = MethodsInput.safeParse(methods)
  return parsed.success ? parsed.data : PING_ONLY
}

/** Omitted if the agent shall detect it: agents of older releases reject the field. */
const encodingOf = (text: string | null): Pick<AssignedDevice, "textEncoding"> => {
  const parsed = TextEncoding.safeParse(text)
  return parsed.success && parsed.data !== "auto" ? { textEncoding: parsed.data } : {}
}

/** Omitted if all collectors use the defaults: agents of older releases reject the field. */
const intervalsOf = (
  base: CollectorIntervals,
  { profile, groups }: Pick<DeviceRow, "profile" | "groups">,
  { routerosApi, snmp }: MethodsInput,
): Pick<AssignedDevice, "collectorIntervals"> => {
  const sources = [
    ...(routerosApi === null ? [] : ["routeros-api"]),
    ...(snmp === null ? [] : ["snmp"]),
  ]
  const collectorIntervals = profiledIntervals(base, profile, sources, groups ?? {})
  return Object.keys(collectorIntervals).length === 0 ? {} : { collectorIntervals }
}

/** Omitted if it is the API, and for agents that do not know the field. */
const preferredOf = (
  methods: MethodsInput,
  acceptsPreferred: boolean,
): Pick<AssignedDevice, "preferred"> =>
  acceptsPreferred && methods.preferred === "snmp" ? { preferred: "snmp" } : {}

export const assignmentOf = (
  devices: readonly DeviceRow[],
  secretOf: (credentialId: string) => Secret | null,
  allowedNetworks: readonly string[] = [],
  collectorIntervals: CollectorIntervals = {},
  probes: readonly AssignedProbe[] = [],
  acceptsPreferred = false,
  redaction: AssignedRedaction | null = null,
  acceptsRedaction = true,
): Assignment => ({
  protocol: PROTOCOL,
  revision: revisionOf(
    devices,
    allowedNetworks,
    collectorIntervals,
    probes,
    redaction?.version ?? 0,
  ),
  // Omitted if empty: agents of earlier releases reject the field.
  ...(allowedNetworks.length === 0 ? {} : { allowedNetworks: [...allowedNetworks] }),
  ...(probes.length === 0 ? {} : { probes: [...probes] }),
  ...(redaction === null || !acceptsRedaction ? {} : { redaction }),
  devices: devices.map(
    ({
      id,
      name,
      address,
      methods,
      credentialId,
      textEncoding,
      profile,
      groups = null,
      reads,
    }): AssignedDevice => ({
      id,
      name,
      access: reads
        ? accessOf(
            address,
            methodsOf(methods),
            credentialId === null ? null : secretOf(credentialId),
          )
        : probesOf(address, methodsOf(methods)),
      intervals: DEFAULT_INTERVALS,
      ...intervalsOf(collectorIntervals, { profile: profile ?? null, groups }, methodsOf(methods)),
      ...encodingOf(textEncoding),
      ...preferredOf(methodsOf(methods), acceptsPreferred),
    }),
  ),
})
