/**
 * Checked before a device is stored, on every path: may it have this address, and may its secrets
 * be sent there?
 */

import type { Message } from "../../api/messages.ts"
import { type HttpError, invalid } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { Secrets } from "../secrets/secrets.ts"
import { destinationFault, type OwnMachine } from "./destination.ts"
import type { Changer } from "./model.ts"
import {
  type Allowed,
  createSecretGuard,
  type FailedAttempts,
  type SecretQuestion,
  toHttpError,
} from "./secret-guard.ts"
import { networksOfAgent } from "./store.ts"

export type DestinationCheck =
  /** `detail` is part of the audit row. */
  | { readonly ok: true; readonly detail: { readonly secretUse?: Allowed } }
  | {
      readonly ok: false
      readonly column: "address" | "credential"
      readonly said: Message
      readonly error: HttpError
    }
export type DestinationGuard = (
  tx: Tx,
  by: Changer,
  question: SecretQuestion,
) => Promise<DestinationCheck>

type Deps = {
  readonly machine: OwnMachine
  readonly secrets: Pick<Secrets, "open" | "find" | "boundTo">
  readonly attempts: FailedAttempts
}
export const createDestinationGuard = ({ machine, secrets, attempts }: Deps): DestinationGuard => {
  const checkSecret = createSecretGuard({ secrets, attempts })
  return async (tx, by, question) => {
    const { was, now } = question
    const allowedNetworks =
      now.agentId === null ? [] : await networksOfAgent(tx, by.org, now.agentId)
    const mayProbe = "system" in by || may(by, "agents:write")
    const fault = destinationFault(machine, { was, now, allowedNetworks, mayProbe })
    if (fault !== null)
      return { ok: false, column: "address", said: fault, error: invalid([fault]) }
    const secretCheck = await checkSecret(tx, by, question)
    if (secretCheck.ok)
      return {
        ok: true,
        detail: secretCheck.reason === null ? {} : { secretUse: secretCheck.reason },
      }
    return {
      ok: false,
      column: "credential",
      said: secretCheck.rejection.message,
      error: toHttpError(secretCheck.rejection),
    }
  }
}

export const allowedOrThrow = (check: DestinationCheck): { readonly secretUse?: Allowed } => {
  if (check.ok) return check.detail
  throw check.error
}
