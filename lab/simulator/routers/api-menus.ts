/** The menus of a simulated router and their rows. All values are text, as on the wire. */
import type { Row } from "./api-query.ts"
import type { Port } from "./port.ts"
import type { LogEntry, Router } from "./router.ts"
import { SERVICE_MENUS } from "./service-menus.ts"
import { dateText, durationText } from "./text.ts"
import { seedOf, varyingValue } from "./traffic-curve.ts"

const boolText = (b: boolean): string => (b ? "true" : "false")
const withoutNulls = (row: Record<string, string | null>): Row =>
  Object.fromEntries(Object.entries(row).filter((e): e is [string, string] => e[1] !== null))
const idOf = (n: number): string => `*${n.toString(16).toUpperCase()}`

export const interfaceRow = (router: Router, port: Port, atMs: number): Row => {
  const { plan } = port
  const { dates } = router.persona
  const count = (meter: { read(atMs: number): bigint }) =>
    String(BigInt.asUintN(64, meter.read(atMs)))
  const isEther = plan.kind === "ether"
  return withoutNulls({
    ".id": idOf(plan.index),
    name: plan.name,
    "default-name": isEther ? plan.name : null,
    type: plan.kind,
    mtu: plan.kind === "loopback" ? "65536" : isEther ? "1500" : null,
    "actual-mtu": plan.kind === "loopback" ? "65536" : plan.kind === "pppoe-in" ? "1480" : "1500",
    l2mtu: isEther ? "1584" : null,
    "mac-address": plan.mac,
    "last-link-down-time": port.lastDownAtMs === null ? null : dateText(port.lastDownAtMs, dates),
    "last-link-up-time": port.lastUpAtMs === null ? null : dateText(port.lastUpAtMs, dates),
    "link-downs": String(port.linkDowns),
    "rx-byte": count(port.rxByte),
    "tx-byte": count(port.txByte),
    "rx-packet": count(port.rxPacket),
    "tx-packet": count(port.txPacket),
    "rx-drop": count(port.rxDrop),
    "tx-drop": count(port.txDrop),
    "tx-queue-drop": "0",
    "rx-error": count(port.rxError),
    "tx-error": "0",
    "fp-rx-byte": count(port.rxByte),
    "fp-tx-byte": count(port.txByte),
    "fp-rx-packet": count(port.rxPacket),
    "fp-tx-packet": count(port.txPacket),
    dynamic: plan.dynamic ? "true" : null,
    running: boolText(port.running),
    disabled: boolText(port.disabled),
    comment: plan.comment,
  })
}

export const logRow = (router: Router, entry: LogEntry): Row => ({
  ".id": idOf(entry.id),
  time: dateText(entry.atMs, router.persona.dates),
  topics: entry.topics,
  message: entry.message,
})

const resourceRow = (router: Router, atMs: number): Row => {
  const { persona } = router
  return withoutNulls({
    uptime: durationText(router.uptimeMs(atMs)),
    version: `${persona.version} (${persona.channel})`,
    "build-time": persona.dates === "iso" ? "2026-01-20 09:12:44" : "Jan/20/2024 09:12:44",
    "factory-software": persona.routerboard ? persona.version : null,
    "free-memory": String(persona.memoryByte - router.memoryUsedByte(atMs)),
    "total-memory": String(persona.memoryByte),
    cpu: persona.cpu,
    "cpu-count": String(persona.cores),
    "cpu-frequency": String(persona.frequencyMhz),
    "cpu-load": String(router.cpuLoad(atMs)),
    "free-hdd-space": String(persona.diskByte - router.diskUsedByte()),
    "total-hdd-space": String(persona.diskByte),
    "architecture-name": persona.architecture,
    "board-name": persona.board,
    platform: "MikroTik",
  })
}

const healthRows = (router: Router, atMs: number): Row[] => {
  const sensors = router.sensors(atMs)
  const text = (s: (typeof sensors)[number]) =>
    s.unit === "" ? (s.value === 0 ? "ok" : "fail") : String(s.value)
  // v6 has one row of properties and, on some builds, the unit appended to the value.
  if (router.persona.health === "row")
    return [
      Object.fromEntries(sensors.map((s) => [s.name, s.unit === "V" ? `${text(s)}V` : text(s)])),
    ]
  return sensors.map((s) => ({ ".id": idOf(s.id), name: s.name, value: text(s), type: s.unit }))
}

const routerboardRow = (router: Router): Row => ({
  routerboard: "true",
  "board-name": router.persona.board,
  model: router.persona.board,
  "serial-number": router.serial(),
  "firmware-type": router.persona.cpu.toLowerCase(),
  "current-firmware": router.persona.version,
  "upgrade-firmware": router.persona.version,
})

/** One run of `monitor-traffic` measures the last second. */
export const trafficRow = (port: Port, atMs: number): Row => {
  const perSecond = (meter: { read(atMs: number): bigint }) =>
    meter.read(atMs) - meter.read(atMs - 1000)
  const bits = (meter: { read(atMs: number): bigint }) => String(perSecond(meter) * 8n)
  return {
    name: port.plan.name,
    "rx-packets-per-second": String(perSecond(port.rxPacket)),
    "rx-bits-per-second": bits(port.rxByte),
    "fp-rx-packets-per-second": String(perSecond(port.rxPacket)),
    "fp-rx-bits-per-second": bits(port.rxByte),
    "tx-packets-per-second": String(perSecond(port.txPacket)),
    "tx-bits-per-second": bits(port.txByte),
    "fp-tx-packets-per-second": String(perSecond(port.txPacket)),
    "fp-tx-bits-per-second": bits(port.txByte),
  }
}

/** Of a module for ten kilometres, as it states them itself. */
const OPTIC_LIMITS: Row = {
  "sfp-rx-power-low-alarm": "-18dBm",
  "sfp-rx-power-high-alarm": "0.5dBm",
  "sfp-tx-power-low-alarm": "-8.2dBm",
  "sfp-tx-power-high-alarm": "0.5dBm",
}
/** Light of a module: a link that is down receives none. Powers differ by port and move slowly. */
const opticsOf = (router: Router, port: Port, atMs: number): Row => {
  const at = (name: string, low: number, high: number, digits: number) =>
    varyingValue(seedOf(router.spec.seed, `${port.plan.name} ${name}`), atMs, low, high).toFixed(
      digits,
    )
  return {
    "sfp-module-present": "true",
    "sfp-rx-loss": boolText(!port.running),
    "sfp-tx-fault": "false",
    "sfp-vendor-name": "MikroTik",
    "sfp-wavelength": "1310nm",
    "sfp-temperature": `${at("temperature", 34, 47, 0)}C`,
    "sfp-supply-voltage": `${at("voltage", 3.26, 3.33, 3)}V`,
    ...OPTIC_LIMITS,
    "sfp-tx-bias-current": `${at("bias", 18, 26, 0)}mA`,
    "sfp-tx-power": `${at("tx", -2.4, -1.6, 3)}dBm`,
    "sfp-rx-power": port.running
      ? `${(Number(at("rx", -7.5, -5.5, 3)) - port.fadeDb).toFixed(3)}dBm`
      : "-40dBm",
  }
}

const monitorRow = (router: Router, port: Port, atMs: number): Row => ({
  ...linkRow(port),
  ...(port.plan.name.startsWith("sfp") ? opticsOf(router, port, atMs) : {}),
})
const linkRow = (port: Port): Row =>
  port.running
    ? {
        name: port.plan.name,
        status: "link-ok",
        rate: `${port.plan.speedBps / 1e9}Gbps`,
        "full-duplex": "true",
        "auto-negotiation": "done",
      }
    : { name: port.plan.name, status: "no-link", "auto-negotiation": "disabled" }

const neighborRows = (router: Router): Row[] =>
  router.ports.flatMap(({ running, plan: { index, name, peer } }) =>
    !running || peer === null
      ? []
      : [
          {
            ...{ ".id": idOf(index), interface: name, "interface-name": peer.port },
            ...{ address: peer.address, "mac-address": peer.mac, identity: peer.router },
            ...{ platform: "MikroTik", version: peer.version, board: peer.board },
            "discovered-by": "cdp,lldp,mndp",
          },
        ],
  )

/** What a listen reports of a row that is gone: releases write the flag in two ways. */
export const deadRow = (router: Router, index: number): Row => ({
  ".id": idOf(index),
  ".dead": router.persona.version.startsWith("6.") ? "yes" : "true",
})

export const sessionRow = (router: Router, port: Port, atMs: number): Row => {
  const { index, name } = port.plan
  const n = router.ports.filter(({ plan }) => plan.dynamic).indexOf(port)
  const mac = [16, 8, 0].map((bits) => ((index >> bits) & 255).toString(16).padStart(2, "0"))
  return {
    ".id": idOf(index),
    name: name.replace(/^<pppoe-(.*)>$/, "$1"),
    service: "pppoe",
    "caller-id": `02:00:00:${mac.join(":").toUpperCase()}`,
    address: `100.64.${(n >> 8) & 255}.${n & 255}`,
    uptime: durationText(Math.max(0, atMs - (port.lastUpAtMs ?? atMs))),
    "session-id": `0x81${index.toString(16).padStart(6, "0")}`,
    radius: "true",
  }
}

type Print = (router: Router, atMs: number) => readonly Row[]
const MENUS: Readonly<Record<string, Print>> = {
  "/system/identity": (router) => [{ name: router.spec.name }],
  "/system/resource": (router, atMs) => [resourceRow(router, atMs)],
  "/system/resource/cpu": (router, atMs) =>
    router.cpuLoads(atMs).map((load, i) => ({
      ".id": idOf(i),
      cpu: `cpu${i}`,
      load: String(load),
      irq: "0",
      disk: "0",
    })),
  "/system/routerboard": (router) => [routerboardRow(router)],
  "/system/health": healthRows,
  "/system/clock": (router, atMs) => {
    const [date = "", time = ""] = dateText(router.clockMs(atMs), router.persona.dates).split(" ")
    return [{ time, date, "time-zone-name": "UTC", "gmt-offset": "+00:00" }]
  },
  "/system/package": (router) => [
    { ".id": "*1", name: "routeros", version: router.persona.version, disabled: "false" },
  ],
  "/interface": (router, atMs) =>
    router.ports
      .filter((p) => p.running || !p.plan.dynamic)
      .map((p) => interfaceRow(router, p, atMs)),
  "/interface/ethernet": (router, atMs) =>
    router.ports.filter((p) => p.plan.kind === "ether").map((p) => interfaceRow(router, p, atMs)),
  "/ip/address": (router) => [
    {
      ".id": "*1",
      address: `${router.spec.address}/32`,
      network: router.spec.address,
      interface: router.persona.hasLoopback ? "lo" : "ether1",
      disabled: "false",
    },
  ],
  "/ip/neighbor": neighborRows,
  "/ip/firewall/filter": () => [],
  "/ppp/active": (router, atMs) =>
    router.ports.filter((p) => p.plan.dynamic && p.running).map((p) => sessionRow(router, p, atMs)),
  "/log": (router) => router.log.map((entry) => logRow(router, entry)),
}

/** A board without sensors may lack the menu itself, and a virtual router is not a routerboard. */
const lacks = (router: Router, menu: string): boolean =>
  (menu === "/system/health" && router.persona.health === "missing") ||
  (menu === "/system/routerboard" && !router.persona.routerboard)

export const menuExists = (router: Router, menu: string): boolean =>
  (Object.hasOwn(MENUS, menu) && !lacks(router, menu)) ||
  (Object.hasOwn(SERVICE_MENUS, menu) && SERVICE_MENUS[menu]?.has(router) === true)

export const printMenu = (router: Router, menu: string, atMs: number): readonly Row[] =>
  (MENUS[menu] ?? SERVICE_MENUS[menu]?.print)?.(router, atMs) ?? []

/** `monitor` of ethernet ports, by name or `.id`; null for an unknown port. */
export const monitorRows = (
  router: Router,
  names: readonly string[],
  atMs: number,
): Row[] | null => {
  const ports = names.map((name) =>
    router.ports.find((p) => p.plan.name === name || idOf(p.plan.index) === name),
  )
  return ports.some((p) => p === undefined)
    ? null
    : ports.flatMap((p) => (p === undefined ? [] : [monitorRow(router, p, atMs)]))
}
