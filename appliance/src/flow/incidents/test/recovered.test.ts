import assert from "node:assert/strict"
import { test } from "node:test"
import type { Incident } from "../model.ts"
import { World } from "./world.ts"

const only = (world: World): Incident => {
  const [incident, ...more] = world.open()
  assert.ok(incident !== undefined && more.length === 0)
  return incident
}

test("an incident has recovered once all of it answers again, and not any more if it fails again", () => {
  const world = new World({ links: ["A-B", "B-C"], at: "A" }).run(12_000)
  world.kill("C")
  world.run(6_000)
  assert.equal(only(world).recoveredAtMs, null)
  world.revive("C")
  world.run(1_500)
  const { recoveredAtMs, id } = only(world)
  assert.ok(recoveredAtMs != null && world.nowMs - recoveredAtMs <= 1_500, `${recoveredAtMs}`)
  assert.equal(world.phase("C"), "recovering")
  world.kill("C")
  world.run(4_000)
  assert.deepEqual([only(world).id, only(world).recoveredAtMs], [id, null])
  world.revive("C")
  world.run(30_000)
  assert.deepEqual(world.open(), [])
})

test("while one of its devices does not answer, it has not recovered", () => {
  const world = new World({ links: ["A-B", "B-C", "B-D"], at: "A" }).run(12_000)
  world.kill("B")
  world.run(6_000)
  world.kill("D")
  world.revive("B")
  for (let step = 0; step < 20; step += 1) {
    world.run(500)
    const isDown = world.phase("D") === "down"
    for (const incident of world.open())
      if ([...incident.symptoms.values()].some(({ deviceId }) => deviceId === world.device("D")))
        assert.ok(!isDown || incident.recoveredAtMs === null)
  }
})
