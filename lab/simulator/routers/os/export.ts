/**
 * `/export`: the configuration of a router as commands that recreate it. The same configuration
 * gives the same bytes, so the head has no date, unlike on a router. Users, certificates and files,
 * which a router leaves out, are included, so that remains of a removed script show. Secrets are
 * left out.
 */
import type { Certificates } from "./certificates.ts"
import { fingerprintOfPem } from "./certificates.ts"
import type { Files } from "./files.ts"
import { MENUS } from "./menu-table.ts"
import type { Item, Store, Table } from "./store.ts"

const PLAIN = /^[A-Za-z0-9.,:/!*_<>-]+$/
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  $: "\\$",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "?": "\\?",
}

/** A text as the console would read it back. */
export const quoted = (text: string): string => {
  if (PLAIN.test(text)) return text
  const inside = [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const letter = String.fromCharCode(byte)
      if (ESCAPES[letter] !== undefined) return ESCAPES[letter]
      return byte < 0x20 || byte > 0x7e
        ? `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`
        : letter
    })
    .join("")
  return `"${inside}"`
}

const word = (table: Table, name: string, text: string): string => {
  const isBool = table.plan.properties.get(name)?.kind === "bool"
  return `${name}=${isBool ? (text === "true" ? "yes" : "no") : quoted(text)}`
}

const changedProperties = (table: Table, item: Item): string[] => {
  const { properties } = table.plan
  const names = [...item.values.keys()]
    .filter((name) => properties.get(name)?.isSecret !== true)
    .sort()
  return names.flatMap((name) => {
    const text = item.values.get(name) ?? ""
    const defaultValue =
      item.factoryValues === null
        ? (properties.get(name)?.defaultValue ?? "")
        : (item.factoryValues.get(name) ?? "")
    return text === defaultValue ? [] : [word(table, name, text)]
  })
}

const lineOf = (table: Table, item: Item, index: number): string[] => {
  const words = changedProperties(table, item)
  if (item.factoryValues === null) return [`add ${words.join(" ")}`]
  if (words.length === 0) return []
  if (table.plan.shape === "single") return [`set ${words.join(" ")}`]
  const key = table.plan.key === null ? undefined : item.factoryValues.get(table.plan.key)
  return [`set ${key === undefined ? index : quoted(key)} ${words.join(" ")}`]
}

const menuText = (table: Table): string[] => {
  const lines = table.items.flatMap((item, index) => lineOf(table, item, index))
  return lines.length === 0
    ? []
    : [table.plan.path.replaceAll("/", " ").replace(" ", "/"), ...lines]
}

export const exportText = (
  store: Store,
  files: Files,
  certificates: Certificates,
  head: { readonly version: string; readonly board: string; readonly serial: string },
  below: string,
): string => {
  const paths = [...MENUS.keys()]
    .filter((path) => path !== "/certificate" && (path === below || path.startsWith(`${below}/`)))
    .sort()
  const lines = [
    `# by RouterOS ${head.version}`,
    "#",
    `# model = ${head.board}`,
    `# serial number = ${head.serial}`,
    ...paths.flatMap((path) => menuText(store.table(path))),
  ]
  if (below === "" || below === "/certificate")
    for (const each of certificates.all)
      lines.push(
        `# certificate ${quoted(each.name)} ${each.pem === null ? "not signed" : fingerprintOfPem(each.pem)}`,
      )
  if (below === "")
    for (const file of files.all) lines.push(`# file ${quoted(file.name)} ${file.bytes.length}`)
  return `${lines.join("\n")}\n`
}
