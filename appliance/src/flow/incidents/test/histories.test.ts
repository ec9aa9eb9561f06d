import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "@ispvm/rca/random"
import { playHistories, seededHistories } from "../../../../test/histories.ts"
import { textOf } from "../../../messages/text.ts"
import type { AlertInput } from "../../alerts/engine.ts"
import { World } from "./world.ts"

/** The first of the seeds that `npm run soak` plays, which is where rare ones are found. */
const HISTORIES = seededHistories(3_000)
const STEPS = 12
const SHAPES = [
  ["A-B"],
  ["A-B", "B-C"],
  ["A-B", "B-C", "C-A"],
  ["A-B", "A-C", "C-D", "D-A"],
] as const

type Ping = AlertInput["pings"][number]
type Port = AlertInput["interfaces"][number]

const ping = (
  world: World,
  name: string,
  how: "answers" | "missed" | "silent",
  ageMs: number,
): Ping => ({
  kind: "ping",
  device: world.device(name),
  targetId: 1,
  atMs: world.nowMs - ageMs,
  answers: how === "answers",
  icmp: {
    sent: how === "silent" ? 6 : 1,
    received: how === "answers" ? 1 : 0,
    rttUs: null,
    jitterUs: null,
  },
  tcp: how === "silent" ? "silent" : null,
  because: how === "silent" ? "missed" : "round",
})
const port = (
  world: World,
  name: string,
  remote: string,
  running: boolean,
  disabled: boolean,
  ageMs: number,
): Port => ({
  ...world.portSample(name, `to-${remote}`, running),
  disabled,
  atMs: world.nowMs - ageMs,
})

/** One random step: an observation, good or bad, recent or old; time; or no messages. */
const happen = (world: World, links: readonly string[], random: () => number): void => {
  const one = <T>(list: readonly T[]): T =>
    list[Math.floor(random() * list.length)] ?? assert.fail("nothing to pick from")
  const ageMs = random() < 0.15 ? random() * 60_000 : random() * 50
  const kind = random()
  if (kind < 0.4) {
    const how = one(["answers", "missed", "silent", "silent"] as const)
    world.deliver({
      pings: [ping(world, one(world.names), how, ageMs)],
      interfaces: [],
      events: [],
    })
  } else if (kind < 0.7) {
    const [a = "", b = ""] = one(links).split("-")
    const [local, remote] = random() < 0.5 ? [a, b] : [b, a]
    world.deliver({
      pings: [],
      interfaces: [port(world, local, remote, random() < 0.4, random() < 0.1, ageMs)],
      events: [],
    })
  } else {
    // Long enough for the agent to go offline now and then.
    world.pass(one([100, 500, 1_300, 4_000, 4_000, 12_000]))
  }
}

const offlineAt = (world: World, atMs: number): boolean =>
  world.transitions.findLast((step) => step.alert.kind === "agent-offline" && step.atMs <= atMs)
    ?.now === "down"

const heal = (world: World, links: readonly string[]): void => {
  for (let second = 0; second < 70; second += 2) {
    world.pass(2_000)
    const ports = links.flatMap((link) => {
      const [a = "", b = ""] = link.split("-")
      return [port(world, a, b, true, false, 0), port(world, b, a, true, false, 0)]
    })
    world.deliver({
      pings: world.names.map((name) => ping(world, name, "answers", 0)),
      interfaces: ports,
      events: [],
    })
    if (world.open().length === 0 && second > 5) return
  }
}

test(`over ${HISTORIES} random histories every incident opens once and closes once, and none opens while nothing is probed`, () => {
  let opened = 0
  playHistories(import.meta.url, HISTORIES, (seed) => {
    const random = seeded(seed)
    const links = SHAPES[seed % SHAPES.length] ?? SHAPES[0]
    const world = new World({ links, at: seed % 3 === 0 ? null : "A", seed })
    for (let step = 0; step < STEPS; step += 1) {
      const before = world.lines.length
      happen(world, links, random)
      if (random() < 0.03) world.restart()
      for (const line of world.lines.slice(before)) {
        if (line.kind !== "opened" || !offlineAt(world, line.atMs)) continue
        assert.match(
          textOf(line.message),
          /^Agent agent-1 is offline/,
          `seed ${seed}: opened on what nobody sees`,
        )
      }
      const holders = world
        .open()
        .flatMap((incident) =>
          [...incident.symptoms.values()].filter((symptom) => symptom.untilMs === null),
        )
      assert.equal(
        new Set(holders.map((symptom) => symptom.alertId)).size,
        holders.length,
        `seed ${seed}: one symptom in two incidents`,
      )
    }
    heal(world, links)
    assert.deepEqual(world.titles(), [], `seed ${seed}: still open after all was well`)
    for (const id of world.incidents.keys()) {
      const kinds = world.lines.filter((line) => line.incidentId === id).map((line) => line.kind)
      assert.equal(kinds.filter((kind) => kind === "opened").length, 1, `seed ${seed}: opened once`)
      assert.equal(kinds.filter((kind) => kind === "closed").length, 1, `seed ${seed}: closed once`)
      assert.equal(kinds.at(-1), "closed", `seed ${seed}: nothing after the close`)
      opened += 1
    }
  })
  assert.ok(
    opened > HISTORIES,
    `only ${opened} incidents: the histories are too tame to prove anything`,
  )
})
