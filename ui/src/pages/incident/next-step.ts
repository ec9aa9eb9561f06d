/** What to do next, in words, from what failed. Pure: the same facts give the same advice. */
import type { Component, IncidentDetail } from "@ispvm/appliance/api/incidents"
import type { Fleet } from "../../state/fleet.ts"
import { t } from "../../strings/strings.ts"
import { tellApart } from "./apart.ts"
import { claimsOf, firstOf, isAwaited } from "./verdict.ts"

const words = t.incidents.step
/** Nobody follows a longer list at three in the morning. */
const MOST = 3
/** Surer than this nobody has to wait for what else is looked at, nor for a look that takes longer than this. */
const SURE = 0.9
const PATIENCE_MS = 10_000

export const nextSteps = (fleet: Fleet, incident: IncidentDetail, nowMs: number): readonly string[] => {
  if (incident.state === "closed") return []
  const held = incident.symptomList.filter((symptom) => symptom.phase !== "ok")
  if (held.length > 0 && held.every((symptom) => symptom.phase === "recovering")) return [words.recovering]
  const awaited = incident.rechecks.filter((each) => isAwaited(each) && nowMs - each.askedAtMs < PATIENCE_MS)
  if (awaited.length > 0 && (incident.confidence ?? 0) < SURE) return [words.waiting(awaited.length)]
  const claims = claimsOf(firstOf(incident))
  // What decides between things that look alike comes first: whoever is called next can be the right one.
  const apart = claims.flatMap(({ component, standIns: [other] }) =>
    other === undefined ? [] : (tellApart(fleet, [component], [other]) ?? []),
  )
  return [...apart, ...claims.map(({ component }) => stepFor(fleet, incident, component))].slice(0, MOST)
}

const stepFor = (fleet: Fleet, incident: IncidentDetail, cause: Component): string => {
  switch (cause.kind) {
    case "link": {
      const link = fleet.links.get(cause.id)
      if (link === undefined) return words.linkBare(cause.name)
      const ends = [link.a, link.b].map((end) => words.end(end.deviceName, end.interface)).join(", ")
      return words.linkEnds(cause.name, ends)
    }
    case "device": {
      const site = fleet.devices.get(cause.id)?.siteName
      const where = site ? words.atSite(site) : words.nowhere
      // A router without power takes the light with it; one that hangs leaves its ports up.
      return neighbourPortsDown(fleet, incident, cause.id)
        ? words.deviceDark(cause.name, where)
        : words.deviceHangs(cause.name, where)
    }
    case "agent":
      return words.agent(cause.name)
    case "site":
      return words.site(cause.name)
  }
}

const neighbourPortsDown = (fleet: Fleet, incident: IncidentDetail, device: string): boolean =>
  incident.symptomList.some((symptom) => {
    if (symptom.kind !== "interface-down" || symptom.phase === "ok") return false
    return [...fleet.links.values()].some(
      ({ a, b }) =>
        (a.deviceId === device && b.deviceId === symptom.deviceId && b.interface === symptom.interface) ||
        (b.deviceId === device && a.deviceId === symptom.deviceId && a.interface === symptom.interface),
    )
  })
