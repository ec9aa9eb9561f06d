/** Tachyon Networks, 60 GHz. */
import type { Profile } from "../profile.ts"

const T = "1.3.6.1.4.1.57344.1"

export const tachyon: Profile = {
  name: "tachyon",
  objectIds: ["57344"],
  tables: [
    {
      of: `${T}.3`,
      isScalars: true,
      cpu: [["cpu", 6]],
      memory: [{ percent: 7 }],
      sensors: [["cpu temperature", 3, "°C"]],
    },
    {
      of: `${T}.2.2.1`,
      sensors: [
        ["{2|'radio '} channel width", 6, "MHz"],
        ["{2|'radio '} modem temperature", 10, "°C"],
        ["{2|'radio '} radio temperature", 11, "°C"],
        ["{2|'radio '} frequency", 5, "MHz"],
      ],
      families: {
        wireless: {
          name: "{2|'radio '}",
          values: { txPowerDbm: 3, frequencyMhz: 5, clients: `.${T}.2.5.0` },
        },
      },
    },
    {
      of: `${T}.2`,
      isScalars: true,
      sensors: [["stations", 5, "count"]],
    },
    {
      of: `${T}.2.6.1`,
      sensors: [
        ["{1} distance", 13, "m"],
        ["{1} link up", 12, "s"],
      ],
      families: {
        registration: {
          name: "{mac:1}",
          values: {
            signalDbm: 6,
            txRateBps: [7, 1_000_000],
            snrDb: 8,
            rxRateBps: [9, 1_000_000],
            uptimeS: 12,
          },
        },
      },
    },
  ],
}
