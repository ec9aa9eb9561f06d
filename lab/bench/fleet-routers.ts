/**
 * Child of `bench -- fleet`: answers SNMP at the addresses of all devices.
 *   node fleet-routers.ts DEVICES PORTS
 * Says "ready" over its channel.
 */
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { compareOids, oidOf } from "../simulator/routers/ber.ts"
import { answer, type Mib, type MibObject } from "../simulator/routers/snmp-agent.ts"
import type { Value } from "../simulator/routers/snmp-message.ts"
import { addressOf, COMMUNITY, nameOf } from "./fleet-address.ts"

const [devices = 0, ports = 0] = process.argv.slice(2).map(Number)
const SNMP_PORT = 161
/** At once while sockets are opened. */
const OPENED_AT_ONCE = 200
const beganMs = Date.now() - 86_400_000

const int = (value: number): Value => ({ kind: "integer", value })
const text = (value: string): Value => ({ kind: "octets", value: Buffer.from(value) })
const scalar = (oid: string, read: MibObject["read"]): MibObject => ({
  oid: [...oidOf(oid), 0],
  read,
})
const uptime = (atMs: number): Value => ({
  kind: "timeTicks",
  value: Math.floor((atMs - beganMs) / 10),
})
/** Grows by so many a second. */
const counter =
  (perS: number) =>
  (atMs: number): Value => ({
    kind: "counter64",
    value: BigInt(Math.floor(((atMs - beganMs) / 1_000) * perS)),
  })
const none = (): Value => ({ kind: "counter32", value: 0 })

type Column = readonly [number, (port: number) => MibObject["read"]]
const IF_COLUMNS: readonly Column[] = [
  [1, (port) => () => int(port)],
  [2, (port) => () => text(`ether${port}`)],
  [3, () => () => int(6)],
  [4, () => () => int(1_500)],
  [5, () => () => ({ kind: "gauge32", value: 1_000_000_000 })],
  [6, (port) => () => ({ kind: "octets", value: Buffer.from([2, 0, 0, 0, 0, port]) })],
  [7, () => () => int(1)],
  [8, () => () => int(1)],
  [9, () => () => ({ kind: "timeTicks", value: 100 })],
  [13, () => none],
  [14, () => none],
  [19, () => none],
  [20, () => none],
]
const IFX_COLUMNS: readonly Column[] = [
  [1, (port) => () => text(`ether${port}`)],
  [6, (port) => counter(1e6 * port)],
  [7, (port) => counter(1e3 * port)],
  [10, (port) => counter(5e5 * port)],
  [11, (port) => counter(5e2 * port)],
  [15, () => () => ({ kind: "gauge32", value: 1_000 })],
  [18, () => () => text("")],
]
const table = (entry: string, columns: readonly Column[]): MibObject[] =>
  columns.flatMap(([column, read]) =>
    Array.from({ length: ports }, (_, at) => ({
      oid: [...oidOf(entry), column, at + 1],
      read: read(at + 1),
    })),
  )

const NAME = "1.3.6.1.2.1.1.5"
const SERIAL = "1.3.6.1.4.1.14988.1.1.7.3"
const COMMON: Mib = [
  scalar("1.3.6.1.2.1.1.1", () => text("RouterOS RB5009UG+S+")),
  scalar("1.3.6.1.2.1.1.2", () => ({ kind: "oid", value: oidOf("1.3.6.1.4.1.14988.1") })),
  scalar("1.3.6.1.2.1.1.3", uptime),
  scalar(NAME, () => text("")),
  scalar("1.3.6.1.2.1.2.1", () => int(ports)),
  scalar("1.3.6.1.2.1.25.1.1", uptime),
  ...table("1.3.6.1.2.1.2.2.1", IF_COLUMNS),
  ...table("1.3.6.1.2.1.31.1.1.1", IFX_COLUMNS),
  ...[1, 2, 3, 4].map((core) => ({
    oid: [...oidOf("1.3.6.1.2.1.25.3.3.1.2"), core],
    read: () => int(10 * core),
  })),
  scalar("1.3.6.1.4.1.14988.1.1.4.4", () => text("7.18.2")),
  scalar(SERIAL, () => text("")),
  scalar("1.3.6.1.4.1.14988.1.1.7.4", () => text("7.18.2")),
  scalar("1.3.6.1.4.1.14988.1.1.7.9", () => text("RB5009UG+S+")),
].sort((one, other) => compareOids(one.oid, other.oid))
const isAt = (object: MibObject, oid: string): boolean =>
  compareOids(object.oid, [...oidOf(oid), 0]) === 0
const [nameAt, serialAt] = [NAME, SERIAL].map((oid) => COMMON.findIndex((one) => isAt(one, oid)))

/** Everything but name and serial is shared. */
const mibOf = (device: number): Mib =>
  COMMON.map((object, at) =>
    at === nameAt || at === serialAt
      ? { oid: object.oid, read: () => text(at === nameAt ? nameOf(device) : `FL${device}`) }
      : object,
  )

const serve = async (device: number): Promise<void> => {
  const mib = mibOf(device)
  const socket = createSocket("udp4")
  socket.on("message", (packet, { port, address }) => {
    const reply = answer(packet, COMMUNITY, mib, Date.now())
    if (reply !== null) socket.send(reply, port, address)
  })
  socket.bind(SNMP_PORT, addressOf(device))
  await once(socket, "listening")
}

for (let from = 0; from < devices; from += OPENED_AT_ONCE)
  await Promise.all(
    Array.from({ length: Math.min(OPENED_AT_ONCE, devices - from) }, (_, at) => serve(from + at)),
  )
process.send?.("ready")
process.on("disconnect", () => process.exit(0))
