/**
 * BER as SNMP uses it (RFC 3417 section 8): definite lengths, tags of one byte. Every reader runs
 * in linear time and either returns a value that lies inside the packet or throws `BerError`.
 */

export class BerError extends Error {
  override readonly name = "BerError"
}

/** `end` is the offset behind the value, in the bytes that were read from. */
export type Tlv = { readonly tag: number; readonly body: Buffer; readonly end: number }

const MAX_LENGTH_BYTES = 4
/** RFC 2578 section 3.5: at most 128 sub-identifiers. */
export const MAX_OID_BYTES = 640

export const readTlv = (bytes: Buffer, at: number): Tlv => {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) throw new BerError("a value is missing")
  let start = at + 2
  let length = first
  if (first >= 0x80) {
    const more = first & 0x7f
    if (more === 0 || more > MAX_LENGTH_BYTES || start + more > bytes.length)
      throw new BerError("a length is malformed")
    length = bytes.readUIntBE(start, more)
    start += more
  }
  const end = start + length
  if (end > bytes.length) throw new BerError("a value is cut short")
  return { tag, body: bytes.subarray(start, end), end }
}

export const readTagged = (bytes: Buffer, at: number, tag: number): Tlv => {
  const tlv = readTlv(bytes, at)
  if (tlv.tag !== tag) throw new BerError(`tag ${tlv.tag} instead of ${tag}`)
  return tlv
}

/** Two's complement of up to nine bytes; agents that trim a zero to nothing are understood. */
export const signedOf = (body: Buffer): number | bigint => {
  if (body.length === 0) return 0
  if (body.length > 9) throw new BerError("an integer has more than nine bytes")
  if (body.length <= 6) return body.readIntBE(0, body.length)
  const value = BigInt.asIntN(body.length * 8, BigInt(`0x${body.toString("hex")}`))
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** Reads values where they are in the packet: `tag`, and `start` and `end` of the body. */
export class BerReader {
  readonly bytes: Buffer
  tag = 0
  start = 0
  end = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** The value at `at`, which has to end at `limit` or before it. */
  next(at: number, limit: number): void {
    const first = this.bytes[at + 1] ?? 0
    if (at + 2 > limit) throw new BerError("a value is missing")
    let start = at + 2
    let length = first
    if (first >= 0x80) {
      const more = first & 0x7f
      if (more === 0 || more > MAX_LENGTH_BYTES || start + more > limit)
        throw new BerError("a length is malformed")
      length = this.bytes.readUIntBE(start, more)
      start += more
    }
    if (start + length > limit) throw new BerError("a value is cut short")
    this.tag = this.bytes[at] ?? 0
    this.start = start
    this.end = start + length
  }

  nextTagged(at: number, limit: number, tag: number): void {
    this.next(at, limit)
    if (this.tag !== tag) throw new BerError(`tag ${this.tag} instead of ${tag}`)
  }

  nextInteger(at: number, limit: number): number {
    this.nextTagged(at, limit, 0x02)
    const value = this.signed()
    if (typeof value === "bigint") throw new BerError("an integer is too large")
    return value
  }

  /** The body as a signed number. */
  signed(): number | bigint {
    const length = this.end - this.start
    return length > 0 && length <= 6
      ? this.bytes.readIntBE(this.start, length)
      : signedOf(this.body())
  }

  /** The body as an unsigned number of 64 bits. */
  unsigned64(): bigint {
    let start = this.start
    while (start < this.end && this.bytes[start] === 0) start++
    const length = this.end - start
    if (length === 0) return 0n
    if (length <= 6) return BigInt(this.bytes.readUIntBE(start, length))
    if (length === 8) return this.bytes.readBigUInt64BE(start)
    const hex = this.bytes.toString("hex", this.start, Math.min(this.end, this.start + 16))
    return BigInt.asUintN(64, BigInt(`0x${hex}`))
  }

  body(): Buffer {
    return this.bytes.subarray(this.start, this.end)
  }
}

export const readInteger = (
  bytes: Buffer,
  at: number,
): { readonly value: number; readonly end: number } => {
  const { body, end } = readTagged(bytes, at, 0x02)
  const value = signedOf(body)
  if (typeof value === "bigint") throw new BerError("an integer is too large")
  return { value, end }
}

export const oidText = (body: Buffer): string => {
  if (body.length === 0 || body.length > MAX_OID_BYTES)
    throw new BerError("an object identifier is malformed")
  const arcs: number[] = []
  let arc = 0
  for (const byte of body) {
    arc = arc * 128 + (byte & 0x7f)
    if (arc > 2 ** 45) throw new BerError("an object identifier is malformed")
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  const [head = 0, ...rest] = arcs
  const first = Math.min(2, Math.floor(head / 40))
  return [first, head - 40 * first, ...rest].join(".")
}

/** Of a tag and a length. */
const headBytes = (length: number): number => (length < 0x80 ? 2 : length < 0x1_00 ? 3 : 4)

/** Gives the offset behind it. */
export const writeHead = (into: Buffer, at: number, tag: number, length: number): number => {
  into[at] = tag
  if (length < 0x80) {
    into[at + 1] = length
    return at + 2
  }
  if (length < 0x1_00) {
    into[at + 1] = 0x81
    into[at + 2] = length
    return at + 3
  }
  into[at + 1] = 0x82
  into.writeUInt16BE(length, at + 2)
  return at + 4
}

export const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  let length = 0
  for (const part of parts) length += part.length
  const into = Buffer.allocUnsafe(headBytes(length) + length)
  let at = writeHead(into, 0, tag, length)
  for (const part of parts) {
    into.set(part, at)
    at += part.length
  }
  return into
}

/** A number from 0 to 2^47 in the fewest bytes, with a zero before a set top bit. */
export const integerTlv = (value: number): Buffer => {
  let length = 1
  for (let rest = Math.floor(value / 0x80); rest > 0; rest = Math.floor(rest / 0x1_00)) length++
  const into = Buffer.allocUnsafe(2 + length)
  writeHead(into, 0, 0x02, length)
  into.writeUIntBE(value, 2, length)
  return into
}

const DOT = 0x2e
const ZERO = 0x30

const writeArc = (into: Buffer, at: number, arc: number): number => {
  let bytes = 1
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes++
  let rest = arc
  for (let index = bytes - 1; index >= 0; index--) {
    into[at + index] = (rest % 128) + (index === bytes - 1 ? 0 : 0x80)
    rest = Math.floor(rest / 128)
  }
  return at + bytes
}

/**
 * Writes the bytes of an object identifier, at most one more than its text has characters; gives
 * the offset behind them. The first two arcs are one.
 */
export const writeOid = (into: Buffer, at: number, oid: string): number => {
  let [to, arc, arcs, first] = [at, 0, 0, 0]
  for (let index = 0; index <= oid.length; index++) {
    const char = index === oid.length ? DOT : oid.charCodeAt(index)
    if (char !== DOT) {
      arc = arc * 10 + (char - ZERO)
      continue
    }
    if (arcs === 0) first = arc
    else to = writeArc(into, to, arcs === 1 ? first * 40 + arc : arc)
    arcs += 1
    arc = 0
  }
  return arcs === 1 ? writeArc(into, to, first * 40) : to
}

export const oidTlv = (oid: string): Buffer => {
  const bytes = Buffer.alloc(oid.length + 1)
  return tlv(0x06, bytes.subarray(0, writeOid(bytes, 0, oid)))
}
