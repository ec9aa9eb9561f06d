/** The SNMP part of a form: the version and its fields. Pure. */
import type { Credential, SnmpV3 } from "@ispvm/appliance/api/inventory"

/** `v2c` falls back to v1 for devices that answer nothing else. */
export const SNMP_VERSIONS = ["none", "v3", "v2c", "v1"] as const
export type SnmpVersion = (typeof SNMP_VERSIONS)[number]
/** "none" gives a lower security level. */
export const AUTH_CHOICES = ["SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "MD5", "none"] as const
export const PRIV_CHOICES = [
  "AES128",
  "AES192",
  "AES256",
  "AES192C",
  "AES256C",
  "DES",
  "none",
] as const
export type AuthChoice = (typeof AUTH_CHOICES)[number]
export type PrivChoice = (typeof PRIV_CHOICES)[number]
export type SnmpTyped = {
  readonly snmpVersion: SnmpVersion
  readonly snmpUser: string
  readonly authProtocol: AuthChoice
  readonly authPassword: string
  readonly privProtocol: PrivChoice
  readonly privPassword: string
  readonly community: string
}
export const NO_SNMP: SnmpTyped = {
  snmpVersion: "none",
  snmpUser: "",
  authProtocol: "SHA1",
  authPassword: "",
  privProtocol: "AES128",
  privPassword: "",
  community: "",
}
export type SavedSnmp = Pick<
  Credential,
  "hasSnmpCommunity" | "snmpVersion" | "snmpV3User" | "snmpV3AuthProtocol" | "snmpV3PrivProtocol"
>

/** The form of a saved credential; its passwords are not part of it. */
export const savedTyped = (saved: SavedSnmp): SnmpTyped => ({
  ...NO_SNMP,
  snmpVersion:
    saved.snmpV3User !== null
      ? "v3"
      : saved.hasSnmpCommunity
        ? (saved.snmpVersion ?? "v2c")
        : "none",
  snmpUser: saved.snmpV3User ?? "",
  authProtocol:
    saved.snmpV3User === null ? NO_SNMP.authProtocol : (saved.snmpV3AuthProtocol ?? "none"),
  privProtocol:
    saved.snmpV3User === null ? NO_SNMP.privProtocol : (saved.snmpV3PrivProtocol ?? "none"),
})

export const hasAuth = ({ authProtocol }: SnmpTyped): boolean => authProtocol !== "none"
/** Without authentication there is no encryption. */
export const hasPriv = (typed: SnmpTyped): boolean =>
  hasAuth(typed) && typed.privProtocol !== "none"

/** SHA1 and AES-128 are the defaults. */
export const snmpV3Of = (typed: SnmpTyped): SnmpV3 | null => {
  const { snmpVersion, snmpUser, authProtocol, authPassword, privProtocol, privPassword } = typed
  if (snmpVersion !== "v3") return null
  const user = snmpUser.trim()
  if (authProtocol === "none") return { user, authPassword: null, privPassword: null }
  const auth = { user, ...(authProtocol === "SHA1" ? {} : { authProtocol }), authPassword }
  if (privProtocol === "none") return { ...auth, privPassword: null }
  return { ...auth, ...(privProtocol === "AES128" ? {} : { privProtocol }), privPassword }
}

/** v1 is chosen for the community; null: v2c, with v1 as fallback. */
export const communityVersion = ({ snmpVersion }: SnmpTyped): "v1" | null =>
  snmpVersion === "v1" ? "v1" : null

/**
 * No v3 field was changed, so the saved values stay. User, protocols and both passwords change
 * together.
 */
export const keepsV3 = (typed: SnmpTyped, saved: SavedSnmp | null): boolean => {
  if (saved === null || saved.snmpV3User === null || typed.snmpVersion !== "v3") return false
  const was = savedTyped(saved)
  return (
    typed.snmpUser.trim() === was.snmpUser &&
    typed.authProtocol === was.authProtocol &&
    (typed.privProtocol === was.privProtocol || !hasAuth(typed)) &&
    typed.authPassword === "" &&
    typed.privPassword === ""
  )
}

type SnmpChanges = {
  snmpCommunity?: string | null
  snmpVersion?: "v1" | null
  snmpV3?: SnmpV3 | null
}

/** The SNMP part of a change: only changed fields. */
export const snmpChanges = (typed: SnmpTyped, saved: SavedSnmp): SnmpChanges => {
  if (typed.snmpVersion === "v3") {
    const community = saved.hasSnmpCommunity ? { snmpCommunity: null } : {}
    return keepsV3(typed, saved) ? community : { ...community, snmpV3: snmpV3Of(typed) }
  }
  const v3 = saved.snmpV3User === null ? {} : { snmpV3: null }
  if (typed.snmpVersion === "none")
    return { ...v3, ...(saved.hasSnmpCommunity ? { snmpCommunity: null } : {}) }
  const version = communityVersion(typed)
  return {
    ...v3,
    ...(version === saved.snmpVersion ? {} : { snmpVersion: version }),
    ...(typed.community === "" ? {} : { snmpCommunity: typed.community }),
  }
}
