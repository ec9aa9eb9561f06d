/**
 * Random histories of a router and what is behind it, in each state that the router on the way there
 * may have, from the samples to the messages.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "@ispvm/rca/random"
import { playHistories, seededHistories } from "../../../../test/histories.ts"
import type { AlertInput } from "../../alerts/engine.ts"
import { makeSteps, NotifyWorld, POLICY } from "../../notify/test/notify-world.ts"
import { createReachability } from "../engine/reachability.ts"
import { createCoverage } from "../maintenance.ts"
import type { Incident } from "../model.ts"
import { World } from "./world.ts"

/** The agent is at A. P is the parent of C and E. */
const LINKS = ["A-G", "G-P", "P-C", "C-E"]
const PARENT = "P"
const BEHIND_PARENT = ["C", "E"]
const STEPS = 14
const WINDOW = "00000000-0000-4000-8000-0000000000aa"
const POLICIES = [
  { ...POLICY, hasUpdates: true, steps: makeSteps([0, "noc"], [60, "boss"]) },
  { ...POLICY, id: "00000000-0000-4000-8000-0000000000ab", name: "second", delayS: 20 },
]

type Random = () => number
const pick = <T>(random: Random, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)] ?? assert.fail("nothing to pick from")

/** A world whose incidents are notified. */
class NotifiedWorld {
  readonly world: World
  readonly notified = new Map<string, NotifyWorld>()
  readonly dead = new Set<string>()
  readonly #coverage = createCoverage(createReachability())

  constructor(seed: number) {
    this.world = new World({ links: LINKS, at: "A", seed })
    this.sample()
  }

  /** What the agent sees now. */
  sample(names: readonly string[] = this.world.names): void {
    const { world } = this
    const isMonitored = (name: string) =>
      world.topology.devices.get(world.device(name))?.agentId !== null
    const seen = names.filter(isMonitored)
    world.deliver({
      pings: seen.map((name) => this.#ping(name)),
      interfaces: seen.filter((name) => !this.dead.has(name)).flatMap((name) => this.#ports(name)),
      events: [],
    })
    this.#commit()
  }
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 4_000) {
      this.world.pass(Math.min(left, 4_000))
      this.#commit()
    }
  }
  restart(): void {
    this.world.restart()
    this.#commit()
  }
  pause(names: readonly string[]): void {
    this.world.pause(names)
    this.#commit()
  }
  setWindow(isOn: boolean, withDependents: boolean): void {
    const { nowMs } = this.world
    const untilMs = isOn ? nowMs + 1e9 : nowMs
    this.#coverage.setWindows([
      {
        ...{ id: WINDOW, name: "W", withDependents },
        targets: [{ kind: "device", id: this.world.device(PARENT) }],
        occurrences: [{ fromMs: nowMs - 1, untilMs }],
      },
    ])
    this.#commit()
  }

  #ping(name: string): AlertInput["pings"][number] {
    const answers = !this.dead.has(name)
    return {
      ...{ kind: "ping", device: this.world.device(name), targetId: 1, atMs: this.world.nowMs },
      answers,
      icmp: { sent: answers ? 1 : 6, received: answers ? 1 : 0, rttUs: null, jitterUs: null },
      tcp: answers ? null : "silent",
      because: answers ? "round" : "missed",
    }
  }
  #ports(name: string): AlertInput["interfaces"][number][] {
    return LINKS.flatMap((link) => {
      const ends = link.split("-")
      const remote = ends.find((end) => end !== name) ?? ""
      if (!ends.includes(name)) return []
      // A dead router has no power here: the ports towards it are down.
      return [this.world.portSample(name, `to-${remote}`, !this.dead.has(remote))]
    })
  }

  /** As one transaction does: the incident, whether a window covers it, and its messages. */
  #commit(): void {
    const { world } = this
    this.#coverage.update(world.topology, world.nowMs)
    for (const marked of this.#coverage.mark(world.open(), world.nowMs).changed) {
      world.incidentEngine.put(marked)
      world.incidents.set(marked.id, marked)
    }
    for (const incident of world.incidents.values()) this.#notify(incident)
  }
  #notify(incident: Incident): void {
    const { nowMs } = this.world
    const known = this.notified.get(incident.id)
    const notify = known ?? new NotifyWorld(POLICIES, nowMs)
    this.notified.set(incident.id, notify)
    const wasHeld = known?.incident.isInMaintenance === true
    const before = notify.received.length
    if (nowMs > notify.nowMs) notify.run((nowMs - notify.nowMs) / 1_000)
    if (wasHeld)
      assert.deepEqual(
        notify.received.slice(before).filter(({ kind }) => kind !== "resolved"),
        [],
        "sent in maintenance",
      )
    notify.change({
      state: incident.state,
      severity: incident.severity,
      isInMaintenance: incident.maintenanceWindowId !== null,
      unreachable: incident.expected.length,
      causeKey: incident.causes.map(({ id }) => id).join(" "),
    })
  }

  /** Messages of one kind on one channel. */
  count(kind: string, on: string): number {
    const received = [...this.notified.values()].flatMap((one) => one.received)
    return received.filter(({ channel, kind: is }) => channel === on && is === kind).length
  }

  /** All is well for long enough that everything ends. */
  heal(): void {
    this.dead.clear()
    this.setWindow(false, false)
    this.pause([])
    for (let round = 0; round < 60 && (round < 5 || this.world.open().length > 0); round += 1) {
      this.pass(2_000)
      this.sample()
    }
  }

  check(): void {
    const { world } = this
    assert.deepEqual(world.titles(), [], "still open after all was well")
    for (const [id, notify] of this.notified) {
      const kinds = world.lines.filter((line) => line.incidentId === id).map(({ kind }) => kind)
      assert.equal(kinds.filter((kind) => kind === "opened").length, 1, "opened once")
      assert.equal(kinds.filter((kind) => kind === "closed").length, 1, "closed once")
      notify.finish()
      notify.check()
    }
  }
}

type ParentState = {
  readonly enter: (world: NotifiedWorld, random: Random) => void
  readonly leave: (world: NotifiedWorld) => void
  /** What has to hold of an incident that opens meanwhile. */
  readonly opened: (world: NotifiedWorld, incident: Incident) => void
}
const stopAnswers = (world: NotifiedWorld, names: readonly string[]): void => {
  for (const name of names) world.dead.add(name)
  for (let second = 0; second < 8; second += 2) {
    world.sample()
    world.pass(2_000)
  }
}
const answer = (world: NotifiedWorld): void => {
  world.dead.clear()
  world.sample()
}
const anything = (): void => undefined

const PARENT_STATES: Readonly<Record<string, ParentState>> = {
  down: {
    enter: (world) => stopAnswers(world, [PARENT, ...BEHIND_PARENT]),
    leave: answer,
    opened: anything,
  },
  unreachable: {
    enter: (world) => stopAnswers(world, ["G", PARENT, ...BEHIND_PARENT]),
    leave: answer,
    opened: anything,
  },
  maintenance: {
    enter: (world, random) => {
      world.setWindow(true, random() < 0.7)
      if (random() < 0.7) stopAnswers(world, [PARENT, ...BEHIND_PARENT])
    },
    leave: (world) => world.setWindow(false, false),
    opened: anything,
  },
  unknown: {
    enter: (world) => world.pass(30_000),
    leave: (world) => world.sample(),
    opened: anything,
  },
  paused: {
    enter: (world) => world.pause([PARENT]),
    leave: (world) => world.pause([]),
    opened: ({ world }, { symptoms }) => {
      const devices = [...symptoms.values()].map(({ deviceId }) => deviceId)
      assert.ok(!devices.includes(world.device(PARENT)), "opened about what nobody monitors")
    },
  },
}

/** A minute with samples, but for what is not seen. */
const minute = (world: NotifiedWorld, isSeen: boolean): void => {
  for (let second = 0; second < 60; second += 2) {
    if (isSeen) world.sample()
    world.pass(2_000)
  }
}
/** Of a random choice, the one that comes first: with what depends on the parent, which is dead. */
const first = (): number => 0

/** Incidents, and messages that open one, while all that is behind the parent is dead. */
const CASES: readonly (readonly [state: string, incidents: number, messages: number])[] = [
  ["down", 1, 1],
  ["unreachable", 1, 1],
  ["maintenance", 1, 0],
  ["unknown", 1, 1],
  ["paused", 1, 1],
]
for (const [name, incidents, messages] of CASES)
  test(`behind a parent that is ${name}, dead routers are ${incidents} incident with ${messages} opening messages, and each is closed`, () => {
    const world = new NotifiedWorld(1)
    const { enter, leave } = PARENT_STATES[name] ?? assert.fail(name)
    enter(world, first)
    for (const each of BEHIND_PARENT) world.dead.add(each)
    minute(world, name !== "unknown")
    const opened = (): number => world.count("opened", "noc")
    assert.deepEqual([world.world.open().length, opened()], [incidents, messages])
    if (name === "maintenance") {
      leave(world)
      minute(world, true)
      assert.equal(opened(), 1, "what outlives the window is notified at its end")
    }
    world.heal()
    world.check()
    assert.equal(opened(), world.count("resolved", "noc"))
  })

const happen = (world: NotifiedWorld, random: Random): void => {
  const kind = random()
  const name = pick(random, [...BEHIND_PARENT, ...BEHIND_PARENT, "G"])
  if (kind < 0.35) {
    if (!world.dead.delete(name)) world.dead.add(name)
    world.sample()
  } else if (kind < 0.65) world.sample(random() < 0.5 ? [name] : undefined)
  else if (kind < 0.95) world.pass(pick(random, [500, 1_300, 4_000, 12_000, 70_000]))
  else world.restart()
}

/** One alert is an active symptom of one incident at most. */
const checkHolders = ({ world }: NotifiedWorld): void => {
  const holders = world
    .open()
    .flatMap(({ symptoms }) => [...symptoms.values()].filter(({ untilMs }) => untilMs === null))
  const alerts = new Set(holders.map(({ alertId }) => alertId))
  assert.equal(alerts.size, holders.length, "one symptom in two incidents")
}

const HISTORIES = seededHistories(40, 1 / 50)
for (const [name, { enter, leave, opened }] of Object.entries(PARENT_STATES))
  test(`in ${HISTORIES} histories with a parent that is ${name}, each incident opens and closes once, and so do its messages`, () => {
    let incidents = 0
    let messages = 0
    playHistories(import.meta.url, HISTORIES, (seed) => {
      const random = seeded(seed)
      const world = new NotifiedWorld(seed)
      const from = Math.floor(random() * 4)
      const until = from + 3 + Math.floor(random() * (STEPS - from - 3))
      for (let step = 0; step < STEPS; step += 1) {
        if (step === from) enter(world, random)
        if (step === until) leave(world)
        const known = new Set(world.world.incidents.keys())
        happen(world, random)
        checkHolders(world)
        if (step < from || step >= until) continue
        for (const incident of world.world.incidents.values())
          if (!known.has(incident.id)) opened(world, incident)
      }
      world.heal()
      world.check()
      incidents += world.notified.size
      for (const { received } of world.notified.values()) messages += received.length
    })
    assert.ok(incidents > HISTORIES / 2, `only ${incidents} incidents: too tame to prove anything`)
    assert.ok(messages > incidents, `only ${messages} messages of ${incidents} incidents`)
  })
