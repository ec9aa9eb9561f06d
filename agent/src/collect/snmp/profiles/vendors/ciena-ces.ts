/** Ciena 8700 and 39xx with SAOS 8 (CES), and Waveserver. */
import type { Profile } from "../profile.ts"

const CES = "1.3.6.1.4.1.1271.2.1"
const HEALTH = `${CES}.5.1.2.1.4`
const WAVESERVER = "1.3.6.1.4.1.1271.3"
/** Unknown, normal, warning, degraded, faulted. */
const HEALTHY = { ok: [2], bad: [3, 4, 5] } as const

export const cienaCes: Profile = {
  name: "ciena-ces",
  objectIds: ["1271", "6141"],
  tables: [
    { of: `${HEALTH}.5.1`, cpu: [["slot {i1} cpu", 4]] },
    {
      of: `${HEALTH}.35.1`,
      sensors: [["slot {i1} I/O module temperature", 4, "°C", { none: [0] }]],
    },
    {
      of: `${HEALTH}.37.1`,
      sensors: [
        ["power {i1} output voltage", 4, "V", { factor: 0.001, none: [0] }],
        ["power {i1} output voltage", 3, "state", HEALTHY],
      ],
    },
    { of: `${HEALTH}.41.1`, sensors: [["slot {i1} processes", 3, "state", HEALTHY]] },
    { of: `${HEALTH}.42.1`, sensors: [["slot {i1} threads", 3, "state", HEALTHY]] },
    {
      // cienaCesModuleTable: uninstalled and unequipped ones have no reading
      of: `${CES}.2.1.2.1.1`,
      sensors: [
        [
          "module {index}",
          8,
          "state",
          { ok: [4, 5, 7], bad: [3, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18] },
        ],
      ],
    },
    {
      of: `${CES}.2.1.2.3.1`,
      sensors: [["module sensor {index} temperature", 3, "°C", { none: [0] }]],
    },
    {
      of: `${CES}.5.1.2.1.2.2.1`,
      sensors: [["fan tray {index}", 1, "state", { ok: [1], bad: [2, 3] }]],
    },
    {
      // cienaCesPortXcvrTable: °C, mV, mA and µW
      of: `${CES}.9.1.1.1.1`,
      when: [{ at: 2, not: [4] }],
      sensors: [
        ["{port|'port '} transmitter", 33, "state", { ok: [2], bad: [1] }],
        ["{port|'port '} transmitter on", 32, "state", { ok: [1], bad: [2] }],
      ],
      families: {
        optics: {
          name: "{port|'port '}",
          values: {
            temperatureC: { at: 3, none: [0] },
            voltageV: { at: 4, factor: 0.001, none: [0] },
            biasMa: 5,
            rxDbm: { at: 6, factor: 0.001, isMilliwatt: true },
            txDbm: { at: 35, factor: 0.001, isMilliwatt: true },
          },
        },
      },
    },
    {
      // CIENA-WS-XCVR-MIB, CIENA-WS-PLATFORM-PM-MIB, CIENA-WS-PLATFORM-ALARM-MIB
      of: `${WAVESERVER}.4.15.13.1`,
      sensors: [["module {i0} temperature", 2, "°C", { none: [0], min: -60, max: 200 }]],
    },
    {
      of: `${WAVESERVER}.5.22.25.1`,
      sensors: [["optical power {index}", 5, "dBm", { min: -90, max: 60 }]],
    },
    { of: `${WAVESERVER}.5.4.6.1`, sensors: [["active alarms {index}", 4, "count", { min: 0 }]] },
  ],
}
