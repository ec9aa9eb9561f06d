/**
 * Reads a secret from the first line of a file or of standard input, to keep it out of the
 * process's arguments.
 */
import { closeSync, openSync, readSync } from "node:fs"

const MAX_BYTES = 4_096
const STDIN = 0

/**
 * `-` is standard input. Waits for the end of the line, so one Enter is enough. Throws as the file
 * system does.
 */
export const readSecretLine = (file: string): string => {
  const handle = file === "-" ? STDIN : openSync(file, "r")
  try {
    const bytes = Buffer.alloc(MAX_BYTES)
    let length = 0
    while (length < MAX_BYTES && !bytes.subarray(0, length).includes(0x0a)) {
      const read = readSome(handle, bytes, length)
      if (read === 0) break
      length += read
    }
    return (bytes.subarray(0, length).toString("utf8").split("\n")[0] ?? "").trim()
  } finally {
    if (handle !== STDIN) closeSync(handle)
  }
}

/** Standard input may be non-blocking: EAGAIN means no input yet, not its end. */
const readSome = (handle: number, bytes: Buffer, at: number): number => {
  for (;;) {
    try {
      return readSync(handle, bytes, at, bytes.length - at, null)
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : ""
      if (code === "EOF") return 0
      if (code !== "EAGAIN") throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
}
