/** Rows of what RouterOS prints on a terminal: terse, detail, columns, value lists and exports. */
import type { Row } from "../simulator/routers/api-query.ts"

type Writable = Record<string, string>
/** Of prints without a legend, such as terse ones. */
const LEGEND: Readonly<Record<string, string>> = {
  D: "dynamic",
  X: "disabled",
  R: "running",
  I: "invalid",
  A: "active",
}
const legendOf = (text: string): Readonly<Record<string, string>> => {
  const lines = text.split("\n")
  const from = lines.findIndex((line) => line.startsWith("Flags:"))
  if (from < 0) return LEGEND
  // A legend goes on in the next line after a comma.
  let to = from
  while (/[,;]\s*$/.test(lines[to] ?? "") && /^\w - /.test(lines[to + 1] ?? "")) to += 1
  const legend = lines.slice(from, to + 1).join(" ")
  return Object.fromEntries(
    [...legend.matchAll(/(\S)\s-\s([\w-]+)/g)].map(([, letter = "", name = ""]) => [
      letter,
      name.toLowerCase(),
    ]),
  )
}
const flagsOf = (letters: string, legend: Readonly<Record<string, string>>): Writable =>
  Object.fromEntries(
    [...letters].flatMap((letter) => {
      const name = legend[letter]
      return name === undefined ? [] : [[name, "true"]]
    }),
  )

/** `address=10.0.0.1 comment=two words name="x"`; a value ends where the next property begins. */
export const parsePairs = (text: string): Writable =>
  Object.fromEntries(
    [
      ...text.matchAll(/([a-z0-9][\w.-]*)=("(?:[^"\\]|\\.)*"|.*?)(?=\s+[a-z0-9][\w.-]*=|\s*$)/gs),
    ].map(([, name = "", value = ""]) => [
      name,
      value
        .replace(/\s*\n\s*/g, " ")
        .trim()
        .replace(/^"(.*)"$/s, "$1"),
    ]),
  )

/** Records that begin with a number, or, without numbers, with a line behind an empty one. */
const parseDetail = (text: string): Row[] => {
  const legend = legendOf(text)
  const starts = [...text.matchAll(/^ {0,4}\d+ (?=.*(?:[a-z]=|;;;))/gm)].map(({ index }) => index)
  return starts.map((start, index): Row => {
    const record = text.slice(start, starts[index + 1])
    const [, letters = "", rest = ""] =
      /^\s*\d+\s+([A-Za-z* ]*?)\s*(?=;;;|[\w.-]+=)(.*)$/s.exec(record) ?? []
    const [, comment = "", pairs = rest] =
      /^;;;(.*?)\n?\s+(?=[a-z0-9][\w.-]*=)(.*)$/s.exec(rest) ?? []
    const row = parsePairs(pairs)
    return {
      ...flagsOf(letters, legend),
      ...(comment === "" ? {} : { comment: comment.replace(/\s+/g, " ").trim() }),
      ...row,
    }
  })
}

type Column = { readonly name: string; readonly start: number; readonly end: number }
const columnsOf = (line: string): Column[] =>
  [...line.matchAll(/[A-Z][A-Z0-9.-]*/g)].map(({ 0: name, index }) => ({
    name: name.toLowerCase(),
    start: index,
    end: index + name.length,
  }))

/** A number is right-aligned: it ends where the heading does. */
const cellsOf = (line: string, columns: readonly Column[]): Writable => {
  const cells = line.trim().split(/\s{2,}/)
  if (cells.length === columns.length)
    return Object.fromEntries(columns.map(({ name }, index) => [name, cells[index] ?? ""]))
  const row: Writable = {}
  for (const { 0: word, index } of line.matchAll(/\S+/g)) {
    const column =
      columns.find(({ end }) => end === index + word.length) ??
      columns.findLast(({ start }) => start <= index) ??
      columns[0]
    if (column === undefined) continue
    const was = row[column.name]
    row[column.name] = was === undefined ? word : `${was} ${word}`
  }
  return row
}

/** The line of headings: behind a number sign, or, in v7, below the list of columns. */
const headingOf = (lines: readonly string[]): number =>
  lines.findIndex(
    (line, index) =>
      /^\s*#\s+[A-Z]/.test(line) ||
      (lines[index - 1]?.startsWith("Columns:") === true && /^\s*[A-Z]/.test(line)),
  )
/** Number and flags that begin a row. */
const startOf = (legend: Readonly<Record<string, string>>, isNumbered: boolean): RegExp => {
  const known = Object.keys(legend).map((letter) => (letter === "*" ? "\\*" : letter))
  const flags = known.length === 0 ? "" : `(?:([${known.join("")}]{1,4})(?=\\s))?`
  return new RegExp(`^\\s*${isNumbered ? "\\d+" : ""}\\s*${flags}\\s*`)
}

const parseColumns = (text: string): Row[] | null => {
  const lines = text.split("\n")
  const at = headingOf(lines)
  const columns = columnsOf(lines[at] ?? "")
  const first = columns[0]
  if (at < 0 || first === undefined) return null
  const isNumbered = lines[at]?.includes("#") === true
  const legend = legendOf(text)
  const start = startOf(legend, isNumbered)
  const rows: Row[] = []
  let pending: Writable = {}
  for (const line of lines.slice(at + 1)) {
    if (line.trim() === "") continue
    const found = start.exec(line)
    // Behind a comment, the values are on a line of their own.
    const isNew = found !== null && (!isNumbered || /^\s*\d+(\s|$)/.test(line))
    const prefix = isNew ? (found[0] ?? "") : ""
    const rest = line.slice(prefix.length)
    const own = isNew ? flagsOf(found[1] ?? "", legend) : {}
    const [, comment] = /^\s*;;;\s*(.*)$/.exec(rest) ?? []
    if (comment !== undefined) {
      pending = { ...own, comment: comment.trim() }
      continue
    }
    const cells = cellsOf(" ".repeat(prefix.length) + rest, columns)
    const last = rows.at(-1)
    // A long value goes on in a line that has nothing in the first column.
    if (!isNumbered && last !== undefined && cells[first.name] === undefined) {
      const longer = Object.entries(cells).map(([name, more]) => [name, (last[name] ?? "") + more])
      rows[rows.length - 1] = { ...last, ...Object.fromEntries(longer) }
      continue
    }
    rows.push({ ...pending, ...own, ...cells })
    pending = {}
  }
  return rows
}

const parseValues = (text: string): Row[] => {
  const row: Writable = {}
  for (const line of text.split("\n")) {
    const [, name, value] = /^\s*([a-z0-9][\w-]*):(?: (.*))?$/.exec(line) ?? []
    if (name !== undefined && row[name] === undefined) row[name] = (value ?? "").trim()
  }
  return Object.keys(row).length === 0 ? [] : [row]
}

/** What `print` shows; null: the router has no such menu. */
export const parsePrint = (printed: string): readonly Row[] | null => {
  // Lines that the log writes in between.
  const text = printed.replaceAll("\r", "").replace(/^\d\d:\d\d:\d\d echo: .*\n?/gm, "")
  if (/^(bad command name|syntax error|expected end of command)/.test(text)) return null
  const rows =
    parseColumns(text) ??
    (/^ {0,4}\d+ .*(?:[a-z]=|;;;)/m.test(text) ? parseDetail(text) : parseValues(text))
  // On the wire, every row has an id.
  return rows.length === 1
    ? rows
    : rows.map((row, i) => ({ ".id": `*${(i + 1).toString(16)}`, ...row }))
}

/** The items that an export adds, by menu. */
export const parseExport = (exported: string): Readonly<Record<string, readonly Row[]>> => {
  const menus: Record<string, Row[]> = {}
  let menu = ""
  for (const line of exported
    .replaceAll("\r", "")
    .replace(/\\\n\s*/g, "")
    .split("\n")) {
    const [, path, command = line] =
      /^(\/[a-z0-9 -]+?)(?: ((?:add|set) .*))?$/.exec(line.trim()) ?? []
    if (path !== undefined) menu = path.replaceAll(" ", "/")
    if (menu === "" || !command.trim().startsWith("add ")) continue
    const rows = menus[menu] ?? []
    menus[menu] = rows
    rows.push({
      ".id": `*${(rows.length + 1).toString(16)}`,
      ...parsePairs(command.trim().slice(4)),
    })
  }
  return menus
}
