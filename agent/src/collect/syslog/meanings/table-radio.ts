/** Lines about wireless networks and modems. */
import type { Family } from "./family.ts"

const wireless: Family = {
  topics: ["wireless", "wifi", "caps", "w60g"],
  rows: [
    ["station-down", "{mac}@{interface}[:] disconnected, {reason}"],
    ["station-down", "{mac}@{interface}[:] disconnected"],
    ["station-up", "{mac}@{interface}[:] connected[, signal strength {signal}]*"],
    [
      "station-up",
      "{mac}@{interface}[:] (associated|reassociated|reassociating|established connection on){reason}",
    ],
    ["station-up", "{mac}@{interface}[:] (associated|reassociated|reassociating)"],
    [
      "station-roamed",
      "{mac}@{interface:word} roamed to {_:mac}@{to:word}, signal strength {signal}*",
    ],
    ["station-roamed", "{mac}@{interface:word} roamed to *"],
    ["station-down", "{mac}@{interface}[:] lost connection, {reason}"],
    [
      "station-rejected",
      "{mac}@{interface}[:] (rejected|failed|denied|authentication|unicast key exchange timeout|group key exchange timeout|key handshake timeout)[, ]*",
    ],
    ["station-step", "{mac}@{interface}[:] {text}"],
    ["station-rejected", "{mac}[:] (unicast|group) key exchange timeout*"],
    ["station-step", "{interface}: {mac} attempts to (associate|connect)*"],
    ["station-step", "{interface}: {mac} in local ACL, accept*"],
    [
      "station-rejected",
      "{interface}: {mac} (not in local ACL|in local ACL, reject|forbidden){reason}",
    ],
    ["station-rejected", "{interface}: reject {mac}*"],
    ["station-rejected", "{interface}: data from unknown device {mac}*"],
    ["radio-step", "{interface}: synced to {mac}*"],
    ["radio-problem", "{interface}: (failed to|no network that satisfies) {reason}"],
    ["radar-detected", "{interface}[:] *radar (detected|found)*"],
    ["radar-detected", "!*radar detected*"],
    ["radio-step", "!*radar*"],
    ["radio-step", "{interface}: selected channel {channel:text}"],
    ["cap-up", "connected to {cap:name}"],
    ["cap-up", "\\[{cap:name}\\] joined[, {text}]"],
    ["cap-up", "CAP (joined|connected to) {cap:name}"],
    ["cap-step", "CAP selected CAPsMAN {cap:name}"],
    ["cap-down", "CAP connect to {cap:name} failed: {reason}"],
    ["cap-down", "CAP (disconnected from|disconnected) {reason}"],
    ["cap-down", "(lost connection to|disconnected from) {cap:name}[, {reason}]"],
    ["cap-down", "!failed to (join|connect) {reason}"],
    ["cap-down", "!CAP sent max *"],
    ["cap-down", "!\\[{cap:name}\\] *(disconnected|timeout|lost|removed|left)*"],
    ["cap-down", "!removing stale connection \\[{cap:name}\\] *"],
    ["cap-step", "!(CAP|CAPsMAN) *"],
    ["cap-step", "!\\[{cap:name}\\] {text}"],
    ["cap-up", "!joined *"],
    ["station-step", "!{interface}: {mac} {text}"],
    ["radio-step", "!{interface}: {text}"],
    [
      "radio-step",
      "!{interface} (started|stopped|running|scanning|switching|changed|selected|enabled|disabled|channel)*",
    ],
    ["radio-step", "!*(country|channel|frequency|regulatory|scan|interface|provisioning)*"],
  ],
}

const modem: Family = {
  topics: ["lte", "gsm", "sms"],
  rows: [
    ["message-received", "!USSD: {text}"],
    ["message-received", "!*SMS (received|from)*"],
    ["message-received", "!(received|new) SMS *"],
    ["packet-detail", "!{interface}: (sent|rcvd|got|event) *"],
    ["packet-detail", "!+{text}"],
    [
      "modem-down",
      "!{interface}[:] *(disconnected|deregistered|not registered|no SIM|SIM not|lost|detached|removed|deactivating|link down|denied|failed|timeout|error)*",
    ],
    ["modem-up", "!{interface}[:] *(session connected|connected|registered|attached|link up)*"],
    ["modem-step", "!{interface}: {text}"],
    ["modem-step", "!*(position|fix|satellite|modem|registration|roaming|operator|SIM|firmware)*"],
  ],
}

const things: Family = {
  topics: [
    "lora",
    "iot",
    "wiliot",
    "mqtt",
    "bluetooth",
    "ble",
    "zigbee",
    "zerotier",
    "tr069",
    "gps",
  ],
  rows: [
    [
      "service-down",
      "!*(disconnected|connection lost|connection closed|connection refused|disconnecting)*",
    ],
    [
      "service-failed",
      "!*(error|failed|failure|timeout|timed out|rejected|unreachable|could not)*",
    ],
    [
      "service-up",
      "!*(connected|is ready|ready|started|complete|established|registered|online|obtained|subscribed)*",
    ],
    ["service-step", "!{text}"],
  ],
}

export const RADIO_FAMILIES: readonly Family[] = [wireless, modem, things]
