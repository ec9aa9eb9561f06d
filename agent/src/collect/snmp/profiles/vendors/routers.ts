/**
 * Routers, firewalls, controllers: Adtran, Peplink, Teltonika, Palo Alto, packet filters of BSD,
 * Ruckus, Aruba; optics of D-Link; FSP 3000 of Adva.
 */
import type { Profile } from "../profile.ts"

const E = "1.3.6.1.4.1"
const ADTRAN = `${E}.664.5.53.1.4`
const PEPLINK = `${E}.23695.200.1`
const FSP = `${E}.2544.1.11.11`

export const adtran: Profile = {
  name: "adtran",
  objectIds: ["664"],
  tables: [
    {
      of: ADTRAN,
      isScalars: true,
      cpu: [["cpu", 4]],
      memory: [{ total: 7, free: 8 }],
    },
    {
      // ADTRAN-GENPROCESSES-MIB of access nodes
      of: `${E}.664.5.70.22.2.1.1`,
      memory: [{ total: 1, used: 2 }],
    },
    {
      // Hundredths of a percent
      of: `${E}.664.5.70.22.2.2.1`,
      cpu: [["cpu {index}", 1, 0.01]],
    },
    {
      // ADTRAN-TA5000FAN-MIB
      of: `${E}.664.2.751.2.1.1`,
      sensors: [
        ["slot {index} fan 1 speed", 1, "rpm"],
        ["slot {index} fan 2 speed", 2, "rpm"],
        ["slot {index} fan 3 speed", 3, "rpm"],
        ["slot {index} fan 4 speed", 4, "rpm"],
        ["slot {index} auxiliary voltage", 7, "V", { none: [0] }],
      ],
    },
  ],
}

export const peplink: Profile = {
  name: "peplink",
  objectIds: ["23695", "27662"],
  tables: [
    {
      of: `${PEPLINK}.1.1`,
      isScalars: true,
      cpu: [["cpu", "3.1"]],
      sensors: [["temperature", "4.4.1", "°C", { none: [0] }]],
    },
    { of: `${PEPLINK}.1.1.4.2.1`, sensors: [["fan {index} speed", 3, "rpm", { none: [0] }]] },
    {
      of: `${PEPLINK}.12.1.1.1`,
      families: {
        lte: {
          name: "WAN {2|index}",
          values: {
            rssiDbm: { at: 3, min: -150, max: -1 },
            sinrDb: { at: 5, min: -50, max: 50 },
            rsrpDbm: { at: 7, min: -160, max: -1 },
            rsrqDb: { at: 8, min: -50, max: 20 },
          },
        },
      },
    },
  ],
}

export const teltonika: Profile = {
  name: "teltonika",
  objectIds: ["48690"],
  tables: [
    { of: `${E}.48690.1`, isScalars: true, cpu: [["cpu", 8]] },
    {
      of: `${E}.48690.2.2.1`,
      sensors: [["modem {index} temperature", 17, "°C", { factor: 0.1, none: [0] }]],
      families: {
        lte: {
          name: "modem {index}",
          values: { rssiDbm: 12, sinrDb: 19, rsrpDbm: 20, rsrqDb: 21 },
        },
      },
    },
  ],
}

export const paloAlto: Profile = {
  name: "palo-alto",
  objectIds: ["25461"],
  tables: [
    {
      of: `${E}.25461.2.1.2.3`,
      isScalars: true,
      sensors: [["session table used", 1, "%", { min: 0, max: 100 }]],
      families: { "device-counts": { name: "sessions", values: { value: 3 } } },
    },
  ],
}

/** BEGEMOT-PF-MIB. */
export const packetFilter: Profile = {
  name: "packet-filter",
  objectIds: ["12325", "8072.3.2.8"],
  descr: /^(?:pfSense|FreeBSD)/,
  tables: [
    {
      of: `${E}.12325.1.200.1.3`,
      isScalars: true,
      families: { "device-counts": { name: "tracked connections", values: { value: 1 } } },
    },
  ],
}

/** Controllers and access points of Ruckus. */
export const ruckus: Profile = {
  name: "ruckus",
  objectIds: ["25053"],
  tables: [
    {
      of: `${E}.25053.1.1.11.1.1.1`,
      isScalars: true,
      cpu: [["cpu", 1]],
      memory: [{ percent: 2 }],
    },
    {
      of: `${E}.25053.1.2.1.1.1.15`,
      isScalars: true,
      cpu: [["cpu", 13]],
      memory: [{ percent: 14 }],
      families: {
        "device-counts": [
          { name: "access points", values: { value: 1 } },
          { name: "wireless clients", values: { value: 2 } },
        ],
      },
    },
    {
      of: `${E}.25053.1.4.1.1.1.15`,
      isScalars: true,
      families: {
        "device-counts": [
          { name: "access points", values: { value: 1 } },
          { name: "wireless clients", values: { value: 2 } },
        ],
      },
    },
  ],
}

/** Wireless controllers of Aruba: each processor, and memory in kilobytes. */
export const arubaController: Profile = {
  name: "aruba-controller",
  objectIds: ["14823"],
  tables: [
    { of: `${E}.14823.2.2.1.1.1.9.1`, cpu: [["{2|'processor '}", 3]] },
    {
      of: `${E}.14823.2.2.1.1.1.11.1`,
      memory: [{ name: "memory {index}", total: [2, 1_024], used: [3, 1_024] }],
    },
    {
      of: `${E}.14823.2.2.1.2.1.17.1`,
      sensors: [["fan {index}", 2, "state", { ok: [1], bad: [2] }]],
    },
    { of: `${E}.14823.2.3.3.1.2.1.1`, cpu: [["access point {6|'index '} cpu", 7]] },
  ],
}

/** DLINKSW-DDM-MIB: millidegrees, hundredths of a volt, tenths of a microwatt. */
export const dlinkOptics: Profile = {
  name: "d-link-optics",
  objectIds: ["171"],
  tables: [
    {
      of: `${E}.171.14.72.1.4.1.1`,
      families: {
        optics: {
          name: "{port}",
          values: {
            temperatureC: { at: 1, factor: 0.001, none: [0] },
            voltageV: { at: 7, factor: 0.01, none: [0] },
            biasMa: 13,
            txDbm: { at: 19, factor: 0.000_1, isMilliwatt: true },
            rxDbm: { at: 25, factor: 0.000_1, isMilliwatt: true },
          },
        },
      },
    },
  ],
}

/** Frames and modules of FSP 3000 R7. */
export const fsp3000: Profile = {
  name: "fsp3000",
  objectIds: ["2544.1.11"],
  tables: [
    {
      of: `${FSP}.1.2.1.1.1`,
      sensors: [
        ["module {index}", 5, "°C", { factor: 0.1, min: -60, max: 200 }],
        ["module {index} current", 6, "A", { factor: 0.001, none: [0, 4_294_967_295] }],
        ["module {index} voltage", 7, "V", { factor: 0.001, none: [0, 4_294_967_295] }],
      ],
    },
    {
      of: `${FSP}.7.2.1.1.1`,
      families: {
        optics: {
          name: "{port|'facility '}",
          values: {
            txDbm: { at: 1, factor: 0.1, none: [-2_147_483_648, -65_535], min: -90, max: 60 },
            rxDbm: { at: 2, factor: 0.1, none: [-2_147_483_648, -65_535], min: -90, max: 60 },
          },
        },
      },
    },
  ],
}
