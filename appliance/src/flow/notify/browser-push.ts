/**
 * Browsers in which people are notified. Each person registers their own; the first one makes the
 * channel that belongs to them, so that schedules reach it. `docs/decisions/0033-browser-push.md`.
 */
import { createHash, randomUUID } from "node:crypto"
import webPush from "web-push"
import { z } from "zod"
import type { OwnPush, PushSubscriptionInput } from "../../api/push.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, invalid, notFound } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import { PLACES, seal, unseal } from "../../registry/secrets/secrets.ts"
import type { OpenChannel } from "./channels/channel.ts"
import { type AddressGuard, wrongAddress } from "./channels/guarded-request.ts"
import { isPublicAddress } from "./channels/public-address.ts"
import { insertChannel, isNameTaken } from "./channels-store.ts"
import {
  deleteSubscription,
  hasPushChannel,
  insertPushKey,
  readBrowsers,
  readPushKey,
  readSubscriptions,
  replaceSubscription,
} from "./push-store.ts"
import { sealSecrets } from "./secrets.ts"

export type BrowserPush = {
  readonly own: (actor: Actor) => Promise<OwnPush>
  /** Answers with the channel that notifies this browser. */
  readonly subscribe: (actor: Actor, input: PushSubscriptionInput) => Promise<{ channel: string }>
  readonly unsubscribe: (actor: Actor, id: string) => Promise<void>
}
type Deps = { readonly db: Db; readonly masterKey: Buffer }
type Guarded = { readonly guard?: AddressGuard }

const MAX_BROWSERS = 20
/** Push services are in the public Internet, and speak TLS. */
export const PUBLIC_ONLY: AddressGuard = {
  isAllowedAddress: isPublicAddress,
  protocols: ["https:"],
}

const SealedSubscription = z.object({
  endpoint: z.string(),
  p256dh: z.string(),
  auth: z.string(),
})

const open = (key: Buffer, place: string, sealed: Buffer): string => {
  const opened = unseal(key, place, sealed)
  if (!opened.ok) throw new Error("The keys of browser push cannot be decrypted.")
  return opened.text
}

const keysOf = async (
  tx: Tx,
  org: OrgId,
  masterKey: Buffer,
): Promise<{ publicKey: string; privateKey: string }> => {
  const stored = await readPushKey(tx, org)
  if (stored === null) {
    const { publicKey, privateKey } = webPush.generateVAPIDKeys()
    const secrets = seal(masterKey, PLACES.pushKey(org), privateKey)
    await insertPushKey(tx, org, { publicKey, secrets })
    return await keysOf(tx, org, masterKey)
  }
  const { publicKey, secrets } = stored
  return { publicKey, privateKey: open(masterKey, PLACES.pushKey(org), secrets) }
}

/** A push service may write to it about what it gets from here; a mail address is never invented. */
const subjectOf = (baseUrl: string | null): string =>
  baseUrl?.startsWith("https://") ? baseUrl : "mailto:nobody@monitor.invalid"

type Opener = {
  readonly baseUrl: () => string | null
} & Deps &
  Guarded
/** What a channel of this kind needs to send; undefined: nobody would get anything. */
export const openPush = async (
  tx: Tx,
  org: OrgId,
  owner: string | null,
  { db, masterKey, guard = PUBLIC_ONLY, baseUrl }: Opener,
): Promise<OpenChannel["push"]> => {
  if (owner === null) return undefined
  const rows = await readSubscriptions(tx, org, owner)
  const [first] = rows
  if (first === undefined) return undefined
  const keys = await keysOf(tx, org, masterKey)
  return {
    vapid: { ...keys, subject: subjectOf(baseUrl()) },
    guard,
    seesSubscribers: may({ role: first.role }, "subscribers:read"),
    subscriptions: rows.map(({ id, secrets }) => ({
      id,
      ...SealedSubscription.parse(
        JSON.parse(open(masterKey, PLACES.pushSubscription(org, id), secrets)),
      ),
    })),
    forget: async (id) => {
      await db.asOrg(org, (again) => deleteSubscription(again, org, id, null))
    },
  }
}

/** The person's own channel; it is made with their first browser. */
const channelOf = async (
  tx: Tx,
  actor: Actor,
  language: "en" | "tr",
  masterKey: Buffer,
): Promise<string> => {
  const { org, account, name } = actor
  const known = await hasPushChannel(tx, org, account)
  if (known !== null) return known
  const id = randomUUID()
  const isTaken = await isNameTaken(tx, org, name, null)
  const channel = isTaken ? `${name} (${id.slice(0, 8)})` : name
  await insertChannel(tx, org, id, {
    name: channel.slice(0, 120),
    isEnabled: true,
    language,
    fallbackId: null,
    ownerId: account,
    settings: { kind: "push" },
    template: null,
    secrets: sealSecrets(masterKey, org, id, {}),
    changedBy: account,
  })
  await write(tx, actor, "channel.created", "channel", id, { name: channel, kind: "push" })
  return id
}

export const createBrowserPush = ({
  db,
  masterKey,
  guard = PUBLIC_ONLY,
}: Deps & Guarded): BrowserPush => ({
  own: (actor) =>
    db.asOrg(actor.org, async (tx) => ({
      publicKey: (await keysOf(tx, actor.org, masterKey)).publicKey,
      browsers: await readBrowsers(tx, actor.org, actor.account),
    })),
  subscribe: async (actor, { endpoint, p256dh, auth, label, language }) => {
    if (wrongAddress(endpoint, guard) !== null)
      throw invalid([{ path: "endpoint", code: "field.url", params: {} }])
    return await db.asOrg(actor.org, async (tx) => {
      const { org, account } = actor
      if ((await readBrowsers(tx, org, account)).length >= MAX_BROWSERS)
        throw conflict("too-many-browsers", {
          code: "problem.too-many-browsers",
          params: { max: MAX_BROWSERS },
        })
      const id = randomUUID()
      const secrets = seal(
        masterKey,
        PLACES.pushSubscription(org, id),
        JSON.stringify({ endpoint, p256dh, auth }),
      )
      const endpointHash = createHash("sha256").update(endpoint).digest()
      await replaceSubscription(tx, org, { id, account, endpointHash, secrets, label })
      await write(tx, actor, "browser.added", "browser", id, { label })
      return { channel: await channelOf(tx, actor, language, masterKey) }
    })
  },
  unsubscribe: (actor, id) =>
    db.asOrg(actor.org, async (tx) => {
      if (!(await deleteSubscription(tx, actor.org, id, actor.account)))
        throw notFound("browser", id)
      await write(tx, actor, "browser.removed", "browser", id)
    }),
})
