/** What one agent watches, composed from inventory rows and opened credentials. Pure: whoever calls reads the rows and opens the secrets. */
import { createHash } from "node:crypto"
import {
  type Access,
  type AssignedDevice,
  type Assignment,
  type CollectorIntervals,
  PROTOCOL,
} from "@ispvm/wire"
import { MethodsInput, type SnmpV3, TextEncoding } from "../../api/inventory.ts"
import type { DeviceId } from "../../platform/ids.ts"

export const INTERVALS = {
  pingMs: 1_000,
  interfaceMs: 10_000,
  healthMs: 10_000,
  factsMs: 300_000,
} as const

/**
 * Intervals of collectors that differ from `INTERVALS`, by `<source>.<what it reads>`. Empty is
 * omitted from the assignment, because agents of older releases reject it.
 */
export const COLLECTOR_INTERVALS: CollectorIntervals = {}

export type DeviceRow = {
  readonly id: DeviceId
  readonly name: string
  readonly address: string
  /** A JSON column: parsed here. */
  readonly methods: unknown
  /** The device's own, or else its site's; null: recognised by the agent. */
  readonly textEncoding: string | null
  readonly credentialId: string | null
  /** Changes whenever the credential does: stands for the secrets in the revision, which must not be computed from them. */
  readonly credentialChangedAt: string | null
}
export type Secret = {
  readonly username: string | null
  readonly password: string | null
  readonly snmpCommunity: string | null
  readonly snmpVersion?: "v1" | null | undefined
  readonly snmpV3: SnmpV3 | null
}

/**
 * Same rows, same revision, whatever their order. It travels in heartbeats and lies in the database, so it is made without the
 * secrets: a hash of a short password can be guessed back.
 */
export const revisionOf = (
  devices: readonly DeviceRow[],
  allowedNetworks: readonly string[] = [],
  collectorIntervals: CollectorIntervals = COLLECTOR_INTERVALS,
): string => {
  const rows = devices
    .map(({ id, name, address, methods, credentialId, credentialChangedAt, textEncoding }) =>
      JSON.stringify([
        id,
        name,
        address,
        methods,
        credentialId,
        credentialChangedAt,
        ...(textEncoding === null ? [] : [textEncoding]),
      ]),
    )
    .sort()
  return createHash("sha256")
    .update(
      JSON.stringify([
        PROTOCOL,
        INTERVALS,
        rows,
        ...(allowedNetworks.length === 0 ? [] : [allowedNetworks]),
        ...(Object.keys(collectorIntervals).length === 0 ? [] : [{ collectorIntervals }]),
      ]),
    )
    .digest("base64url")
    .slice(0, 22)
}

/** How to reach `address` with what is known; a method that lacks its secret is left out, since it could only fail. */
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

/** v3 where it is set: nobody who has it wants the community to cross the wire. */
const snmpAccess = (port: number, secret: Secret | null): Access["snmp"] => {
  const v3 = secret?.snmpV3 ?? null
  const community = secret?.snmpCommunity ?? ""
  if (v3 !== null) return { port, v3: spokenV3(v3) }
  if (community === "") return null
  return secret?.snmpVersion === "v1" ? { port, community, version: "v1" } : { port, community }
}

/** An agent from before the choice of protocols knows SHA1 and AES-128 alone and no word for them: they are left out. */
const spokenV3 = ({ user, authPassword, privPassword, authProtocol, privProtocol }: SnmpV3) => ({
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

/** With methods that cannot be read a device is at least pinged. */
const PING_ONLY = MethodsInput.parse({})
const methodsOf = (methods: unknown): MethodsInput => {
  const parsed = MethodsInput.safeParse(methods)
  return parsed.success ? parsed.data : PING_ONLY
}

/** Left out where the agent is to recognise it: agents of older releases know no such field. */
const encodingOf = (text: string | null): Pick<AssignedDevice, "textEncoding"> => {
  const parsed = TextEncoding.safeParse(text)
  return parsed.success && parsed.data !== "auto" ? { textEncoding: parsed.data } : {}
}

export const assignmentOf = (
  devices: readonly DeviceRow[],
  secretOf: (credentialId: string) => Secret | null,
  allowedNetworks: readonly string[] = [],
  collectorIntervals: CollectorIntervals = COLLECTOR_INTERVALS,
): Assignment => ({
  protocol: PROTOCOL,
  revision: revisionOf(devices, allowedNetworks, collectorIntervals),
  // Left out where there is none: an agent of an earlier release knows no such field.
  ...(allowedNetworks.length === 0 ? {} : { allowedNetworks: [...allowedNetworks] }),
  devices: devices.map(
    ({ id, name, address, methods, credentialId, textEncoding }): AssignedDevice => ({
      id,
      name,
      access: accessOf(
        address,
        methodsOf(methods),
        credentialId === null ? null : secretOf(credentialId),
      ),
      intervals: INTERVALS,
      ...(Object.keys(collectorIntervals).length === 0 ? {} : { collectorIntervals }),
      ...encodingOf(textEncoding),
    }),
  ),
})
