/** The latest values of every device and port, gathered from what is accepted and given out with only what has changed. Pure. */
import type { Readings } from "../../api/live.ts"
import type { Accepted } from "../ingest/model.ts"

type DeviceReading = Readings["devices"][number]
type PortReading = Readings["interfaces"][number]
export type CollectedReadings = {
  readonly add: (
    accepted: Accepted,
    lossOf: (device: Accepted["pings"][number]["device"]) => number | null,
  ) => void
  /** What has changed since the last call; null where nothing has. */
  readonly drain: () => Readings | null
  readonly forget: (device: string) => void
}

const blank = (id: string): DeviceReading => ({
  id,
  lastSeenAtMs: null,
  probedAtMs: null,
  healthAtMs: null,
  trafficAtMs: null,
  rttUs: null,
  lossRatio: null,
  cpuRatio: null,
  memoryRatio: null,
  uptimeS: null,
  rxBps: null,
  txBps: null,
})
const later = (one: number | null, other: number): number =>
  one === null ? other : Math.max(one, other)

/** `counts`: whether a port's traffic is part of its device's: bridges and tunnels repeat what their ports carry. */
export const createCollectedReadings = (
  counts: (interfaceId: number) => boolean,
): CollectedReadings => {
  const devices = new Map<string, DeviceReading>()
  const ports = new Map<string, Map<number, PortReading>>()
  const changedDevices = new Set<string>()
  const changedPorts = new Map<number, PortReading>()
  const changedTraffic = new Set<string>()

  const change = (id: string, fields: Partial<DeviceReading>): void => {
    devices.set(id, { ...(devices.get(id) ?? blank(id)), ...fields })
    changedDevices.add(id)
  }
  const addPort = (sample: Accepted["interfaces"][number], offsetMs: number): void => {
    const own = ports.get(sample.device) ?? new Map<number, PortReading>()
    ports.set(sample.device, own)
    const atMs = Math.max(0, Math.round(sample.atMs - offsetMs))
    const was = own.get(sample.interfaceId)
    if (was !== undefined && was.atMs > atMs) return
    const { running, disabled, rxBps, txBps, errorsPs, dropsPs } = sample
    const port = {
      id: sample.interfaceId,
      deviceId: sample.device,
      running,
      disabled,
      rxBps,
      txBps,
      errorsPs,
      dropsPs,
      atMs,
    }
    own.set(port.id, port)
    changedPorts.set(port.id, port)
    changedTraffic.add(sample.device)
    change(sample.device, {
      lastSeenAtMs: later(devices.get(sample.device)?.lastSeenAtMs ?? null, atMs),
    })
  }
  /** Once for each device that changed, not once for each port: a router may have 10,000 of them. */
  const sumTraffic = (): void => {
    for (const device of changedTraffic) {
      let rxBps: number | null = null
      let txBps: number | null = null
      let trafficAtMs: number | null = null
      for (const port of ports.get(device)?.values() ?? []) {
        if (!counts(port.id)) continue
        trafficAtMs = later(trafficAtMs, port.atMs)
        if (port.rxBps !== null) rxBps = (rxBps ?? 0) + port.rxBps
        if (port.txBps !== null) txBps = (txBps ?? 0) + port.txBps
      }
      change(device, { rxBps, txBps, trafficAtMs })
    }
    changedTraffic.clear()
  }

  return {
    add: (accepted, lossOf) => {
      const offsetMs = accepted.skewMs
      const toOurClock = (atMs: number): number =>
        Math.max(0, Math.round(Math.min(atMs - offsetMs, accepted.receivedAtMs)))
      for (const ping of accepted.isSecond === true ? [] : accepted.pings) {
        const was = devices.get(ping.device) ?? blank(ping.device)
        const atMs = toOurClock(ping.atMs)
        if (was.lastSeenAtMs !== null && atMs < was.lastSeenAtMs) continue
        const rttUs = ping.icmp?.rttUs ?? (ping.answers ? was.rttUs : null)
        change(ping.device, {
          rttUs,
          probedAtMs: atMs,
          lossRatio: lossOf(ping.device),
          ...(ping.answers ? { lastSeenAtMs: atMs } : {}),
        })
      }
      for (const sample of accepted.health) {
        const { uptimeS, cpuRatio, memoryUsedByte: used, memoryTotalByte: total } = sample
        const memoryRatio = used === null || total === null || total === 0 ? null : used / total
        const was = devices.get(sample.device)
        const healthAtMs = toOurClock(sample.atMs)
        // A backlog that comes late is history: the newer value stays.
        if (was?.healthAtMs != null && healthAtMs < was.healthAtMs) continue
        const lastSeenAtMs = later(was?.lastSeenAtMs ?? null, healthAtMs)
        change(sample.device, { uptimeS, cpuRatio, memoryRatio, healthAtMs, lastSeenAtMs })
      }
      for (const sample of accepted.interfaces) addPort(sample, offsetMs)
    },
    drain: () => {
      if (changedDevices.size === 0 && changedPorts.size === 0) return null
      sumTraffic()
      const readings = {
        devices: [...changedDevices].flatMap((id) => devices.get(id) ?? []),
        interfaces: [...changedPorts.values()],
      }
      changedDevices.clear()
      changedPorts.clear()
      return readings
    },
    forget: (device) => {
      devices.delete(device)
      ports.delete(device)
      changedTraffic.delete(device)
    },
  }
}
