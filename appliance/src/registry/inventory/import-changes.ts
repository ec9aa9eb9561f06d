/** What an import changes on a device, field by field, in terms of the list. */

import type { ImportChange } from "../../api/import-lists.ts"
import type { DeviceInput } from "../../api/inventory.ts"

type Field = ImportChange["fields"][number]
/** Ids by name, as read by the import. */
type Names = {
  readonly site: ReadonlyMap<string, string>
  readonly agent: ReadonlyMap<string, string>
  readonly credential: ReadonlyMap<string, string>
}

/** As in a cell of the list. */
export const tagsText = (tags: readonly string[] = []): string | null =>
  tags.length === 0 ? null : tags.join(";")

/** Only what differs. Empty is null. */
export const changedFields = (was: DeviceInput, now: DeviceInput, names: Names): Field[] => {
  const nameOf = (ids: ReadonlyMap<string, string>, id: string | null): string | null =>
    id === null ? null : ([...ids].find(([, each]) => each === id)?.[0] ?? "(removed)")
  const texts = (device: DeviceInput): Readonly<Record<string, string | null>> => {
    const { routerosApi, snmp } = device.methods
    return {
      address: device.address,
      site: nameOf(names.site, device.siteId),
      roles: device.roles.length === 0 ? null : device.roles.join(", "),
      tags: tagsText(device.tags),
      agent: nameOf(names.agent, device.agentId),
      credential: nameOf(names.credential, device.credentialId),
      api_port: routerosApi === null ? null : String(routerosApi.port),
      api_tls: routerosApi === null ? null : routerosApi.tls ? "yes" : "no",
      fingerprint: routerosApi?.fingerprint ?? null,
      snmp_port: snmp === null ? null : String(snmp.port),
    }
  }
  const before = texts(was)
  return Object.entries(texts(now)).flatMap(([field, after]) =>
    before[field] === after ? [] : [{ field, before: before[field] ?? null, after }],
  )
}
