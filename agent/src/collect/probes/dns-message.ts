/** Messages of the DNS: one question out, one answer in. Pure; RFC 1035. */
import { isIPv6 } from "node:net"

export const RECORD_TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
} as const
export type RecordType = keyof typeof RECORD_TYPES

export type DnsAnswer = {
  readonly id: number
  readonly rcode: number
  readonly isTruncated: boolean
  /** Of the asked type, as text. */
  readonly answers: readonly string[]
}

const MAX_RECORDS = 64
/** More jumps than a name has labels are a loop. */
const MAX_JUMPS = 127

export const encodeQuery = (id: number, name: string, type: RecordType): Buffer => {
  const labels = name
    .replace(/\.$/, "")
    .split(".")
    .filter((label) => label !== "")
  const head = Buffer.alloc(12)
  head.writeUInt16BE(id, 0)
  head.writeUInt16BE(0x0100, 2) // recursion desired
  head.writeUInt16BE(1, 4)
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label, "latin1").subarray(0, 63)
    return Buffer.concat([Buffer.from([bytes.length]), bytes])
  })
  const tail = Buffer.alloc(5)
  tail.writeUInt16BE(RECORD_TYPES[type], 1)
  tail.writeUInt16BE(1, 3)
  return Buffer.concat([head, ...parts, tail])
}

type Read<T> = { readonly value: T; readonly next: number }
/** Throws RangeError beyond the end, and for a name that points at itself. */
const readName = (message: Buffer, start: number): Read<string> => {
  const labels: string[] = []
  let at = start
  let next: number | null = null
  for (let jumps = 0; jumps <= MAX_JUMPS; ) {
    const length = message.readUInt8(at)
    if (length === 0) return { value: labels.join("."), next: next ?? at + 1 }
    if (length >= 0xc0) {
      next ??= at + 2
      at = message.readUInt16BE(at) & 0x3fff
      jumps += 1
    } else if (length > 63 || at + 1 + length > message.length || labels.length > 127)
      throw new RangeError("not a name")
    else {
      labels.push(message.toString("latin1", at + 1, at + 1 + length))
      at += 1 + length
    }
  }
  throw new RangeError("a name points at itself")
}

const ipv6Of = (bytes: Buffer): string => {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) => bytes.readUInt16BE(at).toString(16))
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1)
}
const readText = (bytes: Buffer): string => {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += 1 + bytes.readUInt8(at))
    parts.push(bytes.toString("utf8", at + 1, at + 1 + bytes.readUInt8(at)))
  return parts.join("")
}
const dataText = (message: Buffer, at: number, length: number, type: RecordType): string => {
  const bytes = message.subarray(at, at + length)
  switch (type) {
    case "A":
      return [0, 1, 2, 3].map((index) => bytes.readUInt8(index)).join(".")
    case "AAAA":
      return ipv6Of(bytes)
    case "TXT":
      return readText(bytes)
    case "MX":
      return `${bytes.readUInt16BE(0)} ${readName(message, at + 2).value}`
    case "NS":
    case "CNAME":
    case "PTR":
    case "SOA":
      return readName(message, at).value
  }
}

/** Null: not an answer to such a question. */
export const parseAnswer = (message: Buffer, type: RecordType): DnsAnswer | null => {
  try {
    const flags = message.readUInt16BE(2)
    if ((flags & 0x8000) === 0 || message.readUInt16BE(4) !== 1) return null
    const wanted = RECORD_TYPES[type]
    let at = readName(message, 12).next + 4
    const answers: string[] = []
    const count = Math.min(message.readUInt16BE(6), MAX_RECORDS)
    for (let index = 0; index < count; index += 1) {
      const { next } = readName(message, at)
      const length = message.readUInt16BE(next + 8)
      const isWanted = message.readUInt16BE(next) === wanted && message.readUInt16BE(next + 2) === 1
      at = next + 10
      if (at + length > message.length) throw new RangeError("a record is cut off")
      if (isWanted) answers.push(dataText(message, at, length, type))
      at += length
    }
    const isTruncated = (flags & 0x0200) !== 0
    return { id: message.readUInt16BE(0), rcode: flags & 0xf, isTruncated, answers }
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return null
    throw error
  }
}

/** Addresses by value, names without case and final dot. */
export const isSameAnswer = (answer: string, expected: string): boolean => {
  const canonical = (text: string): string =>
    isIPv6(text)
      ? new URL(`http://[${text}]`).hostname
      : text.trim().replace(/\.$/, "").toLowerCase()
  return canonical(answer) === canonical(expected)
}
