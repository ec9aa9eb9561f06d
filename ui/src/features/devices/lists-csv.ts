/** Sites and links as CSV, in the columns that the import takes. */
import type { Link, Region, Site } from "@ispvm/appliance/api/inventory"
import { csvText } from "../../i18n/format/csv.ts"
import { byName } from "../../i18n/format/names.ts"

type Cell = string | number | null
type Columns<T> = readonly (readonly [name: string, value: (row: T) => Cell])[]

const csvOf = <T>(columns: Columns<T>, rows: readonly T[]): string =>
  csvText(
    columns.map(([name]) => name),
    rows.map((row) => columns.map(([, value]) => value(row))),
  )
const tagsOf = ({ tags }: { readonly tags?: readonly string[] | undefined }): string =>
  (tags ?? []).join(";")

export const sitesCsv = (sites: Iterable<Site>, regions: readonly Region[]): string => {
  const names = new Map(regions.map(({ id, name }) => [id, name]))
  return csvOf<Site>(
    [
      ["name", ({ name }) => name],
      ["region", ({ regionId }) => names.get(regionId ?? "") ?? null],
      ["latitude", ({ latitude }) => latitude],
      ["longitude", ({ longitude }) => longitude],
      ["tags", tagsOf],
      ["text_encoding", ({ textEncoding }) => textEncoding],
      ["note", ({ note }) => note],
    ],
    [...sites].sort(byName),
  )
}

export const linksCsv = (links: Iterable<Link>): string =>
  csvOf<Link>(
    [
      ["name", ({ name }) => name],
      ["a_device", ({ a }) => a.deviceName],
      ["a_interface", ({ a }) => a.interface],
      ["b_device", ({ b }) => b.deviceName],
      ["b_interface", ({ b }) => b.interface],
      ["capacity_bps", ({ capacityBps }) => capacityBps],
      ["medium", ({ medium }) => medium],
      ["tags", tagsOf],
      ["status", ({ status }) => status.status],
      ["a_to_b_bps", ({ aToBBps }) => aToBBps],
      ["b_to_a_bps", ({ bToABps }) => bToABps],
    ],
    [...links].sort(byName),
  )
