/** One question before a device is stored: may it be at this place, and may its secrets go there? Every path of writing asks it. */
import type { Tx } from "../../platform/db.ts"
import { type AppError, invalid } from "../../platform/errors.ts"
import { may } from "../../platform/permissions.ts"
import type { Secrets } from "../secrets/secrets.ts"
import { destinationFault, type OwnMachine } from "./destination.ts"
import type { Changer } from "./inventory.ts"
import { type Allowed, createSecretGuard, type Question, refusalOf, type WrongTries } from "./secret-guard.ts"
import { networksOfAgent } from "./store.ts"

export type PlaceVerdict =
  /** `detail` goes into the audit row. */
  | { readonly ok: true; readonly detail: { readonly secretUse?: Allowed } }
  | { readonly ok: false; readonly column: "address" | "credential"; readonly message: string; readonly error: AppError }
export type PlaceGuard = (tx: Tx, by: Changer, question: Question) => Promise<PlaceVerdict>

type Deps = {
  readonly machine: OwnMachine
  readonly secrets: Pick<Secrets, "open" | "find" | "boundTo">
  readonly tries: WrongTries
}
export const createPlaceGuard = ({ machine, secrets, tries }: Deps): PlaceGuard => {
  const mayUse = createSecretGuard({ secrets, tries })
  return async (tx, by, question) => {
    const { was, now } = question
    const allowedNetworks = now.agentId === null ? [] : await networksOfAgent(tx, by.org, now.agentId)
    const mayProbe = "system" in by || may(by.role, "agents:write")
    const fault = destinationFault(machine, { was, now, allowedNetworks, mayProbe })
    if (fault !== null) return { ok: false, column: "address", message: fault.message, error: invalid([fault]) }
    const asked = await mayUse(tx, by, question)
    if (asked.ok) return { ok: true, detail: asked.reason === null ? {} : { secretUse: asked.reason } }
    return { ok: false, column: "credential", message: asked.refused.message, error: refusalOf(asked.refused) }
  }
}

export const allowedOrThrow = (verdict: PlaceVerdict): { readonly secretUse?: Allowed } => {
  if (verdict.ok) return verdict.detail
  throw verdict.error
}
