/** Tables of the IETF and IEEE that any device may have. Vendors' tables come before them. */
import type { Profile } from "./profile.ts"

const MIB = "1.3.6.1.2.1"
const UCD = "1.3.6.1.4.1.2021"

/** RFC 4273; also the states of vendors' tables. */
export const BGP_STATE = {
  1: "idle",
  2: "connect",
  3: "active",
  4: "opensent",
  5: "openconfirm",
  6: "established",
} as const
/** bgpPeerAdminStatus: stop and start. */
export const BGP_STOPPED = { 1: true, 2: false } as const

const OSPF_STATE = {
  1: "down",
  2: "attempt",
  3: "init",
  4: "two-way",
  5: "exchange-start",
  6: "exchange",
  7: "loading",
  8: "full",
} as const

const OSPF = { state: { at: 6, map: OSPF_STATE }, stateChanges: 7 } as const
export const ISIS_STATE = { 1: "down", 2: "initializing", 3: "up", 4: "failed" } as const

/** pethPsePortDetectionStatus */
const POE = {
  state: {
    at: 6,
    map: {
      1: "disabled",
      2: "waiting",
      3: "powered",
      4: "fault",
      5: "waiting",
      6: "fault",
    },
  },
} as const

/** Net-SNMP's processor, of a device whose HOST-RESOURCES has none. */
export const netSnmpCpu: Profile = {
  name: "net-snmp-cpu",
  tables: [
    {
      of: `${UCD}.11`,
      isScalars: true,
      cpu: [["cpu", 11, { from: 100 }]],
    },
  ],
}

export const standard: Profile = {
  name: "standard",
  tables: [
    {
      of: `${MIB}.15.3.1`,
      families: {
        bgp: {
          name: "{ip:i0}",
          values: {
            state: { at: 2, map: BGP_STATE },
            disabled: { at: 3, map: BGP_STOPPED },
            remoteAs: 9,
            uptimeS: 16,
          },
        },
      },
    },
    {
      of: `${MIB}.14.10.1`,
      families: {
        // The last part is the interface of a neighbour without an address of its own.
        ospf: [
          { name: "{id:3} {ip:i0}", when: [{ at: "i-1", is: [0] }], values: OSPF },
          { name: "{id:3} {port:i4|i4}", when: [{ at: "i-1", not: [0] }], values: OSPF },
        ],
      },
    },
    {
      of: `${MIB}.191.1.9.1`,
      families: {
        ospf: {
          name: "{id:i2} {port:i0|'if '}",
          values: { state: { at: 8, map: OSPF_STATE }, stateChanges: 9 },
        },
      },
    },
    {
      of: `${MIB}.138.1.6.1.1`,
      families: {
        isis: { name: "{sysid:6} {i0}", values: { state: { at: 2, map: ISIS_STATE } } },
      },
    },
    {
      of: `${MIB}.68.1.3.1`,
      families: {
        vrrp: {
          name: "{port:i0} {i1}",
          values: { role: { at: 3, map: { 1: "disabled", 2: "backup", 3: "master" } } },
        },
      },
    },
    {
      of: `${MIB}.105.1.1.1`,
      families: {
        // The number of a port is its interface in the first group, which has most devices' ports.
        poe: [
          { name: "{port:i1|'port '}", when: [{ at: "i0", is: [1] }], values: POE },
          { name: "{'port '}", when: [{ at: "i0", not: [1] }], values: POE },
        ],
      },
    },
    {
      of: `${MIB}.105.1.3.1.1`,
      sensors: [
        ["PoE supply {i0} budget", 2, "W", { none: [0] }],
        ["PoE supply {i0} consumption", 4, "W"],
        ["PoE supply {i0} state", 3, "state", { ok: [1], bad: [2, 3] }],
      ],
    },
    {
      of: `${MIB}.25.3.3.1`,
      sensors: [["cpu{i-1} load", 2, "%", { min: 0, max: 100 }]],
    },
    {
      of: `${UCD}.4`,
      isScalars: true,
      memory: [
        {
          total: [5, 1_024],
          free: [6, 1_024],
          spare: [
            [14, 1_024],
            [15, 1_024],
          ],
        },
      ],
    },
    {
      of: `${UCD}.13.16.2.1`,
      sensors: [["{2}", 3, "°C", { factor: 0.001, min: -100, max: 200 }]],
    },
    {
      of: `${UCD}.13.16.3.1`,
      sensors: [["{2}", 3, "rpm"]],
    },
    {
      of: `${UCD}.13.16.4.1`,
      sensors: [["{2}", 3, "V", 0.001]],
    },
    {
      // UPS-MIB
      of: `${MIB}.33.1`,
      isScalars: true,
      sensors: [
        ["battery charge", "2.4", "%", { min: 0, max: 100 }],
        ["battery time left", "2.3", "s", { factor: 60, min: 0 }],
        ["battery voltage", "2.5", "V", { factor: 0.1, none: [0] }],
        ["battery current", "2.6", "A", 0.1],
        ["battery temperature", "2.7", "°C", { none: [0] }],
        ["battery state", "2.1", "state", { ok: [2], bad: [3, 4] }],
        ["output source", "4.1", "state", { ok: [3, 6, 7], bad: [2, 4, 5] }],
        ["active alarms", "6.1", "count", { min: 0 }],
      ],
    },
    {
      of: `${MIB}.33.1.3.3.1`,
      sensors: [
        ["input {i0} voltage", 3, "V"],
        ["input {i0} current", 4, "A", 0.1],
        ["input {i0} power", 5, "W"],
      ],
    },
    {
      of: `${MIB}.33.1.4.4.1`,
      sensors: [
        ["output {i0} voltage", 2, "V"],
        ["output {i0} current", 3, "A", 0.1],
        ["output {i0} power", 4, "W"],
        ["output {i0} load", 5, "%", { min: 0, max: 100 }],
      ],
    },
  ],
}
