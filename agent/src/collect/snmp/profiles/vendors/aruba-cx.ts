/** AOS-CX of Aruba. Memory and processors are also in HOST-RESOURCES. */
import type { Profile } from "../profile.ts"

const CX = "1.3.6.1.4.1.47196.4.1.1.3"

export const arubaCx: Profile = {
  name: "aruba-cx",
  objectIds: ["47196"],
  tables: [
    {
      // ARUBAWIRED-SYSTEMINFO-MIB
      of: `${CX}.22.1.0.1.1`,
      cpu: [["module {text:i0|index}", 3]],
      memory: [{ name: "module {text:i0|index} memory", percent: 4 }],
    },
    {
      // ARUBAWIRED-TEMPSENSOR-MIB
      of: `${CX}.11.3.1.1`,
      sensors: [["{5|'temperature '}", 7, "°C", { factor: 0.001, none: [0] }]],
    },
    {
      // ARUBAWIRED-POWERSUPPLY-MIB; absent and empty ones have no reading
      of: `${CX}.11.2.1.1`,
      sensors: [
        ["power {3|index} usage", 7, "W", { min: 0 }],
        ["power {3|index}", 11, "state", { ok: [1], bad: [3, 4, 5, 6, 7, 10, 13, 14, 15, 16, 17] }],
      ],
    },
    {
      // ARUBAWIRED-FAN-MIB
      of: `${CX}.11.5.1.1`,
      sensors: [
        ["fan {4|index}", 10, "state", { ok: [4], bad: [5] }],
        ["fan {4|index} speed", 8, "rpm", { none: [0] }],
      ],
    },
    {
      // ARUBAWIRED-MODULE-MIB
      of: `${CX}.11.6.1.1`,
      sensors: [["module {index}", 6, "state", { ok: [1], bad: [3, 4, 5, 6, 7, 8, 9, 10] }]],
    },
    {
      // ARUBAWIRED-PM-MIB: modules, then their channels in milliwatts
      of: `${CX}.27.1.2.1.1`,
      families: {
        optics: {
          name: "{port|'port '}",
          values: { temperatureC: { at: 2, none: [0] }, voltageV: { at: 11, none: [0] } },
        },
      },
    },
    {
      of: `${CX}.27.1.2.2.1`,
      sensors: [
        ["{port:i0|'port '} channel {i1} tx power", 7, "dBm", { isMilliwatt: true }],
        ["{port:i0|'port '} channel {i1} rx power", 12, "dBm", { isMilliwatt: true }],
      ],
      families: {
        optics: {
          name: "{port:i0|'port '}",
          values: {
            biasMa: { at: 2, none: [0], merge: "max" },
            txDbm: { at: 7, isMilliwatt: true, merge: "min" },
            rxDbm: { at: 12, isMilliwatt: true, merge: "min" },
          },
        },
      },
    },
    {
      // ARUBAWIRED-VSX-MIB, ARUBAWIRED-VSFv2-MIB
      of: `${CX}.7.2`,
      isScalars: true,
      sensors: [
        ["VSX link", "1.1", "state", { ok: [3], bad: [2] }],
        ["VSX keepalive", "2.1", "state", { ok: [3], bad: [4, 5, 6, 7] }],
      ],
    },
    {
      of: `${CX}.15.1.1`,
      isScalars: true,
      sensors: [["VSF", 1, "state", { ok: [0], bad: [1, 2] }]],
    },
    {
      of: `${CX}.15.1.2.1`,
      sensors: [["VSF member {index}", 3, "state", { ok: [12], bad: [10, 11, 13] }]],
    },
  ],
}
