/** The agent's buffer and what it sends: bytes and CPU an item, by columns and as JSON. */
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import { DeviceId, Item, type Item as ItemType, itemSchemas, LIMITS } from "@ispvm/wire"
import { decodeBatch, encodeBatch } from "@ispvm/wire/compact"
import { FAMILIES } from "@ispvm/wire/families"
import { createBuffer, openDiskStore, type SegmentStore } from "../recordings/agent.ts"
import { ratio, seeded, table } from "./figures.ts"

const DEVICES = 200
const PORTS = 24
export const START_MS = 1_795_348_800_000
/** Items of a device in a second: a probe a second, ports every 10 s, health every 30 s. */
const perSecondOf = (ports: number): number => 1 + ports / 10 + 1 / 30
const HOURS = 72
const WARM_S = 120

/** One second of all devices: probes that differ by 5 %, ports of which two thirds carry traffic. */
export const createNetwork = (
  ids: readonly DeviceId[] = Array.from({ length: DEVICES }, () => DeviceId.parse(randomUUID())),
  portCount = PORTS,
  startMs = START_MS,
) => {
  const random = seeded(14)
  const devices = ids.map((device, n) => ({
    device,
    rttUs: 500 + random() * 20_000,
    offset: n % 10,
  }))
  const port = (device: DeviceId, atMs: number, name: string, isUp: boolean): ItemType => ({
    ...{ kind: "interface", device, interface: name, atMs, source: "routeros-api" },
    ...{ running: isUp, disabled: false },
    // As precise as normalize makes them.
    rxBps: isUp ? Math.round(random() * 1e9) : 0,
    txBps: isUp ? Math.round(random() * 1e8) : 0,
    rxPps: isUp ? Math.fround(random() * 1e5) : 0,
    txPps: isUp ? Math.fround(random() * 1e4) : 0,
    ...{ errorsPs: 0, dropsPs: 0 },
  })
  const ofDevice = (second: number, one: (typeof devices)[number]): ItemType[] => {
    const { device, rttUs, offset } = one
    const atMs = startMs + second * 1_000 + Math.round(random() * 30)
    const rtt = Math.round(rttUs * (0.95 + random() / 10))
    const icmp = { sent: 1, received: 1, rttUs: rtt, jitterUs: null }
    const probe: ItemType = {
      ...{ kind: "ping", device, atMs, answers: true, icmp, tcp: null, because: "round" },
    }
    const health: ItemType = {
      ...{ kind: "health", device, atMs, source: "routeros-api", uptimeS: 1e6 + second },
      ...{ cpuRatio: Math.round(random() * 100) / 100, memoryTotalByte: 1_073_741_824 },
      ...{ memoryUsedByte: Math.round(3e8 + random() * 1e6) },
      ...{ diskUsedByte: 14_163_968, diskTotalByte: 16_777_216 },
    }
    const ports = Array.from({ length: portCount }, (_, n) =>
      port(device, atMs, `ether${n + 1}`, n % 3 < 2),
    )
    return [
      probe,
      ...((second + offset) % 10 === 0 ? ports : []),
      ...((second + offset) % 30 === 0 ? [health] : []),
    ]
  }
  return (second: number): ItemType[] => devices.flatMap((one) => ofDevice(second, one))
}

export const cpuUs = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

/** As an older release sent a batch, and as ingest parsed it. */
const JSON_FORM = {
  send: (store: SegmentStore): Uint8Array | null => {
    const batch = store.begin(1)
    return batch === null ? null : gzipSync(JSON.stringify({ protocol: 1, ...batch }))
  },
  parse: (bytes: Uint8Array): number => {
    const schemas = itemSchemas(FAMILIES)
    const { items } = JSON.parse(gunzipSync(bytes).toString()) as { items: ItemType[] }
    return items.filter((item) => (schemas.get(item.kind) ?? Item).safeParse(item).success).length
  },
}
const COMPACT_FORM: typeof JSON_FORM = {
  send: (store) => {
    const batch = store.begin(1)
    if (batch === null || batch.sections === null) return null
    return encodeBatch({ ...batch, sentAtMs: START_MS }, batch.sections)
  },
  parse: (bytes) =>
    decodeBatch(bytes, {
      ...{ items: LIMITS.batchItems, values: LIMITS.batchMarks, inflatedBytes: LIMITS.batchBytes },
    }).isValid.filter((isValid) => isValid).length,
}

const measure = (form: typeof JSON_FORM, isCompact: boolean, seconds: number) => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-bench-"))
  const file = join(folder, "buffer.sqlite")
  const store = openDiskStore({
    ...{ file, maxBytes: 4e9, now: () => START_MS, redact: (items) => items },
    onBroken: (_, error) => {
      throw error
    },
  })
  if (isCompact) store.useCompact()
  const onLost = (_: number, error: unknown): never => {
    throw error
  }
  const buffer = createBuffer({ store, now: () => START_MS, onLost })
  const network = createNetwork()
  let [items, storeUs, sendUs, parseUs, sentBytes, valid] = [0, 0, 0, 0, 0, 0]
  for (let second = 0; second < seconds; second += 1) {
    const list = network(second)
    items += list.length
    storeUs += cpuUs(() => {
      for (let from = 0; from < list.length; from += list.length / 4) {
        buffer.add(list.slice(from, from + list.length / 4))
        buffer.flush()
      }
    })
  }
  const { bytes } = store.depth()
  const fileBytes = statSync(file).size
  for (let done = false; !done; ) {
    let body: Uint8Array | null = null
    sendUs += cpuUs(() => {
      body = form.send(store)
      const batch = store.begin(1)
      if (batch !== null) store.accept(batch)
    })
    if (body === null) done = true
    else {
      const sent: Uint8Array = body
      sentBytes += sent.length
      parseUs += cpuUs(() => {
        valid += form.parse(sent)
      })
    }
  }
  store.close()
  rmSync(folder, { recursive: true })
  if (valid !== items) throw new Error(`${valid} of ${items} items arrived`)
  const each = (sum: number): number => sum / items
  return {
    items,
    disk: each(Math.max(bytes, fileBytes)),
    sent: each(sentBytes),
    storeUs: each(storeUs),
    sendUs: each(sendUs),
    parseUs: each(parseUs),
  }
}

export const buffer = (seconds: number): void => {
  // Compiled by then.
  measure(COMPACT_FORM, true, WARM_S)
  measure(JSON_FORM, false, WARM_S)
  const json = measure(JSON_FORM, false, seconds)
  const compact = measure(COMPACT_FORM, true, seconds)
  const rows = [
    ["an item", "bytes on disk", "bytes sent", "µs stored", "µs sent", "µs parsed and checked"],
  ]
  for (const [name, one] of [
    ["JSON, gzip, zod", json],
    ["columns, zstd", compact],
  ] as const)
    rows.push([
      ...[name, one.disk.toFixed(1), one.sent.toFixed(1), one.storeUs.toFixed(2)],
      ...[one.sendUs.toFixed(2), one.parseUs.toFixed(2)],
    ])
  rows.push([
    ...["ratio", ratio(compact.disk, json.disk), ratio(compact.sent, json.sent)],
    ...[ratio(compact.storeUs, json.storeUs), ratio(compact.sendUs, json.sendUs)],
    ratio(compact.parseUs, json.parseUs),
  ])
  console.log(table(rows))
  const perSecond = perSecondOf(PORTS) * DEVICES
  const gigabytes = (perSecond * HOURS * 3_600 * compact.disk) / 1e9
  const hours = 2 ** 30 / (perSecond * compact.disk) / 3_600
  console.log(
    `${json.items} items of ${DEVICES} devices with ${PORTS} ports: ${perSecond.toFixed(0)} a second. ` +
      `${HOURS} h are ${gigabytes.toFixed(1)} GB; 1 GiB holds ${hours.toFixed(0)} h.`,
  )
  const replay = 1e6 / (compact.sendUs + compact.parseUs)
  console.log(
    `Sending, parsing and checking a backlog takes a core ${(1e6 / replay).toFixed(2)} µs an item: ` +
      `${Math.round(replay)} a second, without TLS and Postgres.`,
  )
}
