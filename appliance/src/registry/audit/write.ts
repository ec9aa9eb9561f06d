/** Writes audit rows, each in the transaction of the change it records. */
import type { AuditAction } from "../../api/audit-actions.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { By, Detail } from "./model.ts"
import { insertEntry } from "./store.ts"

/** With an API token, both are named: a program acted, and an account answers for it. */
const nameOf = ({ email, token }: Exclude<By, { readonly system: string }>): string =>
  token === undefined
    ? email
    : token.isWall
      ? `wall display ${token.name}`
      : `${email} (API token ${token.name})`

/** `action` is `subject.verb` ("device.changed"). `detail` holds no secret: only that one was set or changed. */
export const write = (
  tx: Tx,
  by: By,
  action: AuditAction,
  subject: string,
  id: string | null,
  detail: Detail = {},
): Promise<void> =>
  insertEntry(tx, {
    ...("system" in by
      ? { actorId: null, actor: by.system, address: null }
      : { actorId: by.account, actor: nameOf(by), address: by.address }),
    action,
    subject,
    id,
    detail,
  })
