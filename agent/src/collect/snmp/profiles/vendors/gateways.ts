/** Firewalls and load balancers: Check Point, F5, SonicWall; NAT of A10. */
import type { Profile } from "../profile.ts"

const E = "1.3.6.1.4.1"
const CHECKPOINT = `${E}.2620.1.6.7`
const F5 = `${E}.3375.2.1`
const SONICWALL = `${E}.8741.1.3.1`
const A10 = `${E}.22610.2.4`

export const checkPoint: Profile = {
  name: "check-point",
  objectIds: ["2620"],
  descr: /^Linux \S+ \S+cp(?:x86_64)?\b/,
  tables: [
    { of: `${CHECKPOINT}.5.1`, cpu: [["cpu {index}", 5]] },
    { of: `${CHECKPOINT}.2`, isScalars: true, cpu: [["cpu", 4]] },
    { of: `${CHECKPOINT}.4`, isScalars: true, memory: [{ total: 3, used: 4 }] },
    { of: `${CHECKPOINT}.8.1.1`, sensors: [["{2|'temperature '}", 3, "°C", { none: [0] }]] },
    { of: `${CHECKPOINT}.8.2.1`, sensors: [["{2|'fan '}", 3, "rpm"]] },
    { of: `${CHECKPOINT}.8.3.1`, sensors: [["{2|'voltage '}", 3, "V"]] },
    {
      of: `${CHECKPOINT}.9.1.1`,
      sensors: [["power {index}", 2, "state", { ok: ["up", "present"], bad: ["down"] }]],
    },
    {
      of: `${E}.2620.1.1.25`,
      isScalars: true,
      families: { "device-counts": { name: "sessions", values: { value: 3 } } },
    },
  ],
}

export const f5: Profile = {
  name: "f5",
  objectIds: ["3375"],
  tables: [
    { of: `${F5}.7.5.2.1`, cpu: [["cpu {3|'index '}", 27]] },
    { of: `${F5}.1.2.20`, isScalars: true, cpu: [["cpu", 29]], memory: [{ total: 2, used: 3 }] },
    {
      of: `${F5}.3.2.1.2.1`,
      sensors: [
        ["fan {index}", 2, "state", { ok: [1], bad: [0] }],
        ["fan {index} speed", 3, "rpm", { none: [0] }],
      ],
    },
    {
      of: `${F5}.3.2.2.2.1`,
      sensors: [["power {index}", 2, "state", { ok: [1], bad: [0] }]],
    },
    { of: `${F5}.3.2.3.2.1`, sensors: [["chassis temperature {index}", 2, "°C", { none: [0] }]] },
    {
      of: `${F5}.3.6.2.1`,
      sensors: [
        ["{4|'cpu '} temperature", 2, "°C", { none: [0] }],
        ["{4|'cpu '} fan", 3, "rpm", { none: [0] }],
      ],
    },
    {
      of: `${F5}.1.2.1`,
      isScalars: true,
      families: { "device-counts": { name: "sessions", values: { value: 8 } } },
    },
  ],
}

/** SONICWALL-FIREWALL-IP-STATISTICS-MIB. */
export const sonicWall: Profile = {
  name: "sonicwall",
  objectIds: ["8741"],
  tables: [
    {
      of: SONICWALL,
      isScalars: true,
      cpu: [["cpu", 3]],
      memory: [{ percent: 4 }],
      families: { "device-counts": { name: "sessions", values: { value: 2 } } },
    },
  ],
}

/** A10-AX-MIB, which carriers have as NAT: kilobytes. */
export const a10: Profile = {
  name: "a10",
  objectIds: ["22610"],
  tables: [
    { of: `${A10}.1.3.2.1`, cpu: [["cpu {index}", 3]] },
    { of: `${A10}.1.3`, isScalars: true, cpu: [["cpu", 3]] },
    {
      of: `${A10}.1.2`,
      isScalars: true,
      memory: [{ total: [1, 1_024], used: [2, 1_024] }],
    },
    {
      of: `${A10}.1.5`,
      isScalars: true,
      sensors: [["temperature", 1, "°C", { none: [0] }]],
    },
  ],
}
