/** Access: ZTE, V-SOL, C-Data, FiberHome, Raisecom, Adva, Calix, DASAN. */
import type { Profile } from "../profile.ts"

const ZTE = "1.3.6.1.4.1.3902"
const VSOL = "1.3.6.1.4.1.37950.1.1.5"
const CDATA = "1.3.6.1.4.1.34592.1.3"
const FIBERHOME = "1.3.6.1.4.1.3807.1.8012.1"
const RAISECOM = "1.3.6.1.4.1.8886"
const ADVA = "1.3.6.1.4.1.2544.1.12"
const MEBI = 1_048_576
const NONE = [2_147_483_647, -2_147_483_648, -1]

export const zte: Profile = {
  name: "zte",
  objectIds: ["3902"],
  tables: [
    {
      // ZXAN cards of C300, C320, C600
      of: `${ZTE}.1082.10.1.2.4.1`,
      cpu: [["card {4|'slot '}", 9]],
      memory: [
        { name: "card {4|'slot '}", total: { at: 19, factor: MEBI, none: [0] }, percent: 11 },
      ],
    },
    {
      of: `${ZTE}.1082.10.10.2.1.6.1`,
      sensors: [
        ["card {i-1} temperature", 2, "°C", { none: [0, 2_147_483_647] }],
        ["card {i-1} power", 3, "W", { factor: 0.001, none: [2_147_483_647] }],
        ["card {i-1} voltage", 4, "V", { factor: 0.001, none: [0, 2_147_483_647] }],
        ["card {i-1} current", 5, "A", { factor: 0.001, none: [0, 2_147_483_647] }],
      ],
    },
    {
      of: `${ZTE}.1082.10.10.2.4.11.1`,
      sensors: [
        ["fan {i-1} speed", 7, "rpm"],
        ["fan {i-1}", 5, "state", { ok: [1], bad: [2] }],
        ["fan {i-1} online", 6, "state", { ok: [1], bad: [2] }],
      ],
    },
    {
      of: `${ZTE}.1082.10.10.2.3.11.1`,
      sensors: [
        ["input {i-1} voltage", 2, "V"],
        ["input {i-1}", 3, "state", { ok: [1], bad: [2, 3, 4] }],
      ],
    },
    {
      // zxAnCardTable: cards that are configured
      of: `${ZTE}.1082.10.1.2.4.1`,
      when: [{ at: 2, not: [0] }],
      sensors: [
        [
          "card {4|'slot '} ({index})",
          5,
          "state",
          { ok: [1], bad: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 34] },
        ],
      ],
    },
    {
      // zxr10CpusystemTable and the others of ZXR10-SYSTEM-HARDWARE-MIB
      of: `${ZTE}.3.6002.2.1.1`,
      cpu: [["cpu {index}", 7]],
    },
    {
      of: `${ZTE}.3.6002.2.5.1`,
      sensors: [["board {index} temperature", 9, "°C", { none: [0, -1, 65_535], max: 200 }]],
    },
    {
      of: `${ZTE}.3.6002.2.4.1`,
      sensors: [["chassis {index} temperature", 3, "°C", { none: [0, -1, 65_535], max: 200 }]],
    },
    {
      of: `${ZTE}.3.6002.2.3.1`,
      sensors: [
        ["fan {index} speed", 14, "%", { min: 0, max: 100 }],
        ["fan {index}", 7, "state", { ok: [1], bad: [0] }],
      ],
    },
    {
      of: `${ZTE}.3.6002.2.6.2.1`,
      sensors: [
        ["power {index}", 7, "state", { ok: [1], bad: [2] }],
        ["power {index} present", 4, "state", { ok: [1], bad: [2] }],
      ],
    },
    {
      of: `${ZTE}.3.6002.2.6.3.1`,
      sensors: [["power {index} output voltage", 5, "V", { none: [0, 2_147_483_647] }]],
    },
    {
      // zxAnOpticalModuleMonTable of older releases
      of: `${ZTE}.1015.3.1.13.1`,
      families: {
        optics: {
          name: "{port|'port '}",
          values: {
            rxDbm: { at: 1, factor: 0.001, none: NONE, min: -60, max: 100 },
            txDbm: { at: 4, factor: 0.001, none: NONE, min: -60, max: 100 },
            biasMa: { at: 9, factor: 0.001, none: NONE, max: 10_000 },
            voltageV: { at: 10, factor: 0.001, none: [0, ...NONE], max: 100 },
            temperatureC: { at: 12, factor: 0.001, none: NONE, max: 1_000 },
          },
        },
      },
    },
    {
      of: `${ZTE}.1015.2.1.1.3.1`,
      cpu: [["card {i-1}", 9]],
      memory: [{ name: "card {i-1}", percent: 11 }],
    },
    {
      // zxr10SystemUnitTable, in bytes
      of: `${ZTE}.3.3.1.1`,
      cpu: [["unit {index} cpu", 12]],
      memory: [{ name: "unit {index} memory", total: 3, used: 4 }],
    },
    {
      of: `${ZTE}.3.2.3.1`,
      sensors: [
        ["slot {index} temperature", 10, "°C", { none: [0, -1, 65_535], min: -60, max: 200 }],
      ],
    },
    {
      of: `${ZTE}.1082.30.40.2.4.1`,
      families: {
        optics: {
          name: "{port|'port '}",
          values: {
            rxDbm: { at: 2, factor: 0.001, none: [2_147_483_647] },
            txDbm: { at: 3, factor: 0.001, none: [2_147_483_647] },
            biasMa: { at: 5, factor: 0.001, none: [2_147_483_647] },
            voltageV: { at: 6, factor: 0.001, none: [2_147_483_647] },
            temperatureC: { at: 8, factor: 0.001, none: [2_147_483_647] },
          },
        },
      },
    },
  ],
}

export const vsol: Profile = {
  name: "vsol",
  objectIds: ["37950"],
  tables: [
    {
      of: `${VSOL}.10.12`,
      isScalars: true,
      cpu: [["cpu", 3]],
      memory: [{ percent: 4 }],
      sensors: [["temperature", "5.9", "°C", { none: [0] }]],
    },
    {
      // Optical modules of the ports, as text
      of: `${VSOL}.10.13.1.1`,
      families: {
        optics: {
          name: "{port|'PON '}",
          values: { temperatureC: 2, voltageV: 3, biasMa: 4, txDbm: 5 },
        },
      },
    },
    {
      // Customers' units: "0.03 mW (-14.89 dBm)" and their names
      of: `${VSOL}.12.2.1.8.1`,
      sensors: [
        [`ONU {i0}/{i1} temperature`, 3, "°C"],
        [`ONU {i0}/{i1} received power`, 7, "dBm", { after: "(" }],
      ],
    },
  ],
}

export const cdata: Profile = {
  name: "cdata",
  objectIds: ["17409", "34592"],
  tables: [
    {
      of: `${CDATA}.100.1.8`,
      cpu: [["cpu", 1]],
      memory: [{ total: [2, MEBI], free: [3, MEBI] }],
      sensors: [["temperature", 6, "°C", 0.1]],
    },
    {
      of: "1.3.6.1.4.1.17409.2.3.1",
      cpu: [["cpu", "3.1.1.8"]],
      memory: [{ total: ["3.1.1.9", MEBI], free: ["3.1.1.10", MEBI] }],
    },
  ],
}

export const fiberhome: Profile = {
  name: "fiberhome",
  objectIds: ["3807"],
  tables: [
    {
      of: `${FIBERHOME}.4.1.1`,
      cpu: [["{12|'cpu '}", 2, 0.01]],
      sensors: [["{12|'cpu '}", 7, "state", { ok: [0] }]],
    },
    {
      of: `${FIBERHOME}.5.4.1`,
      memory: [{ name: "{19|'memory '}", used: 7, total: 11 }],
    },
    {
      of: `${FIBERHOME}.2.1.1`,
      sensors: [["{13|'power '}", 3, "state", { ok: [0], bad: [1] }]],
    },
    { of: `${FIBERHOME}.6.2.1`, sensors: [["temperature {i-1}", 5, "°C", { none: [0] }]] },
    { of: `${FIBERHOME}.7.2.1`, sensors: [["voltage {i-1}", 5, "V", 0.001]] },
    { of: `${FIBERHOME}.3.1.1`, sensors: [["fan {i-1}", 3, "state", { ok: [0], bad: [1] }]] },
  ],
}

export const raisecom: Profile = {
  name: "raisecom",
  objectIds: ["8886"],
  tables: [
    {
      // One second, five, one minute, ten minutes, two hours: index 3 is a minute
      of: `${RAISECOM}.60.1.1.1.2.1.1.1`,
      when: [{ at: "i0", is: [3] }],
      cpu: [["cpu", "3"]],
    },
    {
      of: `${RAISECOM}.1.1.1.5.1.1.1`,
      when: [{ at: "i-1", is: [3] }],
      cpu: [["cpu", 3]],
    },
    {
      of: `${RAISECOM}.60.1.3.1.1`,
      isScalars: true,
      memory: [{ total: [1, 1_024], free: [2, 1_024] }],
    },
    {
      of: `${RAISECOM}.1.1.3.1.1`,
      isScalars: true,
      memory: [{ total: 1, free: 4 }],
    },
    {
      // By port and quantity: temperature, supply, bias, sent and received power
      of: `${RAISECOM}.60.18.1.2.2.1.1`,
      families: {
        optics: [
          {
            name: "{port:i0}",
            when: [{ at: "i1", is: [1] }],
            values: { temperatureC: [2, 0.001] },
          },
          { name: "{port:i0}", when: [{ at: "i1", is: [2] }], values: { biasMa: [2, 0.001] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [3] }], values: { txDbm: [2, 0.001] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [4] }], values: { rxDbm: [2, 0.001] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [5] }], values: { voltageV: [2, 0.001] } },
        ],
      },
    },
    {
      of: `${RAISECOM}.1.18.2.2.1.1`,
      families: {
        optics: [
          {
            name: "{port:i0}",
            when: [{ at: "i1", is: [1] }],
            values: { temperatureC: [2, 0.001] },
          },
          { name: "{port:i0}", when: [{ at: "i1", is: [2] }], values: { biasMa: [2, 0.001] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [3] }], values: { txDbm: [2, 0.001] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [4] }], values: { rxDbm: [2, 0.001] } },
          { name: "{port:i0}", when: [{ at: "i1", is: [5] }], values: { voltageV: [2, 0.001] } },
        ],
      },
    },
    {
      of: `${RAISECOM}.1.1.4.2.1`,
      isScalars: true,
      sensors: [["temperature", 1, "°C", { none: [0] }]],
    },
    { of: `${RAISECOM}.1.1.4.3.1.1`, sensors: [["voltage {i-1}", 3, "V", 0.001]] },
    {
      of: `${RAISECOM}.1.1.5.2.2.1`,
      sensors: [
        ["fan {i-1} speed", 2, "rpm"],
        ["fan {i-1}", 3, "state", { ok: [1], bad: [2] }],
      ],
    },
  ],
}

export const adva: Profile = {
  name: "adva",
  objectIds: ["2544"],
  tables: [
    // Cards of FSP 150: the temperature and voltage of each kind are columns of a table of its own
    ...[57, 38, 47, 26, 30, 10, 11, 42, 60, 65].map((kind) => ({
      of: `${ADVA}.3.1.${kind}.1`,
      sensors: [
        [`card ${kind} temperature`, 6, "°C", { none: [0], min: 1, max: 150 }],
        [`card ${kind} voltage`, 5, "V", { factor: 0.001, none: [0], min: 1 }],
      ] as const,
    })),
    {
      // Ports of all kinds: bias current, sent and received power in dBm
      of: `${ADVA}.5.1.1.1`,
      families: {
        optics: {
          name: "{port:i-1|'port '}",
          values: {
            biasMa: { at: 32, none: [-2_147_483_648] },
            txDbm: { at: 33, none: [-2_147_483_648] },
            rxDbm: { at: 34, none: [-2_147_483_648] },
          },
        },
      },
    },
  ],
}

export const dasan: Profile = {
  name: "dasan",
  objectIds: ["6296"],
  tables: [
    {
      of: "1.3.6.1.4.1.6296.9.1.1.1",
      isScalars: true,
      cpu: [["cpu", 9]],
      memory: [{ total: 14, used: 15 }],
    },
  ],
}
