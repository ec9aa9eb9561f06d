/** The form of a self-reporting router: no address, agent or password. Pure. */
import type { DeviceInput, DeviceRole, SiteInput } from "@ispvm/appliance/api/inventory"
import { NO_ADDRESS } from "../../i18n/format/address.ts"
import { NEW } from "./draft.ts"

export type SelfReportingDraft = {
  readonly name: string
  readonly address: string
  /** An id, `new` for one entered in the form, or empty for none. */
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

/** The router is not polled; it reports its own facts. */
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
