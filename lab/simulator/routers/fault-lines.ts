/**
 * The log lines of a router at the begin and the end of a fault, where RouterOS writes one with the
 * topics that a log keeps by default. Others show only in menus and SNMP: certificates near their
 * end, queues, loads, NTP without an answer, and handshakes of WireGuard (debug).
 */
import type { DeviceFault } from "../device-faults.ts"
import { modemsOf } from "./modem.ts"
import { poePortOf } from "./poe.ts"
import { type Driver, type Station, stationsOf } from "./radio.ts"
import { CLOCK_SKEW_MS, type Router } from "./router.ts"
import { bridgePortsOf } from "./serves.ts"
import { dateText } from "./text.ts"

type Line = readonly [topics: string, message: string]
type Lines = (router: Router, isBegin: boolean, atMs: number) => readonly Line[]

export const IPSEC_PEER = { address: "198.51.100.77", id: "partner-exchange" } as const
/** RouterOS writes a line for each station. Of many, these are enough here. */
const MAX_LINES = 8

/** Each driver has its own form. */
const stationLine = ({ mac, radio, signalDbm }: Station, isBegin: boolean): Line => {
  const place = `${mac}@${radio.port.plan.name}`
  const signal = `signal strength ${signalDbm}`
  const why = "extensive data loss"
  const forms: Readonly<Record<Driver, readonly [topics: string, left: string, came: string]>> = {
    wireless: ["wireless,info", `${place}: disconnected, ${why}`, `${place}: connected`],
    w60g: ["w60g,info", `${place}: disconnected`, `${place}: connected`],
    wifi: [
      "wireless,info",
      `${place} disconnected, ${why}, ${signal}`,
      `${place} connected, ${signal}`,
    ],
    "caps-man": ["caps,info", `${place} disconnected, ${why}`, `${place} connected, ${signal}`],
  }
  const [topics, left, came] = forms[radio.driver]
  return [topics, isBegin ? left : came]
}
const stationLines: Lines = (router, isBegin, atMs) =>
  stationsOf(router, atMs)
    .slice(0, MAX_LINES)
    .map((station) => stationLine(station, isBegin))

const sensorLines =
  (name: string): Lines =>
  (_, isBegin) => [
    [
      isBegin ? "system,health,warning" : "system,health,info",
      `${name} state changed: ${isBegin ? "fail" : "ok"}`,
    ],
  ]
const poeLines =
  (status: string): Lines =>
  (router, isBegin) => {
    const port = poePortOf(router)?.plan.name ?? ""
    return [
      [
        isBegin ? "poe-out,warning" : "poe-out,info",
        `${port} detected poe-out status: ${isBegin ? status : "powered_on"}`,
      ],
    ]
  }

const LINES: Readonly<Partial<Record<DeviceFault, Lines>>> = {
  "drop-stations": stationLines,
  "exhaust-pool": (_, isBegin) =>
    isBegin
      ? [["dhcp,error", "customers: failed to give out IP address: pool <customers> is empty"]]
      : [],
  "fail-psu": sensorLines("psu2"),
  "stop-fan": sensorLines("fan2"),
  "lose-lte": (router, isBegin) =>
    modemsOf(router).map(({ plan }) => [
      "lte,info",
      `${plan.name}: session ${isBegin ? "disconnected" : "connected"}`,
    ]),
  "ipsec-down": ({ spec }, isBegin) => {
    const ends = `${spec.address}[4500]-${IPSEC_PEER.address}[4500]`
    return isBegin
      ? [["ipsec,info", `killing ike2 SA: ${IPSEC_PEER.id} ${ends}`]]
      : [
          ["ipsec,info", `new ike2 SA (I): ${IPSEC_PEER.id} ${ends}`],
          ["ipsec,info", `peer authorized: ${IPSEC_PEER.id} ${ends}`],
        ]
  },
  "overload-poe": poeLines("overload"),
  "short-poe": poeLines("short_circuit"),
  "vrrp-backup": (_, isBegin) => [
    [
      "vrrp,info",
      `vrrp-subscribers now ${isBegin ? "BACKUP, got higher priority 254" : "MASTER, master down timer"}`,
    ],
  ],
  "block-bridge-port": (router, isBegin) => {
    const port = bridgePortsOf(router)[0]?.plan.name ?? ""
    return [["bridge,stp,info", `${port}:0 becomes ${isBegin ? "Alternate" : "Designated"}`]]
  },
  "skew-clock": ({ persona }, isBegin, atMs) => {
    const [right, wrong] = [atMs, atMs + CLOCK_SKEW_MS].map((ms) => dateText(ms, persona.dates))
    const change = isBegin ? `${right} => ${wrong}` : `${wrong} => ${right}`
    return [["system,info", `ntp change time ${change}`]]
  },
}

const linesOf = (router: Router, fault: DeviceFault, isBegin: boolean, atMs: number) =>
  LINES[fault]?.(router, isBegin, atMs) ?? []

/** Sets what has failed in a router; it writes its lines. */
export const changeFaults = (
  router: Router,
  faults: ReadonlySet<DeviceFault>,
  atMs: number,
): void => {
  const was = [...router.faults.keys()]
  // Lines about stations that leave name those that were there.
  const begun = [...faults].filter((fault) => !was.includes(fault))
  const lines = begun.flatMap((fault) => linesOf(router, fault, true, atMs))
  router.setFaults(faults, atMs)
  const ended = was.filter((fault) => !faults.has(fault))
  lines.push(...ended.flatMap((fault) => linesOf(router, fault, false, atMs)))
  for (const [topics, message] of lines) router.writeLog(atMs, topics, message)
}
