import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "@ispvm/rca/random"
import { AlertId, IncidentId } from "../../../platform/ids.ts"
import { emptyIncident, type Incident, type IncidentSymptom } from "../model.ts"
import { IncidentMap } from "./incident-map.ts"

const uuid = (space: number, n: number): string =>
  `00000000-0000-4000-8${String(space).padStart(3, "0")}-${String(n).padStart(12, "0")}`
const alert = (n: number): AlertId => AlertId.parse(uuid(5, n))
const incident = (n: number): IncidentId => IncidentId.parse(uuid(6, n))
const symptom = (n: number, untilMs: number | null): [AlertId, IncidentSymptom] => [
  alert(n),
  {
    ...{ alertId: alert(n), observes: "device", deviceId: null, role: "cause", sinceMs: 0 },
    ...{ untilMs, pin: null },
  },
]

/** As it is defined: the first of them, in their order. */
const byWalk = (incidents: ReadonlyMap<IncidentId, Incident>, of: AlertId) => {
  for (const one of incidents.values()) if (one.symptoms.get(of)?.untilMs === null) return one
  return undefined
}

type Random = () => number
const whole = (random: Random, below: number): number => Math.floor(random() * below)

const change = (incidents: IncidentMap, step: number, random: Random): void => {
  const id = incident(whole(random, 8))
  const what = random()
  if (what < 0.02) {
    incidents.clear()
    return
  }
  if (what < 0.15) {
    const isKnown = incidents.has(id)
    assert.equal(incidents.delete(id), isKnown)
    return
  }
  const was = incidents.get(id) ?? emptyIncident(id, 1, step)
  const symptoms = new Map(what < 0.3 ? [] : was.symptoms)
  for (let more = whole(random, 4); more > 0; more -= 1)
    symptoms.set(...symptom(whole(random, 12), random() < 0.4 ? step : null))
  // Also a change of something else, with the same symptoms.
  incidents.set(id, what > 0.9 ? { ...was, updatedAtMs: step } : { ...was, symptoms })
}

test("which incident holds an alert is what going through all of them finds, in any history", () => {
  let held = 0
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = seeded(seed)
    const incidents = new IncidentMap()
    for (let step = 0; step < 200; step += 1) {
      change(incidents, step, random)
      for (let n = 0; n < 12; n += 1) {
        const found = incidents.holding(alert(n))
        assert.equal(found, byWalk(incidents, alert(n)), `seed ${seed}, step ${step}`)
        if (found !== undefined) held += 1
      }
    }
  }
  assert.ok(held > 10_000, `${held} were held`)
})

test("with thousands of incidents, an alert that none of them holds costs no walk through them", () => {
  const incidents = new IncidentMap()
  for (let n = 0; n < 5_000; n += 1)
    incidents.set(incident(n), {
      ...emptyIncident(incident(n), n, 0),
      symptoms: new Map([symptom(n, null)]),
    })
  const began = process.cpuUsage()
  let held = 0
  for (let n = 0; n < 40_000; n += 1) if (incidents.holding(alert(n)) !== undefined) held += 1
  const { user, system } = process.cpuUsage(began)
  assert.equal(held, 5_000)
  // A walk each would be 200 million steps.
  assert.ok(user + system < 1_000_000, `${(user + system) / 1_000} ms`)
})
