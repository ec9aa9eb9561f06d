/** SNMP as it is typed in a form: which version, and what belongs to it. Pure. */
import type { SnmpV3 } from "@ispvm/appliance/api/inventory"

export const SNMP_VERSIONS = ["none", "v3", "v2c"] as const
export type SnmpVersion = (typeof SNMP_VERSIONS)[number]
export type SnmpTyped = {
  readonly snmpVersion: SnmpVersion
  readonly snmpUser: string
  readonly authPassword: string
  readonly privPassword: string
  readonly community: string
}
export const NO_SNMP: SnmpTyped = { snmpVersion: "none", snmpUser: "", authPassword: "", privPassword: "", community: "" }

/** RouterOS and every agent refuse a shorter one. */
const LEAST_CHARS = 8
export type SnmpProblem = "snmpUser" | "authPassword" | "privPassword"

/** What is missing for v3; where `keeps`, passwords left empty stay as they are saved. */
export const snmpProblems = (typed: SnmpTyped, keeps = false): readonly SnmpProblem[] => {
  if (typed.snmpVersion !== "v3" || keeps) return []
  const found: SnmpProblem[] = []
  if (typed.snmpUser.trim() === "") found.push("snmpUser")
  if (typed.authPassword.length < LEAST_CHARS) found.push("authPassword")
  if (typed.privPassword.length < LEAST_CHARS) found.push("privPassword")
  return found
}

export const snmpV3Of = ({ snmpVersion, snmpUser, authPassword, privPassword }: SnmpTyped): SnmpV3 | null =>
  snmpVersion === "v3" ? { user: snmpUser.trim(), authPassword, privPassword } : null

/** Nothing of v3 was touched: what is saved is to stay. User and both passwords are one thing and change together. */
export const keepsV3 = (typed: SnmpTyped, savedUser: string | null): boolean =>
  typed.snmpVersion === "v3" &&
  savedUser !== null &&
  typed.snmpUser.trim() === savedUser &&
  typed.authPassword === "" &&
  typed.privPassword === ""

/** What a change of a saved credential sends about SNMP: only what was touched. */
export const snmpChanges = (
  typed: SnmpTyped,
  saved: { readonly snmpV3User: string | null; readonly hasSnmpCommunity: boolean },
): { snmpCommunity?: string | null; snmpV3?: SnmpV3 | null } => {
  if (typed.snmpVersion === "v3") {
    const community = saved.hasSnmpCommunity ? { snmpCommunity: null } : {}
    return keepsV3(typed, saved.snmpV3User) ? community : { ...community, snmpV3: snmpV3Of(typed) }
  }
  const v3 = saved.snmpV3User === null ? {} : { snmpV3: null }
  if (typed.snmpVersion === "none") return { ...v3, ...(saved.hasSnmpCommunity ? { snmpCommunity: null } : {}) }
  return { ...v3, ...(typed.community === "" ? {} : { snmpCommunity: typed.community }) }
}
