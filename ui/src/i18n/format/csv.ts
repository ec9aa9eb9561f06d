/**
 * Rows as RFC 4180 text. A cell that a spreadsheet would run as a formula gets a leading
 * apostrophe; one that looks as if it had got one, too, so that the import can take it off again.
 */
export const csvText = (
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string =>
  [header, ...rows]
    .map((row) => row.map(cell).join(","))
    .join("\r\n")
    .concat("\r\n")

const cell = (value: string | number | null): string => {
  if (value === null) return ""
  if (typeof value === "number") return value.toString()
  const safe = /^'*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
