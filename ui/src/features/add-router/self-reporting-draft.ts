/** A router that will report by itself, as it is typed: it needs no address, no agent and no password here. Pure. */
import type { DeviceInput, DeviceRole, SiteInput } from "@ispvm/appliance/api/inventory"
import { NO_ADDRESS } from "../../i18n/format/address.ts"
import { NEW } from "./draft.ts"

export type SelfReportingDraft = {
  readonly name: string
  readonly address: string
  /** An id, `new` for one typed here, or empty for none. */
  readonly siteId: string
  readonly siteName: string
  readonly roles: readonly DeviceRole[]
}
export const EMPTY_SELF_REPORTING: SelfReportingDraft = {
  name: "",
  address: "",
  siteId: "",
  siteName: "",
  roles: [],
}

/** Nothing is asked of it from here: what is known of it, it tells. */
export const selfReportingBody = (draft: SelfReportingDraft): DeviceInput => ({
  name: draft.name.trim(),
  address: draft.address.trim() || NO_ADDRESS,
  siteId: draft.siteId === "" || draft.siteId === NEW ? null : draft.siteId,
  roles: [...draft.roles],
  agentId: null,
  credentialId: null,
  methods: { routerosApi: null, snmp: null, icmp: false, tcpPort: null },
  note: "",
})
export const selfReportingSite = (draft: SelfReportingDraft): SiteInput => ({
  name: draft.siteName.trim(),
  regionId: null,
  latitude: null,
  longitude: null,
  note: "",
})
