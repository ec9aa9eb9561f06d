/**
 * Answers SNMP v2c from a sorted list of objects. Pure: takes a packet and the time, returns a
 * packet or null.
 */
import { compareOids, type Oid } from "./ber.ts"
import {
  type Binding,
  ERROR,
  encodeBinding,
  encodePdu,
  encodeResponse,
  parseRequest,
  type Request,
  type RequestPdu,
  V2C,
  type Value,
} from "./snmp-message.ts"

export type MibObject = {
  readonly oid: Oid
  readonly read: (atMs: number) => Value
  /** A row that comes and goes: false while it is not there. */
  readonly isThere?: (atMs: number) => boolean
}
/** Sorted by OID, without duplicates. */
export type Mib = readonly MibObject[]

/** RouterOS keeps its answers within one packet on the wire. */
const MAX_BYTES = 1_400
const HEADER_BYTES = 64

/** Index of the first object at this OID or, with `after`, beyond it. */
const seek = (mib: Mib, oid: Oid, after: boolean): number => {
  let [low, high] = [0, mib.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const order = compareOids(mib[middle]?.oid ?? [], oid)
    if (order < 0 || (after && order === 0)) low = middle + 1
    else high = middle
  }
  return low
}

const get = (mib: Mib, oid: Oid, atMs: number): Binding => {
  const object = mib[seek(mib, oid, false)]
  const isThere = object?.isThere?.(atMs) !== false
  if (object !== undefined && isThere && compareOids(object.oid, oid) === 0)
    return { oid, value: object.read(atMs) }
  // An instance is missing where its column is known, otherwise the object itself.
  const column = oid.slice(0, -1)
  const known = mib[seek(mib, column, false)]
  const isKnown =
    column.length > 0 &&
    known !== undefined &&
    compareOids(known.oid.slice(0, column.length), column) === 0
  return { oid, value: { kind: isKnown ? "noSuchInstance" : "noSuchObject" } }
}

const next = (mib: Mib, oid: Oid, atMs: number): Binding => {
  let at = seek(mib, oid, true)
  while (mib[at]?.isThere?.(atMs) === false) at += 1
  const object = mib[at]
  return object === undefined
    ? { oid, value: { kind: "endOfMibView" } }
    : { oid: object.oid, value: object.read(atMs) }
}

/** As many as fit: a bulk answer may be shorter than requested, never longer than a packet. */
const bulk = (mib: Mib, request: RequestPdu, atMs: number): Buffer[] => {
  const encoded: Buffer[] = []
  let bytes = HEADER_BYTES
  const add = (binding: Binding): boolean => {
    const buffer = encodeBinding(binding)
    if (bytes + buffer.length > MAX_BYTES) return false
    bytes += buffer.length
    encoded.push(buffer)
    return true
  }
  for (const oid of request.oids.slice(0, request.nonRepeaters))
    if (!add(next(mib, oid, atMs))) return encoded
  let row: readonly Oid[] = request.oids.slice(request.nonRepeaters)
  for (let n = 0; n < request.maxRepetitions && row.length > 0; n++) {
    const bindings = row.map((oid) => next(mib, oid, atMs))
    for (const binding of bindings) if (!add(binding)) return encoded
    if (bindings.every((b) => b.value.kind === "endOfMibView")) return encoded
    row = bindings.map((b) => b.oid)
  }
  return encoded
}

/** The response to a PDU. */
export const responseTo = (request: RequestPdu, mib: Mib, atMs: number): Buffer => {
  if (request.pdu === "set") {
    const same = request.oids.map((oid) => encodeBinding({ oid, value: { kind: "null" } }))
    return encodePdu(request, same, ERROR.noAccess, 1)
  }
  if (request.pdu === "get-bulk") return encodePdu(request, bulk(mib, request, atMs))
  const lookup = request.pdu === "get" ? get : next
  const bindings = request.oids.map((oid) => encodeBinding(lookup(mib, oid, atMs)))
  const size = bindings.reduce((sum, b) => sum + b.length, HEADER_BYTES)
  return size > MAX_BYTES * 4 ? encodePdu(request, [], ERROR.tooBig) : encodePdu(request, bindings)
}

/** Null: no answer, as for a wrong community or for noise. */
export const answer = (
  packet: Buffer,
  community: string,
  mib: Mib,
  atMs: number,
): Buffer | null => {
  let request: Request
  try {
    request = parseRequest(packet)
  } catch {
    return null
  }
  if (request.version !== V2C || request.community !== community) return null
  return encodeResponse(request, responseTo(request, mib, atMs))
}
