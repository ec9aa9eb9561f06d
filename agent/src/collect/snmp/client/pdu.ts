/**
 * Requests and answers of SNMP (RFC 3416), and the messages of v1 and v2c around them (RFC 1157,
 * 1901). Pure.
 */
import {
  BerError,
  integerTlv,
  oidText,
  oidTlv,
  readInteger,
  readTagged,
  readTlv,
  signedOf,
  tlv,
} from "./ber.ts"

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
export type Varbind = { readonly oid: string; readonly tag: number; readonly value: unknown }

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
const EXCEPTIONS = [0x80, 0x81, 0x82] as const
/** The limit of varbinds in one answer; more are cut. */
const MAX_VARBINDS = 2_000

/** noSuchObject, noSuchInstance, endOfMibView. */
export const isException = ({ tag }: Varbind): boolean => EXCEPTIONS.some((each) => each === tag)

/**
 * Counter32, Gauge32 and TimeTicks are unsigned: an agent that omits the leading zero is
 * understood.
 */
const unsigned32 = (body: Buffer): number | bigint => {
  const value = signedOf(body)
  return typeof value === "number" && value < 0 && value >= -(2 ** 31) ? value + 2 ** 32 : value
}

const plainValue = (tag: number, body: Buffer): unknown => {
  switch (tag) {
    case 0x02:
      return signedOf(body)
    case 0x41:
    case 0x42:
    case 0x43:
      return unsigned32(body)
    case 0x46:
      return body.length === 0
        ? 0n
        : BigInt.asUintN(64, BigInt(`0x${body.subarray(0, 16).toString("hex")}`))
    case 0x04:
    case 0x40:
    case 0x44:
      return body
    case 0x06:
      return body.length === 0 ? null : oidText(body)
    default:
      return null
  }
}

const readVarbind = (body: Buffer): Varbind => {
  const name = readTagged(body, 0, 0x06)
  const value = readTlv(body, name.end)
  return { oid: oidText(name.body), tag: value.tag, value: plainValue(value.tag, value.body) }
}

/** The varbinds up to the first that cannot be read. */
export const readVarbinds = (
  list: Buffer,
): { readonly varbinds: readonly Varbind[]; readonly isWhole: boolean } => {
  const varbinds: Varbind[] = []
  try {
    for (let next = 0; next < list.length && varbinds.length < MAX_VARBINDS; ) {
      const one = readTagged(list, next, SEQUENCE)
      varbinds.push(readVarbind(one.body))
      next = one.end
    }
  } catch (error) {
    if (!(error instanceof BerError)) throw error
    return { varbinds, isWhole: false }
  }
  return { varbinds, isWhole: true }
}

export const readPdu = (bytes: Buffer, at: number): Answer => {
  const pdu = readTlv(bytes, at)
  const id = readInteger(pdu.body, 0)
  const errorStatus = readInteger(pdu.body, id.end)
  const errorIndex = readInteger(pdu.body, errorStatus.end)
  const list = readTagged(pdu.body, errorIndex.end, SEQUENCE)
  const { varbinds, isWhole } = readVarbinds(list.body)
  return {
    type: pdu.tag,
    id: id.value,
    errorStatus: errorStatus.value,
    errorIndex: errorIndex.value,
    varbinds,
    isWhole,
  }
}

const NULL = Buffer.of(0x05, 0x00)

export const pduBytes = (question: Question, id: number): Buffer => {
  const second = integerTlv(0)
  const third = integerTlv(question.kind === "getBulk" ? question.repetitions : 0)
  const varbinds = question.oids.map((oid) => tlv(SEQUENCE, oidTlv(oid), NULL))
  return tlv(PDU[question.kind], integerTlv(id), second, third, tlv(SEQUENCE, ...varbinds))
}

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

export const readCommunityAnswer = (body: Buffer, at: number): Answer => {
  const community = readTagged(body, at, OCTETS)
  return readPdu(body, community.end)
}
