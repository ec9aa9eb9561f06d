/** How a device is reached: a part of the contract, told through wire.ts. */
import { z } from "zod"

export const Port = z.int().min(1).max(65_535)
/**
 * SNMP with a community. Without a `version` v2c is tried first and v1 where nothing answers it:
 * many radios and UPSs speak nothing else.
 */
export const SnmpV2cAccess = z.strictObject({
  port: Port,
  community: z.string().min(1).max(255),
  version: z.enum(["v1", "v2c"]).optional(),
})
export const SNMP_AUTH_PROTOCOLS = ["MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"] as const
/** AES-192 and AES-256 lengthen the key as net-snmp does; with a C behind it, as Cisco does. */
export const SNMP_PRIV_PROTOCOLS = [
  "DES",
  "AES128",
  "AES192",
  "AES256",
  "AES192C",
  "AES256C",
] as const
export const SnmpAuthProtocol = z.enum(SNMP_AUTH_PROTOCOLS)
export type SnmpAuthProtocol = z.infer<typeof SnmpAuthProtocol>
export const SnmpPrivProtocol = z.enum(SNMP_PRIV_PROTOCOLS)
export type SnmpPrivProtocol = z.infer<typeof SnmpPrivProtocol>
const V3Password = z.string().min(8).max(255).nullable().default(null)
/**
 * The security level is what is there: both passwords are authPriv, the first alone is authNoPriv,
 * none is noAuthNoPriv. Without a protocol it is SHA1 or AES-128, which every RouterOS has and
 * agents before this choice speak.
 */
export const SnmpV3Access = z.strictObject({
  port: Port,
  v3: z
    .strictObject({
      user: z.string().min(1).max(255),
      authPassword: V3Password,
      privPassword: V3Password,
      authProtocol: SnmpAuthProtocol.optional(),
      privProtocol: SnmpPrivProtocol.optional(),
    })
    .refine(({ authPassword, privPassword }) => privPassword === null || authPassword !== null, {
      message: "privacy needs authentication",
      path: ["authPassword"],
    }),
})
/** How a device is reached. A method that is null is not used. */
export const Access = z.strictObject({
  address: z.string().min(1).max(255),
  routerosApi: z
    .strictObject({
      port: Port,
      tls: z.boolean(),
      /**
       * SHA-256 of the router's certificate in DER, hex in lower case without colons. Null: not
       * confirmed by anybody yet; over TLS no password is then sent, and a test tells the
       * fingerprint to compare.
       */
      fingerprint: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
      username: z.string().min(1).max(255),
      password: z.string().max(1_024),
    })
    .nullable(),
  snmp: z.union([SnmpV2cAccess, SnmpV3Access]).nullable(),
  icmp: z.boolean(),
  /** Where a TCP probe knocks; null: the API's port, or none. */
  tcpPort: Port.nullable(),
})
export type Access = z.infer<typeof Access>
