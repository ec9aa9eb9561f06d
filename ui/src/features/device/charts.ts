/** The device's series as charts take them. Pure. */
import type { Interface } from "@ispvm/appliance/api/inventory"
import type { ChartData } from "../../components/chart-model.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { DeviceSeries } from "./device-series.ts"
import { column } from "./time-columns.ts"

const strings = t.pages.device
const COLOURS = ["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"] as const

export const roundTripChart = ({ ping }: DeviceSeries): ChartData => ({
  atMs: ping.atMs,
  series: [
    {
      label: strings.rtt,
      colour: "chart-1",
      values: column(ping, "rttUs"),
      low: column(ping, "rttMinUs"),
      high: column(ping, "rttMaxUs"),
    },
  ],
})

/** Loss reads as a share; the chart of a calm device is a line on the floor. */
export const lossChart = ({ ping }: DeviceSeries): ChartData => ({
  atMs: ping.atMs,
  series: [
    {
      label: strings.loss,
      colour: "status-degraded",
      values: column(ping, "lossRatio"),
      filled: true,
    },
  ],
})

export const healthChart = ({ health }: DeviceSeries): ChartData => ({
  atMs: health.atMs,
  series: [
    { label: strings.cpu, colour: "chart-1", values: column(health, "cpuRatio"), filled: true },
    { label: strings.memory, colour: "chart-3", values: column(health, "memoryRatio") },
  ],
})

export const portsChart = (
  { ports }: DeviceSeries,
  shown: readonly Interface[],
  direction: "rxBps" | "txBps",
): ChartData => ({
  atMs: ports.atMs,
  series: shown.map((port, index) => ({
    label: port.name,
    colour: COLOURS[index % COLOURS.length] ?? "chart-1",
    values: column(ports, `${port.id}.${direction}`),
  })),
})

/** Sensors share a chart where they share a unit: degrees beside volts would flatten one of them. */
export const sensorCharts = ({
  sensors,
  units,
}: DeviceSeries): readonly { readonly unit: string; readonly data: ChartData }[] => {
  const byUnit = Map.groupBy(Object.keys(sensors.columns), (name) => units[name] ?? "")
  return [...byUnit].map(([unit, names]) => ({
    unit,
    data: {
      atMs: sensors.atMs,
      series: names.map((name, index) => ({
        label: name,
        colour: COLOURS[index % COLOURS.length] ?? "chart-1",
        values: column(sensors, name),
      })),
    },
  }))
}
