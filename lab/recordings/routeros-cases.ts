/** Recorded answers of RouterOS: rows that clients saved, quotes of issues, and terminal output. */
import { globSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Row } from "../simulator/routers/api-query.ts"

/** Rows by menu, or the message of the trap that the router answered. */
export type Menus = Readonly<Record<string, readonly Row[] | string>>
export type Case = { readonly name: string; readonly menus: Menus }
/** The wire has text, whatever the recording's client made of it. */
const asRows = (value: unknown): Row[] =>
  (Array.isArray(value) ? (value as object[]) : []).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, each]) => [name, String(each)])),
  )
const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, "utf8"))

const napalm = (folder: string): Case[] => {
  const byFolder = Map.groupBy(globSync(join(folder, "api/napalm-ros/*/*/_*_print.json")), dirname)
  return [...byFolder].map(([path, files]) => ({
    name: path.slice(folder.length + 1),
    menus: Object.fromEntries(
      files.map((file) => [
        basename(file, "_print.json").replaceAll("_", "/").replace("unicast/fdb", "unicast-fdb"),
        asRows(json(file).data),
      ]),
    ),
  }))
}
const quotes = (folder: string): Case[] =>
  globSync(join(folder, "api/issue-quotes/*.json")).flatMap((file): Case[] => {
    const { id, menu, reply, reply_trap: trap } = json(file)
    const path = String(menu)
      .replace(/^GET \/rest/, "")
      .replace(/\/(print|getall)$/, "")
    if (!path.startsWith("/") || path.includes(" ")) return []
    if (typeof trap === "string") return [{ name: String(id), menus: { [path]: trap } }]
    return Array.isArray(reply) ? [{ name: String(id), menus: { [path]: asRows(reply) } }] : []
  })

/** "0 D address=10.0.0.1 comment=two words name="x"": the properties of a row as the terminal has it. */
const parseTerse = (line: string): Row => {
  const row: Record<string, string> = {}
  const [flags = "", ...pairs] = line.split(/\s(?=[a-z0-9.-]+=)/)
  for (const pair of pairs) {
    const at = pair.indexOf("=")
    row[pair.slice(0, at)] = pair
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1")
  }
  const has = (letter: string) => flags.replace(/^\s*\d+/, "").includes(letter)
  return {
    ...row,
    ...(has("D") ? { dynamic: "true" } : {}),
    ...(has("X") ? { disabled: "true" } : {}),
  }
}
const ntc = (folder: string): Case[] =>
  globSync(join(folder, "api/ntc-templates/*/*.raw")).flatMap((file): Case[] => {
    const template = basename(dirname(file))
    if (!/print_(terse|status)/.test(template)) return []
    const path = `/${template.replace(/_print_.*$/, "").replaceAll("_", "/")}`
    const lines = readFileSync(file, "utf8").replace(/\n {3,}(?=[a-z-]+=)/g, " ")
    const rows = lines
      .split("\n")
      .filter((line) => /^\s*\d+\s.*=/.test(line))
      .map(parseTerse)
    return rows.length === 0 ? [] : [{ name: basename(file), menus: { [path]: rows } }]
  })

export const casesIn = (folder: string): readonly Case[] => [
  ...napalm(folder),
  ...quotes(folder),
  ...ntc(folder),
]
