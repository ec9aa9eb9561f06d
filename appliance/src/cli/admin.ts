/** `ispvm admin reset`: lets an administrator in again who has lost the password. */
import { isConnectionLost } from "../platform/postgres/db.ts"
import { type AdminReset, resetAdmin } from "../registry/auth/auth.ts"
import { EXIT, fail, needsRoot, print, reasonOf } from "./exit.ts"
import { type Installed, openInstalledDatabase, readInstalled } from "./installed.ts"

const USAGE = "usage: ispvm admin reset [EMAIL]"
/** The audit's name for who did it. */
const BY = "console of this machine"

const SENTENCES: Readonly<Record<Extract<AdminReset, { ok: false }>["reason"], string>> = {
  "not-set-up": "the appliance is not set up yet: use the setup code of `ispvm status`",
  "unknown-admin": "there is no administrator with this e-mail address",
  "several-admins": "name one of the administrators",
}

export const resetInstalledAdmin = async (
  installed: Installed,
  email: string | null,
): Promise<AdminReset> => {
  const dbs = openInstalledDatabase(installed)
  try {
    return await resetAdmin(dbs.ui, email, BY)
  } finally {
    await dbs.close()
  }
}

const reset = async (email: string | null): Promise<number> => {
  let done: AdminReset
  try {
    done = await resetInstalledAdmin(readInstalled(), email)
  } catch (error) {
    return fail(
      isConnectionLost(error)
        ? "the database does not answer: systemctl status ispvm-database"
        : reasonOf(error),
    )
  }
  if (!done.ok) {
    const choice = done.admins.length === 0 ? "" : `: ${done.admins.join(", ")}`
    return fail(`${SENTENCES[done.reason]}${choice}`)
  }
  print(
    `account:      ${done.email}`,
    `new password: ${done.password}`,
    "All sessions of the account have ended. Log in and change the password (Settings).",
  )
  return EXIT.fine
}

export const admin = async ([command, email, ...rest]: readonly string[]): Promise<number> => {
  if (command !== "reset" || rest.length > 0) return fail(USAGE, EXIT.usage)
  return needsRoot() ?? (await reset(email ?? null))
}
