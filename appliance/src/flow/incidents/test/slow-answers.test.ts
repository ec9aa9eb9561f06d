/** One fault is one incident that names it at once, however late each answer arrives. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "@ispvm/rca/random"
import { textOf } from "../../../messages/text.ts"
import { World } from "./world.ts"

const HISTORIES = 24
/** A national network: two core rings, sites with two uplinks, trees downstream. */
const LINKS = `
istborder1-isttransit1 ankborder1-anktransit1 istborder1-istcore1 istborder1-istcore2
ankborder1-eskcore1 ankborder1-ankcore1 istcore1-istcore2 istcore1-burcore1 burcore1-izmcore1
izmcore1-antcore1 antcore1-adacore1 adacore1-kaycore1 kaycore1-ankcore1 ankcore1-eskcore1
eskcore1-istcore2 istcore1-ankcore1 ankcore1-koncore1 koncore1-antcore1 adacore1-gazagg1
kaycore1-gazagg1 ankcore1-samagg1 samagg1-traagg1 istcore1-istagg1 istcore2-istagg1
istcore2-istbng1 istcore1-istbng1 istagg1-istacc1 istagg1-istacc2 burcore1-buragg1
buragg1-buracc1 eskcore1-eskacc1 ankcore1-ankagg1 ankcore1-ankbng1 ankborder1-ankbng1
ankagg1-ankacc1 ankagg1-ankacc2 izmcore1-izmagg1 izmagg1-izmacc1 izmagg1-izmacc2
antcore1-antagg1 antagg1-antacc1 antagg1-antacc2 koncore1-konacc1 adacore1-adaagg1
adaagg1-adaacc1 kaycore1-kayacc1 gazagg1-gazacc1 samagg1-samacc1 traagg1-traacc1`
  .trim()
  .split(/\s+/)
const AGENT_AT = "istcore1"
/** Several ports report each of these, and several routers are downstream of most. */
const ROUTERS = ["ankcore1", "eskcore1", "burcore1", "adacore1", "antcore1", "kaycore1", "istcore2"]

type Played = { readonly seed: number; readonly fault: string; readonly opened: readonly string[] }

/** A busy agent: bursts take up to 2 s longer, syslog lines arrive up to 2 s late. */
const play = (seed: number): Played => {
  const random = seeded(seed)
  const one = <T>(list: readonly T[]): T =>
    list[Math.floor(random() * list.length)] ?? assert.fail("nothing to pick from")
  const burstMs = random() * 1_000
  const slow = new Set(ROUTERS.filter(() => random() < 0.3))
  const world = new World({
    links: LINKS,
    at: AGENT_AT,
    seed,
    isRagged: true,
    burstDelayMs: (name) => burstMs + (slow.has(name) ? random() * 1_000 : 0),
    syslogDelayMs: () => (random() < 0.4 ? random() * 2_000 : 0),
  }).run(3_000)
  const fault = random() < 0.25 ? one(LINKS.slice(0, 20)) : one(ROUTERS)
  if (fault.includes("-")) world.cutLink(fault)
  else world.kill(fault)
  world.run(10_000)
  return {
    seed,
    fault: fault.replace("-", "–"),
    opened: world.openedAs.map(({ title, causes }) =>
      causes.map(({ name }) => name).includes(fault.replace("-", "–")) ? "right" : textOf(title),
    ),
  }
}

test("a fault is one incident that names it at once, however late each answer arrives", () => {
  const played = Array.from({ length: HISTORIES }, (_, index) => play(index + 1))
  assert.deepEqual(
    played.filter(({ opened }) => opened.length !== 1 || opened[0] !== "right"),
    [],
  )
})

test("symptoms that wait for the same router count together once one has waited too long", () => {
  const world = new World({
    links: LINKS,
    at: AGENT_AT,
    burstDelayMs: (name) => (name === "ankcore1" ? 60_000 : 0),
    syslogDelayMs: (name) => (name === "ankbng1" ? 0 : 2_500),
  }).run(3_000)
  world.kill("ankcore1")
  world.run(6_000)
  assert.deepEqual(
    world.openedAs.map(({ causes }) => causes.map(({ name }) => name)),
    [["ankcore1"]],
  )
})

const UNLINKED = ["spare1", "spare2", "spare3"]

test("an agent that reaches nothing is one incident, whichever router is confirmed first", () => {
  const opened = Array.from({ length: HISTORIES }, (_, index) => {
    const random = seeded(index + 1)
    const world = new World({
      links: index % 2 === 0 ? LINKS : [],
      unlinked: UNLINKED,
      at: index % 2 === 0 ? AGENT_AT : null,
      seed: index + 1,
      isRagged: true,
      burstDelayMs: (name) => (UNLINKED.includes(name) ? 0 : random() * 1_000),
    }).run(3_000)
    world.isUplinkCut = true
    world.run(10_000)
    return world.openedAs.map(({ causes }) => causes.map(({ name }) => name).join())
  })
  assert.deepEqual([...new Set(opened.map((causes) => causes.join(" | ")))], ["agent-1"])
})

test("a router without links is reported at once while other routers answer", () => {
  const world = new World({ links: [], unlinked: UNLINKED, at: null, isRagged: true }).run(3_000)
  world.kill("spare2")
  world.run(2_000)
  assert.deepEqual(
    world.openedAs.map(({ causes }) => causes.map(({ name }) => name)),
    [["spare2"]],
  )
})

test("the only router of an agent waits for nobody", () => {
  const world = new World({ links: [], unlinked: ["spare1"], at: null }).run(3_000)
  world.kill("spare1")
  world.run(2_000)
  assert.equal(world.openedAs.length, 1)
})
