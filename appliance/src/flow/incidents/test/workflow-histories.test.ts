/**
 * Random histories in which people merge, split, acknowledge and snooze while faults come and go,
 * and the process restarts.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "@ispvm/rca/random"
import { playHistories, seededHistories } from "../../../../test/histories.ts"
import type { AlertId } from "../../../platform/ids.ts"
import { activeSymptoms, merged } from "../engine/merge-split.ts"
import type { Incident } from "../model.ts"
import { World } from "./world.ts"

/** Each is minutes of a network with people: a second of work. */
const COUNT = seededHistories(40, 1 / 100)
const LINKS = ["A-B", "B-C", "C-D", "D-A", "C-E", "E-F", "F-G", "D-H", "H-I"]
const BY = { name: "Ada" }

type Random = () => number
const pick = <T>(random: Random, items: readonly T[]): T | undefined =>
  items[Math.floor(random() * items.length)]

const put = (world: World, changed: readonly Incident[]): void => {
  for (const incident of changed) {
    world.incidentEngine.put(incident)
    world.incidents.set(incident.id, incident)
  }
}
const merge = (world: World, random: Random): void => {
  const [from, into] = world.open().toSorted(() => random() - 0.5)
  if (from !== undefined && into !== undefined)
    put(world, merged(BY, from, into, world.nowMs).changed)
}
const split = (world: World, random: Random): void => {
  const from = pick(
    random,
    world.open().filter((one) => activeSymptoms(one).length > 1),
  )
  const alert = from && pick(random, activeSymptoms(from))?.alertId
  if (from === undefined || alert === undefined) return
  const ids = new Set<AlertId>([alert])
  const { topology, alertEngine, nowMs } = world
  const { changed } = world.incidentEngine.split(
    topology,
    alertEngine,
    { by: BY, from },
    ids,
    nowMs,
  )
  assert.equal(changed.length, 2)
  put(world, changed)
}
const acknowledge = (world: World, random: Random): void => {
  const incident = pick(random, world.open())
  if (incident === undefined) return
  const acknowledgedUntilMs = world.nowMs + random() * 10_000
  const name = BY.name
  put(world, [
    {
      ...incident,
      ...{ state: "acknowledged", acknowledgedBy: name, ownerName: name, acknowledgedUntilMs },
      snoozedUntilMs: acknowledgedUntilMs,
    },
  ])
}
const fault = (world: World, random: Random): void => {
  const link = pick(random, LINKS)
  const router = pick(random, ["B", "C", "D", "E", "F", "G", "H", "I"])
  if (link === undefined || router === undefined) return
  if (random() < 0.5) world.cut.has(link) ? world.repairLink(link) : world.cutLink(link)
  else world.dead.has(router) ? world.revive(router) : world.kill(router)
}
const STEPS: readonly ((world: World, random: Random) => void)[] = [
  fault,
  fault,
  fault,
  merge,
  split,
  split,
  acknowledge,
  (world) => world.restart(),
]

/** One alert is active in one open incident; what is closed has nothing active. */
const check = (world: World, seed: number): void => {
  const holders = new Map<AlertId, number>()
  for (const incident of world.incidents.values()) {
    const active = activeSymptoms(incident)
    if (incident.state === "closed") assert.deepEqual(active, [], `seed ${seed}`)
    for (const { alertId } of active) {
      assert.equal(holders.get(alertId), undefined, `seed ${seed}: held twice`)
      holders.set(alertId, incident.number)
    }
    assert.notEqual(incident.causes.length, 0, `seed ${seed}: without a cause`)
  }
  const numbers = [...world.incidents.values()].map(({ number }) => number)
  assert.equal(new Set(numbers).size, numbers.length, `seed ${seed}: a number twice`)
}

test("people's merges and splits lose no symptom, hold none twice, and all incidents end with their faults", () => {
  playHistories(import.meta.url, COUNT, (seed) => {
    const random = seeded(seed)
    const world = new World({ links: LINKS, at: "A", seed }).run(12_000)
    for (let step = 0; step < 14; step += 1) {
      pick(random, STEPS)?.(world, random)
      world.run(1_000 + random() * 6_000)
      for (const incident of world.incidentEngine.expire(world.nowMs).changed)
        world.incidents.set(incident.id, incident)
      check(world, seed)
    }
    for (const link of [...world.cut]) world.repairLink(link)
    for (const router of [...world.dead]) world.revive(router)
    world.run(90_000)
    check(world, seed)
    assert.deepEqual(
      world.open().map(({ number }) => number),
      [],
      `seed ${seed}: open for ever`,
    )
  })
})
