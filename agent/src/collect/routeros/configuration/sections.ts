/** Every section of a router's configuration that is hashed: a new one is a row of these tables. */
import { ADDRESS_SECTIONS, DHCP_SECTIONS, FIREWALL_SECTIONS } from "./address-sections.ts"
import { INTERFACE_SECTIONS } from "./interface-sections.ts"
import { ROUTING_SECTIONS } from "./routing-sections.ts"
import type { Section } from "./section.ts"
import { IPSEC_SECTIONS, SUBSCRIBER_SECTIONS } from "./subscriber-sections.ts"
import { SYSTEM_SECTIONS } from "./system-sections.ts"

export const SECTIONS: readonly Section[] = [
  ...SYSTEM_SECTIONS,
  ...INTERFACE_SECTIONS,
  ...ADDRESS_SECTIONS,
  ...DHCP_SECTIONS,
  ...FIREWALL_SECTIONS,
  ...SUBSCRIBER_SECTIONS,
  ...IPSEC_SECTIONS,
  ...ROUTING_SECTIONS,
]
