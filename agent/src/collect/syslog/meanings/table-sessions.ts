/** Lines about sessions of customers: PPP, DHCP, hotspot, RADIUS. */
import type { Family } from "./family.ts"

const ppp: Family = {
  topics: ["ppp", "pppoe", "l2tp", "pptp", "sstp", "ovpn", "async", "tunnel"],
  rows: [
    ["session-step", "PPPoE connection established from {mac}"],
    ["session-step", "PPPoE connection from {mac} was already active - {reason}"],
    ["session-step", "first (L2TP|PPTP) UDP packet received from {client}"],
    ["session-step", "TCP connection established from {client}"],
    ["session-step", "!connection established from {client}[, port: *]"],
    ["session-failed", "<{session}>: user {user} authentication failed[ - {reason}]"],
    ["session-failed", "user {user} authentication failed[ - {reason}]"],
    ["session-failed", "<{session}>: user {user} is already active*"],
    ["session-up", "<{service}-{user}>: connected*"],
    [
      "session-step",
      "<{service}-{user}>: (authenticated|terminating...|initializing...|connecting...|dialing...|waiting for packets...|waiting for call...)",
    ],
    ["session-step", "<{service}-{user}>: terminating... - {reason}"],
    ["session-down", "<{service}-{user}>: disconnected[ <{reason}>]"],
    [
      "session-step",
      "<{session}>: (authenticated|terminating...|initializing...|connecting...|waiting for packets...|using *)",
    ],
    ["session-step", "<{session}>: terminating... - {reason}"],
    ["session-up", "<{session}>: connected*"],
    ["session-down", "<{session}>: disconnected[ <{reason}>]"],
    ["session-failed", "<{session}>: (could not |failed to |no more |pool |unable to ){reason}"],
    ["session-up", "{user} logged in, {client}[ from {caller}]"],
    [
      "session-down",
      "{user} logged out, {seconds} {bytesIn} {bytesOut} {packetsIn} {packetsOut}[ from {caller}]",
    ],
    [
      "session-step",
      "!{interface}: (authenticated|initializing...|connecting...|dialing...|disconnecting...|terminating...|waiting for packets...|link added|link removed|using *)",
    ],
    ["session-up", "{interface:out}: connected"],
    ["session-down", "{interface:out}: disconnected[ <{reason}>]"],
    ["session-step", "{interface:out}: (authenticated|connecting...|disconnecting...)"],
    ["session-up", "!{interface}: connected*"],
    ["session-step", "!{interface}: terminating... - {reason}"],
    ["session-down", "!{interface}: disconnected[ <{reason}>]"],
    [
      "session-failed",
      "!{interface}: (could not |failed to |no more |unable to |no response){reason}",
    ],
    [
      "session-step",
      "{interface}: (initializing...|dialing...|waiting for packets...|terminating...[ - {reason}])",
    ],
    ["session-step", "!<{session}>: {text}"],
    ["session-down", "PPPoE connection (terminated|closed) [from ]{mac}*"],
    ["session-failed", "!pool <{pool:name}> is empty*"],
    ["session-failed", "!*duplicate packet*"],
    ["packet-detail", "!{interface}: (sent|rcvd) {text}"],
    ["packet-detail", "!<{session}>: (sent|rcvd) {text}"],
    ["packet-detail", "!(sent|rcvd) {text}"],
    [
      "session-failed",
      "!*(failed|timeout|timed out|error|could not|refused|rejected|unreachable)*",
    ],
  ],
  rest: ["session-failed", "session-step"],
}

const dhcp: Family = {
  topics: ["dhcp"],
  rows: [
    ["lease-assigned", "{server} assigned {client} (to|for) {mac}[ {host:text}]"],
    ["lease-released", "{server} deassigned {client} (from|for) {mac}[ {host:text}]"],
    ["lease-assigned", "{server} assigned {client} (to|for) {id:word}[ {host:text}]"],
    ["lease-released", "{server} deassigned {client} (from|for) {id:word}[ {host:text}]"],
    [
      "lease-failed",
      "{server} offering lease {client} (for|to) {mac}[ {how:name}] without success",
    ],
    ["lease-failed", "{server}[:] failed to give out IP address: {reason}"],
    ["lease-failed", "{server} declined {client}[ (from|for|by) {mac}]*"],
    ["lease-failed", "{server} (no more |ran out of ){reason}"],
    ["address-conflict", "{server} detected conflict *{client} *from {mac}*"],
    ["address-conflict", "!*conflict*"],
    ["dhcp-rogue", "dhcp alert on {interface}:"],
    ["dhcp-rogue", "dhcp alert on {interface}: {reason}"],
    ["dhcp-rogue", "[ ]discovered unknown dhcp server, mac {mac}, ip {address}[,*]"],
    [
      "address-got",
      "(dhcp-client|dhcpv6-client|dhcpv6 client|dhcp client) on {interface} got (IP|IPv6) (address|prefix) {address}*",
    ],
    [
      "address-lost",
      "(dhcp-client|dhcpv6-client|dhcpv6 client|dhcp client) on {interface} lost (IP|IPv6) (address|prefix) {address}[ - {reason}]",
    ],
    [
      "lease-step",
      "(dhcp-client|dhcpv6-client|dhcpv6 client|dhcp client) on {interface} (received|sending|sent|starting|renewing|rebinding|searching|bound|entering) {step:text}",
    ],
    [
      "address-lost",
      "(dhcp-client|dhcpv6-client|dhcpv6 client|dhcp client) on {interface} {reason}",
    ],
    ["address-got", "{interface} got (IP|IPv6) (address|prefix) {address}*"],
    ["address-lost", "{interface} lost (IP|IPv6) (address|prefix) {address}[ - {reason}]"],
    ["lease-step", "{server} received {step:name} [with ][id {id:word}] from {client}*"],
    ["lease-step", "{server} sending {step:name} with id {id:word} to {client}*"],
    ["lease-step", "!lease offered*"],
    ["lease-step", "!lease *"],
    ["lease-assigned", "!{server} *(bound|assigned|gave)*"],
    ["lease-released", "!{server} (released|expired|deassigned|removed) *"],
    ["packet-detail", "{option} = {text}"],
    ["packet-detail", "!{option} ="],
    [
      "lease-step",
      "!{interface} (starting|stopping|entering|rebinding|renewing|searching|state|<)*",
    ],
    ["lease-step", "!(received|sending|dhcp-client|dhcpv6) *"],
    ["script-failed", "!*script*"],
  ],
  rest: ["lease-failed", "lease-step"],
}

const hotspot: Family = {
  topics: ["hotspot"],
  rows: [
    ["hotspot-login", "[->: ]{user} \\({client}\\): logged in"],
    ["hotspot-logout", "[->: ]{user} \\({client}\\): logged out: {reason}"],
    ["hotspot-step", "[->: ]{user} \\({client}\\): trying to log in by {via}"],
    ["hotspot-failed", "[->: ]{user} \\({client}\\): login failed: {reason}"],
    ["hotspot-step", "![->: ]{user} \\({client}\\): {text}"],
    [
      "hotspot-step",
      "!{server}: (new host detected|dynamic host|host removed|adding|removing){text}",
    ],
    ["hotspot-step", "!*host *"],
  ],
  rest: ["hotspot-failed", "hotspot-step"],
}

const radius: Family = {
  topics: ["radius", "manager", "user-manager", "dot1x"],
  rows: [
    ["port-rejected", "!{role:word} {interface:word} [{user} ]unauthorized*"],
    ["radius-failed", "!RADIUS server {peer} (timeout|not responding|is not responding)*"],
    ["radius-failed", "!timeout for {id:word}*"],
    [
      "radius-failed",
      "!*(bad reply|without request|unknown server|timed out|timeout|shared secret|wrong secret|bad authenticator|failed)*",
    ],
    [
      "radius-step",
      "!(received|sending|sent|new request|request|resending|using|processing|no more|got){text}",
    ],
    ["packet-detail", "!{option} = {text}"],
    [
      "port-authorised",
      "!{role:word} {interface:word} [{user} ](authorized|authorised|authenticated)*",
    ],
    [
      "port-rejected",
      "!{role:word} {interface:word} [{user} ](unauthorized|rejected|failed|authentication failed)*",
    ],
    ["port-authorised", "!*(authorized|accepted)*"],
    ["port-rejected", "!*(rejected|denied|logoff)*"],
    ["radius-step", "!user *"],
    ["packet-detail", "!signature = {text}"],
  ],
  rest: ["radius-failed", "radius-step"],
}

export const SESSION_FAMILIES: readonly Family[] = [ppp, dhcp, hotspot, radius]
