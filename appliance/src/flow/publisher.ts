/** What open pages get to see of the flow. */
import { eventMeaning } from "@ispvm/wire"
import type { Agent } from "../api/agents.ts"
import type { Clock } from "../platform/clock.ts"
import type { OrgId } from "../platform/ids.ts"
import { withoutPersons } from "./events/events.ts"
import type { Accepted } from "./ingest/model.ts"
import { createValueColumns, type Live, type ValueColumns } from "./live/live.ts"
import type { OrgWorker } from "./org-worker.ts"

/** Of a backlog only the newest events are published; lists contain all of them. */
const MAX_LIVE_EVENTS = 200

export type Publisher = {
  /** Statuses of devices and links that differ from those published last. */
  readonly statuses: (worker: OrgWorker) => void
  readonly events: (worker: OrgWorker, accepted: Accepted) => void
  /** Values that have changed since the last call. */
  readonly readings: (workers: readonly OrgWorker[]) => void
  readonly agent: (org: OrgId, id: string) => void
  /** By the steady clock; 0: never. */
  readonly agentPublishedAtMs: (id: string) => number
}
export type PublisherDeps = {
  readonly live: Live
  readonly clock: Clock
  readonly steady: Clock
  readonly loadAgent: (org: OrgId, id: string, publish: (agent: Agent) => void) => void
}

const publishEvents = (live: Live, { org, alerts }: OrgWorker, accepted: Accepted): void => {
  const receivedAtMs = Math.round(accepted.receivedAtMs)
  const events = accepted.events.slice(-MAX_LIVE_EVENTS)
  const masked = withoutPersons(events)
  for (const [index, event] of events.entries()) {
    const { id, atMs, device, source, severity, message } = event
    const row = {
      id,
      atMs,
      receivedAtMs,
      deviceId: device,
      deviceName: alerts.topology().devices.get(device)?.name ?? "(removed)",
      name: eventMeaning(event),
      source,
      severity,
      interface: event.interface,
      message,
    }
    const shown = masked[index]
    const isSame = shown?.message === message && shown.interface === event.interface
    const hidden = { ...row, interface: shown?.interface ?? null, message: shown?.message ?? "" }
    live.publish(org, "event", row, isSame ? undefined : hidden)
  }
}

/** A stream that was cut off resumes within this time, so what it needs goes on being made. */
const RESUME_MS = 60_000

/** Whether a topic of an organisation has a subscriber, or had one a short time ago. */
const createWanted = (live: Live, steady: Clock) => {
  const wantedAtMs = new Map<string, number>()
  return (org: OrgId, topic: "readings" | "values"): boolean => {
    const key = `${org} ${topic}`
    if (live.hasSubscriber(org, topic)) wantedAtMs.set(key, steady.now())
    return steady.now() - (wantedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < RESUME_MS
  }
}

type ReadingsDeps = {
  readonly live: Live
  readonly clock: Clock
  readonly isWanted: ReturnType<typeof createWanted>
  readonly columnsOf: (org: OrgId) => ValueColumns
}
const publishReadings = (
  { live, clock, isWanted, columnsOf }: ReadingsDeps,
  { org, collected, isLinkPort }: OrgWorker,
): void => {
  const readings = collected.drain()
  if (readings === null) return
  const { devices } = readings
  const interfaces = readings.interfaces.filter(({ id }) => isLinkPort(id))
  if (isWanted(org, "readings")) live.publish(org, "readings", { devices, interfaces })
  if (isWanted(org, "values"))
    live.publish(org, "values", columnsOf(org).of(devices, interfaces, clock.now()))
  const ports = Map.groupBy(readings.interfaces, ({ deviceId }) => deviceId)
  for (const device of devices) {
    const own = ports.get(device.id) ?? []
    // A stream of everything has the values of the device already.
    if (live.hasSubscriber(org, `ports:${device.id}`, own.length === 0))
      live.publishPorts(org, device.id, own, [device])
  }
}

export const createPublisher = ({ live, clock, steady, loadAgent }: PublisherDeps): Publisher => {
  const agentPublishedAtMs = new Map<string, number>()
  const columns = new Map<OrgId, ValueColumns>()
  const columnsOf = (org: OrgId): ValueColumns => {
    const known = columns.get(org) ?? createValueColumns()
    columns.set(org, known)
    return known
  }
  live.setOpening((org) => columnsOf(org).opening(clock.now()))
  const forReadings = { live, clock, columnsOf, isWanted: createWanted(live, steady) }
  return {
    statuses: (worker) => {
      const { device, link } = worker.statusChanges()
      for (const one of device) live.publish(worker.org, "device", one)
      for (const one of link) live.publish(worker.org, "link", one)
    },
    events: (worker, accepted) => publishEvents(live, worker, accepted),
    readings: (workers) => {
      for (const worker of workers) publishReadings(forReadings, worker)
    },
    agent: (org, id) => {
      agentPublishedAtMs.set(id, steady.now())
      if (live.hasClients(org)) loadAgent(org, id, (agent) => live.publish(org, "agent", agent))
    },
    agentPublishedAtMs: (id) => agentPublishedAtMs.get(id) ?? 0,
  }
}
