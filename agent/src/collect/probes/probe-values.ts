/** What a probe found: an outcome, and the times that were measured before it ended. */
import type { ProbeOutcome } from "@ispvm/wire"

export type ProbeValues = {
  readonly outcome: ProbeOutcome
  readonly totalMs: number | null
  readonly nameMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly firstByteMs: number | null
  readonly lossPct: number | null
  readonly certificateDays: number | null
  readonly hops: number | null
}
export const NO_VALUES: Omit<ProbeValues, "outcome"> = {
  totalMs: null,
  nameMs: null,
  connectMs: null,
  tlsMs: null,
  firstByteMs: null,
  lossPct: null,
  certificateDays: null,
  hops: null,
}

const OUTCOME_OF_CODE: Readonly<Record<string, ProbeOutcome>> = {
  ECONNREFUSED: "connection-refused",
  ECONNRESET: "connection-closed",
  EPIPE: "connection-closed",
  EHOSTUNREACH: "no-route",
  ENETUNREACH: "no-route",
  EADDRNOTAVAIL: "no-route",
  ETIMEDOUT: "no-answer",
  EMFILE: "not-possible",
  ENFILE: "not-possible",
  ENOBUFS: "not-possible",
  ENOMEM: "not-possible",
  EACCES: "not-possible",
  EPERM: "not-possible",
}
/** Of an error of a socket; null: it has no known code. */
export const outcomeOfError = (error: unknown): ProbeOutcome | null => {
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  return OUTCOME_OF_CODE[code] ?? null
}
