/** What is usual now, of the metrics that rules compare with it: read once an hour. */
import type { Family } from "@ispvm/wire/families"
import { FAMILIES } from "@ispvm/wire/families"
import type { OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"
import type { UsualValue } from "../../series/model.ts"
import { portEntity } from "../topology.ts"
import type { Baseline, BaselineOf } from "./condition.ts"
import { METRICS } from "./metrics.ts"
import { namedEntity } from "./readings.ts"

const HOUR_MS = 3_600_000

export type ReadUsual = (
  tx: Tx,
  org: OrgId,
  family: Family,
  metric: string,
  hourMs: number,
) => Promise<readonly UsualValue[] | null>
export type Baselines = {
  readonly of: BaselineOf
  /** Whether the values of this time, or of a metric, have not been read. */
  readonly isDue: (metrics: ReadonlySet<string>, nowMs: number) => boolean
  readonly load: (tx: Tx, metrics: ReadonlySet<string>, nowMs: number) => Promise<void>
}

const keyOf = ({ key, name: family }: Family, { device, name }: UsualValue): string => {
  if (name === null) return device
  return key.by === "interface" ? portEntity(device, name) : namedEntity(device, family, name)
}
/** What was usual at each hour between two times, read at once: for a rule tried on the past. */
export const pastBaselines = async (
  metrics: ReadonlySet<string>,
  fromMs: number,
  toMs: number,
  read: (
    family: Family,
    metric: string,
    hoursMs: readonly number[],
  ) => Promise<readonly (UsualValue & { readonly hourMs: number })[]>,
): Promise<BaselineOf> => {
  const known = new Map<string, Baseline>()
  const firstMs = hourOf(fromMs)
  const hoursMs = Array.from(
    { length: (hourOf(toMs) - firstMs) / HOUR_MS + 1 },
    (_, hour) => firstMs + hour * HOUR_MS,
  )
  for (const metric of metrics) {
    const family = familyOf(metric)
    if (family === undefined) continue
    for (const row of await read(family, metric, hoursMs)) {
      const usual = { mean: row.mean, deviation: row.deviation }
      known.set(`${metric} ${row.hourMs} ${keyOf(family, row)}`, usual)
    }
  }
  return (metric, { key }, atMs) => known.get(`${metric} ${hourOf(atMs)} ${key}`) ?? null
}

const familyOf = (metric: string): Family | undefined => {
  const name = METRICS.get(metric)?.family
  return FAMILIES.find((one: Family) => one.name === name)
}
const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS

export const createBaselines = (org: OrgId, read: ReadUsual): Baselines => {
  /** By metric: the hour, and by entity what is usual then. */
  const known = new Map<string, { readonly hourMs: number; readonly of: Map<string, Baseline> }>()
  return {
    of: (metric, { key }, atMs) => {
      const found = known.get(metric)
      // Values of the hour before arrive in the first moments of an hour.
      if (found === undefined || Math.abs(hourOf(atMs) - found.hourMs) > HOUR_MS) return null
      return found.of.get(key) ?? null
    },
    isDue: (metrics, nowMs) =>
      [...metrics].some((metric) => known.get(metric)?.hourMs !== hourOf(nowMs)),
    load: async (tx, metrics, nowMs) => {
      const hourMs = hourOf(nowMs)
      for (const metric of metrics) {
        if (known.get(metric)?.hourMs === hourMs) continue
        const family = familyOf(metric)
        if (family === undefined) continue
        // If it cannot be read, that is said once, and tried again in the next hour.
        known.set(metric, { hourMs, of: new Map() })
        const rows = (await read(tx, org, family, metric, hourMs)) ?? []
        const of = new Map(
          rows.map((row) => [keyOf(family, row), { mean: row.mean, deviation: row.deviation }]),
        )
        known.set(metric, { hourMs, of })
      }
    },
  }
}
