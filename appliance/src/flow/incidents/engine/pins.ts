/**
 * Symptoms stay where a person has put them: those of a merged incident in the one that took them
 * over, those that were split off in their own. Root-cause analysis still finds the causes; pins
 * decide which incident its findings go to. Pure.
 */
import type { Component } from "../../../api/incidents.ts"
import type { AlertId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import type { Draft, Incident, SymptomRole } from "../model.ts"

type Pin = { readonly incident: Incident; readonly pin: "merged" | "split" }
export type Pins = ReadonlyMap<AlertId, Pin>

/** Of open incidents, of the latest where several hold a pin of one alert. */
export const pinsOf = (incidents: Iterable<Incident>): Pins => {
  const pins = new Map<AlertId, Pin>()
  for (const incident of [...incidents].sort((one, other) => one.number - other.number))
    for (const { alertId, pin } of incident.symptoms.values())
      if (pin !== null) pins.set(alertId, { incident, pin })
  return pins
}

type RoleOf = (draft: Draft, alert: AlertNow) => SymptomRole

const part = (
  draft: Draft,
  alerts: readonly AlertNow[],
  cause: Component,
  roleOf: RoleOf,
  isSplitOff: boolean,
): Draft => {
  if (alerts.length === draft.alerts.length) return draft
  const alternatives = cause.id === draft.cause.id ? draft.alternatives : []
  const made: Draft = {
    ...draft,
    cause,
    alternatives,
    symptoms: new Map(),
    alerts: [...alerts],
    isSplitOff,
  }
  for (const alert of alerts) made.symptoms.set(alert.id, roleOf(made, alert))
  return made
}

/** The incident that took over most of them. */
const takenOverBy = (alerts: readonly AlertNow[], pins: Pins): Incident | undefined => {
  const counts = new Map<Incident, number>()
  for (const { id } of alerts) {
    const pin = pins.get(id)
    if (pin?.pin === "merged") counts.set(pin.incident, (counts.get(pin.incident) ?? 0) + 1)
  }
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0]
}

/** One draft of several: the cause that the incident states already, else that of most symptoms. */
const combined = (incident: Incident, drafts: readonly Draft[]): Draft | undefined => {
  const stated = (draft: Draft): boolean => incident.causes.some(({ id }) => id === draft.cause.id)
  const [first, ...others] = drafts.toSorted(
    (one, other) =>
      Number(stated(other)) - Number(stated(one)) || other.symptoms.size - one.symptoms.size,
  )
  if (first === undefined) return undefined
  const symptoms = new Map(first.symptoms)
  const alerts = [...first.alerts]
  for (const other of others) {
    for (const [id, role] of other.symptoms) if (!symptoms.has(id)) symptoms.set(id, role)
    alerts.push(...other.alerts)
  }
  return { ...first, symptoms, alerts, incident: incident.id }
}

/** `ownComponent`: the component of a symptom that nothing else explains. */
export const applyPins = (
  drafts: readonly Draft[],
  pins: Pins,
  ownComponent: (alert: AlertNow) => Component | null,
  roleOf: RoleOf,
): Draft[] => {
  if (pins.size === 0) return [...drafts]
  const free: Draft[] = []
  const pinned = new Map<Incident, Draft[]>()
  const give = (incident: Incident, draft: Draft): void => {
    pinned.set(incident, [...(pinned.get(incident) ?? []), draft])
  }
  for (const draft of drafts) {
    const parts = Map.groupBy(draft.alerts, ({ id }) => {
      const pin = pins.get(id)
      return pin?.pin === "split" ? pin.incident : null
    })
    for (const [incident, alerts] of parts) {
      const [one] = alerts
      if (one === undefined) continue
      if (incident === null) {
        const rest = part(draft, alerts, draft.cause, roleOf, false)
        const into = takenOverBy(alerts, pins)
        if (into === undefined) free.push(rest)
        else give(into, rest)
      } else {
        const cause = incident.causes[0] ?? ownComponent(one) ?? draft.cause
        give(incident, part(draft, alerts, cause, roleOf, true))
      }
    }
  }
  const kept = [...pinned].flatMap(([incident, own]) => combined(incident, own) ?? [])
  return [...free, ...kept]
}
