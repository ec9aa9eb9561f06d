/** A new password for an administrator who has lost theirs: for the console of the machine alone. */
import { randomInt } from "node:crypto"
import type { Account } from "../../api/session.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { write } from "../audit/audit.ts"
import { listOrgs } from "../orgs/orgs.ts"
import { hashPassword } from "./password.ts"
import {
  deleteSessionsOf,
  lockAccounts,
  readAccount,
  readAccounts,
  updateAccount,
  updatePassword,
} from "./store.ts"

export type AdminReset =
  | { readonly ok: true; readonly email: string; readonly password: string }
  | {
      readonly ok: false
      readonly reason: "not-set-up" | "unknown-admin" | "several-admins"
      /** Addresses to choose from. */
      readonly admins: readonly string[]
    }

const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
const LETTERS = 20

/** 99 bits, in letters and digits that are not mistaken for one another on a console. */
const newPassword = (): string => {
  const letters = Array.from({ length: LETTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join(
    "",
  )
  return (letters.match(/.{5}/g) ?? []).join("-")
}

const chooseAdmin = (
  accounts: readonly Account[],
  email: string | null,
): Account | "unknown-admin" | "several-admins" => {
  const admins = accounts.filter(({ role }) => role === "admin")
  if (email !== null) {
    return admins.find((each) => each.email === email.trim().toLowerCase()) ?? "unknown-admin"
  }
  const active = admins.filter(({ disabled }) => !disabled)
  const [only] = active
  return active.length === 1 && only !== undefined ? only : "several-admins"
}

/**
 * The account is enabled, its sessions end. `email` null: the only administrator that is active.
 * `by`: the audit's name for who did it.
 */
export const resetAdmin = async (db: Db, email: string | null, by: string): Promise<AdminReset> => {
  const [org] = await listOrgs(db.sql)
  if (org === undefined) return { ok: false, reason: "not-set-up", admins: [] }
  const password = newPassword()
  const passwordHash = await hashPassword(password)
  return await db.asOrg(org.id, async (tx): Promise<AdminReset> => {
    await lockAccounts(tx, org.id)
    const accounts = await readAccounts(tx, org.id)
    const chosen = chooseAdmin(accounts, email)
    if (typeof chosen === "string")
      return {
        ok: false,
        reason: chosen,
        admins: accounts.filter(({ role }) => role === "admin").map((each) => each.email),
      }
    const was = await readAccount(tx, org.id, chosen.id)
    await updateAccount(tx, org.id, { ...chosen, disabled: false })
    await updatePassword(tx, org.id, chosen.id, passwordHash)
    await deleteSessionsOf(tx, chosen.id, null)
    await write(tx, { system: by }, "account.changed", "account", chosen.id, {
      password: "changed",
      ...(was?.disabled === true ? { disabled: { before: true, after: false } } : {}),
    })
    return { ok: true, email: chosen.email, password }
  })
}
