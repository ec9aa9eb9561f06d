import assert from "node:assert/strict"
import { test } from "node:test"
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { LiveName } from "@ispvm/appliance/api/live"
import { makeIncident } from "../../test/make.ts"
import type { IncidentParams } from "../api/client.ts"
import type { Live } from "../api/live.ts"
import { createIncidents } from "./incidents.ts"

const makeStore = (incidents: () => readonly Incident[], answered: Promise<void>) => {
  const listeners = new Map<LiveName, (data: never) => void>()
  const on: Live["on"] = (name, listener) => {
    listeners.set(name, listener)
    return () => listeners.delete(name)
  }
  const api = {
    incidents: async ({ state }: IncidentParams = {}) => {
      const items = incidents().filter((each) => (each.state === "closed") === (state === "closed"))
      await answered
      return { items, next: null, previous: null, total: items.length, offset: 0 }
    },
  }
  const store = createIncidents(api, { on })
  return {
    store,
    send: (incident: Incident) => listeners.get("incident")?.(incident as never),
  }
}
const states = (all: ReadonlyMap<string, Incident>) =>
  Object.fromEntries([...all.values()].map(({ number, state }) => [number, state]))

test("incidents: what the stream sends while they are read is kept, what is over is dropped", async () => {
  const answers = Promise.withResolvers<void>()
  const { store, send } = makeStore(() => [makeIncident(2, { updatedAtMs: 1 })], answers.promise)
  store.start()
  send(makeIncident(1))
  const reading = store.reload()
  send(makeIncident(2, { state: "closed", updatedAtMs: 2 }))
  send(makeIncident(3))
  assert.deepEqual(states(store.value.all), { 1: "open", 2: "closed", 3: "open" })
  answers.resolve()
  await reading
  assert.deepEqual(states(store.value.all), { 2: "closed", 3: "open" })
  store.stop()
})
