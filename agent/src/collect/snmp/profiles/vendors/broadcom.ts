/** FASTPATH of Broadcom, on switches of many vendors: EdgeSwitch, Netgear, Dell, Edgecore. */
import type { Profile, TableProfile } from "../profile.ts"

const tables = (agent: string): readonly TableProfile[] => [
  {
    // "5 Secs ( 18.6%) 60 Secs ( 17.1%) 300 Secs ( 17.5%)"
    of: `${agent}.1.1.1.4`,
    isScalars: true,
    cpu: [
      ["cpu", 9, { after: "60 Secs" }],
      ["cpu", 4, { after: "1 Min" }],
    ],
    memory: [{ total: [2, 1_024], free: [1, 1_024] }],
  },
  {
    of: `${agent}.1.43.1.6.1`,
    sensors: [
      ["fan {i-1}", 3, "state", { ok: [1], bad: [2] }],
      ["fan {i-1} speed", 4, "rpm", { none: [0], min: 100 }],
      ["fan {i-1} speed", 5, "rpm", { none: [0], min: 100 }],
    ],
  },
  {
    of: `${agent}.1.43.1.8.1`,
    when: [{ at: 4, not: [0] }],
    // Older releases have the temperature where newer ones have the state, a small number.
    sensors: [
      ["temperature {i-1}", 5, "°C", { none: [0] }],
      ["temperature {i-1}", 4, "°C", { min: 10 }],
    ],
  },
  {
    // Low, normal, warning, critical, shutdown
    of: `${agent}.1.43.1.8.1`,
    sensors: [["temperature {i-1}", 4, "state", { ok: [0, 1], bad: [2, 3, 4] }]],
  },
  {
    of: `${agent}.1.43.1.15.1`,
    sensors: [["unit {i-1} temperature", 2, "state", { ok: [0, 1], bad: [2, 3, 4] }]],
  },
  {
    of: `${agent}.1.43.1.7.1`,
    sensors: [["power {i-1}", 3, "state", { ok: [2], bad: [3, 5, 7] }]],
  },
  {
    of: `${agent}.1.43.1.15.1`,
    sensors: [["temperature {i-1}", 3, "°C", { none: [0] }]],
  },
]

export const broadcom: Profile = {
  name: "broadcom",
  objectIds: ["4413", "4526", "674.10895"],
  descr: /^EdgeSwitch/,
  tables: [
    ...tables("1.3.6.1.4.1.4413.1"),
    ...tables("1.3.6.1.4.1.4526.10"),
    ...tables("1.3.6.1.4.1.674.10895.5000.2.6132.1"),
  ],
}
