/** The target of SNMP requests: address, version and credentials. */
import type { Access } from "@ispvm/wire"
import type { V3User } from "./v3-message.ts"

export type SnmpTarget = NonNullable<Access["snmp"]> & { readonly ip: string }

const NOBODY: V3User = { user: "", auth: null, priv: null }

export const accountOf = (target: SnmpTarget): V3User => {
  if (!("v3" in target)) return NOBODY
  const {
    user,
    authPassword,
    privPassword,
    authProtocol = "SHA1",
    privProtocol = "AES128",
  } = target.v3
  return {
    user,
    auth: authPassword === null ? null : { protocol: authProtocol, password: authPassword },
    priv: privPassword === null ? null : { protocol: privProtocol, password: privPassword },
  }
}

/** For messages: `v3 as monitor (authPriv, SHA1, AES128)`. No secret. */
export const describeTarget = (target: SnmpTarget): string => {
  if (!("v3" in target)) return target.version ?? "v2c and v1"
  const { user, auth, priv } = accountOf(target)
  const level = auth === null ? "noAuthNoPriv" : priv === null ? "authNoPriv" : "authPriv"
  return `v3 as ${user} (${[level, auth?.protocol, priv?.protocol].filter((each) => each !== undefined).join(", ")})`
}
