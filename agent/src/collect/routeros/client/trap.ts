/** The router rejected a command; the connection stays open. */
import { CollectError } from "../../collector.ts"

export const TRAP_CATEGORY = {
  missing: 0,
  badValue: 1,
  interrupted: 2,
  script: 3,
  general: 4,
  api: 5,
  tty: 6,
  returned: 7,
} as const

export class TrapError extends Error {
  override readonly name = "TrapError"
  /** Null if the router gave none. */
  readonly category: number | null
  readonly command: string
  constructor(command: string, category: number | null, message: string) {
    super(`${command}: ${message || "rejected without a reason"}`)
    this.category = category
    this.command = command
  }
}

/**
 * "no such command", "no such command prefix", "no such command or directory (x)": this release or
 * board has no such menu.
 */
export const isMissingMenu = (error: unknown): boolean =>
  error instanceof TrapError && /no such command/i.test(error.message)

/** The rows of a menu, or null if this router does not have it. */
export const nullIfMissing = async <T>(answer: Promise<T>): Promise<T | null> => {
  try {
    return await answer
  } catch (error) {
    if (isMissingMenu(error)) return null
    throw error
  }
}

const isForbidden = (message: string): boolean =>
  /not enough permissions|not allowed|permission denied/i.test(message)

/** The account lacks a policy for this menu. */
export const isForbiddenMenu = (error: unknown): boolean =>
  error instanceof TrapError && isForbidden(error.message)

/** A rejection while reading, as a reason of the wire. */
export const readFailure = (error: unknown): unknown => {
  if (!(error instanceof TrapError)) return error
  return isForbidden(error.message)
    ? new CollectError("not-permitted", `the account may not read: ${error.message}`, error)
    : new CollectError("failed", `the router rejected the command: ${error.message}`, error)
}

/**
 * A rejection of the login: the account may lack the policy `api`; otherwise name or password is
 * wrong.
 */
export const loginFailure = (error: unknown): unknown => {
  if (!(error instanceof TrapError)) return error
  return isForbidden(error.message)
    ? new CollectError(
        "not-permitted",
        `the account may not use the API (policy "api"): ${error.message}`,
        error,
      )
    : new CollectError(
        "wrong-credentials",
        `the router rejected the login: ${error.message}`,
        error,
      )
}
