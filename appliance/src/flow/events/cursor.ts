/** Where the next page begins: time and id of the last row, as one opaque text. */

export type CursorPosition = { readonly atMs: number; readonly id: string }

export const writeCursor = ({ atMs, id }: CursorPosition): string => `${atMs.toString(36)}.${id}`

/** Null for a text that is not such a cursor. */
export const readCursor = (text: string): CursorPosition | null => {
  const match = /^([0-9a-z]{1,11})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text)
  if (match?.[1] === undefined || match[2] === undefined) return null
  const atMs = Number.parseInt(match[1], 36)
  return atMs <= 8_640_000_000_000_000 ? { atMs, id: match[2] } : null
}
