/** The latest values of every device and port; gives out only what has changed. Pure. */
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
  rttMs: null,
  lossPct: null,
  cpuPct: null,
  memoryPct: null,
  uptimeS: null,
  rxBps: null,
  txBps: null,
})
/** Public units, rounded to what a measurement is worth: the stream carries these each second. */
const DIGITS = 1_000
const rounded = (value: number): number => Math.round(value * DIGITS) / DIGITS
const percent = (ratio: number | null): number | null =>
  ratio === null ? null : rounded(ratio * 100)
const milliseconds = (us: number | null | undefined): number | null =>
  us == null ? null : rounded(us / 1_000)
const later = (one: number | null, other: number): number =>
  one === null ? other : Math.max(one, other)

type Collected = {
  readonly devices: Map<string, DeviceReading>
  readonly ports: Map<string, Map<number, PortReading>>
  readonly changedDevices: Set<string>
  readonly changedPorts: Map<number, PortReading>
  readonly changedTraffic: Set<string>
}
type Ping = Accepted["pings"][number]
type Health = Accepted["health"][number]

const change = (
  { devices, changedDevices }: Collected,
  id: string,
  fields: Partial<DeviceReading>,
): void => {
  devices.set(id, { ...(devices.get(id) ?? blank(id)), ...fields })
  changedDevices.add(id)
}

const addPing = (
  collected: Collected,
  ping: Ping,
  atMs: number,
  lossRatio: number | null,
): void => {
  const was = collected.devices.get(ping.device) ?? blank(ping.device)
  if (was.lastSeenAtMs !== null && atMs < was.lastSeenAtMs) return
  change(collected, ping.device, {
    rttMs: milliseconds(ping.icmp?.rttUs) ?? (ping.answers ? was.rttMs : null),
    probedAtMs: atMs,
    lossPct: percent(lossRatio),
    ...(ping.answers ? { lastSeenAtMs: atMs } : {}),
  })
}

const addHealth = (collected: Collected, sample: Health, healthAtMs: number): void => {
  const { uptimeS, cpuRatio, memoryUsedByte: used, memoryTotalByte: total } = sample
  const cpuPct = percent(cpuRatio)
  const memoryPct = used === null || total === null || total === 0 ? null : percent(used / total)
  const was = collected.devices.get(sample.device)
  // A late backlog is history: the newer value stays.
  if (was?.healthAtMs != null && healthAtMs < was.healthAtMs) return
  const lastSeenAtMs = later(was?.lastSeenAtMs ?? null, healthAtMs)
  change(collected, sample.device, { uptimeS, cpuPct, memoryPct, healthAtMs, lastSeenAtMs })
}

const addPort = (
  collected: Collected,
  sample: Accepted["interfaces"][number],
  atMs: number,
): void => {
  const { devices, ports, changedPorts, changedTraffic } = collected
  const own = ports.get(sample.device) ?? new Map<number, PortReading>()
  ports.set(sample.device, own)
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
  change(collected, sample.device, {
    lastSeenAtMs: later(devices.get(sample.device)?.lastSeenAtMs ?? null, atMs),
  })
}

/** Once per changed device, not once per port: a router may have 10,000 ports. */
const sumTraffic = (collected: Collected, counts: (interfaceId: number) => boolean): void => {
  const { ports, changedTraffic } = collected
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
    change(collected, device, { rxBps, txBps, trafficAtMs })
  }
  changedTraffic.clear()
}

/**
 * `counts`: whether the traffic of a port is part of its device's traffic: bridges and tunnels
 * repeat what their ports carry.
 */
export const createCollectedReadings = (
  counts: (interfaceId: number) => boolean,
): CollectedReadings => {
  const collected: Collected = {
    devices: new Map(),
    ports: new Map(),
    changedDevices: new Set(),
    changedPorts: new Map(),
    changedTraffic: new Set(),
  }
  const { devices, ports, changedDevices, changedPorts, changedTraffic } = collected
  return {
    add: (accepted, lossOf) => {
      const { skewMs, receivedAtMs } = accepted
      const toOurClock = (atMs: number): number =>
        Math.max(0, Math.round(Math.min(atMs - skewMs, receivedAtMs)))
      for (const ping of accepted.isSecond === true ? [] : accepted.pings)
        addPing(collected, ping, toOurClock(ping.atMs), lossOf(ping.device))
      for (const sample of accepted.health) addHealth(collected, sample, toOurClock(sample.atMs))
      for (const sample of accepted.interfaces)
        addPort(collected, sample, Math.max(0, Math.round(sample.atMs - skewMs)))
    },
    drain: () => {
      if (changedDevices.size === 0 && changedPorts.size === 0) return null
      sumTraffic(collected, counts)
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
