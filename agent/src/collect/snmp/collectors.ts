/** The three collectors of SNMP v2c: ports, health, facts. Suits every router and switch that speaks it; RouterOS in particular. */
import type { AssignedDevice } from "../../wire/wire.ts"
import { CollectError, type Collector, type Collectors, type Reading, type Tier } from "../collector.ts"
import type { Resolve } from "../resolve.ts"
import { BOARD, GAUGE, HOST_UPTIME, LICENCE_VERSION, LOAD, MIKROTIK, PORT, SCALARS, SERIAL, STORAGE, SYSTEM } from "./oids.ts"
import { readFacts, readHealth, readPortFacts, readPorts, readSensors, readStores, type SystemGroup, type Where } from "./rows.ts"
import { SnmpSession } from "./session.ts"
import { createSharedSocket, type SharedSocket } from "./socket.ts"
import { numberOf, textOf } from "./values.ts"

const SOURCE = "snmp"
type Deps = { readonly now: () => number; readonly resolve: Resolve }
type Look = { readonly session: SnmpSession; readonly ask: { readonly signal: AbortSignal }; readonly where: () => Where }

/** TimeTicks are hundredths; the host's own uptime is preferred, for sysUpTime begins anew with the service. */
const uptimeOf = (values: ReadonlyMap<string, unknown>): number | null => {
  const ticks = numberOf(values.get(HOST_UPTIME)) ?? numberOf(values.get(SYSTEM.uptime))
  return ticks === null ? null : ticks / 100
}

/** Counters in parts: a reply holds some fifty values, and rows of one part are then read at nearly the same moment. */
const collectInterfaces = async ({ session, ask, where }: Look): Promise<Reading[]> => {
  const uptimeS = uptimeOf(await session.get([HOST_UPTIME, SYSTEM.uptime], ask))
  const { name, descr, admin, oper, inDiscards, inErrors, outDiscards, outErrors } = PORT
  const { hcInOctets, hcInUcast, hcInMulticast, hcInBroadcast, hcOutOctets, hcOutUcast, hcOutMulticast, hcOutBroadcast } = PORT
  const state = await session.columns({ name, descr, admin, oper, inDiscards, inErrors, outDiscards, outErrors }, ask)
  const atWide = where()
  const wide = await session.columns(
    { hcInOctets, hcInUcast, hcInMulticast, hcInBroadcast, hcOutOctets, hcOutUcast, hcOutMulticast, hcOutBroadcast },
    ask,
  )
  const none = new Map<string, unknown>()
  const noNarrow = { inOctets: none, inUcast: none, outOctets: none, outUcast: none }
  const isWide = wide.hcInOctets.size > 0
  const { inOctets, inUcast, outOctets, outUcast } = PORT
  const at = isWide ? atWide : where()
  const narrow = isWide ? noNarrow : await session.columns({ inOctets, inUcast, outOctets, outUcast }, ask)
  return readPorts({ ...state, ...wide, ...narrow }, uptimeS, at)
}

const isMikrotik = (values: ReadonlyMap<string, unknown>): boolean =>
  String(values.get(SYSTEM.objectId) ?? "").startsWith(`${MIKROTIK}.`)

const collectHealth = async ({ session, ask, where }: Look): Promise<Reading[]> => {
  const system = await session.get([HOST_UPTIME, SYSTEM.uptime, SYSTEM.objectId], ask)
  const { load } = await session.columns({ load: LOAD }, ask)
  const stores = readStores(await session.columns(STORAGE, ask))
  const health = readHealth(uptimeOf(system), load, stores, where())
  if (!isMikrotik(system)) return [health]
  const gauges = await session.columns(GAUGE, ask)
  const scalars =
    gauges.name.size > 0
      ? new Map<string, unknown>()
      : await session.get(
          SCALARS.map(({ oid }) => oid),
          ask,
        )
  return [health, ...readSensors(gauges, scalars, where())]
}

export const readSystem = async ({
  session,
  ask,
}: Pick<Look, "session" | "ask">): Promise<SystemGroup & { readonly uptimeS: number | null }> => {
  const values = await session.get([SYSTEM.descr, SYSTEM.objectId, SYSTEM.name, SYSTEM.uptime, HOST_UPTIME], ask)
  const own = isMikrotik(values) ? await session.get([LICENCE_VERSION, SERIAL, BOARD], ask) : new Map<string, unknown>()
  return {
    descr: textOf(values.get(SYSTEM.descr)),
    objectId: textOf(values.get(SYSTEM.objectId)),
    name: textOf(values.get(SYSTEM.name)),
    uptimeS: uptimeOf(values),
    version: textOf(own.get(LICENCE_VERSION)),
    serial: textOf(own.get(SERIAL)),
    board: textOf(own.get(BOARD)),
  }
}

const collectFacts = async (look: Look): Promise<Reading[]> => {
  const system = await readSystem(look)
  const { name, descr, type, mtu, speed, highSpeed, mac, alias } = PORT
  const ports = readPortFacts(await look.session.columns({ name, descr, type, mtu, speed, highSpeed, mac, alias }, look.ask))
  return [readFacts(system, ports, look.where())]
}

const LOOKS: readonly {
  every: Tier
  requests: number
  deadlineMs: number
  weight: number
  collect(look: Look): Promise<Reading[]>
}[] = [
  // RouterOS collects for its own SNMP and may take long over the first answer.
  { every: "interface", requests: 12, deadlineMs: 10_000, weight: 1, collect: collectInterfaces },
  { every: "health", requests: 6, deadlineMs: 10_000, weight: 1, collect: collectHealth },
  { every: "facts", requests: 8, deadlineMs: 20_000, weight: 1, collect: collectFacts },
]

export const createSnmpCollectors = ({ now, resolve }: Deps): Collectors & { readonly socket: SharedSocket } => {
  const socket = createSharedSocket()

  const look = async (
    device: AssignedDevice,
    signal: AbortSignal,
    collect: (look: Look) => Promise<Reading[]>,
  ): Promise<Reading[]> => {
    const { address, snmp } = device.access
    if (snmp === null) return []
    const ip = await resolve(address)
    if (ip === null) throw new CollectError("name-not-found", `the name ${address} was not found`)
    // A session is a few fields and a place in the shared socket: made for each look, nothing of it is left to go stale.
    const session = new SnmpSession({ ip, ...snmp }, socket)
    try {
      return await collect({ session, ask: { signal }, where: () => ({ device: device.id, source: SOURCE, atMs: now() }) })
    } finally {
      session.close()
    }
  }
  return {
    socket,
    all: LOOKS.map(
      ({ every, collect, ...cost }): Collector => ({
        source: SOURCE,
        every,
        cost,
        suits: ({ access }) => access.snmp !== null,
        collect: (device, signal) => look(device, signal, collect),
      }),
    ),
    forget: () => undefined,
    close: () => socket.close(),
  }
}
