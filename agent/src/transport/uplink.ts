/** The seam between the agent and whatever carries its messages: what can be said to the appliance, and what comes back. */
import type {
  Ack,
  Assignment,
  Batch,
  EnrolAnswer,
  Heartbeat,
  HeartbeatAnswer,
  Task,
  TaskResult,
} from "@ispvm/wire"

/**
 * `unusable`: the appliance names this very batch as one it will never take. `rename`: it has another content under this name, and
 * wants a new buffer id. `later`: all else; the batch is kept.
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

/** The door answered, but not with what was asked for. 401 and 403 mean the certificate is not (or no longer) accepted. */
export class RejectedError extends Error {
  override readonly name = "RejectedError"
  readonly status: number
  readonly code: string
  readonly retryAfterMs: number | null
  constructor(status: number, code: string, message: string, retryAfterMs: number | null) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

export type Uplink = {
  /** Never throws: whatever happens is one of the three outcomes. */
  send(batch: Batch, signal: AbortSignal): Promise<SendResult>
  heartbeat(heartbeat: Heartbeat, signal: AbortSignal): Promise<HeartbeatAnswer>
  /** Null: still the same as `revision`. */
  assignment(revision: string, signal: AbortSignal): Promise<Assignment | null>
  /** Held open by the appliance until there is a task or the wait is over. */
  tasks(signal: AbortSignal): Promise<readonly Task[]>
  result(result: TaskResult, signal: AbortSignal): Promise<void>
  renew(csrPem: string, signal: AbortSignal): Promise<EnrolAnswer>
  close(): void
}
