/**
 * Lines out of a TCP stream (RFC 6587): each with its length in front, or each ended by a line feed or a NUL. Which of the two
 * it is, the first bytes of a connection tell. Memory is bounded by one line; time is linear in the bytes.
 */

/** As much as a datagram can hold. */
export const MAX_LINE_BYTES = 65_535
const LF = 0x0a
const CR = 0x0d
const NUL = 0x00
const SPACE = 0x20
const MAX_LENGTH_DIGITS = 5
/** A sender may give its bytes one by one: each piece costs more than it holds. */
const MAX_PARTS = 256

export type FrameFault = "too-long" | "framing"
export type Frames = {
  /** Bytes kept of a line that has not ended. */
  readonly pending: () => number
  /** False: nothing that follows can be read, and the connection is to be closed. */
  push(chunk: Buffer): boolean
  /** What has come is a line: the stream has ended, or a sender that marks no end has paused. */
  flush(): void
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** How many digits of a length stand in front; null while that cannot be told. 0: none. A year is no length. */
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

export const createFrames = (
  onLine: (line: Buffer) => void,
  onFault: (fault: FrameFault) => void,
): Frames => {
  let mode: "unknown" | "counted" | "lines" = "unknown"
  let parts: Buffer[] = []
  let size = 0
  let isSkipping = false
  /** Bytes the frame under way was announced to have; 0 between frames. */
  let needed = 0

  const add = (part: Buffer): void => {
    if (part.length === 0) return
    parts.push(part)
    size += part.length
    if (parts.length > MAX_PARTS) parts = [Buffer.concat(parts)]
  }
  const drain = (): Buffer => {
    const [only] = parts
    const all = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
    parts = []
    size = 0
    return all
  }
  const emit = (line: Buffer): void => {
    let end = line.length
    while (end > 0 && (line[end - 1] === CR || line[end - 1] === LF || line[end - 1] === NUL))
      end -= 1
    if (end > 0) onLine(line.subarray(0, end))
  }

  const pushLines = (chunk: Buffer): boolean => {
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      if (chunk[at] !== LF && chunk[at] !== NUL) continue
      add(chunk.subarray(from, at))
      from = at + 1
      const isTooLong = isSkipping || size > MAX_LINE_BYTES
      if (isTooLong && !isSkipping) onFault("too-long")
      const line = drain()
      if (!isTooLong) emit(line)
      isSkipping = false
    }
    if (isSkipping) return true
    add(chunk.subarray(from))
    if (size <= MAX_LINE_BYTES) return true
    onFault("too-long")
    drain()
    isSkipping = true
    return true
  }

  /** `parts` hold the beginning of a frame: its length, or a part of what the length announced. */
  const pushCounted = (chunk: Buffer): boolean => {
    add(chunk)
    if (size < needed) return true
    let rest = drain()
    for (;;) {
      if (needed === 0) {
        let from = 0
        while (rest[from] === LF || rest[from] === CR || rest[from] === NUL) from += 1
        rest = rest.subarray(from)
        if (rest.length === 0) return true
        const digits = lengthDigits(rest)
        if (digits === null) {
          add(rest)
          return true
        }
        needed = digits === 0 ? 0 : Number(rest.toString("latin1", 0, digits))
        if (needed === 0 || needed > MAX_LINE_BYTES) {
          onFault(needed === 0 ? "framing" : "too-long")
          return false
        }
        rest = rest.subarray(digits + 1)
      }
      if (rest.length < needed) {
        add(rest)
        return true
      }
      emit(rest.subarray(0, needed))
      rest = rest.subarray(needed)
      needed = 0
    }
  }
  return {
    pending: () => size,
    push(chunk) {
      if (mode === "counted") return pushCounted(chunk)
      if (mode === "lines") return pushLines(chunk)
      add(chunk)
      const head = drain()
      const digits = lengthDigits(head)
      if (digits === null) {
        add(head)
        return true
      }
      mode = digits === 0 ? "lines" : "counted"
      return mode === "lines" ? pushLines(head) : pushCounted(head)
    },
    flush() {
      const isWhole = mode !== "counted" && !isSkipping
      const line = drain()
      if (isWhole) emit(line)
    },
  }
}
