/** Values in columns: what is in a message, and how many bytes a page of a large network gets. */
import assert from "node:assert/strict"
import { after, test } from "node:test"
import { createGunzip } from "node:zlib"
import { serveLive } from "../../../test/live-server.ts"
import type { Readings } from "../../api/live.ts"
import { LIVE_EVENTS } from "../../api/live.ts"
import { OrgId } from "../../platform/ids.ts"
import { createLive, createValueColumns } from "./live.ts"

const ORG = OrgId.parse("00000000-0000-4000-8000-000000000001")
const NOW = 1_800_000_000_000
const closing: (() => void)[] = []
after(() => {
  for (const close of closing) close()
})

/** Ids as they are: random. */
const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
const random = seeded(5)
const hex = (length: number): string =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("")
const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`

const DEVICES = 2_000
const LINK_PORTS = 2
const EVERY_S = 10
const SECONDS = 30
const ids = Array.from({ length: DEVICES }, uuid)

type Device = Readings["devices"][number]
const state = new Map<string, Device>()
const rate = (): number => Math.round(10 ** (4 + random() * 5))
const percent = (): number => Math.round(random() * 60_000) / 1_000
const NEVER = {
  ...{ healthAtMs: null, cpuPct: null, memoryPct: null, uptimeS: null },
  ...{ trafficAtMs: null, rxBps: null, txBps: null },
}
const readOf = (index: number, n: number, atMs: number) => ({
  ...{ healthAtMs: atMs, cpuPct: percent(), memoryPct: percent(), uptimeS: index * 977 + n },
  ...{ trafficAtMs: atMs, rxBps: rate(), txBps: rate() },
})
const portOf = (deviceId: string, id: number, atMs: number): Readings["interfaces"][number] => ({
  ...{ id, deviceId, running: true, disabled: false, atMs },
  ...{ rxBps: rate(), txBps: rate(), errorsPs: 0, dropsPs: 0 },
})
/** What a second brings at 2,000 devices: a probe of each, counters and health of a tenth. */
const second = (n: number): Readings => {
  const interfaces: Readings["interfaces"] = []
  const devices = ids.map((id, index): Device => {
    const atMs = NOW + n * 1_000 - Math.floor(random() * 1_500)
    const isRead = index % EVERY_S === n % EVERY_S
    const device = {
      ...NEVER,
      ...state.get(id),
      ...(isRead ? readOf(index, n, atMs) : {}),
      ...{ id, lastSeenAtMs: atMs, probedAtMs: atMs },
      rttMs: Math.round((1 + (index % 40) + random() * 3) * 1_000) / 1_000,
      lossPct: index % 97 === 0 ? Math.round(random() * 5_000) / 1_000 : 0,
    }
    state.set(id, device)
    for (let port = 0; isRead && port < LINK_PORTS; port += 1)
      interfaces.push(portOf(id, 1 + index * LINK_PORTS + port, atMs))
    return device
  })
  return { devices, interfaces }
}

test("values: a tab gets at most 20 kB a second of 2,000 devices, a fraction of the readings", async () => {
  const live = createLive({ clock: { now: () => NOW } })
  const columns = createValueColumns()
  live.setOpening(() => columns.opening(NOW))
  const server = await serveLive(live, (request, response) => {
    const topics = new Set([request.url === "/values" ? "values" : "readings"])
    live.stream(ORG, response, null, async () => true, { topics, isGzip: true })
  })
  closing.push(server.close)
  const follow = async (path: string) => {
    const response = await server.open(path)
    const found = { bytes: 0, messages: 0 }
    response.on("data", (chunk: Buffer) => {
      found.bytes += chunk.length
    })
    const plain = response.pipe(createGunzip())
    plain.setEncoding("utf8")
    plain.on("data", (text: string) => {
      found.messages += text.split("\nevent: ").length - 1
    })
    closing.push(() => response.destroy())
    return found
  }
  const [values, readings] = [await follow("/values"), await follow("/readings")]
  // The first one numbers all devices.
  const publish = (n: number): void => {
    const data = second(n)
    live.publish(ORG, "readings", data)
    const packed = columns.of(data.devices, data.interfaces, NOW + n * 1_000)
    LIVE_EVENTS.values.parse(packed)
    live.publish(ORG, "values", packed)
  }
  const arrived = async (found: { readonly messages: number }, count: number): Promise<void> => {
    while (found.messages < count) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  publish(0)
  await Promise.all([arrived(values, 2), arrived(readings, 2)])
  const begun = [values.bytes, readings.bytes]
  for (let n = 1; n <= SECONDS; n += 1) {
    publish(n)
    await Promise.all([arrived(values, n + 2), arrived(readings, n + 2)])
  }
  const [ours = 0, full = 0] = [values, readings].map(
    ({ bytes }, n) => (bytes - (begun[n] ?? 0)) / SECONDS,
  )
  console.log(
    `values ${Math.round(ours)} bytes a second, readings ${Math.round(full)}; the beginning ${begun[0]}`,
  )
  assert.ok(ours <= 20_000, `${ours} bytes a second`)
  assert.ok(ours * 4 < full, `${ours} of ${full} bytes`)
})
