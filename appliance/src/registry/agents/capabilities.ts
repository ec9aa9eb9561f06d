/**
 * By which methods each agent can read each device, as its readings and failures show. Kept in
 * memory and stored on a change; also, which method a device is read by now.
 */
import type { Event, PingSample, Source } from "@ispvm/wire"
import { ReadingMethod } from "../../api/leases.ts"
import type { Clock } from "../../platform/clock.ts"
import type { AgentId, DeviceId, OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { createSignal, type Signal } from "../../platform/signal.ts"
import { saveCapabilities } from "./capability-store.ts"

const WRITE_MS = 2_000
/** That a method still works is stored this often. */
const REFRESH_MS = 60_000

export type CapabilityState = {
  readonly works: boolean
  readonly sinceMs: number
  readonly triedAtMs: number
  readonly reason: string | null
}
type Key = {
  readonly org: OrgId
  readonly device: DeviceId
  readonly agent: AgentId
  readonly method: ReadingMethod
}
type Entry = Key & { state: CapabilityState; isDirty: boolean; writtenAtMs: number }
type Sample = { readonly device: DeviceId; readonly source?: Source; readonly atMs: number }
/** What ingest has accepted. */
export type Readings = {
  readonly org: OrgId
  readonly agent: { readonly id: AgentId } | null
  readonly pings: readonly Pick<PingSample, "device" | "answers" | "icmp" | "atMs">[]
  readonly interfaces: readonly Sample[]
  readonly health: readonly Sample[]
  readonly events: readonly Event[]
}
/** A device is read by another method than before. */
export type MethodChange = {
  readonly org: OrgId
  readonly device: DeviceId
  readonly from: ReadingMethod
  readonly to: ReadingMethod
  /** Why `from` is no longer used: a reason of the failure, or `works-again` of the better one. */
  readonly reason: string
  readonly atMs: number
}
export type Capabilities = {
  readonly changes: Signal<MethodChange>
  readonly note: (readings: Readings) => void
  readonly start: () => void
  readonly stop: () => Promise<void>
}
type Tried = Omit<Key, "org" | "agent"> & Omit<CapabilityState, "sinceMs">

const methodOf = (source: unknown): ReadingMethod | null =>
  ReadingMethod.safeParse(source).data ?? null

/** What a batch shows, in the order of time. */
const triesOf = ({ pings, interfaces, health, events }: Readings): Tried[] => {
  const tried: Tried[] = []
  for (const { device, answers, icmp, atMs } of pings) {
    // A round of one probe that is lost says nothing; a burst does.
    if (icmp === null || (!answers && icmp.sent < 2)) continue
    const works = icmp.received > 0
    const reason = works ? null : "no-answer"
    tried.push({ device, method: "icmp", works, triedAtMs: atMs, reason })
  }
  let last: Pick<Readings["interfaces"][number], "device" | "source" | "atMs"> | null = null
  for (const reading of [...interfaces, ...health]) {
    const { device, source, atMs } = reading
    // All ports of a poll say the same.
    if (last?.device === device && last.source === source && last.atMs === atMs) continue
    last = reading
    const method = methodOf(source)
    if (method !== null) tried.push({ device, method, works: true, triedAtMs: atMs, reason: null })
  }
  for (const { name, device, source, atMs, attributes } of events) {
    const method = methodOf(source)
    if (method === null || name !== "collect-failed") continue
    const reason = attributes.reason ?? "failed"
    tried.push({ device, method, works: false, triedAtMs: atMs, reason })
  }
  return tried.sort((a, b) => a.triedAtMs - b.triedAtMs)
}

export const stepCapability = (
  was: CapabilityState | undefined,
  { works, triedAtMs, reason }: Omit<CapabilityState, "sinceMs">,
): CapabilityState => {
  if (was === undefined) return { works, sinceMs: triedAtMs, triedAtMs, reason }
  if (triedAtMs < was.triedAtMs) return was
  const sinceMs = was.works === works ? was.sinceMs : triedAtMs
  return { works, sinceMs, triedAtMs, reason }
}

type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

export const createCapabilities = ({ db, clock, onError }: Deps): Capabilities => {
  const entries = new Map<string, Entry>()
  const inUse = new Map<DeviceId, { readonly method: ReadingMethod; readonly atMs: number }>()
  const changes = createSignal<MethodChange>(onError)

  const noteMethods = ({ org, agent, interfaces }: Readings): void => {
    for (const { device, source, atMs } of interfaces) {
      const to = methodOf(source)
      const was = inUse.get(device)
      if (to === null || (was !== undefined && was.atMs >= atMs)) continue
      inUse.set(device, { method: to, atMs })
      if (was === undefined || was.method === to || agent === null) continue
      const from = was.method
      const failed = entries.get(`${device} ${agent.id} ${from}`)?.state
      const reason = failed?.works === false ? (failed.reason ?? "failed") : "works-again"
      changes.emit({ org, device, from, to, reason, atMs })
    }
  }
  const write = async (): Promise<void> => {
    const nowMs = clock.now()
    const due = [...entries.values()].filter(
      ({ isDirty, state, writtenAtMs }) =>
        isDirty || (state.triedAtMs > writtenAtMs && nowMs - writtenAtMs >= REFRESH_MS),
    )
    for (const [org, rows] of Map.groupBy(due, (entry) => entry.org)) {
      for (const entry of rows) Object.assign(entry, { isDirty: false, writtenAtMs: nowMs })
      await db.asOrg(org, (tx) => saveCapabilities(tx, org, rows))
    }
  }
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  return {
    changes,
    note: (readings) => {
      const { org, agent } = readings
      if (agent === null) return
      for (const { device, method, ...tried } of triesOf(readings)) {
        const key = `${device} ${agent.id} ${method}`
        const was = entries.get(key)
        const state = stepCapability(was?.state, tried)
        if (was === undefined) {
          const about = { org, device, agent: agent.id, method }
          entries.set(key, { ...about, state, isDirty: true, writtenAtMs: 0 })
          continue
        }
        was.isDirty ||= state.works !== was.state.works || state.reason !== was.state.reason
        was.state = state
      }
      noteMethods(readings)
    },
    start: () => {
      timer = setInterval(() => {
        running ??= write()
          .catch(onError)
          .finally(() => {
            running = null
          })
      }, WRITE_MS)
    },
    stop: async () => {
      clearInterval(timer)
      await running
      await write().catch(onError)
    },
  }
}
