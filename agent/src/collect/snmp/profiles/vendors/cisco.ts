/** Cisco IOS, IOS XE, IOS XR, NX-OS and ASA. Sensors of ENTITY-SENSOR are read for every vendor. */
import type { Profile } from "../profile.ts"
import { BGP_STATE, BGP_STOPPED, ISIS_STATE } from "../standard.ts"

const C = "1.3.6.1.4.1.9"
/** CISCO-ENVMON-MIB: normal, warning, critical, shutdown, not present, not functioning. */
const ENVMON = { ok: [1], bad: [2, 3, 4, 6] }

export const cisco: Profile = {
  name: "cisco",
  objectIds: ["9", "14179"],
  tables: [
    {
      // CISCO-PROCESS-MIB, five minutes as 1.3.6.1.4.1.9.2.1.58 was
      of: `${C}.9.109.1.1.1.1`,
      cpu: [["{entity:2|'cpu '}", 8]],
    },
    { of: `${C}.9.109.1.1.1.1`, cpu: [["{entity:2|'cpu '}", 5]] },
    { of: `${C}.2.1`, isScalars: true, cpu: [["cpu", 58]] },
    {
      // CISCO-SYSTEM-EXT-MIB
      of: `${C}.9.305.1.1`,
      isScalars: true,
      cpu: [["cpu", 1]],
      sensors: [["memory used", 2, "%", { min: 0, max: 100 }]],
    },
    {
      // CISCO-ENHANCED-MEMPOOL-MIB: high-capacity and plain values of each module's pools
      of: `${C}.9.221.1.1.1.1`,
      memory: [{ name: "{entity:i0} {3|'memory'}", used: 18, free: 20 }],
    },
    {
      of: `${C}.9.221.1.1.1.1`,
      memory: [{ name: "{entity:i0} {3|'memory'}", used: 7, free: 8 }],
    },
    {
      of: `${C}.9.109.1.1.1.1`,
      memory: [{ name: "memory", used: [12, 1_024], free: [13, 1_024] }],
    },
    {
      // CISCO-MEMORY-POOL-MIB: the processor's pool is row 1
      of: `${C}.9.48.1.1.1`,
      when: [{ at: "i0", is: [1] }],
      memory: [{ name: "{2}", used: 5, free: 6 }],
    },
    { of: `${C}.9.48.1.1.1`, memory: [{ name: "{2}", used: 5, free: 6 }] },
    {
      of: `${C}.9.13.1.2.1`,
      sensors: [["{2}", 3, "V", 0.001]],
    },
    {
      of: `${C}.9.13.1.3.1`,
      sensors: [
        ["{2}", 3, "°C", { none: [0] }],
        ["{2}", 6, "state", ENVMON],
      ],
    },
    { of: `${C}.9.13.1.4.1`, sensors: [["{2}", 3, "state", ENVMON]] },
    { of: `${C}.9.13.1.5.1`, sensors: [["{2}", 3, "state", ENVMON]] },
    {
      // CISCO-ENTITY-FRU-CONTROL-MIB
      of: `${C}.9.117.1.1.2.1`,
      sensors: [
        ["{entity} power", 2, "state", { ok: [2], bad: [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }],
      ],
    },
    {
      of: `${C}.9.117.1.4.1.1`,
      sensors: [["{entity} fan", 1, "state", { ok: [2], bad: [3, 4] }]],
    },
    {
      // cefcModuleTable
      of: `${C}.9.117.1.2.1.1`,
      sensors: [
        [
          "{entity} module",
          2,
          "state",
          { ok: [2], bad: [4, 7, 8, 9, 10, 11, 14, 15, 17, 18, 19, 20, 23, 25, 27] },
        ],
      ],
    },
    {
      // CISCO-HSRP-MIB: interface and group; a third router of a group listens
      of: `${C}.9.106.1.2.1.1`,
      sensors: [["HSRP {port:i0|i0} {i1}", 15, "state", { ok: [5, 6], bad: [1, 2, 4] }]],
      families: {
        vrrp: {
          name: "HSRP {port:i0|i0} {i1}",
          values: {
            role: { at: 15, map: { 1: "disabled", 5: "backup", 6: "master", "*": "backup" } },
          },
        },
      },
    },
    {
      // CISCO-WAN-CELL-EXT-MIB, CISCO-WAN-3G-MIB
      of: `${C}.9.817.1.1.1.1.1`,
      families: {
        lte: {
          name: "{entity|'modem '}",
          values: {
            rsrpDbm: { at: 1, min: -160, max: -1 },
            rsrqDb: { at: 2, min: -50, max: 20 },
            sinrDb: { at: 3, min: -50, max: 50 },
          },
        },
      },
    },
    {
      of: `${C}.9.661.1.3.4.1.1`,
      families: {
        lte: { name: "{entity|'modem '}", values: { rssiDbm: { at: 1, min: -150, max: -1 } } },
      },
    },
    {
      // AIRESPACE-SWITCHING-MIB of wireless controllers: kilobytes
      of: "1.3.6.1.4.1.14179.1.1.5",
      isScalars: true,
      cpu: [["cpu", 1]],
      memory: [{ total: [2, 1_024], free: [3, 1_024] }],
      families: {
        "device-counts": { name: "access points", values: { value: `.${C}.9.618.1.8.4.0` } },
      },
    },
    {
      of: "1.3.6.1.4.1.14179.2.1.1.1",
      sensors: [["{2|'SSID '} clients", 38, "count"]],
      families: {
        "device-counts": { name: "wireless clients", values: { value: { at: 38, merge: "sum" } } },
      },
    },
    {
      of: `${C}.9.402.1.4`,
      isScalars: true,
      families: { "device-counts": { name: "PoE devices", values: { value: 1 } } },
    },
    {
      // CISCO-STACKWISE-MIB
      of: `${C}.9.500.1.2.1.1`,
      sensors: [
        ["{entity} stack member", 6, "state", { ok: [4], bad: [1, 2, 3, 5, 6, 7, 8, 9, 10, 11] }],
      ],
    },
    {
      // CISCO-RF-MIB: this unit active, its peer ready to take over
      of: `${C}.9.176.1.1`,
      isScalars: true,
      sensors: [
        ["redundancy unit", 2, "state", { ok: [14, 9], bad: [2, 3, 4, 5, 6, 7, 8] }],
        ["redundancy peer", 4, "state", { ok: [9, 14], bad: [3, 4, 5, 6, 7, 8] }],
      ],
    },
    {
      // CISCO-BGP4-MIB: peers of any address family
      of: `${C}.9.187.1.2.5.1`,
      families: {
        bgp: {
          name: "{inet:i0}",
          values: {
            state: { at: 3, map: BGP_STATE },
            disabled: { at: 4, map: BGP_STOPPED },
            remoteAs: 11,
            uptimeS: 19,
          },
        },
      },
    },
    {
      of: `${C}.9.187.1.2.8.1`,
      families: {
        bgp: [
          {
            name: "{inet:i0}",
            when: [{ at: "i-1", is: [1] }],
            values: {
              prefixesReceived: { at: 1, merge: "sum" },
              prefixesSent: { at: 6, merge: "sum" },
            },
          },
          {
            name: "{inet:i0} {afi:i-2}",
            when: [{ at: "i-1", not: [1] }],
            values: { prefixesReceived: 1, prefixesSent: 6 },
          },
        ],
      },
    },
    {
      of: `${C}.9.187.1.2.4.1`,
      families: {
        bgp: [
          {
            name: "{ip:i0}",
            when: [{ at: "i-1", is: [1] }],
            values: { prefixesReceived: 1, prefixesSent: 6 },
          },
          {
            name: "{ip:i0} {afi:i-2}",
            when: [{ at: "i-1", not: [1] }],
            values: { prefixesReceived: 1, prefixesSent: 6 },
          },
        ],
      },
    },
    {
      of: `${C}.10.118.1.6.1.1`,
      families: {
        isis: { name: "{sysid:6} {i0}", values: { state: { at: 2, map: ISIS_STATE } } },
      },
    },
    {
      // CISCO-VOICE-DIAL-CONTROL-MIB: H.323, SIP, MGCP and others
      of: `${C}.9.63.1.3.8.1.1`,
      families: {
        "device-counts": { name: "voice calls", values: { value: { at: 2, merge: "sum" } } },
      },
    },
    {
      // CISCO-POWER-ETHERNET-EXT-MIB: milliwatts
      of: `${C}.9.402.1.2.1`,
      families: { poe: { name: "{port:i1|'port '}", values: { watts: [7, 0.001] } } },
    },
    {
      of: `${C}.9.147.1.2.2.2.1`,
      families: {
        "device-counts": {
          name: "connections",
          when: [{ at: "i-1", is: [6] }],
          values: { value: 5 },
        },
      },
    },
    {
      of: `${C}.9.150.1.1`,
      isScalars: true,
      families: { "device-counts": { name: "PPP sessions", values: { value: 1 } } },
    },
    {
      of: `${C}.9.194.1`,
      isScalars: true,
      families: { sessions: { name: "pppoe", values: { count: "1.1" } } },
    },
  ],
}
