/** The port of a simulated router that supplies power, on boards that have one. */
import type { Row } from "./api-query.ts"
import type { Port } from "./port.ts"
import type { Router } from "./router.ts"
import { seedOf, varyingValue } from "./traffic-curve.ts"

/** The last copper port of an hEX S and of an RB3011 supplies what it is fed with. */
const POE_PORTS: Readonly<Record<string, string>> = { RB760iGS: "ether5", RB3011UiAS: "ether10" }

export const poePortOf = (router: Router): Port | undefined =>
  router.ports.find(({ plan }) => plan.name === POE_PORTS[router.persona.board])

export type PoeState = {
  readonly status: "powered-on" | "overload" | "short-circuit"
  readonly volts: number
  readonly milliamps: number
  readonly watts: number
}
/** A port in overload or short circuit is switched off by the router. */
export const poeStateOf = (router: Router, atMs: number): PoeState => {
  const off = { volts: 0, milliamps: 0, watts: 0 }
  if (router.faults.has("short-poe")) return { status: "short-circuit", ...off }
  if (router.faults.has("overload-poe")) return { status: "overload", ...off }
  const volts = 24.1
  const milliamps = Math.round(varyingValue(seedOf(router.spec.seed, "poe"), atMs, 180, 320))
  return { status: "powered-on", volts, milliamps, watts: Math.round(volts * milliamps) / 1_000 }
}

export const poeRows = (router: Router): Row[] => {
  const port = poePortOf(router)
  return port === undefined
    ? []
    : [
        {
          ".id": `*${port.plan.index.toString(16).toUpperCase()}`,
          name: port.plan.name,
          "poe-out": "auto-on",
          "poe-priority": "10",
        },
      ]
}
export const poeMonitorRows = (router: Router, names: readonly string[], atMs: number): Row[] => {
  const port = poePortOf(router)
  if (port === undefined || !names.includes(port.plan.name)) return []
  const { status, volts, milliamps, watts } = poeStateOf(router, atMs)
  return [
    {
      name: port.plan.name,
      "poe-out": "auto-on",
      "poe-out-status": status,
      ...(status === "powered-on"
        ? {
            "poe-out-voltage": `${volts}V`,
            "poe-out-current": `${milliamps}mA`,
            "poe-out-power": `${watts.toFixed(1)}W`,
          }
        : {}),
    },
  ]
}
