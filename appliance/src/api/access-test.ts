/** The test of an access before it is saved. */
import { z } from "zod"
import { Address, MethodsInput, SnmpV3, SnmpVersion } from "./inventory.ts"
import { RemedyMessage } from "./notice-messages.ts"

/**
 * `POST /api/v1/devices/test`: tests an access before it is saved. With a saved credential, its
 * secrets replace omitted ones.
 */
export const TestRequest = z.strictObject({
  agentId: z.uuid(),
  address: Address,
  methods: MethodsInput,
  credentialId: z.uuid().nullable().default(null),
  credential: z
    .strictObject({
      username: z.string().max(255).nullable().default(null),
      password: z.string().max(1_024).nullable().default(null),
      snmpCommunity: z.string().max(255).nullable().default(null),
      snmpVersion: SnmpVersion.optional(),
      snmpV3: SnmpV3.nullable().default(null),
    })
    .nullable()
    .default(null),
})
export type TestRequest = z.infer<typeof TestRequest>
/** `remedy`: what to do about a failed step; null if it worked. */
export const TestAnswer = z.object({
  ok: z.boolean(),
  steps: z.array(
    z.object({
      step: z.string(),
      reason: z.string(),
      message: z.string(),
      remedy: RemedyMessage.nullable(),
      tookMs: z.number(),
    }),
  ),
  fingerprint: z.string().nullable(),
  facts: z
    .object({
      identity: z.string().nullable(),
      board: z.string().nullable(),
      version: z.string().nullable(),
      uptimeS: z.number().nullable(),
    })
    .nullable(),
})
export type TestAnswer = z.infer<typeof TestAnswer>
