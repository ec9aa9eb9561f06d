/** Intervals of groups of collectors: which applies to a device, and what one costs. Pure. */
import { type CollectorGroup, groupOf, type ScopedInterval } from "@ispvm/appliance/api/collectors"
import type { Device } from "@ispvm/appliance/api/inventory"
import { type CollectorRow, costOf } from "./collection-columns.ts"

const SCOPES: readonly ScopedInterval["scope"][] = ["device", "role", "site"]

/** Of each group the one that applies: the device's, else the shortest of its roles, else its site's. */
export const intervalsOf = (
  all: readonly ScopedInterval[],
  { id, roles, siteId }: Pick<Device, "id" | "roles" | "siteId">,
): readonly ScopedInterval[] => {
  const isAbout = ({ scope, subject }: ScopedInterval): boolean =>
    scope === "role"
      ? roles.some((role) => role === subject)
      : subject === (scope === "device" ? id : siteId)
  const inOrder = all
    .filter(isAbout)
    .toSorted((a, b) => SCOPES.indexOf(a.scope) - SCOPES.indexOf(b.scope) || a.everyMs - b.everyMs)
  return inOrder.filter(
    (each, index) => inOrder.findIndex(({ group }) => group === each.group) === index,
  )
}

/** Of the group's collectors of this device, as measured: now, and with another interval. */
export const costOfGroup = (
  rows: readonly CollectorRow[],
  group: CollectorGroup,
  everyMs: number | null,
): ReturnType<typeof costOf> =>
  costOf(
    rows
      .filter(({ id, everyMs: now }) => now > 0 && groupOf(id) === group)
      .map((row) => (everyMs === null ? row : { ...row, everyMs, slowedMs: null })),
  )
