/**
 * Messages of SNMPv3 (RFC 3412, 3414): encoded and decoded for one user. Pure except for the salt.
 */
import type { SnmpAuthProtocol, SnmpPrivProtocol } from "@ispvm/wire"
import { BerError, integerTlv, readInteger, readTagged, tlv } from "./ber.ts"
import { type Answer, pduBytes, type Question, readPdu, VERSION } from "./pdu.ts"
import {
  decrypt,
  type EngineTime,
  encrypt,
  isMac,
  localKey,
  macBytesOf,
  macOf,
  privacyKey,
} from "./usm.ts"

export type V3User = {
  readonly user: string
  readonly auth: { readonly protocol: SnmpAuthProtocol; readonly password: string } | null
  readonly priv: { readonly protocol: SnmpPrivProtocol; readonly password: string } | null
}
export type Engine = EngineTime & { readonly id: Buffer }

const OCTETS = 0x04
const SEQUENCE = 0x30
export const AUTH_FLAG = 1
const PRIV_FLAG = 2
export const REPORTABLE = 4
const USM = 3
const MAX_MESSAGE_BYTES = 65_507
const NOBODY: V3User = { user: "", auth: null, priv: null }
export const NO_ENGINE: Engine = { id: Buffer.alloc(0), boots: 0, timeS: 0 }

/**
 * The positions of a packet's parts. `mac` is a view into the packet, so that it can be zeroed and
 * filled.
 */
export type Envelope = {
  readonly id: number
  readonly flags: number
  readonly engine: Engine
  readonly user: Buffer
  readonly mac: Buffer
  readonly salt: Buffer
  readonly data: Buffer
  readonly dataAt: number
}

export const readEnvelope = (body: Buffer, at: number): Envelope => {
  const header = readTagged(body, at, SEQUENCE)
  const id = readInteger(header.body, 0)
  const size = readInteger(header.body, id.end)
  const flags = readTagged(header.body, size.end, OCTETS)
  const model = readInteger(header.body, flags.end)
  if (model.value !== USM) throw new BerError("another security model")
  const security = readTagged(body, header.end, OCTETS)
  const usm = readTagged(security.body, 0, SEQUENCE).body
  const engineId = readTagged(usm, 0, OCTETS)
  const boots = readInteger(usm, engineId.end)
  const time = readInteger(usm, boots.end)
  const user = readTagged(usm, time.end, OCTETS)
  const mac = readTagged(usm, user.end, OCTETS)
  const salt = readTagged(usm, mac.end, OCTETS)
  const isTime = (value: number): boolean => value >= 0 && value < 2 ** 31
  if (!isTime(boots.value) || !isTime(time.value))
    throw new BerError("an engine's time is negative")
  return {
    id: id.value,
    flags: flags.body[0] ?? 0,
    engine: { id: engineId.body, boots: boots.value, timeS: time.value },
    user: user.body,
    mac: mac.body,
    salt: salt.body,
    data: body,
    dataAt: security.end,
  }
}

const build = (
  id: number,
  flags: number,
  engine: Engine,
  user: string,
  mac: Buffer,
  salt: Buffer,
  data: Buffer,
): Buffer => {
  const header = tlv(
    SEQUENCE,
    integerTlv(id),
    integerTlv(MAX_MESSAGE_BYTES),
    tlv(OCTETS, Buffer.of(flags)),
    integerTlv(USM),
  )
  const security = tlv(
    SEQUENCE,
    tlv(OCTETS, engine.id),
    integerTlv(engine.boots),
    integerTlv(engine.timeS),
    tlv(OCTETS, Buffer.from(user)),
    tlv(OCTETS, mac),
    tlv(OCTETS, salt),
  )
  return tlv(SEQUENCE, integerTlv(VERSION.v3), header, tlv(OCTETS, security), data)
}

/** What the PDU is about; an answer repeats it. */
export type Context = { readonly engineId: Buffer; readonly name: Buffer }

/** One request as this user, to this engine. `id` is that of the message and of the request. */
export const v3Message = (
  account: V3User,
  engine: Engine,
  question: Question,
  id: number,
): Buffer => v3Packet(account, engine, pduBytes(question, id), id, REPORTABLE)

/** Any PDU as this user, with the protection that its passwords allow. */
export const v3Packet = (
  account: V3User,
  engine: Engine,
  pdu: Buffer,
  id: number,
  reportable: number,
  context: Context = { engineId: engine.id, name: Buffer.alloc(0) },
): Buffer => {
  const scoped = tlv(SEQUENCE, tlv(OCTETS, context.engineId), tlv(OCTETS, context.name), pdu)
  const { auth, priv } = account
  const flags =
    reportable | (auth === null ? 0 : AUTH_FLAG) | (auth === null || priv === null ? 0 : PRIV_FLAG)
  if (auth === null)
    return build(id, flags, engine, account.user, Buffer.alloc(0), Buffer.alloc(0), scoped)
  const key =
    priv === null ? null : privacyKey(priv.protocol, auth.protocol, priv.password, engine.id)
  const secret = priv === null || key === null ? null : encrypt(priv.protocol, key, engine, scoped)
  const data = secret === null ? scoped : tlv(OCTETS, secret.bytes)
  const blank = Buffer.alloc(macBytesOf(auth.protocol))
  const packet = build(
    id,
    flags,
    engine,
    account.user,
    blank,
    secret?.salt ?? Buffer.alloc(0),
    data,
  )
  const { body } = readTagged(packet, 0, SEQUENCE)
  const { mac } = readEnvelope(body, readInteger(body, 0).end)
  macOf(auth.protocol, localKey(auth.protocol, auth.password, engine.id), packet).copy(mac)
  return packet
}

/** Discovers an agent's engine: answered by a report for any user (RFC 3414 section 4). */
export const discoveryMessage = (id: number): Buffer =>
  v3Message(NOBODY, NO_ENGINE, { kind: "get", oids: [] }, id)

export type V3Read =
  | {
      readonly ok: true
      readonly answer: Answer
      readonly engine: Engine
      readonly context: Context
      readonly isAuthentic: boolean
    }
  /** `reason`: why a packet with a matching number is not accepted. */
  | { readonly ok: false; readonly reason: "wrong-digest" | "not-decrypted" | "less-secure" }

/**
 * Throws `BerError` if this is not SNMPv3. Only a report may have less protection than the request.
 */
export const readV3 = (
  account: V3User,
  packet: Buffer,
  body: Buffer,
  at: number,
): { readonly id: number; read: () => V3Read } => {
  const envelope = readEnvelope(body, at)
  return { id: envelope.id, read: () => readFor(account, packet, envelope) }
}

const readFor = ({ auth, priv }: V3User, packet: Buffer, envelope: Envelope): V3Read => {
  const { flags, engine, salt, data, dataAt } = envelope
  const isSigned = (flags & AUTH_FLAG) !== 0 && auth !== null
  if (isSigned) {
    const mac = Buffer.from(envelope.mac)
    envelope.mac.fill(0)
    const isRight = isMac(
      auth.protocol,
      localKey(auth.protocol, auth.password, engine.id),
      packet,
      mac,
    )
    mac.copy(envelope.mac)
    if (!isRight) return { ok: false, reason: "wrong-digest" }
  }
  const isSecret = (flags & PRIV_FLAG) !== 0
  let scoped = data.subarray(dataAt)
  if (isSecret) {
    if (auth === null || priv === null) return { ok: false, reason: "not-decrypted" }
    const key = privacyKey(priv.protocol, auth.protocol, priv.password, engine.id)
    const plain = decrypt(priv.protocol, key, salt, engine, readTagged(data, dataAt, OCTETS).body)
    if (plain === null) return { ok: false, reason: "not-decrypted" }
    scoped = plain
  }
  const inner = readScoped(scoped, isSecret)
  if (inner === null) return { ok: false, reason: "not-decrypted" }
  const { answer, context } = inner
  const isReport = answer.type === 0xa8
  if (!isReport && ((auth !== null && !isSigned) || (priv !== null && auth !== null && !isSecret)))
    return { ok: false, reason: "less-secure" }
  return { ok: true, answer, engine, context, isAuthentic: isSigned }
}

type Scoped = { readonly answer: Answer; readonly context: Context }
const readScoped = (bytes: Buffer, wasSecret: boolean): Scoped | null => {
  try {
    const { body } = readTagged(bytes, 0, SEQUENCE)
    const engineId = readTagged(body, 0, OCTETS)
    const name = readTagged(body, engineId.end, OCTETS)
    const context = { engineId: engineId.body, name: name.body }
    return { answer: readPdu(body, name.end), context }
  } catch (error) {
    if (wasSecret && error instanceof BerError) return null
    throw error
  }
}
