/**
 * Types of interfaces whose speed does not limit their rates: they carry the traffic of others, or
 * packets that no cable limits. Many devices report a meaningless ifSpeed for them (10 Mbit/s for a
 * tunnel).
 */
export const VIRTUAL_TYPES: ReadonlySet<string> = new Set([
  "other",
  "unknown",
  "ppp",
  "pppMultilinkBundle",
  "loopback",
  "virtual",
  "propMultiplexor",
  "tunnel",
  "vlan",
  "l3ipxvlan",
  "bond",
  "bridge",
  "mpls",
  "mplsTunnel",
  "ipForward",
  "ifVfiType",
  "ifPwType",
])
