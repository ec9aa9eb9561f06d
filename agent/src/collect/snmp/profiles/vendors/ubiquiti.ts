/** Ubiquiti airOS, airFiber, airFiber 60 and Wave, UniFi. */
import type { Profile } from "../profile.ts"

const U = "1.3.6.1.4.1.41112.1"
/** FROGFOOT-RESOURCES-MIB, in kilobytes. */
const FROGFOOT = "1.3.6.1.4.1.10002.1.1.1"

export const ubiquiti: Profile = {
  name: "ubiquiti",
  objectIds: ["10002", "41112"],
  descr: /^(?:Linux|UAP|US[WLP]?-|U6|U7|UDM|UBB|UXG|U-LTE|EdgeSwitch)/,
  tables: [
    {
      // UBNT-AirMAX-MIB
      of: `${U}.4.8`,
      isScalars: true,
      // 400 is 4 %
      cpu: [["cpu", 3, 0.01]],
      sensors: [
        // airOS 8 has some in 1/10,000,000 degrees.
        ["temperature", 4, "°C", { above: [1_000, 1e-7], none: [0], min: -60, max: 150 }],
      ],
    },
    {
      of: `${U}.4.1.1`,
      families: {
        wireless: {
          name: "{radio}",
          values: { frequencyMhz: { at: 4, none: [0] }, txPowerDbm: 6, distanceM: 7 },
        },
      },
    },
    {
      of: `${U}.4.2.1`,
      sensors: [["chain {i-1} RSSI", 2, "dB"]],
    },
    {
      of: `${U}.4.5.1`,
      sensors: [["RSSI", 6, "dB"]],
      families: {
        wireless: {
          name: "{radio}",
          values: {
            signalDbm: { at: 5, none: [0] },
            ccqPercent: 7,
            noiseDbm: { at: 8, none: [0] },
            txRateBps: 9,
            rxRateBps: 10,
            clients: 15,
          },
        },
      },
    },
    {
      of: `${U}.4.6.1`,
      sensors: [
        ["airMAX quality", 3, "%", { min: 0, max: 100 }],
        ["airMAX capacity", 4, "%", { min: 0, max: 100 }],
        ["airtime", 7, "%", { factor: 0.1, min: 0, max: 100 }],
      ],
    },
    {
      of: `${U}.4.7.1`,
      families: {
        registration: {
          name: "{mac:1|mac:i1}",
          values: {
            signalDbm: 3,
            txCcqPercent: 6,
            txRateBps: 11,
            rxRateBps: 12,
            uptimeS: [15, 0.01],
          },
        },
      },
    },
    {
      // UBNT-AirFIBER-MIB: the configuration has the transmit power, in dBm of EIRP
      of: `${U}.3.1.1`,
      sensors: [
        ["transmit frequency", 5, "MHz", { above: [1_000_000, 0.001] }],
        ["receive frequency", 6, "MHz", { above: [1_000_000, 0.001] }],
      ],
      families: {
        wireless: {
          name: "{radio}",
          values: { txPowerDbm: 9, frequencyMhz: { at: 5, above: [1_000_000, 0.001] } },
        },
      },
    },
    {
      of: `${U}.3.2.1`,
      sensors: [
        ["radio 0 temperature", 8, "°C"],
        ["radio 1 temperature", 10, "°C"],
        ["chain 0 power", 11, "dBm", { none: [0] }],
        ["chain 1 power", 14, "dBm", { none: [0] }],
      ],
      families: {
        wireless: {
          name: "{radio}",
          values: { distanceM: 4, rxRateBps: 5, txRateBps: 6, signalDbm: { at: 11, none: [0] } },
        },
      },
    },
    {
      // UI-AF60-MIB
      of: `${U}.11.1.1`,
      families: {
        wireless: { name: "{radio}", values: { frequencyMhz: { at: 2, none: [0] } } },
      },
    },
    {
      of: `${U}.11.1.2`,
      cpu: [["cpu", 6]],
      sensors: [["temperature", 5, "°C", { none: [0] }]],
    },
    {
      of: `${U}.11.1.3`,
      families: {
        registration: {
          name: "{mac:2|mac:1}",
          values: { signalDbm: 3, snrDb: 4, txRateBps: [9, 1_000], rxRateBps: [10, 1_000] },
        },
      },
    },
    {
      of: `${U}.11.1.4`,
      sensors: [
        ["GPS satellites visible", 7, "count"],
        ["GPS satellites tracked", 8, "count"],
      ],
    },
    {
      // UBNT-UniFi-MIB
      of: `${U}.6.1.1.1`,
      sensors: [
        ["{3} channel in use", 6, "%", { min: 0, max: 100 }],
        ["{3} receiving", 7, "%", { min: 0, max: 100 }],
        ["{3} sending", 8, "%", { min: 0, max: 100 }],
        ["{3} other networks", 9, "%", { min: 0, max: 100 }],
      ],
    },
    {
      of: `${U}.6.1.2.1`,
      sensors: [["{6} clients", 8, "count", { merge: "sum" }]],
      families: {
        wireless: {
          name: "radio {9}",
          values: {
            clients: { at: 8, merge: "sum" },
            frequencyMhz: { at: 4, isChannel: true },
            txPowerDbm: 21,
          },
        },
      },
    },
    {
      // UBNT-EdgeMAX-MIB: thousandths
      of: `${U}.5.2.2.1`,
      sensors: [
        ["output {i0} voltage", 2, "V", 0.001],
        ["output {i0} current", 3, "A", 0.001],
        ["output {i0} power", 4, "W", 0.001],
      ],
    },
    {
      of: `${U}.5.3.2.1`,
      sensors: [
        ["power {i0}", 4, "state", { ok: [1], bad: [0] }],
        ["power {i0} voltage", 5, "V", { factor: 0.001, none: [0] }],
        ["power {i0} temperature", 6, "°C", { factor: 0.001, none: [0] }],
      ],
    },
    {
      of: `${U}.5.4.2.1`,
      sensors: [["{2|'thermometer '}", 3, "°C", { factor: 0.001, none: [0] }]],
    },
    { of: `${U}.5.5.2.1`, sensors: [["{2|'fan '} speed", 3, "rpm"]] },
    {
      of: FROGFOOT,
      isScalars: true,
      memory: [{ total: ["1.1", 1_024], free: ["1.2", 1_024] }],
    },
    {
      of: `${FROGFOOT}.4.2.1`,
      sensors: [["load {2}", 3, "count"]],
    },
  ],
}
