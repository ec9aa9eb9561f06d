/** Groups of degradations where people have put their alerts. Pure. */
import type { IncidentId } from "../../../platform/ids.ts"
import type { Incident } from "../model.ts"
import type { DegradationGroup } from "./degradations.ts"
import type { Pins } from "./pins.ts"

/** `into`: the incident that people have merged its alerts into; null: none. */
export type PlacedGroup = { readonly group: DegradationGroup; readonly into: Incident | null }

const mostOf = ({ alerts }: DegradationGroup, pins: Pins): Incident | null => {
  const counts = new Map<Incident, number>()
  for (const id of alerts) {
    const pin = pins.get(id)
    if (pin?.pin === "merged") counts.set(pin.incident, (counts.get(pin.incident) ?? 0) + 1)
  }
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? null
}

/** Without what was split off; several that were merged are one. */
export const placeGroups = (groups: readonly DegradationGroup[], pins: Pins): PlacedGroup[] => {
  if (pins.size === 0) return groups.map((group) => ({ group, into: null }))
  const free: PlacedGroup[] = []
  const merged = new Map<IncidentId, PlacedGroup>()
  for (const found of groups.toSorted((a, b) => b.alerts.length - a.alerts.length)) {
    const into = mostOf(found, pins)
    const alerts = found.alerts.filter((id) => {
      const pin = pins.get(id)
      return pin === undefined || (pin.pin === "merged" && pin.incident === into)
    })
    if (alerts.length === 0) continue
    const group = alerts.length === found.alerts.length ? found : { ...found, alerts }
    const known = into === null ? undefined : merged.get(into.id)
    if (into === null) free.push({ group, into })
    else if (known === undefined) merged.set(into.id, { group, into })
    else {
      const isStated = into.causes[0]?.id === group.cause.id
      const [first, other] = isStated ? [group, known.group] : [known.group, group]
      merged.set(into.id, { group: { ...first, alerts: [...first.alerts, ...other.alerts] }, into })
    }
  }
  return [...free, ...merged.values()]
}
