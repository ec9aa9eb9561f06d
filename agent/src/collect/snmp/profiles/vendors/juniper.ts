/** Juniper Junos. */
import type { Profile } from "../profile.ts"
import { BGP_STATE } from "../standard.ts"

const J = "1.3.6.1.4.1.2636"
const OPERATING = `${J}.3.1.13.1`

export const juniper: Profile = {
  name: "juniper",
  objectIds: ["2636"],
  tables: [
    {
      // jnxOperatingTable: chassis, cards, fans and supplies; the routing engine is content 9
      of: OPERATING,
      when: [{ at: "i0", is: [9] }],
      cpu: [["{5}", 8]],
      memory: [{ name: "{5}", total: [15, 1_048_576], percent: 11 }],
    },
    {
      of: OPERATING,
      // Cards with a processor have memory: fans and supplies have zero there, or nothing.
      when: [
        { at: "i0", not: [9] },
        { at: 15, not: [0, Number.NaN] },
      ],
      sensors: [
        ["{5} load", 8, "%", { min: 0, max: 100 }],
        ["{5} memory used", 11, "%", { min: 0, max: 100 }],
      ],
    },
    {
      of: OPERATING,
      when: [{ at: "i0", not: [9] }],
      sensors: [
        ["{5} load", 8, "%", { none: [0], min: 0, max: 100 }],
        ["{5} memory used", 11, "%", { none: [0], min: 0, max: 100 }],
      ],
    },
    {
      of: OPERATING,
      sensors: [["{5}", 7, "°C", { none: [0] }]],
    },
    {
      // jnxFruTable: unknown, empty, present, ready, announce online, online, … offline
      of: `${J}.3.1.15.1`,
      when: [{ at: 6, is: [2, 6, 7, 13, 18] }],
      sensors: [["{5}", 8, "state", { ok: [3, 4, 5, 6, 9, 10], bad: [7, 8] }]],
    },
    {
      of: `${J}.3.4.2`,
      isScalars: true,
      sensors: [
        ["yellow alarm", "2.1", "state", { ok: [2], bad: [3] }],
        ["red alarm", "3.1", "state", { ok: [2], bad: [3] }],
      ],
    },
    {
      // jnxDomCurrentTable
      of: `${J}.3.60.1.1.1.1`,
      families: {
        optics: {
          name: "{port:i0|'port '}",
          values: {
            // Zero throughout: a module without measurements, or none
            rxDbm: { at: 5, factor: 0.01, none: [0] },
            biasMa: { at: 6, factor: 0.001, none: [0] },
            txDbm: { at: 7, factor: 0.01, none: [0] },
            temperatureC: { at: 8, none: [0] },
          },
        },
      },
    },
    {
      // jnxDomCurrentLaneTable
      of: `${J}.3.60.1.2.1.1`,
      sensors: [
        ["{port:i0|'port '} channel {i1} rx power", 6, "dBm", 0.01],
        ["{port:i0|'port '} channel {i1} bias", 7, "A", 0.000_001],
        ["{port:i0|'port '} channel {i1} tx power", 8, "dBm", 0.01],
      ],
      families: {
        optics: {
          name: "{port:i0|'port '}",
          values: {
            rxDbm: { at: 6, factor: 0.01, merge: "min" },
            biasMa: { at: 7, factor: 0.001, merge: "max" },
            txDbm: { at: 8, factor: 0.01, merge: "min" },
          },
        },
      },
    },
    {
      // jnxOpticsPMCurrentTable of coherent interfaces
      of: `${J}.3.71.1.2.1.1`,
      sensors: [["{port|'port '} signal to noise", 6, "dB", 0.1]],
      families: {
        optics: {
          name: "{port|'port '}",
          values: { txDbm: [7, 0.01], rxDbm: [8, 0.01], biasMa: 35, temperatureC: 39 },
        },
      },
    },
    {
      of: `${J}.5.1.1.2.1.1.1`,
      families: {
        bgp: {
          name: "{ip:11}",
          values: {
            state: { at: 2, map: BGP_STATE },
            disabled: { at: 3, map: { 1: true, 2: false } },
            remoteAs: 13,
            uptimeS: `.${J}.5.1.1.2.4.1.1.1`,
          },
        },
      },
    },
    {
      of: `${J}.5.1.1.2.6.2.1`,
      through: `.${J}.5.1.1.2.1.1.1.14`,
      families: {
        bgp: [
          {
            name: `{ip:.${J}.5.1.1.2.1.1.1.11}`,
            when: [{ at: "i-1", is: [1] }],
            values: {
              prefixesReceived: { at: 8, merge: "sum" },
              prefixesSent: { at: 10, merge: "sum" },
            },
          },
          {
            name: `{ip:.${J}.5.1.1.2.1.1.1.11} {afi:o-2}`,
            when: [{ at: "i-1", not: [1] }],
            values: { prefixesReceived: 8, prefixesSent: 10 },
          },
        ],
      },
    },
    {
      // jnxJsSPUMonitoringObjectsTable of SRX
      of: `${J}.3.39.1.12.1.1.1`,
      cpu: [["{11|'SPU '}", 4]],
      sensors: [["{11|'SPU '} memory used", 5, "%", { min: 0, max: 100 }]],
      families: {
        "device-counts": { name: "sessions", values: { value: { at: 6, merge: "sum" } } },
      },
    },
  ],
}
