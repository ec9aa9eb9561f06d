/** Readings of one family from the tables of a device's profiles. */
import type {
  FamilyReading,
  HealthReading,
  Reading,
  SensorReading,
  Store,
} from "../../collector.ts"
import type { Poll, Uptime } from "../collectors/poll.ts"
import { fieldValue, readOf, scaledOf, stateOf } from "./cell.ts"
import { nameOf, type Row } from "./names.ts"
import type {
  Cell,
  CpuRow,
  FamilyRows,
  Field,
  MemoryRow,
  Profile,
  Read,
  SensorRow,
  TableProfile,
} from "./profile.ts"
import { BUDGET_MS, readRows } from "./read-tables.ts"
import { netSnmpCpu } from "./standard.ts"

const ENTERPRISES = "1.3.6.1.4.1."

export const profilesOf = (
  profiles: readonly Profile[],
  { objectId, descr }: { readonly objectId: string; readonly descr: string },
): readonly Profile[] =>
  profiles.filter(
    (profile) =>
      (profile.objectIds === undefined && profile.descr === undefined) ||
      profile.objectIds?.some((id) => `${objectId}.`.startsWith(`${ENTERPRISES}${id}.`)) === true ||
      profile.descr?.test(descr.slice(0, 512)) === true,
  )

/** The tables that have rows of a use, within the poll's budget. */
const eachTable = async (
  poll: Poll,
  profiles: readonly Profile[],
  use: (table: TableProfile) => Promise<boolean>,
): Promise<void> => {
  const endMs = performance.now() + BUDGET_MS
  for (const table of profiles.flatMap(({ tables }) => tables)) {
    if (poll.session.abortError !== null || performance.now() > endMs) return
    if (await use(table)) return
  }
}

const optionsOf = <T extends object>(options: number | T | undefined): T & { factor?: number } =>
  (typeof options === "number" ? { factor: options } : (options ?? {})) as T & { factor?: number }

const sensorOf = (row: Row, [template, at, unit, options]: SensorRow): SensorValue | null => {
  const name = nameOf(template, row)
  if (name === null) return null
  const { ok, bad, ...read } = optionsOf(options)
  const value = unit === "state" ? stateOf(ok, bad, row.cell(at)) : scaledOf(read, row.cell(at))
  return value === null
    ? null
    : { name, unit, value, index: row.index, isSummed: read.merge === "sum" }
}
type SensorValue = {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly index: string
  readonly isSummed: boolean
}

/**
 * Sensors of one name and unit get their index, or are added up where the profile says so; a
 * repeated value of one object is one sensor.
 */
const distinct = (values: readonly SensorValue[]): readonly SensorValue[] => {
  const groups = Map.groupBy(values, ({ name, unit }) => `${unit} ${name}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined || group.length === 1) return group
    if (first.isSummed)
      return [{ ...first, value: group.reduce((sum, { value }) => sum + value, 0) }]
    return group.map((value) =>
      value.index === "" ? value : { ...value, name: `${value.name} (${value.index})` },
    )
  })
}

const MAX_SENSORS = 2_000

export const sensorReading = (
  poll: Poll,
  { name, unit, value }: Omit<SensorValue, "index" | "isSummed">,
): SensorReading => ({ ...poll.origin(), kind: "sensor", sensor: name, unit, value })

export const readSensorTables = async (
  poll: Poll,
  profiles: readonly Profile[],
): Promise<readonly SensorReading[]> => {
  const values = new Map<string, SensorValue>()
  await eachTable(poll, profiles, async (table) => {
    const sensors = [...(table.sensors ?? []), ...loadsOf(table)]
    const { memory = [] } = table
    if (sensors.length === 0 && memory.length === 0) return false
    const rows = await readRows(poll, table, {
      cells: [...sensors.map(([, at]) => at), ...memory.flatMap(cellsOfMemory)],
      names: [...sensors.map(([name]) => name), ...memory.map(({ name = "memory" }) => name)],
    })
    const own = rows.flatMap((row) => [
      ...sensors.flatMap((each) => sensorOf(row, each) ?? []),
      ...(rows.length > 1 ? memory.flatMap((each) => useOf(row, each) ?? []) : []),
    ])
    for (const value of distinct(own)) {
      const key = `${value.unit} ${value.name}`
      if (!values.has(key) && values.size < MAX_SENSORS) values.set(key, value)
    }
    return false
  })
  return [...values.values()].map((value) => sensorReading(poll, value))
}

/** The load of each processor and the use of each memory, beside the mean in `health`. */
const loadsOf = ({ cpu = [], memory = [] }: TableProfile): readonly SensorRow[] => [
  ...cpu.map(
    ([name, at, options]): SensorRow => [
      `${name} load`,
      at,
      "%",
      { ...optionsOf(options), min: 0, max: 100 },
    ],
  ),
  ...memory.flatMap(({ name = "memory", percent }): SensorRow[] => {
    if (percent === undefined) return []
    const { at, ...read } = readOf(percent)
    return [[`${name} used`, at, "%", { ...read, min: 0, max: 100 }]]
  }),
]

/** How full a store is, where the device reports amounts. */
const useOf = (row: Row, memory: MemoryRow): SensorValue | null => {
  if (memory.percent !== undefined) return null
  const name = nameOf(memory.name ?? "memory", row)
  const { totalByte = null, usedByte = null, freeByte = null } = storeOf(row, memory) ?? {}
  if (name === null || totalByte === null) return null
  const used = usedByte ?? totalByte - (freeByte ?? 0)
  const value = Math.round((used / totalByte) * 1_000) / 10
  return { name: `${name} used`, unit: "%", value, index: row.index, isSummed: false }
}

const cellsOfMemory = (memory: MemoryRow): readonly Cell[] =>
  [
    memory.total,
    memory.used,
    memory.free,
    memory.percent,
    memory.freePercent,
    ...(memory.spare ?? []),
  ].flatMap((field) => (field === undefined ? [] : [readOf(field).at]))

type Values = Record<string, FamilyReading["values"][string]>

const mergedOf = (
  { merge }: Read,
  was: Values[string] | undefined,
  now: Values[string],
): Values[string] => {
  if (was === undefined || was === null) return now
  if (now === null || typeof was !== "number" || typeof now !== "number") return was
  if (merge === "sum") return was + now
  return merge === "min" ? Math.min(was, now) : merge === "max" ? Math.max(was, now) : was
}

/** A value that is not a number, or has no second one, is itself. */
const sumOf = (value: Values[string], more: Values[string]): Values[string] => {
  if (typeof value === "bigint" && typeof more === "bigint") return value + more
  return typeof value === "number" && typeof more === "number" ? value + more : (value ?? more)
}

/** Rows with one name are one reading. */
const addRow = (readings: Map<string, Values>, name: string, row: Row, rows: FamilyRows): void => {
  const values = readings.get(name) ?? {}
  let hasValue = false
  for (const [field, source] of Object.entries<Field>(rows.values)) {
    const read = readOf(source)
    const value = sumOf(
      fieldValue(read, row.cell(read.at)),
      read.plus === undefined ? null : fieldValue(read, row.cell(read.plus)),
    )
    if (value !== null) hasValue = true
    values[field] = mergedOf(read, values[field], value)
  }
  if (hasValue || readings.has(name)) readings.set(name, values)
}

export const readFamilyTables = async (
  poll: Poll,
  profiles: readonly Profile[],
  family: string,
  uptimeS: number | null,
): Promise<readonly FamilyReading[]> => {
  const readings = new Map<string, Values>()
  await eachTable(poll, profiles, async (table) => {
    const uses = [table.families?.[family] ?? []].flat() as readonly FamilyRows[]
    for (const use of uses) {
      const cells: readonly Cell[] = Object.values(use.values).flatMap((field) => {
        const { at, plus } = readOf(field)
        return plus === undefined ? [at] : [at, plus]
      })
      for (const row of await readRows(poll, table, {
        cells,
        names: [use.name],
        when: use.when ?? [],
      })) {
        const name = nameOf(use.name, row)
        if (name !== null) addRow(readings, name, row, use)
      }
    }
    return false
  })
  return [...readings].map(([name, values]) => ({
    ...poll.origin(),
    kind: "family",
    family,
    name,
    uptimeS,
    values,
  }))
}

const NO_STORE: Store = { totalByte: null, usedByte: null, freeByte: null }

/** The first table that has it: profiles of the vendor come before those of every device. */
const readCpu = async (poll: Poll, profiles: readonly Profile[]): Promise<readonly number[]> => {
  let percents: readonly number[] = []
  await eachTable(poll, profiles, async (table) => {
    const { cpu = [] } = table
    if (cpu.length === 0) return false
    const rows = await readRows(poll, table, { cells: cpu.map(([, at]) => at), names: [] })
    percents = rows.flatMap((row) => cpu.flatMap((each) => percentOf(row, each) ?? []))
    return percents.length > 0
  })
  return percents
}
const percentOf = (row: Row, [, at, options]: CpuRow): number | null =>
  scaledOf({ min: 0, max: 100, ...optionsOf(options) }, row.cell(at))

const storeOf = (row: Row, memory: MemoryRow): Store | null => {
  const { total, used, free, percent, freePercent, spare = [] } = memory
  const amount = (field: Field | undefined): number | null => {
    if (field === undefined) return null
    const { at, ...read } = readOf(field)
    return scaledOf(read, row.cell(at))
  }
  const [totalByte, usedByte, unused] = [amount(total), amount(used), amount(free)]
  const spareByte = spare.reduce<number>((sum, field) => sum + (amount(field) ?? 0), 0)
  const freeByte = unused === null ? null : unused + spareByte
  const ratio = amount(percent)
  const rest = amount(freePercent)
  const share = ratio ?? (rest === null ? null : 100 - rest)
  if (
    totalByte !== null &&
    totalByte > 0 &&
    usedByte === null &&
    freeByte === null &&
    share !== null
  )
    return { totalByte, usedByte: Math.round((totalByte * share) / 100), freeByte: null }
  if (usedByte !== null && freeByte !== null && totalByte === null)
    return { totalByte: usedByte + freeByte, usedByte, freeByte: null }
  return totalByte === null || totalByte <= 0 || (usedByte === null && freeByte === null)
    ? null
    : { totalByte, usedByte, freeByte: usedByte === null ? freeByte : null }
}

const readMemory = async (poll: Poll, profiles: readonly Profile[]): Promise<Store> => {
  let found: Store = NO_STORE
  await eachTable(poll, profiles, async (table) => {
    const { memory = [] } = table
    if (memory.length === 0) return false
    const rows = await readRows(poll, table, { cells: memory.flatMap(cellsOfMemory), names: [] })
    const stores = rows.flatMap((row) => memory.flatMap((each) => storeOf(row, each) ?? []))
    const [largest] = stores.toSorted((a, b) => (b.totalByte ?? 0) - (a.totalByte ?? 0))
    if (largest !== undefined) found = largest
    return largest !== undefined
  })
  return found
}

export const readVendorHealth = async (
  poll: Poll,
  profiles: readonly Profile[],
  { uptimeS, hostUptimeS }: Uptime,
  standard: Pick<HealthReading, "cpuPercents" | "memory" | "disk">,
): Promise<readonly Reading[]> => {
  const own = await readCpu(poll, profiles)
  const known = own.length > 0 ? own : standard.cpuPercents
  const cpuPercents = known.length > 0 ? known : await readCpu(poll, [netSnmpCpu])
  const memory = await readMemory(poll, profiles)
  return [
    {
      ...poll.origin(),
      kind: "health",
      uptimeS,
      hostUptimeS,
      cpuPercents,
      memory: memory.totalByte === null ? standard.memory : memory,
      disk: standard.disk,
    },
  ]
}
