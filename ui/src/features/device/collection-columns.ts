/** Collectors of a device as rows: what each costs and what it cannot read. Pure but for templates. */

import type { Status } from "@ispvm/appliance/api/shared"
import type { TableRow } from "@ispvm/appliance/api/tables"
import { html, nothing, type TemplateResult } from "lit"
import type { TableColumn } from "../../components/table-model.ts"
import { duration } from "../../i18n/format/time.ts"
import { byteSize, count } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import "../../components/ispvm-age.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const strings = t.tables.collection

export type CollectorRow = {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly reason: string
  readonly everyMs: number
  readonly slowedMs: number | null
  readonly lastMs: number | null
  readonly tookMs: number | null
  readonly rows: number | null
  readonly receivedByte: number | null
  readonly missing: string
  readonly forbidden: string
}
const text = (value: unknown): string => (typeof value === "string" ? value : "")
const number = (value: unknown): number | null => (typeof value === "number" ? value : null)

/** Tables whose collector has another name. */
const TABLE_OF: Readonly<Record<string, string>> = {
  ...{ bgp: "bgp-peers", ospf: "ospf-neighbours", "session-list": "sessions" },
  ...{ dhcp: "leases", tunnel: "tunnels", certificate: "certificates" },
}
/** The name in the settings; of others, what it reads and from where. */
const nameOf = (key: string): string => {
  const known = t.collectors.names[key]
  if (known !== undefined) return known
  const cut = key.indexOf(".")
  const [source, reads] = [key.slice(0, cut), key.slice(cut + 1)]
  const table = TABLE_OF[reads] ?? reads
  const what = t.tables.tabs[table] ?? t.tables.families[reads] ?? reads
  return `${what}, ${t.terms.source(source)}`
}
/** Longer intervals than the set one differ by seconds. */
const precise = (ms: number): string =>
  ms < 600_000 ? `${count(Math.round(ms / 1_000))} s` : duration(ms)

export const collectorRow = ({ key, values }: Pick<TableRow, "key" | "values">): CollectorRow => ({
  id: key,
  name: nameOf(key),
  state: text(values.state),
  reason: text(values.reason),
  everyMs: number(values.everyMs) ?? 0,
  slowedMs: number(values.slowedMs),
  lastMs: number(values.lastMs),
  tookMs: number(values.tookMs),
  rows: number(values.rows),
  receivedByte: number(values.receivedByte),
  missing: text(values.missing),
  forbidden: text(values.forbidden),
})

const DAY_MS = 86_400_000
/** The share of time in which readings run, and the bytes a day, if all goes on as measured. */
export const costOf = (
  rows: readonly CollectorRow[],
): { readonly busyShare: number; readonly bytesPerDay: number } => {
  const polled = rows.filter(({ state, everyMs }) => everyMs > 0 && state !== "standby")
  const sum = (of: (row: CollectorRow) => number) =>
    polled.reduce((total, row) => total + of(row) / (row.slowedMs ?? row.everyMs), 0)
  return {
    busyShare: sum(({ tookMs }) => tookMs ?? 0),
    bytesPerDay: sum(({ receivedByte }) => receivedByte ?? 0) * DAY_MS,
  }
}

const STATUS: Readonly<Record<string, Status>> = {
  ok: "ok",
  partial: "degraded",
  failed: "down",
  waiting: "unknown",
  standby: "unknown",
  off: "unknown",
  listening: "ok",
  polling: "degraded",
}
const stateCell = ({ state, reason }: CollectorRow): TemplateResult => {
  const why = state === "standby" ? strings.standby : (t.tables.reasons[reason] ?? reason)
  return html`<ispvm-status status=${STATUS[state] ?? "unknown"} word=${strings.states[state] ?? state}></ispvm-status>${why === "" ? nothing : html` <span class="muted" title=${why}>${why}</span>`}`
}
const intervalCell = ({ everyMs, slowedMs }: CollectorRow): TemplateResult | string => {
  if (everyMs <= 0) return t.terms.none
  return slowedMs === null
    ? duration(everyMs)
    : html`${duration(everyMs)} <span style="color:var(--status-degraded-text)" title=${strings.slowedWhy}>${strings.slowed(precise(slowedMs))}</span>`
}
const took = (ms: number | null): string =>
  ms === null ? t.terms.none : ms < 1_000 ? `${count(ms)} ms` : duration(ms)
const menusCell = ({ missing, forbidden }: CollectorRow): TemplateResult | string => {
  const parts = [
    ...(forbidden === "" ? [] : [strings.forbidden(forbidden)]),
    ...(missing === "" ? [] : [missing]),
  ]
  const all = parts.join(" · ")
  return all === "" ? "" : html`<span class="mono muted" title=${all}>${all}</span>`
}
const titles = strings.columns
/** By how urgent it is for a person. */
const rank = ({ state }: CollectorRow): number =>
  ["failed", "partial", "polling", "waiting", "ok", "listening", "standby", "off"].indexOf(state)

export const collectionColumns: readonly TableColumn<CollectorRow>[] = [
  {
    key: "name",
    label: titles.collector,
    width: "minmax(200px, 1.6fr)",
    card: "title",
    cell: ({ name, id }) => html`<span class="emphasis" title=${id}>${name}</span>`,
    sort: ({ name }) => name,
  },
  {
    key: "state",
    label: titles.state,
    width: "minmax(130px, 1.3fr)",
    card: "mark",
    cell: stateCell,
    sort: rank,
  },
  {
    key: "interval",
    label: titles.interval,
    width: "minmax(90px, 1fr)",
    card: "value",
    cell: intervalCell,
    sort: ({ everyMs }) => (everyMs === 0 ? null : everyMs),
  },
  {
    key: "last",
    label: titles.last,
    width: "110px",
    card: "value",
    cell: ({ lastMs, everyMs, slowedMs }) =>
      lastMs === null
        ? ""
        : html`<ispvm-age quiet at=${lastMs} interval=${Math.max(300_000, slowedMs ?? everyMs)}><ispvm-time at=${lastMs}></ispvm-time></ispvm-age>`,
    sort: ({ lastMs }) => lastMs,
  },
  {
    key: "took",
    label: titles.took,
    width: "90px",
    card: "value",
    end: true,
    cell: ({ tookMs }) => took(tookMs),
    sort: ({ tookMs }) => tookMs,
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
    key: "received",
    label: titles.received,
    width: "100px",
    card: "value",
    end: true,
    cell: ({ receivedByte }) => (receivedByte === null ? "" : byteSize(receivedByte)),
    sort: ({ receivedByte }) => receivedByte,
  },
  {
    key: "menus",
    label: titles.menus,
    width: "minmax(140px, 1.6fr)",
    card: "wide",
    cell: menusCell,
    sort: ({ forbidden, missing }) => `${forbidden}${missing}` || null,
  },
]
