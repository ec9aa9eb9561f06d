/**
 * Failures of SNMP, with their messages. The appliance selects its remedies by the names of
 * usmStats.
 */
import { CollectError, type CollectReason } from "../../collector.ts"
import { ERROR } from "./pdu.ts"
import { accountOf, describeTarget, type SnmpTarget } from "./target.ts"

/** RFC 3414 section 5: the last arcs of the counters in a report. */
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
      "the user has another security level or other protocols on the device",
    ],
  ],
  [
    USM.notInTimeWindows,
    [
      "failed",
      "usmStatsNotInTimeWindows",
      "the device rejects the time of its own engine: it is restarting, or two devices have one engine ID",
    ],
  ],
  [
    USM.unknownUserNames,
    ["wrong-credentials", "usmStatsUnknownUserNames", "the device has no such user"],
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
  const [reason, name, meaning] = REPORTS.get(oid) ?? ["failed", `report ${oid}`, "unknown report"]
  return new CollectError(
    reason,
    `SNMP ${describeTarget(target)} is rejected by ${target.ip}, ${name}: ${meaning}`,
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
  // As in net-snmp: after a wrong privacy password, some agents do not answer, and the answers of
  // others cannot be parsed.
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
      `the answer of ${at} is not SNMP, or malformed (${replyErrors.malformed} packets)`,
    )
  const known = "v3" in target ? "no SNMPv3" : "a wrong community"
  return new CollectError(
    "no-answer",
    `no SNMP answer from ${at} in ${describeTarget(target)}: SNMP is off, a firewall drops it, or the device has ${known}`,
  )
}

/**
 * The engine was found, but requests of this user stay unanswered: some agents drop what they
 * cannot decrypt, others report it.
 */
export const ignored = (target: SnmpTarget, error: unknown): unknown => {
  if (!(error instanceof CollectError) || error.reason !== "no-answer") return error
  const cause =
    accountOf(target).priv === null
      ? "this user may not read anything"
      : "the privacy password or protocol is another"
  return new CollectError(
    "wrong-credentials",
    `the SNMPv3 engine of ${target.ip} answers, but not to ${describeTarget(target)}: ${cause}`,
    error,
  )
}

export const notPermitted = (target: SnmpTarget): CollectError =>
  new CollectError(
    "not-permitted",
    `SNMP ${describeTarget(target)} of ${target.ip} may not read this (authorizationError): its view or security level does not allow it`,
  )

/** It answers, but has neither the system group nor interfaces: the problem is on the device. */
export const showsNothing = (target: SnmpTarget): CollectError =>
  new CollectError(
    "not-permitted",
    `SNMP ${describeTarget(target)} of ${target.ip} answers without any values: the view of this ${"v3" in target ? "user or its security level" : "community"} does not allow it`,
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
