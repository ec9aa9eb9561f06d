/**
 * Generates a script from the desired configuration, with the secrets it needs, and writes an audit
 * row without them.
 */
import {
  type DesiredConfig,
  type GeneratedScript,
  makeScript,
  type Remark,
  type ScriptKind,
  validationErrors,
} from "@ispvm/routeros-scripts/companion"
import type { CompanionInput, CompanionScript } from "../../api/companion.ts"
import type { Clock } from "../../platform/clock.ts"
import { conflict, forbidden, invalid, notFound } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { type By, write } from "../../registry/audit/audit.ts"
import type { Changer } from "../../registry/inventory/inventory.ts"
import type { Secrets } from "../../registry/secrets/secrets.ts"
import { ensureAccount, ensureDiagnosticsAccount, madeOf } from "./account.ts"
import { desiredConfigOf, MASKED, releaseOf, type ScriptContext } from "./desired-config.ts"
import { newKey, OVERLAP_MS } from "./keys.ts"
import { fieldErrorOf } from "./script-faults.ts"
import {
  type DesiredConfigRow,
  type DeviceRow,
  findDevice,
  insertKey,
  listKeys,
  lockDesiredConfig,
  saveMade,
} from "./store.ts"

export type ScriptDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly secrets: Secrets
  readonly loadContext: (org: OrgId, device: DeviceRow) => Promise<ScriptContext>
  /** After commit: the validity of the router's keys or its credential has changed. */
  readonly changed: (org: OrgId, device: string, credential: string | null) => void
  /** After commit: the device uses this credential for diagnostics from now on. */
  readonly useForDiagnostics: (by: Changer, device: string, credential: string) => Promise<void>
}

type Place = { readonly device: DeviceRow; readonly context: ScriptContext }
type Choice = Place & {
  readonly row: DesiredConfigRow & { readonly desired: CompanionInput }
}
type Done = {
  readonly script: CompanionScript
  readonly key: string | null
  readonly credential: string | null
  /** A new account for diagnostics that the device is to use; null: none was made. */
  readonly diagnostics?: string | null
}

const noRelease = () => invalid([{ path: "release", code: "field.release-unknown", params: {} }])
const noDesiredConfig = () =>
  conflict("no-desired-config", { code: "problem.no-desired-config", params: {} })
const noHarden = () => invalid([{ path: "harden", code: "field.nothing-to-harden", params: {} }])
export const noPush = () => conflict("no-push", { code: "problem.no-push", params: {} })

const releaseFor = (input: CompanionInput, device: DeviceRow): string => {
  const { release } = releaseOf(input, device.version)
  if (release === null) throw noRelease()
  return release
}
/** Throws, at its field, what the router would reject. */
const makeFrom = (kind: ScriptKind, desired: DesiredConfig): GeneratedScript => {
  const faults = validationErrors(desired)
  if (faults.length > 0) throw invalid(faults.map(fieldErrorOf))
  return makeScript(kind, desired)
}

const present = (
  kind: ScriptKind,
  release: string,
  made: GeneratedScript,
  remarks: readonly Remark[],
): CompanionScript => ({
  kind,
  release,
  isProven: made.isProven,
  text: made.text,
  parts: made.parts.map((part) => ({ ...part })),
  remarks: [...remarks, ...made.remarks],
})

/** With its secrets masked: it shows what the script does to the router, and nothing else. */
export const maskedScript = (
  kind: ScriptKind,
  input: CompanionInput,
  { device, context }: Place,
): CompanionScript => {
  if ((kind === "harden" || kind === "confirm-harden") && input.harden === null) throw noHarden()
  const release = releaseFor(input, device)
  const { desired, remarks } = desiredConfigOf(input, release, context, {
    account: MASKED,
    key: MASKED.key,
  })
  return present(kind, release, makeFrom(kind, desired), kind === "onboard" ? remarks : [])
}

const overlapRemark = (older: number): readonly Remark[] =>
  older === 0
    ? []
    : [
        {
          id: "key-overlap",
          text: "This script holds a new key. The one in use ends when the new one is first used, and in 24 hours at the latest: run the script before that.",
        },
      ]

/** No agent polls this router: an account would be an unused credential. */
const NO_ACCOUNT = { account: MASKED, credential: null } as const
/** The only kind with secrets: a persistent account, and a new key each time. */
const makeOnboard = async (
  deps: ScriptDeps,
  tx: Tx,
  by: By,
  org: OrgId,
  { device, context, row }: Choice,
): Promise<Done> => {
  const release = releaseFor(row.desired, device)
  const { api, snmp } = desiredConfigOf(row.desired, release, context, {
    account: MASKED,
    key: MASKED.key,
  }).desired
  const isPolled = api !== null || snmp !== null
  const { account, credential } = isPolled
    ? await ensureAccount(deps, tx, by, org, device, row)
    : NO_ACCOUNT
  const key = newKey()
  const { desired, remarks } = desiredConfigOf(row.desired, release, context, {
    account,
    key: key.text,
  })
  const made = makeFrom("onboard", desired)
  const nowMs = deps.clock.now()
  await saveMade(tx, org, device.id, madeOf(desired, nowMs))
  const older = (await listKeys(tx, org, device.id)).filter(
    ({ revokedAtMs, expiresAtMs }) => revokedAtMs === null && (expiresAtMs ?? nowMs + 1) > nowMs,
  )
  if (desired.push !== null) await insertKey(tx, org, device.id, key, nowMs, OVERLAP_MS)
  const script = present("onboard", release, made, [
    ...remarks,
    ...(desired.push === null ? [] : overlapRemark(older.length)),
  ])
  return { script, key: desired.push === null ? null : key.id, credential }
}
const noAddress = () => invalid([{ path: "agentAddresses", code: "field.required", params: {} }])
/** The account for reading is that of the onboarding script, with the same secrets. */
const makeAccounts = async (
  deps: ScriptDeps,
  tx: Tx,
  by: By,
  org: OrgId,
  { device, context, row }: Choice,
): Promise<Done> => {
  const release = releaseFor(row.desired, device)
  const input = { ...row.desired, snmp: "off" as const, push: false, syslog: false }
  const configure = (
    account: typeof MASKED | Awaited<ReturnType<typeof ensureAccount>>["account"],
  ) => desiredConfigOf(input, release, context, { account, key: MASKED.key })
  const masked = configure(MASKED).desired
  if (masked.agents.length === 0) throw noAddress()
  const { account, credential } =
    masked.api === null ? NO_ACCOUNT : await ensureAccount(deps, tx, by, org, device, row)
  const diagnostics = await ensureDiagnosticsAccount(deps, tx, by, org, device)
  const { desired, remarks } = configure(account)
  const made = makeFrom("accounts", { ...desired, diagnostics })
  if (row.made === null && masked.api !== null)
    await saveMade(tx, org, device.id, madeOf(desired, deps.clock.now()))
  return {
    script: present("accounts", release, made, remarks),
    key: null,
    credential,
    diagnostics: diagnostics.isNew ? diagnostics.credential : null,
  }
}

const makeOther = async (kind: ScriptKind, choice: Choice): Promise<Done> => ({
  script: maskedScript(kind, choice.row.desired, choice),
  key: null,
  credential: null,
})
export const make = async (
  deps: ScriptDeps,
  tx: Tx,
  by: By,
  org: OrgId,
  kind: ScriptKind,
  choice: Choice,
): Promise<Done> => {
  const done =
    kind === "onboard"
      ? await makeOnboard(deps, tx, by, org, choice)
      : kind === "accounts"
        ? await makeAccounts(deps, tx, by, org, choice)
        : await makeOther(kind, choice)
  const { script, key, credential } = done
  await write(tx, by, "companion.script-made", "device", choice.device.id, {
    kind,
    release: script.release,
    key,
    credential,
  })
  return done
}

/**
 * The holder of a link can read the script instead of running it. For accounts that may not see
 * secrets, it therefore contains none in use: new ones are generated, and take over when the router
 * has been set up with them.
 */
export const freshAccount = async (
  deps: ScriptDeps,
  tx: Tx,
  by: Changer,
  release: string,
  { device, context, row }: Choice,
): Promise<void> => {
  const { api, snmp } = desiredConfigOf(row.desired, release, context, {
    account: MASKED,
    key: MASKED.key,
  }).desired
  if (api !== null || snmp !== null) await ensureAccount(deps, tx, by, by.org, device, row, true)
}
export const requireReveal = (by: Changer): void => {
  if ("system" in by || may(by, "secrets:reveal")) return
  throw forbidden({ code: "problem.script-is-secret", params: {} })
}

/**
 * The device and its context. Read before the writing transaction, which has a connection of its
 * own.
 */
export const placeOf = async (
  { db, loadContext }: Pick<ScriptDeps, "db" | "loadContext">,
  org: OrgId,
  id: string,
): Promise<Place> => {
  const device = await db.asOrg(org, (tx) => findDevice(tx, org, id))
  if (device === null) throw notFound("device", id)
  return { device, context: await loadContext(org, device) }
}
export const requireChoice = async (tx: Tx, org: OrgId, place: Place): Promise<Choice> => {
  const row = await lockDesiredConfig(tx, org, place.device.id)
  if (row === null || row.desired === null) throw noDesiredConfig()
  return { ...place, row: { ...row, desired: row.desired } }
}
