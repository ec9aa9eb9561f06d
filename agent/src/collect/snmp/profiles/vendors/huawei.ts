/** Huawei VRP routers and switches, SmartAX access nodes, OptiX RTN microwave. */
import type { Profile } from "../profile.ts"
import { BGP_STATE } from "../standard.ts"

const H = "1.3.6.1.4.1.2011"
const ENTITY = `${H}.5.25.31.1.1`
const BGP = `${H}.5.25.177.1.1`
const RTN = `${H}.2.25.4`
/** A missing value in any of these tables. */
const NONE = [-1, 2_147_483_647, -2_147_483_648, 255_255_255]

export const huawei: Profile = {
  name: "huawei",
  objectIds: ["2011"],
  tables: [
    {
      // HUAWEI-ENTITY-EXTENT-MIB: of each entity; those without a processor have zero
      of: `${ENTITY}.1.1`,
      when: [{ at: 7, not: [0] }],
      cpu: [["{entity|'board '}", 5, { none: NONE }]],
      memory: [{ name: "{entity|'board '} memory", percent: { at: 7, none: [0, ...NONE] } }],
    },
    {
      of: `${ENTITY}.1.1`,
      sensors: [
        ["{entity|'board '}", 11, "°C", { none: [0, ...NONE], min: -60, max: 200 }],
        ["{entity|'board '}", 13, "V", { factor: 0.001, none: [0, ...NONE], min: 0.1 }],
      ],
    },
    {
      // hwFanStatusTable: slot and number; speed as percent
      of: `${ENTITY}.10.1`,
      sensors: [
        ["fan {1|i0}/{2|i1} speed", 5, "%", { min: 0, max: 100 }],
        ["fan {1|i0}/{2|i1}", 7, "state", { ok: [1], bad: [2] }],
      ],
    },
    {
      // hwPwrStatusTable: supply, not supply, sleep, unknown
      of: `${ENTITY}.18.1`,
      sensors: [
        ["power {i0}/{i1}", 6, "state", { ok: [1, 3], bad: [2] }],
        ["power {i0}/{i1} current", 7, "A", { factor: 0.001, none: [0, ...NONE] }],
        ["power {i0}/{i1} voltage", 8, "V", { factor: 0.001, none: [0, ...NONE] }],
      ],
    },
    {
      // hwOpticalModuleInfoTable
      of: `${ENTITY}.3.1`,
      families: {
        optics: {
          name: "{entity}",
          values: {
            temperatureC: { at: 5, none: NONE },
            voltageV: { at: 6, factor: 0.001, none: NONE },
            // Milliamperes, or microamperes.
            biasMa: { at: 7, above: [1_000, 0.001], none: NONE },
            // Hundredths of a dBm, or microwatts on older devices: those are above zero.
            // Zero is no light in one, and no module in the other.
            rxDbm: { at: 8, factor: 0.01, none: [0, ...NONE], isMicrowattAbove: 0 },
            txDbm: { at: 9, factor: 0.01, none: [0, ...NONE], isMicrowattAbove: 0 },
          },
        },
      },
    },
    {
      // Of modules with several channels: a power, or a text of all of them
      of: `${ENTITY}.3.1`,
      families: {
        optics: {
          name: "{entity}",
          values: {
            rxDbm: { at: 32, factor: 0.01, none: NONE, min: -60, max: 30 },
            txDbm: { at: 33, factor: 0.01, none: NONE, min: -60, max: 30 },
          },
        },
      },
    },
    {
      // hwTemperatureThresholdTable and hwVoltageInfoTable: slot, kind, number, channel
      of: `${ENTITY}.8.1`,
      sensors: [
        ["sensor {index} temperature", 6, "°C", { none: NONE, min: -60, max: 200 }],
        ["sensor {index} temperature", 5, "state", { ok: [1], bad: [2, 3, 4] }],
      ],
    },
    {
      of: `${ENTITY}.9.1`,
      sensors: [
        ["sensor {index} voltage", 7, "V", { factor: 0.001, none: NONE }],
        ["sensor {index} voltage", 5, "state", { ok: [1], bad: [2, 3, 4] }],
      ],
    },
    {
      // HUAWEI-ENERGYMNGT-MIB
      of: `${H}.6.157.1`,
      isScalars: true,
      sensors: [
        ["average power", 3, "W", { factor: 0.001, none: [0, ...NONE] }],
        ["power", 6, "W", { factor: 0.001, none: [0, ...NONE] }],
      ],
    },
    {
      of: `${H}.6.157.2.1.1`,
      sensors: [["{entity|3|'board '} power", 4, "W", { factor: 0.001, none: NONE }]],
    },
    {
      // HUAWEI-STACK-MIB
      of: `${H}.5.25.183.1.21.1`,
      sensors: [["stack port {index}", 5, "state", { ok: [1], bad: [2] }]],
    },
    {
      // hw3GTable of AR routers
      of: `${H}.5.25.241.1.2.1.1`,
      sensors: [["modem {index}", 11, "state", { ok: [1], bad: [4] }]],
      families: {
        lte: {
          name: "modem {index}",
          values: {
            rssiDbm: { at: 35, min: -150, max: -1 },
            rsrpDbm: { at: 38, min: -160, max: -1 },
            rsrqDb: { at: 40, min: -50, max: 20, none: [0] },
          },
        },
      },
    },
    {
      of: `${BGP}.2.1`,
      families: {
        bgp: {
          name: "{inet:i3}",
          values: { state: { at: 5, map: BGP_STATE }, remoteAs: 2, uptimeS: 7 },
        },
      },
    },
    {
      // VRF, address family and kind, then the address
      of: `${BGP}.3.1`,
      families: {
        bgp: [
          {
            name: "{inet:i3}",
            when: [{ at: "i2", is: [1] }],
            values: { prefixesReceived: 1, prefixesSent: 3 },
          },
          {
            name: "{inet:i3} {afi:i1}",
            when: [{ at: "i2", not: [1] }],
            values: { prefixesReceived: 1, prefixesSent: 3 },
          },
        ],
      },
    },
    {
      // hwMusaBoardTable of SmartAX: frame and slot
      of: `${H}.2.6.7.1.1.2.1`,
      cpu: [["board {7|index}", 5, { none: NONE }]],
      memory: [{ name: "board {7|index} memory", percent: { at: 6, none: NONE } }],
      sensors: [["board {7|index}", 10, "°C", { none: [0, ...NONE], min: -60, max: 200 }]],
    },
    {
      of: `${H}.6.1.1.5.1`,
      cpu: [["frame {i0}", 2]],
    },
    {
      // HUAWEI-DEVICE-MIB: normal, fault, other, discovery, mismatch, offline
      of: `${H}.6.3.3.1.1`,
      sensors: [["frame {i0}", 5, "state", { ok: [1], bad: [2, 4, 5] }]],
    },
    {
      of: `${H}.6.3.3.2.1`,
      sensors: [
        ["slot {index}", 8, "state", { ok: [1, 2, 5], bad: [3, 6, 8, 9, 10, 12, 14, 15, 17, 18] }],
      ],
    },
    {
      // HUAWEI-POWER-MIB
      of: `${H}.6.2.1.1.1`,
      sensors: [["power {index}", 4, "state", { ok: [1], bad: [2, 3, 4] }]],
    },
    {
      of: `${H}.6.2.1.2.1`,
      sensors: [
        ["AC input {index}", 2, "state", { ok: [1], bad: [2, 3, 4, 5] }],
        ["AC input {index} voltage", 3, "V", { factor: 0.001, none: NONE }],
      ],
    },
    {
      of: `${H}.6.2.1.3.1`,
      sensors: [
        ["DC output {index} voltage", 1, "V", { factor: 0.001, none: NONE }],
        ["DC output {index}", 5, "state", { ok: [1], bad: [2, 3] }],
        ["DC output {index} current", 10, "A", { factor: 0.001, none: NONE }],
      ],
    },
    {
      of: `${H}.6.2.1.6.3.1`,
      sensors: [["battery {index} current", 6, "A", { factor: 0.001, none: NONE }]],
    },
    {
      of: `${H}.6.128.1.1.2.21.1`,
      sensors: [["{port|'PON '} ONTs", 16, "count", { min: 1 }]],
    },
    {
      // GPON: optics of ONUs as the OLT reads them
      of: `${H}.6.128.1.1.2.23.1`,
      families: {
        optics: {
          name: "{port|'PON '}",
          values: {
            temperatureC: { at: 1, none: NONE },
            voltageV: { at: 2, factor: 0.01, none: NONE },
            biasMa: { at: 3, none: NONE },
            txDbm: { at: 4, factor: 0.01, none: NONE },
          },
        },
      },
    },
    {
      // optixCurrentTemperature, optixRfTable … of RTN
      of: `${RTN}.40.4.10.30.1`,
      sensors: [
        ["{entity:i0|'ODU '} transmit power", 8, "dBm", 0.1],
        ["{entity:i0|'ODU '} receive power", 9, "dBm", 0.1],
      ],
    },
    {
      of: `${RTN}.40.4.10.20.1`,
      sensors: [
        ["{entity:i0|'ODU '} transmit frequency", 3, "MHz", 0.001],
        ["{entity:i0|'ODU '} receive frequency", 4, "MHz", 0.001],
      ],
    },
    {
      of: `${RTN}.30.39.1`,
      isScalars: true,
      sensors: [["fan", "1.1", "state", { ok: [1] }]],
    },
    {
      of: `${RTN}.30.14.1.1.1`,
      sensors: [
        ["{2|'board '} temperature", 5, "°C", { min: -60, max: 200 }],
        ["{2|'board '} bus", 6, "state", { ok: [1] }],
      ],
    },
    {
      of: `${RTN}.30.14.1.2.1`,
      sensors: [
        ["board {i0} working", 3, "state", { ok: [1] }],
        ["board {i0} online", 8, "state", { ok: [1] }],
      ],
    },
  ],
}
