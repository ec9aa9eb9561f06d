/** Both logins of the API: plain from 6.43 on, MD5 challenge before. */
import { createHash } from "node:crypto"
import { CollectError } from "../../collector.ts"
import type { CommandOptions, Connection } from "./connection.ts"
import { loginFailure } from "./trap.ts"

export type Credentials = { readonly username: string; readonly password: string }

/** `00` + md5(0x00 + password + challenge), in hex. */
export const challengeResponse = (password: string, challengeHex: string): string => {
  const md5 = createHash("md5")
    .update(Buffer.alloc(1))
    .update(password, "utf8")
    .update(Buffer.from(challengeHex, "hex"))
  return `00${md5.digest("hex")}`
}

/**
 * The new form is sent first. A router older than 6.43 ignores it and answers with a challenge,
 * which is then answered. So an old router without TLS receives the password in plain text as well;
 * its release is not known beforehand.
 */
export const login = async (
  connection: Connection,
  { username, password }: Credentials,
  options: CommandOptions,
): Promise<void> => {
  const plain = { ...options, isTagged: false }
  try {
    const { ret } = await connection.run(
      ["/login", `=name=${username}`, `=password=${password}`],
      plain,
    )
    if (ret === null) return
    if (!/^[0-9a-f]{32}$/i.test(ret))
      throw new CollectError("not-routeros", "the answer to the login is not a challenge")
    await connection.run(
      ["/login", `=name=${username}`, `=response=${challengeResponse(password, ret)}`],
      plain,
    )
  } catch (error) {
    throw loginFailure(error)
  }
}
