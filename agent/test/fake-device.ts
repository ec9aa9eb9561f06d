/**
 * For tests: a device that answers SNMP v2c from a table, with its own BER, so that a fault of the
 * library cannot hide itself.
 */
import dgram from "node:dgram"

/**
 * Tags as on the wire: 2 integer, 4 octets, 6 OID, 0x41 counter32, 0x42 gauge32, 0x43 ticks, 0x46
 * counter64.
 */
export type Value = { readonly tag: number; readonly bytes: Buffer }
export type Table = ReadonlyMap<string, Value>
type Pdu = {
  readonly type: number
  readonly id: Buffer
  readonly nonRepeaters: number
  readonly repetitions: number
  readonly oids: readonly string[]
}
type Varbind = { readonly oid: string; readonly value: Value }

const END_OF_VIEW: Value = { tag: 0x82, bytes: Buffer.alloc(0) }
const NO_SUCH_OBJECT: Value = { tag: 0x80, bytes: Buffer.alloc(0) }

const lengthOf = (length: number): Buffer =>
  length < 0x80 ? Buffer.of(length) : Buffer.of(0x82, length >> 8, length & 0xff)
const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body])
}

export const oidBytes = (oid: string): Buffer => {
  const [first = 0, second = 0, ...rest] = oid.split(".").map(Number)
  const arc = (value: number): number[] =>
    value < 0x80
      ? [value]
      : [...arc(Math.floor(value / 128)).map((byte) => byte | 0x80), value % 128]
  return Buffer.from([first * 40 + second, ...rest.flatMap((value) => arc(value))])
}
const oidText = (bytes: Buffer): string => {
  const arcs: number[] = []
  let value = 0
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(value)
      value = 0
    }
  }
  const [head = 0, ...rest] = arcs
  return [
    Math.min(2, Math.floor(head / 40)),
    head - 40 * Math.min(2, Math.floor(head / 40)),
    ...rest,
  ].join(".")
}
const unsigned = (value: bigint): Buffer => {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, "hex")
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
}

export const integer = (value: number, tag = 2): Value => ({ tag, bytes: unsigned(BigInt(value)) })
export const counter64 = (value: bigint): Value => ({ tag: 0x46, bytes: unsigned(value) })
export const octets = (text: string | Buffer): Value => ({ tag: 4, bytes: Buffer.from(text) })
export const oidValue = (oid: string): Value => ({ tag: 6, bytes: oidBytes(oid) })

type Read = { readonly tag: number; readonly body: Buffer; readonly rest: Buffer }
const read = (bytes: Buffer): Read => {
  const first = bytes[1] ?? 0
  const more = first < 0x80 ? 0 : first & 0x7f
  const length = more === 0 ? first : bytes.readUIntBE(2, more)
  return {
    tag: bytes[0] ?? 0,
    body: bytes.subarray(2 + more, 2 + more + length),
    rest: bytes.subarray(2 + more + length),
  }
}

const parse = (packet: Buffer): { readonly community: Buffer; readonly pdu: Pdu } => {
  const version = read(read(packet).body)
  const community = read(version.rest)
  const pdu = read(community.rest)
  const id = read(pdu.body)
  const second = read(id.rest)
  const third = read(second.rest)
  const oids: string[] = []
  for (let list = read(third.rest).body; list.length > 0; ) {
    const varbind = read(list)
    oids.push(oidText(read(varbind.body).body))
    list = varbind.rest
  }
  const number = (one: Read): number =>
    one.body.length === 0 ? 0 : one.body.readUIntBE(0, one.body.length)
  return {
    community: community.body,
    pdu: {
      type: pdu.tag,
      id: id.body,
      nonRepeaters: number(second),
      repetitions: number(third),
      oids,
    },
  }
}

const compare = (a: string, b: string): number => {
  const left = a.split(".").map(Number)
  const right = b.split(".").map(Number)
  const at = left.findIndex((arc, i) => arc !== right[i])
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1)
}

const varbindsFor = (pdu: Pdu, table: Table, sorted: readonly string[]): Varbind[] => {
  if (pdu.type === 0xa0)
    return pdu.oids.map((oid) => ({ oid, value: table.get(oid) ?? NO_SUCH_OBJECT }))
  const out: Varbind[] = []
  let from = [...pdu.oids]
  for (let i = 0; i < pdu.repetitions; i += 1)
    from = from.map((oid) => {
      const next = sorted.find((other) => compare(other, oid) > 0)
      out.push({
        oid: next ?? oid,
        value: next === undefined ? END_OF_VIEW : (table.get(next) ?? END_OF_VIEW),
      })
      return next ?? oid
    })
  return out
}

const answerBytes = (community: Buffer, pdu: Pdu, varbinds: readonly Varbind[]): Buffer => {
  const list = varbinds.map(({ oid, value }) =>
    tlv(0x30, tlv(6, oidBytes(oid)), tlv(value.tag, value.bytes)),
  )
  const zero = tlv(2, Buffer.of(0))
  return tlv(
    0x30,
    tlv(2, Buffer.of(1)),
    tlv(4, community),
    tlv(0xa2, tlv(2, pdu.id), zero, zero, tlv(0x30, ...list)),
  )
}

/** How a device may change its answer: several packets, none, or other varbinds. */
export type Faults = {
  readonly varbinds?: (list: Varbind[], pdu: Pdu) => Varbind[]
  readonly packets?: (answer: Buffer) => readonly Buffer[]
  /** Answers from another port, with correct content. */
  readonly fromAnotherPort?: boolean
  readonly host?: string
}
export type FakeDevice = {
  readonly port: number
  readonly requests: () => number
  close(): Promise<void>
}

export const fakeDevice = async (
  table: Table,
  {
    varbinds = (list) => list,
    packets = (answer) => [answer],
    fromAnotherPort = false,
    host = "127.0.0.1",
  }: Faults = {},
): Promise<FakeDevice> => {
  const sorted = [...table.keys()].toSorted(compare)
  const kind = host.includes(":") ? "udp6" : "udp4"
  const socket = dgram.createSocket(kind)
  const other = dgram.createSocket(kind)
  let requests = 0
  socket.on("message", (packet, { address, port }) => {
    const { community, pdu } = parse(packet)
    requests += 1
    if (community.toString() !== "right") return // A wrong community never gets an answer.
    for (const bytes of packets(
      answerBytes(community, pdu, varbinds(varbindsFor(pdu, table, sorted), pdu)),
    ))
      (fromAnotherPort ? other : socket).send(bytes, port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, host, resolve))
  return {
    port: socket.address().port,
    requests: () => requests,
    close: () => new Promise((resolve) => other.close(() => socket.close(() => resolve()))),
  }
}

/**
 * A recorded walk, `OID|tag|value` per line with decimal tags, `x` after a tag for hex. Null if the
 * line has another form.
 */
export const parseRecord = (line: string): readonly [string, Value] | null => {
  const [oid = "", tag = "", ...rest] = line.trimEnd().split("|")
  const value = rest.join("|")
  if (!/^[\d.]+$/.test(oid)) return null
  if (tag === "4") return [oid, octets(value)]
  if (tag === "4x") return [oid, octets(Buffer.from(value, "hex"))]
  if (tag === "6") return [oid, oidValue(value.replace(/^\./, ""))]
  if (tag === "64") return [oid, { tag: 0x40, bytes: Buffer.from(value.split(".").map(Number)) }]
  if (!/^\d+$/.test(value)) return null
  return tag === "70" ? [oid, counter64(BigInt(value))] : [oid, integer(Number(value), Number(tag))]
}
