/** Histories of one incident played through the planner and a receiver that may fail. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Policy } from "../../api/notifications.ts"
import { makeSteps, NotifyWorld, onCallStep, POLICY, SCHEDULE, uuid } from "./test/notify-world.ts"

const kindsOn = (world: NotifyWorld, channel: string): string[] =>
  world.received.filter((one) => one.channel === channel).map(({ kind }) => kind)

test("an incident is notified once on each channel of the first step, and closed there once", () => {
  const world = new NotifyWorld([{ ...POLICY, steps: makeSteps([0, "noc"], [300, "boss"]) }])
  world.open()
  world.run(60)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"])
  assert.deepEqual(kindsOn(world, "boss"), [])
  world.close()
  world.run(600)
  assert.deepEqual(kindsOn(world, "noc"), ["opened", "resolved"])
  assert.deepEqual(kindsOn(world, "boss"), [], "what recovers before its step notifies nobody")
})

test("what recovers within the delay notifies nobody, and the reason is stored", () => {
  const world = new NotifyWorld([{ ...POLICY, delayS: 30 }])
  world.open()
  world.run(20)
  world.close()
  world.run(600)
  assert.deepEqual(world.received, [])
  assert.equal(world.decision(null), "notify.recovered")
})

test("what has recovered and is not closed yet at the end of the delay notifies nobody", () => {
  const world = new NotifyWorld([{ ...POLICY, delayS: 60 }])
  world.open()
  world.run(50)
  world.change({ recoveredAtMs: world.nowMs })
  world.run(600)
  assert.deepEqual(world.received, [])
  assert.equal(world.decision(null), "notify.recovering")
  world.close()
  world.run(60)
  assert.deepEqual(world.received, [])
  assert.equal(world.decision(null), "notify.recovered")
})

test("what fails again goes on with its delay: a fault that comes and goes is notified", () => {
  const world = new NotifyWorld([{ ...POLICY, delayS: 60 }])
  world.open()
  for (let time = 0; time < 2; time += 1) {
    world.run(25)
    world.change({ recoveredAtMs: world.nowMs })
    world.run(300)
    world.change({ recoveredAtMs: null })
    assert.deepEqual(world.received, [])
  }
  world.run(5)
  assert.deepEqual(world.received, [], "after 55 s of failure")
  world.run(10)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"])
  world.change({ recoveredAtMs: world.nowMs })
  world.run(300)
  world.close()
  world.run(60)
  assert.deepEqual(kindsOn(world, "noc"), ["opened", "resolved"])
})

test("steps after the first wait while all of it has recovered, and none of them is lost", () => {
  const world = new NotifyWorld([{ ...POLICY, steps: makeSteps([0, "noc"], [300, "boss"]) }])
  world.open()
  world.run(200)
  world.change({ recoveredAtMs: world.nowMs })
  world.run(3_600)
  assert.deepEqual(kindsOn(world, "boss"), [])
  world.change({ recoveredAtMs: null })
  world.run(90)
  assert.deepEqual(kindsOn(world, "boss"), [])
  world.run(20)
  assert.deepEqual(kindsOn(world, "boss"), ["opened"])
})

test("work on it that ends while it has recovered counts as before, once it fails again", () => {
  const steps = makeSteps([0, "noc"], [300, "boss"])
  const world = new NotifyWorld([{ ...POLICY, steps }])
  world.open()
  world.run(60)
  world.acknowledge()
  world.run(3_600)
  world.change({ recoveredAtMs: world.nowMs })
  world.withdraw()
  world.run(600)
  assert.equal(world.decision(null), "notify.recovering")
  world.change({ recoveredAtMs: null })
  world.run(290)
  assert.deepEqual(kindsOn(world, "boss"), [])
  world.run(20)
  assert.deepEqual(kindsOn(world, "boss"), ["opened"])
})

test("an acknowledgement stops the steps; its withdrawal lets them count from then on", () => {
  const steps = makeSteps([0, "noc"], [300, "boss"], [600, "owner"])
  const world = new NotifyWorld([{ ...POLICY, hasUpdates: true, steps }])
  world.open()
  world.run(60)
  world.acknowledge()
  world.run(3_600)
  assert.deepEqual(kindsOn(world, "noc"), ["opened", "acknowledged"])
  assert.deepEqual(kindsOn(world, "boss"), [])
  assert.equal(world.decision(null), "notify.acknowledged")
  world.withdraw()
  world.run(290)
  assert.deepEqual(kindsOn(world, "boss"), [])
  world.run(20)
  assert.deepEqual(kindsOn(world, "boss"), ["opened"])
  assert.deepEqual(kindsOn(world, "owner"), [])
  assert.equal(world.decision(null), null)
  world.close()
  world.run(60)
  assert.equal(kindsOn(world, "boss").at(-1), "resolved")
  assert.deepEqual(kindsOn(world, "owner"), [])
})

test("in maintenance nobody is notified; a fault that outlives it notifies at its end", () => {
  const world = new NotifyWorld([{ ...POLICY, delayS: 10 }])
  world.open({ isInMaintenance: true })
  world.run(1_800)
  assert.deepEqual(world.received, [])
  assert.equal(world.decision(null), "notify.maintenance")
  world.change({ isInMaintenance: false })
  world.run(9)
  assert.deepEqual(world.received, [])
  world.run(5)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"])
})

test("a snoozed incident is notified when the time is over", () => {
  const world = new NotifyWorld([POLICY])
  world.open({ snoozedUntilMs: world.nowMs + 600_000 })
  world.run(590)
  assert.deepEqual(world.received, [])
  world.run(20)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"])
})

test("a policy that matches because an incident grew worse counts from then", () => {
  const world = new NotifyWorld([{ ...POLICY, leastSeverity: "critical", delayS: 60 }])
  world.open({ severity: "minor" })
  world.run(600)
  assert.equal(world.decision(POLICY.id), "notify.below-severity")
  world.change({ severity: "critical" })
  world.run(50)
  assert.deepEqual(world.received, [])
  world.run(20)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"])
})

test("a channel of two policies gets one message; an update follows a worse state where it is wanted", () => {
  const second: Policy = { ...POLICY, id: uuid(91), name: "second", hasUpdates: true }
  const world = new NotifyWorld([{ ...POLICY, hasUpdates: true }, second])
  world.open({ severity: "minor" })
  world.run(120)
  world.change({ severity: "critical" })
  world.run(120)
  world.change({ severity: "critical", causeKey: "other" })
  world.run(120)
  assert.deepEqual(kindsOn(world, "noc"), ["opened", "updated", "updated"])
})

test("the last step is repeated as often as the policy says, and no more after an acknowledgement", () => {
  const world = new NotifyWorld([{ ...POLICY, repeat: { everyS: 60, times: 5 } }])
  world.open()
  world.run(130)
  assert.deepEqual(kindsOn(world, "noc"), ["opened", "reminder", "reminder"])
  world.acknowledge()
  world.run(600)
  assert.equal(kindsOn(world, "noc").length, 3)
})

test("a delivery that certainly failed until the end is cancelled and needs no close", () => {
  const world = new NotifyWorld([POLICY])
  world.receiver = () => "certain"
  world.open()
  world.run(30)
  world.close()
  world.receiver = () => "taken"
  world.run(600)
  assert.deepEqual(world.received, [])
  assert.equal(world.pending(), 0)
})

test("a delivery whose answer was lost is closed, since the receiver may have it", () => {
  const world = new NotifyWorld([POLICY])
  world.receiver = () => "lost"
  world.open()
  world.run(3)
  world.receiver = () => "taken"
  world.close()
  world.run(600)
  assert.equal(kindsOn(world, "noc").at(-1), "resolved")
  assert.equal(kindsOn(world, "noc").filter((kind) => kind === "resolved").length, 1)
})

test("an incident that opens again is a new round: opened and closed again", () => {
  const world = new NotifyWorld([POLICY])
  world.open()
  world.run(10)
  world.close()
  world.run(10)
  world.change({ state: "open" })
  world.run(10)
  world.close()
  world.run(10)
  assert.deepEqual(kindsOn(world, "noc"), ["opened", "resolved", "opened", "resolved"])
})

test("quiet hours hold what is not severe enough, until they end", () => {
  const quietHours = {
    timeZone: "UTC",
    from: "00:00",
    to: "06:00",
    days: [0, 1, 2, 3, 4, 5, 6],
    exceptFrom: "critical",
  } satisfies Policy["quietHours"]
  const world = new NotifyWorld([{ ...POLICY, quietHours }], Date.UTC(2026, 10, 3, 5, 30))
  world.open({ severity: "major" })
  world.run(1_700)
  assert.deepEqual(world.received, [])
  assert.equal(world.decision(POLICY.id), "notify.quiet-hours")
  world.run(120)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"])
  const urgent = new NotifyWorld([{ ...POLICY, quietHours }], Date.UTC(2026, 10, 3, 5, 30))
  urgent.open({ severity: "critical" })
  urgent.run(5)
  assert.deepEqual(kindsOn(urgent, "noc"), ["opened"])
})

test("a policy that is new, or repeats since today, does not make up for hours at once", () => {
  const world = new NotifyWorld([{ ...POLICY, isEnabled: false }])
  world.open()
  world.run(7_200)
  world.policies = [{ ...POLICY, repeat: { everyS: 60, times: 20 } }]
  world.run(5)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"])
  const old = new NotifyWorld([POLICY])
  old.open()
  old.run(7_200)
  old.policies = [{ ...POLICY, repeat: { everyS: 60, times: 20 } }]
  old.run(30)
  assert.deepEqual(kindsOn(old, "noc"), ["opened"])
})

test("after snoozing, reminders of the time in between are not made up for", () => {
  const world = new NotifyWorld([{ ...POLICY, repeat: { everyS: 600, times: 20 } }])
  world.open()
  world.run(30)
  world.change({ snoozedUntilMs: world.nowMs + 7_200_000 })
  world.run(7_300)
  assert.ok(kindsOn(world, "noc").length <= 3, kindsOn(world, "noc").join())
})

test("when the opening was given up, a later reminder is sent, and closed", () => {
  const world = new NotifyWorld([{ ...POLICY, repeat: { everyS: 3_000, times: 5 } }])
  world.receiver = () => "certain"
  world.open()
  world.run(4_000)
  world.receiver = () => "taken"
  world.run(6_000)
  assert.ok(kindsOn(world, "noc").includes("reminder"))
  world.close()
  world.run(60)
  assert.equal(kindsOn(world, "noc").at(-1), "resolved")
})

test("a step notifies who is on call when it is due, and says so where nobody is", () => {
  const steps = [onCallStep(0), onCallStep(3_600)]
  const world = new NotifyWorld([{ ...POLICY, steps }])
  const handoverMs = world.nowMs + 1_800_000
  world.onCall = (atMs) => (atMs < handoverMs ? ["noc"] : ["boss"])
  world.open()
  world.run(3_700)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"])
  assert.deepEqual(kindsOn(world, "boss"), ["opened"])
  const gap = new NotifyWorld([{ ...POLICY, steps }])
  gap.open()
  gap.run(10)
  assert.equal(gap.decision(POLICY.id), "notify.nobody-on-call")
})

test("quiet hours of a schedule hold its people back, not the channels beside it", () => {
  const steps = makeSteps([0, "boss"]).map((one) => ({ ...one, schedules: [SCHEDULE] }))
  const world = new NotifyWorld([{ ...POLICY, steps }])
  const quietUntilMs = world.nowMs + 1_800_000
  world.onCall = (atMs) => (atMs < quietUntilMs ? ["owner"] : ["noc"])
  world.afterQuiet = (severity, atMs) =>
    severity === "critical" ? atMs : Math.max(atMs, quietUntilMs)
  world.open({ severity: "major" })
  world.run(1_700)
  assert.deepEqual(kindsOn(world, "boss"), ["opened"])
  assert.deepEqual([kindsOn(world, "noc"), kindsOn(world, "owner")], [[], []])
  world.run(200)
  assert.deepEqual(kindsOn(world, "noc"), ["opened"], "who is on call when they end")
  const urgent = new NotifyWorld([{ ...POLICY, steps }])
  urgent.onCall = () => ["noc"]
  urgent.afterQuiet = world.afterQuiet
  urgent.open({ severity: "critical" })
  urgent.run(5)
  assert.deepEqual(kindsOn(urgent, "noc"), ["opened"])
})
