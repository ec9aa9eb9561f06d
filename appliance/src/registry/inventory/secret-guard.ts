/**
 * Applies secret-use.ts to the stored state and words the rejection. Every path that can change a
 * destination of secrets calls it.
 */
import type { FieldError } from "../../api/field-messages.ts"
import type { DeviceInput, TypedSecret } from "../../api/inventory.ts"
import type { ProblemMessage } from "../../api/problem-messages.ts"
import { createCache } from "../../platform/cache.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { Secrets } from "../secrets/secrets.ts"
import type { Changer } from "./model.ts"
import {
  checkSecretUse,
  type Place,
  type SecretField,
  type SecretUse,
  usesOf,
} from "./secret-use.ts"

/**
 * Why a stored secret may be sent to a new destination; null: none is, or the system itself decided
 * so.
 */
export type Allowed = "may-write" | "allowed-network" | "typed-again" | null
export type SecretRejection = {
  readonly code: "secret-needed" | "secret-wrong" | "may-not-use"
  readonly message: ProblemMessage
  readonly fields: readonly FieldError[]
}
export type SecretCheck =
  | { readonly ok: true; readonly reason: Allowed }
  | { readonly ok: false; readonly rejection: SecretRejection }

export type SecretQuestion = {
  /** Null: a new device. */
  readonly was: (Place & { readonly id: string }) | null
  readonly now: Place
  readonly typed: TypedSecret | null
}
export type SecretGuard = (tx: Tx, by: Changer, question: SecretQuestion) => Promise<SecretCheck>

type Deps = {
  readonly secrets: Pick<Secrets, "open" | "find" | "boundTo">
  readonly attempts: FailedAttempts
}

/** One credential: may its secrets be sent where the change would send them? */
const checkCredential = async (
  { secrets, attempts }: Deps,
  tx: Tx,
  by: Exclude<Changer, { readonly system: string }>,
  { was, now, typed }: SecretQuestion,
  credential: { readonly id: string; readonly isBound: boolean },
): Promise<SecretCheck> => {
  const { id, isBound } = credential
  const { name, allowedNetworks } = await secrets.find(tx, by.org, id)
  if (isUsed(now, id) && !isUsed(was, id) && !may(by, "credentials:use"))
    return reject("may-not-use", name, [])
  const opened = await secrets.open(tx, by.org, id)
  const uses = (place: Place | null) => usesAt(place, id, opened, isBound)
  attempts.check(by.account, id)
  const result = checkSecretUse({
    was: uses(was),
    now: uses(now),
    address: now.address,
    allowedNetworks,
    typed,
  })
  if (result.ok) return { ok: true, reason: result.reason === "no-new-use" ? null : result.reason }
  if (result.reason === "secret-wrong") attempts.count(by.account, id)
  return reject(result.reason, name, result.fields)
}

export const createSecretGuard =
  (deps: Deps): SecretGuard =>
  async (tx, by, question) => {
    const { was, now } = question
    if ("system" in by || may(by, "credentials:write"))
      return { ok: true, reason: isMoved(was, now) ? "may-write" : null }
    const bound = was === null ? [] : await deps.secrets.boundTo(tx, by.org, was.id)
    const named = [now.credentialId, now.diagnosticsCredentialId ?? null]
    const ids = [...new Set([...named.filter((id) => id !== null), ...bound])]
    let reason: Allowed = null
    for (const id of ids) {
      const checked = await checkCredential(deps, tx, by, question, {
        id,
        isBound: bound.includes(id),
      })
      if (!checked.ok) return checked
      reason = checked.reason ?? reason
    }
    return { ok: true, reason }
  }

/** Where a device with these fields sends the secrets of one credential. */
const usesAt = (
  place: Place | null,
  id: string,
  opened: Parameters<typeof usesOf>[1],
  isBound: boolean,
): readonly SecretUse[] => {
  if (place === null) return []
  const own = [
    ...(place.credentialId === id ? usesOf(place, opened) : []),
    ...(place.diagnosticsCredentialId === id ? usesOf(forDiagnostics(place, id), opened) : []),
  ]
  if (!isBound) return own
  // An account made by a script is also tried over TLS, whatever credential the device has.
  const bound = { ...place, credentialId: id, methods: overTls(place.methods) }
  return [...own, ...usesOf(bound, opened)]
}

const isUsed = (place: Place | null, id: string): boolean =>
  place?.credentialId === id || place?.diagnosticsCredentialId === id
/** Diagnostics use the API alone. */
const forDiagnostics = (place: Place, id: string): Place => ({
  ...place,
  credentialId: id,
  methods: { ...place.methods, snmp: null },
})
const overTls = (methods: DeviceInput["methods"]): DeviceInput["methods"] => ({
  ...methods,
  routerosApi: methods.routerosApi?.tls ? methods.routerosApi : null,
  snmp: null,
})
const isMoved = (was: Place | null, now: Place): boolean => {
  const at = ({ address, agentId, credentialId, methods, ...place }: Place) => {
    const { agentFallback = "none", fallbackAgentIds = [], siteId = null } = place
    const fallback = agentFallback === "none" ? [] : [agentFallback, fallbackAgentIds, siteId]
    const diagnostics = place.diagnosticsCredentialId ?? null
    return JSON.stringify([address, agentId, credentialId, methods, fallback, diagnostics])
  }
  const isSecret = now.credentialId !== null || (now.diagnosticsCredentialId ?? null) !== null
  return isSecret && (was === null || at(was) !== at(now))
}

const reject = (
  code: SecretRejection["code"],
  name: string,
  names: readonly SecretField[],
): SecretCheck => ({
  ok: false,
  rejection: {
    code,
    message: messageOf(code, name, names),
    fields: names.map((field) => fieldError(code, field)),
  },
})
const fieldError = (code: SecretRejection["code"], secret: SecretField): FieldError =>
  code === "secret-wrong"
    ? { path: `secret.${secret}`, code: "field.secret-wrong", params: {} }
    : { path: `secret.${secret}`, code: "field.secret-needed", params: { secret } }
const messageOf = (
  code: SecretRejection["code"],
  name: string,
  secrets: readonly SecretField[],
): ProblemMessage =>
  code === "may-not-use"
    ? { code: "problem.may-not-use", params: { name } }
    : {
        code: code === "secret-wrong" ? "problem.secret-wrong" : "problem.secret-needed",
        params: { name, secrets: [...secrets] },
      }
export const toHttpError = ({ code, message, fields }: SecretRejection): HttpError =>
  new HttpError(code === "secret-wrong" ? 422 : 403, code, message, { fields })

// ── guesses ──

export type FailedAttempts = {
  /** Throws if this account has typed too many wrong secrets of this credential. */
  readonly check: (account: string, credential: string) => void
  readonly count: (account: string, credential: string) => void
}
const MAX_FAILED = 5
const FORGET_MS = 15 * 60_000
const MAX_KEYS = 10_000

/**
 * The error "is not the saved one" must not help to guess the saved secret. `steady`: a monotonic
 * clock in ms.
 */
export const createFailedAttempts = (steady: () => number): FailedAttempts => {
  const failures = createCache<string, { count: number; sinceMs: number }>({
    maxEntries: MAX_KEYS,
  })
  const keyOf = (account: string, credential: string): string => `${account} ${credential}`
  return {
    check: (account, credential) => {
      const seen = failures.get(keyOf(account, credential))
      if (seen === undefined || seen.count < MAX_FAILED) return
      const leftMs = seen.sinceMs + FORGET_MS - steady()
      if (leftMs > 0) {
        const minutes = Math.ceil(leftMs / 60_000)
        throw new HttpError(429, "too-many-tries", {
          code: "problem.too-many-secrets",
          params: { minutes },
        })
      }
      failures.delete(keyOf(account, credential))
    },
    count: (account, credential) => {
      const key = keyOf(account, credential)
      const seen = failures.get(key) ?? { count: 0, sinceMs: steady() }
      failures.set(key, { count: seen.count + 1, sinceMs: steady() })
    },
  }
}
