/** Rows of tables of all devices in the palette: a PPP user, an address, a MAC, a neighbour. */
import type { PaletteItem } from "../components/ispvm-palette.ts"
import { tabOfTable } from "../features/device/device-tabs.ts"
import { t } from "../i18n/strings/strings.ts"
import type { Deps } from "./deps.ts"
import { paths } from "./paths.ts"

const MIN_CHARS = 3
const MAX_ROWS = 8
const TYPING_MS = 200

type Found = Awaited<ReturnType<Deps["api"]["searchRows"]>>["items"][number]

/** What people call a row: who, else which name, else which address. */
const NAMES = ["user", "identity", "name", "hostName", "address", "mac"] as const
const nameOf = ({ values, key }: Found): string => {
  const column = NAMES.find((each) => typeof values[each] === "string" && values[each] !== "")
  return column === undefined ? key : String(values[column])
}
/** The value that was looked for, if the name does not have it. */
const matchOf = ({ values }: Found, text: string, name: string): string => {
  if (name.toLowerCase().includes(text)) return ""
  const value = Object.values(values).find((each) => String(each).toLowerCase().includes(text))
  return value === undefined ? "" : String(value)
}

export const rowItems = (rows: readonly Found[], query: string): readonly PaletteItem[] =>
  rows.flatMap((row): PaletteItem[] => {
    const tab = tabOfTable(row.table)
    if (tab === null) return []
    const name = nameOf(row)
    const text = query.trim()
    const details = [
      matchOf(row, text.toLowerCase(), name),
      row.deviceName,
      row.goneAtMs === null ? "" : t.tables.gone,
    ]
    return [
      {
        key: paths.deviceRow(row.deviceId, { tab, table: row.table, text, key: row.key }),
        kind: t.tables.tabs[row.table] ?? row.table,
        name,
        detail: details.filter(Boolean).join(" · "),
        icon: "list",
        isFound: true,
      },
    ]
  })

/** Looks up what is typed, a moment after the last key; `done` gets what belongs to the last text. */
export const createRowSearch = (
  deps: Deps,
  done: (items: readonly PaletteItem[]) => void,
): ((query: string) => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = ""
  return (query) => {
    latest = query
    clearTimeout(timer)
    done([])
    if (query.trim().length < MIN_CHARS || !deps.session.can("inventory:read")) return
    timer = setTimeout(() => {
      deps.api
        .searchRows(query.trim(), MAX_ROWS)
        .then(({ items }) => {
          if (latest === query) done(rowItems(items, query))
        })
        // The palette works without: what is known is found.
        .catch(() => undefined)
    }, TYPING_MS)
  }
}
