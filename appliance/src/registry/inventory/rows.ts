/** Shapes of the API as columns of the tables. */
import type { DeviceInput, LinkInput, SiteInput } from "../../api/inventory.ts"

/** In any order. */
export const areSameTags = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  new Set(a).symmetricDifference(new Set(b)).size === 0
const unique = (tags: readonly string[] = []): string[] => [...new Set(tags)]

export const siteColumns = ({
  name,
  regionId,
  latitude,
  longitude,
  note,
  textEncoding,
  tags,
}: SiteInput) => ({
  name,
  region_id: regionId,
  latitude,
  longitude,
  note,
  text_encoding: textEncoding ?? null,
  tags: unique(tags),
})

/**
 * `was`: the stored device. If several agents may read it, its holder stays until it is chosen
 * again, or until another agent is preferred.
 */
export const deviceColumns = (
  device: DeviceInput,
  was: (Pick<DeviceInput, "agentId"> & { readonly holderId: string | null }) | null = null,
) => ({
  name: device.name,
  address: device.address,
  site_id: device.siteId,
  roles: device.roles,
  agent_id:
    was === null ||
    (device.agentFallback ?? "none") === "none" ||
    (was.agentId !== device.agentId && device.agentId !== null)
      ? device.agentId
      : was.holderId,
  preferred_agent_id: device.agentId,
  agent_fallback: device.agentFallback ?? "none",
  fallback_agent_ids: [...new Set(device.fallbackAgentIds)],
  credential_id: device.credentialId,
  diagnostics_credential_id: device.diagnosticsCredentialId ?? null,
  methods: device.methods,
  note: device.note,
  text_encoding: device.textEncoding ?? null,
  tags: unique(device.tags),
})

export const linkColumns = ({ name, a, b, capacityBps, medium, tags }: LinkInput) => ({
  name,
  a_device_id: a.deviceId,
  a_interface: a.interface,
  b_device_id: b.deviceId,
  b_interface: b.interface,
  capacity_bps: capacityBps === null ? null : Math.round(capacityBps),
  medium,
  tags: unique(tags),
})
