/** The agent's interface to the appliance, independent of the transport. */
import type {
  Ack,
  Assignment,
  Batch,
  EnrolAnswer,
  Heartbeat,
  HeartbeatAnswer,
  OwnPackage,
  PackagePiece,
  RedactionReport,
  Task,
  TaskResult,
} from "@ispvm/wire"
import type { BatchHead } from "@ispvm/wire/compact"

/**
 * `unusable`: the appliance rejects this batch permanently. `rename`: it has other content under
 * this identity and requires a new buffer id. `retry`: anything else; the batch stays in the
 * buffer.
 */
export type SendResult =
  | { readonly kind: "acked"; readonly ack: Ack }
  | { readonly kind: "unusable"; readonly code: string; readonly message: string }
  | { readonly kind: "rename"; readonly code: string; readonly message: string }
  | {
      readonly kind: "retry"
      readonly retryAfterMs: number | null
      readonly code: string
      readonly message: string
    }

/**
 * The appliance answered with an error. 401 and 403: the certificate is not (or no longer)
 * accepted.
 */
export class RejectedError extends Error {
  override readonly name = "RejectedError"
  readonly status: number
  readonly code: string
  readonly retryAfterMs: number | null
  constructor(
    status: number,
    code: string,
    message: string,
    retryAfterMs: number | null,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/** A compact batch: the sections as the buffer has them. */
export type SectionBatch = BatchHead & { readonly sections: readonly Uint8Array[] }

export type Uplink = {
  /** Never throws. */
  send(batch: Batch | SectionBatch, signal: AbortSignal): Promise<SendResult>
  /**
   * `own`: the package of this agent, if the appliance may update it. `redaction`: what is hidden.
   */
  heartbeat(
    heartbeat: Heartbeat,
    signal: AbortSignal,
    own?: OwnPackage | null,
    redaction?: RedactionReport | null,
  ): Promise<HeartbeatAnswer>
  /** A piece of a file of the release that the appliance offers. */
  packagePiece(file: string, offset: number, signal: AbortSignal): Promise<PackagePiece>
  /** Null: `revision` is current. */
  assignment(revision: string, signal: AbortSignal): Promise<Assignment | null>
  /** The appliance holds the request open until there is a task or the wait is over. */
  tasks(signal: AbortSignal): Promise<readonly Task[]>
  result(result: TaskResult, signal: AbortSignal): Promise<void>
  renew(csrPem: string, signal: AbortSignal): Promise<EnrolAnswer>
  close(): void
}
