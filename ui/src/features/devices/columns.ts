import type { Device } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { html, nothing, type TemplateResult } from "lit"
import { paths } from "../../app/paths.ts"
import { agedQuietlyOf, type DeviceValue } from "../../components/aged.ts"
import { STATUS_ORDER } from "../../components/status-shape.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { duration } from "../../i18n/format/time.ts"
import { bitRate, perCent, roundTrip } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { lastSeen } from "../device/method-age.ts"

const strings = t.pages.devices.columns

/** Loss that needs attention; below it, a lost probe now and then is normal. */
const LOSS_SEEN_PCT = 2

const UNREACHABLE: ReadonlySet<Status> = new Set(["down", "unreachable", "unknown"])

/** The last values of a device that is down are greyed, like all stale values. */
const aged = (row: Device, kind: DeviceValue, value: string | TemplateResult) => {
  const isHistory = kind !== "probe" && UNREACHABLE.has(row.status.status)
  const shown = isHistory
    ? html`<span class="muted" title=${strings.before}>${value}</span>`
    : html`<span>${value}</span>`
  return agedQuietlyOf(row, kind, shown)
}

/** "7.20.8 (stable)" is shown as "7.20.8", with the channel on hover. */
const shortRelease = (version: string | null): string => version?.split(" ")[0] ?? t.terms.none

export const deviceColumns: readonly TableColumn<Device>[] = [
  {
    key: "status",
    label: strings.status,
    width: "112px",
    card: "mark",
    cell: (row) =>
      html`<ispvm-status status=${row.status.status} title=${messageText(row.status.message)}></ispvm-status>`,
    sort: (row) => STATUS_ORDER.indexOf(row.status.status),
  },
  {
    key: "name",
    fixed: true,
    label: strings.name,
    width: "minmax(150px, 2fr)",
    card: "title",
    cell: (row) =>
      html`<a href=${paths.device(row.id)} title=${row.name} class="emphasis">${row.name}</a>`,
    sort: (row) => row.name,
  },
  {
    key: "site",
    label: strings.site,
    width: "minmax(90px, 1.1fr)",
    card: "value",
    cell: (row) =>
      row.siteId === null
        ? t.terms.none
        : html`<a href=${paths.devicesBy({ site: row.siteId })} class="soft">${row.siteName}</a>`,
    sort: (row) => row.siteName,
  },
  {
    key: "roles",
    label: strings.roles,
    width: "minmax(80px, 1fr)",
    card: "hide",
    cell: (row) =>
      html`<span class="soft">${row.roles.map((role) => t.terms.role[role]).join(", ") || t.terms.none}</span>`,
    sort: (row) => row.roles[0] ?? null,
  },
  {
    key: "release",
    label: strings.release,
    width: "78px",
    card: "hide",
    cell: (row) =>
      html`<span class="soft" title=${row.version ?? nothing}>${shortRelease(row.version)}</span>`,
    sort: (row) => row.version,
  },
  {
    key: "uptime",
    label: strings.uptime,
    width: "82px",
    end: true,
    card: "value",
    cell: (row) =>
      aged(row, "health", row.uptimeS === null ? t.terms.none : duration(row.uptimeS * 1_000)),
    sort: (row) => row.uptimeS,
  },
  {
    key: "cpu",
    label: strings.cpu,
    width: "58px",
    end: true,
    card: "value",
    cell: (row) => aged(row, "health", perCent(row.cpuPct)),
    sort: (row) => row.cpuPct,
  },
  {
    key: "loss",
    label: strings.loss,
    width: "58px",
    end: true,
    card: "value",
    cell: (row) =>
      agedQuietlyOf(
        row,
        "probe",
        html`<span style=${(row.lossPct ?? 0) >= LOSS_SEEN_PCT ? "color:var(--status-degraded-text)" : nothing}>${perCent(row.lossPct)}</span>`,
      ),
    sort: (row) => row.lossPct,
  },
  {
    key: "rtt",
    label: strings.rtt,
    width: "74px",
    end: true,
    card: "value",
    cell: (row) => aged(row, "probe", roundTrip(row.rttMs)),
    sort: (row) => row.rttMs,
  },
  {
    key: "traffic",
    label: strings.traffic,
    width: "minmax(176px, 1fr)",
    end: true,
    card: "wide",
    cell: (row) =>
      aged(
        row,
        "interface",
        html`${bitRate(row.rxBps)}<span class="muted"> / </span>${bitRate(row.txBps)}`,
      ),
    sort: (row) =>
      row.rxBps === null && row.txBps === null ? null : (row.rxBps ?? 0) + (row.txBps ?? 0),
  },
  {
    key: "seen",
    label: strings.seen,
    width: "92px",
    end: true,
    card: "value",
    cell: (row) => html`<span class="soft">${lastSeen(row)}</span>`,
    sort: (row) => row.lastSeenAtMs,
  },
]
