/**
 * Samples of the metric families whose collectors answer in their row's own names and units. Totals
 * become rates here; values that the row does not allow become null.
 */
import { type DeviceId, LIMITS, type Sample, storable } from "@ispvm/wire"
import { hasRebooted } from "@ispvm/wire/counters"
import { FAMILIES, type Family, type Field, type StoredField } from "@ispvm/wire/families"
import type { FamilyReading } from "../collect/collector.ts"

type Totals = Pick<FamilyReading, "atMs" | "uptimeS"> & {
  readonly totals: Readonly<Record<string, bigint>>
}
type Value = number | boolean | string | null

const plain = ({ field }: StoredField, value: FamilyReading["values"][string]): Value => {
  if (field.kind === "bool") return typeof value === "boolean" ? value : null
  if (field.kind === "state")
    return typeof value === "string" && Object.hasOwn(field.states, value) ? value : null
  return typeof value === "number" ? numeric(field, value) : null
}

const numeric = ({ isSigned, isWhole, max = Infinity }: Field, value: number): number | null => {
  if (!Number.isFinite(value) || value > max) return null
  if (value < 0 && isSigned !== true) return null
  return isWhole === true ? Math.round(value) : value
}

/** Null at the first reading, after a restart, and if the total went back: it was cleared. */
const rateOf = (
  { name, field, type }: StoredField,
  perCount: number,
  was: Totals | undefined,
  now: Totals,
): number | null => {
  const before = was?.totals[name]
  const after = now.totals[name]
  if (was === undefined || before === undefined || after === undefined) return null
  const elapsedS = (now.atMs - was.atMs) / 1_000
  if (elapsedS <= 0 || after < before || hasRebooted(was, now)) return null
  const rate = (Number(after - before) / elapsedS) * perCount
  return numeric(field, type === "bigint" ? Math.round(rate) : Math.fround(rate))
}

const totalsOf = ({ atMs, uptimeS, values }: FamilyReading): Totals => ({
  atMs,
  uptimeS,
  totals: Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === "bigint" ? [[name, value] as const] : [],
    ),
  ),
})

const keyOf = ({ source, family }: FamilyReading): string => `${source} ${family}`
/** A name with another unit is another thing. */
const nameOf = ({ name, unit = "" }: FamilyReading): string => `${unit} ${name}`

/** Readings of one poll are given at once: a name that is missing from it is forgotten. */
export class FamilySamples {
  readonly #families: ReadonlyMap<string, Family>
  readonly #known = new Map<DeviceId, Map<string, ReadonlyMap<string, Totals>>>()

  readonly #onImpossible: () => void

  /**
   * `onImpossible` is called for each value that the row does not allow, and each sample that lacks
   * its name, its unit or a value that the row requires.
   */
  constructor(families: readonly Family[] = FAMILIES, onImpossible: () => void = () => undefined) {
    this.#onImpossible = onImpossible
    this.#families = new Map(families.map((family) => [family.name, family]))
  }

  forget(device: DeviceId): void {
    this.#known.delete(device)
  }

  normalize(readings: readonly FamilyReading[]): Sample[] {
    const fresh = new Map<DeviceId, Map<string, Map<string, Totals>>>()
    const samples = readings.flatMap((reading) => {
      const family = this.#families.get(reading.family)
      if (family === undefined) throw new Error(`there is no metric family ${reading.family}`)
      const now = totalsOf(reading)
      const was = this.#known.get(reading.device)?.get(keyOf(reading))?.get(nameOf(reading))
      const byKey = fresh.get(reading.device) ?? new Map<string, Map<string, Totals>>()
      const byName = byKey.get(keyOf(reading)) ?? new Map<string, Totals>()
      fresh.set(reading.device, byKey.set(keyOf(reading), byName.set(nameOf(reading), now)))
      return toSample(family, reading, was, now, this.#onImpossible) ?? []
    })
    for (const [device, byKey] of fresh)
      this.#known.set(device, new Map([...(this.#known.get(device) ?? []), ...byKey]))
    return samples
  }
}

/** Null if it has no name, or no value at all, as at the first reading of totals. */
const toSample = (
  { key, fields, name, schema }: Family,
  reading: FamilyReading,
  was: Totals | undefined,
  now: Totals,
  onImpossible: () => void,
): Sample | null => {
  const values = fields.map((stored) => {
    const { perCount } = stored.field
    const value =
      perCount === undefined
        ? plain(stored, reading.values[stored.name] ?? null)
        : rateOf(stored, perCount, was, now)
    const given = reading.values[stored.name] ?? null
    if (value === null && given !== null && typeof given !== "bigint") onImpossible()
    return [stored.name, value] as const
  })
  if (values.every(([, value]) => value === null)) return null
  const { success, data } = schema.safeParse({
    kind: name,
    device: reading.device,
    atMs: Math.max(0, Math.round(reading.atMs)),
    source: reading.source,
    ...(key.by === "name" ? { [key.field]: storable(reading.name, LIMITS.nameChars) } : {}),
    ...(key.by === "name" && key.units !== undefined ? { unit: reading.unit } : {}),
    ...(key.by === "interface" ? { interface: storable(reading.name, LIMITS.nameChars) } : {}),
    ...Object.fromEntries(values),
  })
  if (!success) onImpossible()
  return success ? (data as Sample) : null
}
