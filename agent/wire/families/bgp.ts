/** BGP sessions, by the name that the router gives the peer or, without one, its address. */
import { defineFamily } from "./family.ts"
import { bool, counter, gauge, state } from "./field.ts"

/** States of RFC 4271, 8.2.2. */
export const BGP_STATES = {
  established: 0,
  openconfirm: 1,
  opensent: 2,
  active: 3,
  connect: 4,
  idle: 5,
} as const

export const bgp = defineFamily({
  name: "bgp",
  title: "BGP sessions",
  description: "State and prefixes of each BGP session",
  key: { by: "name", field: "peer", maxNames: { agent: 2_000, router: 64 } },
  fields: {
    state: state("bgp.state", BGP_STATES, "state of the session"),
    disabled: bool("bgp.disabled", "switched off by an administrator", { isLastOnly: true }),
    prefixesReceived: gauge("bgp.prefixes_received", "count", "prefixes received", {
      label: "Received",
      isWhole: true,
    }),
    prefixesSent: gauge("bgp.prefixes_sent", "count", "prefixes advertised", {
      label: "Sent",
      isWhole: true,
    }),
    uptimeS: counter("bgp.uptime_s", "s", "time since the session was established", {
      combine: "max",
    }),
    remoteAs: counter("bgp.remote_as", "count", "AS number of the peer", {
      isLastOnly: true,
      isNoRuleMetric: true,
    }),
  },
  charts: [
    { title: "BGP prefixes received", metrics: ["bgp.prefixes_received"], top: 8 },
    { title: "BGP prefixes sent", metrics: ["bgp.prefixes_sent"], top: 8 },
  ],
  polledBy: { "routeros-api": 30_000, snmp: 30_000 },
})
