/** `ispvm password-hash`: a password as a seed holds it. Read from the terminal or a pipe. */
import { Password } from "../api/session.ts"
import { hashPassword } from "../registry/auth/auth.ts"
import { EXIT, fail, print } from "./exit.ts"
import { ask } from "./prompt.ts"

export const passwordHash = async (): Promise<number> => {
  const password = await ask("Password: ", true)
  if (!Password.safeParse(password).success)
    return fail("a password has 12 to 256 characters", EXIT.usage)
  if (process.stdin.isTTY === true && (await ask("Once more: ", true)) !== password)
    return fail("the two passwords differ", EXIT.usage)
  print(await hashPassword(password))
  return EXIT.fine
}
