/** Applies values in columns (`values` of the stream) to the fleet. */
import type { Device } from "@ispvm/appliance/api/inventory"
import type { Values } from "@ispvm/appliance/api/live"
import type { Fleet } from "./fleet-model.ts"
import { patchLoads, withFreshPing } from "./fleet-patch.ts"

/** Ids by number, as the stream gives them. */
export type Numbers = string[]

/** Takes the numbers of a message; those of a stream that begins replace all others. */
export const takeNumbers = (numbers: Numbers, { numbered: { from, ids } }: Values): void => {
  numbers.length = Math.min(numbers.length, from)
  for (const id of ids) numbers.push(id)
}

const later = (one: number | null, other: number): number => Math.max(one ?? 0, other)

export const patchValues = (fleet: Fleet, values: Values, numbers: Numbers): Fleet => {
  const { atMs, probes, health, traffic, interfaces } = values
  const devices = new Map(fleet.devices)
  const patch = (
    { devices: gaps, agesMs }: { readonly devices: number[]; readonly agesMs: number[] },
    change: (row: number, ofMs: number, was: Device) => Partial<Device>,
  ): void => {
    let number = 0
    gaps.forEach((gap, row) => {
      number += gap
      const was = devices.get(numbers[number] ?? "")
      if (was !== undefined)
        devices.set(was.id, { ...was, ...change(row, atMs - (agesMs[row] ?? 0), was) })
    })
  }
  const seen = (was: Device, ofMs: number) => ({ lastSeenAtMs: later(was.lastSeenAtMs, ofMs) })
  patch(health, (row, ofMs, was) => ({
    ...seen(was, ofMs),
    healthAtMs: ofMs,
    uptimeS: health.uptimeS[row] ?? null,
    cpuPct: health.cpuPct[row] ?? null,
    memoryPct: health.memoryPct[row] ?? null,
  }))
  patch(traffic, (row, ofMs, was) => ({
    ...seen(was, ofMs),
    trafficAtMs: ofMs,
    rxBps: traffic.rxBps[row] ?? null,
    txBps: traffic.txBps[row] ?? null,
  }))
  patch(probes, (row, ofMs, was) =>
    withFreshPing({
      ...was,
      ...(probes.answered[row] === 1 ? seen(was, ofMs) : {}),
      probedAtMs: ofMs,
      rttMs: probes.rttMs[row] ?? null,
      lossPct: probes.lossPct[row] ?? null,
    }),
  )
  let id = 0
  const loads = interfaces.ids.map((gap, row) => {
    id += gap
    const [rxBps = null, txBps = null] = [interfaces.rxBps[row], interfaces.txBps[row]]
    return { id, rxBps, txBps, atMs: atMs - (interfaces.agesMs[row] ?? 0) }
  })
  return { ...fleet, devices, links: patchLoads(fleet.links, loads) }
}
