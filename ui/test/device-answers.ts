/** API answers about one device: its interfaces, series and links, and an import. */
import { describeFamily, FAMILIES, type Family } from "@ispvm/appliance/api/families"
import type { ImportAnswer } from "@ispvm/appliance/api/import-lists"
import type { Device } from "@ispvm/appliance/api/inventory"
import { answerLinks, type LinkedNetwork } from "./link-answers.ts"
import { makeInterface } from "./make.ts"
import { page, problem } from "./problem.ts"
import type { Answer } from "./server.ts"
import { answerTables, type CollectedDevice, collectedNow, VALUED } from "./table-answers.ts"

type DeviceNetwork = LinkedNetwork & {
  readonly portsAtMs?: number
  readonly moreFamilies: readonly Family[]
  collected?: CollectedDevice
}

/** Of these the device has values. */
const COLLECTED: ReadonlySet<string> = new Set(["ping", "interface", "health", ...VALUED])

export const answerDevice = (network: DeviceNetwork, method: string, url: URL): Answer | null => {
  const [, , id, part = ""] = url.pathname.split("/")
  const device = network.devices.find((each) => each.id === id)
  const missing = problem(404, "not-found", `There is no device ${id}.`)
  switch (`${method} ${part}`) {
    case "GET tables":
    case "GET configuration":
    case "GET metrics":
      network.collected ??= collectedNow()
      return answerTables(network.collected, url)
    case "GET ":
      return device === undefined ? missing : { status: 200, body: device }
    case "GET interfaces":
      return device === undefined ? missing : page(interfacesOf(network, device))
    case "GET metric-families":
      return page(
        [...FAMILIES, ...network.moreFamilies].map((family) => ({
          ...describeFamily(family),
          hasValues: COLLECTED.has(family.name) || network.moreFamilies.includes(family),
        })),
      )
    case "GET series":
      return { status: 200, body: series(url.searchParams) }
    case "GET interface":
    case "GET events":
      return answerLinks(network, url) ?? missing
    case "POST ":
      if (id === undefined) return null
      return id === "import"
        ? { status: 200, body: importAnswer() }
        : { status: 200, body: { ok: true, steps: [], fingerprint: null, facts: null } }
    case "PATCH ":
      return { status: 200, body: { id } }
    case "DELETE ":
      return { status: 204, body: undefined }
    default:
      return null
  }
}

const interfacesOf = ({ portsAtMs }: DeviceNetwork, device: Device) =>
  Array.from({ length: 24 }, (_, n) =>
    makeInterface(n + 1, device, {
      atMs: portsAtMs ?? Date.now(),
      running: n % 5 !== 4,
      disabled: n === 9,
      rxBps: 4e8 / (n + 1),
      txBps: 2e8 / (n + 1),
      comment: n < 2 ? "to Izmir, fibre 2" : null,
    }),
  )

const importAnswer = (): ImportAnswer => {
  return {
    created: 2,
    updated: 1,
    unchanged: 3,
    sitesCreated: 1,
    sitesUpdated: 1,
    changes: [
      {
        line: 2,
        what: "site",
        name: "Izmir",
        fields: [{ field: "place", before: null, after: "38.42, 27.14" }],
      },
      {
        line: 3,
        what: "device",
        name: "izm-core-1",
        fields: [
          { field: "site", before: "Bursa", after: "Izmir" },
          { field: "address", before: "192.0.2.7", after: "192.0.2.8" },
        ],
      },
    ],
    rejected: [
      {
        line: 4,
        column: "address",
        message: "expected an IP address or a host name",
        code: "field.address",
        params: {},
      },
    ],
  }
}

const series = (query: URLSearchParams) => {
  const from = Number(query.get("from"))
  const to = Number(query.get("to"))
  const points = Math.min(300, Number(query.get("points") ?? 300))
  const bucketMs = Math.max(1_000, Math.round((to - from) / points))
  const atMs = Array.from({ length: points }, (_, n) => from + n * bucketMs)
  const wave = (base: number, swing: number, gap = true) =>
    atMs.map((_, n) =>
      gap && n > points * 0.6 && n < points * 0.66
        ? null
        : base + swing * Math.sin(n / 21) + swing * 0.3 * Math.sin(n * 3.7),
    )
  const values: Record<string, Record<string, (number | null)[]>> = {
    ping: {
      "ping.rtt_ms": wave(8, 0.7),
      "ping.rtt_ms.min": wave(7.2, 0.6),
      "ping.rtt_ms.max": wave(9.9, 1.5),
      "ping.loss_pct": wave(0.4, 0.4),
    },
    interface: {
      "interface.rx_bps": wave(1e9, 2e8),
      "interface.tx_bps": wave(4e8, 1e8),
      "interface.errors": wave(0, 0),
      "interface.drops": wave(0, 0),
    },
    health: { "device.cpu_pct": wave(22, 8), "device.memory_pct": wave(41, 1) },
  }
  const named: Record<string, readonly [string, string | null, number][]> = {
    sensor: [
      ["temperature", "°C", 41],
      ["psu1-voltage", "V", 24.1],
    ],
  }
  const family = query.get("family") ?? "ping"
  const metrics = query.get("metrics")?.split(",") ?? []
  const things = named[family] ?? [["one", null, 3] as const, ["two", null, 2] as const]
  return {
    family,
    fromMs: from,
    toMs: to,
    bucketMs,
    atMs,
    items: values[family]
      ? [{ name: null, unit: null, columns: values[family] }]
      : things.map(([name, unit, base]) => ({
          name,
          unit,
          columns: Object.fromEntries(metrics.map((metric) => [metric, wave(base, base / 10)])),
        })),
    total: 1,
    units: {},
    states: {},
  }
}
