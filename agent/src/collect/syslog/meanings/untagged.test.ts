/** Lines without topics: of routers that send none, and of other vendors' devices. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { meaningOf } from "../meaning.ts"

const MAC = "AA:BB:CC:00:11:22"
const CASES: readonly (readonly [message: string, name: string | null, port?: string])[] = [
  ["<0012>: user  authentication failed", "session-failed"],
  ["WAN-1: authenticated", "session-step", "WAN-1"],
  ["using encoding - AES-256-CBC/SHA1", "session-step"],
  ["dhcp1 possible dhcp starvation attack", "lease-failed"],
  ["server1 bound 2001:db8:1:2::/64 for DUID 0x0003", "lease-assigned"],
  [`joined by AP-1@${MAC}`, "cap-up"],
  ["wifi1 no available channels", "radio-problem", "wifi1"],
  ["IPsec-SA request for 198.51.100.7 queued due to no phase1 found.", "ipsec-step"],
  ["Discarding packet: no common area", "routing-problem"],
  ["peer1 { l_addr: 10.0.0.1, r_addr: 10.0.0.2 } Established", "peer-up"],
  ["{name: peer1-1, remote.address: 10.0.0.2} NOTIFICATION received: Cease", "peer-down"],
  ["{ 10.0.0.2%ether1 } state change Up to Down", "peer-step"],
  ["sfp1 fcs error on link", "optic-problem", "sfp1"],
  ["ether3 loop-protect: disabled due to loop", "loop-detected", "ether3"],
  ["lte1: session connected", "modem-up", "lte1"],
  ["lte1 mbim: data session disconnected", "modem-down", "lte1"],
  ["fan1 state: stalled", "health-problem"],
  ["certificate ca1 expired", "certificate-failed"],
  ["10.0.0.2 is down", "watch-step"],
  ["cache full, not storing", "dns-failed"],
  ["time change Jan/02/1970 00:00:10 => Nov/11/2024 10:00:00", "time-changed"],
  ["%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down", "interface-step"],
  [
    "000123: Jan 5 10:00:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up",
    "interface-step",
    "Gi0/1",
  ],
  ["%BGP-5-ADJCHANGE: neighbor 10.0.0.2 Down BGP Notification sent", "peer-step"],
  ["%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: root] [Source: 10.0.0.9]", "access-rejected"],
  ["%SW_MATM-4-MACFLAP_NOTIF: Host 0011.2233.4455 in vlan 10 is flapping", "loop-detected"],
  ["%ENVMON-2-FAN_FAILED: Fan 1 had failed", "health-problem"],
  ["%%01IFNET/4/LINK_STATE(l)[12]:The line protocol on GE0/0/1 is DOWN", "interface-step"],
  ["%%01BGP/3/STATE_CHG_UPDOWN(l)[3]:The status of the peer 10.0.0.2 changed", "peer-step"],
  ["mib2d[12]: SNMP_TRAP_LINK_DOWN: ifIndex 530, ifName ge-0/0/1", "interface-step"],
  ["rpd[12]: RPD_OSPF_NBRDOWN: OSPF neighbor 10.0.0.2 changed from Full to Down", "peer-step"],
  ["alarmd[100]: Alarm set: PS color=RED, reason=PEM 1 Not OK", "health-problem"],
  ["sshd[99]: SSHD_LOGIN_FAILED: Login failed for user 'root'", "access-rejected"],
  ["the operator wrote this sentence", null],
]
for (const [message, name, port] of CASES)
  test(`without topics: ${message.slice(0, 48)}`, () => {
    const meaning = meaningOf(message, [])
    assert.equal(meaning?.name ?? null, name)
    if (port !== undefined) assert.equal(meaning?.interface, port)
  })
