/** The router behind an API session: the simulated one here, the recorded one in replay.ts. */
import {
  deadRow,
  interfaceRow,
  logRow,
  menuExists,
  monitorRows,
  printMenu,
  sessionRow,
  trafficRow,
} from "./api-menus.ts"
import type { Row } from "./api-query.ts"
import { modemStateRow } from "./modem.ts"
import type { Persona } from "./personas.ts"
import { poeMonitorRows } from "./poe.ts"
import { type Driver, radioMonitorRows } from "./radio.ts"
import type { Change, Router, User } from "./router.ts"
import { Trap } from "./trap.ts"

/** A command that answers over time. */
export type Stream = { readonly done: Promise<void>; readonly stop: () => void }
export type ApiBackend = {
  readonly login: Persona["login"]
  readonly sendsEmpty: boolean
  readonly users: readonly User[]
  /** Makes what `print` reads of a menu current; null: it is. */
  refresh?(menu: string): Promise<void> | null
  /** `policies` of the user: secrets are shown only with `sensitive`. */
  print(menu: string, policies: readonly string[]): readonly Row[]
  command(menu: string, verb: string, attributes: ReadonlyMap<string, string>): readonly Row[]
  /** Starts a command that answers over time; null: it is none. */
  readonly stream?: (
    path: string,
    attributes: ReadonlyMap<string, string>,
    policies: readonly string[],
    row: (row: Row) => void,
  ) => Stream | null
  /** Calls `row` at every change in the menu until the returned function is called. */
  listen(menu: string, row: (row: Row) => void): () => void
  loggedIn(user: string, from: string, service: string): void
  loggedOut(user: string, from: string, service: string): void
  loginFailed(user: string, from: string, service: string): void
}

/** The row that a change is in each menu; null: none. */
const LISTENED: Readonly<
  Record<string, (router: Router, change: Change, atMs: number) => Row | null>
> = {
  "/interface": (router, change, atMs) => {
    if (change.kind === "log") return null
    const isGone = change.kind === "session" && !change.port.running
    return isGone
      ? deadRow(router, change.port.plan.index)
      : interfaceRow(router, change.port, atMs)
  },
  "/interface/ethernet": (router, change, atMs) =>
    change.kind === "port" && change.port.plan.kind === "ether"
      ? interfaceRow(router, change.port, atMs)
      : null,
  "/ppp/active": (router, change, atMs) => {
    if (change.kind !== "session") return null
    return change.port.running
      ? sessionRow(router, change.port, atMs)
      : deadRow(router, change.port.plan.index)
  },
  "/log": (router, change) => (change.kind === "log" ? logRow(router, change.entry) : null),
}

type Monitor = (router: Router, names: readonly string[], atMs: number) => readonly Row[]
const monitorOf =
  (driver: Driver): Monitor =>
  (router, names, atMs) =>
    radioMonitorRows(router, driver, names, atMs)
const monitorPorts: Monitor = (router, names, atMs) => {
  const rows = monitorRows(router, names, atMs)
  if (rows === null) throw new Trap("no such item", 0)
  return rows
}
const MONITORED: ReadonlyMap<string, Monitor> = new Map([
  ["/interface/ethernet", monitorPorts],
  ["/interface/wireless", monitorOf("wireless")],
  ["/interface/wifi", monitorOf("wifi")],
  ["/interface/w60g", monitorOf("w60g")],
  ["/interface/ethernet/poe", poeMonitorRows],
])

export const noSuchMenu = (): Trap => new Trap("no such command prefix", 0)

export const simulatedBackend = (router: Router, now: () => number): ApiBackend => {
  const requireMenu = (menu: string): void => {
    if (!menuExists(router, menu)) throw noSuchMenu()
  }
  const portsNamed = (list: string) =>
    list.split(",").map((name) => {
      const port = router.port(name)
      if (port === undefined) throw new Trap("input does not match any value of interface", 1)
      return port
    })
  return {
    login: router.persona.login,
    sendsEmpty: router.persona.sendsEmpty,
    users: router.spec.users,
    print: (menu) => {
      requireMenu(menu)
      return printMenu(router, menu, now())
    },
    command: (menu, verb, attributes) => {
      requireMenu(menu)
      const atMs = now()
      if (menu === "/interface" && verb === "monitor-traffic")
        return portsNamed(attributes.get("interface") ?? "").map((port) => trafficRow(port, atMs))
      // Release 6 has `info` for one modem, release 7 `monitor` for several.
      const isV6 = router.persona.version.startsWith("6.")
      if (menu === "/interface/lte" && verb === (isV6 ? "info" : "monitor")) {
        const names = attributes.get(isV6 ? "number" : "numbers") ?? ""
        const modems = portsNamed(names).filter(({ plan }) => plan.kind === "lte")
        return modems.map((port) => modemStateRow(router, port, atMs))
      }
      const monitored = verb === "monitor" ? MONITORED.get(menu) : undefined
      if (monitored !== undefined)
        return monitored(router, (attributes.get("numbers") ?? "").split(","), atMs)
      throw new Trap("no such command", 0)
    },
    listen: (menu, row) => {
      requireMenu(menu)
      const rowOf = LISTENED[menu]
      if (rowOf === undefined) throw new Trap("no such command", 0)
      return router.onChange((change) => {
        const changed = rowOf(router, change, now())
        if (changed !== null) row(changed)
      })
    },
    loggedIn: (user, from, service) =>
      router.writeLog(
        now(),
        "system,info,account",
        `user ${user} logged in from ${from} via ${service.replace("-ssl", "")}`,
      ),
    loggedOut: (user, from, service) =>
      router.writeLog(
        now(),
        "system,info,account",
        `user ${user} logged out from ${from} via ${service.replace("-ssl", "")}`,
      ),
    loginFailed: (user, from, service) =>
      router.writeLog(
        now(),
        "system,error,critical",
        `login failure for user ${user} from ${from} via ${service.replace("-ssl", "")}`,
      ),
  }
}
