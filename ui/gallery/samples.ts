/** Sample values for the gallery. They never change, so that screenshots can be compared. */
import type { Status } from "@ispvm/appliance/api/shared"
import { html } from "lit"
import type { ChartData, ChartMark } from "../src/components/chart-model.ts"
import type { PaletteItem } from "../src/components/ispvm-palette.ts"
import type { TimelineItem } from "../src/components/ispvm-timeline.ts"
import { STATUS_ORDER } from "../src/components/status-shape.ts"
import type { TableColumn } from "../src/components/table-model.ts"
import { bitRate } from "../src/i18n/format/units.ts"

export const statusReasons: Record<Status, string> = {
  ok: "Answers every probe.",
  degraded: "Loses 6 % of its probes.",
  down: "No answer to six probes and to TCP.",
  recovering: "Answers again since 12 s.",
  unknown: "Its agent has not been heard for 20 s.",
  maintenance: "Planned until 04:00.",
  unreachable: "Reached only through ank-core-1, which is down.",
}

const POINTS = 180
const STEP_MS = 20_000
const START_MS = Date.UTC(2026, 10, 22, 12)
const indexes = Array.from({ length: POINTS }, (_, index) => index)
const wave = (index: number, period: number): number => Math.sin((index / period) * Math.PI * 2)
/** The same jitter each time, from the fraction of a wide sine. */
const jitter = (index: number): number => Math.abs((Math.sin(index * 12.9898) * 43_758.5453) % 1)
const isGap = (index: number): boolean => index > 95 && index < 110

const ping = indexes.map((index) =>
  isGap(index) ? null : 1_800 + 250 * wave(index, 90) + 300 * jitter(index),
)
const atMs = indexes.map((index) => START_MS + index * STEP_MS)
const marks: ChartMark[] = [
  { atMs: START_MS + 96 * STEP_MS, label: "down", tone: "down" },
  { atMs: START_MS + 110 * STEP_MS, label: "up", tone: "recovering" },
]

export const chartData: { ping: ChartData; traffic: ChartData; marks: ChartMark[] } = {
  marks,
  ping: {
    atMs,
    series: [
      {
        label: "RTT",
        colour: "chart-1",
        values: ping,
        low: ping.map((value) => (value === null ? null : value * 0.8)),
        high: ping.map((value, index) =>
          value === null ? null : value * (1.25 + (jitter(index + 7) > 0.94 ? 1.2 : 0)),
        ),
      },
    ],
  },
  traffic: {
    atMs,
    series: [
      {
        label: "In",
        colour: "chart-1",
        filled: true,
        values: indexes.map((index) => 1.2e9 + 4e8 * wave(index, 140) + 9e7 * jitter(index)),
      },
      {
        label: "Out",
        colour: "chart-2",
        values: indexes.map((index) => 4e8 + 1.4e8 * wave(index, 120) + 3e7 * jitter(index + 3)),
      },
    ],
  },
}

type SampleRow = { id: string; name: string; status: Status; load: number }
export const many: readonly SampleRow[] = Array.from({ length: 10_000 }, (_, index) => ({
  id: `row-${index}`,
  name: index === 2 ? "a-very-long-name-of-forty-characters-in-all" : `router-${index}`,
  status: index % 37 === 5 ? (STATUS_ORDER[index % STATUS_ORDER.length] ?? "ok") : "ok",
  load: jitter(index) * 9e9,
}))
export const sampleColumns: readonly TableColumn<SampleRow>[] = [
  {
    key: "status",
    label: "Status",
    width: "120px",
    card: "mark",
    cell: (row) => html`<ispvm-status status=${row.status}></ispvm-status>`,
    sort: (row) => STATUS_ORDER.indexOf(row.status),
  },
  {
    key: "name",
    label: "Name",
    width: "1fr",
    card: "title",
    cell: (row) => row.name,
    sort: (row) => row.name,
  },
  {
    key: "load",
    label: "Load",
    width: "140px",
    end: true,
    card: "value",
    cell: (row) => bitRate(row.load),
    sort: (row) => row.load,
  },
]

export const incidentItems: readonly TimelineItem[] = [
  {
    id: "4",
    atMs: START_MS + 240_000,
    text: "Closed: both ends of the link run again.",
    status: "ok",
  },
  {
    id: "3",
    atMs: START_MS + 120_000,
    text: "Acknowledged: splicing team is on its way.",
    who: "Ayşe",
  },
  {
    id: "2",
    atMs: START_MS + 2_000,
    text: "izm-agg-2 is downstream of the cut.",
    status: "unreachable",
  },
  { id: "1", atMs: START_MS, text: "Opened: Link Ankara–Izmir fibre 2 is cut.", status: "down" },
]

export const paletteItems: readonly PaletteItem[] = [
  { key: "1", kind: "Incident", name: "Link Ankara–Izmir fibre 2 is cut", status: "down" },
  { key: "2", kind: "Device", name: "ank-core-1", detail: "Ankara · 10.0.0.1", status: "ok" },
  { key: "3", kind: "Page", name: "Devices", icon: "router" },
]
