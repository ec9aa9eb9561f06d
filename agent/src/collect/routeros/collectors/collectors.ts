/**
 * The collectors of the RouterOS API, for v6 and v7: interfaces, health and facts, and the menus of
 * `menus/menus.ts`.
 */
import { type AssignedDevice, COLLECTORS as DEFAULT_EVERY_MS } from "@ispvm/wire"
import {
  type Collector,
  type CollectorRow,
  type Collectors,
  type Reading,
  readsFacts,
} from "../../collector.ts"
import type { CommandOptions, Connection } from "../client/connection.ts"
import type { Row } from "../client/reply.ts"
import {
  COUNTER_PROPERTIES,
  FACT_PROPERTIES,
  PORT_PROPERTIES,
  RESOURCE_PROPERTIES,
  readCores,
  readFacts,
  readHealth,
  readInterfaces,
  readPorts,
  readSensors,
  readSpeeds,
} from "../client/rows.ts"
import {
  type RouterFeatures,
  type Session,
  Sessions,
  type SessionsDeps,
} from "../client/sessions.ts"
import { nullIfMissing, readFailure, TrapError } from "../client/trap.ts"
import { parseDurationS, parseVersion } from "../client/values.ts"
import { CONFIGURATION, Configuration } from "../configuration/configuration.ts"
import type { MenuCollector } from "../menus/menu.ts"
import { MENU_COLLECTORS } from "../menus/menus.ts"
import { NOT_DYNAMIC } from "../menus/ports.ts"
import { readMenus } from "../menus/read-menus.ts"
import { LISTEN, type StreamSink, Streams } from "../streams/streams.ts"
import { LINK_STATE, LostNeighbours } from "./lost-neighbours.ts"
import { observedOf } from "./observed.ts"
import { readSupplies } from "./ups.ts"

const SOURCE = "routeros-api"
/** Ports per `monitor` command; a switch has about fifty. */
const MONITOR_PORTS = 128

type Poll = {
  readonly device: AssignedDevice
  readonly session: Session
  readonly options: CommandOptions
  readonly now: () => number
}

/**
 * Rows of a menu that some boards or releases do not have. A missing menu has no rows and is not
 * requested again until the release changes.
 */
const optional = async (
  known: RouterFeatures,
  menu: string,
  query: () => Promise<readonly Row[]>,
): Promise<readonly Row[]> => {
  if (known.missingMenus.has(menu)) return []
  const rows = await nullIfMissing(query())
  if (rows === null) known.missingMenus.add(menu)
  return rows ?? []
}

const noteVersion = (known: RouterFeatures, version: string | undefined): void => {
  if (version === undefined || version === known.version) return
  known.version = version
  known.missingMenus.clear()
  known.forbiddenMenus.clear()
}

const origin = ({ device, now }: Poll) =>
  ({ device: device.id, source: SOURCE, atMs: now() }) as const

/** Waits for both even if one fails, so that nothing of this poll still runs afterwards. */
const bothOf = async <A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> => {
  await Promise.allSettled([a, b])
  return [await a, await b]
}

/** `/interface` as facts; null: this account or release has no such menu. */
const printPorts = ({ session, options }: Poll): Promise<readonly Row[] | null> =>
  nullIfMissing(
    session.connection.print("/interface", {
      ...options,
      proplist: PORT_PROPERTIES,
      queries: NOT_DYNAMIC,
    }),
  )

/**
 * Facts of the interfaces, if one was added, removed or renamed since the last counters. They are
 * as old as the counters and are sent before them: values under a new name belong to the interface
 * that has it now.
 */
const changedPorts = async (
  poll: Poll,
  rows: readonly Row[],
  atMs: number,
): Promise<readonly Reading[]> => {
  const { known } = poll.session
  const now = JSON.stringify(rows.map((row) => [row.get(".id"), row.get("name")]))
  const was = known.ports
  if (was === now || !readsFacts(SOURCE, poll.device)) return []
  const ports = was === null ? null : await printPorts(poll)
  known.ports = now
  const unread = { identity: undefined, resource: undefined, board: undefined }
  return ports === null
    ? []
    : [
        {
          ...readFacts(unread, readPorts(ports, new Map()), { ...origin(poll), atMs }),
          vendor: null,
        },
      ]
}

/**
 * The counters were read between request and answer; the middle halves the error that a slow answer
 * causes in a rate.
 */
const collectInterfaces = async (poll: Poll): Promise<Reading[]> => {
  const { connection } = poll.session
  const requestedAtMs = poll.now()
  const counters = async () => {
    const rows = await connection.print("/interface", {
      ...poll.options,
      proplist: COUNTER_PROPERTIES,
      queries: NOT_DYNAMIC,
    })
    return { rows, atMs: Math.round((requestedAtMs + poll.now()) / 2) }
  }
  const [{ rows, atMs }, resource] = await bothOf(
    counters(),
    nullIfMissing(connection.print("/system/resource", { ...poll.options, proplist: ["uptime"] })),
  )
  return [
    ...(await changedPorts(poll, rows, atMs)),
    ...readInterfaces(rows, parseDurationS(resource?.[0]?.get("uptime")), {
      ...origin(poll),
      atMs,
    }),
  ]
}

/** v6 has a property per sensor, with unknown names: there, the single row is read completely. */
const queryHealth = (
  connection: Connection,
  known: RouterFeatures,
  options: CommandOptions,
): Promise<readonly Row[]> => {
  const isV6 = (parseVersion(known.version ?? undefined)?.major ?? 7) < 7
  return connection.print("/system/health", {
    ...options,
    proplist: isV6 ? [] : ["name", "value", "type"],
  })
}

const collectHealth = async (poll: Poll): Promise<Reading[]> => {
  const { connection, known } = poll.session
  const [resource] = await connection.print("/system/resource", {
    ...poll.options,
    proplist: RESOURCE_PROPERTIES,
  })
  noteVersion(known, resource?.get("version"))
  const sensors = await optional(known, "/system/health", () =>
    queryHealth(connection, known, poll.options),
  )
  return [
    readHealth(resource, origin(poll)),
    ...readSensors(sensors, origin(poll)),
    ...(await readSupplies(poll.session.connection, known, poll.options, origin(poll))),
  ]
}

/** A core that is full limits a router whose mean is low: `/system/resource` has only the mean. */
const collectCpu = async (poll: Poll): Promise<Reading[]> => {
  const { connection, known } = poll.session
  const cores = await optional(known, "/system/resource/cpu", () =>
    connection.print("/system/resource/cpu", { ...poll.options, proplist: ["cpu", "load"] }),
  )
  return readCores(cores, origin(poll))
}

/**
 * The negotiated speeds of copper and fibre ports. The speed is optional: a router that rejects the
 * command keeps its other facts.
 */
const querySpeeds = async (
  poll: Poll,
  ports: readonly Row[],
): Promise<ReadonlyMap<string, number>> => {
  const { connection, known } = poll.session
  const names = ports
    .filter((row) => row.get("type") === "ether" && !row.get("name")?.includes(","))
    .map((row) => row.get("name") ?? "")
    .slice(0, MONITOR_PORTS)
  if (names.length === 0) return new Map()
  const words = [
    "/interface/ethernet/monitor",
    `=numbers=${names.join(",")}`,
    "=once=",
    "=.proplist=name,rate",
  ]
  try {
    return readSpeeds(
      await optional(
        known,
        "/interface/ethernet/monitor",
        async () => (await connection.run(words, poll.options)).rows,
      ),
    )
  } catch (error) {
    if (error instanceof TrapError) return new Map()
    throw error
  }
}

const collectFacts = async (poll: Poll): Promise<Reading[]> => {
  const { connection, known } = poll.session
  const [identity, [resource]] = await bothOf(
    nullIfMissing(connection.print("/system/identity", { ...poll.options, proplist: ["name"] })),
    connection.print("/system/resource", { ...poll.options, proplist: FACT_PROPERTIES }),
  )
  noteVersion(known, resource?.get("version"))
  const [[board], ports] = await bothOf(
    optional(known, "/system/routerboard", () =>
      connection.print("/system/routerboard", {
        ...poll.options,
        proplist: ["board-name", "model", "serial-number"],
      }),
    ),
    printPorts(poll),
  )
  const interfaces = ports === null ? null : readPorts(ports, await querySpeeds(poll, ports))
  return [readFacts({ identity: identity?.[0], resource, board }, interfaces, origin(poll))]
}

const MENU_DEADLINE_MS = 20_000
/** The last command needs time to answer before the poll is aborted. */
const MARGIN_MS = 2_000

const menuCollector = (row: MenuCollector): CollectorRow<Poll> => {
  const { reads, menus, counts = {}, deadlineMs = MENU_DEADLINE_MS } = row
  return {
    reads,
    everyMs: () => DEFAULT_EVERY_MS[`${SOURCE}.${reads}`] ?? 0,
    requests: menus.length + Object.keys(counts).length,
    deadlineMs,
    weight: 1,
    collect: async (poll) => {
      const { connection, known } = poll.session
      const { families, tables, atMs } = await readMenus(
        {
          connection,
          known,
          now: poll.now,
          options: { ...poll.options, deadlineMs: deadlineMs - MARGIN_MS },
        },
        row,
      )
      const common = { ...origin(poll), atMs }
      return [
        ...families.map((each): Reading => ({ ...common, kind: "family", uptimeS: null, ...each })),
        ...tables.map((each): Reading => ({ ...common, kind: "table", ...each })),
      ]
    },
  }
}

const COLLECTORS: readonly CollectorRow<Poll>[] = [
  {
    reads: "interface",
    everyMs: ({ interfaceMs }) => interfaceMs,
    requests: 1,
    deadlineMs: 15_000,
    weight: 1,
    collect: collectInterfaces,
  },
  {
    reads: "health",
    everyMs: ({ healthMs }) => healthMs,
    requests: 2,
    deadlineMs: 15_000,
    weight: 1,
    collect: collectHealth,
  },
  {
    reads: "facts",
    everyMs: ({ factsMs }) => factsMs,
    requests: 3,
    deadlineMs: 30_000,
    weight: 2,
    collect: collectFacts,
  },
  {
    reads: "cpu",
    everyMs: () => DEFAULT_EVERY_MS[`${SOURCE}.cpu`] ?? 0,
    requests: 1,
    deadlineMs: 15_000,
    weight: 1,
    collect: collectCpu,
  },
  ...MENU_COLLECTORS.map(menuCollector),
]
/** Below the deadline of the poll, so that the error names the command without an answer. */
const COMMAND_DEADLINE_MS = 8_000

export type RouterOsDeps = SessionsDeps & {
  readonly commandDeadlineMs?: number
  /** What routers report by themselves; without it they are only polled. */
  readonly sink?: StreamSink
  /** A monotonic clock. */
  readonly steady?: () => number
  /** How often what was reported is sent. */
  readonly tickMs?: number
  /** Of the hashes of configurations; null, or without it: none are made. */
  readonly configurationKey?: () => Buffer | null
}
const CONFIGURATION_COST = { requests: 16, deadlineMs: 30_000, weight: 2 } as const
const LISTEN_COST = { requests: 2, deadlineMs: 60_000, weight: 1 } as const

const fingerprintOf = (
  configuration: Configuration,
  collector: (row: CollectorRow<Poll>) => Collector,
): Collector => ({
  ...collector({
    ...CONFIGURATION_COST,
    reads: CONFIGURATION,
    everyMs: () => DEFAULT_EVERY_MS[`${SOURCE}.${CONFIGURATION}`] ?? 0,
    collect: ({ device, session, options, now }) =>
      configuration.collect({ device, reader: { ...session, options, now } }),
  }),
  waitMs: ({ id }, everyMs, after) => configuration.waitMs(id, everyMs, after),
  requested: (device) => configuration.requested(device),
  costOf: (device) => configuration.costOf(device),
})

export const createRouterOsCollectors = (
  deps: RouterOsDeps,
): Collectors & { readonly sessions: Sessions; readonly listening: Streams | null } => {
  const sessions = new Sessions(deps)
  const clock = { now: deps.clock.now, steady: deps.steady ?? (() => performance.now()) }
  const streams = deps.sink === undefined ? null : new Streams(deps.sink, clock, deps.tickMs)
  const deadlineMs = deps.commandDeadlineMs ?? COMMAND_DEADLINE_MS
  const neighbours = new LostNeighbours()
  const collector = ({ reads, everyMs, collect, ...cost }: CollectorRow<Poll>): Collector => ({
    source: SOURCE,
    reads,
    everyMs,
    cost,
    supports: (device) => device.access.routerosApi !== null,
    collect: (device, signal) =>
      sessions.use(device, signal, async (session) => {
        const known = streams?.insteadOf(reads, device.id) ?? null
        if (known !== null) return [...known]
        const started = streams?.startReading(reads, device.id)
        try {
          const readings = await collect({
            device,
            session,
            options: { deadlineMs, signal },
            now: deps.clock.now,
          })
          const all = started === undefined ? readings : started.done(readings)
          const protocol = LINK_STATE.find((each) => each === reads)
          if (protocol === undefined) return [...all]
          return [...neighbours.withLost(protocol, device.id, all, deps.clock.now())]
        } catch (error) {
          started?.failed()
          throw readFailure(error)
        }
      }),
  })
  const listen = collector({
    ...LISTEN_COST,
    reads: LISTEN,
    everyMs: () => DEFAULT_EVERY_MS[`${SOURCE}.${LISTEN}`] ?? 0,
    collect: async ({ device, session, options }) => {
      await streams?.check(device, session, {
        ...options,
        deadlineMs: LISTEN_COST.deadlineMs - MARGIN_MS,
      })
      return []
    },
  })
  const { configurationKey: key = () => null } = deps
  const configuration = new Configuration({ now: clock.now, steady: clock.steady, key })
  return {
    all: [...COLLECTORS.map(collector), listen, fingerprintOf(configuration, collector)],
    streams: (device) => streams?.reports(device) ?? [],
    observe: (device, reads) => observedOf(sessions, device, reads, deps.clock.now()),
    forget: (device) => {
      streams?.forget(device)
      neighbours.forget(device)
      configuration.forget(device)
      sessions.forget(device)
    },
    close: () => {
      streams?.close()
      return sessions.close()
    },
    sessions,
    listening: streams,
  }
}
