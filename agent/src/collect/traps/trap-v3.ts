/**
 * Notifications of SNMPv3 (RFC 3414). For a trap, the sender's engine is authoritative: its boots
 * and time must not go back, and no message is accepted twice. For an inform, this engine is: a
 * sender first learns it by a report.
 */
import { randomBytes } from "node:crypto"
import { integerTlv, oidTlv, tlv } from "../snmp/client/ber.ts"
import { PDU } from "../snmp/client/pdu.ts"
import {
  AUTH_FLAG,
  type Engine,
  type Envelope,
  REPORTABLE,
  readEnvelope,
  readV3,
  type V3User,
  v3Packet,
} from "../snmp/client/v3-message.ts"
import { type Notification, notificationOf, responsePdu } from "./trap-message.ts"

const WINDOW_S = 150
const MAX_ENGINES = 4_096
const MAX_SEEN = 512
const UNKNOWN_ENGINE = "1.3.6.1.6.3.15.1.1.4.0"
const NOT_IN_TIME = "1.3.6.1.6.3.15.1.1.2.0"
const COUNTER = 0x41
const NOBODY: V3User = { user: "", auth: null, priv: null }

/** Format 5 (octets) of no enterprise; new at each start, so boots need not be stored. */
const newEngineId = (): Buffer => Buffer.concat([Buffer.of(0x80, 0, 0, 0, 5), randomBytes(8)])

type Sender = { boots: number; timeS: number; readonly seen: Map<string, number> }
export type V3Outcome =
  | {
      readonly kind: "notification"
      readonly notification: Notification
      readonly reply: Buffer | null
    }
  /** The sender asks for this engine's id or time. */
  | { readonly kind: "report"; readonly reply: Buffer }
  | { readonly kind: "rejected"; readonly reason: "unknown-user" | "wrong-secret" | "replayed" }

export class TrapEngine {
  readonly #id = newEngineId()
  readonly #startedMs: number
  readonly #steady: () => number
  readonly #senders = new Map<string, Sender>()

  constructor(steady: () => number) {
    this.#steady = steady
    this.#startedMs = steady()
  }

  /** Throws `BerError` if this is not SNMPv3. `accounts`: those of the sender's devices. */
  read(packet: Buffer, body: Buffer, at: number, accounts: readonly V3User[]): V3Outcome {
    const envelope = readEnvelope(body, at)
    const isReportable = (envelope.flags & REPORTABLE) !== 0
    if (isReportable && !envelope.engine.id.equals(this.#id))
      return { kind: "report", reply: this.#report(UNKNOWN_ENGINE, envelope, NOBODY) }
    const isForUs = envelope.engine.id.equals(this.#id)
    const user = envelope.user.toString("latin1")
    const own = accounts.filter((account) => account.user === user)
    if (own.length === 0) return { kind: "rejected", reason: "unknown-user" }
    for (const account of own) {
      const read = readV3(account, packet, body, at).read()
      if (!read.ok || (account.auth !== null && !read.isAuthentic)) continue
      if (isForUs && !this.#isInTime(envelope)) {
        if (!isReportable || account.auth === null) return { kind: "rejected", reason: "replayed" }
        const signer = { ...account, priv: null }
        return { kind: "report", reply: this.#report(NOT_IN_TIME, envelope, signer) }
      }
      if (account.auth !== null && this.#isReplay(envelope, isForUs))
        return { kind: "rejected", reason: "replayed" }
      const notification = notificationOf(read.answer)
      if (notification === null) return { kind: "rejected", reason: "wrong-secret" }
      const { inform } = notification
      const reply =
        inform === null || !isForUs
          ? null
          : v3Packet(account, this.#now(), responsePdu(inform), envelope.id, 0, read.context)
      return { kind: "notification", notification, reply }
    }
    return { kind: "rejected", reason: "wrong-secret" }
  }

  #now(): Engine {
    return { id: this.#id, boots: 1, timeS: Math.floor((this.#steady() - this.#startedMs) / 1_000) }
  }

  #isInTime({ engine, flags }: Envelope): boolean {
    if ((flags & AUTH_FLAG) === 0) return true
    return engine.boots === 1 && Math.abs(engine.timeS - this.#now().timeS) <= WINDOW_S
  }

  /** An inform that was not answered in time may come again, with another message id. */
  #isReplay({ engine, mac }: Envelope, isForUs: boolean): boolean {
    const nowS = this.#steady() / 1_000
    const key = engine.id.toString("hex")
    const sender = this.#senders.get(key)
    const signature = mac.toString("hex")
    if (sender === undefined) {
      if (this.#senders.size >= MAX_ENGINES) this.#senders.clear()
      const seen = new Map([[signature, nowS]])
      this.#senders.set(key, { boots: engine.boots, timeS: engine.timeS - nowS, seen })
      return false
    }
    for (const [each, atS] of sender.seen)
      if (nowS - atS > 2 * WINDOW_S || sender.seen.size > MAX_SEEN) sender.seen.delete(each)
    if (sender.seen.has(signature)) return true
    const ageS = sender.timeS + nowS - engine.timeS
    const isOld = engine.boots < sender.boots || (engine.boots === sender.boots && ageS > WINDOW_S)
    if (isOld && !isForUs) return true
    sender.seen.set(signature, nowS)
    if (engine.boots > sender.boots || ageS < 0) {
      sender.boots = engine.boots
      sender.timeS = engine.timeS - nowS
    }
    return false
  }

  #report(oid: string, { id }: Envelope, account: V3User): Buffer {
    const counter = tlv(0x30, oidTlv(oid), tlv(COUNTER, Buffer.of(1)))
    const pdu = tlv(
      PDU.report,
      integerTlv(Math.max(0, id)),
      integerTlv(0),
      integerTlv(0),
      tlv(0x30, counter),
    )
    return v3Packet(account, this.#now(), pdu, id, 0)
  }
}
