/** Recorded answers of RouterOS: rows that clients saved, quotes of issues, and terminal output. */
import { globSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Row } from "../simulator/routers/api-query.ts"
import { parseExport, parsePrint } from "./routeros-terminal.ts"

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

/** Commands that are no menu: what they measure, the agent measures itself. */
const NO_MENUS = /^\/(ping|tool\/)/
const one = (name: string, path: string, text: string): Case[] => {
  if (NO_MENUS.test(path)) return []
  const rows = parsePrint(text)
  return [{ name, menus: { [path]: rows ?? "no such command prefix" } }]
}
/** "ip_arp_print_terse", "ip_address_export_verbose": the menu, and how it was printed. */
const pathOf = (template: string): string =>
  `/${template.replace(/_(print|export)(_.*)?$/, "").replaceAll("_", "/")}`

const ntc = (folder: string): Case[] =>
  globSync(join(folder, "api/ntc-templates/*/*.raw")).flatMap((file): Case[] => {
    const template = basename(dirname(file))
    const text = readFileSync(file, "utf8")
    const name = basename(file)
    if (template.includes("_export")) return [{ name, menus: parseExport(text) }]
    if (/_monitor_/.test(template)) {
      const path = `/${template.replace(/_monitor_.*/, "").replaceAll("_", "/")}`
      const rows = parsePrint(text) ?? []
      const named = rows.map((row) => ({ name: row.name ?? "" }))
      return [{ name, menus: { [path]: named, [`${path}/monitor`]: rows } }]
    }
    return one(name, pathOf(template), text)
  })
const facts = (folder: string): Case[] =>
  globSync(join(folder, "api/community.routeros/**/*.txt")).flatMap((file): Case[] => {
    const command = basename(file, ".txt")
    const name = file.slice(folder.length + 1)
    const text = readFileSync(file, "utf8")
    if (command.startsWith("export")) return [{ name, menus: parseExport(text) }]
    return one(name, pathOf(command.replace(/_no-ipv6$/, "")), text)
  })
/** "/system resource print (CLI)" of an issue. */
const quotedPrints = (folder: string): Case[] =>
  globSync(join(folder, "api/issue-quotes/*.json")).flatMap((file): Case[] => {
    const { id, menu, reply_text: text } = json(file)
    const [, path] = /^(\/[a-z0-9 /-]+?)[ /]print\b/.exec(String(menu)) ?? []
    if (path === undefined || typeof text !== "string") return []
    return one(String(id), path.replaceAll(" ", "/"), text)
  })

/** Replies of a session, by command: blocks of YAML with blanks as `\x20`. */
const sessionsOf = (text: string): readonly (readonly [string, string])[] =>
  text
    .split(/^ {2}(?:- )?"/m)
    .slice(1)
    .flatMap((part) => {
      const [, command, body = ""] = /^(.+?)\\n": \|-?\n(.*)$/s.exec(part) ?? []
      if (command === undefined) return []
      const lines = body.split("\n")
      const indent = Math.min(
        ...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)),
      )
      const block = lines.map((line) => line.slice(indent)).join("\n")
      return [
        [
          command,
          block.replaceAll("\\x20", " ").replaceAll('\\"', '"').replaceAll("\\\\", "\\"),
        ] as const,
      ]
    })
const oxidized = (folder: string): Case[] =>
  globSync(join(folder, "api/oxidized/*_simulation.yaml")).map((file): Case => {
    const menus: Record<string, Menus[string]> = {}
    for (const [command, text] of sessionsOf(readFileSync(file, "utf8"))) {
      const [, path] = /^(\/[a-z0-9 -]+?) print\b/.exec(command) ?? []
      if (path !== undefined) menus[path.replaceAll(" ", "/")] = parsePrint(text) ?? []
      if (command.includes("/export")) Object.assign(menus, parseExport(text))
    }
    return { name: basename(file), menus }
  })

export const casesIn = (folder: string): readonly Case[] => [
  ...napalm(folder),
  ...quotes(folder),
  ...quotedPrints(folder),
  ...ntc(folder),
  ...facts(folder),
  ...oxidized(folder),
]
