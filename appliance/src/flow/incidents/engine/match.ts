/** Which group continues which open incident. Pure. */
import type { Group, Incident } from "../model.ts"

/** Where people put it; else by most symptoms in common, then by the same cause. */
export const match = (
  groups: readonly Group[],
  incidents: readonly Incident[],
): Map<Group, Incident> => {
  const matched = new Map<Group, Incident>()
  const taken = new Set<Incident>()
  for (const found of groups) {
    const incident = incidents.find(({ id }) => id === found.incident)
    if (incident === undefined) continue
    matched.set(found, incident)
    taken.add(incident)
  }
  const pairs: { found: Group; incident: Incident; common: number }[] = []
  for (const found of groups) {
    for (const incident of incidents) {
      let common = 0
      for (const id of found.symptoms.keys())
        if (incident.symptoms.get(id)?.untilMs === null) common += 1
      const isSameCause = incident.causes.some((cause) => cause.id === found.cause.id)
      if (common > 0 || isSameCause)
        pairs.push({ found, incident, common: common + (isSameCause ? 0.5 : 0) })
    }
  }
  pairs.sort(
    (one, other) => other.common - one.common || one.incident.number - other.incident.number,
  )
  for (const { found, incident } of pairs) {
    if (matched.has(found) || taken.has(incident)) continue
    matched.set(found, incident)
    taken.add(incident)
  }
  return matched
}
