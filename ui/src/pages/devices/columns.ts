import type { Device } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { html, nothing, type TemplateResult } from "lit"
import { duration } from "../../format/time.ts"
import { bitRate, roundTrip, share } from "../../format/units.ts"
import { agedQuietlyOf, type DeviceValue } from "../../parts/aged.ts"
import { STATUS_ORDER } from "../../parts/status-shape.ts"
import type { TableColumn } from "../../parts/table-model.ts"
import { paths } from "../../paths.ts"
import { t } from "../../strings/strings.ts"
import { lastSeen } from "../device/method-age.ts"

const words = t.pages.devices.columns

/** Loss that wants a look; below it a lost probe now and then is the nature of the medium. */
const LOSS_SEEN = 0.02

const SILENT: ReadonlySet<Status> = new Set(["down", "behind", "unknown"])

/** What a silent device said last is history: it greys, as any value does that is too old. */
const aged = (row: Device, kind: DeviceValue, value: string | TemplateResult) => {
  const isHistory = kind !== "probe" && SILENT.has(row.status.status)
  const shown = isHistory
    ? html`<span style="color:var(--text-3)" title=${words.before}>${value}</span>`
    : html`<span>${value}</span>`
  return agedQuietlyOf(row, kind, shown)
}

/** "7.20.8 (stable)" is "7.20.8" in a column; the channel is on hover. */
const shortRelease = (version: string | null): string => version?.split(" ")[0] ?? t.terms.none

export const deviceColumns: readonly TableColumn<Device>[] = [
  {
    key: "status",
    label: words.status,
    width: "112px",
    card: "mark",
    cell: (row) => html`<ispvm-status status=${row.status.status} title=${row.status.sentence}></ispvm-status>`,
    sort: (row) => STATUS_ORDER.indexOf(row.status.status),
  },
  {
    key: "name",
    label: words.name,
    width: "minmax(150px, 2fr)",
    card: "title",
    cell: (row) =>
      html`<a href=${paths.device(row.id)} title=${row.name} style="font-weight:500;color:var(--text-strong)">${row.name}</a>`,
    sort: (row) => row.name,
  },
  {
    key: "site",
    label: words.site,
    width: "minmax(90px, 1.1fr)",
    card: "value",
    cell: (row) =>
      row.siteId === null
        ? t.terms.none
        : html`<a href=${paths.devicesBy({ site: row.siteId })} style="color:var(--text-2)">${row.siteName}</a>`,
    sort: (row) => row.siteName,
  },
  {
    key: "roles",
    label: words.roles,
    width: "minmax(80px, 1fr)",
    card: "hide",
    cell: (row) =>
      html`<span style="color:var(--text-2)">${row.roles.map((role) => t.terms.role[role]).join(", ") || t.terms.none}</span>`,
    sort: (row) => row.roles[0] ?? null,
  },
  {
    key: "release",
    label: words.release,
    width: "78px",
    card: "hide",
    cell: (row) => html`<span style="color:var(--text-2)" title=${row.version ?? nothing}>${shortRelease(row.version)}</span>`,
    sort: (row) => row.version,
  },
  {
    key: "uptime",
    label: words.uptime,
    width: "82px",
    end: true,
    card: "value",
    cell: (row) => aged(row, "health", row.uptimeS === null ? t.terms.none : duration(row.uptimeS * 1_000)),
    sort: (row) => row.uptimeS,
  },
  {
    key: "cpu",
    label: words.cpu,
    width: "58px",
    end: true,
    card: "value",
    cell: (row) => aged(row, "health", share(row.cpuRatio)),
    sort: (row) => row.cpuRatio,
  },
  {
    key: "loss",
    label: words.loss,
    width: "58px",
    end: true,
    card: "value",
    cell: (row) =>
      agedQuietlyOf(
        row,
        "probe",
        html`<span style=${(row.lossRatio ?? 0) >= LOSS_SEEN ? "color:var(--status-degraded-text)" : nothing}>${share(row.lossRatio)}</span>`,
      ),
    sort: (row) => row.lossRatio,
  },
  {
    key: "rtt",
    label: words.rtt,
    width: "74px",
    end: true,
    card: "value",
    cell: (row) => aged(row, "probe", roundTrip(row.rttUs)),
    sort: (row) => row.rttUs,
  },
  {
    key: "traffic",
    label: words.traffic,
    width: "minmax(176px, 1fr)",
    end: true,
    card: "wide",
    cell: (row) =>
      aged(row, "interface", html`${bitRate(row.rxBps)}<span style="color:var(--text-3)"> / </span>${bitRate(row.txBps)}`),
    sort: (row) => (row.rxBps === null && row.txBps === null ? null : (row.rxBps ?? 0) + (row.txBps ?? 0)),
  },
  {
    key: "seen",
    label: words.seen,
    width: "92px",
    end: true,
    card: "value",
    cell: (row) => html`<span style="color:var(--text-2)">${lastSeen(row)}</span>`,
    sort: (row) => row.lastSeenAtMs,
  },
]
