/**
 * A row of buckets as a sample again, by the schema of what a family stores over time: keys, units,
 * states and numbers of its fields. A number may be a mean, so it need not be whole. Pure.
 */
import type { Family, StoredField } from "@ispvm/wire/families"
import { z } from "zod"
import { DeviceId } from "../../../platform/ids.ts"
import type { StoredSample } from "../../ingest/model.ts"
import { overTime } from "./sql.ts"

const Row = z.object({
  device: DeviceId,
  name: z.string().nullable(),
  unit: z.string().nullable(),
  atMs: z.number(),
})

const valueSchema = ({ field }: StoredField): z.ZodType => {
  const number = z.number().nullable().default(null)
  switch (field.kind) {
    case "bool":
      return number.transform((value) => (value === null ? null : value >= 0.5))
    case "state": {
      const byCode = new Map(Object.entries(field.states).map(([name, code]) => [code, name]))
      return number.transform((value, context) => {
        if (value === null) return null
        const name = byCode.get(Math.round(value))
        if (name === undefined)
          context.addIssue({ code: "custom", message: `${field.metric} has no state ${value}` })
        return name ?? null
      })
    }
    case "gauge":
    case "rate":
    case "counter":
      return number
  }
}

/** Fields by the place that they have in a sample. */
const placed = (
  fields: readonly StoredField[],
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const sample: Record<string, unknown> = {}
  const groups = new Map<string, Record<string, unknown>>()
  for (const [index, { name, field }] of fields.entries()) {
    const value = values[`c${index}`] ?? null
    if (field.path === undefined) {
      sample[name] = value
      continue
    }
    const [group, part] = field.path
    const own = groups.get(group) ?? {}
    own[part] = value
    groups.set(group, own)
  }
  return { ...sample, ...Object.fromEntries(groups) }
}

/**
 * Reads rows with the columns `c0`, `c1` … of `overTime`. Null: a row that is none of the family,
 * as a release with other states or units may have stored it.
 */
export const storedSamples = (family: Family): ((row: unknown) => StoredSample | null) => {
  const { key } = family
  const fields = overTime(family)
  const units = key.by === "name" ? key.units : undefined
  const Stored = Row.extend({
    name: key.by === "name" || key.by === "interface" ? z.string() : z.null(),
    unit: units === undefined ? z.null() : z.enum(units),
    ...Object.fromEntries(fields.map((stored, index) => [`c${index}`, valueSchema(stored)])),
  })
  return (row) => {
    const stored = Stored.safeParse(row).data
    if (stored === undefined) return null
    const { device, name, unit, atMs } = stored
    return {
      ...{ kind: family.name, device, atMs },
      ...(key.by === "interface" ? { interface: name } : {}),
      ...(key.by === "name" ? { [key.field]: name } : {}),
      ...(unit === null ? {} : { unit }),
      ...placed(fields, stored),
    }
  }
}
