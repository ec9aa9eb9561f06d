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
    .flatMap((target) => (target.kind === "tag" ? taggedWith(topology, target.id) : [target]))
    .map((target): PlannedTarget => {
      const devices = devicesOf(topology, target)
      return { id: target.id, devices, own: [target.id, ...withLinks(topology, devices)] }
    })
