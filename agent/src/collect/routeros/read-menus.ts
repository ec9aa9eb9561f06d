/** Prints menus that somebody asked for by name, on a connection of its own. Strictly prints: nothing here can change a router. */
import { type Access, LIMITS, type MenuRead, type ReadResult, storable } from "../../wire/wire.ts"
import { CollectError } from "../collector.ts"
import type { Connection } from "./connection.ts"
import { type Dial, systemDial } from "./dial.ts"
import { openConnection } from "./open.ts"
import type { Row } from "./reply.ts"
import { isMissingMenu, readFailure } from "./trap.ts"

const STEP_MS = 8_000
/** What the answer's schema allows; a table that is longer is none that a script of ours has made. */
const MOST_ROWS = 2_000

type Read = Pick<ReadResult, "menus" | "trouble">
type Menu = ReadResult["menus"][number]

const told = (row: Row): Record<string, string> =>
  Object.fromEntries([...row].map(([name, value]) => [storable(name, 64), storable(value, LIMITS.valueChars)]))

const readMenu = async (connection: Connection, { menu, properties }: MenuRead, signal: AbortSignal): Promise<Menu> => {
  try {
    const rows = await connection.print(menu, { deadlineMs: STEP_MS, signal, proplist: [...properties] })
    return { menu, rows: rows.slice(0, MOST_ROWS).map(told), reason: "ok" }
  } catch (error) {
    if (isMissingMenu(error)) return { menu, rows: null, reason: "missing" }
    const failure = readFailure(error)
    // The connection is gone or the time is up: the menus after it would tell nothing else.
    if (failure === error) throw error
    const isForbidden = failure instanceof CollectError && failure.reason === "not-permitted"
    return { menu, rows: null, reason: isForbidden ? "not-permitted" : "failed" }
  }
}

/** Never throws: why nothing, or not all, could be read is its `trouble`. */
export const readMenus = async (
  access: Access,
  menus: readonly MenuRead[],
  signal: AbortSignal,
  dial: Dial = systemDial,
): Promise<Read> => {
  const found: Menu[] = []
  let connection: Connection | null = null
  try {
    if (access.routerosApi === null) throw new CollectError("failed", "this device has no RouterOS API access")
    connection = await openConnection(access.address, access.routerosApi, { dial, deadlineMs: STEP_MS, signal })
    for (const menu of menus) found.push(await readMenu(connection, menu, signal))
    return { menus: found, trouble: null }
  } catch (error) {
    const reason = error instanceof CollectError ? error.reason : "failed"
    const message = storable(error instanceof Error ? error.message : String(error), 1_000)
    return { menus: found, trouble: { reason, message } }
  } finally {
    await connection?.close()
  }
}
