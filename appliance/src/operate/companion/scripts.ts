/**
 * Scripts, previews and links: reads what is known, generates what is needed, stores it, and writes
 * an audit row without secrets.
 */

import {
  bootstrapCommand,
  type DesiredConfig,
  type GeneratedScript,
  makeScript,
  type Remark,
  type ScriptKind,
  validationErrors,
} from "@ispvm/routeros-scripts/companion"
import { CA_PATH, SCRIPT_PATH } from "@ispvm/wire/push"
import type {
  CompanionInput,
  CompanionScript,
  KeyRotation,
  ScriptLink,
} from "../../api/companion.ts"
import type { FieldError } from "../../api/field-messages.ts"
import type { Role } from "../../api/shared.ts"
import { type Cache, createCache } from "../../platform/cache.ts"
import type { Clock } from "../../platform/clock.ts"
import {
  conflict,
  forbidden,
  HttpError,
  invalid,
  notFound,
} from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { type By, write } from "../../registry/audit/audit.ts"
import type { Changer } from "../../registry/inventory/inventory.ts"
import type { Secrets } from "../../registry/secrets/secrets.ts"
import { ensureAccount, madeOf } from "./account.ts"
import {
  desiredConfigOf,
  MASKED,
  pushUrl,
  releaseOf,
  type ScriptContext,
} from "./desired-config.ts"
import {
  checkLink,
  hashSecret,
  LINK_LIFE_MS,
  LINK_SECRET,
  type LinkReason,
  newKey,
  newLinkSecret,
  OVERLAP_MS,
} from "./keys.ts"
import {
  consumeLink,
  type DesiredConfigRow,
  type DeviceRow,
  endLinks,
  type FoundLink,
  findDevice,
  findLink,
  insertKey,
  listKeys,
  lockDesiredConfig,
  replaceLink,
  saveMade,
} from "./store.ts"

export type ScriptDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly secrets: Secrets
  readonly loadContext: (org: OrgId, device: DeviceRow) => Promise<ScriptContext>
  /** After commit: the validity of the router's keys or its credential has changed. */
  readonly changed: (org: OrgId, device: string, credential: string | null) => void
}
export type RedeemedLink =
  | { readonly ok: true; readonly text: string; readonly org: OrgId; readonly device: string }
  | { readonly ok: false; readonly reason: LinkReason; readonly message: string }

type Place = { readonly device: DeviceRow; readonly context: ScriptContext }
type Choice = Place & { readonly row: DesiredConfigRow & { readonly desired: CompanionInput } }
type Done = {
  readonly script: CompanionScript
  readonly key: string | null
  readonly credential: string | null
}

const noRelease = () => invalid([{ path: "release", code: "field.release-unknown", params: {} }])
const noDesiredConfig = () =>
  conflict("no-desired-config", "This router has no desired configuration. Save one first.")
const noHarden = () => invalid([{ path: "harden", code: "field.nothing-to-harden", params: {} }])
const noPush = () =>
  conflict(
    "no-push",
    "This router has no key, because push is off in its desired configuration. Turn push on first.",
  )

const releaseFor = (input: CompanionInput, device: DeviceRow): string => {
  const { release } = releaseOf(input, device.version)
  if (release === null) throw noRelease()
  return release
}
/** Translates a field of the script generator to the field of the desired configuration. */
const fieldErrorOf = (fault: string): FieldError => {
  const [, path = "", text = fault] = /^([\w.[\]]+): (.*)$/s.exec(fault) ?? []
  const field = path.replaceAll(/\[(\d+)\]/g, ".$1").replace(/^push\.(netwatch|url)/, "$1")
  return {
    path: field.replace(/^agents\b/, "agentAddresses").replace(/^url$/, "applianceHost"),
    code: "field.text",
    params: { text },
  }
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
const maskedScript = (
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
const make = async (
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
      : { script: maskedScript(kind, choice.row.desired, choice), key: null, credential: null }
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
const freshAccount = async (
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
const requireReveal = (by: Changer): void => {
  if ("system" in by || may(by.role, "secrets:reveal")) return
  throw forbidden(
    "This script contains a password and a key. Showing them needs the permission secrets:reveal. " +
      "Create a one-time link instead: the router fetches the script itself.",
  )
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
const requireChoice = async (tx: Tx, org: OrgId, place: Place): Promise<Choice> => {
  const row = await lockDesiredConfig(tx, org, place.device.id)
  if (row === null || row.desired === null) throw noDesiredConfig()
  return { ...place, row: { ...row, desired: row.desired } }
}

export const createScripts = (deps: ScriptDeps) => {
  const { db, clock } = deps
  const reportedLinks: ReportedLinks = createCache({ maxEntries: MAX_REPORTED_LINKS })
  const run = async (
    by: Changer,
    id: string,
    kind: ScriptKind,
    check: (input: CompanionInput) => void = () => undefined,
  ) => {
    const place = await placeOf(deps, by.org, id)
    const done = await db.asOrg(by.org, async (tx) => {
      // A pending link would show the account that this script sets up on the router.
      if (kind === "onboard") await endLinks(tx, by.org, id)
      const choice = await requireChoice(tx, by.org, place)
      check(choice.row.desired)
      return await make(deps, tx, by, by.org, kind, choice)
    })
    deps.changed(by.org, id, done.credential)
    return done
  }
  return {
    preview: async (org: OrgId, id: string, input: CompanionInput): Promise<CompanionScript> =>
      maskedScript("onboard", input, await placeOf(deps, org, id)),
    script: async (by: Changer, id: string, kind: ScriptKind): Promise<CompanionScript> => {
      if (kind === "onboard") requireReveal(by)
      return (await run(by, id, kind)).script
    },
    rotate: async (by: Changer, id: string): Promise<KeyRotation> => {
      requireReveal(by)
      const { script, key } = await run(by, id, "onboard", (input) => {
        if (!input.push) throw noPush()
      })
      const createdAtMs = clock.now()
      return {
        key: { id: key ?? "", state: "active", createdAtMs, expiresAtMs: null, lastUsedAtMs: null },
        script,
      }
    },
    link: async (
      by: Changer & { readonly email: string; readonly role: Role },
      id: string,
      kind: ScriptKind,
    ): Promise<ScriptLink> => {
      const place = await placeOf(deps, by.org, id)
      const secret = newLinkSecret()
      const expiresAtMs = clock.now() + LINK_LIFE_MS
      return await db.asOrg(by.org, async (tx) => {
        const choice = await requireChoice(tx, by.org, place)
        const { row } = choice
        // A script that cannot be generated is reported here, not to the router that fetches it.
        const { release } = maskedScript(kind, row.desired, place)
        if (kind === "onboard" && !may(by.role, "secrets:reveal"))
          await freshAccount(deps, tx, by, release, choice)
        const link = { secretHash: hashSecret(secret), kind, madeBy: by.email, expiresAtMs }
        await replaceLink(tx, by.org, id, link, clock.now())
        await write(tx, by, "companion.link-made", "device", id, { kind, expiresAtMs })
        return presentLink(
          place.context,
          row.desired.applianceHost,
          release,
          kind,
          secret,
          expiresAtMs,
        )
      })
    },
    redeem: (secret: string, address: string): Promise<RedeemedLink> =>
      redeem(deps, reportedLinks, secret, address),
  }
}
export type Scripts = ReturnType<typeof createScripts>

/**
 * The root's fingerprint authenticates the appliance; only then is the secret sent, and never in a
 * URL.
 */
const presentLink = (
  { authority, applianceHost, pushPort }: ScriptContext,
  host: string | null,
  release: string,
  kind: ScriptKind,
  secret: string,
  expiresAtMs: number,
): ScriptLink => {
  const at = host ?? applianceHost
  const { origin } = new URL(pushUrl(at, pushPort))
  const url = `${origin}${SCRIPT_PATH}`
  const curl = [
    `curl -fsk -o ispvm-ca.crt '${origin}${CA_PATH}'`,
    `openssl x509 -in ispvm-ca.crt -noout -fingerprint -sha256 | tr -d : | grep -qi ${authority.fingerprint}`,
    `curl -fs --cacert ispvm-ca.crt -H 'Authorization: Bearer ${secret}' -o ispvm-${kind}.rsc '${url}'`,
  ].join(" && ")
  const command = bootstrapCommand({
    host: at,
    port: pushPort,
    caFingerprint: authority.fingerprint,
    secret,
    release,
  })
  return { url, command, curl, expiresAtMs }
}

// ── fetching a link ──

const SENTENCES: Readonly<Record<LinkReason, string>> = {
  "link-unknown":
    "This link is not known here: it was replaced by a newer one, or it is of another appliance.",
  "link-used": "This link has been used already; each hands its script out once.",
  "link-expired": "This link has expired; each lives for 15 minutes.",
  "script-impossible": "The script cannot be made any more.",
}
const rejected = (reason: LinkReason, message = SENTENCES[reason]): RedeemedLink => ({
  ok: false,
  reason,
  message,
})

/** Ended links that were used again, as far as memory allows. */
const MAX_REPORTED_LINKS = 1_000
type ReportedLinks = Cache<string, true>
const isFirst = (reportedLinks: ReportedLinks, secretHash: Buffer): boolean => {
  const link = secretHash.toString("base64")
  if (reportedLinks.get(link) !== undefined) return false
  reportedLinks.set(link, true)
  return true
}

/**
 * The script is generated in the transaction that consumes the link: if that fails, the link stays
 * valid.
 */
const redeem = async (
  deps: ScriptDeps,
  reportedLinks: ReportedLinks,
  secret: string,
  address: string,
): Promise<RedeemedLink> => {
  if (!LINK_SECRET.test(secret)) return rejected("link-unknown")
  const secretHash = hashSecret(secret)
  const found = await findLink(deps.db.sql, secretHash)
  if (found === null) return rejected("link-unknown")
  const result = checkLink(found, deps.clock.now())
  if (result !== "good") {
    const by = { system: "push API" }
    // Once: the holder of an ended link may repeat the request for ever, and the audit keeps every
    // row.
    if (isFirst(reportedLinks, secretHash)) {
      await deps.db.asOrg(found.org, (tx) =>
        write(tx, by, "companion.link-refused", "device", found.device, {
          reason: result,
          address,
        }),
      )
    }
    return rejected(result)
  }
  try {
    return await redeemValid(deps, found, secretHash, address)
  } catch (error) {
    if (error instanceof HttpError) return rejected("script-impossible", error.message)
    throw error
  }
}
const redeemValid = async (
  deps: ScriptDeps,
  link: FoundLink,
  secretHash: Buffer,
  address: string,
): Promise<RedeemedLink> => {
  const { org, kind, madeBy } = link
  const place = await placeOf(deps, org, link.device)
  const by = { system: `link of ${madeBy}` }
  const done = await deps.db.asOrg(org, async (tx) => {
    if (!(await consumeLink(tx, org, secretHash, deps.clock.now()))) return null
    await write(tx, by, "companion.link-used", "device", link.device, { kind, address })
    return await make(deps, tx, by, org, kind, await requireChoice(tx, org, place))
  })
  if (done === null) return rejected("link-used")
  deps.changed(org, link.device, done.credential)
  return { ok: true, text: done.script.text, org, device: link.device }
}
