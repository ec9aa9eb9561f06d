/** The columns of the audit log. */
import type { AuditEntry } from "@ispvm/appliance/api/session"
import { html, nothing } from "lit"
import type { TableColumn } from "../../components/table-model.ts"
import { foldButton } from "../../components/table-parts.ts"
import { exact } from "../../i18n/format/time.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import type { Fleet } from "../../state/fleet.ts"
import { actionText, detailLines, type MoreNames, originText, subjectOf } from "./audit-text.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.audit
/** Hidden until somebody chooses them. */
export const HIDDEN_AT_FIRST: readonly string[] = ["code"]

export type AuditTable = {
  readonly fleet: () => Fleet
  readonly more: () => MoreNames
  readonly isOpen: (id: string) => boolean
  readonly toggle: (id: string) => void
}

const isRejection = ({ action }: AuditEntry): boolean =>
  action === "permission.denied" || action === "session.refused"

export const auditColumns = (table: AuditTable): readonly TableColumn<AuditEntry>[] => [
  {
    key: "when",
    label: strings.when,
    width: "170px",
    card: "wide",
    cell: ({ atMs }) =>
      html`<ispvm-time at=${atMs}></ispvm-time><br /><span class="caption">${exact(atMs)}</span>`,
  },
  {
    key: "who",
    fixed: true,
    label: strings.who,
    width: "minmax(150px, 1fr)",
    card: "title",
    cell: (entry) =>
      html`<span class=${isRejection(entry) ? "medium text-fault" : "bold"}>${strings.actor(entry.actor)}</span>`,
  },
  {
    key: "action",
    fixed: true,
    label: strings.what,
    width: "minmax(180px, 2fr)",
    card: "wide",
    cell: (entry) => html`${actionText(entry)}${subjectText(entry, table)}`,
  },
  {
    key: "code",
    label: strings.code,
    width: "minmax(150px, 1fr)",
    card: "wide",
    cell: ({ action }) => html`<span class="mono soft">${action}</span>`,
  },
  {
    key: "origin",
    label: strings.origin,
    width: "minmax(110px, 1fr)",
    card: "wide",
    cell: (entry) => html`<span class="soft">${originText(entry)}</span>`,
  },
  {
    key: "details",
    label: strings.details,
    width: "116px",
    card: "wide",
    cell: (entry) =>
      detailLines(entry.detail).length === 0
        ? ""
        : foldButton(strings.details, table.isOpen(entry.id), () => table.toggle(entry.id)),
  },
]

/**
 * The subject by name with a link if it exists, else by id; nothing for logins, which name the
 * account already.
 */
const subjectText = (entry: AuditEntry, { fleet, more }: AuditTable) => {
  if (entry.subjectId === null || entry.action.startsWith("session.")) return nothing
  const known = subjectOf(entry, fleet(), more())
  if (known === null) return html`: <bdi class="mono">${entry.subjectId}</bdi>`
  return known.href === null
    ? html`: <bdi>${known.name}</bdi>`
    : html`: <a href=${known.href}><bdi>${known.name}</bdi></a>`
}

/** What was changed, a line a field. */
export const detailOf = (entry: AuditEntry) =>
  html`<dl class="fields small">${detailLines(entry.detail).map(([name, text]) => html`<dt>${name}</dt><dd class="mono wrap"><bdi>${text}</bdi></dd>`)}</dl>`
