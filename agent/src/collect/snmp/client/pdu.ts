/**
 * Requests and answers of SNMP (RFC 3416), and the messages of v1 and v2c around them (RFC 1157,
 * 1901). Pure.
 */
import {
  BerError,
  BerReader,
  integerTlv,
  oidText,
  oidTlv,
  readInteger,
  readTagged,
  tlv,
  writeHead,
  writeOid,
} from "./ber.ts"
import { OidTexts } from "./oid-texts.ts"

export const PDU = {
  get: 0xa0,
  getNext: 0xa1,
  response: 0xa2,
  getBulk: 0xa5,
  trapV1: 0xa4,
  inform: 0xa6,
  trap: 0xa7,
  report: 0xa8,
} as const
export type Question =
  | { readonly kind: "get" | "getNext"; readonly oids: readonly string[] }
  | { readonly kind: "getBulk"; readonly oids: readonly string[]; readonly repetitions: number }

/**
 * `value`: number, bigint (64 bits), Buffer (octets, addresses), text of an OID; null for none of
 * these.
 */
export type Varbind = {
  readonly oid: string
  /** All arcs but the last, with a dot at the end, and the last; only `oid` is always set. */
  readonly prefix: string
  readonly last: string
  readonly tag: number
  readonly value: unknown
}

/** RFC 3416 section 3; those above 5 concern writing, except "access denied". */
export const ERROR = {
  none: 0,
  tooBig: 1,
  noSuchName: 2,
  genErr: 5,
  noAccess: 6,
  authorizationError: 16,
} as const

/** `isWhole`: false if a varbind could not be read; those before it are included. */
export type Answer = {
  readonly type: number
  readonly id: number
  readonly errorStatus: number
  readonly errorIndex: number
  readonly varbinds: readonly Varbind[]
  readonly isWhole: boolean
}

const SEQUENCE = 0x30
const OCTETS = 0x04
/** The limit of varbinds in one answer; more are cut. */
const MAX_VARBINDS = 2_000

/** noSuchObject, noSuchInstance, endOfMibView. */
export const isException = ({ tag }: Varbind): boolean => tag >= 0x80 && tag <= 0x82

/**
 * Counter32, Gauge32 and TimeTicks are unsigned: an agent that omits the leading zero is
 * understood.
 */
const unsigned32 = (value: number | bigint): number | bigint =>
  typeof value === "number" && value < 0 && value >= -(2 ** 31) ? value + 2 ** 32 : value

const plainValue = (reader: BerReader): unknown => {
  switch (reader.tag) {
    case 0x02:
      return reader.signed()
    case 0x41:
    case 0x42:
    case 0x43:
      return unsigned32(reader.signed())
    case 0x46:
      return reader.unsigned64()
    case 0x04:
    case 0x40:
    case 0x44:
      return reader.body()
    case 0x06:
      return reader.start === reader.end ? null : oidText(reader.body())
    default:
      return null
  }
}

/** Tables have the same columns on all devices. */
const oids = new OidTexts()

const readVarbind = (reader: BerReader, at: number, limit: number): Varbind => {
  reader.nextTagged(at, limit, 0x06)
  const { prefix, last } = oids.read(reader.bytes, reader.start, reader.end)
  reader.next(reader.end, limit)
  return { oid: prefix + last, prefix, last, tag: reader.tag, value: plainValue(reader) }
}

type Varbinds = { readonly varbinds: readonly Varbind[]; readonly isWhole: boolean }

const varbindsIn = (reader: BerReader, start: number, limit: number): Varbinds => {
  const varbinds: Varbind[] = []
  try {
    for (let next = start; next < limit && varbinds.length < MAX_VARBINDS; ) {
      reader.nextTagged(next, limit, SEQUENCE)
      next = reader.end
      varbinds.push(readVarbind(reader, reader.start, next))
    }
  } catch (error) {
    if (!(error instanceof BerError)) throw error
    return { varbinds, isWhole: false }
  }
  return { varbinds, isWhole: true }
}

/** The varbinds up to the first that cannot be read. */
export const readVarbinds = (list: Buffer): Varbinds =>
  varbindsIn(new BerReader(list), 0, list.length)

export const readPdu = (bytes: Buffer, at: number): Answer => {
  const reader = new BerReader(bytes)
  reader.next(at, bytes.length)
  const { tag: type, end } = reader
  const id = reader.nextInteger(reader.start, end)
  const errorStatus = reader.nextInteger(reader.end, end)
  const errorIndex = reader.nextInteger(reader.end, end)
  reader.nextTagged(reader.end, end, SEQUENCE)
  const { varbinds, isWhole } = varbindsIn(reader, reader.start, reader.end)
  return { type, id, errorStatus, errorIndex, varbinds, isWhole }
}

const NULL = Buffer.of(0x05, 0x00)
/** With a longer identifier the lengths of a varbind need more than one byte. */
const MAX_SHORT_OID_BYTES = 0x7f - 4

/** The varbinds of a request, without values. */
const questionVarbinds = (requested: readonly string[]): Buffer => {
  let size = 0
  for (const oid of requested) size += oid.length + 12
  const into = Buffer.allocUnsafe(size)
  let at = 0
  for (const oid of requested) {
    const end = writeOid(into, at + 4, oid)
    const length = end - at - 4
    if (length > MAX_SHORT_OID_BYTES) at += tlv(SEQUENCE, oidTlv(oid), NULL).copy(into, at)
    else {
      writeHead(into, at, SEQUENCE, length + 4)
      writeHead(into, at + 2, 0x06, length)
      writeHead(into, end, 0x05, 0)
      at = end + 2
    }
  }
  return into.subarray(0, at)
}

export const pduBytes = (question: Question, id: number): Buffer =>
  tlv(
    PDU[question.kind],
    integerTlv(id),
    integerTlv(0),
    integerTlv(question.kind === "getBulk" ? question.repetitions : 0),
    tlv(SEQUENCE, questionVarbinds(question.oids)),
  )

export const VERSION = { v1: 0, v2c: 1, v3: 3 } as const
export type CommunityVersion = "v1" | "v2c"

export const communityMessage = (
  version: CommunityVersion,
  community: string,
  question: Question,
  id: number,
): Buffer =>
  tlv(
    SEQUENCE,
    integerTlv(VERSION[version]),
    tlv(OCTETS, Buffer.from(community)),
    pduBytes(question, id),
  )

/** The number of the version, and the offset after it. Throws `BerError`. */
export const readVersion = (
  packet: Buffer,
): { readonly version: number; readonly body: Buffer; readonly at: number } => {
  const { body } = readTagged(packet, 0, SEQUENCE)
  const version = readInteger(body, 0)
  return { version: version.value, body, at: version.end }
}

/** The number of the request that an answer belongs to. */
export const readCommunityId = (body: Buffer, at: number): number => {
  const reader = new BerReader(body)
  reader.nextTagged(at, body.length, OCTETS)
  reader.next(reader.end, body.length)
  return reader.nextInteger(reader.start, reader.end)
}

export const readCommunityAnswer = (body: Buffer, at: number): Answer => {
  const community = readTagged(body, at, OCTETS)
  return readPdu(body, community.end)
}
