/** Refuses a new password that is easily guessed, with the reason beside its field. Passwords that are set already are not looked at. */
import { invalid } from "../../platform/http/http-error.ts"
import { type PasswordContext, passwordFault } from "./password-rules.ts"

let common: Promise<ReadonlySet<string>> | undefined // the list is unpacked once, at the first password that is set
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
