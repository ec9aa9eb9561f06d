/**
 * MIKROTIK-MIB of what a simulated router serves: radios and their stations, PoE, queues, leases,
 * IKE. The rows are those of the menus; a station or an SA that is gone has none.
 */
import { oidOf } from "./ber.ts"
import { IPSEC_PEER } from "./fault-lines.ts"
import { poePortOf, poeStateOf } from "./poe.ts"
import { macOf, type Radio, radioCount, radiosOf, type Station, stationsOf } from "./radio.ts"
import type { Router } from "./router.ts"
import { customerPorts } from "./serves.ts"
import { ipsecPeers, leaseCount, queueDrops } from "./service-menus.ts"
import type { MibObject } from "./snmp-agent.ts"
import type { Value } from "./snmp-message.ts"
import { seedOf } from "./traffic-curve.ts"

const M = "1.3.6.1.4.1.14988.1.1"
const int = (value: number): Value => ({ kind: "integer", value })
const gauge = (value: number): Value => ({ kind: "gauge32", value: Math.min(value, 0xffff_ffff) })
const text = (value: string): Value => ({ kind: "octets", value: Buffer.from(value, "utf8") })
const octets = (value: readonly number[]): Value => ({ kind: "octets", value: Buffer.from(value) })
const ticks = (ms: number): Value => ({
  kind: "timeTicks",
  value: Math.floor(ms / 10) % 0x1_0000_0000,
})
const c32 = (value: bigint): Value => ({
  kind: "counter32",
  value: Number(BigInt.asUintN(32, value)),
})
const c64 = (value: bigint): Value => ({ kind: "counter64", value: BigInt.asUintN(64, value) })

type Column<R> = readonly [number, (row: R, atMs: number) => Value]
/** `find` is null while there is no such row. */
const rowOf = <R>(
  entry: string,
  index: readonly number[],
  columns: readonly Column<R>[],
  find: (atMs: number) => R | null,
): MibObject[] =>
  columns.map(([column, read]) => ({
    oid: [...oidOf(entry), column, ...index],
    isThere: (atMs) => find(atMs) !== null,
    read: (atMs) => {
      const row = find(atMs)
      return row === null ? { kind: "noSuchInstance" } : read(row, atMs)
    },
  }))

const bytesOf = (mac: string): number[] => mac.split(":").map((part) => Number.parseInt(part, 16))
const REGISTRATION: readonly Column<Station>[] = [
  [1, ({ mac }) => octets(bytesOf(mac))],
  [3, ({ signalDbm }) => int(signalDbm)],
  [8, ({ txRateMbps }) => gauge(txRateMbps * 1e6)],
  [9, ({ rxRateMbps }) => gauge(rxRateMbps * 1e6)],
  [11, ({ uptimeMs }) => ticks(uptimeMs)],
  [12, ({ snrDb }) => int(snrDb)],
  [19, ({ farSignalDbm }) => int(farSignalDbm)],
  [20, ({ name }) => text(name)],
]
const CAPSMAN: readonly Column<Station>[] = [
  [1, ({ mac }) => octets(bytesOf(mac))],
  [3, ({ uptimeMs }) => ticks(uptimeMs)],
  [8, ({ txRateMbps }) => gauge(txRateMbps * 1e6)],
  [9, ({ rxRateMbps }) => gauge(rxRateMbps * 1e6)],
  [10, ({ farSignalDbm }) => int(farSignalDbm)],
  [11, ({ signalDbm }) => int(signalDbm)],
  [12, ({ radio }) => text(radio.ssid)],
]
const WIFI: readonly Column<Station>[] = [
  [1, ({ mac }) => octets(bytesOf(mac))],
  [3, ({ radio }) => text(radio.ssid)],
  [4, ({ uptimeMs }) => ticks(uptimeMs)],
  [6, ({ signalDbm }) => int(signalDbm)],
  [9, ({ txRateMbps }) => gauge(txRateMbps * 1e6)],
  [10, ({ rxRateMbps }) => gauge(rxRateMbps * 1e6)],
]
const STATION_TABLES = {
  wireless: [`${M}.1.2.1`, REGISTRATION],
  wifi: [`${M}.21.4.1`, WIFI],
  "caps-man": [`${M}.1.5.1`, CAPSMAN],
} as const
/** More than a radio has. */
const MAX_STATIONS = 8

const stations = (router: Router): MibObject[] =>
  (["wireless", "wifi", "caps-man"] as const).flatMap((driver) => {
    const [entry, columns] = STATION_TABLES[driver]
    return radiosOf(router, driver).flatMap(({ port }) =>
      Array.from({ length: MAX_STATIONS }, (_, n) => {
        const { name, index } = port.plan
        const mac = macOf(seedOf(router.spec.seed, `${name} client ${n}`), n)
        const find = (atMs: number): Station | null =>
          stationsOf(router, atMs, driver).find(
            (one) => one.radio.port === port && one.mac === mac,
          ) ?? null
        return rowOf(entry, [...bytesOf(mac), index], columns, find)
      }).flat(),
    )
  })

const radioRow =
  (router: Router) =>
  (radio: Radio, n: number): MibObject[] => {
    const { port, driver, frequencyMhz, ssid } = radio
    const { index, name } = port.plan
    const count = (atMs: number): number => radioCount(router, radio, atMs)
    const there = (): Radio => radio
    if (driver === "wireless")
      return rowOf(
        `${M}.1.3.1`,
        [index],
        [
          [4, () => text(ssid)],
          [6, (_, atMs) => gauge(count(atMs))],
          [7, () => int(frequencyMhz)],
          [9, () => int(-103 + (n % 3))],
        ],
        there,
      )
    if (driver === "caps-man")
      return rowOf(
        `${M}.1.7.1`,
        [index],
        [
          [2, (_, atMs) => gauge(count(atMs))],
          [4, () => text(port.running ? "running-ap" : "disabled")],
        ],
        there,
      )
    if (driver === "wifi")
      return rowOf(
        `${M}.21.5.1`,
        [index],
        [
          [2, () => text(name)],
          [3, () => text(ssid)],
          [4, () => text(String(frequencyMhz))],
        ],
        there,
      )
    const far = (atMs: number): Station | undefined => stationsOf(router, atMs, "w60g")[0]
    return rowOf(
      `${M}.1.8.1`,
      [index],
      [
        [2, () => int(3)],
        [3, () => text(ssid)],
        [4, (_, atMs) => int(far(atMs) === undefined ? 0 : 1)],
        [6, () => int(frequencyMhz)],
        [12, (_, atMs) => int(far(atMs)?.signalDbm ?? 0)],
        [13, (_, atMs) => gauge(far(atMs)?.txRateMbps ?? 0)],
      ],
      there,
    )
  }

const POE_STATUS = { "powered-on": 3, overload: 4, "short-circuit": 5 } as const
const poe = (router: Router): MibObject[] => {
  const port = poePortOf(router)
  if (port === undefined) return []
  return rowOf(
    `${M}.15.1.1`,
    [port.plan.index],
    [
      [2, () => text(port.plan.name)],
      [3, (_, atMs) => int(POE_STATUS[poeStateOf(router, atMs).status])],
      [4, (_, atMs) => int(Math.round(poeStateOf(router, atMs).volts * 10))],
      [5, (_, atMs) => int(poeStateOf(router, atMs).milliamps)],
      [6, (_, atMs) => int(Math.round(poeStateOf(router, atMs).watts * 10))],
    ],
    () => port,
  )
}

/** Of sessions, and of customers' ports; the index is that of the menu's id. */
const queues = (router: Router): MibObject[] => {
  const sessions = router.ports.filter(({ plan }) => plan.dynamic)
  return [...sessions, ...customerPorts(router)].flatMap((port) => {
    const { dynamic, name } = port.plan
    const n = dynamic ? sessions.indexOf(port) : customerPorts(router).indexOf(port)
    const index = dynamic ? 0x1000 + n : n + 1
    return rowOf(
      `${M}.2.1.1`,
      [index],
      [
        [2, () => text(dynamic ? name.replace(/^<(.*)>$/, "$1") : `customers-${name}`)],
        [8, (_, atMs) => c64(port.rxByte.read(atMs))],
        [9, (_, atMs) => c64(port.txByte.read(atMs))],
        [14, () => c32(0n)],
        [15, (_, atMs) => c32(queueDrops(router, port, n, atMs))],
      ],
      () => (dynamic && !port.running ? null : port),
    )
  })
}

const ike = (router: Router): MibObject[] => [
  {
    oid: oidOf(`${M}.20.1.0`),
    read: (atMs) => gauge(ipsecPeers(router, atMs).length),
  },
  ...rowOf(
    `${M}.20.2.1`,
    [1],
    [
      [6, () => gauge(2)],
      [7, () => int(2)],
      [10, () => text(IPSEC_PEER.id)],
      [15, () => int(1)],
      [16, () => octets(IPSEC_PEER.address.split(".").map(Number))],
      [17, () => gauge(4_500)],
    ],
    (atMs) => ipsecPeers(router, atMs)[0] ?? null,
  ),
]

export const servicesMib = (router: Router): MibObject[] => [
  ...stations(router),
  ...radiosOf(router).flatMap(radioRow(router)),
  ...poe(router),
  ...queues(router),
  { oid: oidOf(`${M}.6.1.0`), read: (atMs) => gauge(leaseCount(router, atMs)) },
  ...ike(router),
]
