/** Sections of a device's configuration as rows. Pure but for templates. */
import type { Status } from "@ispvm/appliance/api/shared"
import type { ConfigurationSection } from "@ispvm/appliance/api/tables"
import { html, nothing, type TemplateResult } from "lit"
import type { TableColumn } from "../../components/table-model.ts"
import { count } from "../../i18n/format/units.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import "../../components/ispvm-age.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.collecting.configuration
const titles = strings.columns
/** Enough to compare by eye; the pointer shows all of it. */
const SHORT_CHARS = 12

export type SectionRow = ConfigurationSection & { readonly id: string }
export const sectionRow = (section: ConfigurationSection): SectionRow => ({
  ...section,
  id: `${section.source} ${section.section}`,
})

const STATUS: Readonly<Record<string, Status>> = {
  read: "ok",
  cut: "degraded",
  skipped: "degraded",
  forbidden: "unknown",
  failed: "down",
  "not-reached": "degraded",
}
/** By how urgent it is for a person. */
const rank = ({ state }: SectionRow): number =>
  ["failed", "not-reached", "cut", "skipped", "forbidden", "read"].indexOf(state)

const stateCell = ({ state }: SectionRow): TemplateResult =>
  html`<ispvm-status status=${STATUS[state] ?? "unknown"} word=${strings.states[state] ?? state} title=${strings.stateWhy[state] ?? ""}></ispvm-status>`
const changeCell = ({ changedAtMs, withRelease, hash, firstAtMs }: SectionRow) => {
  if (changedAtMs !== null)
    return html`<ispvm-time at=${changedAtMs}></ispvm-time>${withRelease ? html` <span class="muted" title=${strings.withReleaseWhy}>${strings.withRelease}</span>` : nothing}`
  if (hash === null || firstAtMs === null) return ""
  return html`<span class="muted">${strings.unchanged} <ispvm-time at=${firstAtMs}></ispvm-time></span>`
}
const hashCell = ({ hash }: SectionRow): TemplateResult | string =>
  hash === null ? "" : html`<span class="mono" title=${hash}>${hash.slice(0, SHORT_CHARS)}</span>`

export const configurationColumns = (everyMs: number): readonly TableColumn<SectionRow>[] => [
  {
    key: "section",
    label: titles.section,
    width: "minmax(180px, 1.6fr)",
    card: "title",
    cell: ({ section }) => html`<span class="mono emphasis">${section}</span>`,
    sort: ({ section }) => section,
  },
  {
    key: "changed",
    label: titles.changed,
    width: "minmax(170px, 1.3fr)",
    card: "wide",
    cell: changeCell,
    sort: ({ changedAtMs }) => changedAtMs,
  },
  {
    key: "hash",
    label: titles.hash,
    width: "minmax(130px, 1fr)",
    card: "value",
    cell: hashCell,
    sort: ({ hash }) => hash,
  },
  {
    key: "rows",
    label: titles.rows,
    width: "80px",
    card: "value",
    end: true,
    cell: ({ rows }) => (rows === null ? "" : count(rows)),
    sort: ({ rows }) => rows,
  },
  {
    key: "state",
    label: titles.state,
    width: "minmax(120px, 0.9fr)",
    card: "mark",
    cell: stateCell,
    sort: rank,
  },
  {
    key: "secrets",
    label: titles.secrets,
    width: "minmax(120px, 1fr)",
    card: "value",
    cell: ({ secrets }) =>
      secrets === null
        ? ""
        : html`<span title=${strings.secretsWhy[secrets] ?? ""}>${strings.secrets[secrets] ?? secrets}</span>`,
    sort: ({ secrets }) => secrets,
  },
  {
    key: "read",
    label: titles.read,
    width: "120px",
    card: "value",
    cell: ({ readAtMs }) =>
      html`<ispvm-age quiet at=${readAtMs} interval=${everyMs}><ispvm-time at=${readAtMs}></ispvm-time></ispvm-age>`,
    sort: ({ readAtMs }) => readAtMs,
  },
]
