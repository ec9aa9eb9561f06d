/** Where in a text a byte lies, as the router counts: from 1, columns in bytes, CR LF one line end. */
export type Place = { readonly line: number; readonly column: number }

export const placeOf = (bytes: string, at: number): Place => {
  let line = 1
  let start = 0
  for (let next = bytes.indexOf("\n"); next !== -1 && next < at; next = bytes.indexOf("\n", start)) {
    line += 1
    start = next + 1
  }
  return { line, column: at - start + 1 }
}

/** One character a byte, so that an offset is a byte's. */
export const bytesOf = (source: string | Uint8Array): string =>
  (typeof source === "string" ? Buffer.from(source, "utf8") : Buffer.from(source)).toString("latin1")
export const textOf = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8")
