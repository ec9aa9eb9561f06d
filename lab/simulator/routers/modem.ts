/** The modem of a simulated router: its signal, and its menus in both forms of their command. */
import type { Row } from "./api-query.ts"
import type { Port } from "./port.ts"
import type { Router } from "./router.ts"
import { durationText } from "./text.ts"
import { seedOf, varyingValue } from "./traffic-curve.ts"

export const modemsOf = (router: Router): readonly Port[] =>
  router.ports.filter(({ plan }) => plan.kind === "lte")

export type ModemSignal = {
  readonly rssi: number
  readonly rsrp: number
  readonly rsrq: number
  readonly sinr: number
}
/** Null: no network. */
export const modemSignal = (router: Router, port: Port, atMs: number): ModemSignal | null => {
  if (!port.running || port.disabled || router.faults.has("lose-lte")) return null
  const at = (name: string, low: number, high: number) =>
    Math.round(varyingValue(seedOf(router.spec.seed, `${port.plan.name} ${name}`), atMs, low, high))
  return {
    rssi: at("rssi", -78, -61),
    rsrp: at("rsrp", -106, -89),
    rsrq: at("rsrq", -14, -8),
    sinr: at("sinr", 4, 17),
  }
}

export const modemRow = ({ plan, running }: Port): Row => ({
  ".id": `*${plan.index.toString(16).toUpperCase()}`,
  name: plan.name,
  "mac-address": plan.mac ?? "",
  "apn-profiles": "default",
  "allow-roaming": "false",
  "network-mode": "lte",
  running: String(running),
  disabled: "false",
})

/** `monitor` of release 7, `info` of release 6. */
export const modemStateRow = (router: Router, port: Port, atMs: number): Row => {
  const signal = modemSignal(router, port, atMs)
  const isV6 = router.persona.version.startsWith("6.")
  const common: Row = {
    ...(isV6 ? {} : { name: port.plan.name }),
    "pin-status": "ok",
    functionality: "full",
    manufacturer: "Example",
    model: "LTE6",
    imei: "490154203237518",
  }
  if (signal === null) return { ...common, "registration-status": "not registered" }
  return {
    ...common,
    "registration-status": "registered",
    "current-operator": "Example Mobile",
    "access-technology": "Evolved 3G (LTE)",
    "session-uptime": durationText(Math.max(0, atMs - (port.lastUpAtMs ?? atMs))),
    rssi: `${signal.rssi}dBm`,
    rsrp: `${signal.rsrp}dBm`,
    rsrq: `${signal.rsrq}dB`,
    sinr: `${signal.sinr}dB`,
  }
}
