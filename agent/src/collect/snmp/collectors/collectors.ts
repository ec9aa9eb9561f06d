/**
 * The collectors of SNMP: interfaces, health, facts, and the metric families of the profiles. For
 * every router, switch and radio with v1, v2c or v3.
 */
import type { AssignedDevice, DeviceId } from "@ispvm/wire"
import {
  CollectError,
  type Collector,
  type CollectorRow,
  type Collectors,
  type Reading,
  readsFacts,
} from "../../collector.ts"
import type { Resolve } from "../../reachability/resolve.ts"
import { SnmpSession } from "../client/session.ts"
import { createSharedSocket, type SharedSocket } from "../client/socket.ts"
import { PROFILES } from "../profiles/all.ts"
import { deviceKind } from "../profiles/context.ts"
import { profilesOf, readVendorHealth } from "../profiles/readings.ts"
import { readFacts, readSystem } from "./facts.ts"
import { FAMILY_COLLECTORS } from "./families.ts"
import { type Learned, nothingLearned } from "./learned.ts"
import { GAUGE, LOAD, MIKROTIK, SCALARS, STORAGE, SYSTEM } from "./oids.ts"
import { type Poll, UPTIME_OIDS, uptimeFrom } from "./poll.ts"
import { collectInterfaces, readPortsOf } from "./read-interfaces.ts"
import { readHealth, readSensors, readStores } from "./rows.ts"

const SOURCE = "snmp"
type Deps = { readonly now: () => number; readonly resolve: Resolve }

const isMikrotik = (objectId: unknown): boolean => String(objectId ?? "").startsWith(`${MIKROTIK}.`)

const collectHealth = async (poll: Poll): Promise<Reading[]> => {
  const { session, options, origin } = poll
  const system = await session.get([...UPTIME_OIDS, SYSTEM.objectId], options)
  const { load } = await session.columns({ load: LOAD }, options)
  const stores = readStores(await session.columns(STORAGE, options))
  const uptime = uptimeFrom(poll.learned, system)
  const health = readHealth(uptime, load, stores, origin())
  if (!isMikrotik(system.get(SYSTEM.objectId))) {
    const profiles = profilesOf(PROFILES, await deviceKind(poll))
    return [...(await readVendorHealth(poll, profiles, uptime, health))]
  }
  const gauges = await session.columns(GAUGE, options)
  const scalars =
    gauges.name.size > 0
      ? new Map<string, unknown>()
      : await session.get(
          SCALARS.map(({ oid }) => oid),
          options,
        )
  return [health, ...readSensors(gauges, scalars, origin())]
}

const collectFacts = async (poll: Poll): Promise<Reading[]> => {
  // Missing objects, and a device that seemed to support v1 only, are tried again: both may result
  // from a lost packet.
  poll.learned.absent.clear()
  poll.learned.version = null
  poll.learned.kind = null
  poll.learned.ports = null
  poll.learned.entities = null
  const system = await readSystem(poll)
  return [readFacts(system, await readPortsOf(poll), poll.origin())]
}

/**
 * The deadline only stops polls that would never end: a switch that needs 2 s for each answer, or
 * 2,000 ports over a line of 40 ms, are read in less. A device that does not answer at all is given
 * up by its session within seconds.
 */
const COLLECTORS: readonly CollectorRow<Poll>[] = [
  {
    reads: "interface",
    everyMs: ({ interfaceMs }) => interfaceMs,
    requests: 12,
    deadlineMs: 120_000,
    weight: 1,
    collect: collectInterfaces,
  },
  {
    reads: "health",
    everyMs: ({ healthMs }) => healthMs,
    requests: 6,
    deadlineMs: 60_000,
    weight: 1,
    collect: collectHealth,
  },
  {
    reads: "facts",
    everyMs: ({ factsMs }) => factsMs,
    requests: 8,
    deadlineMs: 180_000,
    weight: 1,
    collect: collectFacts,
  },
  ...FAMILY_COLLECTORS,
]

/**
 * Some of these readings are missing: the others are used, and the failure is reported with them.
 */
const reportPart = (session: SnmpSession, ip: string, readings: readonly Reading[]): void => {
  const { abortError, problems } = session
  if (abortError === null && problems.length === 0) return
  const reason = abortError?.reason ?? "failed"
  const why = [
    ...(abortError === null ? [] : [abortError.message]),
    ...problems.map((each) => `SNMP of ${ip}: ${each}`),
  ].join("; ")
  throw new CollectError(
    reason,
    `the poll is incomplete; ${why}`,
    abortError ?? undefined,
    readings,
  )
}

export const createSnmpCollectors = ({
  now,
  resolve,
}: Deps): Collectors & { readonly socket: SharedSocket } => {
  const socket = createSharedSocket()
  const learned = new Map<DeviceId, Learned>()
  const learnedOf = (device: DeviceId): Learned => {
    const known = learned.get(device) ?? nothingLearned()
    learned.set(device, known)
    return known
  }

  const poll = async (
    device: AssignedDevice,
    signal: AbortSignal,
    collect: (poll: Poll) => Promise<Reading[]>,
  ): Promise<Reading[]> => {
    const { address, snmp } = device.access
    if (snmp === null) return []
    const ip = await resolve(address)
    if (ip === null)
      throw new CollectError("name-not-found", `the name ${address} cannot be resolved`)
    const known = learnedOf(device.id)
    // A session is only a few fields and a share of the socket: a new one for each poll cannot
    // become stale.
    const session = new SnmpSession({ ip, ...snmp }, socket, known)
    const origin = () => ({ device: device.id, source: SOURCE, atMs: now() }) as const
    try {
      const readings = await collect({
        ...{ session, learned: known, options: { signal, now }, origin },
        readsFacts: readsFacts(SOURCE, device),
      })
      reportPart(session, ip, readings)
      return readings
    } catch (error) {
      // The engine may be another one after a restart; the next poll discovers it again.
      if (error instanceof CollectError && error.partial.length === 0) known.engine = null
      throw error
    } finally {
      session.close()
    }
  }
  return {
    socket,
    all: COLLECTORS.map(
      ({ reads, everyMs, collect, ...cost }): Collector => ({
        source: SOURCE,
        reads,
        everyMs,
        cost,
        supports: ({ access }) => access.snmp !== null,
        collect: (device, signal) => poll(device, signal, collect),
      }),
    ),
    forget: (device) => {
      learned.delete(device)
    },
    close: () => socket.close(),
  }
}
