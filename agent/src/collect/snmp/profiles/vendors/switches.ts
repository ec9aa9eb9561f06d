/** Switches: Extreme, HPE and Aruba, H3C, TP-Link, D-Link, Zyxel, Ciena, Netonix, Brocade, Dell. */
import { bgp4v2 } from "../bgp4v2.ts"
import type { Profile, TableProfile } from "../profile.ts"

const E = "1.3.6.1.4.1"
const EXTREME = `${E}.1916`
const HP = `${E}.11.2.14.11`
const H3C = `${E}.25506.2`
const TPLINK = `${E}.11863.6`
const CIENA = `${E}.6141.2.60`
const NETONIX = `${E}.46242`
const FOUNDRY = `${E}.1991.1.1`
const FORTINET = `${E}.12356.101`

export const extreme: Profile = {
  name: "extreme",
  objectIds: ["1916"],
  tables: [
    { of: `${EXTREME}.1.32.1`, isScalars: true, cpu: [["cpu", 2]] },
    {
      of: `${EXTREME}.1.32.2.2.1`,
      memory: [{ name: "slot {i0} memory", total: [2, 1_024], free: [3, 1_024] }],
    },
    {
      of: `${EXTREME}.1.1.1`,
      isScalars: true,
      sensors: [
        ["temperature", 8, "°C", { none: [0] }],
        ["over temperature", 7, "state", { ok: [2], bad: [1] }],
      ],
    },
    {
      of: `${EXTREME}.1.1.1.9.1`,
      sensors: [
        ["fan {i0}", 2, "state", { ok: [1], bad: [2] }],
        ["fan {i0} speed", 4, "rpm", { none: [0] }],
      ],
    },
    {
      of: `${EXTREME}.1.1.1.27.1`,
      sensors: [
        ["power {i0}", 2, "state", { ok: [2], bad: [3, 4] }],
        ["power {i0} usage", 9, "W", { factor: 0.001, none: [0] }],
      ],
    },
    {
      of: `${EXTREME}.1.1.1.38.1`,
      sensors: [
        ["power {i0} output {i1} voltage", 3, "V", { factor: 0.001, none: [0] }],
        ["power {i0} output {i1} current", 4, "A", { factor: 0.001, none: [0] }],
      ],
    },
  ],
}

export const hpe: Profile = {
  name: "hpe",
  objectIds: ["11", "14823", "47196"],
  tables: [
    { of: `${HP}.5.1.9.6.1`, isScalars: true, cpu: [["cpu", 1]] },
    {
      of: `${HP}.5.1.1.2.1.1.1`,
      memory: [{ name: "slot {i0} memory", total: 5, free: 6 }],
    },
    {
      of: `${HP}.5.1.1.2.2.1.1`,
      memory: [{ name: "slot {i0} memory", total: 5, free: 6 }],
    },
    {
      // hpicfSensorTable: unknown, bad, warning, good, not present
      of: `${HP}.1.2.6.1`,
      sensors: [["{7|'sensor '}", 4, "state", { ok: [4], bad: [2, 3] }]],
    },
    { of: `${HP}.1.2.8.1.1`, sensors: [["{2|'air '}", 3, "°C"]] },
    {
      of: `${HP}.5.1.54.2.1.1`,
      sensors: [["fan {index}", 4, "state", { ok: [5], bad: [0, 3, 4] }]],
    },
    {
      of: `${HP}.5.1.55.1.1.1`,
      sensors: [
        ["power {index}", 2, "state", { ok: [3], bad: [2, 4, 5, 7, 8] }],
        ["power {index} temperature", 4, "°C", { none: [0] }],
        ["power {index} usage", 7, "W", { none: [0] }],
      ],
    },
    {
      of: `${HP}.5.1.82.1.1.1.1`,
      families: {
        optics: {
          name: "{2|port}",
          values: {
            temperatureC: { at: 11, factor: 0.001, none: [0] },
            voltageV: { at: 12, factor: 0.000_1, none: [0] },
            biasMa: { at: 13, factor: 0.001, none: [0] },
            txDbm: { at: 14, factor: 0.001, none: [-99_999_999] },
            rxDbm: { at: 15, factor: 0.001, none: [-99_999_999] },
          },
        },
      },
    },
    {
      // Wireless controllers of Aruba
      of: `${E}.14823.2.2.1.1.1`,
      isScalars: true,
      families: {
        "device-counts": [
          { name: "wireless clients", values: { value: `.${E}.14823.2.2.1.1.3.2.0` } },
          { name: "access points", values: { value: `.${E}.14823.2.2.1.1.3.1.0` } },
        ],
      },
    },
  ],
}

export const h3c: Profile = {
  name: "h3c",
  objectIds: ["25506", "11.2.3.7.11", "43.45", "2011.10"],
  tables: [
    {
      // hh3cEntityExtStateTable
      of: `${H3C}.6.1.1.1.1`,
      when: [{ at: 8, not: [0] }],
      cpu: [["{entity|'board '}", 6]],
      memory: [{ name: "{entity|'board '} memory", percent: { at: 8, none: [0] }, total: 10 }],
    },
    {
      of: `${H3C}.6.1.1.1.1`,
      sensors: [
        ["{entity|'board '}", 12, "°C", { none: [0, 65_535, 2_147_483_647], min: -60, max: 200 }],
      ],
    },
    {
      of: `${H3C}.6.1.1.1.1`,
      when: [{ at: ".1.3.6.1.2.1.47.1.1.1.1.5", is: [6, 7] }],
      sensors: [
        [
          "{entity|'part '}",
          19,
          "state",
          { ok: [2], bad: [21, 22, 23, 31, 32, 41, 51, 61, 71, 81, 91] },
        ],
      ],
    },
    {
      of: `${H3C}.70.1.1.1`,
      families: {
        optics: {
          name: "{port}",
          values: {
            txDbm: { at: 9, factor: 0.01, none: [2_147_483_647] },
            rxDbm: { at: 12, factor: 0.01, none: [2_147_483_647] },
            temperatureC: { at: 15, none: [2_147_483_647] },
            voltageV: { at: 16, factor: 0.01, none: [2_147_483_647] },
            biasMa: { at: 17, factor: 0.01, none: [2_147_483_647] },
          },
        },
      },
    },
  ],
}

export const tplink: Profile = {
  name: "tp-link",
  objectIds: ["11863"],
  tables: [
    { of: `${TPLINK}.4.1.1.1.1`, cpu: [["cpu {i0}", 3]] },
    { of: `${TPLINK}.4.1.2.1.1`, memory: [{ name: "unit {i0} memory", percent: 2 }] },
    {
      of: `${TPLINK}.96.1.7.1.1`,
      families: {
        optics: {
          name: "{port|1}",
          values: { temperatureC: 2, voltageV: 3, biasMa: 4, txDbm: 5, rxDbm: 6 },
        },
      },
    },
    {
      of: `${TPLINK}.56.1.1.2.1.1`,
      families: {
        poe: {
          name: "{port|'port '}",
          values: { watts: [7, 0.1], milliamps: 8, volts: [9, 0.1] },
        },
      },
    },
  ],
}

/** DLINKSW-ENTITY-EXT-MIB, and the same below another root. */
const entityExt = (root: string): readonly TableProfile[] => [
  { of: `${E}.${root}.1.1.1`, sensors: [["{3|'temperature '}", 4, "°C", { none: [0] }]] },
  { of: `${E}.${root}.1.2.1`, sensors: [["{3|'fan '}", 4, "state", { ok: [1], bad: [2] }]] },
  { of: `${E}.${root}.1.3.1`, sensors: [["{3|'power '}", 6, "state", { ok: [1], bad: [2] }]] },
  {
    of: `${E}.${root}.4.1`,
    when: [{ at: "i-1", is: [1] }],
    memory: [{ total: [3, 1_024], used: [4, 1_024] }],
  },
  { of: `${E}.${root}.7.1`, cpu: [["cpu {i-1}", 4]] },
]

export const dlink: Profile = {
  name: "d-link",
  objectIds: ["171"],
  tables: [
    { of: `${E}.171.12.1.1.6`, isScalars: true, cpu: [["cpu", 2]] },
    {
      of: `${E}.171.12.1.1.9.1`,
      memory: [{ name: "memory {i0}", total: [2, 1_024], used: [3, 1_024] }],
    },
    { of: `${E}.171.12.11.1.8.1`, sensors: [["temperature {i0}", 2, "°C", { none: [0] }]] },
    {
      of: `${E}.171.12.11.1.7.1`,
      sensors: [["fan {index}", 3, "state", { ok: [1, 2], bad: [3] }]],
    },
    {
      of: `${E}.171.12.11.1.6.1`,
      sensors: [["power {index}", 3, "state", { ok: [4, 5], bad: [1, 2, 3] }]],
    },
    ...["171.14.5.1", "171.17.5.1"].flatMap(entityExt),
  ],
}

export const zyxel: Profile = {
  name: "zyxel",
  objectIds: ["890"],
  tables: [
    { of: `${E}.890.1.15.3.2`, isScalars: true, cpu: [["cpu", 4]] },
    { of: `${E}.890.1.15.3.50.1.1`, memory: [{ name: "{2|'pool '}", total: 3, used: 4 }] },
    { of: `${E}.890.1.15.3.2`, isScalars: true, memory: [{ percent: 5 }] },
    {
      of: `${E}.890.1.6.22.1`,
      isScalars: true,
      cpu: [["cpu", 1]],
      memory: [{ percent: 2 }],
      families: { "device-counts": { name: "sessions", values: { value: 6 } } },
    },
    { of: `${E}.890.1.15.3.26.1.1.1`, sensors: [["fan {2|i0}", 3, "rpm", { none: [0] }]] },
    { of: `${E}.890.1.15.3.26.1.2.1`, sensors: [["{2|'temperature '}", 3, "°C", { none: [0] }]] },
    { of: `${E}.890.1.15.3.26.1.3.1`, sensors: [["{2|'voltage '}", 3, "V", 0.001]] },
    {
      // zyxelTransceiverDdmiTable by port and quantity, in hundredths
      of: `${E}.890.1.15.3.84.1.2.1`,
      families: {
        optics: [
          { name: "{port:i0}", when: [{ at: "i1", is: [1] }], values: { temperatureC: [6, 0.01] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [2] }], values: { voltageV: [6, 0.01] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [3] }], values: { biasMa: [6, 0.01] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [4] }], values: { txDbm: [6, 0.01] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [5] }], values: { rxDbm: [6, 0.01] } },
        ],
      },
    },
  ],
}

export const ciena: Profile = {
  name: "ciena",
  objectIds: ["6141", "1271"],
  tables: [
    {
      of: `${CIENA}.12.1`,
      isScalars: true,
      cpu: [["cpu", "11.9"]],
      memory: [{ used: "13.1", free: "13.4" }],
    },
    {
      of: `${CIENA}.11.1.1.5.1.1`,
      sensors: [["temperature {i0}", 2, "°C", { none: [0] }]],
    },
    {
      of: `${CIENA}.11.1.1.4.1.1`,
      sensors: [
        ["fan {i0}", 3, "state", { ok: [1], bad: [2, 3] }],
        ["fan {i0} speed", 4, "rpm", { none: [0] }],
      ],
    },
    {
      of: `${CIENA}.11.1.1.3.1.1`,
      sensors: [["power {i0}", 2, "state", { ok: [1], bad: [2, 3] }]],
    },
    {
      // wwpLeosPortXcvrTable: millidegrees are whole degrees; powers in 1/10,000 dBm
      of: `${CIENA}.4.1.1.1.1`,
      families: {
        optics: {
          name: "{port|'port '}",
          values: {
            temperatureC: { at: 16, none: [0] },
            voltageV: { at: 17, factor: 0.001, none: [0] },
            biasMa: { at: 18, factor: 0.001, none: [0] },
            rxDbm: { at: 105, factor: 0.000_1, none: [0] },
            txDbm: { at: 106, factor: 0.000_1, none: [0] },
          },
        },
      },
    },
  ],
}

export const netonix: Profile = {
  name: "netonix",
  objectIds: ["46242"],
  descr: /^Netonix/,
  tables: [
    { of: `${NETONIX}.2.1`, sensors: [["fan {i0} speed", 2, "rpm"]] },
    { of: `${NETONIX}.3.1`, sensors: [["{2|'temperature '}", 3, "°C"]] },
    { of: `${NETONIX}.4.1`, sensors: [["{2|'voltage '}", 3, "V", 0.01]] },
    {
      of: `${NETONIX}.5.1`,
      families: {
        poe: {
          name: "{port|'port '}",
          values: {
            state: { at: 2, map: { off: "disabled", "*": "powered" } },
            volts: { at: 2, after: "V" },
          },
        },
      },
    },
    {
      of: NETONIX,
      isScalars: true,
      sensors: [
        ["power consumption", 6, "W", 0.1],
        ["DC-DC input current", 7, "A", 0.1],
        ["DC-DC efficiency", 8, "%", { factor: 0.01, min: 0, max: 100 }],
      ],
    },
  ],
}

export const brocade: Profile = {
  name: "brocade",
  objectIds: ["1991", "1588"],
  tables: [
    ...bgp4v2(`${E}.1991.3.5.1.1`),
    { of: `${FOUNDRY}.2.1`, isScalars: true, cpu: [["cpu", 52]] },
    {
      of: `${FOUNDRY}.2.1`,
      isScalars: true,
      memory: [{ total: 54, free: 55 }],
    },
    {
      of: `${FOUNDRY}.2.13.1.1`,
      sensors: [["{3|'temperature '}", 4, "°C", { factor: 0.5, none: [0] }]],
    },
    {
      of: `${FOUNDRY}.1.2.1.1`,
      sensors: [["{2|'power '}", 3, "state", { ok: [2], bad: [3] }]],
    },
    { of: `${FOUNDRY}.1.3.1.1`, sensors: [["{2|'fan '}", 3, "state", { ok: [2], bad: [3] }]] },
    { of: `${FOUNDRY}.1.2.2.1`, sensors: [["{3|'power '}", 4, "state", { ok: [2], bad: [3] }]] },
    { of: `${FOUNDRY}.1.3.2.1`, sensors: [["{3|'fan '}", 4, "state", { ok: [2], bad: [3] }]] },
    {
      of: `${FOUNDRY}.1.4.1.1`,
      sensors: [["unit {i0} temperature", 4, "°C", { factor: 0.5, none: [0] }]],
    },
    {
      of: `${FOUNDRY}.3.3.6.1`,
      families: {
        optics: {
          name: "{port}",
          values: { temperatureC: 1, txDbm: 2, rxDbm: 3, biasMa: 4 },
        },
      },
    },
  ],
}

export const fortinet: Profile = {
  name: "fortinet",
  objectIds: ["12356"],
  tables: [
    {
      of: `${FORTINET}.4.1`,
      isScalars: true,
      cpu: [["cpu", 3]],
      memory: [{ total: [5, 1_024], percent: 4 }],
      families: { "device-counts": { name: "sessions", values: { value: 8 } } },
    },
    {
      // FortiSwitch
      of: `${E}.12356.106.4.1`,
      isScalars: true,
      cpu: [["cpu", 2]],
      memory: [{ total: [4, 1_024], used: [3, 1_024] }],
    },
    {
      of: `${FORTINET}.4.3.2.1`,
      sensors: [["{2}", 4, "state", { ok: [0], bad: [1] }]],
    },
  ],
}
