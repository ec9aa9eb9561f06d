/**
 * Radios of a simulated router and their stations: the sectors of a wireless site, and radios of
 * the drivers wifi, CAPsMAN and 60 GHz. Menus and SNMP read the same stations.
 */
import type { Row } from "./api-query.ts"
import type { Port } from "./port.ts"
import type { Router } from "./router.ts"
import { durationText } from "./text.ts"
import { randomFraction, seedOf, varyingValue } from "./traffic-curve.ts"

export type Driver = "wireless" | "wifi" | "caps-man" | "w60g"
export type Radio = {
  readonly port: Port
  readonly driver: Driver
  readonly ssid: string
  readonly frequencyMhz: number
}
export type Station = {
  readonly radio: Radio
  readonly mac: string
  readonly name: string
  readonly address: string
  readonly comment: string
  readonly signalDbm: number
  readonly farSignalDbm: number
  readonly snrDb: number
  readonly txCcq: number
  readonly rxCcq: number
  readonly txRateMbps: number
  readonly rxRateMbps: number
  readonly uptimeMs: number
}

const DRIVERS: Readonly<Partial<Record<Port["plan"]["kind"], Driver>>> = {
  wifi: "wifi",
  cap: "caps-man",
  w60g: "w60g",
}
/** A 60 GHz radio has the other end of its link alone. */
const STATIONS: Readonly<Record<Driver, number>> = {
  wireless: 6,
  wifi: 8,
  "caps-man": 8,
  w60g: 1,
}
/** A fade takes the best station below what holds a useful rate. */
const FADE_DB = 28
const NOISE_DBM = -102

/** Boards at the towers of wireless sites: their customers' ports are sectors. */
export const isTower = (router: Router): boolean => router.persona.board === "RB760iGS"
const idOf = (n: number): string => `*${n.toString(16).toUpperCase()}`
export const macOf = (seed: number, n: number): string =>
  ["02", ...[24, 16, 8, 0].map((bits) => ((seed >> bits) & 255).toString(16)), n.toString(16)]
    .map((each) => each.padStart(2, "0").toUpperCase())
    .join(":")

export const radiosOf = (router: Router, driver?: Driver): readonly Radio[] => {
  const sectors = isTower(router)
    ? router.ports.filter(({ plan }) => plan.comment === "customers")
    : []
  const radios = [
    ...sectors.map(
      (port, n): Radio => ({
        port,
        driver: "wireless",
        ssid: `sector-${n + 1}`,
        frequencyMhz: 5_500 + n * 40,
      }),
    ),
    ...router.ports.flatMap((port, n): Radio[] => {
      const own = DRIVERS[port.plan.kind]
      if (own === undefined) return []
      const frequencyMhz = own === "w60g" ? 64_800 : 5_180 + (n % 4) * 40
      return [{ port, driver: own, ssid: own === "w60g" ? "backhaul" : "town", frequencyMhz }]
    }),
  ]
  return driver === undefined ? radios : radios.filter((radio) => radio.driver === driver)
}

const isOn = ({ port }: Radio): boolean => port.running && !port.disabled

/** A few are far away. */
const stationOf = (router: Router, radio: Radio, p: number, n: number, atMs: number): Station => {
  const seed = seedOf(router.spec.seed, `${radio.port.plan.name} client ${n}`)
  const far = randomFraction(seed, 1)
  const fade = router.faults.has("fade-radio") ? FADE_DB : 0
  const dbm = Math.round(varyingValue(seed, atMs, -58 - 26 * far, -54 - 26 * far) - fade)
  const quality = Math.max(12, Math.round(100 - 45 * far - 1.6 * fade))
  const slow = fade === 0 ? 1 : 0.1
  const at = p * STATIONS[radio.driver] + n
  return {
    radio,
    mac: macOf(seed, n),
    name: `cpe-${p + 1}${String(n + 1).padStart(2, "0")}`,
    address: `172.21.${p}.${10 + n}`,
    comment: `subscriber ${1001 + at}`,
    signalDbm: dbm,
    farSignalDbm: dbm - 3,
    snrDb: Math.max(0, dbm - NOISE_DBM),
    txCcq: quality,
    rxCcq: Math.max(8, quality - 4),
    txRateMbps: Math.round((300 - 200 * far) * slow),
    rxRateMbps: Math.round((240 - 160 * far) * slow),
    uptimeMs: Math.max(0, atMs - (radio.port.lastUpAtMs ?? atMs)) + n * 1_000,
  }
}
export const stationsOf = (router: Router, atMs: number, driver?: Driver): readonly Station[] => {
  if (router.faults.has("drop-stations")) return []
  return radiosOf(router, driver)
    .filter(isOn)
    .flatMap((radio, p) =>
      Array.from({ length: STATIONS[radio.driver] }, (_, n) =>
        stationOf(router, radio, p, n, atMs),
      ),
    )
}
const countOn = (router: Router, radio: Radio, atMs: number): number =>
  stationsOf(router, atMs, radio.driver).filter((one) => one.radio.port === radio.port).length

const COMMON = (station: Station): Row => ({
  interface: station.radio.port.plan.name,
  "mac-address": station.mac,
  uptime: durationText(station.uptimeMs),
  comment: station.comment,
})
const registrationRow = (station: Station): Row => {
  const { signalDbm, farSignalDbm, txRateMbps, rxRateMbps, radio } = station
  if (radio.driver === "wireless")
    return {
      ...COMMON(station),
      "radio-name": station.name,
      "signal-strength": `${signalDbm}dBm@6Mbps`,
      "tx-signal-strength": String(farSignalDbm),
      "signal-to-noise": String(station.snrDb),
      "tx-ccq": String(station.txCcq),
      "rx-ccq": String(station.rxCcq),
      "tx-rate": `${txRateMbps}Mbps-40MHz/2S`,
      "rx-rate": `${rxRateMbps}Mbps-40MHz/2S`,
      "last-ip": station.address,
    }
  if (radio.driver === "wifi")
    return {
      ...COMMON(station),
      ssid: radio.ssid,
      band: "5ghz-ax",
      signal: String(signalDbm),
      "tx-rate": String(txRateMbps * 1_000_000),
      "rx-rate": String(rxRateMbps * 1_000_000),
    }
  return {
    ...COMMON(station),
    ssid: radio.ssid,
    "rx-signal": String(signalDbm),
    "tx-signal": String(farSignalDbm),
    "tx-rate": `${txRateMbps}Mbps-40MHz/2S`,
    "rx-rate": `${rxRateMbps}Mbps-40MHz/2S`,
  }
}
export const registrationRows = (router: Router, atMs: number, driver: Driver): Row[] =>
  stationsOf(router, atMs, driver).map((station, n) => ({
    ".id": idOf(n + 1),
    ...registrationRow(station),
  }))

export const radioRows = (router: Router, driver: Driver): Row[] =>
  radiosOf(router, driver).map(({ port, ssid, frequencyMhz }) => ({
    ".id": idOf(port.plan.index),
    name: port.plan.name,
    ...(driver === "wifi" ? { "configuration.ssid": ssid } : { ssid }),
    ...(driver === "wireless" ? { band: "5ghz-a/n" } : {}),
    ...(driver === "wireless" || driver === "w60g" ? { frequency: String(frequencyMhz) } : {}),
    ...(driver === "wireless" ? {} : { running: String(port.running) }),
    disabled: "false",
  }))

/** `monitor` of each driver; CAPsMAN has none. */
const monitorRow = (router: Router, radio: Radio, n: number, atMs: number): Row => {
  const { port, driver, frequencyMhz } = radio
  const { name } = port.plan
  const clients = String(countOn(router, radio, atMs))
  if (driver === "w60g") {
    const [far] = stationsOf(router, atMs, "w60g")
    const link: Row =
      far === undefined
        ? { connected: "false" }
        : {
            connected: "true",
            "remote-address": far.mac,
            rssi: String(far.signalDbm),
            "tx-phy-rate": `${far.txRateMbps}Mbps`,
            distance: "612.4m",
          }
    return { name, frequency: String(frequencyMhz), ...link }
  }
  if (driver === "wifi")
    return {
      name,
      state: port.running ? "running" : "disabled",
      channel: `${frequencyMhz}/ax/Ceee`,
      "registered-peers": clients,
      "tx-power": "20",
    }
  return {
    name,
    status: port.running ? "running-ap" : "disabled",
    channel: `${frequencyMhz}/20-Ce/an/DP`,
    "registered-clients": clients,
    "noise-floor": String(-103 + (n % 3)),
    "overall-tx-ccq":
      clients === "0" ? "0" : router.faults.has("fade-radio") ? "43" : port.running ? "88" : "0",
  }
}
export const radioMonitorRows = (
  router: Router,
  driver: Driver,
  names: readonly string[],
  atMs: number,
): Row[] =>
  radiosOf(router, driver)
    .map((radio, n) => ({ radio, n }))
    .filter(({ radio }) => names.includes(radio.port.plan.name))
    .map(({ radio, n }) => monitorRow(router, radio, n, atMs))
export const radioCount = countOn
