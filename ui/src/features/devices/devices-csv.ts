/** The visible devices as CSV: base units, one name per column, in the order shown. */
import type { Device } from "@ispvm/appliance/api/inventory"
import { hasAddress } from "../../i18n/format/address.ts"
import { csvText } from "../../i18n/format/csv.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import type { Sites } from "./filter.ts"

type Cell = string | number | null
const COLUMNS: readonly (readonly [name: string, value: (device: Device, sites: Sites) => Cell])[] =
  [
    ["name", (device) => device.name],
    ["address", (device) => (hasAddress(device.address) ? device.address : null)],
    ["status", (device) => device.status.status],
    ["reason", (device) => messageText(device.status.message)],
    ["site", (device) => device.siteName],
    ["roles", (device) => device.roles.join(";")],
    ["tags", (device) => (device.tags ?? []).join(";")],
    ["site_tags", (device, sites) => (sites.get(device.siteId ?? "")?.tags ?? []).join(";")],
    ["board", (device) => device.board],
    ["release", (device) => device.version],
    ["device.uptime_s", (device) => device.uptimeS],
    ["device.cpu_pct", (device) => device.cpuPct],
    ["device.memory_pct", (device) => device.memoryPct],
    ["ping.loss_pct", (device) => device.lossPct],
    ["ping.rtt_ms", (device) => device.rttMs],
    ["rx_bps", (device) => device.rxBps],
    ["tx_bps", (device) => device.txBps],
    [
      "last_seen",
      (device) =>
        device.lastSeenAtMs === null ? null : new Date(device.lastSeenAtMs).toISOString(),
    ],
  ]

export const devicesCsv = (devices: readonly Device[], sites: Sites): string =>
  csvText(
    COLUMNS.map(([name]) => name),
    devices.map((device) => COLUMNS.map(([, value]) => value(device, sites))),
  )
