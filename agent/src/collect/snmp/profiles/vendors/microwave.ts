/** Microwave links: Aviat, Ceragon, Siklu, Mimosa, SAF, SIAE. */
import type { Profile } from "../profile.ts"
import { integras } from "./radios.ts"

const AVIAT = "1.3.6.1.4.1.2509.9"
const CERAGON = "1.3.6.1.4.1.2281.10"
const SIKLU = "1.3.6.1.4.1.31926"
const MIMOSA = "1.3.6.1.4.1.43356.2.1.2"
const SAF = "1.3.6.1.4.1.7571.100.1.1"

export const aviat: Profile = {
  name: "aviat",
  objectIds: ["2509"],
  tables: [
    {
      of: `${AVIAT}.3.2.1.1`,
      families: {
        wireless: {
          name: "{entity|'carrier '}",
          values: { txRateBps: [11, 1_000], rxRateBps: [12, 1_000] },
        },
      },
    },
    {
      of: `${AVIAT}.5.2.1.1`,
      families: {
        wireless: { name: "{entity|'carrier '}", values: { frequencyMhz: [1, 0.001] } },
      },
    },
    {
      of: `${AVIAT}.15.2.2.1`,
      families: { wireless: { name: "{entity|'carrier '}", values: { signalDbm: [4, 0.1] } } },
    },
    {
      of: `${AVIAT}.33.2.2.1`,
      sensors: [["{entity|'carrier '} signal to noise", 3, "dB", 0.1]],
      families: { wireless: { name: "{entity|'carrier '}", values: { txPowerDbm: [7, 0.1] } } },
    },
  ],
}

export const ceragon: Profile = {
  name: "ceragon",
  objectIds: ["2281"],
  tables: [
    {
      // MWRM-RADIO-MIB: genEquipRfuStatusTable
      of: `${CERAGON}.5.1.1`,
      sensors: [
        ["{port|'radio '} temperature", 4, "°C", { none: [0] }],
        ["{port|'radio '} amplifier temperature", 24, "°C", { none: [0] }],
      ],
      families: {
        wireless: {
          name: "{port|'radio '}",
          values: { signalDbm: 2, txPowerDbm: 3 },
        },
      },
    },
    {
      // genEquipRfuCfgTable: kHz
      of: `${CERAGON}.5.2.1`,
      sensors: [["{port|'radio '} receive frequency", 4, "MHz", { factor: 0.001, none: [0] }]],
      families: {
        wireless: {
          name: "{port|'radio '}",
          values: { frequencyMhz: { at: 3, factor: 0.001, none: [0] } },
        },
      },
    },
    {
      of: `${CERAGON}.7.1.1`,
      sensors: [
        ["{port|'radio '} MSE", 2, "dB", 0.01],
        ["{port|'radio '} XPI", 5, "dB", 0.01],
      ],
    },
    {
      of: `${CERAGON}.7.4.1.1`,
      families: {
        wireless: {
          name: "{port|'radio '}",
          values: { txRateBps: [7, 1_000], rxRateBps: [11, 1_000] },
        },
      },
    },
    {
      of: `${CERAGON}.1.1`,
      isScalars: true,
      sensors: [
        ["unit temperature", 9, "°C", { none: [0] }],
        ["input voltage", 10, "V", { none: [0] }],
      ],
    },
  ],
}

export const siklu: Profile = {
  name: "siklu",
  objectIds: ["31926"],
  tables: [
    {
      of: `${SIKLU}.1`,
      isScalars: true,
      sensors: [
        ["input voltage", 1, "V"],
        ["temperature", 2, "°C"],
      ],
    },
    {
      of: `${SIKLU}.2.1.1`,
      sensors: [["{port|'radio '} CINR", 18, "dB"]],
      families: {
        wireless: {
          name: "{port|'radio '}",
          values: {
            frequencyMhz: { at: 4, above: [1_000_000, 0.001] },
            signalDbm: 19,
            txPowerDbm: 42,
          },
        },
      },
    },
  ],
}

export const mimosa: Profile = {
  name: "mimosa",
  objectIds: ["43356"],
  tables: [
    {
      of: `${MIMOSA}.1`,
      isScalars: true,
      sensors: [["temperature", 8, "°C", { factor: 0.1, none: [0] }]],
    },
    {
      // mimosaStreamTable
      of: `${MIMOSA}.6.1.1`,
      sensors: [
        ["stream {i-1} transmit power", 2, "dBm", { factor: 0.1, none: [0] }],
        ["stream {i-1} receive power", 3, "dBm", { factor: 0.1, none: [0] }],
        ["stream {i-1} noise", 4, "dBm", { factor: 0.1, none: [0] }],
        ["stream {i-1} signal to noise", 5, "dB", 0.1],
        ["stream {i-1} frequency", 6, "MHz", { none: [0] }],
      ],
    },
    {
      of: MIMOSA,
      isScalars: true,
      sensors: [
        ["transmit packet errors", "7.3", "%", { factor: 0.01, min: 0, max: 100 }],
        ["receive packet errors", "7.4", "%", { factor: 0.01, min: 0, max: 100 }],
      ],
      families: {
        wireless: {
          name: "{radio}",
          values: {
            txPowerDbm: ["6.2", 0.1],
            signalDbm: { at: "6.3", factor: 0.1, none: [0] },
            txRateBps: ["7.1", 1_000],
            rxRateBps: ["7.2", 1_000],
          },
        },
      },
    },
    {
      // mimosaPhyTable: Mbit/s of each stream
      of: `${MIMOSA}.6.2.1`,
      sensors: [
        ["stream {i-1} transmit rate", 2, "bit/s", 1_000_000],
        ["stream {i-1} receive rate", 5, "bit/s", 1_000_000],
      ],
    },
    {
      of: `${MIMOSA}.2`,
      isScalars: true,
      sensors: [["satellite signal", 5, "state", { ok: [1], bad: [2] }]],
    },
    {
      // mimosaPtmpChannelPowerTable of A5 and C5
      of: `${MIMOSA}.9.3.3.1`,
      sensors: [["{2|'radio '} minimum receive power", 12, "dBm", { none: [0] }]],
      families: {
        wireless: { name: "{2|'radio '}", values: { frequencyMhz: 7, txPowerDbm: 10 } },
      },
    },
  ],
}

export const saf: Profile = {
  name: "saf",
  objectIds: ["7571"],
  tables: [
    {
      of: `${SAF}.5.1.1.1`,
      isScalars: true,
      sensors: [["temperature", 5, "°C", { none: [0] }]],
    },
    ...integras,
  ],
}
