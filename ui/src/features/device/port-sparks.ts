/** The latest traffic of each interface, for the small charts in the table. Pure. */
import type { Interface } from "@ispvm/appliance/api/inventory"

const SPARK_POINTS = 60

type PortSpark = { readonly atMs: number; readonly bps: readonly (number | null)[] }
/** By interface. */
export type PortSparks = ReadonlyMap<number, PortSpark>

/** Adds a point where an interface has been measured since the last one. */
export const keepSparks = (was: PortSparks, ports: readonly Interface[]): PortSparks => {
  const sparks = new Map(was)
  for (const { id, atMs, rxBps, txBps } of ports) {
    const known = was.get(id)
    if (atMs === null || atMs <= (known?.atMs ?? 0)) continue
    const bps = rxBps === null ? null : rxBps + (txBps ?? 0)
    sparks.set(id, { atMs, bps: [...(known?.bps ?? []), bps].slice(-SPARK_POINTS) })
  }
  return sparks
}
