/** The sections of the device page below its head. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Interface } from "@ispvm/appliance/api/inventory"
import type { SeriesAnswer } from "@ispvm/appliance/api/series"
import { html, type TemplateResult } from "lit"
import type { ChartRange } from "../../components/chart-model.ts"
import { count } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { incidentMarks } from "../link/link-charts.ts"
import type { DeviceSeries } from "./device-series.ts"
import { type FamilyChart, type FamilyValues, familyCharts } from "./family-charts.ts"
import { type PortRow, portColumns } from "./port-columns.ts"
import type { PortSparks } from "./port-sparks.ts"
import type { TimeColumns } from "./time-columns.ts"
import "../../components/ispvm-chart.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-spark.ts"
import "../../components/ispvm-table.ts"

const strings = t.pages.device

type Charts = {
  readonly series: DeviceSeries
  readonly shown: readonly Interface[]
  readonly span: ChartRange
  readonly incidents: readonly Incident[]
  /** False for a self-reporting router, which has no round trip. */
  readonly isProbed: boolean
}

export const drawCharts = ({
  series,
  shown,
  span,
  incidents,
  isProbed,
}: Charts): TemplateResult => {
  const marks = incidentMarks(incidents)
  const draw = ({ title, data, minRange, format }: FamilyChart, height = 150) =>
    html`<ispvm-chart heading=${title} height=${height} min-range=${minRange} .data=${data} .range=${span} .marks=${marks} .format=${format}></ispvm-chart>`
  const panels = (charts: readonly FamilyChart[]) =>
    charts.map((chart) => html`<section class="panel">${draw(chart)}</section>`)
  const [roundTrip, ...loss] = chartsOf(series, "ping", only(series.ping))
  const probes = html`<section class="panel">
      ${roundTrip === undefined ? "" : draw(roundTrip)} ${loss.map((chart) => draw(chart, 84))}
    </section>`
  return html`${isProbed ? probes : ""}
    <section class="panel ${isProbed ? "" : "wide"}">
      ${chartsOf(series, "health", only(series.health)).map((chart) => draw(chart, 270))}
    </section>
    ${shown.length === 0 ? "" : panels(chartsOf(series, "interface", ofPorts(series, shown)))}
    ${series.others.map((each) => html`${partOf(each)}${panels(chartsOf(series, each.family, each))}`)}`
}

const only = ({ atMs, columns }: TimeColumns): FamilyValues => ({
  atMs,
  items: [{ name: null, unit: null, columns }],
})

/** Interfaces share one axis; a column of theirs begins with the interface's id. */
const ofPorts = ({ ports }: DeviceSeries, shown: readonly Interface[]): FamilyValues => ({
  atMs: ports.atMs,
  items: shown.map(({ id, name }) => {
    const prefix = `${id}.`
    const own = Object.entries(ports.columns).filter(([column]) => column.startsWith(prefix))
    const columns = own.map(([column, values]) => [column.slice(prefix.length), values] as const)
    return { name, unit: null, columns: Object.fromEntries(columns) }
  }),
})

const chartsOf = (
  { families }: DeviceSeries,
  name: string,
  values: FamilyValues,
): readonly FamilyChart[] => {
  const family = families.find((each) => each.family === name)
  return family === undefined ? [] : familyCharts(family, values)
}

type Ports = {
  readonly ports: readonly Interface[]
  readonly sparks: PortSparks
  readonly sort: string
  readonly onSort: (sort: string) => void
}

export const drawPorts = ({ ports, sparks, sort, onSort }: Ports): TemplateResult => {
  if (ports.length === 0)
    return html`<ispvm-empty icon="cable" heading=${strings.ports.emptyTitle} text=${strings.ports.emptyText}></ispvm-empty>`
  const rows = ports.map(
    (port): PortRow => ({ ...port, id: String(port.id), spark: sparks.get(port.id)?.bps ?? [] }),
  )
  return html`<div class="ports" style="--rows:${Math.min(rows.length, 20)}">
    <ispvm-table
      label=${strings.tabs.interfaces}
      min-width="900"
      .columns=${portColumns}
      .rows=${rows}
      sort=${sort}
      @sort-rows=${(event: CustomEvent<string>) => onSort(event.detail)}
    ></ispvm-table>
  </div>`
}

/** Only the highest are drawn; that others exist is said. */
const partOf = ({ items, total }: SeriesAnswer) =>
  items.length < total
    ? html`<p class="pad-row caption">${strings.sensors.partOf(count(items.length), count(total))}</p>`
    : ""
