/**
 * Splits a TCP stream into lines (RFC 6587): each with its length before it, or each ended by a
 * line feed or NUL. The first bytes of a connection decide which. Memory is limited to one line;
 * time is linear in the bytes.
 */

/** The size of the largest datagram. */
export const MAX_LINE_BYTES = 65_535
const LF = 0x0a
const CR = 0x0d
const NUL = 0x00
const SPACE = 0x20
const MAX_LENGTH_DIGITS = 5
/** A sender may send single bytes, and each part costs more than it contains. */
const MAX_PARTS = 256

export type FrameFault = "too-long" | "framing"
export type Frames = {
  /** Bytes of an incomplete line. */
  readonly pending: () => number
  /** False: the rest cannot be read; close the connection. */
  push(chunk: Buffer): boolean
  /** The received bytes are a line: the stream ended, or a sender without line ends paused. */
  flush(): void
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/**
 * Number of digits of the length at the start; 0: none; null: not yet known. A year is no length.
 */
const lengthDigits = (bytes: Buffer): number | null => {
  let digits = 0
  while (digits < bytes.length && isDigit(bytes[digits] ?? 0)) digits += 1
  if (digits === 0 || digits > MAX_LENGTH_DIGITS) return 0
  if (digits === bytes.length) return null
  if (bytes[digits] !== SPACE) return 0
  const year = digits === 4 ? Number(bytes.toString("latin1", 0, 4)) : 0
  const next = bytes[digits + 1]
  if (year < 1970 || year > 2100 || next === 0x3c) return digits
  return next === undefined ? null : 0
}

type Handlers = {
  readonly onLine: (line: Buffer) => void
  readonly onFault: (fault: FrameFault) => void
}
const isEnd = (byte: number | undefined): boolean => byte === CR || byte === LF || byte === NUL

class FrameReader implements Frames {
  readonly #handlers: Handlers
  #mode: "unknown" | "counted" | "lines" = "unknown"
  #parts: Buffer[] = []
  #size = 0
  #isSkipping = false
  /** Announced size of the current frame; 0 between frames. */
  #needed = 0

  constructor(handlers: Handlers) {
    this.#handlers = handlers
  }

  pending(): number {
    return this.#size
  }

  push(chunk: Buffer): boolean {
    if (this.#mode === "counted") return this.#pushCounted(chunk)
    if (this.#mode === "lines") return this.#pushLines(chunk)
    this.#add(chunk)
    const head = this.#drain()
    const digits = lengthDigits(head)
    if (digits === null) {
      this.#add(head)
      return true
    }
    this.#mode = digits === 0 ? "lines" : "counted"
    return this.#mode === "lines" ? this.#pushLines(head) : this.#pushCounted(head)
  }

  flush(): void {
    const isWhole = this.#mode !== "counted" && !this.#isSkipping
    const line = this.#drain()
    if (isWhole) this.#emit(line)
  }

  #add(part: Buffer): void {
    if (part.length === 0) return
    this.#parts.push(part)
    this.#size += part.length
    if (this.#parts.length > MAX_PARTS) this.#parts = [Buffer.concat(this.#parts)]
  }

  #drain(): Buffer {
    const [only] = this.#parts
    const all = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts)
    this.#parts = []
    this.#size = 0
    return all
  }

  #emit(line: Buffer): void {
    let end = line.length
    while (end > 0 && isEnd(line[end - 1])) end -= 1
    if (end > 0) this.#handlers.onLine(line.subarray(0, end))
  }

  #pushLines(chunk: Buffer): boolean {
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      if (chunk[at] !== LF && chunk[at] !== NUL) continue
      this.#add(chunk.subarray(from, at))
      from = at + 1
      const isTooLong = this.#isSkipping || this.#size > MAX_LINE_BYTES
      if (isTooLong && !this.#isSkipping) this.#handlers.onFault("too-long")
      const line = this.#drain()
      if (!isTooLong) this.#emit(line)
      this.#isSkipping = false
    }
    if (this.#isSkipping) return true
    this.#add(chunk.subarray(from))
    if (this.#size <= MAX_LINE_BYTES) return true
    this.#handlers.onFault("too-long")
    this.#drain()
    this.#isSkipping = true
    return true
  }

  /** The kept parts are the start of a frame: its length, or a part of its content. */
  #pushCounted(chunk: Buffer): boolean {
    this.#add(chunk)
    if (this.#size < this.#needed) return true
    let rest: Buffer | null = this.#drain()
    while (rest !== null) {
      if (this.#needed === 0) {
        rest = this.#readLength(rest)
        if (rest === null) return this.#needed === 0
      }
      if (rest.length < this.#needed) {
        this.#add(rest)
        return true
      }
      this.#emit(rest.subarray(0, this.#needed))
      rest = rest.subarray(this.#needed)
      this.#needed = 0
    }
    return true
  }

  /**
   * Reads the length of the next frame and returns what follows. Null: the length is incomplete
   * (the bytes are kept), or invalid (`#needed` is not 0 then, and a fault is reported).
   */
  #readLength(bytes: Buffer): Buffer | null {
    let from = 0
    while (isEnd(bytes[from])) from += 1
    const rest = bytes.subarray(from)
    const digits = rest.length === 0 ? null : lengthDigits(rest)
    if (digits === null) {
      this.#add(rest)
      return null
    }
    const length = digits === 0 ? 0 : Number(rest.toString("latin1", 0, digits))
    this.#needed = length
    if (length > 0 && length <= MAX_LINE_BYTES) return rest.subarray(digits + 1)
    this.#handlers.onFault(length === 0 ? "framing" : "too-long")
    this.#needed = -1
    return null
  }
}

export const createFrames = (
  onLine: (line: Buffer) => void,
  onFault: (fault: FrameFault) => void,
): Frames => new FrameReader({ onLine, onFault })
