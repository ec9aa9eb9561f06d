/** SNMP v2c messages: requests in, responses out. RFC 3416. */
import {
  type Element,
  integer,
  type Oid,
  oid,
  readAll,
  readElement,
  readInteger,
  readOid,
  TAG,
  wrap,
} from "./ber.ts"

export type Value =
  | { readonly kind: "integer" | "gauge32" | "timeTicks" | "counter32"; readonly value: number }
  | { readonly kind: "counter64"; readonly value: bigint }
  | { readonly kind: "octets"; readonly value: Uint8Array }
  | { readonly kind: "oid"; readonly value: Oid }
  | { readonly kind: "ipAddress"; readonly value: Uint8Array }
  | { readonly kind: "null" | "noSuchObject" | "noSuchInstance" | "endOfMibView" }

export type Binding = { readonly oid: Oid; readonly value: Value }
/** The PDU of a request of any version. */
export type RequestPdu = {
  readonly pdu: "get" | "get-next" | "get-bulk" | "set"
  readonly id: number
  /** For a GET-BULK; zero otherwise. */
  readonly nonRepeaters: number
  readonly maxRepetitions: number
  readonly oids: readonly Oid[]
}
export type Request = RequestPdu & { readonly version: number; readonly community: string }

export const V2C = 1
const PDUS = { 160: "get", 161: "get-next", 163: "set", 165: "get-bulk" } as const
const RESPONSE = 0xa2
export const ERROR = { none: 0, tooBig: 1, noAccess: 6 } as const

const only = (elements: readonly Element[], index: number, tag: number): Buffer => {
  const element = elements[index]
  if (element === undefined || element.tag !== tag)
    throw new Error(`expected tag ${tag} at ${index}`)
  return element.body
}

/** Throws for anything but an SNMP request that the lab supports; such packets get no answer. */
export const parseRequest = (packet: Buffer): Request => {
  const message = readElement(packet)
  if (message.tag !== TAG.sequence) throw new Error("not a message")
  const parts = readAll(message.body)
  const request = parsePdu(parts[2])
  return {
    version: readInteger(only(parts, 0, TAG.integer)),
    community: only(parts, 1, TAG.octets).toString("latin1"),
    ...request,
  }
}

export const parsePdu = (element: Element | undefined): RequestPdu => {
  const pdu = Object.entries(PDUS).find(([tag]) => Number(tag) === element?.tag)?.[1]
  if (element === undefined || pdu === undefined) throw new Error("not a request")
  const fields = readAll(element.body)
  const second = readInteger(only(fields, 1, TAG.integer))
  const third = readInteger(only(fields, 2, TAG.integer))
  return {
    pdu,
    id: readInteger(only(fields, 0, TAG.integer)),
    nonRepeaters: pdu === "get-bulk" ? Math.max(0, second) : 0,
    maxRepetitions: pdu === "get-bulk" ? Math.max(0, third) : 0,
    oids: readAll(only(fields, 3, TAG.sequence)).map((binding) =>
      readOid(only(readAll(binding.body), 0, TAG.oid)),
    ),
  }
}

export const encodeValue = (value: Value): Buffer => {
  switch (value.kind) {
    case "integer":
      return integer(value.value)
    case "gauge32":
    case "timeTicks":
    case "counter32":
      return integer(value.value, TAG[value.kind])
    case "counter64":
      return integer(value.value, TAG.counter64)
    case "octets":
      return wrap(TAG.octets, value.value)
    case "ipAddress":
      return wrap(TAG.ipAddress, value.value)
    case "oid":
      return oid(value.value)
    case "null":
    case "noSuchObject":
    case "noSuchInstance":
    case "endOfMibView":
      return wrap(TAG[value.kind])
  }
}

export const encodeBinding = (binding: Binding): Buffer =>
  wrap(TAG.sequence, oid(binding.oid), encodeValue(binding.value))

/** `bindings` are already encoded, so that the caller can limit the size. */
export const encodePdu = (
  request: RequestPdu,
  bindings: readonly Buffer[],
  error = ERROR.none as number,
  index = 0,
): Buffer =>
  wrap(
    RESPONSE,
    integer(request.id),
    integer(error),
    integer(index),
    wrap(TAG.sequence, ...bindings),
  )

/** The message of version 2c around a response. */
export const encodeResponse = (request: Request, pdu: Buffer): Buffer =>
  wrap(
    TAG.sequence,
    integer(request.version),
    wrap(TAG.octets, Buffer.from(request.community, "latin1")),
    pdu,
  )
