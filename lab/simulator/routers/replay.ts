/**
 * Routers replayed from recordings of real devices: they repeat the recorded answers, and no value
 * changes.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type ApiBackend, noSuchMenu } from "./api-backend.ts"
import type { Row } from "./api-query.ts"
import type { Persona } from "./personas.ts"
import { menuOfFile, parseApiRows, parseSnmprec } from "./recordings.ts"
import type { User } from "./router.ts"
import type { Mib } from "./snmp-agent.ts"
import { Trap } from "./trap.ts"

/**
 * The recordings of one replayed router. A walk and rows of different devices are never combined.
 */
export type ReplayPlan = {
  readonly name: string
  readonly address: string
  readonly walk: string | null
  readonly rows: string | null
  readonly login: Persona["login"]
}
export const REPLAYS: readonly ReplayPlan[] = [
  {
    name: "recorded-crs317",
    address: "10.40.200.1",
    walk: "snmp/mikrotik/routeros_crs317.snmprec",
    rows: null,
    login: "plain",
  },
  {
    name: "recorded-ccr2004",
    address: "10.40.200.2",
    walk: null,
    rows: "api/napalm-ros/test_get_environment/CCR2004-16G-2S_plus",
    login: "plain",
  },
  // Release 6.33: before the login changed.
  {
    name: "recorded-x86-v6",
    address: "10.40.200.3",
    walk: null,
    rows: "api/napalm-ros/test_get_facts/pc",
    login: "challenge",
  },
]

export type Replay = {
  readonly plan: ReplayPlan
  readonly mib: Mib
  readonly menus: ReadonlyMap<string, readonly Row[]>
}

const readRows = (dir: string): Map<string, readonly Row[]> => {
  const menus = new Map<string, readonly Row[]>()
  for (const file of readdirSync(dir)) {
    const menu = menuOfFile(file)
    if (menu !== null) menus.set(menu, parseApiRows(readFileSync(join(dir, file), "utf8")))
  }
  return menus
}

/** Those whose recordings are available; none without a folder. */
export const readReplays = (recordingsDir: string | null): Replay[] => {
  if (recordingsDir === null) return []
  const at = (path: string | null): string | null => {
    const full = path === null ? null : join(recordingsDir, path)
    return full !== null && existsSync(full) ? full : null
  }
  return REPLAYS.flatMap((plan) => {
    const [walk, rows] = [at(plan.walk), at(plan.rows)]
    if (walk === null && rows === null) return []
    const mib = walk === null ? [] : parseSnmprec(readFileSync(walk, "utf8"))
    return [
      { plan, mib, menus: rows === null ? new Map<string, readonly Row[]>() : readRows(rows) },
    ]
  })
}

export const replayBackend = (replay: Replay, users: readonly User[]): ApiBackend => ({
  login: replay.plan.login,
  sendsEmpty: false,
  users,
  print: (menu) => {
    const rows = replay.menus.get(menu)
    if (rows === undefined) throw noSuchMenu()
    return rows
  },
  command: () => {
    throw new Trap("no such command", 0)
  },
  listen: (menu) => {
    if (!replay.menus.has(menu)) throw noSuchMenu()
    return () => undefined
  },
  loggedIn: () => undefined,
  loggedOut: () => undefined,
  loginFailed: () => undefined,
})
