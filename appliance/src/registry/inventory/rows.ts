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

export const deviceColumns = (device: DeviceInput) => ({
  name: device.name,
  address: device.address,
  site_id: device.siteId,
  roles: device.roles,
  agent_id: device.agentId,
  credential_id: device.credentialId,
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
