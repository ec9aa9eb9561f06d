/** Channels that fail and their fallbacks, and edits while somebody is on call. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { PlanInput } from "./model.ts"
import { planDeliveries } from "./plan.ts"
import {
  type ChannelName,
  makeSteps,
  NotifyWorld,
  onCallStep,
  POLICY,
  uuid,
} from "./test/notify-world.ts"

const kindsOn = (world: NotifyWorld, channel: ChannelName): string[] =>
  world.received.filter((one) => one.channel === channel).map(({ kind }) => kind)
const failing =
  (...channels: ChannelName[]): NotifyWorld["receiver"] =>
  (_, channel) =>
    channels.includes(channel) ? "certain" : "taken"

test("a fallback channel does not wait for its own step, and is notified once", () => {
  const world = new NotifyWorld([{ ...POLICY, steps: makeSteps([0, "noc"], [1_800, "boss"]) }])
  world.fallbacks.set("noc", "boss")
  world.receiver = failing("noc")
  world.open()
  world.run(60)
  assert.deepEqual(kindsOn(world, "boss"), ["opened"])
  world.run(3_600)
  assert.deepEqual(kindsOn(world, "boss"), ["opened"], "the step has been made by then")
  world.close()
  world.finish()
  assert.deepEqual(kindsOn(world, "boss"), ["opened", "resolved"])
  world.check()
})

test("what a channel that is dead already should open goes to the other one at once, along a chain, too", () => {
  const world = new NotifyWorld([POLICY])
  world.fallbacks.set("noc", "boss").set("boss", "owner")
  world.receiver = failing("noc", "boss")
  world.open()
  world.run(60)
  assert.deepEqual(kindsOn(world, "owner"), ["opened"])
  world.close()
  world.run(60)
  world.change({ state: "open" })
  world.run(1)
  assert.deepEqual(kindsOn(world, "owner"), ["opened", "resolved", "opened"])
})

test("somebody who takes over from a person that was never reached is notified, however late", () => {
  const world = new NotifyWorld([{ ...POLICY, steps: [onCallStep(0)] }])
  world.onCall = () => ["noc"]
  world.receiver = failing("noc")
  world.open()
  world.run(900)
  world.onCall = () => ["boss"]
  world.run(5)
  assert.deepEqual(kindsOn(world, "boss"), ["opened"])
  assert.equal(world.pending(), 0, "the other one's is cancelled")
})

test("an edit of the shifts pages nobody again for a step that has reached somebody; later steps follow it", () => {
  const world = new NotifyWorld([{ ...POLICY, steps: [onCallStep(0), onCallStep(1_800)] }])
  world.onCall = () => ["noc"]
  world.open()
  world.run(600)
  world.onCall = () => ["boss"]
  world.run(600)
  assert.deepEqual(kindsOn(world, "boss"), [])
  world.run(900)
  assert.deepEqual(kindsOn(world, "boss"), ["reminder"])
  world.close()
  world.finish()
  assert.deepEqual(kindsOn(world, "noc"), ["opened", "resolved"])
  assert.deepEqual(kindsOn(world, "boss"), ["reminder", "resolved"])
})

test("a step that waits for an impact runs when it is reached, and not before", () => {
  const world = new NotifyWorld([{ ...POLICY, steps: makeSteps([0, "noc"], [300, "boss", 10]) }])
  world.open({ unreachable: 2 })
  world.run(3_600)
  assert.deepEqual(kindsOn(world, "boss"), [])
  world.change({ unreachable: 40 })
  world.run(5)
  assert.deepEqual(kindsOn(world, "boss"), ["opened"])
  world.change({ unreachable: 2 })
  world.close()
  world.finish()
  assert.deepEqual(kindsOn(world, "boss"), ["opened", "resolved"])
})

test("a step for customers runs without effect until customers exist", () => {
  const [step] = makeSteps([0, "noc"])
  assert.ok(step)
  const policy = { ...POLICY, leastCustomers: 500, steps: [{ ...step, leastCustomers: 500 }] }
  const world = new NotifyWorld([policy])
  world.open()
  world.run(5)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"])
})

test("a clock that is set neither hastens nor holds a step, nor a delivery that is tried again", () => {
  for (const byMs of [-7_200_000, 7_200_000]) {
    const world = new NotifyWorld([{ ...POLICY, steps: makeSteps([0, "noc"], [600, "boss"]) }])
    world.receiver = failing("noc")
    world.open()
    world.run(10)
    world.stepClock(byMs)
    world.receiver = () => "taken"
    world.run(10)
    assert.deepEqual(kindsOn(world, "noc"), ["opened"], `${byMs}`)
    world.run(560)
    assert.deepEqual(kindsOn(world, "boss"), [], `${byMs}: not yet`)
    world.run(30)
    assert.deepEqual(kindsOn(world, "boss"), ["opened"], `${byMs}: by now`)
  }
})

test("a change while a message is held or tried is in that message, and needs no update of its own", () => {
  const world = new NotifyWorld([{ ...POLICY, hasUpdates: true }])
  world.receiver = () => "certain"
  world.open()
  world.run(10)
  world.change({ severity: "critical", causeKey: "other" })
  world.receiver = () => "taken"
  world.run(300)
  assert.deepEqual(
    world.received.map(({ kind, causeKey }) => [kind, causeKey]),
    [["opened", "other"]],
  )
})

test("five hundred incidents on a dead channel are handed over by one plan each", () => {
  const channel = (n: number, more: object) => ({
    ...{ id: uuid(n), name: `c${n}`, kind: "email", isEnabled: true, ownerId: null },
    ...{ fallbackId: null, isDead: false, ...more },
  })
  const channels = new Map([
    [uuid(10), channel(10, { fallbackId: uuid(11), isDead: true })],
    [uuid(11), channel(11, {})],
  ])
  const nowMs = Date.UTC(2026, 10, 3, 12)
  for (let n = 0; n < 500; n += 1) {
    const input: PlanInput = {
      incident: {
        ...{ id: uuid(1_000 + n), state: "open", about: "network", severity: "major" },
        ...{ siteIds: [], tags: [], unreachable: 0, openedAtMs: nowMs, acknowledgedAtMs: null },
        ...{ snoozedUntilMs: null, isInMaintenance: false, recoveredAtMs: null, causeKey: "" },
      },
      policies: [POLICY],
      channels,
      afterQuietOf: (_, __, atMs) => atMs,
      channelsOnCall: () => [],
      scheduleNames: new Map(),
      ...{ deliveries: [], decisions: [], nowMs },
    }
    const { added } = planDeliveries(input)
    assert.deepEqual(
      added.map(({ channel: { name }, kind, dueAtMs }) => [name, kind, dueAtMs]),
      [
        ["c10", "opened", nowMs],
        ["c11", "opened", nowMs],
      ],
    )
  }
})

test("an update that is tried again stays the same delivery, and is given up where it is no news", () => {
  const world = new NotifyWorld([{ ...POLICY, hasUpdates: true }])
  world.open()
  world.run(10)
  world.receiver = () => "certain"
  world.change({ causeKey: "other" })
  world.run(120)
  world.receiver = () => "taken"
  world.run(60)
  assert.deepEqual(kindsOn(world, "noc"), ["opened", "updated"])
  world.receiver = () => "certain"
  world.change({ causeKey: "third" })
  world.run(120)
  world.change({ causeKey: "other" })
  world.receiver = () => "taken"
  world.run(600)
  assert.deepEqual(kindsOn(world, "noc"), ["opened", "updated"])
})
