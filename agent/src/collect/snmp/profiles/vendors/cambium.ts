/** Cambium PMP and PTP (Canopy), ePMP, cnMatrix. */
import type { Profile, TableProfile } from "../profile.ts"

const W = "1.3.6.1.4.1.161.19.3"
const EPMP = "1.3.6.1.4.1.17713.21"
const ISS = "1.3.6.1.4.1.2076"
const PTP = "1.3.6.1.4.1.17713"

/** phyStatus of the PTP 250, 300, 500, 600 and 800: tenths of a dBm. */
const phyStatus = (root: string): TableProfile => ({
  of: `${PTP}.${root}`,
  isScalars: true,
  sensors: [
    ["vector error", 2, "dB", 0.1],
    ["link loss", 5, "dB", 0.1],
    ["signal strength ratio", 13, "dB", 0.1],
    ["receive frequency", 11, "MHz", { none: [0], min: 1_000 }],
  ],
  families: {
    wireless: {
      name: "{radio}",
      values: {
        signalDbm: [1, 0.1],
        txPowerDbm: [3, 0.1],
        frequencyMhz: { at: 12, none: [0], min: 1_000 },
      },
    },
  },
})
/** kbit/s. */
const dataRates = (root: string): TableProfile => ({
  of: `${PTP}.${root}`,
  isScalars: true,
  sensors: [
    ["receive data rate", 1, "bit/s", 1_000],
    ["transmit data rate", 2, "bit/s", 1_000],
    ["aggregate data rate", 3, "bit/s", 1_000],
  ],
  families: {
    wireless: { name: "{radio}", values: { rxRateBps: [1, 1_000], txRateBps: [2, 1_000] } },
  },
})
/** Of the PTP 650 and 670: more before the powers. */
const phyStatus650 = (root: string): TableProfile => ({
  of: `${PTP}.${root}`,
  isScalars: true,
  sensors: [
    ["link loss", 1, "dB", 0.1],
    ["received power", 2, "dBm", 0.1],
    ["vector error", 3, "dB", 0.1],
    ["signal strength ratio", 9, "dB", 0.1],
    ["receive frequency", 7, "MHz", { none: [0] }],
  ],
  families: {
    wireless: {
      name: "{radio}",
      values: {
        txPowerDbm: [4, 0.1],
        signalDbm: [12, 0.1],
        frequencyMhz: { at: 8, none: [0] },
      },
    },
  },
})

export const cambium: Profile = {
  name: "cambium",
  objectIds: ["161", "17713"],
  tables: [
    {
      // WHISP-BOX-MIB
      of: `${W}.3.1`,
      isScalars: true,
      sensors: [["temperature", 35, "°C", { none: [0] }]],
    },
    {
      // WHISP-APS-MIB
      of: `${W}.1`,
      isScalars: true,
      sensors: [
        ["GPS", "3.1", "state", { ok: [1], bad: [0, 2, 3] }],
        ["downlink use, 1 min", "12.1.1", "%", { min: 0, max: 100 }],
        ["uplink use, 1 min", "12.1.2", "%", { min: 0, max: 100 }],
        ["downlink use, 5 min", "12.2.1", "%", { min: 0, max: 100 }],
        ["uplink use, 5 min", "12.2.2", "%", { min: 0, max: 100 }],
        ["downlink use, 15 min", "12.3.1", "%", { min: 0, max: 100 }],
        ["uplink use, 15 min", "12.3.2", "%", { min: 0, max: 100 }],
      ],
      families: {
        wireless: {
          name: "{radio}",
          values: { clients: "7.1", frequencyMhz: { at: "7.37", factor: 0.001, none: [0] } },
        },
      },
    },
    {
      // linkTable of an access point: one row a subscriber
      of: `${W}.1.4.1`,
      families: {
        registration: {
          name: "{3|33|'subscriber '}",
          values: { signalDbm: 35, snrDb: 74 },
        },
      },
    },
    {
      // WHISP-SM-MIB
      of: `${W}.2.2`,
      isScalars: true,
      sensors: [
        ["horizontal power", 117, "dBm", { none: [0] }],
        ["vertical power", 118, "dBm", { none: [0] }],
        ["signal to noise, horizontal", 106, "dB"],
        ["signal to noise, vertical", 95, "dB"],
        ["power balance", 94, "dB"],
        ["distance", 88, "m", 0.149_896],
      ],
      families: {
        wireless: {
          name: "{radio}",
          values: {
            signalDbm: { at: 21, none: [0] },
            frequencyMhz: { at: 67, factor: 0.001, none: [0] },
          },
        },
      },
    },
    {
      // CAMBIUM-PMP80211-MIB
      of: EPMP,
      isScalars: true,
      cpu: [["cpu", "2.1.64", 0.1]],
      sensors: [
        ["downlink RSSI", "1.2.3", "dBm", { none: [0], max: 0 }],
        ["downlink signal to noise", "1.2.18", "dB", { none: [0] }],
        ["GPS satellites tracked", "1.3.6", "count"],
        ["GPS satellites visible", "1.3.7", "count"],
        ["GPS sync", "1.1.7", "state", { ok: [1, 3, 4, 5], bad: [2] }],
        ["radar detections", "2.1.36", "count"],
        ["radar", "1.1.6", "state", { ok: [1, 2, 3], bad: [4, 5, 6] }],
      ],
      families: {
        wireless: {
          name: "{radio}",
          values: {
            frequencyMhz: { at: "1.2.1", none: [0] },
            clients: "1.2.10",
            txPowerDbm: "1.2.7",
            distanceM: { at: "1.2.12", factor: 1_000 },
          },
        },
      },
    },
    {
      of: `${EPMP}.1.2.30.1`,
      families: {
        registration: {
          name: "{mac:1|'station '}",
          values: { signalDbm: 4, farSignalDbm: 5, snrDb: 6 },
        },
      },
    },
    {
      // ARICENT-ISS-MIB on cnMatrix
      of: `${ISS}.81.1`,
      isScalars: true,
      cpu: [["cpu", 68]],
      memory: [{ percent: 73 }],
      sensors: [
        ["temperature", 66, "°C", { none: [0] }],
        ["flash used", 74, "%", { min: 0, max: 100 }],
      ],
    },
    {
      of: `${ISS}.103.1.3.1`,
      families: {
        poe: {
          name: "{port|'port '}",
          values: { milliamps: 3, volts: [4, 0.1], watts: [5, 0.001] },
        },
      },
    },
    ...["1.12", "5.12", "6.12", "8.12", "250.5"].map(phyStatus),
    ...["7.12", "11.12"].map(phyStatus650),
    ...["5.20", "6.20", "7.20", "8.20", "11.20", "250.11"].map(dataRates),
    {
      // CAMBIUM-MIB of cnPilot
      of: `${PTP}.22.1.1.1`,
      isScalars: true,
      cpu: [["cpu", 6]],
      families: { "device-counts": { name: "wireless clients", values: { value: 14 } } },
    },
    {
      of: `${PTP}.22.1.2.1`,
      families: {
        wireless: {
          name: "radio {3|index}",
          values: {
            clients: 5,
            frequencyMhz: { at: 6, isChannel: true },
            txPowerDbm: 8,
            noiseDbm: { at: 16, none: [0], max: -1 },
          },
        },
      },
    },
  ],
}
