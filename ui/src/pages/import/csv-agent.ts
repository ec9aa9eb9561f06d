/** Gives every line of a device list that names no agent the one that was chosen. Pure; lines keep their numbers. */

const delimiterOf = (header: string): string =>
  [",", ";", "\t"].reduce((best, mark) => (header.split(mark).length > header.split(best).length ? mark : best), ",")

type Line = { readonly cells: readonly string[]; readonly end: string }

/** Cells as they are written, quotes and all: what is not changed goes on as it came. */
const linesOf = (csv: string, mark: string): readonly Line[] => {
  const lines: Line[] = []
  let cells: string[] = []
  let cell = ""
  let isQuoted = false
  for (let at = 0; at < csv.length; at += 1) {
    const letter = csv[at] ?? ""
    if (letter === '"') isQuoted = !isQuoted
    if (!isQuoted && letter === mark) {
      cells.push(cell)
      cell = ""
    } else if (!isQuoted && (letter === "\n" || letter === "\r")) {
      const end = letter === "\r" && csv[at + 1] === "\n" ? "\r\n" : letter
      at += end.length - 1
      lines.push({ cells: [...cells, cell], end })
      cells = []
      cell = ""
    } else cell += letter
  }
  if (cell !== "" || cells.length > 0) lines.push({ cells: [...cells, cell], end: "" })
  return lines
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
const bare = (cell: string): string =>
  cell
    .trim()
    .replace(/^"(.*)"$/s, "$1")
    .trim()
const isEmpty = ({ cells }: Line): boolean => cells.every((cell) => cell.trim() === "")

/** `watched` names the devices that have an agent already: they keep it. */
export const withAgent = (csv: string, agent: string, watched: ReadonlySet<string>): string => {
  const text = csv.replace(/^\uFEFF/, "")
  const mark = delimiterOf(text.slice(0, text.search(/\r|\n|$/)))
  const [header, ...lines] = linesOf(text, mark)
  if (agent === "" || header === undefined) return csv
  const at = header.cells.findIndex((cell) => bare(cell).toLowerCase() === "agent")
  const nameAt = header.cells.findIndex((cell) => bare(cell).toLowerCase() === "name")
  const column = at === -1 ? header.cells.length : at
  const filled = lines.map((line): Line => {
    // A line of too many cells is wrong and says so by itself; one that is empty stays so.
    if (isEmpty(line) || line.cells.length > header.cells.length || bare(line.cells[column] ?? "") !== "") return line
    if (watched.has(bare(line.cells[nameAt] ?? ""))) return line
    const cells = Array.from({ length: Math.max(line.cells.length, column + 1) }, (_, index) => line.cells[index] ?? "")
    return { ...line, cells: cells.with(column, quoted(agent)) }
  })
  const head = at === -1 ? { ...header, cells: [...header.cells, "agent"] } : header
  return [head, ...filled].map(({ cells, end }) => cells.join(mark) + end).join("")
}
