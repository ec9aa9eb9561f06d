/** The devices a person sees, as a file to take along: base units, one name a column, in the order shown. */
import type { Device } from "@ispvm/appliance/api/inventory"
import { hasAddress } from "../../i18n/format/address.ts"
import { csvText } from "../../i18n/format/csv.ts"
import { messageText } from "../../i18n/strings/message-text.ts"

type Cell = string | number | null
const COLUMNS: readonly (readonly [name: string, value: (device: Device) => Cell])[] = [
  ["name", (device) => device.name],
  ["address", (device) => (hasAddress(device.address) ? device.address : null)],
  ["status", (device) => device.status.status],
  ["reason", (device) => messageText(device.status.message)],
  ["site", (device) => device.siteName],
  ["roles", (device) => device.roles.join(";")],
  ["board", (device) => device.board],
  ["release", (device) => device.version],
  ["uptime_s", (device) => device.uptimeS],
  ["cpu_ratio", (device) => device.cpuRatio],
  ["memory_ratio", (device) => device.memoryRatio],
  ["loss_ratio", (device) => device.lossRatio],
  ["rtt_us", (device) => device.rttUs],
  ["rx_bps", (device) => device.rxBps],
  ["tx_bps", (device) => device.txBps],
  [
    "last_seen",
    (device) => (device.lastSeenAtMs === null ? null : new Date(device.lastSeenAtMs).toISOString()),
  ],
]

export const devicesCsv = (devices: readonly Device[]): string =>
  csvText(
    COLUMNS.map(([name]) => name),
    devices.map((device) => COLUMNS.map(([, value]) => value(device))),
  )
