/** Lines about interfaces, bridges, routing and tunnels. */
import type { Family } from "./family.ts"

const bridge: Family = {
  topics: ["interface", "bridge", "stp", "loop-protect", "ethernet", "poe-out", "sfp", "switch"],
  rows: [
    ["loop-detected", "{interface}: bridge RX looped packet - MAC {mac} -> {to:mac}*"],
    [
      "loop-detected",
      "{interface}: bridge port received packet with own address as source[ MAC] address[ \\({mac}\\)], probably loop",
    ],
    ["loop-detected", "{interface}: bridge port received packet with own *"],
    [
      "loop-detected",
      "{interface}[:] excessive (broadcasts/multicasts|broadcasts|multicasts), probably a loop",
    ],
    ["loop-detected", "!{interface}[:] *loop (detected|was detected)*"],
    ["loop-detected", "!{interface}[:] [loop-protect: ]*disabl*loop*"],
    ["loop-cleared", "!{interface}[:] *loop*(cleared|recovered|enabl|ended)*"],
    [
      "bridge-rejected",
      "{interface}: received {what:name} message on untrusted port from source IP {client}, MAC {mac}",
    ],
    ["bridge-rejected", "{interface}: dropped {what:name} packet on untrusted port - {reason}"],
    ["bridge-rejected", "!*untrusted port*"],
    ["bridge-rejected", "!*(bpdu-guard|BPDU guard|bpdu guard)*"],
    ["internet-state", "{interface} detect {state:detect}"],
    ["internet-state", "!{interface} detect {state:name}"],
    [
      "poe-changed",
      "{interface} detected poe-out status: (powered_on|powered-on|waiting_for_load|waiting-for-load|off)",
    ],
    ["poe-fault", "{interface} detected poe-out status: {reason}"],
    [
      "poe-fault",
      "!{interface} *(short_circuit|short-circuit|short circuit|overload|current_too_low|voltage_too_low|voltage_too_high|controller_error)*",
    ],
    ["optic-problem", "!{interface}[:] *(rx|tx) power (low|high)*"],
    ["poe-changed", "{interface} *poe-out *"],
    [
      "poe-changed",
      "!*(powered_on|powered-on|waiting_for_load|waiting-for-load|power budget|power)*",
    ],
    [
      "optic-changed",
      "!{interface}[:] *(module|transceiver|SFP) (inserted|removed|detected|plugged|unplugged|present|absent)*",
    ],
    ["optic-problem", "!{interface}[:] *(rx|tx) (power|loss|fault)*"],
    [
      "optic-problem",
      "!*(SFP|transceiver|eeprom|checksum)*(error|fail|fault|bad|invalid|unsupported)*",
    ],
    ["stp-changed", "{interface:word} becomes (Root|Designated|Alternate|Backup|Disabled|Edge)*"],
    [
      "stp-changed",
      "!{interface}[:] (becomes|changed role to|role|state|discarding|learning|forwarding|TCHANGE)*",
    ],
    [
      "stp-changed",
      "!*(topology change|root bridge|designated|forwarding|discarding|learning|tchange|tcn)*",
    ],
    ["bond-changed", "!*(active slave|active port|slave)*"],
    [
      "interface-step",
      "!{interface} (started|stopped|running|up|down|enabled|disabled|connected|disconnected|link *)*",
    ],
    ["interface-step", "!{interface:word}: {text}"],
  ],
  rest: ["interface-step", "interface-step"],
}
const vrrp: Family = {
  topics: ["vrrp"],
  rows: [
    ["vrrp-master", "{interface} now MASTER[, {reason}]"],
    ["vrrp-backup", "{interface} now BACKUP[, {reason}]"],
    ["vrrp-step", "{interface} now {state:name}[, {reason}]"],
    ["vrrp-step", "{interface} (starting|start|stop|stopping) CONNTRACK[ {role}]"],
    [
      "vrrp-problem",
      "!{interface}[:] *(authentication|mismatch|misconfigured|invalid|wrong|bad|can't)*",
    ],
    ["vrrp-step", "!{interface:word} {text}"],
  ],
  rest: ["vrrp-problem", "vrrp-step"],
}
const routing: Family = {
  topics: [
    "route",
    "ospf",
    "bgp",
    "rip",
    "bfd",
    "isis",
    "ldp",
    "mpls",
    "rsvp",
    "vpls",
    "pim",
    "igmp-proxy",
    "rpki",
    "mme",
    "radvd",
    "evpn",
    "rtrmgr",
  ],
  rows: [
    ["peer-step", "OSPFv{version:number} neighbor {address}: state change from {text}"],
    [
      "peer-step",
      "{_:text} neighbor \\{ router-id: {peer} state: {from} \\} state change to {state}",
    ],
    ["peer-step", "{_:text} neighbor \\{ {about:name} \\} state change to {state}"],
    ["peer-step", "* neighbor (election|\\{*)*"],
    ["peer-step", "* interface \\{ {_:text} \\} {text}"],
    ["peer-step", "!TCP connection established*"],
    ["routing-problem", "!Failed to open TCP connection*"],
    [
      "routing-problem",
      "!*(Error adding|mismatch|wrong|invalid|discarding|holdtimer|hold timer|rejected|refused|malformed|duplicate|no common area|timeout|timed out|unreachable|failed|error)*",
    ],
    [
      "peer-step",
      "!*(connection opened|connection closed|connection established|received notification|sending|session|neighbor|neighbour|adjacency|state|open|keepalive|hello|update)*",
    ],
    ["packet-detail", "!{_:byte} {_:byte} {_:byte} *"],
    ["peer-step", "!*peer*"],
    ["route-changed", "!*(route|prefix|nexthop|gateway|lsa|label|table|multicast|VPLS)*"],
  ],
  rest: ["routing-problem", "peer-step"],
}
const ipsec: Family = {
  topics: ["ipsec", "ike", "ike2"],
  rows: [
    [
      "ipsec-failed",
      "{address} (failed to get valid proposal|failed to pre-process|phase1 negotiation failed|phase2 negotiation failed){reason}",
    ],
    ["ipsec-failed", "(phase1|phase2) negotiation failed [due to ]{reason}"],
    [
      "ipsec-failed",
      "!(no suitable proposal found|no proposal chosen|got fatal error|parsing packet failed|payload missing|identity not found for|unable to|can't|can not|cannot|invalid|peer's ID|XAuth login failed|failed to|peer not found|not acceptable|authentication failed|could not|no policy|no config|wrong|malformed|unexpected|unknown|SPI )*",
    ],
    [
      "ipsec-failed",
      "(no suitable proposal found|no proposal chosen|got fatal error|payload missing|identity not found for peer|can't verify peer's certificate)*",
    ],
    ["ipsec-failed", "{address} parsing packet failed*"],
    [
      "ipsec-failed",
      "!{address}[:] (rejected|peer sent|got fatal|failed|exchange|parsing){reason}",
    ],
    ["ipsec-failed", "!EAP failed*"],
    ["ipsec-failed", "rejected {what:word}: DB{reason}"],
    ["ipsec-failed", "!rejected {what:word}: {reason}"],
    ["ipsec-up", "IPsec-SA established: {reason}"],
    ["ipsec-up", "ISAKMP-SA established {address}\\[{portA:number}\\]-{peer}[ {text}]"],
    ["ipsec-up", "peer authorized: {reason}"],
    ["ipsec-up", "new (ike1|ike2) SA \\({role}\\): {reason}"],
    ["ipsec-up", "[{text} ]acquired {client} address for {user}"],
    ["ipsec-down", "peer deauthorized: {reason}"],
    ["ipsec-down", "(IPsec-SA|ISAKMP-SA) (expired|deleted|purged)*"],
    [
      "ipsec-down",
      "(purging|purged|killing|deleting) (ISAKMP-SA|IPsec-SA|ike1 SA:|ike2 SA:|ike SA:) {reason}",
    ],
    ["ipsec-down", "releasing address {client}"],
    ["ipsec-down", "!(purging|purged|killing|removing|deleting|releasing) {reason}"],
    ["ipsec-down", "!*(dead peer|DPD|peer timeout|timed out|disconnected)*"],
    [
      "ipsec-step",
      "(initiate|respond) new phase {phase:number}[ negotiation| \\({mode:name}\\)]: {reason}",
    ],
    ["ipsec-step", "(initiate|respond) new phase *"],
    ["ipsec-step", "the packet is retransmitted*"],
  ],
  rest: ["ipsec-failed", "ipsec-step"],
}
const tunnels: Family = {
  topics: ["wireguard", "macsec", "eoip", "gre", "ipip", "vxlan"],
  rows: [
    ["tunnel-failed", "{interface}: \\[{peer:name}\\] {key:word}: Handshake * did not complete*"],
    [
      "tunnel-failed",
      "!*(did not complete|invalid|failed|error|timeout|mismatch|expired|unreachable|rejected|zeroing)*",
    ],
    ["tunnel-step", "!{interface}: {text}"],
  ],
  rest: ["tunnel-failed", "tunnel-step"],
}
const dns: Family = {
  topics: ["dns"],
  rows: [
    ["dns-query", "(query|done query|local query|got query|lookup)*: #*"],
    ["dns-failed", "cache full, not storing"],
    ["dns-failed", "DoH *(error|reached|fail|timeout|timed out|exceeded|unreachable)*"],
    [
      "dns-query",
      "!(query|---|answer|added|received|sending|question|authority|additional|cache){text}",
    ],
    ["dns-failed", "!*(cache full|no response|timeout|timed out|error|failed|refused|bad packet)*"],
  ],
  rest: ["dns-failed", "service-step"],
}
const downloads: Family = {
  topics: ["fetch", "tftp", "web-proxy"],
  rows: [
    ["download-failed", "Download from {host} [to {to:name} ]FAILED[: {reason}]"],
    ["download-done", "Download from {host} [to {to:name} ]FINISHED*"],
    ["proxy-request", "{client} (GET|POST|HEAD|CONNECT|PUT|OPTIONS|DELETE) {url:word}*"],
    ["download-failed", "!*(failed|error|timeout|timed out|refused|not found|not trusted)*"],
  ],
  rest: ["service-failed", "service-step"],
}
export const NETWORK_FAMILIES: readonly Family[] = [
  bridge,
  vrrp,
  routing,
  ipsec,
  tunnels,
  dns,
  downloads,
]
