/** Channels as people configure them. */
import { randomUUID } from "node:crypto"
import type { Channel, ChannelInput, ChannelSecrets, Policy } from "../../api/notifications.ts"
import type { Actor } from "../../platform/http/http.ts"
import { invalid, notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import { openPush } from "./browser-push.ts"
import type { OpenChannel } from "./channels/channel.ts"
import type { AddressGuard } from "./channels/guarded-request.ts"
import {
  type ChannelRow,
  deleteChannel,
  insertChannel,
  isNameTaken,
  movePlainBody,
  readChannels,
  readKnown,
  updateChannel,
} from "./channels-store.ts"
import { knownSecrets, mergeSecrets, openSecrets, sealSecrets, secretsSet } from "./secrets.ts"
import { readPolicies, writePolicies } from "./store.ts"

export type Channels = {
  readonly list: (org: OrgId) => Promise<Channel[]>
  readonly create: (actor: Actor, input: ChannelInput) => Promise<{ id: string }>
  readonly change: (actor: Actor, id: string, input: ChannelInput) => Promise<void>
  readonly remove: (actor: Actor, id: string) => Promise<void>
  /** With its secrets; null: it was removed or is switched off. */
  readonly open: (org: OrgId, id: string) => Promise<OpenChannel | null>
  /** Bodies that were stored before they were secrets become so. */
  readonly sealBodies: (org: OrgId) => Promise<void>
}
type Deps = {
  readonly db: Db
  readonly masterKey: Buffer
  /** The address of the UI; null: not known. */
  readonly baseUrl: () => string | null
  /** Tests allow loopback. */
  readonly pushGuard?: AddressGuard | undefined
}

const secretsOf = (
  { id, secrets, plainBody }: ChannelRow,
  key: Buffer,
  org: OrgId,
  open = knownSecrets,
): ChannelSecrets => ({
  ...(plainBody === null ? {} : { body: plainBody }),
  ...open(key, org, id, secrets),
})

const present = (row: ChannelRow, key: Buffer, org: OrgId): Channel => {
  const { secrets: _, plainBody: __, settings, ...shown } = row
  const secrets = secretsOf(row, key, org)
  return { ...shown, kind: settings.kind, settings, secretsSet: secretsSet(secrets) }
}

/** In the audit log: what it is, and which secrets were set, never their values. */
const detailOf = ({ name, isEnabled, settings, secrets }: ChannelInput) => ({
  name,
  isEnabled,
  settings,
  secretsChanged: Object.keys(secrets),
})

const requireFree = async (tx: Tx, org: OrgId, name: string, id: string | null): Promise<void> => {
  if (await isNameTaken(tx, org, name, id))
    throw invalid([{ path: "name", code: "field.taken", params: {} }])
}

/** Browsers belong to a person. */
const requireOwner = ({ settings, ownerId }: ChannelInput): void => {
  if (settings.kind === "push" && ownerId === null)
    throw invalid([{ path: "ownerId", code: "field.required", params: {} }])
}

/** An account that was disabled since may stay its owner. */
const requireKnown = async (
  tx: Tx,
  org: OrgId,
  { fallbackId, ownerId }: ChannelInput,
  id: string | null,
): Promise<void> => {
  const { isFallback, isOwner } = await readKnown(tx, org, fallbackId, ownerId)
  const unknown = [
    ...(fallbackId === null || (isFallback && fallbackId !== id)
      ? []
      : [{ path: "fallbackId", what: "channel" as const }]),
    ...(ownerId === null || isOwner ? [] : [{ path: "ownerId", what: "account" as const }]),
  ]
  if (unknown.length > 0)
    throw invalid(
      unknown.map(({ path, what }) => ({ path, code: "field.not-found", params: { what } })),
    )
}

const FIRST_POLICY = (channel: string): Policy => ({
  id: randomUUID(),
  name: "All incidents",
  isEnabled: true,
  leastSeverity: "minor",
  siteIds: [],
  tags: [],
  about: "all",
  leastUnreachable: 0,
  leastCustomers: 0,
  delayS: 0,
  steps: [
    { afterS: 0, channels: [channel], schedules: [], leastUnreachable: 0, leastCustomers: 0 },
  ],
  repeat: null,
  hasUpdates: true,
  quietHours: null,
  isLast: false,
})

/** A new channel notifies at once, without a second form. */
const addToFirstPolicy = async (tx: Tx, org: OrgId, channel: string): Promise<void> => {
  const { version, policies } = await readPolicies(tx, org)
  const [first, ...more] = policies
  const [step, ...steps] = first?.steps ?? []
  const next =
    first === undefined || step === undefined
      ? [FIRST_POLICY(channel)]
      : [
          { ...first, steps: [{ ...step, channels: [...step.channels, channel] }, ...steps] },
          ...more,
        ]
  await writePolicies(tx, org, version, next)
}

const find = async (tx: Tx, org: OrgId, id: string): Promise<ChannelRow> => {
  const [row] = await readChannels(tx, org, id)
  if (row === undefined) throw notFound("channel", id)
  return row
}

export const createChannels = ({ db, masterKey, baseUrl, pushGuard }: Deps): Channels => ({
  list: (org) =>
    db.asOrg(org, async (tx) =>
      (await readChannels(tx, org)).map((row) => present(row, masterKey, org)),
    ),
  create: (actor, input) =>
    db.asOrg(actor.org, async (tx) => {
      const { org } = actor
      requireOwner(input)
      await requireFree(tx, org, input.name, null)
      await requireKnown(tx, org, input, null)
      const id = randomUUID()
      const secrets = mergeSecrets(null, input.settings, input.secrets)
      await insertChannel(tx, org, id, {
        ...input,
        changedBy: actor.account,
        secrets: sealSecrets(masterKey, org, id, secrets),
      })
      if (input.isInFirstPolicy) await addToFirstPolicy(tx, org, id)
      await write(tx, actor, "channel.created", "channel", id, detailOf(input))
      return { id }
    }),
  change: (actor, id, input) =>
    db.asOrg(actor.org, async (tx) => {
      const { org } = actor
      requireOwner(input)
      const row = await find(tx, org, id)
      await requireFree(tx, org, input.name, id)
      await requireKnown(tx, org, input, id)
      const was = {
        settings: row.settings,
        secrets: secretsOf(row, masterKey, org),
      }
      const secrets = mergeSecrets(was, input.settings, input.secrets)
      await updateChannel(tx, org, id, {
        ...input,
        changedBy: actor.account,
        secrets: sealSecrets(masterKey, org, id, secrets),
      })
      await write(tx, actor, "channel.changed", "channel", id, detailOf(input))
    }),
  remove: (actor, id) =>
    db.asOrg(actor.org, async (tx) => {
      const { name } = await find(tx, actor.org, id)
      await deleteChannel(tx, actor.org, id)
      await write(tx, actor, "channel.removed", "channel", id, { name })
    }),
  open: (org, id) =>
    db.asOrg(org, async (tx) => {
      const [row] = await readChannels(tx, org, id)
      if (row === undefined || !row.isEnabled) return null
      const { settings, language, template, ownerId } = row
      const secrets = secretsOf(row, masterKey, org, openSecrets)
      const opener = {
        ...{ db, masterKey, baseUrl },
        ...(pushGuard === undefined ? {} : { guard: pushGuard }),
      }
      const push = settings.kind === "push" ? await openPush(tx, org, ownerId, opener) : undefined
      return { id, settings, language, template, secrets, push }
    }),
  sealBodies: (org) =>
    db.asOrg(org, async (tx) => {
      for (const row of await readChannels(tx, org)) {
        if (row.plainBody === null) continue
        // With another master key its other secrets would be lost.
        const secrets = secretsOf(row, masterKey, org, openSecrets)
        await movePlainBody(tx, org, row.id, sealSecrets(masterKey, org, row.id, secrets))
      }
    }),
})
