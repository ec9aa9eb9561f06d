/** What the first terminal shows, read from a machine's memory: no account and no cable are needed. */
import { closeSync, openSync, readSync } from "node:fs"

/** A character on a Linux text console is followed by its colour; 7 is grey on black. */
const GREY = "\\x07"
const letters = (count: number): string => `(?:[A-Z2-9]${GREY}){${count}}`
const CODE = new RegExp([letters(4), letters(4), letters(4)].join(`-${GREY}`))
const CHUNK_BYTES = 64 * 1024 * 1024
const OVERLAP_BYTES = 256

/** The setup code in a copy of the memory; null: it is not on the screen. */
export const setupCodeIn = (memory: string): string | null => {
  const handle = openSync(memory, "r")
  const chunk = Buffer.alloc(CHUNK_BYTES)
  try {
    for (let at = 0; ; at += CHUNK_BYTES - OVERLAP_BYTES) {
      const length = readSync(handle, chunk, 0, CHUNK_BYTES, at)
      const found = CODE.exec(chunk.toString("latin1", 0, length))?.[0]
      if (found !== undefined) return found.replaceAll("\u0007", "")
      if (length < CHUNK_BYTES) return null
    }
  } finally {
    closeSync(handle)
  }
}
