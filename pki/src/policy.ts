/** Rules for issuing certificates: lifetimes, accepted keys, serial numbers. Pure. */
import { randomBytes } from "node:crypto"

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

export type Kind = "root" | "issuing" | "agent" | "server"

export const POLICY = {
  /** A host with a clock a little behind ours must not see the certificate as "not yet valid". */
  backdateMs: 5 * MINUTE_MS,
  lifetimeMs: {
    root: 20 * 365 * DAY_MS,
    issuing: 5 * 365 * DAY_MS,
    agent: 30 * DAY_MS,
    server: 365 * DAY_MS,
  },
  /**
   * The share of the lifetime after which a certificate is renewed: renewal may fail for ten days
   * before an agent is locked out.
   */
  renewAfter: 2 / 3,
  caBits: 3072,
  leafBits: 2048,
  /** Smaller keys are weak, larger ones only cost time in every handshake. */
  csrBits: { min: 2048, max: 4096 },
  csrChars: 16_384,
} as const

export type Validity = { readonly notBeforeMs: number; readonly notAfterMs: number }

const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000

/**
 * X.509 uses whole seconds. `endsBeforeMs`: nothing is valid longer than the certificate that signs
 * it.
 */
export const validity = (
  kind: Kind,
  nowMs: number,
  endsBeforeMs = Number.POSITIVE_INFINITY,
): Validity => ({
  notBeforeMs: wholeSecond(nowMs - POLICY.backdateMs),
  notAfterMs: wholeSecond(Math.min(nowMs + POLICY.lifetimeMs[kind], endsBeforeMs)),
})

export const renewAfterMs = ({ notBeforeMs, notAfterMs }: Validity): number =>
  wholeSecond(notBeforeMs + (notAfterMs - notBeforeMs) * POLICY.renewAfter)

export const isDue = (valid: Validity, nowMs: number): boolean => nowMs >= renewAfterMs(valid)

/**
 * 128 random bits after a first byte between 0x01 and 0x7f: positive in DER and always 17 bytes
 * long (RFC 5280 allows 20), so that the hex text of a serial is the same in every tool.
 */
export const newSerial = (random: (bytes: number) => Buffer = randomBytes): string => {
  const bytes = random(17)
  bytes[0] = 0x10 | ((bytes[0] ?? 0) & 0x6f)
  return bytes.toString("hex")
}

/** Serials in the form of this package: lower-case hex, no colons, no leading zero bytes. */
export const canonicalSerial = (text: string): string => {
  const hex = text
    .toLowerCase()
    .replaceAll(":", "")
    .replace(/^(?:00)+(?=..)/, "")
  return hex.length % 2 === 1 ? `0${hex}` : hex
}
