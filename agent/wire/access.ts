/** How a device is reached. */
import { z } from "zod"

export const Port = z.int().min(1).max(65_535)
/**
 * SNMP with a community. Without `version`, the agent tries v2c, then v1: many radios and UPSs
 * speak only v1.
 */
export const SnmpV2cAccess = z.strictObject({
  port: Port,
  community: z.string().min(1).max(255),
  version: z.enum(["v1", "v2c"]).optional(),
})
export const SNMP_AUTH_PROTOCOLS = ["MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"] as const
/** AES-192 and AES-256 extend the key as net-snmp does; with a final C, as Cisco does. */
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
 * The passwords present determine the security level: both are authPriv, only the first is
 * authNoPriv, none is noAuthNoPriv. An omitted protocol is SHA1 or AES-128, which every RouterOS
 * and every older agent supports.
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
       * SHA-256 of the router's certificate in DER: lower-case hex without colons. Null: not yet
       * confirmed; the agent then sends no password over TLS, and an access test reports the
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
  /** Port of the TCP probe. Null: the port of the API, or no TCP probe. */
  tcpPort: Port.nullable(),
})
export type Access = z.infer<typeof Access>
