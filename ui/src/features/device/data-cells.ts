/** Cells of tables of a device: states, links, bars, units, ages. */
import type { Device } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { stateName } from "@ispvm/appliance/messages/states"
import { html, type TemplateResult } from "lit"
import { paths } from "../../app/paths.ts"
import { nowMs } from "../../components/now.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { metricFormat } from "../../i18n/format/metrics.ts"
import { duration } from "../../i18n/format/time.ts"
import { bitRate, byteSize, count } from "../../i18n/format/units.ts"
import { locale } from "../../i18n/locale.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { DataAnswer, DataColumn, DataRow } from "./device-rows.ts"
import "../../components/ispvm-age.ts"
import "../../components/ispvm-meter.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const strings = t.tables

/** What names in cells can lead to. */
export type Links = {
  readonly device: string
  readonly ports: ReadonlySet<string>
  readonly byName: ReadonlyMap<string, Device>
  readonly byAddress: ReadonlyMap<string, Device>
}
export const linksOf = (
  device: string,
  ports: Iterable<string>,
  devices: ReadonlyMap<string, Device>,
): Links => ({
  device,
  ports: new Set(ports),
  byName: new Map([...devices.values()].map((each) => [each.name.toLowerCase(), each])),
  byAddress: new Map([...devices.values()].map((each) => [each.address, each])),
})

/** States of routers by what they mean; other words are shown as they are. */
const GOOD = new Set([
  ...["established", "full", "two-way", "2-way", "twoway", "up", "running", "bound", "reachable"],
  ...["forwarding", "master", "ok", "powered", "established-full", "synchronized"],
])
const BAD = new Set(["down", "failed", "idle", "invalid", "broken", "fault", "short-circuit"])
const BETWEEN = new Set([
  ...["active", "connect", "opensent", "openconfirm", "init", "exstart", "exchange", "loading"],
  ...["exchange-start", "attempt", "negotiating", "partial", "blocking", "overload", "stale"],
])
const statusOf = (state: string): Status | null => {
  const word = state.toLowerCase()
  if (GOOD.has(word)) return "ok"
  if (BAD.has(word)) return "down"
  return BETWEEN.has(word) ? "degraded" : null
}
const stateCell = (state: string): TemplateResult | string => {
  const status = statusOf(state)
  return status === null
    ? state
    : html`<ispvm-status status=${status} word=${stateName(state)}></ispvm-status>`
}

const STATES = new Set(["state", "status"])
const INTERFACES = new Set(["interface", "thing"])
const NAMES = new Set(["identity"])
const ADDRESSES = new Set(["address", "remoteAddress", "gateway", "routerId", "remoteId"])
const MONO = new Set([
  ...["address", "address6", "remoteAddress", "localAddress", "mac", "callerId", "network"],
  ...["destination", "gateway", "routerId", "fingerprint", "publicKey", "sessionId"],
])

const deviceLink = ({ id, name }: Device, text: string): TemplateResult =>
  html`<a class="emphasis" href=${paths.device(id)} title=${name}>${text}</a>`

const textCell = (name: string, value: string, links: Links): TemplateResult | string => {
  if (STATES.has(name)) return stateCell(value)
  if (INTERFACES.has(name) && links.ports.has(value))
    return html`<a class="emphasis" href=${paths.interface(links.device, value)}>${value}</a>`
  const bare = value.split(/[/%]/)[0] ?? value
  const device = NAMES.has(name)
    ? links.byName.get(value.toLowerCase())
    : ADDRESSES.has(name)
      ? links.byAddress.get(bare)
      : undefined
  if (device !== undefined && device.id !== links.device) return deviceLink(device, value)
  return MONO.has(name) ? html`<span class="mono">${value}</span>` : value
}

/** Bars where a value has natural ends. */
const SIGNAL = { min: -95, max: -45, low: -80 } as const
const FULL = { min: 0, max: 100, high: 90 } as const
const meter = (
  value: number,
  text: string,
  { min, max, low, high }: { min: number; max: number; low?: number; high?: number },
): TemplateResult =>
  html`<ispvm-meter .value=${value} .min=${min} .max=${max} .low=${low ?? null} .high=${high ?? null} text=${text}></ispvm-meter>`

const limitOf = ({ values }: DataRow, metric: string, end: "low" | "high"): number | undefined => {
  const limit = values[metric.replace(/_dbm$/, `_${end}_dbm`)]
  return typeof limit === "number" ? limit : undefined
}
const numberCell = (
  { name, unit }: DataColumn,
  value: number,
  row: DataRow,
): TemplateResult | string => {
  const text = numberText(unit === "sample" ? String(row.values.unit ?? "") : unit, value)
  if (name === "optics.rx_dbm" || name === "optics.tx_dbm") {
    const [low, high] = [limitOf(row, name, "low"), limitOf(row, name, "high")]
    return meter(value, text, {
      min: -30,
      max: 5,
      ...(low === undefined ? {} : { low }),
      ...(high === undefined ? {} : { high }),
    })
  }
  if (/signal/i.test(name) && unit === "dBm") return meter(value, text, SIGNAL)
  // Packets that are lost are not a share of something that fills up.
  if (unit === "%" && /used|upload|download/.test(name)) return meter(value, text, FULL)
  return text
}
export const numberText = (unit: string | null, value: number): string => {
  if (unit === null || unit === "") return count(value)
  if (unit === "bit/s") return bitRate(value)
  if (unit === "byte") return byteSize(value)
  if (unit === "ms" && value >= 1_000) return duration(value)
  return metricFormat(unit)(value)
}

const DAY_MS = 86_400_000
const expiry = (atMs: number): TemplateResult => {
  const days = Math.floor((atMs - nowMs()) / DAY_MS)
  const status: Status = days < 0 ? "down" : days < 30 ? "degraded" : "ok"
  const text = days < 0 ? strings.expired(count(-days)) : strings.daysLeft(count(days))
  return html`<ispvm-status status=${status} word=${text} title=${new Date(atMs).toISOString()}></ispvm-status>`
}

const cellOf = (column: DataColumn, row: DataRow, links: Links): TemplateResult | string => {
  const value = row.values[column.name]
  if (value === undefined) return ""
  if (typeof value === "boolean") return value ? strings.yes : ""
  if (typeof value === "string")
    return column.type === "state" ? stateCell(value) : textCell(column.name, value, links)
  if (column.type === "time")
    return column.name === "expiresMs" && row.values.fingerprint !== undefined
      ? expiry(value)
      : html`<ispvm-time at=${value}></ispvm-time>`
  return NUMBERED.has(column.name) ? String(value) : numberCell(column, value, row)
}
/** Numbers that are names: without separators. */
const NUMBERED = new Set(["remoteAs", "localAs", "as", "vlanId", "port", "bgp.remote_as", "bits"])

const longTitle = ({ name, title }: DataColumn): string => capital(t.metrics.labels[name] ?? title)
export const titleOf = (column: DataColumn): string =>
  strings.columns[column.name] ?? pageTexts.collecting.titles[column.name] ?? longTitle(column)
/** Labels of metrics are made for legends, in lower case. */
const capital = (text: string): string =>
  text.charAt(0).toLocaleUpperCase(locale.id) + text.slice(1)

const isNarrow = ({ type, unit }: DataColumn): boolean =>
  type === "bool" || (type === "number" && unit === null)
const isBar = ({ name, unit }: DataColumn): boolean =>
  (unit === "dBm" && /signal|x_dbm$/i.test(name)) ||
  (unit === "%" && /used|upload|download/.test(name))
const widthOf = (column: DataColumn, index: number): string => {
  if (index === 0) return "minmax(150px, 1.5fr)"
  if (isNarrow(column)) return "minmax(90px, 0.7fr)"
  if (isBar(column)) return "minmax(170px, 1.2fr)"
  return column.type === "time" ? "minmax(120px, 0.8fr)" : "minmax(120px, 1fr)"
}

const dataColumn = (column: DataColumn, index: number, links: Links): TableColumn<DataRow> => ({
  key: column.name,
  label: titleOf(column),
  ...(pageTexts.collecting.titles[column.name] === undefined ? {} : { hint: longTitle(column) }),
  width: widthOf(column, index),
  card: index === 0 ? "title" : "value",
  cell: (row) => cellOf(column, row, links),
  sort: (row) => {
    const value = row.values[column.name]
    return typeof value === "boolean" ? Number(value) : (value ?? null)
  },
})

/** Of a table: when the row last changed. Of values: when they were measured, grey once stale. */
const lastColumn = (kind: DataAnswer["kind"], everyMs: number): TableColumn<DataRow> => ({
  key: "changed",
  label: kind === "table" ? strings.changed : strings.measured,
  width: "130px",
  card: "value",
  cell: (row) =>
    kind === "values"
      ? html`<ispvm-age quiet at=${row.atMs} interval=${everyMs}><ispvm-time at=${row.atMs}></ispvm-time></ispvm-age>`
      : html`${row.isGone ? html`<span class="muted">${strings.gone}</span> ` : ""}<ispvm-time at=${row.atMs}></ispvm-time>`,
  sort: (row) => row.atMs,
})

const HIDDEN = /^(optics\.(rx|tx)_(low|high)_dbm)$/
/** Columns that no row has a value of are left out. */
export const columnsOf = (
  { kind, columns, rows }: DataAnswer,
  links: Links,
  everyMs: number,
): readonly TableColumn<DataRow>[] => [
  ...columns
    .filter(
      ({ name, type }) =>
        !HIDDEN.test(name) &&
        rows.some(
          ({ values }) => values[name] !== undefined && (type !== "bool" || values[name] === true),
        ),
    )
    .map((column, index) => dataColumn(column, index, links)),
  lastColumn(kind, everyMs),
]
