/**
 * Reports what a full buffer dropped as an event per device, so that a gap in a chart is explained.
 */
import { randomUUID } from "node:crypto"
import { DeviceId, EpochMs, type Event } from "@ispvm/wire"
import { z } from "zod"
import type { Dropped } from "./buffer.ts"

const Counted = z.object({ device: DeviceId, atMs: EpochMs })

/** Counts the items of one segment by device. Items that cannot be parsed are not counted. */
export const countByDevice = (items: readonly unknown[]): readonly Dropped[] => {
  const byDevice = new Map<DeviceId, Dropped>()
  for (const item of items) {
    const parsed = Counted.safeParse(item)
    if (parsed.success)
      merge(byDevice, {
        device: parsed.data.device,
        items: 1,
        firstMs: parsed.data.atMs,
        lastMs: parsed.data.atMs,
      })
  }
  return [...byDevice.values()]
}

export const merge = (into: Map<DeviceId, Dropped>, more: Dropped): void => {
  const was = into.get(more.device)
  into.set(more.device, {
    device: more.device,
    items: (was?.items ?? 0) + more.items,
    firstMs: Math.min(was?.firstMs ?? more.firstMs, more.firstMs),
    lastMs: Math.max(was?.lastMs ?? more.lastMs, more.lastMs),
  })
}

const clock = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z")

export const droppedEvent = (
  nowMs: number,
  { device, items, firstMs, lastMs }: Dropped,
): Event => ({
  kind: "event",
  id: randomUUID(),
  device,
  name: "samples-dropped",
  atMs: nowMs,
  source: "agent",
  severity: "warning",
  interface: null,
  message: `${items} readings from ${clock(firstMs)} to ${clock(lastMs)} were dropped: the agent's buffer was full while the appliance could not be reached.`,
  attributes: { items: String(items), firstMs: String(firstMs), lastMs: String(lastMs) },
})
