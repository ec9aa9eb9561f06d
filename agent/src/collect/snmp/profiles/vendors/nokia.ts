/** Nokia: TiMOS (7x50, 7705), ISAM access nodes; Alcatel-Lucent Enterprise switches. */
import type { Profile } from "../profile.ts"
import { BGP_STATE } from "../standard.ts"

const N = "1.3.6.1.4.1.6527.3.1.2"
const ISAM = "1.3.6.1.4.1.637.61.1"
/** AOS 6 and 7 and later have the same tables below different roots. */
const AOS = ["1.3.6.1.4.1.6486.800.1", "1.3.6.1.4.1.6486.801.1"] as const
/** TmnxDeviceState: unknown, not equipped, ok, failed, out of service. */
const IN_SERVICE = { ok: [3], bad: [4, 5] } as const
/** TmnxLEDState: not applicable, off, red, amber, yellow, green, and the blinking ones. */
const LED = { ok: [1, 5, 8], bad: [2, 3, 4, 6, 7, 9] } as const
/** ALU-MICROWAVE-MIB of the 7705. */
const MICROWAVE = "1.3.6.1.4.1.6527.6.1.2.2.7.1"
/** tmnxEsaStatsTable: unknown, ok, degraded, failed, unsupported. */
const ESA_PART = { ok: [2], bad: [3, 4] } as const

export const nokia: Profile = {
  name: "nokia",
  objectIds: ["6527", "637"],
  tables: [
    {
      // sgiCpuUsage, and memory in kilobytes (the first ones are bytes and wrap)
      of: `${N}.1.1`,
      isScalars: true,
      cpu: [["cpu", 1]],
      memory: [
        { used: [9, 1_024], free: [10, 1_024] },
        { used: 2, free: 3 },
      ],
    },
    {
      // tmnxHwTable
      of: `${N}.2.1.8.1`,
      when: [{ at: 17, is: [1] }],
      sensors: [["{8|'hardware '}", 18, "°C", { none: [0, -1, -128] }]],
    },
    {
      // tmnxChassisFanTable, tmnxChassisPowerSupplyTable
      of: `${N}.2.1.4.1`,
      sensors: [["fan {index}", 2, "state", IN_SERVICE]],
    },
    {
      of: `${N}.2.1.5.1`,
      sensors: [
        ["power {index} AC", 2, "state", IN_SERVICE],
        ["power {index} DC", 3, "state", IN_SERVICE],
        ["power {index}", 6, "state", IN_SERVICE],
        ["power {index} input", 7, "state", IN_SERVICE],
      ],
    },
    {
      of: `${N}.2.1.8.1`,
      // Active and cleared alarms
      sensors: [["{8|'hardware '} alarm", 24, "state", { ok: [2], bad: [1] }]],
    },
    {
      of: `${N}.2.1.3.1`,
      sensors: [
        ["chassis {i0} critical alarm", 12, "state", LED],
        ["chassis {i0} major alarm", 13, "state", LED],
        ["chassis {i0} minor alarm", 14, "state", LED],
        ["chassis {i0} over temperature", 24, "state", { ok: [1], bad: [2] }],
      ],
    },
    {
      // tmnxPhysChassisFanTable, tmnxPhysChassPowerSupTable
      of: `${N}.2.1.24.1.1`,
      sensors: [
        ["fan {index}", 2, "state", { ok: [3], bad: [4, 5, 6] }],
        ["fan {index} speed", 5, "%", { min: 0, max: 100 }],
      ],
    },
    {
      of: `${N}.2.1.24.2.1`,
      sensors: [
        ["power {index}", 6, "state", IN_SERVICE],
        ["power {index} input", 9, "state", IN_SERVICE],
      ],
    },
    {
      of: `${MICROWAVE}.2.1`,
      sensors: [
        ["{2|'radio '} alarm", 12, "state", { ok: [0, 6], bad: [1, 2, 3, 4] }],
        ["{2|'radio '} frequency", 11, "MHz", { none: [0] }],
        ["{2|'radio '} transmitter", 20, "state", { ok: [1, 3], bad: [2] }],
      ],
    },
    {
      of: `${MICROWAVE}.6.1`,
      sensors: [["radio {index} temperature", 12, "°C", { none: [0] }]],
    },
    {
      // tmnxEsaStatsTable: servers beside the chassis
      of: `${N}.2.3.74.1`,
      sensors: [
        ["server {index}", 1, "state", { ok: [2], bad: [3, 4, 5] }],
        ["server {index} hardware", 14, "state", { ok: [2], bad: [3, 4] }],
        ["server {index} power 1", 15, "state", ESA_PART],
        ["server {index} power 2", 16, "state", ESA_PART],
        ["server {index} temperature", 23, "state", ESA_PART],
        ["server {index} power 1", 17, "°C", { none: [0] }],
        ["server {index} power 2", 18, "°C", { none: [0] }],
        ["server {index} cpu 1", 24, "°C", { none: [0] }],
        ["server {index} cpu 2", 25, "°C", { none: [0] }],
        ["server {index} network card 1", 35, "°C", { none: [0] }],
        ["server {index} network card 2", 36, "°C", { none: [0] }],
      ],
    },
    {
      // tmnxNatIsaMemberTable
      of: `${N}.65.1.1.3.2.1`,
      sensors: [
        ["NAT {index}", 2, "state", { ok: [2], bad: [1, 3, 4, 5, 6, 7, 8, 9, 10] }],
        ["NAT {index} sessions used", 8, "%", { min: 0, max: 100 }],
        ["NAT {index} sessions high", 9, "state", { ok: [2], bad: [1] }],
        ["NAT {index} addresses", 6, "count"],
        ["NAT {index} port blocks", 7, "count"],
      ],
    },
    {
      // tmnxSubMgmtSystStatsTable
      of: `${N}.33.1.107.1`,
      families: {
        "device-counts": [
          { name: "subscribers", values: { value: { at: 65, merge: "sum" } } },
          { name: "subscriber hosts", values: { value: { at: 33, merge: "sum" } } },
          { name: "subscriber hosts IPv4", values: { value: { at: 25, merge: "sum" } } },
          { name: "subscriber hosts IPv6", values: { value: { at: 27, merge: "sum" } } },
        ],
      },
    },
    {
      // tFPResTable: what of a forwarding complex is in use
      of: `${N}.2.3.46.1`,
      sensors: [
        ["card {i1} QoS policies, ingress", 2, "count"],
        ["card {i1} queues, ingress", 8, "count"],
        ["card {i1} MAC addresses", 70, "count"],
        ["card {i1} SAP instances", 90, "count"],
        ["card {i1} queues, egress", 105, "count"],
      ],
    },
    {
      // tmnxCohOptPortStatsTable: chassis and port of coherent optics
      of: `${N}.2.12.8.1`,
      sensors: [
        ["{port:i1|'port '} signal to noise", 6, "dB", 0.1],
        ["{port:i1|'port '} optical signal to noise", 34, "dB", 0.1],
      ],
      families: {
        optics: { name: "{port:i1|'port '}", values: { rxDbm: [26, 0.01], txDbm: [30, 0.01] } },
      },
    },
    {
      // tmnxDigitalDiagMonitorTable: chassis and port; 1/256 °C, 100 µV, 2 µA, 0.1 µW
      of: `${N}.2.4.31.1`,
      families: {
        optics: {
          name: "{port:i1|'port '}",
          values: {
            temperatureC: { at: 1, factor: 1 / 256, none: [0] },
            voltageV: { at: 6, factor: 0.000_1, none: [0] },
            biasMa: { at: 11, factor: 0.002, none: [0] },
            txDbm: { at: 16, factor: 0.000_1, isMilliwatt: true },
            rxDbm: { at: 21, factor: 0.000_1, isMilliwatt: true },
          },
        },
      },
    },
    {
      // tmnxDDMLaneTable: chassis, port and channel of a module of several
      of: `${N}.2.4.66.1`,
      families: {
        optics: {
          name: "{port:i1|'port '}",
          values: {
            biasMa: { at: 7, factor: 0.002, none: [0], merge: "max" },
            txDbm: { at: 12, factor: 0.000_1, isMilliwatt: true, merge: "min" },
            rxDbm: { at: 17, factor: 0.000_1, isMilliwatt: true, merge: "min" },
          },
        },
      },
      sensors: [
        ["{port:i1|'port '} channel {i2}", 2, "°C", { factor: 1 / 256, none: [0] }],
        ["{port:i1|'port '} channel {i2} bias", 7, "A", { factor: 0.000_002, none: [0] }],
        [
          "{port:i1|'port '} channel {i2} tx power",
          12,
          "dBm",
          { factor: 0.000_1, isMilliwatt: true },
        ],
        [
          "{port:i1|'port '} channel {i2} rx power",
          17,
          "dBm",
          { factor: 0.000_1, isMilliwatt: true },
        ],
      ],
    },
    {
      // tBgpPeerNgOperTable: router, type, length, address
      of: `${N}.14.4.8.1`,
      families: {
        bgp: {
          name: "{inet:i1}",
          values: { prefixesReceived: 5, prefixesSent: 6 },
        },
      },
    },
    {
      of: `${N}.14.4.7.1`,
      families: {
        bgp: {
          name: "{inet:i1}",
          values: { remoteAs: { at: 66, none: [0] }, state: { at: 59, map: BGP_STATE } },
        },
      },
    },
    {
      // ASAM-ALARM-MIB
      of: `${ISAM}.3`,
      isScalars: true,
      sensors: [
        ["active alarms", 4, "count", { min: 0 }],
        ["most severe alarm", 5, "state", { ok: [1], bad: [4, 8, 16, 32] }],
      ],
    },
    {
      // ASAM-EQUIP-MIB: sensors of boards, by slot and number
      of: `${ISAM}.23.10.1`,
      sensors: [["slot {i0} temperature {i1}", 2, "°C", { none: [0] }]],
    },
    {
      of: `${ISAM}.9.29.1.1`,
      cpu: [["slot {i0}", 4]],
    },
    {
      of: `${ISAM}.9.29.2.1`,
      memory: [{ name: "slot {i0} memory", total: [1, 1_048_576], used: [2, 1_048_576] }],
    },
    {
      // asamIfDiagTransceiver: texts such as "-12.34 dBm"
      of: `${ISAM}.56.5.1`,
      families: {
        optics: {
          name: "{port|'port '}",
          values: { txDbm: 6, rxDbm: 7, biasMa: 8, voltageV: 9, temperatureC: 10 },
        },
      },
    },
  ],
}

export const alcatelEnterprise: Profile = {
  name: "alcatel-enterprise",
  objectIds: ["6486"],
  tables: AOS.flatMap((root) => [
    {
      of: `${root}.2.1.16.1.1.1.1.1`,
      // AOS 7 and later: the latest, before the minute's mean
      cpu: [["cpu {i0}", 15]] as const,
      memory: [{ percent: 16 }],
    },
    {
      of: `${root}.2.1.16.1.1.1.1.1`,
      cpu: [["cpu {i0}", 11]] as const,
      memory: [{ percent: 8 }],
    },
    {
      // AOS 6: healthModuleTable
      of: `${root}.2.1.16.1.1.2.1.1`,
      cpu: [["cpu {i0}", 14]] as const,
      memory: [{ name: "module {i0} memory", percent: 10 }],
    },
    {
      of: `${root}.2.1.16.1.1.1`,
      isScalars: true as const,
      cpu: [["cpu", 13]] as const,
      memory: [{ percent: 9 }],
    },
    {
      of: `${root}.1.1.3.1.1.3.1`,
      sensors: [["board {i0} temperature", 4, "°C", { none: [0] }]] as const,
    },
    {
      of: `${root}.1.1.3.1.1.11.1`,
      sensors: [["fan {index}", 2, "state", { ok: [1], bad: [2] }]] as const,
    },
  ]),
}
