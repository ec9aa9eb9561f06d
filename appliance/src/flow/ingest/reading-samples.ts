/**
 * Samples of the family `reading`, which no agent sends: whether a device is read by its preferred
 * method and agent. Made of what ingest has accepted, of each device once a minute.
 */
import type { InterfaceSample, PingSample, Source } from "@ispvm/wire"
import { MethodsInput } from "../../api/inventory.ts"
import type { DeviceId } from "../../platform/ids.ts"
import { methodOrder } from "../../registry/agents/agents.ts"
import type { StoredSample } from "./model.ts"

const EVERY_MS = 60_000
/** Longer than any interval of interfaces and health: nothing else than ping reads it then. */
const UNREAD_MS = 900_000

type Read = { readonly device: DeviceId; readonly source?: Source; readonly atMs: number }
export type ReadingSample = StoredSample & {
  readonly kind: "reading"
  readonly method: "preferred" | "fallback" | "ping-only"
  readonly isOtherAgent: boolean
}
type Known = {
  readonly key: number
  readonly agentId: string | null
  readonly preferredAgentId: string | null
  /** A JSON column, parsed here. */
  readonly methods: unknown
}
type Given = {
  readonly pings: readonly Pick<PingSample, "device" | "icmp" | "atMs">[]
  readonly interfaces: readonly Pick<InterfaceSample, "device" | "source" | "atMs">[]
  readonly health: readonly Read[]
  readonly others: readonly Read[]
}
/** Of one device, by the times of its samples; `madeAtMs` of new data and of a backlog. */
type Memory = { readAtMs: number; madeAtMs: readonly number[] }

export type ReadingSamples = {
  readonly of: (
    agent: string,
    given: Given,
    devices: ReadonlyMap<string, Known>,
  ) => readonly ReadingSample[]
  /** After commit: these are stored. */
  readonly made: (samples: readonly ReadingSample[]) => void
}

const orderOf = (methods: unknown) =>
  methodOrder(MethodsInput.safeParse(methods).data ?? MethodsInput.parse({})).filter(
    (method) => method !== "icmp",
  )

/** Null: it says nothing about this device. */
export const readingOf = (
  { key, preferredAgentId, methods }: Known,
  agent: string,
  read: { readonly device: DeviceId; readonly source: Source; readonly atMs: number },
): ReadingSample | null => {
  const [preferred] = orderOf(methods)
  if (preferred === undefined) return null
  const method =
    read.source === "icmp" ? "ping-only" : read.source === preferred ? "preferred" : "fallback"
  return {
    ...{ kind: "reading", device: read.device, atMs: read.atMs, source: read.source },
    ...{ deviceKey: key, method },
    isOtherAgent: preferredAgentId !== null && preferredAgentId !== agent,
  }
}

const isPolled = ({ source }: Read): boolean => source === "routeros-api" || source === "snmp"

export const createReadingSamples = (): ReadingSamples => {
  const memories = new Map<DeviceId, Memory>()
  /** Of a device that was not known, ping counts from here. */
  const memoryOf = (device: DeviceId, atMs: number): Memory => {
    const memory = memories.get(device) ?? { readAtMs: atMs, madeAtMs: [] }
    memories.set(device, memory)
    return memory
  }
  const isDue = (device: DeviceId, atMs: number): boolean => {
    const { madeAtMs } = memoryOf(device, atMs)
    return madeAtMs.every((madeMs) => Math.abs(atMs - madeMs) >= EVERY_MS)
  }
  return {
    of: (agent, { pings, interfaces, health, others }, devices) => {
      const latest = new Map<DeviceId, { source: Source; atMs: number }>()
      const keep = (device: DeviceId, source: Source, atMs: number): void => {
        if ((latest.get(device)?.atMs ?? 0) <= atMs) latest.set(device, { source, atMs })
      }
      for (const read of [...interfaces, ...health, ...others]) {
        if (!isPolled(read)) continue
        const memory = memoryOf(read.device, read.atMs)
        memory.readAtMs = Math.max(memory.readAtMs, read.atMs)
      }
      for (const read of interfaces) if (isPolled(read)) keep(read.device, read.source, read.atMs)
      for (const { device, icmp, atMs } of pings) {
        const isHolder = devices.get(device)?.agentId === agent
        if (!isHolder || latest.has(device) || (icmp?.received ?? 0) === 0) continue
        if (atMs - memoryOf(device, atMs).readAtMs >= UNREAD_MS) keep(device, "icmp", atMs)
      }
      return [...latest].flatMap(([device, read]) => {
        const known = devices.get(device)
        if (known === undefined || !isDue(device, read.atMs)) return []
        const made = readingOf(known, agent, { device, ...read })
        return made === null ? [] : [made]
      })
    },
    made: (samples) => {
      for (const { device, atMs } of samples) {
        const memory = memoryOf(device, atMs)
        memory.madeAtMs = [atMs, ...memory.madeAtMs].slice(0, 2)
      }
    },
  }
}
