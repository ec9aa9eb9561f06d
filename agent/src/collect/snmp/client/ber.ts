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
const MAX_OID_BYTES = 640

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

export const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const head =
    length < 0x80
      ? Buffer.of(tag, length)
      : length < 0x1_00
        ? Buffer.of(tag, 0x81, length)
        : Buffer.of(tag, 0x82, length >> 8, length & 0xff)
  return Buffer.concat([head, body])
}

/** A number from 0 to 2^47 in the fewest bytes, with a zero before a set top bit. */
export const integerTlv = (value: number): Buffer => {
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  if (bytes.length === 0 || (bytes[0] ?? 0) >= 0x80) bytes.unshift(0)
  return tlv(0x02, Buffer.from(bytes))
}

const pushArc = (into: number[], arc: number): void => {
  const groups = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
    groups.unshift((rest % 128) + 0x80)
  into.push(...groups)
}

export const oidTlv = (oid: string): Buffer => {
  const [first = 0, second = 0, ...rest] = oid.split(".").map(Number)
  const bytes: number[] = []
  pushArc(bytes, first * 40 + second)
  for (const arc of rest) pushArc(bytes, arc)
  return tlv(0x06, Buffer.from(bytes))
}
