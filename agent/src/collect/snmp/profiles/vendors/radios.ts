/** Links of smaller makers: Radwin, Racom, Exalt, LigoWave, SIAE; LTU of Ubiquiti, cnWave of Cambium. */
import type { Profile, TableProfile } from "../profile.ts"

const E = "1.3.6.1.4.1"
const LTU = `${E}.41112.1.10.1`
const RADWIN = `${E}.4458.1000.1`
const EXALT = `${E}.25651.1.2.4`
const LIGO = `${E}.32750.3.10.1`
const SIAE = `${E}.3373.1103`

export const ltu: Profile = {
  name: "ltu",
  objectIds: ["41112", "10002"],
  tables: [
    {
      // UBNT-AFLTU-MIB
      of: LTU,
      isScalars: true,
      cpu: [["cpu", "3.6"]],
      sensors: [
        ["memory used", "3.5", "%", { min: 0, max: 100 }],
        ["transmit EIRP", "2.6", "dBm"],
        ["GPS satellites visible", "7.7", "count"],
        ["GPS satellites tracked", "7.8", "count"],
      ],
      families: { wireless: { name: "{radio}", values: { frequencyMhz: "2.2" } } },
    },
    {
      of: `${LTU}.4.1`,
      sensors: [
        ["{13|'station '} chain 0 power", 5, "dBm", { none: [0] }],
        ["{13|'station '} chain 1 power", 6, "dBm", { none: [0] }],
        ["{13|'station '} chain 0 ideal power", 7, "dBm", { none: [0] }],
        ["{13|'station '} chain 1 ideal power", 8, "dBm", { none: [0] }],
        ["{13|'station '} distance", 23, "m", 1_000],
      ],
      families: {
        registration: {
          name: "{mac:11|'station '}",
          values: {
            signalDbm: { at: 5, none: [0] },
            farSignalDbm: { at: 16, none: [0] },
            txRateBps: [3, 1_000],
            rxRateBps: [4, 1_000],
            uptimeS: 24,
          },
        },
      },
    },
  ],
}

export const cnwave: Profile = {
  name: "cnwave",
  objectIds: ["17713.60"],
  tables: [
    {
      // TERRAGRAPH-RADIO-MIB
      of: `${E}.17713.60.1.1.1`,
      sensors: [
        ["{2|'link '} signal to noise", 6, "dB"],
        ["{2|'link '} received power", 7, "dBm", { none: [0] }],
        ["{2|'link '} MCS", 5, "count"],
      ],
    },
  ],
}

export const radwin: Profile = {
  name: "radwin",
  objectIds: ["4458"],
  tables: [
    {
      // RADWIN-MIB-WINLINK1000; kHz where the channels are narrow
      of: RADWIN,
      isScalars: true,
      sensors: [["temperature", "1.44", "°C", { none: [0, 500, -500] }]],
      families: {
        wireless: {
          name: "{radio}",
          values: {
            txPowerDbm: "5.4",
            signalDbm: { at: "5.9.1", none: [0] },
            frequencyMhz: { at: "5.16", above: [100_000, 0.001], none: [0] },
          },
        },
      },
    },
  ],
}

/** Hundredths of a degree, tenths of a volt and of a dBm, kHz; two generations have the same tree. */
const ray = (root: string): readonly TableProfile[] => [
  {
    of: `${E}.33555.${root}`,
    isScalars: true,
    sensors: [
      ["modem temperature", "1.4.1", "°C", 0.01],
      ["radio temperature", "1.4.2", "°C", 0.01],
      ["supply voltage", "1.4.3", "V", 0.1],
      ["signal to noise", "3.2.2", "dB", 0.1],
      ["receive frequency", "2.1.3", "MHz", 0.001],
    ],
    families: {
      wireless: {
        name: "{radio}",
        values: {
          signalDbm: ["3.2.1", 0.1],
          frequencyMhz: ["2.1.4", 0.001],
          txPowerDbm: "2.1.17",
          txRateBps: ["2.1.13", 1_000],
        },
      },
    },
  },
]
export const racom: Profile = {
  name: "racom",
  objectIds: ["33555"],
  tables: [...ray("1"), ...ray("4")],
}

export const exalt: Profile = {
  name: "exalt",
  objectIds: ["25651"],
  tables: [
    {
      of: EXALT,
      isScalars: true,
      sensors: [
        ["temperature", "2.3.1.3", "°C"],
        ["far temperature", "2.4.1.3", "°C"],
      ],
      families: { wireless: { name: "{radio}", values: { signalDbm: "3.1.3" } } },
    },
  ],
}

export const ligowave: Profile = {
  name: "ligowave",
  objectIds: ["32750"],
  tables: [
    {
      of: `${LIGO}.2.1.1`,
      families: {
        wireless: {
          name: "{port|'radio '}",
          values: { frequencyMhz: 6, txPowerDbm: 10, signalDbm: 14, noiseDbm: 15 },
        },
      },
    },
  ],
}

export const siae: Profile = {
  name: "siae",
  objectIds: ["3373"],
  tables: [
    { of: `${SIAE}.77.2.1`, sensors: [["{9|'temperature '}", 2, "°C", { none: [0] }]] },
    {
      of: `${SIAE}.74.7.1`,
      families: {
        optics: {
          name: "SFP {index}",
          values: {
            temperatureC: [6, 0.1],
            txDbm: { at: 9, isMicrowattAbove: 0 },
            rxDbm: { at: 10, isMicrowattAbove: 0 },
          },
        },
      },
    },
  ],
}

/** Integra, Integra-W and Integra-E: tenths of a degree, of a percent and of a dB; mV and kHz. */
const integra = (root: string): readonly TableProfile[] => [
  {
    of: `${E}.7571.100.1.1.7.${root}`,
    isScalars: true,
    cpu: [["cpu", "4.10", { factor: 0.1, from: 100 }]],
    sensors: [
      ["cpu temperature", "4.2", "°C", 0.1],
      ["board temperature", "4.8", "°C", 0.1],
      ["modem temperature", root === "9" ? "3.6" : "3.5", "°C", 0.1],
      ["radio temperature", "2.8", "°C", 0.1],
      ["supply voltage", "4.5", "V", 0.001],
      ["supply current", "4.6", "A", 0.001],
      ["supply power", "4.7", "W", 0.001],
      ["MSE", "3.2", "dB", 0.1],
      ["receive frequency", "2.7", "MHz", 0.001],
      ["memory used", "4.9", "%", { factor: 0.1, from: 100, min: 0, max: 100 }],
    ],
    families: {
      wireless: {
        name: "{radio}",
        values: { txPowerDbm: "2.1", frequencyMhz: ["2.2", 0.001], signalDbm: "2.3" },
      },
    },
  },
]
/** CFIP of SAF. */
const SAF_CFM = `${E}.7571.100.1.1.5.1.1.1`
export const integras: readonly TableProfile[] = [
  ...["1", "2", "9"].flatMap(integra),
  {
    of: `${SAF_CFM}.10.1`,
    sensors: [["radio {i0} receive frequency", 10, "MHz", 0.001]],
    families: {
      wireless: {
        name: "radio {i0}",
        values: { txPowerDbm: 4, signalDbm: 5, frequencyMhz: [9, 0.001] },
      },
    },
  },
  {
    of: `${SAF_CFM}.12.1`,
    sensors: [["radio {i0} MSE", 10, "dB", 0.1]],
    families: { wireless: { name: "radio {i0}", values: { txRateBps: [6, 1_000] } } },
  },
]
