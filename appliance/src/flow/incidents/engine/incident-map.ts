/**
 * Open incidents, and which of them holds an alert: there may be thousands of incidents, and each
 * alert of each review asks.
 */
import type { AlertId, IncidentId } from "../../../platform/ids.ts"
import type { Incident } from "../model.ts"

export class IncidentMap extends Map<IncidentId, Incident> {
  /** One alert is in two while it moves from the one to the other. */
  readonly #holders = new Map<AlertId, Set<IncidentId>>()
  /** The order in which they were set first. */
  readonly #order = new Map<IncidentId, number>()
  #next = 0

  override set(id: IncidentId, incident: Incident): this {
    const was = this.get(id)
    if (was?.symptoms !== incident.symptoms) {
      if (was !== undefined) this.#leave(was, incident)
      for (const { alertId, untilMs } of incident.symptoms.values())
        if (untilMs === null) this.#join(alertId, id)
    }
    if (was === undefined) {
      this.#order.set(id, this.#next)
      this.#next += 1
    }
    return super.set(id, incident)
  }
  override delete(id: IncidentId): boolean {
    const was = this.get(id)
    if (was !== undefined) this.#leave(was, undefined)
    this.#order.delete(id)
    return super.delete(id)
  }
  override clear(): void {
    this.#holders.clear()
    this.#order.clear()
    super.clear()
  }
  /** The first that holds it as an active symptom. */
  holding(alert: AlertId): Incident | undefined {
    let first: IncidentId | undefined
    for (const id of this.#holders.get(alert) ?? [])
      if (first === undefined || this.#orderOf(id) < this.#orderOf(first)) first = id
    return first === undefined ? undefined : this.get(first)
  }

  #join(alert: AlertId, id: IncidentId): void {
    const holders = this.#holders.get(alert)
    if (holders === undefined) this.#holders.set(alert, new Set([id]))
    else holders.add(id)
  }
  #orderOf(id: IncidentId): number {
    return this.#order.get(id) ?? 0
  }
  /** Without what the next one does not hold any more. */
  #leave(was: Incident, next: Incident | undefined): void {
    for (const { alertId, untilMs } of was.symptoms.values()) {
      if (untilMs !== null || next?.symptoms.get(alertId)?.untilMs === null) continue
      const holders = this.#holders.get(alertId)
      holders?.delete(was.id)
      if (holders?.size === 0) this.#holders.delete(alertId)
    }
  }
}
