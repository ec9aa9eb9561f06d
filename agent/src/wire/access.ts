/** How a device is reached: a part of the contract, told through wire.ts. */
import { z } from "zod"

export const Port = z.int().min(1).max(65_535)
export const SnmpV2cAccess = z.strictObject({ port: Port, community: z.string().min(1).max(255) })
/** Authentication by SHA1 and privacy by AES-128, the best that every RouterOS has. */
export const SnmpV3Access = z.strictObject({
  port: Port,
  v3: z.strictObject({
    user: z.string().min(1).max(255),
    authPassword: z.string().min(8).max(255),
    privPassword: z.string().min(8).max(255),
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
       * SHA-256 of the router's certificate in DER, hex in lower case without colons. Null: not confirmed by anybody yet; over TLS
       * no password is then sent, and a test tells the fingerprint to compare.
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
