/** How many things of the inventory a rule is about, before anything was measured of them. Pure. */
import type { Rule } from "../../../api/alert-rules.ts"
import type { DeviceId } from "../../../platform/ids.ts"
import type { Topology } from "../model.ts"
import { portEntity } from "../topology.ts"
import { entityOfRule } from "./compile.ts"
import type { MetricCatalogue } from "./metrics.ts"
import { isInScope } from "./scope.ts"
import type { Entity } from "./track.ts"

const entityOf = (device: DeviceId, port: string | null): Entity => ({
  key: port === null ? device : portEntity(device, port),
  family: "",
  device,
  interface: port,
  name: null,
  unit: null,
})

/** What `countMatches` counts. */
export const matchedEntity = (catalogue: MetricCatalogue, rule: Rule): string =>
  entityOfRule(catalogue, rule).entity === "interface" ? "interface" : "device"

/** Of rules by name (sensors, peers): the devices, because the inventory does not know the names. */
export const countMatches = (
  catalogue: MetricCatalogue,
  topology: Topology,
  rule: Rule,
): number => {
  const { entity } = entityOfRule(catalogue, rule)
  const { names: _, units: __, ...scope } = rule.scope
  let count = 0
  if (entity !== "interface") {
    for (const { id } of topology.devices.values())
      if (isInScope(topology, scope, entityOf(id, null))) count += 1
    return count
  }
  const names = new Set([...(topology.interfaces?.keys() ?? []), ...topology.ports])
  for (const key of names) {
    const at = key.indexOf("/")
    const device = topology.devices.get(key.slice(0, at))
    if (device !== undefined && isInScope(topology, scope, entityOf(device.id, key.slice(at + 1))))
      count += 1
  }
  return count
}
