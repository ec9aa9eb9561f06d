/** All alerts of one organisation in memory, found by kind and entity or by device. */
import type { AlertId, DeviceId } from "../../platform/ids.ts"
import type { KindAlert } from "./kinds/kind.ts"
import type { Kind } from "./state-machine.ts"

export type AlertTable = {
  readonly put: (alert: KindAlert) => void
  /** Also remembers the id: if the subject comes back, the alert is the same. */
  readonly remove: (alert: KindAlert) => void
  /** Nothing of it is kept. */
  readonly forget: (alert: KindAlert) => void
  readonly get: (kind: Kind, entity: string) => KindAlert | undefined
  readonly ofKind: (kind: Kind) => Iterable<KindAlert>
  readonly atDevice: (kind: Kind, device: DeviceId) => readonly KindAlert[]
  /** In the order in which they were first put. */
  readonly all: () => Iterable<KindAlert>
  /** The id of a removed alert. */
  readonly removedId: (kind: Kind, entity: string) => AlertId | undefined
}

type OfKind = {
  readonly alerts: Map<string, KindAlert>
  readonly atDevice: Map<DeviceId, Set<string>>
  readonly removed: Map<string, AlertId>
}

export const createAlertTable = (): AlertTable => {
  const byId = new Map<AlertId, KindAlert>()
  const byKind = new Map<Kind, OfKind>()
  const ofKind = (kind: Kind): OfKind => {
    const known = byKind.get(kind)
    if (known !== undefined) return known
    const made = { alerts: new Map(), atDevice: new Map(), removed: new Map() }
    byKind.set(kind, made)
    return made
  }
  return {
    put: (alert) => {
      const { id, kind, entity, deviceId } = alert
      byId.set(id, alert)
      const { alerts, atDevice } = ofKind(kind)
      const isNew = !alerts.has(entity)
      alerts.set(entity, alert)
      if (!isNew || deviceId === null) return
      const entities = atDevice.get(deviceId)
      if (entities === undefined) atDevice.set(deviceId, new Set([entity]))
      else entities.add(entity)
    },
    remove: ({ id, kind, entity, deviceId }) => {
      const own = ofKind(kind)
      byId.delete(id)
      own.alerts.delete(entity)
      own.removed.set(entity, id)
      if (deviceId !== null) own.atDevice.get(deviceId)?.delete(entity)
    },
    forget: ({ id, kind, entity, deviceId }) => {
      const own = ofKind(kind)
      byId.delete(id)
      own.alerts.delete(entity)
      if (deviceId !== null) own.atDevice.get(deviceId)?.delete(entity)
    },
    get: (kind, entity) => byKind.get(kind)?.alerts.get(entity),
    ofKind: (kind) => ofKind(kind).alerts.values(),
    atDevice: (kind, device) => {
      const { alerts, atDevice } = ofKind(kind)
      return [...(atDevice.get(device) ?? [])].flatMap((entity) => alerts.get(entity) ?? [])
    },
    all: () => byId.values(),
    removedId: (kind, entity) => byKind.get(kind)?.removed.get(entity),
  }
}
