/**
 * Rejects a new password that is easily guessed, with the reason at its field. Existing passwords
 * are not checked.
 */
import { invalid } from "../../platform/http/http-error.ts"
import { type PasswordContext, passwordFault } from "./password-rules.ts"

// The list is decompressed once, for the first new password.
let common: Promise<ReadonlySet<string>> | undefined
const readCommon = async (): Promise<ReadonlySet<string>> => {
  const { dictionary } = await import("@zxcvbn-ts/language-common")
  return new Set(dictionary["passwords-common"])
}

export const requireGoodPassword = async (
  password: string,
  context: PasswordContext,
): Promise<void> => {
  common ??= readCommon()
  const reason = passwordFault(password, context, await common)
  if (reason !== null)
    throw invalid([{ path: "password", code: "field.weak-password", params: { reason } }])
}
