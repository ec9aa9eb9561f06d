/**
 * Whether a change sends a stored secret to another destination or in another way, and whether that
 * is allowed. Pure.
 *
 * A saved password is sent to the address of the device. Anyone who may change that address could
 * otherwise collect it there, so a new use requires `credentials:write`, the secret typed again, or
 * an address inside the credential's allowed networks.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { isIP } from "node:net"
import { isWithin } from "@ispvm/wire"
import type { DeviceInput, TypedSecret } from "../../api/inventory.ts"
import type { Opened } from "../secrets/secrets.ts"

export type Place = Pick<
  DeviceInput,
  | "address"
  | "agentId"
  | "credentialId"
  | "diagnosticsCredentialId"
  | "methods"
  | "agentFallback"
  | "fallbackAgentIds"
> & { readonly siteId?: string | null }
export type SecretField = keyof TypedSecret
/**
 * Two uses have the same `key` if they send the same secret through the same agent to the same
 * destination in the same way.
 */
export type SecretUse = {
  readonly key: string
  readonly method: "routerosApi" | "snmp"
  readonly secrets: Readonly<Partial<Record<SecretField, string>>>
  /**
   * On the standard port, and for the API over TLS: for these, an allowed network is sufficient.
   */
  readonly isStandard: boolean
}

const API_TLS_PORT = 8729
const SNMP_PORT = 161

/**
 * Without an agent nothing is sent. Over TLS, an agent sends no password before a certificate is
 * pinned.
 */
export const usesOf = (place: Place, secret: Opened | null): readonly SecretUse[] =>
  readersOf(place).flatMap((reader) => usesThrough(reader, place, secret))

/** Agents that may read the device; all of its site are one. */
const readersOf = ({ agentId, agentFallback, fallbackAgentIds, siteId }: Place): string[] => [
  ...(agentId === null ? [] : [agentId]),
  ...(agentFallback === "listed" ? (fallbackAgentIds ?? []) : []),
  ...(agentFallback === "site" && siteId != null ? [`site ${siteId}`] : []),
]
const usesThrough = (
  reader: string,
  { address, credentialId, methods }: Place,
  secret: Opened | null,
): readonly SecretUse[] => {
  if (credentialId === null || secret === null) return []
  const { routerosApi: api, snmp } = methods
  const keyOf = (...more: unknown[]): string =>
    JSON.stringify([reader, credentialId, address.toLowerCase(), ...more])
  const uses: SecretUse[] = []
  if (api !== null && (secret.password ?? "") !== "" && (!api.tls || api.fingerprint !== null)) {
    const isStandard = api.tls && api.port === API_TLS_PORT
    uses.push({
      key: keyOf("api", api),
      method: "routerosApi",
      secrets: { password: secret.password ?? "" },
      isStandard,
    })
  }
  const secrets = snmpSecrets(secret)
  if (snmp !== null && secrets !== null)
    uses.push({
      key: keyOf("snmp", snmp),
      method: "snmp",
      secrets,
      isStandard: snmp.port === SNMP_PORT,
    })
  return uses
}

const snmpSecrets = ({ snmpV3, snmpCommunity }: Opened): SecretUse["secrets"] | null => {
  if (snmpV3 !== null) {
    const { authPassword, privPassword } = snmpV3
    return {
      ...(authPassword ? { snmpAuthPassword: authPassword } : {}),
      ...(privPassword ? { snmpPrivPassword: privPassword } : {}),
    }
  }
  return (snmpCommunity ?? "") === "" ? null : { snmpCommunity: snmpCommunity ?? "" }
}

export type SecretUseResult =
  | { readonly ok: true; readonly reason: "no-new-use" | "allowed-network" | "typed-again" }
  | {
      readonly ok: false
      readonly reason: "secret-needed" | "secret-wrong"
      readonly fields: readonly SecretField[]
    }

type SecretUseInput = {
  readonly was: readonly SecretUse[]
  readonly now: readonly SecretUse[]
  readonly address: string
  readonly allowedNetworks: readonly string[]
  readonly typed: TypedSecret | null
}
export const checkSecretUse = ({
  was,
  now,
  address,
  allowedNetworks,
  typed,
}: SecretUseInput): SecretUseResult => {
  const known = new Set(was.map(({ key }) => key))
  const fresh = now.filter(({ key }) => !known.has(key))
  if (fresh.length === 0) return { ok: true, reason: "no-new-use" }
  // Only real addresses: a text that looks like one (`0xa000005`) may be resolved by DNS.
  const isInside = isIP(address) !== 0 && isWithin(address, allowedNetworks)
  const unproven = fresh.filter(({ isStandard }) => !(isInside && isStandard))
  if (unproven.length === 0) return { ok: true, reason: "allowed-network" }
  const secrets = unproven.flatMap((use) =>
    FIELDS.flatMap((name) =>
      use.secrets[name] === undefined ? [] : [[name, use.secrets[name]] as const],
    ),
  )
  const missing = secrets.filter(([name]) => (typed?.[name] ?? "") === "").map(([name]) => name)
  if (missing.length > 0) return { ok: false, reason: "secret-needed", fields: missing }
  const mismatched = secrets
    .filter(([name, secret]) => !isSame(typed?.[name] ?? "", secret))
    .map(([name]) => name)
  return mismatched.length === 0
    ? { ok: true, reason: "typed-again" }
    : { ok: false, reason: "secret-wrong", fields: mismatched }
}

const FIELDS = [
  "password",
  "snmpCommunity",
  "snmpAuthPassword",
  "snmpPrivPassword",
] as const satisfies readonly SecretField[]
const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
const isSame = (typed: string, secret: string): boolean =>
  timingSafeEqual(digest(typed), digest(secret))
