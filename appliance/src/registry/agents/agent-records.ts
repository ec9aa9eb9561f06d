/**
 * The agents as operators manage them: add, change, make a token, revoke, remove. Each change is
 * one transaction with its audit row.
 */

import type { AgentInput } from "../../api/agents.ts"
import type { FieldError } from "../../api/field-messages.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, invalid, notFound } from "../../platform/http/http-error.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { differences, write } from "../audit/audit.ts"
import {
  type AgentFields,
  type AgentRow,
  agentRows,
  deleteAgent,
  deleteTokens,
  insertAgent,
  isNameTaken,
  lockAgent,
  markRevoked,
  missingReferences,
  replaceToken,
  revokeCertificates,
  updateAgent,
} from "./store.ts"
import { hashSecret, newToken, type Token } from "./tokens.ts"

export type AgentPatch = { readonly [K in keyof AgentInput]?: AgentInput[K] | undefined }
export type AgentRecords = {
  readonly all: (org: OrgId) => Promise<readonly AgentRow[]>
  readonly find: (org: OrgId, id: string) => Promise<AgentRow | null>
  readonly create: (actor: Actor, input: AgentInput) => Promise<AgentId>
  readonly change: (actor: Actor, id: string, patch: AgentPatch) => Promise<void>
  readonly remove: (actor: Actor, id: string) => Promise<AgentId>
  readonly token: (actor: Actor, id: string) => Promise<Token>
  /** A token whose secret was chosen elsewhere; valid until `expiresAtMs`. */
  readonly presetToken: (
    actor: Actor,
    id: string,
    token: { readonly secret: string; readonly expiresAtMs: number },
  ) => Promise<void>
  readonly revoke: (actor: Actor, id: string) => Promise<AgentId>
  /** Its update is to be tried again. */
  readonly noteRetry: (actor: Actor, id: string) => Promise<AgentId>
}
type Deps = { readonly db: Db; readonly clock: Clock; readonly fingerprint: string }

const nameTakenError = (name: string) =>
  conflict("name-taken", { code: "problem.agent-name-taken", params: { name } })

const rowOf = async (tx: Tx, org: OrgId, id: string): Promise<AgentRow> => {
  const [row] = await agentRows(tx, org, id)
  if (row === undefined) throw notFound("agent", id)
  return row
}

const missing = (path: string, what: "site" | "device"): FieldError => ({
  path,
  code: "field.not-found",
  params: { what },
})
const checkReferences = async (tx: Tx, org: OrgId, fields: AgentFields): Promise<void> => {
  const { site, device } = await missingReferences(tx, org, fields)
  const errors: FieldError[] = [
    ...(site ? [missing("siteId", "site")] : []),
    ...(device ? [missing("deviceId", "device")] : []),
  ]
  if (errors.length > 0) throw invalid(errors)
}

const changed = (was: AgentFields, patch: AgentPatch): AgentFields => ({
  name: patch.name ?? was.name,
  siteId: patch.siteId === undefined ? was.siteId : patch.siteId,
  deviceId: patch.deviceId === undefined ? was.deviceId : patch.deviceId,
  allowedNetworks: patch.allowedNetworks ?? was.allowedNetworks,
})

export const createAgentRecords = ({ db, clock, fingerprint }: Deps): AgentRecords => ({
  all: (org) => db.asOrg(org, (tx) => agentRows(tx, org, null)),
  find: async (org, id) => (await db.asOrg(org, (tx) => agentRows(tx, org, id)))[0] ?? null,
  create: (actor, { allowedNetworks = [], ...rest }) =>
    db.asOrg(actor.org, async (tx) => {
      const input = { ...rest, allowedNetworks }
      await checkReferences(tx, actor.org, input)
      const id = await insertAgent(tx, actor.org, input)
      if (id === null) throw nameTakenError(input.name)
      await write(tx, actor, "agent.created", "agent", id, input)
      return id
    }),
  change: (actor, id, patch) =>
    db.asOrg(actor.org, async (tx) => {
      const was = await lockAgent(tx, actor.org, id)
      if (was === null) throw notFound("agent", id)
      const now = changed(was, patch)
      await checkReferences(tx, actor.org, now)
      if (await isNameTaken(tx, actor.org, now.name, id)) throw nameTakenError(now.name)
      await updateAgent(tx, actor.org, id, now)
      await write(tx, actor, "agent.changed", "agent", id, differences(was, now))
    }),
  remove: (actor, id) =>
    db.asOrg(actor.org, async (tx) => {
      const row = await rowOf(tx, actor.org, id)
      await deleteAgent(tx, actor.org, id)
      await write(tx, actor, "agent.removed", "agent", id, { name: row.name, devices: row.devices })
      return row.id
    }),
  token: (actor, id) =>
    db.asOrg(actor.org, async (tx) => {
      const row = await rowOf(tx, actor.org, id)
      const token = newToken(fingerprint, clock.now())
      await replaceToken(tx, actor.org, row.id, token.secretHash, clock.now(), token.expiresAtMs)
      await write(tx, actor, "agent.token-made", "agent", id, { expiresAtMs: token.expiresAtMs })
      return token
    }),
  presetToken: (actor, id, { secret, expiresAtMs }) =>
    db.asOrg(actor.org, async (tx) => {
      const row = await rowOf(tx, actor.org, id)
      const hash = hashSecret(secret)
      await replaceToken(tx, actor.org, row.id, hash, clock.now(), expiresAtMs)
      await write(tx, actor, "agent.token-made", "agent", id, { expiresAtMs })
    }),
  revoke: (actor, id) =>
    db.asOrg(actor.org, async (tx) => {
      const row = await rowOf(tx, actor.org, id)
      await markRevoked(tx, actor.org, row.id, clock.now())
      const certificates = await revokeCertificates(tx, actor.org, row.id, clock.now())
      await deleteTokens(tx, actor.org, row.id)
      await write(tx, actor, "agent.revoked", "agent", id, { certificates })
      return row.id
    }),
  noteRetry: (actor, id) =>
    db.asOrg(actor.org, async (tx) => {
      const row = await rowOf(tx, actor.org, id)
      await write(tx, actor, "agent.update-retried", "agent", id)
      return row.id
    }),
})
