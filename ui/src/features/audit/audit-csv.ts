/** The rows of the audit log that a filter finds, as a file. */
import type { AuditEntry } from "@ispvm/appliance/api/session"
import type { Api } from "../../api/client.ts"
import { csvText } from "../../i18n/format/csv.ts"

type Query = NonNullable<Parameters<Api["audit"]>[0]>
/** Rows of one request, and of one file. */
const PAGE_ROWS = 500
export const MAX_EXPORT_ROWS = 10_000

export type AuditRows = { readonly rows: readonly AuditEntry[]; readonly total: number }

/** The newest rows first, page by page, up to the limit. */
export const readAll = async (
  api: Pick<Api, "audit">,
  filter: Omit<Query, "limit" | "before" | "after">,
): Promise<AuditRows> => {
  const rows: AuditEntry[] = []
  let before: string | null = null
  let total = 0
  do {
    const page: Awaited<ReturnType<Api["audit"]>> = await api.audit({
      ...filter,
      limit: Math.min(PAGE_ROWS, MAX_EXPORT_ROWS - rows.length),
      ...(before === null ? {} : { before }),
    })
    if (before === null) total = page.total
    rows.push(...page.items)
    before = page.next
  } while (before !== null && rows.length < MAX_EXPORT_ROWS)
  return { rows, total }
}

export const auditCsv = (entries: readonly AuditEntry[]): string =>
  csvText(
    ["at", "actor", "action", "subject", "subject_id", "address", "detail"],
    entries.map(({ atMs, actor, action, subject, subjectId, address, detail }) => [
      new Date(atMs).toISOString(),
      actor,
      action,
      subject,
      subjectId,
      address,
      Object.keys(detail).length === 0 ? null : JSON.stringify(detail),
    ]),
  )
