/** Compares the router, read through the device's agent, with its script, and stores the result. */

import { type Drift, driftOf, type MenuRows, menuReadsFor } from "@ispvm/routeros-scripts/companion"
import type { CompanionInput, DriftRow, Verification } from "../../api/companion.ts"
import type { MethodsInput } from "../../api/inventory.ts"
import { textOf } from "../../messages/text.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { ReadAnswer, ReadRequest } from "../../registry/agents/agents.ts"
import type { Opened } from "../../registry/secrets/secrets.ts"
import { accountFrom } from "./account.ts"
import { desiredConfigOf, releaseOf, type ScriptContext } from "./desired-config.ts"
import { isSecretOf, MASKED_KEY, readKey, stateOf } from "./keys.ts"
import type { DeviceRow, KeyRow } from "./store.ts"

export type VerifyTarget = {
  readonly device: DeviceRow
  readonly input: CompanionInput
  readonly context: ScriptContext
  readonly keys: readonly KeyRow[]
  /** The script's account, and the device's current one if it is another. */
  readonly own: Opened | null
  readonly present: Opened | null
}
export type Read = (org: OrgId, request: ReadRequest) => Promise<ReadAnswer>
export type Verified = {
  readonly verification: Verification
  /** The script's account has worked. */
  readonly isOwn: boolean
}

const API_TLS_PORT = 8729
const ownMethods = (methods: MethodsInput): MethodsInput => {
  const { routerosApi } = methods
  return routerosApi?.tls
    ? methods
    : { ...methods, routerosApi: { port: API_TLS_PORT, tls: true, fingerprint: null } }
}

/**
 * The script's account first, if it creates one, because it proves the most. Then the device's own,
 * if it is another.
 */
const accessOptions = ({ device, input, own, present }: VerifyTarget) => {
  const options: { isOwn: boolean; methods: MethodsInput; secret: Opened }[] = []
  if (own !== null && input.api)
    options.push({ isOwn: true, methods: ownMethods(device.methods), secret: own })
  if (present !== null) options.push({ isOwn: false, methods: device.methods, secret: present })
  return options
}

const KEY_IN_TEXT = /ispvmr1\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{43}/g
/**
 * Only the hash of a key is stored: the one in the router's scripts is correct if it is a valid key
 * of this router.
 */
export const keyIn = (rows: MenuRows, keys: readonly KeyRow[], nowMs: number): string | null => {
  for (const row of [...rows.values()].flatMap((found) => found ?? []))
    for (const value of Object.values(row))
      for (const [text] of value.matchAll(KEY_IN_TEXT)) {
        const shown = readKey(text)
        const key = keys.find(({ id }) => id === shown?.id)
        if (shown === null || key === undefined || !isSecretOf(shown.secret, key.secretHash))
          continue
        if (["active", "overlapping"].includes(stateOf(key, nowMs))) return text
      }
  return null
}

/** What may be shown and stored of the router's answer, which may be forged. */
const MAX_DRIFT_ROWS = 200
const MAX_TEXT = 1_000
type Redact = (text: string) => string
/**
 * Texts are the router's own: any of them may contain a secret, such as a name that somebody chose.
 */
const redactor =
  (secrets: readonly string[]): Redact =>
  (text) =>
    secrets
      .reduce((left, secret) => left.replaceAll(secret, "…"), text.replaceAll(KEY_IN_TEXT, "…"))
      .slice(0, MAX_TEXT)
const presentDrift = (drift: readonly Drift[], shown: Redact): DriftRow[] => {
  const rows = drift.slice(0, MAX_DRIFT_ROWS).map(({ part, kind, what, wanted, found }) => ({
    part,
    kind,
    what: shown(what),
    wanted: wanted === null ? null : shown(wanted),
    found: found === null ? null : shown(found),
  }))
  const left = drift.length - rows.length
  return left === 0
    ? rows
    : [
        ...rows,
        { part: "extra", kind: "extra", what: `… and ${left} more`, wanted: null, found: null },
      ]
}
const secretsOf = (accounts: readonly (Opened | null)[]): string[] =>
  accounts
    .flatMap((one) => [
      one?.password,
      one?.snmpCommunity,
      one?.snmpV3?.authPassword,
      one?.snmpV3?.privPassword,
    ])
    .filter((secret): secret is string => typeof secret === "string" && secret.length >= 8)
const asSentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`
const failedVerification = (atMs: number, problem: string): Verified => ({
  verification: { atMs, ok: false, problem, drift: [] },
  isOwn: false,
})

export const verify = async (
  read: Read,
  org: OrgId,
  target: VerifyTarget,
  nowMs: number,
): Promise<Verified> => {
  const { device, input, context, keys, own } = target
  const { release } = releaseOf(input, device.version)
  if (release === null)
    return failedVerification(
      nowMs,
      "The router's release is not known, so there is nothing to compare with. Type it.",
    )
  if (device.agentId === null)
    return failedVerification(
      nowMs,
      "No agent watches this router, so nobody can ask it. Give the device an agent that reaches it.",
    )
  const desiredWith = (key: string) =>
    desiredConfigOf(input, release, context, { account: accountFrom(own), key }).desired
  const menus = menuReadsFor(desiredWith(MASKED_KEY))
  const redact = redactor(secretsOf([own, target.present]))
  const request = { agentId: device.agentId, address: device.address, menus }
  let problem =
    "There is no account by which the router could be asked. Run the script on it first, or give the device a credential."
  for (const { isOwn, methods, secret } of accessOptions(target)) {
    const answer = await read(org, { ...request, methods, secret })
    if (!answer.ok) {
      problem = `${asSentence(redact(answer.message))} ${textOf(answer.remedy)}`
      continue
    }
    const rows: MenuRows = new Map(answer.menus.map(({ menu, rows }) => [menu, rows]))
    const drift = presentDrift(
      driftOf(desiredWith(keyIn(rows, keys, nowMs) ?? MASKED_KEY), rows),
      redact,
    )
    return { verification: { atMs: nowMs, ok: drift.length === 0, problem: null, drift }, isOwn }
  }
  return failedVerification(nowMs, problem)
}
