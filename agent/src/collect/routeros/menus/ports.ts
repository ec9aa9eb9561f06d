/** Ports: link losses, speed and optics, PoE, spanning tree, queues, LTE. */
import type { Row } from "../client/reply.ts"
import { parseBps, parseFlag, parseTotal } from "../client/values.ts"
import {
  computed,
  type Field,
  half,
  integer,
  knownFlag,
  type MenuCollector,
  oneOf,
  quantity,
  signal,
  speed,
  text,
} from "./menu.ts"

/** Interfaces of sessions are left out by the router itself: a BRAS has thousands. */
export const NOT_DYNAMIC = ["?dynamic=true", "?#!"] as const

const present = (field: Field<number | null>): Field<number | null> => ({
  properties: [...field.properties, "sfp-module-present"],
  read: (row, moment) =>
    row.get("sfp-module-present") !== undefined && !parseFlag(row.get("sfp-module-present"))
      ? null
      : field.read(row, moment),
})
/** "sfp-rx-power" or, of a module with several channels, the lowest of all of them. */
const lowest = (property: string): Field<number | null> => ({
  properties: [property],
  read: (row, moment) => {
    const values = (row.get(property) ?? "")
      .split(",")
      .flatMap((each) => quantity(property).read(new Map([[property, each]]), moment) ?? [])
    return values.length === 0 ? null : Math.min(...values)
  },
})
/** The largest of all channels. */
const largest = (property: string): Field<number | null> => ({
  properties: [property],
  read: (row, moment) => {
    const values = (row.get(property) ?? "")
      .split(",")
      .flatMap((each) => quantity(property).read(new Map([[property, each]]), moment) ?? [])
    return values.length === 0 ? null : Math.max(...values)
  },
})
const OPTICS = {
  rxDbm: present(lowest("sfp-rx-power")),
  txDbm: present(lowest("sfp-tx-power")),
  biasMa: present(largest("sfp-tx-bias-current")),
  voltageV: present(quantity("sfp-supply-voltage")),
  temperatureC: present(quantity("sfp-temperature")),
  wavelengthNm: present(quantity("sfp-wavelength")),
  rxLowDbm: quantity("sfp-rx-power-low-alarm", "sfp-rx-power-low-warning"),
  rxHighDbm: quantity("sfp-rx-power-high-alarm", "sfp-rx-power-high-warning"),
  txLowDbm: quantity("sfp-tx-power-low-alarm", "sfp-tx-power-low-warning"),
  txHighDbm: quantity("sfp-tx-power-high-alarm", "sfp-tx-power-high-warning"),
} as const
/** Null if there are no limits. */
const isOutside = (row: Row, moment: Parameters<Field["read"]>[1]): boolean | null => {
  const of = (name: keyof typeof OPTICS) => OPTICS[name].read(row, moment)
  const pairs = [
    [of("rxDbm"), of("rxLowDbm"), of("rxHighDbm")],
    [of("txDbm"), of("txLowDbm"), of("txHighDbm")],
  ] as const
  const known = pairs.filter(
    ([value, low, high]) => value !== null && (low !== null || high !== null),
  )
  if (known.length === 0) return null
  return known.some(
    ([value, low, high]) =>
      value !== null && ((low !== null && value < low) || (high !== null && value > high)),
  )
}
const MONITORED = [
  ...new Set([
    ...Object.values(OPTICS).flatMap(({ properties }) => properties),
    ...["sfp-rx-loss", "sfp-tx-fault"],
  ]),
]

export const optics: MenuCollector = {
  reads: "optics",
  deadlineMs: 30_000,
  menus: [
    {
      path: "/interface/ethernet",
      families: [
        {
          family: "optics",
          name: text("name"),
          values: {
            ...OPTICS,
            hasRxLoss: knownFlag("sfp-rx-loss"),
            hasTxFault: knownFlag("sfp-tx-fault"),
            isOutside: computed([], isOutside),
          },
        },
      ],
      monitor: { path: "/interface/ethernet/monitor", by: "name", also: MONITORED },
    },
  ],
}

/** The state and totals that change rarely. */
export const port: MenuCollector = {
  reads: "port",
  menus: [
    {
      path: "/interface",
      queries: NOT_DYNAMIC,
      families: [
        { family: "port", name: text("name"), values: { linkDowns: integer("link-downs") } },
      ],
    },
    {
      path: "/interface/ethernet",
      families: [
        {
          family: "port",
          name: text("name"),
          values: { speedBps: speed("rate"), isFullDuplex: knownFlag("full-duplex") },
        },
      ],
      monitor: {
        path: "/interface/ethernet/monitor",
        by: "name",
        also: ["rate", "full-duplex", "status"],
      },
    },
  ],
}

export const poe: MenuCollector = {
  reads: "poe",
  menus: [
    {
      path: "/interface/ethernet/poe",
      families: [
        {
          family: "poe",
          name: text("name"),
          values: {
            state: oneOf(
              {
                "powered-on": "powered",
                "waiting-for-load": "waiting",
                off: "disabled",
                disabled: "disabled",
                overload: "overload",
                "short-circuit": "short-circuit",
                "voltage-too-low": "fault",
                "voltage-too-high": "fault",
                "voltage-on-poe-out": "fault",
                "controller-init": "waiting",
                "current-too-low": "fault",
                "controller-error": "fault",
                "controller-upgrade": "fault",
                "power-reset": "waiting",
              },
              "poe-out-status",
            ),
            watts: quantity("poe-out-power"),
            volts: quantity("poe-out-voltage"),
            milliamps: quantity("poe-out-current"),
          },
        },
      ],
      monitor: {
        path: "/interface/ethernet/poe/monitor",
        by: "name",
        also: ["poe-out-status", "poe-out-power", "poe-out-voltage", "poe-out-current"],
      },
    },
  ],
}

export const bridgePort: MenuCollector = {
  reads: "bridge-port",
  menus: [
    {
      path: "/interface/bridge/port",
      families: [
        {
          family: "bridge-port",
          name: text("interface"),
          values: {
            state: computed(
              ["status", "forwarding", "learning", "role", "disabled", "inactive"],
              (row) => {
                if (parseFlag(row.get("disabled"))) return "disabled"
                if (row.get("status") === "inactive" || parseFlag(row.get("inactive")))
                  return "disabled"
                const role = row.get("role")
                if (parseFlag(row.get("forwarding"))) return "forwarding"
                if (role === "alternate-port" || role === "backup-port") return "blocking"
                if (role === "disabled-port") return "disabled"
                if (parseFlag(row.get("learning"))) return "learning"
                if (row.has("forwarding")) return "blocking"
                if (role === "designated-port" || role === "root-port") return "forwarding"
                return null
              },
            ),
          },
        },
      ],
    },
  ],
}

export const queue: MenuCollector = {
  reads: "queue",
  menus: [
    {
      path: "/queue/simple",
      families: [
        {
          family: "queue",
          name: text("name"),
          values: {
            rxBps: half(0, parseTotal, "bytes"),
            txBps: half(1, parseTotal, "bytes"),
            rxLimitBps: half(0, parseBps, "max-limit"),
            txLimitBps: half(1, parseBps, "max-limit"),
            dropsPs: computed(["dropped"], (row) => {
              const [up = "", down] = (row.get("dropped") ?? "").split("/")
              const first = parseTotal(up)
              return first === null ? null : first + (parseTotal(down) ?? 0n)
            }),
          },
        },
      ],
    },
    {
      path: "/queue/tree",
      families: [
        {
          family: "queue",
          name: text("name"),
          values: {
            txBps: half(1, parseTotal, "bytes"),
            txLimitBps: half(1, parseBps, "max-limit"),
            dropsPs: half(1, parseTotal, "dropped"),
          },
        },
      ],
    },
  ],
}

/** Rules are chosen by a comment that contains `[monitor]`; the collector is off by default. */
const chosen = (path: string) =>
  ({
    path,
    queries: ["?comment"],
    families: [
      {
        family: "firewall",
        name: computed(["comment", "chain"], (row) => {
          const comment = row.get("comment") ?? ""
          return comment.includes("[monitor]")
            ? `${row.get("chain") ?? ""} ${comment.replace("[monitor]", "").trim()}`.trim()
            : null
        }),
        values: {
          bps: computed(["bytes"], (row) => parseTotal(row.get("bytes"))),
          pps: computed(["packets"], (row) => parseTotal(row.get("packets"))),
        },
      },
    ],
  }) as const
export const firewall: MenuCollector = {
  reads: "firewall",
  menus: [
    chosen("/ip/firewall/filter"),
    chosen("/ip/firewall/nat"),
    chosen("/ipv6/firewall/filter"),
  ],
}

export const lte: MenuCollector = {
  reads: "lte",
  deadlineMs: 20_000,
  menus: [
    {
      path: "/interface/lte",
      families: [
        {
          family: "lte",
          name: text("name"),
          values: {
            isRegistered: computed(["registration-status", "status"], (row) => {
              const status = row.get("registration-status") ?? row.get("status")
              return status === undefined
                ? null
                : /^(registered|connected|running|roaming)/.test(status)
            }),
            rssiDbm: signal("rssi"),
            rsrpDbm: signal("rsrp"),
            rsrqDb: signal("rsrq"),
            sinrDb: signal("sinr"),
          },
        },
      ],
      monitor: {
        path: "/interface/lte/monitor",
        older: "/interface/lte/info",
        by: "name",
        also: ["registration-status", "status", "rssi", "rsrp", "rsrq", "sinr"],
      },
    },
  ],
}
