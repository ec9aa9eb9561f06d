/**
 * What can go wrong with SNMP, in words that name it. The appliance finds its remedies by the names
 * of usmStats.
 */
import { CollectError, type CollectReason } from "../../collector.ts"
import { ERROR } from "./pdu.ts"
import { accountOf, describeTarget, type SnmpTarget } from "./target.ts"

/** RFC 3414 section 5: the last arcs of the counters a report names. */
const USM_STATS = "1.3.6.1.6.3.15.1.1."
export const USM = {
  unsupportedSecLevels: `${USM_STATS}1.0`,
  notInTimeWindows: `${USM_STATS}2.0`,
  unknownUserNames: `${USM_STATS}3.0`,
  unknownEngineIds: `${USM_STATS}4.0`,
  wrongDigests: `${USM_STATS}5.0`,
  decryptionErrors: `${USM_STATS}6.0`,
} as const

const REPORTS: ReadonlyMap<string, readonly [CollectReason, string, string]> = new Map([
  [
    USM.unsupportedSecLevels,
    [
      "not-permitted",
      "usmStatsUnsupportedSecLevels",
      "this user has another security level or other protocols there",
    ],
  ],
  [
    USM.notInTimeWindows,
    [
      "failed",
      "usmStatsNotInTimeWindows",
      "the agent refuses its own clock: its engine restarts, or two devices share one engine ID",
    ],
  ],
  [
    USM.unknownUserNames,
    ["wrong-credentials", "usmStatsUnknownUserNames", "there is no such user"],
  ],
  [
    USM.unknownEngineIds,
    ["failed", "usmStatsUnknownEngineIDs", "the agent does not know its own engine ID"],
  ],
  [
    USM.wrongDigests,
    [
      "wrong-credentials",
      "usmStatsWrongDigests",
      "the authentication password or protocol is another",
    ],
  ],
  [
    USM.decryptionErrors,
    [
      "wrong-credentials",
      "usmStatsDecryptionErrors",
      "the privacy password or protocol is another",
    ],
  ],
])

export const reported = (target: SnmpTarget, oid: string): CollectError => {
  const [reason, name, meaning] = REPORTS.get(oid) ?? [
    "failed",
    `report ${oid}`,
    "no meaning is known",
  ]
  return new CollectError(
    reason,
    `SNMP ${describeTarget(target)} of ${target.ip} is refused, ${name}: ${meaning}`,
  )
}

export const noRoute = (target: SnmpTarget, cause: Error): CollectError => {
  const code = "code" in cause ? String(cause.code) : ""
  if (/^E(HOST|NET)UNREACH$/.test(code))
    return new CollectError("no-route", `there is no route to ${target.ip}`, cause)
  return new CollectError("failed", `SNMP of ${target.ip}: ${cause.message}`, cause)
}

/** Replies that did not count as an answer, by the reason. */
export type ReplyErrors = {
  malformed: number
  "wrong-digest": number
  "not-decrypted": number
  "less-secure": number
}

export const noAnswer = (target: SnmpTarget, replyErrors: ReplyErrors): CollectError => {
  const at = `${target.ip} port ${target.port}`
  // As net-snmp does it: a wrong privacy password is dropped in silence by some, and shows as
  // nonsense here with others.
  if (replyErrors["not-decrypted"] > 0)
    return new CollectError(
      "wrong-credentials",
      `the SNMP answer of ${at} cannot be decrypted: the privacy password or protocol is another`,
    )
  if (replyErrors["wrong-digest"] > 0)
    return new CollectError(
      "wrong-credentials",
      `the SNMP answer of ${at} has a wrong digest: the authentication password or protocol is another`,
    )
  if (replyErrors.malformed > 0)
    return new CollectError(
      "failed",
      `what ${at} answers is no SNMP, or malformed (${replyErrors.malformed} packets)`,
    )
  const known = "v3" in target ? "no SNMPv3 there" : "another community"
  return new CollectError(
    "no-answer",
    `no SNMP answer from ${at} in ${describeTarget(target)}: switched off, a firewall, or ${known}`,
  )
}

/**
 * The engine was found, and what this user asks stays without an answer: agents drop what they
 * cannot decrypt, where others report it.
 */
export const ignored = (target: SnmpTarget, error: unknown): unknown => {
  if (!(error instanceof CollectError) || error.reason !== "no-answer") return error
  const cause =
    accountOf(target).priv === null
      ? "this user may read nothing there"
      : "the privacy password or protocol is another"
  return new CollectError(
    "wrong-credentials",
    `the SNMPv3 engine of ${target.ip} answers, and not what ${describeTarget(target)} asks: ${cause}`,
    error,
  )
}

export const notPermitted = (target: SnmpTarget): CollectError =>
  new CollectError(
    "not-permitted",
    `SNMP ${describeTarget(target)} of ${target.ip} may not read this (authorizationError): its view or security level does not allow it`,
  )

/**
 * It answers, and neither the system group nor ports are there: what is wrong stands on the device.
 */
export const showsNothing = (target: SnmpTarget): CollectError =>
  new CollectError(
    "not-permitted",
    `SNMP ${describeTarget(target)} of ${target.ip} answers and shows nothing: the view of this ${"v3" in target ? "user or its security level" : "community"} does not allow it`,
  )

const STATUS: ReadonlyMap<number, string> = new Map([
  [ERROR.tooBig, "tooBig"],
  [ERROR.noSuchName, "noSuchName"],
  [3, "badValue"],
  [4, "readOnly"],
  [ERROR.genErr, "genErr"],
  [ERROR.noAccess, "noAccess"],
  [13, "resourceUnavailable"],
  [ERROR.authorizationError, "authorizationError"],
])
export const statusName = (status: number): string => STATUS.get(status) ?? `error ${status}`
