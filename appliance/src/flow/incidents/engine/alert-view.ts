/** Alerts as the incident engine looks them up: by device, by port, by link. Pure. */
import type { Observation } from "@ispvm/rca"
import type { DeviceId } from "../../../platform/ids.ts"
import type {
  AlertNow,
  LossSince,
  MonitoredEnd,
  MonitoredLink,
  PathQuality,
  Session,
  Topology,
} from "../../alerts/alerts.ts"

export type AlertView = {
  /** The alert that observes this component; of a link, by its port. */
  readonly observing: (
    component: NonNullable<AlertNow["observes"]>,
    entity: string,
  ) => AlertNow | undefined
  readonly all: () => Iterable<AlertNow>
  /** Probes of a device lately; absent: they are not kept. */
  readonly path?: (device: DeviceId, nowMs: number) => PathQuality | null
  /** Null: no rule opens an incident for lost probes of this device. */
  readonly lossSince?: (device: DeviceId, fromMs: number, nowMs: number) => LossSince | null
  /** Whether a probed service answered an agent lately; null: not known. */
  readonly service?: (device: DeviceId, series: string, nowMs: number) => boolean | null
  /** The session that an alert is about; null: it is about something else. */
  readonly sessionOf?: (alert: AlertNow) => Session | null
  /** The device at the other end of that session; null: it is not known, or not monitored. */
  readonly peerOf?: (alert: AlertNow) => { readonly id: string; readonly name: string } | null
  /** After a restart: agents still deliver what they measured in the meantime. */
  readonly isCatchingUp?: (nowMs: number) => boolean
}

/** Whether root-cause analysis looks for the cause of this alert once it is down. */
export const isFault = ({ observes }: AlertNow): boolean =>
  observes === "device" || observes === "link"

export const remoteEnd = (link: MonitoredLink, device: string): MonitoredEnd =>
  link.a.deviceId === device ? link.b : link.a

export const portAlert = (view: AlertView, end: MonitoredEnd): AlertNow | undefined =>
  end.port === null ? undefined : view.observing("link", end.port)
export const linkAt = (
  topology: Topology,
  device: string | null,
  port: string | null,
): MonitoredLink | undefined =>
  (topology.linksAt.get(device ?? "") ?? []).find(({ a, b }) =>
    [a, b].some((end) => end.deviceId === device && end.interface === port),
  )
export const linkOfPort = (topology: Topology, alert: AlertNow): MonitoredLink | undefined =>
  linkAt(topology, alert.deviceId, alert.interface)
export const reachAlert = (view: AlertView, device: DeviceId): AlertNow | undefined =>
  view.observing("device", device)

/** The alert an observation was made from. */
export const alertOf = (
  topology: Topology,
  view: AlertView,
  observation: Pick<Observation, "entity" | "end">,
): AlertNow | undefined => {
  const device = topology.devices.get(observation.entity)
  if (device !== undefined) return reachAlert(view, device.id)
  const link = topology.links.get(observation.entity)
  const end = [link?.a, link?.b].find((one) => one?.deviceId === observation.end)
  return end === undefined ? undefined : portAlert(view, end)
}
