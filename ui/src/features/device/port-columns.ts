import type { Interface } from "@ispvm/appliance/api/inventory"
import { html, nothing } from "lit"
import { paths } from "../../app/paths.ts"
import { agedQuietlyOfPort } from "../../components/aged.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { bitRate, perSecond } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { portState } from "../link/port-state.ts"

const strings = t.pages.device.ports

/** An interface as a table row: rows have text ids, interfaces numbers. */
export type PortRow = Omit<Interface, "id"> & {
  readonly id: string
  readonly spark: readonly (number | null)[]
}

const statusOf = (port: PortRow) => {
  const { status, word } = portState(port)
  return html`<ispvm-status status=${status} word=${word}></ispvm-status>`
}

const errorRate = (port: PortRow, value: number | null) =>
  agedQuietlyOfPort(
    port,
    html`<span style=${value !== null && value > 0 ? "color:var(--status-degraded-text)" : nothing}>${perSecond(value)}</span>`,
  )

const rank = (port: PortRow): number =>
  port.disabled === true ? 3 : port.running === true ? 1 : port.linkId === null ? 2 : 0

export const portColumns: readonly TableColumn<PortRow>[] = [
  {
    key: "status",
    label: strings.status,
    width: "118px",
    card: "mark",
    cell: statusOf,
    sort: rank,
  },
  {
    key: "name",
    label: strings.name,
    width: "minmax(150px, 1.6fr)",
    card: "title",
    cell: (row) =>
      html`<a href=${paths.interface(row.deviceId, row.name)} class="emphasis">${row.name}</a>${row.comment === null ? nothing : html` <span class="muted">${row.comment}</span>`}`,
    sort: (row) => row.name,
  },
  {
    key: "type",
    label: strings.type,
    width: "72px",
    card: "hide",
    cell: (row) => row.type,
    sort: (row) => row.type,
  },
  {
    key: "speed",
    label: strings.speed,
    width: "86px",
    end: true,
    card: "value",
    cell: (row) => bitRate(row.speedBps),
    sort: (row) => row.speedBps,
  },
  {
    key: "spark",
    label: strings.traffic,
    width: "110px",
    card: "hide",
    cell: (row) => html`<ispvm-spark width="100" height="18" .values=${row.spark}></ispvm-spark>`,
  },
  {
    key: "rx",
    label: strings.rx,
    width: "104px",
    end: true,
    card: "value",
    cell: (row) => agedQuietlyOfPort(row, bitRate(row.rxBps)),
    sort: (row) => row.rxBps,
  },
  {
    key: "tx",
    label: strings.tx,
    width: "104px",
    end: true,
    card: "value",
    cell: (row) => agedQuietlyOfPort(row, bitRate(row.txBps)),
    sort: (row) => row.txBps,
  },
  {
    key: "errors",
    label: strings.errors,
    width: "72px",
    end: true,
    card: "value",
    cell: (row) => errorRate(row, row.errorsPs),
    sort: (row) => row.errorsPs,
  },
  {
    key: "drops",
    label: strings.drops,
    width: "72px",
    end: true,
    card: "value",
    cell: (row) => errorRate(row, row.dropsPs),
    sort: (row) => row.dropsPs,
  },
]
