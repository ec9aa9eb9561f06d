/** Switches: VOSS and ERS of Extreme, Radlan (Cisco Small Business, Eltex, Dell), Force10, BDCOM, SAOS 8. */
import { bgp4v2 } from "../bgp4v2.ts"
import type { Profile, TableProfile } from "../profile.ts"
import { BGP_STATE } from "../standard.ts"

const E = "1.3.6.1.4.1"
const RAPID_CITY = `${E}.2272.1`
const S5 = `${E}.45.1.6.3`
const DELL = `${E}.674.10895.3000.1.2.110.7`
const OS10 = `${E}.674.11000.5000.100.4.1`
const FORCE10 = `${E}.6027.3`
const BDCOM = `${E}.3320.9`
const CES = `${E}.1271.2.1.5.1.2.1`

export const voss: Profile = {
  name: "voss",
  objectIds: ["2272", "45"],
  tables: [
    {
      // rcKhiSlot: kilobytes
      of: `${RAPID_CITY}.85.10.1.1`,
      cpu: [["slot {i0} cpu", 2]],
      memory: [{ name: "slot {i0} memory", used: [6, 1_024], free: [7, 1_024] }],
    },
    { of: `${RAPID_CITY}.1`, isScalars: true, cpu: [["cpu", 20]] },
    {
      of: `${RAPID_CITY}.4.7.1.1`,
      sensors: [
        ["fan {i0}", 2, "state", { ok: [2], bad: [3] }],
        ["fan {i0} temperature", 3, "°C", { none: [0] }],
      ],
    },
    {
      of: `${RAPID_CITY}.4.8.1.1`,
      sensors: [["power {i0}", 2, "state", { ok: [3], bad: [4] }]],
    },
    {
      // s5ChasUtil of ERS
      of: `${S5}.8.1.1`,
      cpu: [["unit {index} cpu", 5]],
      memory: [{ name: "unit {index} memory", total: [12, 1_048_576], free: [13, 1_048_576] }],
    },
  ],
}

/** rlPhyTestGetResult by interface and test: °C, µV, µA and thousandths of a dBm. */
const radlanOptics = (root: string): TableProfile => ({
  of: `${E}.${root}.90.1.2.1`,
  families: {
    optics: [
      { name: "{port:i0}", when: [{ at: "i1", is: [5] }], values: { temperatureC: 3 } },
      { name: "{port:i0}", when: [{ at: "i1", is: [6] }], values: { voltageV: [3, 0.000_001] } },
      { name: "{port:i0}", when: [{ at: "i1", is: [7] }], values: { biasMa: [3, 0.001] } },
      { name: "{port:i0}", when: [{ at: "i1", is: [8] }], values: { txDbm: [3, 0.001] } },
      { name: "{port:i0}", when: [{ at: "i1", is: [9] }], values: { rxDbm: [3, 0.001] } },
    ],
  },
})
const radlan = (root: string): readonly TableProfile[] => [
  { of: `${E}.${root}.1`, isScalars: true, cpu: [["cpu", 9, { none: [101] }]] },
  {
    of: `${E}.${root}.83.1.1.1`,
    sensors: [["{2|'fan '}", 3, "state", { ok: [1], bad: [2, 3, 4, 6] }]],
  },
  {
    of: `${E}.${root}.83.1.2.1`,
    sensors: [["{2|'power '}", 3, "state", { ok: [1], bad: [2, 3, 4, 6] }]],
  },
  {
    // rlPhdUnitEnvParamTable: the supplies of a unit, then its temperature
    of: `${E}.${root}.53.15.1`,
    sensors: [
      ["unit {i0} main supply", 2, "state", { ok: [1], bad: [2, 3, 4, 7] }],
      ["unit {i0} redundant supply", 3, "state", { ok: [1], bad: [2, 3, 4, 7] }],
      ["unit {i0} temperature", 10, "°C", { none: [0] }],
      ["unit {i0} temperature", 16, "state", { ok: [1], bad: [2, 3] }],
    ],
  },
  {
    of: `${E}.${root}.108.3.1`,
    sensors: [["unit {i0} PoE temperature", 6, "°C", { min: 1 }]],
  },
  radlanOptics(root),
]
export const radlanSwitches: Profile = {
  name: "radlan",
  objectIds: ["9.6.1", "35265", "674.10895", "89", "3955", "4526.17"],
  tables: ["9.6.1.101", "89", "3955.89", "4526.17"].flatMap(radlan),
}

/** What Eltex has beside the tables of Radlan, and its OLTs. */
export const eltex: Profile = {
  name: "eltex",
  objectIds: ["35265"],
  tables: [
    { of: `${E}.35265.41.1.2.1.1`, isScalars: true, memory: [{ total: 3, free: 7 }] },
    {
      of: `${E}.35265.1.23.11.1.1`,
      sensors: [
        ["battery {index}", 2, "state", { ok: [1, 7], bad: [2, 3, 6] }],
        ["battery {index} charge", 3, "%", { min: 0, max: 100 }],
      ],
    },
    {
      // LTP: tenths of a percent
      of: `${E}.35265.1.22.1.10`,
      isScalars: true,
      cpu: [["cpu", 4, 0.1]],
    },
  ],
}

export const dell: Profile = {
  name: "dell",
  objectIds: ["674.10895", "674.11000", "6027"],
  tables: [
    {
      // envMonFanState, envMonSupplyState
      of: `${DELL}.1.1`,
      sensors: [["{2|'fan '}", 3, "state", { ok: [1], bad: [2, 3, 4, 6] }]],
    },
    {
      of: `${DELL}.2.1`,
      sensors: [["{2|'power '}", 3, "state", { ok: [1], bad: [2, 3, 4, 6] }]],
    },
    { of: `${OS10}.1.3.1`, sensors: [["chassis {i0} temperature", 11, "°C", { none: [0] }]] },
    { of: `${OS10}.1.4.1`, sensors: [["card {index} temperature", 5, "°C", { none: [0] }]] },
    {
      of: `${OS10}.2.1.1`,
      sensors: [["power {index}", 4, "state", { ok: [1], bad: [2, 3, 4, 5, 6] }]],
    },
    {
      of: `${OS10}.2.3.1`,
      sensors: [["fan {index}", 7, "state", { ok: [1], bad: [2, 3, 4, 5, 6] }]],
    },
    ...bgp4v2(`${E}.674.11000.5000.200.1.1`),
    {
      // f10BgpM2PeerTable
      of: `${E}.6027.20.1.2.1.1.1`,
      families: {
        bgp: {
          name: "{ip:12}",
          values: { state: { at: 3, map: BGP_STATE }, remoteAs: 14 },
        },
      },
    },
    {
      // dellNetCpuUtilTable of OS 9
      of: `${FORCE10}.26.1.4.4.1`,
      cpu: [["cpu {index}", 5]],
    },
    ...["10.1.2.9", "19.1.2.8"].map((table) => ({
      of: `${FORCE10}.${table}.1`,
      cpu: [["unit {i0} cpu", 4]] as const,
      sensors: [["unit {i0} memory used", 5, "%", { min: 0, max: 100 }]] as const,
    })),
    ...["10.1.2.2.1", "19.1.2.1.1"].map((table) => ({
      of: `${FORCE10}.${table}`,
      sensors: [["unit {i0} temperature", 14, "°C", { none: [0] }]] as const,
    })),
  ],
}

export const bdcom: Profile = {
  name: "bdcom",
  objectIds: ["3320"],
  tables: [
    { of: `${BDCOM}.109.1.1.1.1`, cpu: [["cpu {i0}", 5]] },
    {
      // nmscardTable
      of: `${E}.3320.3.6.10.1`,
      cpu: [["{3|'card '}", 11]],
      memory: [{ name: "{3|'card '} memory", percent: 12 }],
      sensors: [["{3|'card '} temperature", 13, "°C", { none: [0, -1], min: -60, max: 200 }]],
    },
    { of: `${BDCOM}.48.1.1.1`, memory: [{ name: "{2|'memory '}", used: 5, free: 6 }] },
  ],
}

/** FS and Ruijie have one tree below different numbers. */
const ruijieTables = (root: string): readonly TableProfile[] => [
  { of: `${E}.${root}.1.1.10.2.36.1.1`, isScalars: true, cpu: [["cpu", 3]] },
  { of: `${E}.${root}.1.1.10.2.36.1.2.1`, cpu: [["{2|'cpu '}", 5]] },
  {
    of: `${E}.${root}.1.1.10.2.35.1.1.1`,
    memory: [{ name: "{2|'memory '}", percent: 3 }],
  },
  {
    of: `${E}.${root}.1.1.10.2.1.1.23.1`,
    sensors: [["{2|'temperature '}", 3, "°C", { none: [0] }]],
  },
]
export const ruijie: Profile = {
  name: "ruijie",
  objectIds: ["4881", "52642"],
  tables: ["4881", "52642"].flatMap(ruijieTables),
}

export const accedian: Profile = {
  name: "accedian",
  objectIds: ["22420"],
  tables: [
    { of: `${E}.22420.1.1`, isScalars: true, cpu: [["cpu", 23]] },
    { of: `${E}.22420.1.1.12.1`, sensors: [["temperature {i0}", 2, "°C", { none: [0] }]] },
  ],
}

export const saos8: Profile = {
  name: "saos8",
  objectIds: ["1271", "6141"],
  tables: [
    {
      of: `${CES}.1.1.1`,
      sensors: [["{9|'power '}", 2, "state", { ok: [1], bad: [2, 3] }]],
    },
    {
      of: `${CES}.2.1.1`,
      sensors: [
        ["{9|'fan '}", 3, "state", { ok: [1], bad: [2, 3] }],
        ["{9|'fan '} speed", 5, "rpm", { none: [0] }],
      ],
    },
    {
      of: `${CES}.3.2.1`,
      sensors: [["{11|3|'fan temperature '}", 4, "°C", { none: [0] }]],
    },
  ],
}
