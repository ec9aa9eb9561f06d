/** The three collectors of the RouterOS API, v6 and v7 alike: ports, health, facts. */
import type { AssignedDevice } from "../../wire/wire.ts"
import type { Collector, Collectors, Reading, Tier } from "../collector.ts"
import type { CommandOptions, Connection } from "./connection.ts"
import type { Row } from "./reply.ts"
import {
  COUNTER_PROPERTIES,
  FACT_PROPERTIES,
  PORT_PROPERTIES,
  RESOURCE_PROPERTIES,
  readFacts,
  readHealth,
  readInterfaces,
  readPorts,
  readSensors,
  readSpeeds,
} from "./rows.ts"
import { type Known, type Session, Sessions, type SessionsDeps } from "./sessions.ts"
import { ifThere, readFailure, TrapError } from "./trap.ts"
import { parseDurationS, parseVersion } from "./values.ts"

const SOURCE = "routeros-api"
/** Ports asked in one `monitor`; a switch has some fifty. */
const MONITOR_PORTS = 128

type Look = {
  readonly device: AssignedDevice
  readonly session: Session
  readonly options: CommandOptions
  readonly now: () => number
}

/** Rows of a menu that some boards or releases do not have: then none, and it is not asked again until the release changes. */
const optional = async (known: Known, menu: string, ask: () => Promise<readonly Row[]>): Promise<readonly Row[]> => {
  if (known.missingMenus.has(menu)) return []
  const rows = await ifThere(ask())
  if (rows === null) known.missingMenus.add(menu)
  return rows ?? []
}

const noteVersion = (known: Known, version: string | undefined): void => {
  if (version === undefined || version === known.version) return
  known.version = version
  known.missingMenus.clear()
}

const where = ({ device, now }: Look) => ({ device: device.id, source: SOURCE, atMs: now() }) as const

/** Both answers are awaited even when one fails, so that nothing of this look is still under way after it. */
const bothOf = async <A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> => {
  await Promise.allSettled([a, b])
  return [await a, await b]
}

/** The counters were read somewhere between question and answer; the middle halves what a slow answer does to a rate. */
const collectInterfaces = async (look: Look): Promise<Reading[]> => {
  const { connection } = look.session
  const askedAtMs = look.now()
  const counters = async () => {
    const rows = await connection.print("/interface", { ...look.options, proplist: COUNTER_PROPERTIES })
    return { rows, atMs: Math.round((askedAtMs + look.now()) / 2) }
  }
  const [{ rows, atMs }, resource] = await bothOf(
    counters(),
    ifThere(connection.print("/system/resource", { ...look.options, proplist: ["uptime"] })),
  )
  return readInterfaces(rows, parseDurationS(resource?.[0]?.get("uptime")), { ...where(look), atMs })
}

/** v6 has a property a sensor, whose names cannot be known beforehand: there the one row is read whole. */
const askHealth = (connection: Connection, known: Known, options: CommandOptions): Promise<readonly Row[]> => {
  const isV6 = (parseVersion(known.version ?? undefined)?.major ?? 7) < 7
  return connection.print("/system/health", { ...options, proplist: isV6 ? [] : ["name", "value", "type"] })
}

const collectHealth = async (look: Look): Promise<Reading[]> => {
  const { connection, known } = look.session
  const [resource] = await connection.print("/system/resource", { ...look.options, proplist: RESOURCE_PROPERTIES })
  noteVersion(known, resource?.get("version"))
  const sensors = await optional(known, "/system/health", () => askHealth(connection, known, look.options))
  return [readHealth(resource, where(look)), ...readSensors(sensors, where(look))]
}

/** What the copper and fibre ports have agreed on. Speed is a nicety: a router that refuses the question keeps its other facts. */
const askSpeeds = async (look: Look, ports: readonly Row[]): Promise<ReadonlyMap<string, number>> => {
  const { connection, known } = look.session
  const names = ports
    .filter((row) => row.get("type") === "ether" && !row.get("name")?.includes(","))
    .map((row) => row.get("name") ?? "")
    .slice(0, MONITOR_PORTS)
  if (names.length === 0) return new Map()
  const words = ["/interface/ethernet/monitor", `=numbers=${names.join(",")}`, "=once=", "=.proplist=name,rate"]
  try {
    return readSpeeds(
      await optional(known, "/interface/ethernet/monitor", async () => (await connection.run(words, look.options)).rows),
    )
  } catch (error) {
    if (error instanceof TrapError) return new Map()
    throw error
  }
}

const collectFacts = async (look: Look): Promise<Reading[]> => {
  const { connection, known } = look.session
  const [identity, [resource]] = await bothOf(
    ifThere(connection.print("/system/identity", { ...look.options, proplist: ["name"] })),
    connection.print("/system/resource", { ...look.options, proplist: FACT_PROPERTIES }),
  )
  noteVersion(known, resource?.get("version"))
  const [[board], ports] = await bothOf(
    optional(known, "/system/routerboard", () =>
      connection.print("/system/routerboard", { ...look.options, proplist: ["board-name", "model", "serial-number"] }),
    ),
    ifThere(connection.print("/interface", { ...look.options, proplist: PORT_PROPERTIES })),
  )
  const interfaces = ports === null ? null : readPorts(ports, await askSpeeds(look, ports))
  return [readFacts({ identity: identity?.[0], resource, board }, interfaces, where(look))]
}

const LOOKS: readonly {
  every: Tier
  requests: number
  deadlineMs: number
  weight: number
  collect(look: Look): Promise<Reading[]>
}[] = [
  { every: "interface", requests: 1, deadlineMs: 15_000, weight: 1, collect: collectInterfaces },
  { every: "health", requests: 2, deadlineMs: 15_000, weight: 1, collect: collectHealth },
  { every: "facts", requests: 3, deadlineMs: 30_000, weight: 2, collect: collectFacts },
]
/** Below the deadline of the look, so that the router's silence is named by the command that met it. */
const COMMAND_DEADLINE_MS = 8_000

export type RouterOsDeps = SessionsDeps & { readonly commandDeadlineMs?: number }

export const createRouterOsCollectors = (deps: RouterOsDeps): Collectors & { readonly sessions: Sessions } => {
  const sessions = new Sessions(deps)
  const deadlineMs = deps.commandDeadlineMs ?? COMMAND_DEADLINE_MS
  const collector = ({ every, collect, ...cost }: (typeof LOOKS)[number]): Collector => ({
    source: SOURCE,
    every,
    cost,
    suits: (device) => device.access.routerosApi !== null,
    collect: (device, signal) =>
      sessions.use(device, signal, async (session) => {
        try {
          return await collect({ device, session, options: { deadlineMs, signal }, now: deps.clock.now })
        } catch (error) {
          throw readFailure(error)
        }
      }),
  })
  return {
    all: LOOKS.map(collector),
    forget: (device) => sessions.forget(device),
    close: () => sessions.close(),
    sessions,
  }
}
