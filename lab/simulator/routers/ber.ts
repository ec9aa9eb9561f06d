/**
 * BER as SNMP uses it, written for the lab alone (the agent has another), and the few DER elements
 * of a certificate. Lengths are definite; integers are two's complement, big endian, of minimal
 * length.
 */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeTicks: 0x43,
  counter64: 0x46,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const

export type Oid = readonly number[]
export const oidOf = (text: string): number[] => text.replace(/^\./, "").split(".").map(Number)
export const oidText = (oid: Oid): string => oid.join(".")
export const compareOids = (a: Oid, b: Oid): number => {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const lengthBytes = (length: number): number[] => {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}
export const wrap = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(body.length)]), body])
}

export const integer = (value: bigint | number, tag: number = TAG.integer): Buffer => {
  const bytes: number[] = []
  let rest = BigInt(value)
  for (;;) {
    bytes.unshift(Number(rest & 0xffn))
    rest >>= 8n
    const signBit = (bytes[0] ?? 0) & 0x80
    if ((rest === 0n && signBit === 0) || (rest === -1n && signBit !== 0))
      return wrap(tag, Buffer.from(bytes))
  }
}

/** The first two arcs share a byte: 40 times the first plus the second. */
export const oid = (arcs: Oid): Buffer => {
  const [first = 0, second = 0, ...rest] = arcs
  const bytes: number[] = []
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128]
    for (let more = Math.floor(arc / 128); more > 0; more = Math.floor(more / 128))
      groups.unshift((more % 128) | 0x80)
    bytes.push(...groups)
  }
  return wrap(TAG.oid, Buffer.from(bytes))
}

export type Element = { readonly tag: number; readonly body: Buffer; readonly end: number }

/** One element at `at`. Throws on malformed input; the caller drops the packet. */
export const readElement = (bytes: Buffer, at = 0): Element => {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) throw new Error("truncated")
  let start = at + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 4) throw new Error("length not definite or too long")
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + i] ?? 0)
    start += count
  }
  if (start + length > bytes.length) throw new Error("truncated")
  return { tag, body: bytes.subarray(start, start + length), end: start + length }
}

/** The elements inside a constructed one. */
export const readAll = (body: Buffer): Element[] => {
  const elements: Element[] = []
  for (let at = 0; at < body.length; ) {
    const element = readElement(body, at)
    elements.push(element)
    at = element.end
  }
  return elements
}

export const readInteger = (body: Buffer): number => {
  if (body.length === 0 || body.length > 5) throw new Error("integer out of range")
  let value = body.readInt8(0)
  for (const byte of body.subarray(1)) value = value * 256 + byte
  return value
}

export const readOid = (body: Buffer): number[] => {
  const arcs: number[] = []
  let arc = 0
  for (const byte of body) {
    arc = arc * 128 + (byte & 0x7f)
    if (arc > 0xffff_ffff) throw new Error("arc out of range")
    if ((byte & 0x80) !== 0) continue
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40))
      arcs.push(first, arc - first * 40)
    } else arcs.push(arc)
    arc = 0
  }
  return arcs
}
