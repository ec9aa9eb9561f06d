/**
 * SNMP version 3 with the user-based security model (RFC 3412, 3414, 3826), as far as a router
 * answers it: discovery, authentication by MD5 or SHA-1, privacy by DES or AES-128. Written for the
 * lab alone.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from "node:crypto"
import { integer, oid, oidOf, readAll, readElement, readInteger, TAG, wrap } from "./ber.ts"
import { type Mib, responseTo } from "./snmp-agent.ts"
import { parsePdu, type RequestPdu } from "./snmp-message.ts"

export const V3 = 3
export type V3User = {
  readonly name: string
  readonly level: "none" | "authorized" | "private"
  readonly auth: "MD5" | "SHA1"
  readonly authPassword: string
  readonly priv: "DES" | "AES"
  readonly privPassword: string
}
export type V3Agent = {
  readonly engineId: Buffer
  readonly boots: number
  readonly timeS: number
  readonly users: readonly V3User[]
  readonly mib: Mib
  readonly atMs: number
}

const FLAG = { auth: 1, priv: 2, reportable: 4 } as const
const REPORT = 0xa8
const USM = 3
const MAC_BYTES = 12
const WINDOW_S = 150
const STATS = {
  unsupported: "1.3.6.1.6.3.15.1.1.1.0",
  notInWindow: "1.3.6.1.6.3.15.1.1.2.0",
  unknownUser: "1.3.6.1.6.3.15.1.1.3.0",
  unknownEngine: "1.3.6.1.6.3.15.1.1.4.0",
  wrongDigest: "1.3.6.1.6.3.15.1.1.5.0",
  decryption: "1.3.6.1.6.3.15.1.1.6.0",
} as const
const NEEDS = { none: 0, authorized: FLAG.auth, private: FLAG.auth | FLAG.priv } as const

const keys = new Map<string, Buffer>()
/**
 * The key of a password for one engine: a megabyte of it is hashed, then with the engine's id (RFC
 * 3414, A.2). Cached, because it takes milliseconds.
 */
export const localKey = (hash: "md5" | "sha1", password: string, engineId: Buffer): Buffer => {
  const name = `${hash} ${engineId.toString("hex")} ${password}`
  const known = keys.get(name)
  if (known !== undefined) return known
  const text = Buffer.from(password, "utf8")
  const long = Buffer.alloc(1_048_576)
  for (let at = 0; at < long.length; at += text.length) text.copy(long, at)
  const first = createHash(hash).update(long).digest()
  const key = createHash(hash)
    .update(Buffer.concat([first, engineId, first]))
    .digest()
  if (keys.size > 500) keys.clear()
  keys.set(name, key)
  return key
}

const hashOf = (user: V3User): "md5" | "sha1" => (user.auth === "SHA1" ? "sha1" : "md5")
const be32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

type Secured = { readonly bytes: Buffer; readonly salt: Buffer }

/**
 * Single DES is triple DES with the same key three times; not every OpenSSL still has single DES.
 */
const des = (key: Buffer, salt: Buffer): { name: string; key: Buffer; iv: Buffer } => {
  const one = key.subarray(0, 8)
  const iv = Buffer.from(salt.map((byte, i) => byte ^ (key[8 + i] ?? 0)))
  return { name: "des-ede3-cbc", key: Buffer.concat([one, one, one]), iv }
}
const cipherOf = (user: V3User, engineId: Buffer, boots: number, timeS: number, salt: Buffer) => {
  const key = localKey(hashOf(user), user.privPassword, engineId)
  if (user.priv === "DES") return des(key, salt)
  return {
    name: "aes-128-cfb",
    key: key.subarray(0, 16),
    iv: Buffer.concat([be32(boots), be32(timeS), salt]),
  }
}

const decrypt = (
  user: V3User,
  agent: V3Agent,
  boots: number,
  timeS: number,
  salt: Buffer,
  bytes: Buffer,
): Buffer => {
  const { name, key, iv } = cipherOf(user, agent.engineId, boots, timeS, salt)
  const cipher = createDecipheriv(name, key, iv).setAutoPadding(false)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}
const encrypt = (user: V3User, agent: V3Agent, plain: Buffer): Secured => {
  const salt = randomBytes(8)
  const { name, key, iv } = cipherOf(user, agent.engineId, agent.boots, agent.timeS, salt)
  const padding = user.priv === "DES" ? Buffer.alloc((8 - (plain.length % 8)) % 8) : Buffer.alloc(0)
  const cipher = createCipheriv(name, key, iv).setAutoPadding(false)
  return {
    bytes: Buffer.concat([cipher.update(Buffer.concat([plain, padding])), cipher.final()]),
    salt,
  }
}

type Header = { readonly messageId: number; readonly flags: number }
type Security = {
  readonly engineId: Buffer
  readonly boots: number
  readonly timeS: number
  readonly userName: string
  readonly mac: Buffer
  readonly salt: Buffer
}
type Message = Header &
  Security & {
    readonly data: { readonly tag: number; readonly body: Buffer; readonly whole: Buffer }
  }

const octets = (parts: readonly { tag: number; body: Buffer }[], index: number): Buffer => {
  const part = parts[index]
  if (part?.tag !== TAG.octets) throw new Error("expected octets")
  return part.body
}
const number = (parts: readonly { tag: number; body: Buffer }[], index: number): number => {
  const part = parts[index]
  if (part?.tag !== TAG.integer) throw new Error("expected an integer")
  return readInteger(part.body)
}

const parse = (packet: Buffer): Message => {
  const message = readElement(packet)
  if (message.tag !== TAG.sequence) throw new Error("not a message")
  const parts = readAll(message.body)
  if (number(parts, 0) !== V3) throw new Error("another version")
  const header = readAll(parts[1]?.body ?? Buffer.alloc(0))
  if (number(header, 3) !== USM) throw new Error("another security model")
  const security = readAll(readElement(octets(parts, 2)).body)
  const data = parts[3]
  if (data === undefined) throw new Error("no data")
  const whole = message.body.subarray(parts[2]?.end ?? 0, data.end)
  return {
    messageId: number(header, 0),
    flags: octets(header, 2)[0] ?? 0,
    engineId: octets(security, 0),
    boots: number(security, 1),
    timeS: number(security, 2),
    userName: octets(security, 3).toString("utf8"),
    mac: octets(security, 4),
    salt: octets(security, 5),
    data: { tag: data.tag, body: data.body, whole },
  }
}

/** The place of the digest in the message, while the digest is computed. */
const NO_MAC = Buffer.alloc(MAC_BYTES)

const build = (
  agent: V3Agent,
  request: Header & { userName: string },
  user: V3User | null,
  scoped: Buffer,
): Buffer => {
  const isPrivate = user !== null && (request.flags & FLAG.priv) !== 0
  const secured = isPrivate ? encrypt(user, agent, scoped) : null
  const flags = user === null ? 0 : request.flags & (FLAG.auth | FLAG.priv)
  const header = wrap(
    TAG.sequence,
    integer(request.messageId),
    integer(65_507),
    wrap(TAG.octets, Buffer.from([flags])),
    integer(USM),
  )
  const security = wrap(
    TAG.sequence,
    wrap(TAG.octets, agent.engineId),
    integer(agent.boots),
    integer(agent.timeS),
    wrap(TAG.octets, Buffer.from(request.userName, "utf8")),
    wrap(TAG.octets, flags === 0 ? Buffer.alloc(0) : NO_MAC),
    wrap(TAG.octets, secured?.salt ?? Buffer.alloc(0)),
  )
  const data = secured === null ? scoped : wrap(TAG.octets, secured.bytes)
  const message = wrap(TAG.sequence, integer(V3), header, wrap(TAG.octets, security), data)
  if (user === null || flags === 0) return message
  // The digest is directly before the salt, which ends the security parameters.
  const saltBytes = 2 + (secured?.salt.length ?? 0)
  const at = message.length - data.length - saltBytes - MAC_BYTES
  macOf(user, agent.engineId, message).copy(message, at)
  return message
}

const macOf = (user: V3User, engineId: Buffer, message: Buffer): Buffer =>
  createHmac(hashOf(user), localKey(hashOf(user), user.authPassword, engineId))
    .update(message)
    .digest()
    .subarray(0, MAC_BYTES)

const isMacValid = (user: V3User, engineId: Buffer, packet: Buffer, mac: Buffer): boolean => {
  if (mac.length !== MAC_BYTES) return false
  const plain = Buffer.from(packet)
  const at = mac.byteOffset - packet.byteOffset
  plain.fill(0, at, at + MAC_BYTES)
  return timingSafeEqual(macOf(user, engineId, plain), mac)
}

const scopedOf = (engineId: Buffer, pdu: Buffer): Buffer =>
  wrap(TAG.sequence, wrap(TAG.octets, engineId), wrap(TAG.octets), pdu)

const report = (agent: V3Agent, message: Message, stat: string, user: V3User | null): Buffer => {
  const binding = wrap(TAG.sequence, oid(oidOf(stat)), integer(1, TAG.counter32))
  const pdu = wrap(REPORT, integer(0), integer(0), integer(0), wrap(TAG.sequence, binding))
  const flags = user === null ? 0 : FLAG.auth
  return build(
    agent,
    { messageId: message.messageId, flags, userName: message.userName },
    user,
    scopedOf(agent.engineId, pdu),
  )
}

/** Null: no answer. `packet` is of version 3. */
export const answerV3 = (packet: Buffer, agent: V3Agent): Buffer | null => {
  let message: Message
  try {
    message = parse(packet)
  } catch {
    return null
  }
  const reject = (stat: string, as: V3User | null = null): Buffer | null =>
    (message.flags & FLAG.reportable) === 0 ? null : report(agent, message, stat, as)
  if (!message.engineId.equals(agent.engineId)) return reject(STATS.unknownEngine)
  const user = agent.users.find((each) => each.name === message.userName)
  if (user === undefined) return reject(STATS.unknownUser)
  const level = message.flags & (FLAG.auth | FLAG.priv)
  const needed = NEEDS[user.level]
  if ((level & needed) !== needed || (level & ~needed) !== 0) return reject(STATS.unsupported)
  if (level !== 0) {
    if (!isMacValid(user, agent.engineId, packet, message.mac)) return reject(STATS.wrongDigest)
    const isTimely =
      message.boots === agent.boots && Math.abs(message.timeS - agent.timeS) <= WINDOW_S
    if (!isTimely) return reject(STATS.notInWindow, user)
  }
  let request: RequestPdu
  try {
    request = parsePdu(readAll(readElement(scoped(message, agent, user)).body)[2])
  } catch {
    return reject(STATS.decryption)
  }
  return build(
    agent,
    message,
    user,
    scopedOf(agent.engineId, responseTo(request, agent.mib, agent.atMs)),
  )
}

const scoped = (message: Message, agent: V3Agent, user: V3User): Buffer => {
  if ((message.flags & FLAG.priv) === 0) return message.data.whole
  if (message.data.tag !== TAG.octets) throw new Error("not encrypted")
  return decrypt(user, agent, message.boots, message.timeS, message.salt, message.data.body)
}
