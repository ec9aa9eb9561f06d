/** Calix AXOS: optics of PON ports in 0.1 µW and µA, and customers' units. */
import type { Profile } from "../profile.ts"

const AXOS = "1.3.6.1.4.1.6321.1.2.4.2"

export const calix: Profile = {
  name: "calix",
  objectIds: ["6321", "6066"],
  tables: [
    {
      // axosCardTable: unknown, enabled, alarms suppressed, disabled on purpose
      of: `${AXOS}.4.1.1`,
      sensors: [["card {index}", 3, "state", { ok: [1, 3], bad: [2] }]],
    },
    {
      // axosOltPonPortTable: a port in state 0 has no module
      of: `${AXOS}.4.2.1`,
      when: [{ at: 3, not: [0] }],
      sensors: [["{2|'PON '}", 3, "state", { ok: [1], bad: [2] }]],
      families: {
        optics: {
          name: "{port|2|'PON '}",
          values: {
            temperatureC: { at: 4, factor: 0.001, none: [0] },
            biasMa: 5,
            txDbm: { at: 6, factor: 0.000_1, isMilliwatt: true },
            rxDbm: { at: 7, factor: 0.000_1, isMilliwatt: true },
            voltageV: { at: 8, factor: 0.001, none: [0] },
          },
        },
      },
    },
    {
      // axosOntTable
      of: `${AXOS}.6.1.1`,
      when: [{ at: 3, not: [2] }],
      sensors: [
        ["ONT {index}", 4, "state", { ok: [1, 2], bad: [] }],
        ["ONT {index} received power", 6, "dBm", { factor: 0.000_1, isMilliwatt: true }],
        ["ONT {index} sent power", 7, "dBm", { factor: 0.000_1, isMilliwatt: true }],
      ],
    },
  ],
}
