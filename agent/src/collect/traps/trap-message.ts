/**
 * SNMP notifications as they arrive: the trap of v1 (RFC 1157), traps and informs of v2c and v3
 * (RFC 3416), and the answer to an inform. Pure.
 */
import {
  BerError,
  integerTlv,
  oidText,
  oidTlv,
  readInteger,
  readTagged,
  readTlv,
  tlv,
} from "../snmp/client/ber.ts"
import {
  type Answer,
  PDU,
  readPdu,
  readVarbinds,
  type Varbind,
  VERSION,
} from "../snmp/client/pdu.ts"

const SEQUENCE = 0x30
const OCTETS = 0x04
const SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
const TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
/** linkDown of v1 is number 2 of the generic traps, …1.1.5.3 in v2. */
const GENERIC_ROOT = "1.3.6.1.6.3.1.1.5"
const ENTERPRISE_SPECIFIC = 6

export type Notification = {
  readonly oid: string
  readonly uptimeTicks: number | null
  readonly varbinds: readonly Varbind[]
  /** The inform to answer; null for a trap. */
  readonly inform: Answer | null
}

/** RFC 3584 section 3.1: the OID that a trap of v1 has in v2. */
const readV1 = (bytes: Buffer, at: number): Notification => {
  const { body } = readTagged(bytes, at, PDU.trapV1)
  const enterprise = readTagged(body, 0, 0x06)
  const address = readTlv(body, enterprise.end)
  const generic = readInteger(body, address.end)
  const specific = readInteger(body, generic.end)
  const time = readTlv(body, specific.end)
  const list = readTagged(body, time.end, SEQUENCE)
  const isOwn = generic.value >= ENTERPRISE_SPECIFIC || generic.value < 0
  return {
    oid: isOwn
      ? `${oidText(enterprise.body)}.0.${specific.value}`
      : `${GENERIC_ROOT}.${generic.value + 1}`,
    uptimeTicks:
      time.body.length > 0 && time.body.length <= 6
        ? time.body.readUIntBE(0, time.body.length)
        : null,
    varbinds: readVarbinds(list.body).varbinds,
    inform: null,
  }
}

/** Null: not a notification. */
export const notificationOf = (answer: Answer): Notification | null => {
  if (answer.type !== PDU.trap && answer.type !== PDU.inform) return null
  const valueIn = (oid: string) => answer.varbinds.find((each) => each.oid === oid)?.value
  const oid = valueIn(TRAP_OID)
  const uptime = valueIn(SYS_UPTIME)
  if (typeof oid !== "string") return null
  return {
    oid,
    uptimeTicks: typeof uptime === "number" ? uptime : null,
    varbinds: answer.varbinds.filter((each) => each.oid !== TRAP_OID && each.oid !== SYS_UPTIME),
    inform: answer.type === PDU.inform ? answer : null,
  }
}

/** `read` is for after the community was compared: strangers cost little. */
export type CommunityNotification = {
  readonly community: Buffer
  readonly read: () => Notification
}

/** Both throw `BerError` if this is not a notification of v1 or v2c. `at` is behind the version. */
export const readCommunityNotification = (
  body: Buffer,
  at: number,
  version: number,
): CommunityNotification => {
  const community = readTagged(body, at, OCTETS)
  const read = (): Notification => {
    const notification =
      version === VERSION.v1 && body[community.end] === PDU.trapV1
        ? readV1(body, community.end)
        : notificationOf(readPdu(body, community.end))
    if (notification === null) throw new BerError("not a notification")
    return notification
  }
  return { community: community.body, read }
}

/** The varbinds of an inform are sent back; the sender only compares the number. */
export const responsePdu = (inform: Answer): Buffer =>
  tlv(
    PDU.response,
    integerTlv(Math.max(0, inform.id)),
    integerTlv(0),
    integerTlv(0),
    tlv(
      SEQUENCE,
      ...inform.varbinds
        .filter(({ oid, value }) => oid === TRAP_OID && typeof value === "string")
        .map(({ oid, value }) => tlv(SEQUENCE, oidTlv(oid), oidTlv(String(value)))),
    ),
  )

export const communityResponse = (version: number, community: Buffer, inform: Answer): Buffer =>
  tlv(SEQUENCE, integerTlv(version), tlv(OCTETS, community), responsePdu(inform))
