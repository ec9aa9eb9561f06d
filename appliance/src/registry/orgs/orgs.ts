/** The organisations of this installation: one provider each. With TENANT_MODE=single there is exactly one after the claim. */
import type { Sql, Tx } from "../../platform/db.ts"
import type { OrgId } from "../../platform/ids.ts"
import { insertOrg, readOrgs } from "./store.ts"

export type Org = { readonly id: OrgId; readonly name: string }

export const listOrgs = (sql: Sql | Tx): Promise<readonly Org[]> => readOrgs(sql)

export const createOrg = (sql: Sql | Tx, name: string): Promise<Org> => insertOrg(sql, name)
