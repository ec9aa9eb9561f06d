import type { Device, Site } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { matches } from "../../i18n/format/text-match.ts"

/** The filters from the URL. Empty means all. */
export type DeviceFilter = {
  readonly text: string
  readonly statuses: ReadonlySet<string>
  readonly site: string
  readonly roles: ReadonlySet<string>
  readonly tags: ReadonlySet<string>
  /** An agent's id, or `none`. */
  readonly agent: string
}

export const readFilter = (query: URLSearchParams): DeviceFilter => ({
  text: query.get("q") ?? "",
  statuses: new Set((query.get("status") ?? "").split(",").filter(Boolean)),
  site: query.get("site") ?? "",
  roles: new Set((query.get("role") ?? "").split(",").filter(Boolean)),
  tags: new Set((query.get("tag") ?? "").split(",").filter(Boolean)),
  agent: query.get("agent") ?? "",
})

export type Sites = ReadonlyMap<string, Pick<Site, "tags">>
/** Its own and those of its site, as in the scope of an alert rule. */
const tagsOf = ({ tags = [], siteId }: Device, sites: Sites): ReadonlySet<string> =>
  new Set([...tags, ...(sites.get(siteId ?? "")?.tags ?? [])])

const fits = (device: Device, filter: DeviceFilter, tags: ReadonlySet<string>): boolean =>
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
    ...tags,
  )

export type Filtered = {
  readonly rows: readonly Device[]
  readonly counts: ReadonlyMap<Status, number>
  readonly tagCounts: ReadonlyMap<string, number>
}
/**
 * The rows, and for the chips the count of each status before the status filter, and of each tag
 * before the tag filter.
 */
export const applyFilter = (
  devices: Iterable<Device>,
  filter: DeviceFilter,
  sites: Sites,
): Filtered => {
  const counts = new Map<Status, number>()
  const tagCounts = new Map<string, number>()
  const rows: Device[] = []
  for (const device of devices) {
    const tags = tagsOf(device, sites)
    if (!fits(device, filter, tags)) continue
    const { status } = device.status
    const hasStatus = filter.statuses.size === 0 || filter.statuses.has(status)
    if (hasStatus) for (const tag of tags) tagCounts.set(tag, (tagCounts.get(tag) ?? 0) + 1)
    if (filter.tags.size > 0 && filter.tags.isDisjointFrom(tags)) continue
    counts.set(status, (counts.get(status) ?? 0) + 1)
    if (hasStatus) rows.push(device)
  }
  return { rows, counts, tagCounts }
}

/** More would push the table down; the search finds each tag. */
const MAX_TAG_CHIPS = 8
/** The chosen ones, then those of most devices. */
export const shownTags = (
  chosen: ReadonlySet<string>,
  counts: ReadonlyMap<string, number>,
): readonly string[] => {
  const others = [...counts].filter(([tag]) => !chosen.has(tag))
  const common = others.sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
  return [...[...chosen].sort(), ...common.slice(0, MAX_TAG_CHIPS).map(([tag]) => tag)]
}
