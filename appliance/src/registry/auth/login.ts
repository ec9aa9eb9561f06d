/** Logs an account in. */
import type { LoginRequest } from "../../api/session.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { write } from "../audit/audit.ts"
import type { Guesses } from "./guesses.ts"
import type { LoggedIn, Visitor } from "./model.ts"
import { hashToken, newToken, sessionOf, withoutIdle } from "./session.ts"
import { findLogin, findSession, insertSession, noteSource } from "./store.ts"

type Deps = { readonly db: Db; readonly guesses: Guesses }

export const createLogin =
  ({ db, guesses }: Deps) =>
  async ({ email, password }: LoginRequest, visitor: Visitor): Promise<LoggedIn> => {
    const found = await findLogin(db.sql, email)
    const path = await guesses.pathOf(found, email, visitor)
    // An unknown account takes as long as a wrong password: the answers must be indistinguishable.
    const right = await guesses.guess(
      path,
      password,
      found?.passwordHash ?? (await guesses.spare()),
    )
    if (!right || found === null || found.disabled) {
      if (found !== null) {
        await db.asOrg(found.org, (tx) =>
          write(tx, { system: email }, "session.refused", "account", found.account, {
            address: visitor.address,
            reason: right ? "disabled" : "wrong-password",
          }),
        )
      }
      throw new HttpError(401, "wrong-login", { code: "problem.wrong-login", params: {} })
    }
    const token = newToken()
    await db.asOrg(found.org, async (tx) => {
      await insertSession(tx, sessionOf(token, found.account, visitor))
      await noteSource(tx, found.account, sourceOf(visitor.address))
    })
    const holder = await findSession(db.sql, hashToken(token))
    if (holder === null)
      throw new HttpError(401, "wrong-login", { code: "problem.wrong-login", params: {} })
    const actor = { ...withoutIdle(holder), address: visitor.address }
    await db.asOrg(actor.org, (tx) => write(tx, actor, "session.opened", "account", actor.account))
    return {
      token,
      actor,
      browser: (await guesses.browsers()).issue(found.account, found.passwordHash),
    }
  }
