/**
 * What the organisation asks its agents to hide. Each change is a version; agents report which one
 * they apply. The key of the pseudonyms is derived from the master key, so that it is in no table
 * and no backup of one.
 */
import { hkdfSync } from "node:crypto"
import type { AssignedRedaction, RedactionReport } from "@ispvm/wire"
import type { AgentRedaction, RedactionInput, RedactionSettings } from "../../api/redaction.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { differences, write } from "../audit/audit.ts"
import { type RedactionRow, redactionVersions, saveRedaction } from "./redaction-store.ts"

const HISTORY = 50
const KEY_BYTES = 32

/** Who has the master key can derive it, and find out who a pseudonym is by trying names. */
const keyOf = (masterKey: Buffer, org: OrgId, keyNumber: number): string =>
  Buffer.from(
    hkdfSync("sha256", masterKey, org, `ispvm redaction of agents ${keyNumber}`, KEY_BYTES),
  ).toString("base64url")

/**
 * Of the hashes of configurations, for all agents of the organisation, so that hashes of two agents
 * can be compared. Who has the master key can guess at short secrets by it; the database and its
 * backups do not contain it.
 */
export const configurationKeyOf = (masterKey: Buffer, org: OrgId): string =>
  Buffer.from(
    hkdfSync("sha256", masterKey, org, "ispvm hashes of configurations", KEY_BYTES),
  ).toString("base64url")

const hideOf = ({ users, addresses }: Pick<RedactionRow, "users" | "addresses">) => [
  ...(users ? (["users"] as const) : []),
  ...(addresses ? (["addresses"] as const) : []),
]

/** For the assignment and its revision; null: nobody has set the switches. */
export const assignedRedaction = async (
  tx: Tx,
  org: OrgId,
  masterKey: Buffer,
): Promise<AssignedRedaction | null> => {
  const [row] = await redactionVersions(tx, org, 1)
  if (row === undefined) return null
  return { version: row.version, hide: hideOf(row), key: keyOf(masterKey, org, row.keyNumber) }
}

const NOTHING: RedactionReport = { floor: [], hide: [], version: 0, keyOf: null, keyCheck: null }
/** What an agent hides, of what it has reported and whether it can report now. */
export const redactionOf = (
  version: number,
  report: RedactionReport | null,
  now: { readonly isOnline: boolean; readonly knowsSwitches: boolean },
): AgentRedaction => {
  const { floor, hide, ...rest } = report ?? NOTHING
  const shown = { ...rest, floor: [...floor], hide: [...hide] }
  if (report !== null && report.version === version) return { ...shown, state: "applied" }
  if (!now.isOnline) return { ...shown, state: "offline" }
  if (!now.knowsSwitches) return { ...shown, state: version === 0 ? "applied" : "too-old" }
  return { ...shown, state: "pending" }
}

type Deps = {
  readonly db: Db
  readonly clock: Clock
  /** After commit: the assignments of this organisation have changed. */
  readonly onChange: (org: OrgId) => void
}
export type RedactionSwitches = {
  readonly settings: (org: OrgId) => Promise<Omit<RedactionSettings, "agents">>
  readonly change: (actor: Actor, input: RedactionInput) => Promise<void>
}

const shownOf = (rows: readonly RedactionRow[]): Omit<RedactionSettings, "agents"> => {
  const [last] = rows
  return {
    version: last?.version ?? 0,
    users: last?.users ?? false,
    addresses: last?.addresses ?? false,
    history: rows.map(({ keyNumber, changedAtMs, ...row }, index) => ({
      ...row,
      changedAtMs: Math.round(changedAtMs),
      isNewKey: keyNumber !== (rows[index + 1]?.keyNumber ?? keyNumber),
    })),
  }
}

export const createRedaction = ({ db, clock, onChange }: Deps): RedactionSwitches => ({
  settings: (org) =>
    db.asOrg(org, async (tx) => shownOf(await redactionVersions(tx, org, HISTORY))),
  change: async (actor, { users, addresses, newKey }) => {
    const isChanged = await db.asOrg(actor.org, async (tx) => {
      const [was] = await redactionVersions(tx, actor.org, 1)
      const before = { users: was?.users ?? false, addresses: was?.addresses ?? false }
      const detail = differences(before, { users, addresses })
      if (Object.keys(detail).length === 0 && !newKey) return false
      const row: RedactionRow = {
        version: (was?.version ?? 0) + 1,
        users,
        addresses,
        keyNumber: (was?.keyNumber ?? 1) + (newKey ? 1 : 0),
        changedAtMs: clock.now(),
        changedBy: actor.email,
      }
      if (!(await saveRedaction(tx, actor.org, row)))
        throw conflict("changed-meanwhile", { code: "problem.changed-meanwhile", params: {} })
      await write(tx, actor, "redaction.changed", "organisation", actor.org, {
        ...detail,
        version: row.version,
        newKey,
      })
      return true
    })
    if (isChanged) onChange(actor.org)
  },
})
