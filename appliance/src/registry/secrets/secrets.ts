/** Credentials for routers: stored encrypted, used by agents, and never shown. */
import { randomUUID } from "node:crypto"
import { z } from "zod"
import { type Credential, type CredentialInput, SnmpV3 } from "../../api/inventory.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { CredentialId, OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { seal, unseal } from "./seal.ts"
import { PLACES } from "./sealed.ts"
import {
  boundTo,
  deleteCredential,
  insertCredential,
  listCredentials,
  lockCredential,
  updateCredential,
} from "./store.ts"

export { loadMasterKey, parseMasterKey } from "./master-key.ts"
export { seal, unseal } from "./seal.ts"
export { openAllSealed, PLACES, SEALED_COLUMNS } from "./sealed.ts"

export type Opened = {
  readonly username: string | null
  readonly password: string | null
  readonly snmpCommunity: string | null
  /** Of the community; null: v2c, and v1 if a device answers nothing else. */
  readonly snmpVersion?: "v1" | null | undefined
  readonly snmpV3: SnmpV3 | null
}
export type CredentialPatch = {
  readonly [K in keyof Omit<CredentialInput, "kind">]?: CredentialInput[K] | undefined
}
/** For the audit: which secrets are set, never their values. */
export type CredentialChange = {
  readonly name: string
  readonly username: string | null
  readonly allowedNetworks: readonly string[]
  readonly secretsChanged: readonly string[]
}

export type Secrets = {
  readonly list: (tx: Tx, org: OrgId) => Promise<readonly Credential[]>
  /** The caller writes the audit row, because it knows the purpose. */
  readonly open: (tx: Tx, org: OrgId, id: CredentialId | string) => Promise<Opened>
  /** Without secrets: nothing is decrypted. */
  readonly find: (
    tx: Tx,
    org: OrgId,
    id: string,
  ) => Promise<{ readonly name: string; readonly allowedNetworks: readonly string[] }>
  /** Credentials that were made for this one device: they are sent wherever it is. */
  readonly boundTo: (tx: Tx, org: OrgId, device: string) => Promise<readonly string[]>
  /** `device`: the only one it is made for. */
  readonly create: (
    tx: Tx,
    org: OrgId,
    input: CredentialInput,
    device?: string,
  ) => Promise<{ id: string; change: CredentialChange }>
  /** Omitted fields stay; null clears. */
  readonly change: (
    tx: Tx,
    org: OrgId,
    id: string,
    patch: CredentialPatch,
  ) => Promise<{ before: CredentialChange; after: CredentialChange }>
  /** The name of the removed credential. */
  readonly remove: (tx: Tx, org: OrgId, id: string) => Promise<string>
}

/** Values encrypted before SNMPv3, its protocols or v1 were supported have no field for them. */
const Sealed = z.strictObject({
  password: z.string().nullable(),
  snmpCommunity: z.string().nullable(),
  snmpVersion: z.literal("v1").nullable().default(null),
  snmpV3: SnmpV3.nullable().default(null),
})
const SECRETS = ["password", "snmpCommunity", "snmpVersion", "snmpV3"] as const

export const createSecrets = ({ key }: { readonly key: Buffer }): Secrets => {
  const place = PLACES.credential
  const close = (
    org: OrgId,
    id: string,
    { password, snmpCommunity, snmpVersion, snmpV3 }: Opened,
  ) => seal(key, place(org, id), JSON.stringify({ password, snmpCommunity, snmpVersion, snmpV3 }))
  const read = async (tx: Tx, org: OrgId, id: string) => {
    const row = await lockCredential(tx, org, id)
    if (row === undefined) throw notFound("credential", id)
    const opened = unseal(key, place(org, id), row.sealed)
    if (!opened.ok) {
      throw new Error(
        `The credential "${row.name}" cannot be decrypted, because the master key has changed. Restore the old key, or set the secrets again.`,
      )
    }
    const { name, username, allowedNetworks } = row
    return { name, username, allowedNetworks, ...Sealed.parse(JSON.parse(opened.text)) }
  }
  return {
    list: listCredentials,
    open: async (tx, org, id) => {
      const { username, password, snmpCommunity, snmpVersion, snmpV3 } = await read(tx, org, id)
      return {
        username,
        password,
        snmpCommunity,
        ...(snmpVersion === null ? {} : { snmpVersion }),
        snmpV3,
      }
    },
    find: async (tx, org, id) => {
      const row = await lockCredential(tx, org, id)
      if (row === undefined) throw notFound("credential", id)
      return { name: row.name, allowedNetworks: row.allowedNetworks }
    },
    boundTo,
    create: async (tx, org, input, device) => {
      const id = randomUUID()
      const { name, username, allowedNetworks = [] } = input
      await insertCredential(
        tx,
        org,
        {
          ...present(input),
          id,
          kind: input.kind ?? "monitor_readonly",
          sealed: close(org, id, input),
        },
        device ?? null,
      )
      return { id, change: { name, username, allowedNetworks, secretsChanged: secretsIn(input) } }
    },
    change: async (tx, org, id, patch) => {
      const was = await read(tx, org, id)
      const now = patched(was, patch)
      await updateCredential(tx, org, { ...present(now), id, sealed: close(org, id, now) })
      return changeOf(was, now)
    },
    remove: async (tx, org, id) => {
      const name = await deleteCredential(tx, org, id)
      if (name === null) throw notFound("credential", id)
      return name
    },
  }
}

type OpenedCredential = Required<Omit<CredentialInput, "allowedNetworks" | "kind">> & {
  readonly allowedNetworks: readonly string[]
}

/** Omitted fields stay; null clears. */
const patched = (was: OpenedCredential, patch: CredentialPatch) => ({
  name: patch.name ?? was.name,
  username: patch.username === undefined ? was.username : patch.username,
  password: patch.password === undefined ? was.password : patch.password,
  snmpCommunity: patch.snmpCommunity === undefined ? was.snmpCommunity : patch.snmpCommunity,
  snmpVersion: patch.snmpVersion === undefined ? was.snmpVersion : patch.snmpVersion,
  snmpV3: patch.snmpV3 === undefined ? was.snmpV3 : patch.snmpV3,
  allowedNetworks: [...(patch.allowedNetworks ?? was.allowedNetworks)],
})
const changeOf = (
  was: OpenedCredential,
  now: OpenedCredential,
): { before: CredentialChange; after: CredentialChange } => {
  const plain = ({ name, username, allowedNetworks }: OpenedCredential) => ({
    name,
    username,
    allowedNetworks,
  })
  const secretsChanged = SECRETS.filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(now[name]),
  )
  return { before: { ...plain(was), secretsChanged: [] }, after: { ...plain(now), secretsChanged } }
}

const present = (input: CredentialInput) => {
  const { name, username, password, snmpCommunity, snmpVersion, snmpV3, allowedNetworks } = input
  return {
    name,
    username,
    allowedNetworks: allowedNetworks ?? [],
    hasPassword: password !== null,
    hasSnmpCommunity: snmpCommunity !== null,
    snmpVersion: snmpCommunity === null ? null : (snmpVersion ?? null),
    snmpV3User: snmpV3?.user ?? null,
    snmpV3AuthProtocol:
      snmpV3 === null || snmpV3.authPassword === null ? null : (snmpV3.authProtocol ?? "SHA1"),
    snmpV3PrivProtocol:
      snmpV3 === null || snmpV3.privPassword === null ? null : (snmpV3.privProtocol ?? "AES128"),
  }
}
const secretsIn = (input: CredentialInput) =>
  SECRETS.filter((name) => (input[name] ?? null) !== null)
