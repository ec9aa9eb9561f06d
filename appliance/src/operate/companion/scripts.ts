/**
 * Scripts, previews and links, and what a router fetches with a link.
 */
import { bootstrapCommand, type ScriptKind } from "@ispvm/routeros-scripts/companion"
import { CA_PATH, SCRIPT_PATH } from "@ispvm/wire/push"
import type {
  CompanionInput,
  CompanionScript,
  KeyRotation,
  ScriptLink,
} from "../../api/companion.ts"
import type { Role } from "../../api/shared.ts"
import { type Cache, createCache } from "../../platform/cache.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import type { OrgId } from "../../platform/ids.ts"
import { write } from "../../registry/audit/audit.ts"
import type { Changer } from "../../registry/inventory/inventory.ts"
import { pushUrl, type ScriptContext } from "./desired-config.ts"
import {
  freshAccount,
  make,
  maskedScript,
  noPush,
  placeOf,
  requireChoice,
  requireReveal,
  type ScriptDeps,
} from "./generate.ts"
import {
  checkLink,
  hashSecret,
  LINK_LIFE_MS,
  LINK_SECRET,
  type LinkReason,
  newLinkSecret,
} from "./keys.ts"
import { consumeLink, endLinks, type FoundLink, findLink, replaceLink } from "./store.ts"

export type RedeemedLink =
  | { readonly ok: true; readonly text: string; readonly org: OrgId; readonly device: string }
  | { readonly ok: false; readonly reason: LinkReason; readonly message: string }

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
    if (done.diagnostics != null) await deps.useForDiagnostics(by, id, done.diagnostics)
    return done
  }
  return {
    preview: async (org: OrgId, id: string, input: CompanionInput): Promise<CompanionScript> =>
      maskedScript("onboard", input, await placeOf(deps, org, id)),
    script: async (by: Changer, id: string, kind: ScriptKind): Promise<CompanionScript> => {
      if (kind === "onboard" || kind === "accounts") requireReveal(by)
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
      if (kind === "accounts") requireReveal(by)
      const place = await placeOf(deps, by.org, id)
      const secret = newLinkSecret()
      const expiresAtMs = clock.now() + LINK_LIFE_MS
      return await db.asOrg(by.org, async (tx) => {
        const choice = await requireChoice(tx, by.org, place)
        const { row } = choice
        // A script that cannot be generated is reported here, not to the router that fetches it.
        const { release } = maskedScript(kind, row.desired, place)
        if (kind === "onboard" && !may(by, "secrets:reveal"))
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
  if (done.diagnostics != null)
    await deps.useForDiagnostics({ ...by, org }, link.device, done.diagnostics)
  return { ok: true, text: done.script.text, org, device: link.device }
}
