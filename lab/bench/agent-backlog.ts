/**
 * Part of `bench -- agent buffer`: an outage of hours in simulated time, in the agent's buffer with
 * its real limit and real files, and how fast the agent sends what it then has.
 */
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DeviceId } from "@ispvm/wire"
import { encodeBatch } from "@ispvm/wire/compact"
import { createBuffer, openDiskStore, type SegmentStore } from "../recordings/agent.ts"
import { cpuUs, createNetwork, START_MS } from "./agent-buffer.ts"
import { table } from "./figures.ts"

/** As in `agent/src/main.ts`. */
const LIMIT_BYTES = 2 ** 30
/** A segment is stored four times a second. */
const SEALS = 4
const MEGABYTE = 1e6

export type Outage = {
  readonly hours: number
  readonly devices: number
  readonly ports: number
}

const sizeOf = (file: string): number =>
  [file, `${file}-wal`].reduce(
    (sum, name) => sum + (statSync(name, { throwIfNoEntry: false })?.size ?? 0),
    0,
  )

/** Everything that waits, as bodies of requests; new data first. */
const sendAll = (store: SegmentStore, nowMs: number) => {
  let [batches, bytes] = [0, 0]
  const beganMs = performance.now()
  const us = cpuUs(() => {
    for (;;) {
      const batch = store.begin(nowMs, [])
      if (batch === null) return
      if (batch.sections !== null)
        bytes += encodeBatch({ ...batch, sentAtMs: nowMs }, batch.sections).length
      batches += 1
      store.accept(batch)
    }
  })
  return { batches, bytes, us, tookS: (performance.now() - beganMs) / 1_000 }
}

const fill = (store: SegmentStore, { hours, devices, ports }: Outage) => {
  let nowMs = START_MS
  const onLost = (_: number, error: unknown): never => {
    throw error
  }
  const buffer = createBuffer({ store, now: () => nowMs, onLost })
  const ids = Array.from({ length: devices }, () => DeviceId.parse(randomUUID()))
  const network = createNetwork(ids, ports)
  let [items, us] = [0, 0]
  const seconds = Math.round(hours * 3_600)
  for (let second = 0; second < seconds; second += 1) {
    const list = network(second)
    const part = Math.ceil(list.length / SEALS)
    items += list.length
    us += cpuUs(() => {
      for (let from = 0; from < list.length; from += part) {
        nowMs = START_MS + second * 1_000 + Math.round((1_000 * from) / list.length)
        buffer.add(list.slice(from, from + part))
        buffer.flush()
      }
    })
    if (second % 21_600 === 21_599)
      console.error(`  ${(second + 1) / 3_600} h: ${Math.round(store.depth().bytes / MEGABYTE)} MB`)
  }
  return { items, us, seconds, nowMs }
}

export const backlog = (outage: Outage): void => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-backlog-"))
  const file = join(folder, "buffer.sqlite")
  const store = openDiskStore({
    ...{ file, maxBytes: LIMIT_BYTES, now: () => START_MS, redact: (items) => items },
    onBroken: (_, error) => {
      throw error
    },
  })
  try {
    store.useCompact()
    const { items, us, seconds, nowMs } = fill(store, outage)
    const { bytes, droppedItems } = store.depth()
    const fileBytes = sizeOf(file)
    const kept = items - droppedItems
    const sent = sendAll(store, nowMs)
    const rows = [
      ["items", "dropped", "MB", "MB of files", "bytes an item", "µs stored", "µs sent", "items/s"],
      [
        ...[`${items}`, `${droppedItems}`, (bytes / MEGABYTE).toFixed(0)],
        ...[(fileBytes / MEGABYTE).toFixed(0), (fileBytes / kept).toFixed(1)],
        ...[(us / items).toFixed(2), (sent.us / kept).toFixed(2), (kept / sent.tookS).toFixed(0)],
      ],
    ]
    console.log(table(rows))
    const { hours, devices, ports } = outage
    console.log(
      `${hours} h of ${devices} devices with ${ports} ports, ${(items / seconds).toFixed(0)} items a second, ` +
        `${droppedItems === 0 ? "fit" : "do not fit"} the limit of 1 GiB. Reading, packing and deleting them took ` +
        `${sent.tookS.toFixed(0)} s in ${sent.batches} batches of ${(sent.bytes / MEGABYTE).toFixed(0)} MB, ` +
        "without the network and the appliance.",
    )
  } finally {
    store.close()
    rmSync(folder, { recursive: true })
  }
}
