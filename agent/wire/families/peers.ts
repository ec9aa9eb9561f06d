/** Protocols whose neighbours or roles have one state each: VRRP, IPsec, WireGuard, netwatch … */
import { defineFamily } from "./family.ts"
import { gauge, state } from "./field.ts"

export const vrrp = defineFamily({
  name: "vrrp",
  title: "VRRP",
  description: "Role of each VRRP group",
  key: { by: "name", field: "group", maxNames: { agent: 500, router: 16 } },
  fields: {
    role: state("vrrp.role", { master: 0, backup: 1, disabled: 2, failed: 3 }, "role"),
  },
  charts: [],
  polledBy: { "routeros-api": 30_000, snmp: 30_000 },
})

export const tunnel = defineFamily({
  name: "tunnel",
  title: "Tunnels",
  description: "State of each IPsec and WireGuard peer",
  key: { by: "name", field: "tunnel", maxNames: { agent: 2_000, router: 32 } },
  fields: {
    state: state("tunnel.state", { up: 0, idle: 1, negotiating: 2, down: 3 }, "state of the peer"),
    handshakeS: gauge("tunnel.handshake_s", "s", "time since the last handshake"),
  },
  charts: [],
  polledBy: { "routeros-api": 60_000, snmp: 60_000 },
})

export const watch = defineFamily({
  name: "watch",
  title: "Netwatch",
  description: "Hosts that the router itself monitors",
  key: { by: "name", field: "host", maxNames: { agent: 500, router: 64 } },
  fields: {
    state: state("watch.state", { up: 0, unknown: 1, down: 2 }, "what the router found"),
    rttMs: gauge("watch.rtt_ms", "ms", "round-trip time from the router"),
    lossRatio: gauge("watch.loss_pct", "%", "replies missing", { max: 1, scale: 100 }),
  },
  charts: [],
  polledBy: { "routeros-api": 30_000 },
})

/** Spanning tree, by bridge port. */
export const bridgePort = defineFamily({
  name: "bridge-port",
  title: "Bridge ports",
  description: "Spanning tree state of each bridge port",
  key: { by: "interface" },
  fields: {
    state: state(
      "stp.state",
      { forwarding: 0, learning: 1, listening: 2, blocking: 3, disabled: 4, broken: 5 },
      "state of the port",
    ),
  },
  charts: [],
  polledBy: { "routeros-api": 60_000 },
})
