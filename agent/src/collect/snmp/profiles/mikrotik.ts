/** MIKROTIK-MIB. Health sensors are read with the health (`rows.ts`). */
import type { Profile } from "./profile.ts"

const M = "1.3.6.1.4.1.14988.1.1"
const ON = { 1: true, 0: false } as const

export const mikrotik: Profile = {
  name: "mikrotik",
  objectIds: ["14988"],
  tables: [
    {
      of: `${M}.19.1.1`,
      families: {
        optics: {
          name: "{2|port|'optics '}",
          values: {
            rxDbm: [10, 0.001],
            txDbm: [9, 0.001],
            biasMa: 8,
            voltageV: [7, 0.001],
            // -128 as a gauge: no module
            temperatureC: { at: 6, none: [4_294_967_168, 128] },
            wavelengthNm: { at: 5, factor: 0.01, none: [4_294_967_168, 0] },
            hasRxLoss: { at: 3, map: ON },
            hasTxFault: { at: 4, map: ON },
          },
        },
      },
    },
    {
      of: `${M}.15.1.1`,
      families: {
        poe: {
          name: "{2|port}",
          values: {
            state: {
              at: 3,
              map: {
                0: "disabled",
                1: "disabled",
                2: "waiting",
                3: "powered",
                4: "overload",
                5: "short-circuit",
                "*": "fault",
              },
            },
            volts: [4, 0.1],
            milliamps: 5,
            watts: [6, 0.1],
          },
        },
      },
    },
    {
      of: `${M}.2.1.1`,
      families: {
        queue: {
          name: "{2}",
          values: {
            rxBps: { at: 8, isTotal: true },
            txBps: { at: 9, isTotal: true },
            dropsPs: { at: 14, plus: 15, isTotal: true },
          },
        },
      },
    },
    {
      of: `${M}.2.2.1`,
      families: {
        queue: {
          name: "{2}",
          values: { txBps: { at: 7, isTotal: true }, dropsPs: { at: 9, isTotal: true } },
        },
      },
    },
    {
      of: `${M}.1.1.1`,
      families: {
        wireless: {
          name: "{port|'wlan '}",
          values: {
            txRateBps: 2,
            rxRateBps: 3,
            signalDbm: { at: 4, none: [0] },
            frequencyMhz: 7,
            ccqPercent: 9,
          },
        },
      },
    },
    {
      of: `${M}.1.3.1`,
      families: {
        wireless: {
          name: "{port|'wlan '}",
          values: {
            txRateBps: 2,
            rxRateBps: 3,
            clients: 6,
            frequencyMhz: 7,
            noiseDbm: { at: 9, none: [0] },
            ccqPercent: 10,
          },
        },
      },
    },
    {
      of: `${M}.1.2.1`,
      families: {
        registration: {
          name: "{mac:i0}",
          values: {
            signalDbm: 3,
            farSignalDbm: { at: 19, none: [0] },
            txRateBps: 8,
            rxRateBps: 9,
            snrDb: 12,
            uptimeS: [11, 0.01],
          },
        },
      },
    },
    {
      of: `${M}.1.5.1`,
      families: {
        registration: {
          name: "{mac:i0}",
          values: {
            signalDbm: 11,
            farSignalDbm: { at: 10, none: [0] },
            txRateBps: 8,
            rxRateBps: 9,
            uptimeS: [3, 0.01],
          },
        },
      },
    },
    {
      of: `${M}.1.7.1`,
      families: { wireless: { name: "{port|'cap '}", values: { clients: 2 } } },
    },
    {
      of: `${M}.1.8.1`,
      sensors: [
        ["{port|'60 GHz'} quality", 8, "%", { min: 0, max: 100 }],
        ["{port|'60 GHz'} connected", 4, "state", { ok: [1] }],
        ["{port|'60 GHz'} MCS", 7, "count", { min: 0 }],
      ],
      families: {
        wireless: {
          name: "{port|'wlan60'}",
          values: {
            frequencyMhz: 6,
            signalDbm: { at: 12, none: [0] },
            txRateBps: [13, 1_000_000],
          },
        },
      },
    },
    {
      of: `${M}.1.9.1`,
      sensors: [
        ["{port|'60 GHz station '} quality", 5, "%", { min: 0, max: 100 }],
        ["{port|'60 GHz station '} connected", 2, "state", { ok: [1] }],
        ["{port|'60 GHz station '} distance", 10, "m", 0.01],
      ],
      families: {
        registration: {
          name: "{mac:3}",
          values: { signalDbm: { at: 9, none: [0] }, txRateBps: [8, 1_000_000] },
        },
        wireless: {
          name: "{port}",
          values: {
            signalDbm: { at: 9, none: [0] },
            txRateBps: [8, 1_000_000],
            distanceM: [10, 0.01],
          },
        },
      },
    },
    {
      of: `${M}.21.4.1`,
      families: {
        registration: {
          name: "{mac:1|mac:i0}",
          values: { signalDbm: 6, txRateBps: 9, rxRateBps: 10, uptimeS: [4, 0.01] },
        },
      },
    },
    {
      of: `${M}.21.5.1`,
      families: { wireless: { name: "{2|port}", values: { frequencyMhz: 4 } } },
    },
    {
      of: `${M}.16.1.1`,
      families: {
        lte: {
          name: "{port|'lte '}",
          values: {
            rssiDbm: { at: 2, none: [0] },
            rsrqDb: { at: 3, none: [0] },
            rsrpDbm: { at: 4, none: [0] },
            sinrDb: 7,
            isRegistered: { at: 6, map: { "-1": false, "*": true } },
          },
        },
      },
    },
    {
      of: `${M}.14.1.1`,
      families: { port: { name: "{2|port}", values: { linkDowns: 90 } } },
    },
    {
      of: `${M}.20.2.1`,
      families: {
        tunnel: {
          name: "{ip:16|10}",
          values: { state: { at: 7, map: { 1: "negotiating", 2: "up", "*": "down" } } },
        },
      },
    },
    {
      // Modems of ppp-client, and two radios of one link (Nstreme dual)
      of: `${M}.13`,
      isScalars: true,
      families: {
        lte: {
          name: "modem",
          values: {
            rssiDbm: { at: 1, none: [0], max: -1 },
            rsrpDbm: { at: 10, none: [0], max: -1 },
            rsrqDb: { at: 11, none: [0] },
            sinrDb: { at: 12, none: [0] },
          },
        },
      },
    },
    {
      of: `${M}.10.1.1`,
      families: {
        wireless: {
          name: "{port|'nstreme '}",
          values: { txRateBps: 2, rxRateBps: 3, signalDbm: { at: 5, none: [0] } },
        },
      },
    },
    {
      of: M,
      isScalars: true,
      sensors: [["cpu frequency", "3.14", "MHz", { none: [0] }]],
      families: {
        "device-counts": [
          { name: "DHCP leases", values: { value: "6.1" } },
          { name: "wireless clients", values: { value: "1.4" } },
          { name: "CAPsMAN clients", values: { value: "1.6" } },
          { name: "IKE SAs", values: { value: "20.1" } },
          { name: "tracked connections", values: { value: "22.1.1" } },
        ],
      },
    },
  ],
}
