/** Alerts of rules that a fault of the network explains: no incident of their own, and none lost. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../../../messages/text.ts"
import { packSet } from "../../alerts/rules/test/rule-world.ts"
import { World } from "./world.ts"

const MINUTE_MS = 60_000
const ring = (): World =>
  new World({ links: ["A-B", "B-C", "C-D", "D-A", "C-E"], at: "A", rules: packSet() }).run(10_000)

/** Alerts of rules that are raised, with the number of the incident that suppresses each. */
const suppressed = (world: World): readonly string[] =>
  [...world.alertEngine.all()]
    .filter(({ rule, state }) => rule !== undefined && state.wasDown)
    .map(({ id, kind }) => `${kind} #${world.incidentEngine.suppressedBy(id)?.number ?? "none"}`)
    .sort()
const opened = (world: World): readonly string[] =>
  world.openedAs.map(({ title, severity }) => `${severity} ${textOf(title)}`)

test("a link that is cut twice within ten minutes has two incidents, and its flapping ports none", () => {
  const world = ring()
  for (const _ of [1, 2]) {
    world.cutLink("B-C")
    world.run(MINUTE_MS)
    world.repairLink("B-C")
    world.run(MINUTE_MS)
  }
  assert.deepEqual(suppressed(world), ["interface-flapping #2", "interface-flapping #2"])
  assert.equal(world.openedAs.length, 2, opened(world).join(" | "))
  assert.deepEqual(world.open(), [])
  const said = world.lines.filter(({ message }) => textOf(message).includes("changed 4 times"))
  assert.equal(said.length, 2, "the incident that explains them says so, once for each port")
  world.restart()
  world.run(5 * MINUTE_MS)
  assert.equal(world.openedAs.length, 2, "what explains them outlasts a restart")
  world.run(10 * MINUTE_MS)
  assert.deepEqual(suppressed(world), [])
})

test("a router that dies three times has an incident each time; its neighbours' lost sessions have none", () => {
  const world = ring()
  for (const _ of [1, 2, 3]) {
    world.kill("C")
    world.run(MINUTE_MS)
    world.revive("C")
    world.run(MINUTE_MS)
  }
  assert.equal(world.openedAs.length, 3, opened(world).join(" | "))
  for (const title of opened(world)) assert.match(title, /Router C/)
  assert.ok(suppressed(world).some((one) => /^peer-flapping #\d/.test(one)))
  assert.ok(!suppressed(world).some((one) => /none/.test(one)), suppressed(world).join())
})

test("a link that flaps has no incident of its ports and neighbours beside its own", () => {
  const world = ring()
  for (let time = 0; time < 8; time += 1) {
    world.cutLink("B-C")
    world.run(4_000)
    world.repairLink("B-C")
    world.run(4_000)
  }
  world.run(MINUTE_MS)
  assert.ok(suppressed(world).length > 2, "both ports and both neighbours have counted enough")
  for (const title of opened(world)) assert.match(title, /Link B–C (is cut|flaps)/)
})

test("lost sessions that no fault explains open an incident after the hold-down", () => {
  const world = ring()
  for (const _ of [1, 2, 3]) {
    world.losePeer("B")
    world.run(30_000)
  }
  assert.deepEqual(opened(world), ["major Routing neighbours flap: router B"])
})

test("what goes on after the fault that explained it opens an incident: nothing is lost", () => {
  const world = ring()
  world.kill("C")
  world.run(MINUTE_MS)
  world.revive("C")
  world.run(5 * MINUTE_MS)
  for (const _ of [1, 2]) {
    world.losePeer("B")
    world.run(20_000)
  }
  assert.equal(world.openedAs.length, 1, "one change is explained, so two are too few")
  world.losePeer("B")
  world.run(20_000)
  assert.deepEqual(opened(world).slice(1), ["major Routing neighbours flap: router B"])
})

test("changes beyond those that an open incident explains leave it", () => {
  const world = ring()
  world.cutLink("C-D")
  world.run(6 * MINUTE_MS)
  for (const _ of [1, 2, 3]) {
    world.losePeer("A")
    world.run(5_000)
  }
  world.run(10_000)
  assert.deepEqual(opened(world).slice(1), ["major Routing neighbours flap: router A"])
  assert.equal(world.open().length, 2)
})
