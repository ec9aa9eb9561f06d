/** Loss and errors on several paths: one incident that names the link or device which explains them. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { seeded } from "@ispvm/rca/random"
import { textOf } from "../../../messages/text.ts"
import { DeviceId, IncidentId, LinkId } from "../../../platform/ids.ts"
import {
  AGENT,
  packSet,
  port,
  probe,
  ruleWorld,
  START_MS,
} from "../../alerts/rules/test/rule-world.ts"
import { buildTopology } from "../../alerts/topology.ts"
import { createIncidentEngine } from "../engine/engine.ts"
import type { Incident, Line } from "../model.ts"
import { uuid } from "./world-topology.ts"

/** A─B─C─D with customers' routers behind, and E beside: the agent is at A. */
const LINKS = ["A-B", "B-C", "C-D", "C-F", "A-E"]
const NAMES = ["A", "B", "C", "D", "F", "E"]
const idOf = (name: string): DeviceId => DeviceId.parse(uuid(2, NAMES.indexOf(name) + 1))

const topology = buildTopology(
  NAMES.map((name) => ({
    ...{ id: idOf(name), name, roles: ["core"], agentId: AGENT, siteId: null, reportsEveryS: null },
  })),
  LINKS.map((name, index) => {
    const [a = "", b = ""] = name.split("-")
    return {
      ...{ id: LinkId.parse(uuid(3, index + 1)), name: `${a}–${b}`, capacityBps: 1e9 },
      a: { deviceId: idOf(a), interface: `to-${b}` },
      b: { deviceId: idOf(b), interface: `to-${a}` },
    }
  }),
  [{ id: AGENT, name: "A", deviceId: idOf("A"), siteId: null }],
  [],
)

type Sample = ReturnType<typeof probe>
const lossy = (name: string, atMs: number, isLost: boolean): Sample =>
  probe(atMs, isLost ? { answers: false, received: 0 } : {}, idOf(name))

const play = () => {
  const world = ruleWorld(packSet(), { topology })
  const engine = createIncidentEngine(() => IncidentId.parse(randomUUID()))
  const incidents = new Map<string, Incident>()
  const lines: Line[] = []
  const random = seeded(7)
  let nowMs = START_MS
  return {
    lines,
    all: () =>
      [...incidents.values()]
        .toSorted((one, other) => one.number - other.number)
        .map(({ state, title }) => `${state} ${textOf(title)}`),
    get: (number: number) => [...incidents.values()].find((one) => one.number === number),
    /** Samples of each second; `lossOf`: the share of the probes to a router that are lost. */
    during: (
      forMs: number,
      lossOf: (name: string) => number,
      more: (atMs: number) => readonly Sample[] = () => [],
    ): void => {
      for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 1_000) {
        world.deliver([
          ...NAMES.map((name) => lossy(name, nowMs, random() < lossOf(name))),
          ...more(nowMs),
        ])
        const outcome = engine.review(topology, world.engine, nowMs)
        for (const incident of outcome.changed) incidents.set(incident.id, incident)
        lines.push(...outcome.lines)
      }
    },
  }
}

test("loss on a core link is one incident of that link, with its paths; it closes with them", () => {
  const { during, all, get, lines } = play()
  during(60_000, () => 0)
  during(300_000, (name) => (["C", "D", "F"].includes(name) ? 0.3 : 0))
  assert.equal(all().length, 1, all().join(" | "))
  assert.match(all()[0] ?? "", /^open Link B–C is degraded: (20|30|40) % loss; 3 devices affected$/)
  const incident = get(1)
  assert.ok((incident?.confidence ?? 0) > 0.9)
  assert.deepEqual(
    incident?.because.slice(0, 2).map((one) => textOf(one)),
    ["The paths to C, D and F take link B–C.", "3 paths that do not take link B–C are fine."],
  )
  assert.equal(incident?.evidence.length, 3)
  during(600_000, () => 0)
  assert.match(all()[0] ?? "", /^closed Link B–C was degraded/)
  assert.equal(lines.filter(({ kind }) => kind === "closed").length, 1)
})

test("loss with a full link is congestion, and the capacity that is left is stated", () => {
  const { during, all, get } = play()
  const ports = (atMs: number, txBps: number): readonly Sample[] => [
    port(atMs, { txBps }, "to-C", idOf("B")),
    port(atMs, { rxBps: txBps }, "to-B", idOf("C")),
  ]
  during(
    60_000,
    () => 0,
    (atMs) => ports(atMs, 1e8),
  )
  during(
    720_000,
    (name) => (["C", "D", "F"].includes(name) ? 0.08 : 0),
    (atMs) => ports(atMs, 9.8e8),
  )
  assert.equal(all().length, 1, all().join(" | "))
  assert.match(all()[0] ?? "", /^open Link B–C is (probably )?congested: (5|10) % loss/)
  const texts = get(1)?.because.map((one) => textOf(one)) ?? []
  assert.ok(texts.includes("B–C has 20 Mbit/s of 1 Gbit/s left."), texts.join(" "))
})

test("a degraded link that fails goes on as the same incident, and its loss opens no other", () => {
  const { during, all, lines } = play()
  const ports = (atMs: number, running: boolean): readonly Sample[] => [
    port(atMs, { running }, "to-E", idOf("A")),
  ]
  during(
    60_000,
    () => 0,
    (atMs) => ports(atMs, true),
  )
  const loss = (name: string): number => (name === "E" ? 0.4 : 0)
  during(200_000, loss, (atMs) => ports(atMs, true))
  assert.equal(all().length, 1, all().join(" | "))
  during(30_000, loss, (atMs) => ports(atMs, false))
  assert.equal(all().length, 1, all().join(" | "))
  assert.match(all()[0] ?? "", /^open Link A–E is (possibly |probably )?cut/)
  assert.ok(lines.some(({ message }) => message.code === "timeline.escalated"))
})

test("two links that lose packets are two incidents", () => {
  const { during, all } = play()
  during(60_000, () => 0)
  during(300_000, (name) => (name === "E" ? 0.4 : ["C", "D", "F"].includes(name) ? 0.3 : 0))
  assert.equal(all().length, 2, all().join(" | "))
  assert.match(all().join(), /Link B–C is degraded/)
  assert.match(all().join(), /(Link A–E is|or link A–E).*degraded|degraded.*link A–E/)
})
