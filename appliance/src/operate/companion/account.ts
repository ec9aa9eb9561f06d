/**
 * The account that a router's script creates, stored as a credential of its own. Its secrets are
 * generated once, so the script can be generated again without changing them. The device keeps its
 * current credential until the router has been set up, and then gets this one.
 */
import { randomBytes } from "node:crypto"
import type { CompanionInput } from "../../api/companion.ts"
import type { MethodsInput } from "../../api/inventory.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { type By, differences, write } from "../../registry/audit/audit.ts"
import type { Opened, Secrets } from "../../registry/secrets/secrets.ts"
import type { Account } from "./desired-config.ts"
import { type DesiredConfigRow, type DeviceRow, type MadeRow, saveCredential } from "./store.ts"

/** Letters and digits only, so that no shell, script or form has to quote them. About 139 bits. */
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
const password = (length = 24): string => {
  let text = ""
  while (text.length < length) {
    // Values above the largest multiple are rejected: otherwise the first letters would be more
    // frequent.
    for (const byte of randomBytes(length))
      if (byte < LETTERS.length * 4 && text.length < length) text += LETTERS[byte % LETTERS.length]
  }
  return text
}
export const isOurs = (name: string | null): name is string => name !== null && /^ispvm-/.test(name)

/**
 * Keeps existing secrets and generates missing ones. Null: not managed here, or not requested.
 * `isFresh`: the name stays and every secret is new, for an actor who may not see those in use.
 */
export const accountFrom = (was: Opened | null, isFresh = false): Account => {
  const name = isOurs(was?.username ?? null)
    ? (was?.username ?? "")
    : `ispvm-${randomBytes(3).toString("hex")}`
  const isOwn = was !== null && was.username === name
  return {
    username: name,
    password: !isFresh && isOwn && was.password !== null ? was.password : password(),
    snmpV3:
      !isFresh && was?.snmpV3 != null && isOurs(was.snmpV3.user)
        ? ownSnmp(was.snmpV3)
        : { user: name, authPassword: password(), privPassword: password() },
    snmpCommunity:
      !isFresh && isOurs(was?.snmpCommunity ?? null)
        ? (was?.snmpCommunity ?? "")
        : `ispvm-${password(20)}`,
  }
}
/** The script sets SHA1 and AES-128, with both passwords. */
const ownSnmp = ({
  user,
  authPassword,
  privPassword,
}: NonNullable<Opened["snmpV3"]>): Account["snmpV3"] => ({
  user,
  authPassword: authPassword ?? password(),
  privPassword: privPassword ?? password(),
})
/**
 * Of the two SNMP versions only the one in use is kept: with both, agents use v3. With none, the
 * stored one stays.
 */
const sealedOf = (account: Account, snmp: CompanionInput["snmp"], was: Opened | null): Opened => ({
  username: account.username,
  password: account.password,
  snmpV3: snmp === "v3" ? account.snmpV3 : snmp === "v2c" ? null : (was?.snmpV3 ?? null),
  snmpCommunity:
    snmp === "v2c" ? account.snmpCommunity : snmp === "v3" ? null : (was?.snmpCommunity ?? null),
})

type Deps = { readonly secrets: Secrets }
type Ensured = { readonly account: Account; readonly credential: string }

/**
 * The account for this desired configuration. One with which the device is already polled is never
 * changed here: if other secrets are needed, a new credential is created, which replaces it once
 * the router has been set up.
 */
export const ensureAccount = async (
  { secrets }: Deps,
  tx: Tx,
  by: By,
  org: OrgId,
  device: DeviceRow,
  row: DesiredConfigRow & { readonly desired: CompanionInput },
  isFresh = false,
): Promise<Ensured> => {
  const was = row.credentialId === null ? null : await secrets.open(tx, org, row.credentialId)
  const account = accountFrom(was, isFresh)
  const now = sealedOf(account, row.desired.snmp, was)
  if (row.credentialId !== null && JSON.stringify(was) === JSON.stringify({ ...was, ...now }))
    return { account, credential: row.credentialId }
  if (row.credentialId !== null && row.credentialId !== device.credentialId) {
    const { before, after } = await secrets.change(tx, org, row.credentialId, now)
    await write(
      tx,
      by,
      "credential.changed",
      "credential",
      row.credentialId,
      differences(before, after),
    )
    return { account, credential: row.credentialId }
  }
  const name = await freeName(secrets, tx, org, device.name)
  const { id, change } = await secrets.create(tx, org, { name, ...now }, device.id)
  await write(tx, by, "credential.created", "credential", id, { ...change })
  await saveCredential(tx, org, device.id, id)
  return { account, credential: id }
}

export type DiagnosticsAccount = {
  readonly username: string
  readonly password: string
  readonly credential: string
  /** The device does not use it yet. */
  readonly isNew: boolean
}
/** The account that the device uses for diagnostics, or a new one for this router alone. */
export const ensureDiagnosticsAccount = async (
  { secrets }: Deps,
  tx: Tx,
  by: By,
  org: OrgId,
  device: DeviceRow,
): Promise<DiagnosticsAccount> => {
  const { diagnosticsCredentialId: known } = device
  const was = known === null ? null : await secrets.open(tx, org, known)
  if (known !== null && was?.username != null && was.password !== null)
    return { username: was.username, password: was.password, credential: known, isNew: false }
  const made = { username: `ispvm-d${randomBytes(3).toString("hex")}`, password: password() }
  const name = await freeName(secrets, tx, org, device.name, " for diagnostics")
  const { id, change } = await secrets.create(
    tx,
    org,
    { name, kind: "diagnostics", ...made, snmpCommunity: null, snmpV3: null },
    device.id,
  )
  await write(tx, by, "credential.created", "credential", id, { ...change })
  return { ...made, credential: id, isNew: true }
}

const MAX_NAME = 120
const freeName = async (
  secrets: Secrets,
  tx: Tx,
  org: OrgId,
  device: string,
  purpose = "",
): Promise<string> => {
  const taken = new Set((await secrets.list(tx, org)).map(({ name }) => name))
  const base = `router ${device}`.slice(0, MAX_NAME - 16 - purpose.length)
  for (let count = 1; ; count += 1) {
    const name = `${base} by script${purpose}${count === 1 ? "" : ` ${count}`}`
    if (!taken.has(name)) return name
  }
}

// ── adoption ──

const API_TLS_PORT = 8729
const SNMP_PORT = 161

export type Adoption =
  | {
      readonly adopt: false
      readonly reason: "nothing-made" | "already" | "certificate-unknown" | "not-done"
    }
  | {
      readonly adopt: true
      readonly methods: MethodsInput
      readonly keeps: { readonly api: boolean; readonly snmp: boolean }
    }

/**
 * What is known of a run of the script. `done` null: nothing was reported, but the account works.
 * Sections go by their ids.
 */
export type Reported = {
  readonly fingerprint: string | null
  readonly done: readonly string[] | null
  readonly failed: readonly string[]
}
const succeeded = ({ done, failed }: Reported, parts: RegExp): boolean =>
  (done === null || done.length > 0) && !failed.some((text) => parts.test(text))

/**
 * Whether the device is now to be polled with the script's account. Over TLS, no agent sends a
 * password to a router whose certificate is not confirmed. If the fingerprint is not known, a
 * device with a working access to the API keeps that one.
 */
export const evaluateAdoption = (
  device: Pick<DeviceRow, "methods" | "credentialId">,
  row: Pick<DesiredConfigRow, "made" | "credentialId" | "adoptedAtMs">,
  reported: Reported,
): Adoption => {
  const { made } = row
  if (made === null || row.credentialId === null) return { adopt: false, reason: "nothing-made" }
  const api = made.api && succeeded(reported, /^api-(account|tls)\b/)
  const snmp = made.snmp !== "off" && succeeded(reported, /^snmp\b/)
  if (!api && !snmp)
    return { adopt: false, reason: made.api || made.snmp !== "off" ? "not-done" : "nothing-made" }
  const was = device.methods
  const pinned = was.routerosApi?.tls ? was.routerosApi.fingerprint : null
  // One script, one certificate: otherwise somebody who has read the key on the router could later
  // report another certificate and receive the password.
  const isPinned = pinned !== null && row.adoptedAtMs !== null && made.atMs < row.adoptedAtMs
  const known = isPinned ? pinned : (reported.fingerprint ?? pinned)
  const isOwn = device.credentialId === row.credentialId
  if (api && known === null && !isOwn && was.routerosApi !== null && device.credentialId !== null)
    return { adopt: false, reason: "certificate-unknown" }
  const methods: MethodsInput = {
    ...was,
    routerosApi: api
      ? {
          port: was.routerosApi?.tls ? was.routerosApi.port : API_TLS_PORT,
          tls: true,
          fingerprint: known,
        }
      : was.routerosApi,
    snmp: snmp ? { port: was.snmp?.port ?? SNMP_PORT } : was.snmp,
  }
  if (isOwn && JSON.stringify(methods) === JSON.stringify(was))
    return { adopt: false, reason: "already" }
  return {
    adopt: true,
    methods,
    keeps: { api: !api && was.routerosApi !== null, snmp: !snmp && was.snmp !== null },
  }
}

/** A method that the script did not set up keeps the secrets that the device is polled with. */
export const carryOver = async (
  { secrets }: Deps,
  tx: Tx,
  by: By,
  org: OrgId,
  device: DeviceRow,
  own: string,
  { api, snmp }: { readonly api: boolean; readonly snmp: boolean },
): Promise<void> => {
  if (device.credentialId === null || device.credentialId === own || !(api || snmp)) return
  const had = await secrets.open(tx, org, device.credentialId)
  const { before, after } = await secrets.change(tx, org, own, {
    ...(api ? { username: had.username, password: had.password } : {}),
    ...(snmp ? { snmpV3: had.snmpV3, snmpCommunity: had.snmpCommunity } : {}),
  })
  await write(tx, by, "credential.changed", "credential", own, differences(before, after))
}

type MadeFrom = { readonly api: unknown; readonly snmp: { readonly version: 2 | 3 } | null }
export const madeOf = (desired: MadeFrom, atMs: number): MadeRow => ({
  atMs,
  api: desired.api !== null,
  snmp: desired.snmp === null ? "off" : desired.snmp.version === 3 ? "v3" : "v2c",
})
