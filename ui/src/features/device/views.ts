/** The parts of the device page below its head. */
import type { EventRow, Incident } from "@ispvm/appliance/api/incidents"
import type { Interface } from "@ispvm/appliance/api/inventory"
import { html, type TemplateResult } from "lit"
import { paths } from "../../app/paths.ts"
import type { ChartRange } from "../../components/chart-model.ts"
import { bitRate, roundTrip, share, threeDigits } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { eventIcon, isLoss } from "../../state/event-icon.ts"
import { incidentMarks } from "../link/link-charts.ts"
import { healthChart, lossChart, portsChart, roundTripChart, sensorCharts } from "./charts.ts"
import type { DeviceSeries } from "./device-series.ts"
import { type PortRow, portColumns } from "./port-columns.ts"
import "../../components/ispvm-chart.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-spark.ts"
import "../../components/ispvm-table.ts"
import "../../components/ispvm-timeline.ts"

const strings = t.pages.device

type Charts = {
  readonly series: DeviceSeries
  readonly shown: readonly Interface[]
  readonly span: ChartRange
  readonly incidents: readonly Incident[]
  /** False for one that only reports: there is no round trip to be drawn. */
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
  const probes = html`<section class="panel">
      <ispvm-chart heading=${strings.rtt} min-range="1000" .data=${roundTripChart(series)} .range=${span} .marks=${marks} .format=${roundTrip}></ispvm-chart>
      <ispvm-chart heading=${strings.loss} height="84" min-range="0.1" .data=${lossChart(series)} .range=${span} .marks=${marks} .format=${share}></ispvm-chart>
    </section>`
  return html`${isProbed ? probes : ""}
    <section class="panel ${isProbed ? "" : "wide"}">
      <ispvm-chart heading=${strings.load} height="270" min-range="1" .data=${healthChart(series)} .range=${span} .marks=${marks} .format=${share}></ispvm-chart>
    </section>
    ${
      shown.length === 0
        ? ""
        : html`<section class="panel">
              <ispvm-chart heading=${strings.busiestIn} min-range="1000" .data=${portsChart(series, shown, "rxBps")} .range=${span} .marks=${marks} .format=${bitRate}></ispvm-chart>
            </section>
            <section class="panel">
              <ispvm-chart heading=${strings.busiestOut} min-range="1000" .data=${portsChart(series, shown, "txBps")} .range=${span} .marks=${marks} .format=${bitRate}></ispvm-chart>
            </section>`
    }`
}

type Ports = {
  readonly ports: readonly Interface[]
  readonly sparks: ReadonlyMap<number, readonly (number | null)[]>
  readonly sort: string
  readonly onSort: (sort: string) => void
}

export const drawPorts = ({ ports, sparks, sort, onSort }: Ports): TemplateResult => {
  if (ports.length === 0)
    return html`<ispvm-empty icon="cable" heading=${strings.ports.emptyTitle} text=${strings.ports.emptyText}></ispvm-empty>`
  const rows = ports.map(
    (port): PortRow => ({ ...port, id: String(port.id), spark: sparks.get(port.id) ?? [] }),
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

export const drawEvents = (events: readonly EventRow[]): TemplateResult =>
  events.length === 0
    ? html`<ispvm-empty icon="list" heading=${strings.events.emptyTitle} text=${strings.events.emptyText}></ispvm-empty>`
    : html`<div class="pad-row">
        <ispvm-timeline .items=${events.map((event) => ({ id: event.id, atMs: event.atMs, text: eventText(event), who: t.terms.source(event.source), icon: eventIcon(event.name), isLoss: isLoss(event.name) }))}></ispvm-timeline>
      </div>`

/** An interface that an event is about leads to its page; where the text does not name it, it stands before. */
const eventText = (event: EventRow): string | TemplateResult => {
  const text = t.terms.event(event.name, event.source, event.message)
  const { interface: port, deviceId } = event
  if (port === null) return text
  const rest = text.startsWith(`${port} `) ? text.slice(port.length + 1) : text
  return html`<a href=${paths.interface(deviceId, port)}>${port}</a> ${rest}`
}

export const drawSensors = (series: DeviceSeries, span: ChartRange): TemplateResult => {
  const charts = sensorCharts(series)
  return charts.length === 0
    ? html`<ispvm-empty icon="zap" heading=${strings.sensors.emptyTitle} text=${strings.sensors.emptyText}></ispvm-empty>`
    : html`${charts.map(
        ({ unit, data }) =>
          html`<ispvm-chart
            heading=${strings.sensors.of(unit)}
            .data=${data}
            .range=${span}
            .format=${(value: number | null) => (value === null ? t.terms.none : `${threeDigits(value)} ${unit}`)}
          ></ispvm-chart>`,
      )}`
}
