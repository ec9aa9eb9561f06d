/** The organisations of this installation: one provider each. With TENANT_MODE=single there is exactly one after the claim. */
import { randomUUID } from "node:crypto"
import { OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"
import { insertOrg, readOrg, readOrgIds } from "./store.ts"

export type Org = { readonly id: OrgId; readonly name: string }

/** Oldest first. Answered outside any organisation, hence by id alone. */
export const listOrgs = (sql: Sql | Tx): Promise<readonly Pick<Org, "id">[]> => readOrgIds(sql)

/** In a transaction of `org`; null where there is no such organisation. */
export const findOrg = (tx: Tx, org: OrgId): Promise<Org | null> => readOrg(tx, org)

/** From here on the transaction works for the new organisation: its row is visible to nobody else. */
export const createOrg = (tx: Tx, name: string): Promise<Org> =>
  insertOrg(tx, OrgId.parse(randomUUID()), name)
