/** What a maintenance window is about: its targets, and what belongs to each. Pure. */
import type { MaintenanceTarget } from "../../api/maintenance.ts"
import type { Topology } from "../alerts/alerts.ts"

const isTagged = ({ tags = [] }: { readonly tags?: readonly string[] }, tag: string): boolean =>
  tags.includes(tag)
/** What carries the tag in the present inventory stands in for the tag. */
const taggedWith = (topology: Topology, tag: string): MaintenanceTarget[] =>
  (
    [
      ["site", topology.sites],
      ["device", topology.devices],
      ["link", topology.links],
    ] as const
  ).flatMap(([kind, all]) =>
    [...all.values()].flatMap((one) => (isTagged(one, tag) ? [{ kind, id: one.id }] : [])),
  )

/** Its present sites stand in for a region. */
const sitesOf = (topology: Topology, region: string): MaintenanceTarget[] =>
  [...topology.sites.values()].flatMap(({ id, regionId }) =>
    regionId === region ? [{ kind: "site", id }] : [],
  )
const inventoryTargets = (topology: Topology, target: MaintenanceTarget): MaintenanceTarget[] =>
  target.kind === "tag"
    ? taggedWith(topology, target.id)
    : target.kind === "region"
      ? sitesOf(topology, target.id)
      : [target]

const devicesOf = (topology: Topology, { kind, id }: MaintenanceTarget): readonly string[] =>
  kind === "device" ? [id] : kind === "site" ? (topology.sites.get(id)?.devices ?? []) : []

export const withLinks = (topology: Topology, devices: Iterable<string>): string[] =>
  [...devices].flatMap((device) => [
    device,
    ...(topology.linksAt.get(device) ?? []).map(({ id }) => id),
  ])

/** A site, device or link; `own`: with its devices and their links. */
export type PlannedTarget = {
  readonly id: string
  readonly devices: readonly string[]
  readonly own: readonly string[]
}
export const plannedTargets = (
  topology: Topology,
  targets: readonly MaintenanceTarget[],
): readonly PlannedTarget[] =>
  targets
    .flatMap((target) => inventoryTargets(topology, target))
    .map((target): PlannedTarget => {
      const devices = devicesOf(topology, target)
      return { id: target.id, devices, own: [target.id, ...withLinks(topology, devices)] }
    })
