/** Power: supplies without interruption and distribution of APC, Eaton, Tripp Lite, ICT. */
import type { Profile } from "../profile.ts"

const E = "1.3.6.1.4.1"
const APC = `${E}.318.1.1`
const XUPS = `${E}.534.1`
const EPDU = `${E}.534.6.6.7`
const TRIPP = `${E}.850.1.1.3.1.3`
const ICT = `${E}.39145`

export const apc: Profile = {
  name: "apc",
  objectIds: ["318"],
  tables: [
    {
      // PowerNet-MIB: the precise values in tenths, before the whole ones of the same names
      of: `${APC}.1`,
      isScalars: true,
      sensors: [
        ["battery charge", "2.3.1", "%", { factor: 0.1, none: [-1], min: 0, max: 100 }],
        ["battery temperature", "2.3.2", "°C", { factor: 0.1, none: [-1, 0] }],
        ["battery voltage", "2.3.4", "V", { factor: 0.1, none: [-1] }],
        ["input voltage", "3.3.1", "V", { factor: 0.1, none: [-1] }],
        ["output voltage", "4.3.1", "V", { factor: 0.1, none: [-1] }],
        ["output load", "4.3.3", "%", { factor: 0.1, none: [-1], min: 0 }],
        ["output current", "4.3.4", "A", { factor: 0.1, none: [-1] }],
      ],
    },
    {
      of: `${APC}.1`,
      isScalars: true,
      sensors: [
        ["battery charge", "2.2.1", "%", { min: 0, max: 100 }],
        ["battery temperature", "2.2.2", "°C", { none: [0] }],
        ["battery time left", "2.2.3", "s", 0.01],
        ["battery voltage", "2.2.8", "V", { none: [0] }],
        ["battery current", "2.2.9", "A"],
        ["battery", "2.1.1", "state", { ok: [2], bad: [3, 4] }],
        ["battery replacement", "2.2.4", "state", { ok: [1], bad: [2] }],
        ["input voltage", "3.2.1", "V"],
        ["output voltage", "4.2.1", "V"],
        ["output load", "4.2.3", "%", { min: 0 }],
        ["output current", "4.2.4", "A"],
        ["output", "4.1.1", "state", { ok: [2, 4, 12], bad: [3, 6, 7, 9, 10, 11, 14, 15, 16] }],
      ],
    },
    {
      of: `${APC}.12.2.3.1.1`,
      sensors: [["phase or bank {index} current", 2, "A", 0.1]],
    },
    { of: `${APC}.26.4.3.1`, sensors: [["unit {i0} power", 5, "W", 10]] },
    {
      of: `${APC}.26.6.3.1`,
      sensors: [
        ["phase {i0} current", 5, "A", { factor: 0.1, none: [-1] }],
        ["phase {i0} voltage", 6, "V", { none: [-1] }],
        ["phase {i0} power", 7, "W", { factor: 10, none: [-1] }],
      ],
    },
    { of: `${APC}.26.8.3.1`, sensors: [["bank {i0} current", 5, "A", 0.1]] },
    { of: `${APC}.8.5.3.3.1`, sensors: [["input {i0} voltage", 3, "V", { none: [-1] }]] },
    {
      of: `${APC}.8.5.4.3.1`,
      sensors: [
        ["output voltage", 3, "V", { none: [-1] }],
        ["output current", 4, "A", { factor: 0.1, none: [-1] }],
        ["output power", 13, "W", { none: [-1] }],
      ],
    },
    {
      of: `${APC}.25.1.2.1`,
      sensors: [
        ["{3|'sensor '}", 6, "°C", { none: [-1] }],
        ["{3|'sensor '} humidity", 7, "%", { none: [-1], min: 0, max: 100 }],
      ],
    },
    {
      of: `${APC}.10.2.3.2.1`,
      sensors: [
        ["{2|'probe '}", 4, "°C", { none: [-1] }],
        ["{2|'probe '} humidity", 6, "%", { none: [-1], min: 0, max: 100 }],
      ],
    },
  ],
}

/** CPS-MIB of CyberPower: tenths. */
export const cyberPower: Profile = {
  name: "cyberpower",
  objectIds: ["3808"],
  tables: [
    {
      of: `${E}.3808.1.1.1`,
      isScalars: true,
      sensors: [
        ["battery", "2.1.1", "state", { ok: [2], bad: [3, 4] }],
        ["battery charge", "2.2.1", "%", { min: 0, max: 100 }],
        ["battery voltage", "2.2.2", "V", { factor: 0.1, none: [0] }],
        ["battery temperature", "2.2.3", "°C", { none: [0] }],
        ["battery time left", "2.2.4", "s", 0.01],
        ["battery replacement", "2.2.5", "state", { ok: [1], bad: [2] }],
        ["input voltage", "3.2.1", "V", 0.1],
        ["output", "4.1.1", "state", { ok: [2, 5, 6, 7, 10, 13], bad: [3, 4, 8, 11, 12] }],
        ["output voltage", "4.2.1", "V", 0.1],
        ["output load", "4.2.3", "%", { min: 0 }],
        ["output current", "4.2.4", "A", 0.1],
      ],
    },
  ],
}

export const eaton: Profile = {
  name: "eaton",
  objectIds: ["534"],
  tables: [
    {
      // XUPS-MIB
      of: XUPS,
      isScalars: true,
      sensors: [
        ["battery time left", "2.1", "s"],
        ["battery voltage", "2.2", "V", { none: [0] }],
        ["battery current", "2.3", "A"],
        ["battery charge", "2.4", "%", { min: 0, max: 100 }],
        ["output load", "4.1", "%", { min: 0 }],
        ["ambient temperature", "6.1", "°C", { none: [0] }],
        ["remote temperature", "6.5", "°C", { none: [0] }],
        ["remote humidity", "6.6", "%", { none: [0], min: 0, max: 100 }],
      ],
    },
    {
      of: `${XUPS}.3.4.1`,
      sensors: [
        ["input {i0} voltage", 2, "V"],
        ["input {i0} current", 3, "A"],
        ["input {i0} power", 4, "W"],
      ],
    },
    {
      of: `${XUPS}.4.4.1`,
      sensors: [
        ["output {i0} voltage", 2, "V"],
        ["output {i0} current", 3, "A"],
        ["output {i0} power", 4, "W"],
      ],
    },
    { of: `${EPDU}.3.2.1`, sensors: [["input {index} voltage", 3, "V", 0.001]] },
    { of: `${EPDU}.3.3.1`, sensors: [["input {index} current", 4, "A", 0.001]] },
    { of: `${EPDU}.3.4.1`, sensors: [["input {index} power", 4, "W"]] },
  ],
}

export const trippLite: Profile = {
  name: "tripp-lite",
  objectIds: ["850"],
  tables: [
    {
      // TRIPPLITE-PRODUCTS
      of: `${TRIPP}.1.2.1`,
      sensors: [
        ["battery {i0} voltage", 1, "V", 0.1],
        ["battery {i0} current", 2, "A", 0.01],
      ],
    },
    {
      of: `${TRIPP}.2.2.1`,
      sensors: [["input {index} voltage", 3, "V", 0.1]],
    },
  ],
}

/** Texts of volts and amperes. */
export const ict: Profile = {
  name: "ict",
  objectIds: ["39145"],
  tables: [
    {
      of: `${ICT}.10`,
      isScalars: true,
      sensors: [
        ["system voltage", 6, "V"],
        ["system current", 7, "A"],
      ],
    },
    { of: `${ICT}.10.8.1`, sensors: [["{2|'output '} current", 3, "A"]] },
    {
      of: `${ICT}.10.10.1`,
      sensors: [
        ["{2|'bus '} voltage", 3, "V"],
        ["{2|'bus '} current", 4, "A"],
      ],
    },
    ...["11", "13"].map((series) => ({
      of: `${ICT}.${series}`,
      isScalars: true as const,
      sensors: [
        ["input voltage", 6, "V"],
        ["output voltage", 7, "V"],
        ["output current", 8, "A"],
      ] as const,
    })),
    {
      of: `${ICT}.11`,
      isScalars: true,
      sensors: [
        ["battery voltage", 10, "V"],
        ["battery current", 11, "A"],
        ["battery temperature", 12, "°C"],
        ["battery charge", 13, "%", { min: 0, max: 100 }],
      ],
    },
  ],
}
