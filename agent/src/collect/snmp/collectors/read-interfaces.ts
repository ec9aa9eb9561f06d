/** The poll of interfaces: which columns are requested, and in how many requests. */
import type { InterfaceReading, PortFact, Reading } from "../../collector.ts"
import { showsNothing } from "../client/failures.ts"
import type { Column } from "../client/walk.ts"
import { readFacts } from "./facts.ts"
import { PORT } from "./oids.ts"
import { type Poll, readUptime } from "./poll.ts"
import { sharedNames } from "./port-names.ts"
import { type NameColumn, readPortFacts, readPorts } from "./ports.ts"
import { indexesOf, type Table } from "./table.ts"

const NONE: Column = new Map()
/** This many single values are read by GET; for more, whole columns are. */
const MAX_SINGLE_VALUES = 48
/**
 * Parallel walks only if answers are fast: a slow agent has one process and handles requests one
 * after another.
 */
const QUICK_MS = 400

const isQuick = ({ learned }: Poll): boolean =>
  learned.rtt !== null && learned.rtt.meanMs < QUICK_MS

/** Runs these one after the other, or together if the device is fast. */
const each = async (poll: Poll, parts: readonly (() => Promise<void>)[]): Promise<void> => {
  if (isQuick(poll)) await Promise.all(parts.map((part) => part()))
  else for (const part of parts) await part()
}

/** These columns for these rows only, or completely if that takes fewer requests. */
const fill = async <K extends string>(
  { session, options }: Poll,
  requested: Readonly<Record<K, string>>,
  indexes: readonly string[],
  readAtMs?: Map<string, number>,
): Promise<Partial<Table<K>>> => {
  const roots = Object.entries<string>(requested)
  if (indexes.length === 0) return {}
  if (indexes.length * roots.length > MAX_SINGLE_VALUES || session.version === "v1")
    return await session.columns(requested, options, readAtMs)
  const values = await session.get(
    roots.flatMap(([, root]) => indexes.map((index) => `${root}.${index}`)),
    options,
  )
  for (const index of indexes) if (!readAtMs?.has(index)) readAtMs?.set(index, options.now())
  const columns = roots.map(([key, root]) => [
    key,
    new Map(
      indexes.flatMap((index) => {
        const oid = `${root}.${index}`
        return values.has(oid) ? [[index, values.get(oid)] as const] : []
      }),
    ),
  ])
  return Object.fromEntries(columns)
}

/** ifDescr if there is no ifName; for interfaces with one name, also what distinguishes them. */
const readNames = async (
  poll: Poll,
  name: Column,
  indexes: readonly string[],
): Promise<Table<NameColumn>> => {
  const nameless = indexes.filter((index) => !name.has(index) || String(name.get(index)) === "")
  const { descr = NONE } = await fill(poll, { descr: PORT.descr }, nameless)
  const names = { name, descr, mac: NONE, alias: NONE }
  const shared = sharedNames(names, indexes)
  const marks = await fill(poll, { descr: PORT.descr, mac: PORT.mac, alias: PORT.alias }, shared)
  return { ...names, ...marks, descr: new Map([...descr, ...(marks.descr ?? NONE)]) }
}

const OCTETS = {
  hcInOctets: PORT.hcInOctets,
  hcOutOctets: PORT.hcOutOctets,
  discontinuity: PORT.discontinuity,
}
const PACKETS = {
  hcInUcast: PORT.hcInUcast,
  hcInMulticast: PORT.hcInMulticast,
  hcInBroadcast: PORT.hcInBroadcast,
  hcOutUcast: PORT.hcOutUcast,
  hcOutMulticast: PORT.hcOutMulticast,
  hcOutBroadcast: PORT.hcOutBroadcast,
}
const ERRORS = {
  inDiscards: PORT.inDiscards,
  inErrors: PORT.inErrors,
  outDiscards: PORT.outDiscards,
  outErrors: PORT.outErrors,
}
const NARROW_OCTETS = { inOctets: PORT.inOctets, outOctets: PORT.outOctets }
const NARROW_PACKETS = { inUcast: PORT.inUcast, outUcast: PORT.outUcast }
const EMPTY = Object.fromEntries(Object.keys(PORT).map((key) => [key, NONE])) as Table<
  keyof typeof PORT
>

/**
 * Facts of the interfaces. Null if the device stopped answering: names of missing columns would be
 * made up, and be other ones than before.
 */
export const readPortsOf = async ({
  session,
  options,
}: Pick<Poll, "session" | "options">): Promise<readonly PortFact[] | null> => {
  const { name, descr, type, mtu, speed, highSpeed, mac, alias } = PORT
  const columns = { name, descr, type, mtu, speed, highSpeed, mac, alias }
  const ports = readPortFacts(await session.columns(columns, options))
  return session.abortError === null ? ports : null
}

const UNREAD = { name: null, vendor: null, model: null, version: null, serial: null }
/**
 * Facts of the interfaces, if an index or a name has changed since the last counters. They are as
 * old as the oldest counters and are sent before them: values under a new name belong to the
 * interface that has it now.
 */
const changedPorts = async (
  poll: Poll,
  readings: readonly InterfaceReading[],
): Promise<readonly Reading[]> => {
  const lasting = readings.filter(({ dynamic }) => !dynamic)
  const now = JSON.stringify(lasting.map(({ id, interface: name }) => [id, name]))
  const was = poll.learned.counted
  if (was === now || poll.readsFacts !== true) return []
  const ports = was === null ? null : await readPortsOf(poll)
  if (was === null || ports !== null) poll.learned.counted = now
  const atMs = Math.min(...lasting.map((reading) => reading.atMs))
  return ports === null || lasting.length === 0
    ? []
    : [readFacts(UNREAD, ports, { ...poll.origin(), atMs })]
}

export const collectInterfaces = async (poll: Poll): Promise<Reading[]> => {
  const { session, options, origin } = poll
  const { uptimeS, hostUptimeS } = await readUptime(poll)
  const { name, admin, oper, speed, highSpeed } = PORT
  const state = await session.columns({ name, admin, oper, speed, highSpeed }, options)
  const indexes = indexesOf([state.oper])
  if (indexes.length === 0 && uptimeS === null && session.abortError === null)
    throw showsNothing(session.target)
  const readAtMs = new Map<string, number>()
  const parts: Partial<Table<keyof typeof PORT>>[] = []
  const atMs = origin()
  const names = await readNames(poll, state.name, indexes)
  await each(poll, [
    async () => {
      const wide = await session.columns(OCTETS, options, readAtMs)
      parts.push(wide)
      const missing = indexes.filter(
        (index) => !wide.hcInOctets.has(index) || !wide.hcOutOctets.has(index),
      )
      parts.push(await fill(poll, NARROW_OCTETS, missing, readAtMs))
    },
    async () => {
      const wide = await session.columns(PACKETS, options)
      parts.push(wide)
      const missing = indexes.filter(
        (index) => !wide.hcInUcast.has(index) || !wide.hcOutUcast.has(index),
      )
      parts.push(await fill(poll, NARROW_PACKETS, missing))
    },
    async () => {
      parts.push(await session.columns(ERRORS, options))
    },
  ])
  const isPartial = session.abortError !== null || session.problems.length > 0
  const table = Object.assign({}, EMPTY, state, names, ...parts)
  const readings = readPorts(table, { uptimeS, hostUptimeS, origin: atMs, readAtMs, isPartial })
  return isPartial ? readings : [...(await changedPorts(poll, readings)), ...readings]
}
