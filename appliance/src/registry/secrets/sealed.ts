/** Every column with an encrypted secret, and the place to which its values are bound. */
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { unseal } from "./seal.ts"
import { readSealed } from "./sealed-store.ts"

export const PLACES = {
  credential: (org: OrgId, id: string) => `credential ${org} ${id}`,
  channel: (org: OrgId, id: string) => `notify channel ${org} ${id}`,
  heartbeat: (org: OrgId) => `notify heartbeat ${org}`,
  pushKey: (org: OrgId) => `notify push key ${org}`,
  pushSubscription: (org: OrgId, id: string) => `notify push subscription ${org} ${id}`,
  backupTarget: () => "backup target",
} as const

export type SealedColumn = {
  readonly table: string
  readonly column: string
  /** Null: one row of each organisation, or of the installation. */
  readonly id: "id" | null
  readonly place: (org: OrgId, id: string) => string
  /** Names of its JSON that are secrets; null: all of it. */
  readonly secret: readonly string[] | null
}
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    ...{ table: "secrets.credential", column: "sealed", id: "id", place: PLACES.credential },
    secret: ["password", "snmpCommunity", "authPassword", "privPassword"],
  },
  {
    ...{ table: "notify.channel", column: "secrets", id: "id", place: PLACES.channel },
    secret: null,
  },
  {
    ...{ table: "notify.heartbeat", column: "url", id: null, place: PLACES.heartbeat },
    secret: null,
  },
  {
    ...{ table: "notify.push_key", column: "secrets", id: null, place: PLACES.pushKey },
    secret: null,
  },
  {
    ...{ table: "notify.push_subscription", column: "secrets", id: "id" },
    place: PLACES.pushSubscription,
    secret: null,
  },
  {
    ...{ table: "backup.setting", column: "target_secret", id: null },
    place: PLACES.backupTarget,
    secret: null,
  },
]

/** Texts of a JSON document that stand below one of these names. */
const textsIn = (value: unknown, names: readonly string[] | null): readonly string[] => {
  if (typeof value === "string") return names === null ? [value] : []
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, inside]) =>
    textsIn(inside, names?.includes(name) === true ? null : names),
  )
}
const secretsOf = (text: string, names: readonly string[] | null): readonly string[] => {
  if (!text.startsWith("{")) return [text]
  try {
    return textsIn(JSON.parse(text), names)
  } catch {
    return [text]
  }
}

/** All secrets of an organisation. What another master key has encrypted is left out. */
export const openAllSealed = async (
  tx: Tx,
  org: OrgId,
  key: Buffer,
): Promise<readonly string[]> => {
  const found: string[] = []
  for (const sealed of SEALED_COLUMNS)
    for (const row of await readSealed(tx, sealed)) {
      const opened = unseal(key, sealed.place(org, row.id), row.sealed)
      if (opened.ok) found.push(...secretsOf(opened.text, sealed.secret))
    }
  return found
}
