/**
 * A request without the required permission is recorded; a thousand of them are recorded as a few.
 */
import { createCache } from "../../platform/cache.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Db } from "../../platform/postgres/db.ts"
import type { Denials } from "./model.ts"
import { write } from "./write.ts"

/** One row for the same account and route in this time. */
const WINDOW_MS = 10 * 60_000
/** Rows of one account in that time, whatever it requests. */
export const MAX_ROWS = 20
const MAX_ACCOUNTS = 1_000

type Seen = { sinceMs: number; rows: number; suppressed: number; readonly routes: Set<string> }
type Deps = { readonly db: Db; readonly clock: Clock; readonly onError: (error: unknown) => void }

/** Written asynchronously: the 403 answer does not wait for its row. */
export const createDenials = ({ db, clock, onError }: Deps): Denials => {
  const accounts = createCache<string, Seen>({ maxEntries: MAX_ACCOUNTS })
  return (actor, { method, path, permission, code }) => {
    const nowMs = clock.now()
    const known = accounts.get(actor.account)
    const isOver = known === undefined || Math.abs(nowMs - known.sinceMs) > WINDOW_MS
    const seen = isOver
      ? { sinceMs: nowMs, rows: 0, suppressed: known?.suppressed ?? 0, routes: new Set<string>() }
      : known
    accounts.set(actor.account, seen)
    const key = `${method} ${path} ${code}`
    if (seen.routes.has(key) || seen.rows >= MAX_ROWS) {
      seen.suppressed += 1
      return
    }
    const { suppressed } = seen
    seen.routes.add(key)
    seen.rows += 1
    seen.suppressed = 0
    const detail = {
      permission,
      role: actor.role,
      reason: code,
      ...(suppressed === 0 ? {} : { suppressed }),
    }
    db.asOrg(actor.org, (tx) =>
      write(tx, actor, "permission.denied", "route", `${method} ${path}`, detail),
    ).catch(onError)
  }
}
