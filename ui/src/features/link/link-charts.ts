/** The series of both ends in the form of charts. Pure. */

import type { Incident } from "@ispvm/appliance/api/incidents"
import type { ChartData, ChartMark, ChartSeries } from "../../components/chart-model.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { alignColumns, column, type TimeColumns } from "../device/time-columns.ts"
import type { EndSeries } from "./end-series.ts"

const strings = t.links

type Line = Omit<ChartSeries, "values" | "low" | "high"> & {
  readonly of: TimeColumns
  readonly name: string
  readonly low?: string
  readonly high?: string
}

/** Lines with different measurement times on one axis. */
const chartOf = (lines: readonly Line[]): ChartData => {
  const names = lines.flatMap(({ of, name, low, high }) =>
    [name, low, high].flatMap((each) => (each === undefined ? [] : [{ of, name: each }])),
  )
  const { atMs, values } = alignColumns(names)
  let at = 0
  const next = () => values[at++] ?? []
  return {
    atMs,
    series: lines.map(({ of: _, name: __, low, high, ...line }): ChartSeries => {
      const own = next()
      const lowest = low === undefined ? undefined : next()
      const highest = high === undefined ? undefined : next()
      return {
        ...line,
        values: own,
        ...(lowest === undefined || highest === undefined ? {} : { low: lowest, high: highest }),
      }
    }),
  }
}

export type Directions = { readonly out: string; readonly back: string }

/** Both directions as counted by the interface `from`: `out` is what it sends. */
export const trafficChart = (from: EndSeries, { out, back }: Directions): ChartData =>
  chartOf([
    { label: out, colour: "chart-1", of: from.port, name: "interface.tx_bps", filled: true },
    { label: back, colour: "chart-2", of: from.port, name: "interface.rx_bps" },
  ])

export type NamedEnd = { readonly name: string; readonly series: EndSeries }

export const errorsChart = (ends: readonly NamedEnd[]): ChartData =>
  chartOf(
    ends.flatMap(({ name, series: { port } }, index): Line[] => [
      {
        label: ends.length === 1 ? strings.errors : strings.errorsOf(name),
        colour: index === 0 ? "status-down" : "chart-5",
        of: port,
        name: "interface.errors",
      },
      {
        label: ends.length === 1 ? strings.discards : strings.discardsOf(name),
        colour: index === 0 ? "status-degraded" : "chart-4",
        of: port,
        name: "interface.drops",
      },
    ]),
  )

const END_COLOURS = ["chart-1", "chart-3"] as const

export const roundTripChart = (ends: readonly NamedEnd[]): ChartData =>
  chartOf(
    ends.map(({ name, series: { ping } }, index) => ({
      label: name,
      colour: END_COLOURS[index] ?? "chart-1",
      of: ping,
      name: "ping.rtt_ms",
      low: "ping.rtt_ms.min",
      high: "ping.rtt_ms.max",
    })),
  )

export const lossChart = (ends: readonly NamedEnd[]): ChartData =>
  chartOf(
    ends.map(({ name, series: { ping } }, index) => ({
      label: name,
      colour: index === 0 ? "status-degraded" : "chart-3",
      of: ping,
      name: "ping.loss_pct",
      filled: index === 0,
    })),
  )

export const incidentMarks = (incidents: readonly Incident[]): readonly ChartMark[] =>
  incidents.flatMap((incident): ChartMark[] => [
    {
      atMs: incident.openedAtMs,
      untilMs: incident.closedAtMs,
      label: messageText(incident.title),
      tone: "down",
    },
    ...(incident.closedAtMs === null
      ? []
      : [
          {
            atMs: incident.closedAtMs,
            label: messageText(incident.title),
            tone: "recovering" as const,
          },
        ]),
  ])

/** The highest value of a column; null without values. */
export const peakOf = (data: TimeColumns, name: string): number | null =>
  column(data, name).reduce<number | null>(
    (top, value) => (value === null ? top : Math.max(top ?? value, value)),
    null,
  )
