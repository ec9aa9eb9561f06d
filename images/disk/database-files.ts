/** Which table or index of a stopped Postgres 17 a file holds, read from its catalogues' pages. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** bufpage.h, itemid.h and htup_details.h. */
const PAGE_BYTES = 8_192
const PAGE = { lowerAt: 12, itemsAt: 24, itemBytes: 4 } as const
const ITEM = { offset: 0x7fff, flagsShift: 15, flags: 3, normal: 1 } as const
const TUPLE_DATA_AT = 22

/** pg_namespace.h and pg_class.h: both begin with oid and name. */
const NAMES = { namespaces: "2615", classes: "1259" } as const
const ROW = { oid: 0, name: 4, nameEnds: 68, namespace: 68, file: 88 } as const

const rowsOf = (content: Buffer): readonly Buffer[] => {
  const rows: Buffer[] = []
  for (let page = 0; page < content.length; page += PAGE_BYTES) {
    const end = page + content.readUInt16LE(page + PAGE.lowerAt)
    for (let at = page + PAGE.itemsAt; at < end; at += PAGE.itemBytes) {
      const item = content.readUInt32LE(at)
      if (((item >>> ITEM.flagsShift) & ITEM.flags) !== ITEM.normal) continue
      const tuple = page + (item & ITEM.offset)
      rows.push(content.subarray(tuple + content.readUInt8(tuple + TUPLE_DATA_AT)))
    }
  }
  return rows
}
const nameIn = (row: Buffer): string =>
  row.toString("utf8", ROW.name, ROW.nameEnds).replace(/\0.*$/s, "")

/** `schema.name` by the path of its file below the cluster's folder, as `base/16385/16397`. */
export const relationsIn = (cluster: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(cluster, "base"))
      .map((database) => join("base", database))
      .filter((folder) => existsSync(join(cluster, folder, NAMES.classes)))
      .flatMap((folder) => {
        const rows = (file: string): readonly Buffer[] =>
          rowsOf(readFileSync(join(cluster, folder, file)))
        const namespaces = new Map(
          rows(NAMES.namespaces).map((row) => [row.readUInt32LE(ROW.oid), nameIn(row)]),
        )
        return rows(NAMES.classes).map((row): [string, string] => [
          join(folder, String(row.readUInt32LE(ROW.file))),
          `${namespaces.get(row.readUInt32LE(ROW.namespace))}.${nameIn(row)}`,
        ])
      }),
  )
