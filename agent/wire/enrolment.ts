/** Enrolment, renewal of certificates, and the appliance's signed time. */
import { z } from "zod"
import { AgentId, EpochMs, Name, Protocol, textUpTo } from "./values.ts"

/**
 * The token as an operator copies it: `ispvm1.<secret>.<fingerprint>`. The secret is 32 bytes, the
 * fingerprint the SHA-256 of the root certificate in DER, both base64url. The agent compares the
 * certificate of `/ca` with the fingerprint and trusts no other root.
 */
export const EnrolToken = z
  .string()
  .regex(/^ispvm1\.[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/, "expected ispvm1.<secret>.<fingerprint>")
export const EnrolRequest = z.strictObject({
  protocol: Protocol,
  secret: z.string().min(43).max(43),
  csrPem: z.string().min(1).max(16_384),
  hostname: textUpTo(255),
  version: textUpTo(64),
})
export type EnrolRequest = z.infer<typeof EnrolRequest>
/** 32 random bytes, base64url. An answer that contains it is newer than the request. */
export const Nonce = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
/**
 * Answer of `GET /time/v1?nonce=NONCE`: the appliance's clock. The issuing authority signs
 * `timeStatement` (RSA, SHA-256, base64url). An agent whose own clock is wrong uses it to check the
 * dates of a certificate.
 */
export const TimeAnswer = z.strictObject({
  protocol: Protocol,
  nonce: Nonce,
  atMs: EpochMs,
  issuingPem: z.string().max(16_384),
  signature: z.string().max(2_048),
})
export type TimeAnswer = z.infer<typeof TimeAnswer>
/** The signed text. Its first line separates it from everything else this key signs. */
export const timeStatement = (nonce: string, atMs: number): string =>
  `ispvm-statement-v1\ntime ${nonce} ${atMs}`

/** `certificatePem` is the agent's, `chainPem` the issuing CA's, `rootPem` the root's. */
export const EnrolAnswer = z.strictObject({
  protocol: Protocol,
  agent: AgentId,
  name: Name,
  certificatePem: z.string(),
  chainPem: z.string(),
  rootPem: z.string(),
  renewAfterMs: EpochMs,
})
export type EnrolAnswer = z.infer<typeof EnrolAnswer>
export const RenewRequest = z.strictObject({
  protocol: Protocol,
  csrPem: z.string().min(1).max(16_384),
})
export type RenewRequest = z.infer<typeof RenewRequest>
