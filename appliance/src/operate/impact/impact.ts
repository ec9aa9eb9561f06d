/**
 * Whom an incident cuts off, from sessions that were there when its fault began: those of devices
 * that nobody reaches, and those that devices which are read report as ended. Of what no agent has
 * read it says nothing.
 */
import type { DeviceImpact, IncidentImpact } from "../../api/impact.ts"
import type { IncidentDetail, Symptom } from "../../api/incidents.ts"
import type { Clock } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { type SessionAt, sessionsAt } from "./store.ts"

export type Impact = {
  /** Throws `HttpError` not-found. `withPersons` false: `sessions` is null. */
  readonly ofIncident: (org: OrgId, id: string, withPersons: boolean) => Promise<IncidentImpact>
}
type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly incident: (org: OrgId, id: string) => Promise<IncidentDetail>
}

/** Of one incident; a device has some thousands. */
const MAX_READ = 50_000
const MAX_LISTED = 500
/** What ends later is no longer its doing. */
const AFTER_MS = 600_000

type Affected = { readonly name: string; readonly isUnreachable: boolean }
/** Devices that it has symptoms of; those that were unreachable, however it ended. */
const affectedBy = (symptoms: readonly Symptom[]): ReadonlyMap<string, Affected> => {
  const found = new Map<string, Affected>()
  for (const { deviceId, deviceName, kind } of symptoms) {
    if (deviceId === null) continue
    const isUnreachable =
      kind === "device-unreachable" || found.get(deviceId)?.isUnreachable === true
    found.set(deviceId, { name: deviceName ?? "", isUnreachable })
  }
  return found
}

/** A device that is read says itself what has ended; the rest of its sessions go on. */
const counts = (session: SessionAt, affected: ReadonlyMap<string, Affected>): boolean =>
  session.isGone || affected.get(session.device)?.isUnreachable === true

const byDevice = (
  sessions: readonly SessionAt[],
  affected: ReadonlyMap<string, Affected>,
): DeviceImpact[] =>
  [...Map.groupBy(sessions, ({ device }) => device)]
    .map(([deviceId, own]): DeviceImpact => {
      const { name, isUnreachable } = affected.get(deviceId) ?? { name: "", isUnreachable: false }
      return {
        ...{ deviceId, deviceName: name, why: isUnreachable ? "unreachable" : "sessions-lost" },
        ...{ before: own.length, cutOff: own.filter(({ isCutOff }) => isCutOff).length },
      }
    })
    .sort(
      (a, b) =>
        b.cutOff - a.cutOff || b.before - a.before || (a.deviceName < b.deviceName ? -1 : 1),
    )

export const createImpact = ({ db, clock, incident }: Deps): Impact => ({
  ofIncident: async (org, id, withPersons) => {
    const { symptomList, openedAtMs, closedAtMs } = await incident(org, id)
    const affected = affectedBy(symptomList)
    const sinceMs = Math.min(openedAtMs, ...symptomList.map((symptom) => symptom.sinceMs))
    const atMs = clock.now()
    const untilMs = (closedAtMs ?? atMs) + AFTER_MS
    const read = await db.asOrg(org, (tx) =>
      sessionsAt(tx, org, [...affected.keys()], { sinceMs, untilMs, limit: MAX_READ }),
    )
    const sessions = read.filter((session) => counts(session, affected))
    const listed = withPersons ? sessions.slice(0, MAX_LISTED) : []
    return {
      ...{ atMs, sinceMs, before: sessions.length },
      cutOff: sessions.filter(({ isCutOff }) => isCutOff).length,
      devices: byDevice(sessions, affected),
      sessions: withPersons
        ? listed.map(({ device, user, address, service, isCutOff }) => ({
            ...{ user, address, service, isCutOff, deviceId: device },
            deviceName: affected.get(device)?.name ?? "",
          }))
        : null,
      more: sessions.length - listed.length,
    }
  },
})
