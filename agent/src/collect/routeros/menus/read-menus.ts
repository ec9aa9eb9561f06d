/**
 * Reads the menus of a collector, one after another on the router's session. A menu that this
 * release does not have is not requested again until the release changes, one that the account may
 * not read not for an hour; neither is a failure.
 */
import type { CommandOptions, Connection } from "../client/connection.ts"
import type { Row } from "../client/reply.ts"
import type { RouterFeatures } from "../client/sessions.ts"
import { isForbiddenMenu, isMissingMenu, TrapError } from "../client/trap.ts"
import { parseFlag } from "../client/values.ts"
import {
  type FamilyPart,
  familyParts,
  type Menu,
  type MenuCollector,
  type Moment,
  propertiesOf,
  type TablePart,
  tableRows,
} from "./menu.ts"

const FORBIDDEN_FOR_MS = 3_600_000
/** Items per `monitor` command; a switch has about fifty ports. */
const MONITORED = 128

export type MenuReader = {
  readonly connection: Connection
  readonly known: RouterFeatures
  readonly options: CommandOptions
  readonly now: () => number
}
/** Null: the menu exists, and could not be read this time. */
type Answer = readonly Row[] | null

/** `query` answers null if the router does not have the menu or does not show it. */
export const permitted = async <T>(
  { known, now }: MenuReader,
  path: string,
  query: () => Promise<T>,
): Promise<T | "absent" | "failed"> => {
  const forbiddenUntilMs = known.forbiddenMenus.get(path) ?? 0
  if (known.missingMenus.has(path) || forbiddenUntilMs > now()) return "absent"
  try {
    return await query()
  } catch (error) {
    if (!(error instanceof TrapError)) throw error
    if (isMissingMenu(error)) known.missingMenus.add(path)
    else if (isForbiddenMenu(error)) known.forbiddenMenus.set(path, now() + FORBIDDEN_FOR_MS)
    else return "failed"
    return "absent"
  }
}

/** Adds what `monitor … once` shows of each item to its row. */
const monitored = async (
  reader: MenuReader,
  { monitor }: Menu,
  rows: readonly Row[],
): Promise<readonly Row[]> => {
  if (monitor === undefined) return rows
  const names = rows
    .filter((row) => !parseFlag(row.get("disabled")))
    .map((row) => row.get(monitor.by) ?? "")
    .filter((name) => name !== "" && !name.includes(","))
    .slice(0, MONITORED)
  if (names.length === 0) return rows
  const words = [
    monitor.path,
    `=numbers=${names.join(",")}`,
    "=once=",
    `=.proplist=${[monitor.by, ...monitor.also].join(",")}`,
  ]
  const found = await permitted(
    reader,
    monitor.path,
    async () => (await reader.connection.run(words, reader.options)).rows,
  )
  const answered = typeof found === "string" ? await ofOlder(reader, monitor, names) : found
  const only = names.length === 1 ? names[0] : undefined
  const byName = Map.groupBy(
    answered,
    (row, index) => row.get(monitor.by) ?? only ?? names[index] ?? "",
  )
  return rows.flatMap((row) => {
    const shown = byName.get(row.get(monitor.by) ?? "") ?? [new Map()]
    return shown
      .slice(monitor.isPerStation === true ? 0 : -1)
      .map((one) => new Map([...row, ...one]))
  })
}

/** Of release 6: one item at a time, and without its name in the answer. */
const ofOlder = async (
  reader: MenuReader,
  { older, by, also }: NonNullable<Menu["monitor"]>,
  names: readonly string[],
): Promise<readonly Row[]> => {
  const rows: Row[] = []
  for (const name of older === undefined ? [] : names) {
    const path = older ?? ""
    const words = [path, `=number=${name}`, "=once=", `=.proplist=${also.join(",")}`]
    const found = await permitted(
      reader,
      path,
      async () => (await reader.connection.run(words, reader.options)).rows,
    )
    if (typeof found === "string") return rows
    rows.push(...found.slice(0, 1).map((row) => new Map([...row, [by, name]])))
  }
  return rows
}

export const countMenu = async (
  reader: MenuReader,
  path: string,
): Promise<number | "absent" | "failed"> => {
  const answer = await permitted(reader, path, () =>
    reader.connection.run([`${path}/print`, "=count-only="], reader.options),
  )
  if (typeof answer === "string") return answer
  const count = Number(answer.ret ?? Number.NaN)
  return Number.isSafeInteger(count) && count >= 0 ? count : "failed"
}

const readMenu = async (reader: MenuReader, menu: Menu): Promise<Answer | "absent"> => {
  const { connection, options } = reader
  if (menu.atMost !== undefined) {
    const count = await countMenu(reader, menu.path)
    if (typeof count === "string") return count === "failed" ? null : "absent"
    if (count > menu.atMost) return "absent"
  }
  const { monitor, queries } = menu
  const wanted = propertiesOf(menu).filter((name) => !monitor?.also.includes(name))
  const rows = await permitted(reader, menu.path, () =>
    connection.print(menu.path, {
      ...options,
      proplist: monitor === undefined ? wanted : [...new Set([...wanted, "disabled"])],
      ...(queries === undefined ? {} : { queries }),
    }),
  )
  if (rows === "failed") return null
  return rows === "absent" ? "absent" : await monitored(reader, menu, rows)
}

/** Parts of one name are one: what a later one knows fills what an earlier one does not. */
const merged = (parts: readonly FamilyPart[]): FamilyPart[] => {
  const all = new Map<string, FamilyPart>()
  for (const part of parts) {
    const key = `${part.family} ${part.name}`
    const was = all.get(key)
    const known = Object.entries(was?.values ?? {}).filter(([, value]) => value !== null)
    all.set(
      key,
      was === undefined
        ? part
        : { ...part, values: { ...part.values, ...Object.fromEntries(known) } },
    )
  }
  return [...all.values()]
}

/**
 * Two menus may show one row: the first one counts. A table of which one menu could not be
 * read is not given: its rows would seem to be gone.
 */
const mergedTables = (
  parts: readonly TablePart[],
  unread: ReadonlySet<string>,
): readonly TablePart[] => {
  const all = new Map<TablePart["table"], TablePart["rows"]>()
  for (const { table, rows } of parts) {
    const known = all.get(table) ?? []
    const keys = new Set(known.map(({ key }) => key))
    all.set(table, [...known, ...rows.filter(({ key }) => !keys.has(key))])
  }
  return [...all].flatMap(([table, rows]) => (unread.has(table) ? [] : [{ table, rows }]))
}

export type MenuReadings = {
  readonly families: readonly FamilyPart[]
  readonly tables: readonly TablePart[]
  readonly atMs: number
}

export const readMenus = async (
  reader: MenuReader,
  { menus, counts = {}, derive, note }: MenuCollector,
): Promise<MenuReadings> => {
  const startedMs = reader.now()
  const answers = new Map<string, readonly Row[]>()
  const unread = new Set<string>()
  let isComplete = true
  const exists = new Set<string>()
  for (const menu of menus) {
    const rows = await readMenu(reader, menu)
    answers.set(menu.path, rows === null || rows === "absent" ? [] : rows)
    if (rows !== "absent") exists.add(menu.path)
    if (rows !== null) continue
    isComplete = false
    for (const { table } of menu.tables ?? []) unread.add(table)
  }
  const counted: FamilyPart[] = []
  for (const [path, name] of Object.entries(counts)) {
    const value = await countMenu(reader, path)
    if (typeof value === "number")
      counted.push({ family: "device-counts", name, values: { value } })
  }
  // Values are of the middle: the router read them between request and answer.
  const atMs = Math.round((startedMs + reader.now()) / 2)
  const moment: Moment = { atMs, utcOffsetMs: reader.known.utcOffsetMs }
  const rowsOf = (path: string): readonly Row[] => answers.get(path) ?? []
  if (note !== undefined && exists.size > 0) Object.assign(reader.known, note(rowsOf))
  const derived =
    derive !== undefined && isComplete && exists.size > 0 ? derive(rowsOf, moment) : {}
  return {
    atMs,
    families: merged([
      ...menus.flatMap((menu) =>
        (menu.families ?? []).flatMap((each) => familyParts(each, rowsOf(menu.path), moment)),
      ),
      ...(derived.families ?? []),
      ...counted,
    ]),
    tables: mergedTables(
      [
        ...menus.flatMap((menu) =>
          exists.has(menu.path)
            ? (menu.tables ?? []).map((each) => ({
                table: each.table,
                rows: tableRows(each, rowsOf(menu.path), moment),
              }))
            : [],
        ),
        ...(derived.tables ?? []),
      ],
      unread,
    ),
  }
}
