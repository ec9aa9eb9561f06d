/**
 * The SNMP objects of a simulated router: system, interfaces, storage, processors, MikroTik health.
 */
import { compareOids, oidOf } from "./ber.ts"
import { counter32, counter64, type Meter } from "./meter.ts"
import { servicesMib } from "./mib-services.ts"
import { modemSignal } from "./modem.ts"
import type { Port } from "./port.ts"
import type { Router, Sensor } from "./router.ts"
import type { Mib, MibObject } from "./snmp-agent.ts"
import type { Value } from "./snmp-message.ts"

const int = (value: number): Value => ({ kind: "integer", value })
const gauge = (value: number): Value => ({ kind: "gauge32", value: Math.min(value, 0xffff_ffff) })
const text = (value: string): Value => ({ kind: "octets", value: Buffer.from(value, "utf8") })
const ticks = (ms: number): Value => ({
  kind: "timeTicks",
  value: Math.floor(ms / 10) % 0x1_0000_0000,
})
const oidValue = (value: string): Value => ({ kind: "oid", value: oidOf(value) })
const c32 = (meter: Meter, atMs: number): Value => ({
  kind: "counter32",
  value: counter32(meter.read(atMs)),
})
const c64 = (meter: Meter, atMs: number): Value => ({
  kind: "counter64",
  value: counter64(meter.read(atMs)),
})
const zero: Value = { kind: "counter32", value: 0 }

type Read = (atMs: number) => Value
const scalar = (oid: string, read: Read): MibObject => ({ oid: [...oidOf(oid), 0], read })

/** Values that an operator has set. */
export type SystemTexts = {
  readonly name: string
  readonly contact: string
  readonly location: string
}

const system = (router: Router, texts: () => SystemTexts): MibObject[] => [
  scalar("1.3.6.1.2.1.1.1", () => text(`RouterOS ${router.persona.board}`)),
  scalar("1.3.6.1.2.1.1.2", () => oidValue("1.3.6.1.4.1.14988.1")),
  scalar("1.3.6.1.2.1.1.3", (atMs) => ticks(router.uptimeMs(atMs))),
  scalar("1.3.6.1.2.1.1.4", () => text(texts().contact)),
  scalar("1.3.6.1.2.1.1.5", () => text(texts().name)),
  scalar("1.3.6.1.2.1.1.6", () => text(texts().location)),
  scalar("1.3.6.1.2.1.1.7", () => int(78)),
  scalar("1.3.6.1.2.1.2.1", () => int(router.ports.length)),
  scalar("1.3.6.1.2.1.25.1.1", (atMs) => ticks(router.uptimeMs(atMs))),
]

/** IANAifType: ethernetCsmacd, softwareLoopback, ppp, ieee80211. */
const IF_TYPE = {
  ...{ ether: 6, loopback: 24, "pppoe-in": 23, lte: 6 },
  ...{ wifi: 71, cap: 71, w60g: 71 },
} as const
const macBytes = (mac: string | null): Buffer => Buffer.from((mac ?? "").replaceAll(":", ""), "hex")
const lastChangeMs = (router: Router, port: Port): number =>
  Math.max(
    0,
    Math.max(port.lastUpAtMs ?? router.bootAtMs, port.lastDownAtMs ?? 0) - router.bootAtMs,
  )

/** Columns of ifTable (1.3.6.1.2.1.2.2.1) and of ifXTable (1.3.6.1.2.1.31.1.1.1). */
const IF_COLUMNS: readonly [number, (router: Router, port: Port, atMs: number) => Value][] = [
  [1, (_, p) => int(p.plan.index)],
  [2, (_, p) => text(p.plan.name)],
  [3, (_, p) => int(IF_TYPE[p.plan.kind])],
  [4, (_, p) => int(p.plan.kind === "loopback" ? 65_536 : 1_500)],
  [5, (_, p) => gauge(p.plan.speedBps)],
  [6, (_, p) => ({ kind: "octets", value: macBytes(p.plan.mac) })],
  [7, (_, p) => int(p.disabled ? 2 : 1)],
  [8, (_, p) => int(p.running && !p.disabled ? 1 : 2)],
  [9, (r, p) => ticks(lastChangeMs(r, p))],
  [10, (_, p, t) => c32(p.rxByte, t)],
  [11, (_, p, t) => c32(p.rxPacket, t)],
  [13, (_, p, t) => c32(p.rxDrop, t)],
  [14, (_, p, t) => c32(p.rxError, t)],
  [16, (_, p, t) => c32(p.txByte, t)],
  [17, (_, p, t) => c32(p.txPacket, t)],
  [19, (_, p, t) => c32(p.txDrop, t)],
  [20, () => zero],
]
const IFX_COLUMNS: typeof IF_COLUMNS = [
  [1, (_, p) => text(p.plan.name)],
  [2, () => zero],
  [3, () => zero],
  [4, () => zero],
  [5, () => zero],
  [6, (_, p, t) => c64(p.rxByte, t)],
  [7, (_, p, t) => c64(p.rxPacket, t)],
  [10, (_, p, t) => c64(p.txByte, t)],
  [11, (_, p, t) => c64(p.txPacket, t)],
  [15, (_, p) => gauge(p.plan.speedBps / 1e6)],
  [18, (_, p) => text(p.plan.comment ?? "")],
]
const table = (router: Router, entry: string, columns: typeof IF_COLUMNS): MibObject[] =>
  columns.flatMap(([column, read]) =>
    router.ports.map((port) => ({
      oid: [...oidOf(entry), column, port.plan.index],
      read: (atMs: number) => read(router, port, atMs),
    })),
  )

/** hrStorage: main memory is index 65536, the system disk 131072, both in units of 1024 bytes. */
const storage = (router: Router): MibObject[] => {
  const { memoryByte, diskByte } = router.persona
  const rows = [
    {
      index: 65_536,
      type: "1.3.6.1.2.1.25.2.1.2",
      name: "main memory",
      size: memoryByte,
      used: (t: number) => router.memoryUsedByte(t),
    },
    {
      index: 131_072,
      type: "1.3.6.1.2.1.25.2.1.4",
      name: "system disk",
      size: diskByte,
      used: () => router.diskUsedByte(),
    },
  ]
  return rows.flatMap((row) => {
    const at = (column: number, read: Read): MibObject => ({
      oid: [...oidOf("1.3.6.1.2.1.25.2.3.1"), column, row.index],
      read,
    })
    return [
      at(1, () => int(row.index)),
      at(2, () => oidValue(row.type)),
      at(3, () => text(row.name)),
      at(4, () => int(1024)),
      at(5, () => int(row.size / 1024)),
      at(6, (t) => int(Math.floor(row.used(t) / 1024))),
      at(7, () => zero),
    ]
  })
}

const processors = (router: Router): MibObject[] =>
  Array.from({ length: router.persona.cores }, (_, i) => ({
    oid: [...oidOf("1.3.6.1.2.1.25.3.3.1.2"), i + 1],
    read: (atMs: number) => int(router.cpuLoads(atMs)[i] ?? 0),
  }))

/** mtxrGaugeUnit and its factor: volts, amperes and watts are sent in tenths. */
const GAUGE_UNITS = {
  C: [1, 1],
  RPM: [2, 1],
  V: [3, 10],
  A: [4, 10],
  W: [5, 10],
  "": [6, 1],
} as const
/** Old scalars below .14988.1.1.3: all that a v6 board has. */
const OLD_SCALARS: Readonly<Record<string, readonly [number, number]>> = {
  voltage: [8, 10],
  temperature: [10, 10],
  "cpu-temperature": [11, 10],
}
const health = (router: Router): MibObject[] => {
  const now = (id: number, atMs: number): Sensor | undefined =>
    router.sensors(atMs).find((s) => s.id === id)
  return router.sensors(router.bootAtMs).flatMap((sensor): MibObject[] => {
    const old = OLD_SCALARS[sensor.name]
    const scaled = (by: number) => (atMs: number) =>
      int(Math.round((now(sensor.id, atMs)?.value ?? 0) * by))
    if (router.persona.health === "row")
      return old === undefined ? [] : [scalar(`1.3.6.1.4.1.14988.1.1.3.${old[0]}`, scaled(old[1]))]
    const [unit, by] = GAUGE_UNITS[sensor.unit]
    const at = (column: number, read: Read): MibObject => ({
      oid: [...oidOf("1.3.6.1.4.1.14988.1.1.3.100.1"), column, sensor.id],
      read,
    })
    return [at(2, () => text(sensor.name)), at(3, scaled(by)), at(4, () => int(unit))]
  })
}

const mikrotik = (router: Router): MibObject[] => [
  scalar("1.3.6.1.4.1.14988.1.1.4.4", () => text(router.persona.version)),
  scalar("1.3.6.1.4.1.14988.1.1.7.3", () =>
    text(router.persona.routerboard ? router.serial() : ""),
  ),
  scalar("1.3.6.1.4.1.14988.1.1.7.4", () => text(router.persona.version)),
  scalar("1.3.6.1.4.1.14988.1.1.7.9", () => text(router.persona.board)),
]

/** mtxrLTEModemTable, by ifIndex: eutran is 7, unknown -1, for a modem without a network. */
const LTE_COLUMNS: typeof IF_COLUMNS = [
  [2, (r, p, t) => int(modemSignal(r, p, t)?.rssi ?? 0)],
  [3, (r, p, t) => int(modemSignal(r, p, t)?.rsrq ?? 0)],
  [4, (r, p, t) => int(modemSignal(r, p, t)?.rsrp ?? 0)],
  [6, (r, p, t) => int(modemSignal(r, p, t) === null ? -1 : 7)],
  [7, (r, p, t) => int(modemSignal(r, p, t)?.sinr ?? 0)],
]
const lte = (router: Router): MibObject[] =>
  LTE_COLUMNS.flatMap(([column, read]) =>
    router.ports
      .filter((port) => port.plan.kind === "lte")
      .map((port) => ({
        oid: [...oidOf("1.3.6.1.4.1.14988.1.1.16.1.1"), column, port.plan.index],
        read: (atMs: number) => read(router, port, atMs),
      })),
  )

const defaultTexts = (router: Router) => () => ({
  name: router.spec.name,
  contact: "noc@example.net",
  location: "",
})

export const mibOf = (router: Router, texts: () => SystemTexts = defaultTexts(router)): Mib =>
  [
    ...system(router, texts),
    ...table(router, "1.3.6.1.2.1.2.2.1", IF_COLUMNS),
    ...table(router, "1.3.6.1.2.1.31.1.1.1", IFX_COLUMNS),
    ...storage(router),
    ...processors(router),
    ...health(router),
    ...mikrotik(router),
    ...lte(router),
    ...servicesMib(router),
  ].sort((a, b) => compareOids(a.oid, b.oid))
