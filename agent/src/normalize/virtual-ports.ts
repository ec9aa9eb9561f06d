/** Ports whose speed does not bound them. */

/**
 * By the type in the facts: ports that carry what other ports carry, or packets that no cable
 * limits. Their ifSpeed is a made-up number on many devices (10 Mbit/s of a tunnel), so that it
 * does not bound a rate.
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
