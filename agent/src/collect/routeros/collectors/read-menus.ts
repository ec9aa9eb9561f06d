/**
 * Prints the requested menus, on a separate connection. Only `print` is sent: nothing here can
 * change a router.
 */
import { type Access, LIMITS, type MenuRead, type ReadResult, storable } from "@ispvm/wire"
import { CollectError } from "../../collector.ts"
import type { Connection } from "../client/connection.ts"
import { type Dial, systemDial } from "../client/dial.ts"
import { openConnection } from "../client/open.ts"
import type { Row } from "../client/reply.ts"
import { isMissingMenu, readFailure } from "../client/trap.ts"

const STEP_MS = 8_000
/**
 * The limit of the answer's schema. Of a longer table (such as an operator's block list), rows of
 * the companion script come first.
 */
const MAX_ROWS = 2_000
const TAG = /^ispvm\b/
/** Limits of one received menu, and of all menus as sent: the appliance accepts no more. */
const MENU_BYTES = 32 * 1024 * 1024
const ANSWER_BYTES = 1_800_000

type Read = Pick<ReadResult, "menus" | "trouble">
type Menu = ReadResult["menus"][number]

/** The requested properties only, whatever else the router sends. */
const pickProperties = (row: Row, properties: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    properties.flatMap((name) => {
      const value = row.get(name)
      return value === undefined ? [] : [[name, storable(value, LIMITS.valueChars)]]
    }),
  )
const isTagged = (row: Row): boolean =>
  TAG.test(row.get("comment") ?? "") || TAG.test(row.get("name") ?? "")
const limitRows = (rows: readonly Row[]): readonly Row[] =>
  rows.length <= MAX_ROWS
    ? rows
    : [...rows.filter(isTagged), ...rows.filter((row) => !isTagged(row))].slice(0, MAX_ROWS)

const readMenu = async (
  connection: Connection,
  { menu, properties }: MenuRead,
  signal: AbortSignal,
): Promise<Menu> => {
  try {
    const options = { deadlineMs: STEP_MS, signal, proplist: [...properties], maxBytes: MENU_BYTES }
    const rows = await connection.print(menu, options)
    return {
      menu,
      rows: limitRows(rows).map((row) => pickProperties(row, properties)),
      reason: "ok",
    }
  } catch (error) {
    if (isMissingMenu(error)) return { menu, rows: null, reason: "missing" }
    const failure = readFailure(error)
    // The connection is lost or the time is over: the remaining menus would fail in the same way.
    if (failure === error) throw error
    const isForbidden = failure instanceof CollectError && failure.reason === "not-permitted"
    return { menu, rows: null, reason: isForbidden ? "not-permitted" : "failed" }
  }
}

/** Never throws: `trouble` says why not everything could be read. */
export const readMenus = async (
  access: Access,
  menus: readonly MenuRead[],
  signal: AbortSignal,
  dial: Dial = systemDial,
): Promise<Read> => {
  const found: Menu[] = []
  let connection: Connection | null = null
  try {
    if (access.routerosApi === null)
      throw new CollectError("failed", "this device has no RouterOS API access")
    connection = await openConnection(access.address, access.routerosApi, {
      dial,
      deadlineMs: STEP_MS,
      signal,
    })
    let left = ANSWER_BYTES
    for (const menu of menus) {
      const read = await readMenu(connection, menu, signal)
      const bytes = Buffer.byteLength(JSON.stringify(read.rows))
      found.push(bytes <= left ? read : { ...read, rows: null, reason: "failed" })
      if (bytes <= left) left -= bytes
    }
    return { menus: found, trouble: null }
  } catch (error) {
    const reason = error instanceof CollectError ? error.reason : "failed"
    const message = storable(error instanceof Error ? error.message : String(error), 1_000)
    return { menus: found, trouble: { reason, message } }
  } finally {
    await connection?.close()
  }
}
