/**
 * The organisations of this installation: one provider each. With TENANT_MODE=single there is
 * exactly one after the claim.
 */
import { randomUUID } from "node:crypto"
import { OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"
import { insertOrg, readOrg, readOrgIds } from "./store.ts"

export type Org = { readonly id: OrgId; readonly name: string }

/** Oldest first, and only the ids: this runs outside any organisation. */
export const listOrgs = (sql: Sql | Tx): Promise<readonly Pick<Org, "id">[]> => readOrgIds(sql)

/** In a transaction of `org`; null if there is no such organisation. */
export const findOrg = (tx: Tx, org: OrgId): Promise<Org | null> => readOrg(tx, org)

/** From here on, the transaction acts for the new organisation: no other can see its row. */
export const createOrg = (tx: Tx, name: string): Promise<Org> =>
  insertOrg(tx, OrgId.parse(randomUUID()), name)
