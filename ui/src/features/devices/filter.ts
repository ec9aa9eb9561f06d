import type { Device } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { matches } from "../../i18n/format/text-match.ts"

/** The filters from the URL. Empty means all. */
export type DeviceFilter = {
  readonly text: string
  readonly statuses: ReadonlySet<string>
  readonly site: string
  readonly roles: ReadonlySet<string>
  /** An agent's id, or `none`. */
  readonly agent: string
}

export const readFilter = (query: URLSearchParams): DeviceFilter => ({
  text: query.get("q") ?? "",
  statuses: new Set((query.get("status") ?? "").split(",").filter(Boolean)),
  site: query.get("site") ?? "",
  roles: new Set((query.get("role") ?? "").split(",").filter(Boolean)),
  agent: query.get("agent") ?? "",
})

const fits = (device: Device, filter: DeviceFilter): boolean =>
  (filter.site === "" ||
    (filter.site === "none" ? device.siteId === null : device.siteId === filter.site)) &&
  (filter.agent === "" ||
    (filter.agent === "none" ? device.agentId === null : device.agentId === filter.agent)) &&
  (filter.roles.size === 0 || device.roles.some((role) => filter.roles.has(role))) &&
  matches(
    filter.text,
    device.name,
    device.address,
    device.identity,
    device.siteName,
    device.board,
    device.version,
    device.serial,
  )

/** The rows, and the count of each status before the status filter, for the chips. */
export const applyFilter = (
  devices: Iterable<Device>,
  filter: DeviceFilter,
): { readonly rows: readonly Device[]; readonly counts: ReadonlyMap<Status, number> } => {
  const counts = new Map<Status, number>()
  const rows: Device[] = []
  for (const device of devices) {
    if (!fits(device, filter)) continue
    const { status } = device.status
    counts.set(status, (counts.get(status) ?? 0) + 1)
    if (filter.statuses.size === 0 || filter.statuses.has(status)) rows.push(device)
  }
  return { rows, counts }
}
