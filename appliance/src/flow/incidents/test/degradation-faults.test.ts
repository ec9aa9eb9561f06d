/** Degradations as they happen: two on one path, an agent's own line, a router without time. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { solveDegradations } from "@ispvm/rca"
import { seeded } from "@ispvm/rca/random"
import { textOf } from "../../../messages/text.ts"
import { DeviceId, IncidentId, LinkId } from "../../../platform/ids.ts"
import {
  AGENT,
  cpu,
  packSet,
  probe,
  ruleWorld,
  START_MS,
} from "../../alerts/rules/test/rule-world.ts"
import { buildTopology } from "../../alerts/topology.ts"
import { createIncidentEngine } from "../engine/engine.ts"
import type { Incident, Line } from "../model.ts"
import { uuid } from "./world-topology.ts"

const LINKS = ["A-B", "B-C", "C-D", "C-F", "A-E", "D-G", "D-H"]
const NAMES = ["A", "B", "C", "D", "F", "E", "G", "H"]
const idOf = (name: string): DeviceId => DeviceId.parse(uuid(2, NAMES.indexOf(name) + 1))
const topologyWith = (at: string | null) =>
  buildTopology(
    NAMES.map((name) => ({
      ...{ id: idOf(name), name, roles: ["core"], agentId: AGENT, siteId: null },
      reportsEveryS: null,
    })),
    LINKS.map((name, index) => {
      const [a = "", b = ""] = name.split("-")
      return {
        ...{ id: LinkId.parse(uuid(3, index + 1)), name: `${a}–${b}`, capacityBps: 1e9 },
        a: { deviceId: idOf(a), interface: `to-${b}` },
        b: { deviceId: idOf(b), interface: `to-${a}` },
      }
    }),
    [{ id: AGENT, name: "north", deviceId: at === null ? null : idOf(at), siteId: null }],
    [],
  )

const play = (at: string | null = "A") => {
  const topology = topologyWith(at)
  const world = ruleWorld(packSet(), { topology })
  const engine = createIncidentEngine(() => IncidentId.parse(randomUUID()))
  const incidents = new Map<string, Incident>()
  const lines: Line[] = []
  const random = seeded(7)
  let nowMs = START_MS
  return {
    titles: () =>
      [...incidents.values()]
        .toSorted((one, other) => one.number - other.number)
        .map(({ state, title }) => `${state} ${textOf(title)}`),
    turkish: () => [...incidents.values()].map(({ title }) => textOf(title, "tr"))[0],
    count: (kind: Line["kind"]) => lines.filter((one) => one.kind === kind).length,
    during: (
      forMs: number,
      lossOf: (name: string) => number,
      more: (atMs: number) => readonly ReturnType<typeof probe>[] = () => [],
    ): void => {
      for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 1_000) {
        const probes = NAMES.map((name) => {
          const isLost = random() < lossOf(name)
          return probe(nowMs, isLost ? { answers: false, received: 0 } : {}, idOf(name))
        })
        world.deliver([...probes, ...more(nowMs)])
        const outcome = engine.review(topology, world.engine, nowMs)
        for (const incident of outcome.changed) incidents.set(incident.id, incident)
        lines.push(...outcome.lines)
      }
    },
  }
}

test("a second degradation behind the first is an incident of its own, and neither changes its cause", () => {
  const { during, titles, count } = play()
  const behind = ["D", "G", "H"]
  during(60_000, () => 0)
  during(200_000, (name) => (["C", "F", ...behind].includes(name) ? 0.3 : 0))
  assert.equal(titles().length, 1, titles().join(" | "))
  during(200_000, (name) => (behind.includes(name) ? 0.65 : ["C", "F"].includes(name) ? 0.3 : 0))
  assert.equal(titles().length, 2, titles().join(" | "))
  assert.match(titles()[0] ?? "", /^open Link B–C is degraded/)
  assert.match(titles()[1] ?? "", /^open Link C–D is degraded/)
  assert.equal(count("cause-changed"), 0)
})

for (const at of ["A", null])
  test(`loss on all paths of an agent ${at === null ? "without a place" : `at ${at}`} is one incident of the agent`, () => {
    const { during, titles, turkish, count } = play(at)
    during(60_000, () => 0)
    during(200_000, () => 0.3)
    assert.equal(titles().length, 1, titles().join(" | "))
    assert.match(titles()[0] ?? "", /^open The line of agent north is .*30 % loss/)
    assert.match(turkish() ?? "", /^Ajan hattı north .*bozulmuş durumda.*%30 kayıp; 8 cihaz etk/)
    during(480_000, () => 0)
    assert.equal(count("opened") + count("closed"), 2)
  })

test("a router without processor time that drops probes is the cause, and not its link", () => {
  const { during, titles } = play()
  during(60_000, () => 0)
  during(
    700_000,
    (name) => (name === "F" ? 0.25 : 0),
    (atMs) => (atMs % 10_000 === 0 ? [cpu(99.5, atMs, idOf("F"))] : []),
  )
  assert.equal(titles().length, 1, titles().join(" | "))
  assert.match(titles()[0] ?? "", /^open (Router F is degraded|Packet loss: router F)/)
})

test("a router that drops its own answers hides no link behind it, and is not blamed for it", () => {
  const { during, titles, count } = play()
  const behind = ["C", "D", "F", "G", "H"]
  during(60_000, () => 0)
  during(
    340_000,
    (name) => (behind.includes(name) ? 0.3 : name === "A" ? 0.25 : 0),
    (atMs) => (atMs % 10_000 === 0 ? [cpu(99.5, atMs, idOf("A"))] : []),
  )
  assert.equal(titles().length, 2, titles().join(" | "))
  assert.match(titles().join(), /Link B–C is degraded.*Packet loss: router A/)
  assert.equal(count("cause-changed"), 0)
})

test("loss that comes and goes is one incident", () => {
  const { during, titles } = play()
  during(60_000, () => 0)
  for (let time = 0; time < 4; time += 1) {
    during(150_000, (name) => (["D", "G", "H"].includes(name) ? 0.3 : 0))
    during(150_000, () => 0)
  }
  assert.equal(titles().length, 1, titles().join(" | "))
})

test("thousands of lossy paths are weighed in bounded time, and the link is found", () => {
  const nodes = Array.from({ length: 3_000 }, (_, at) => `n${at}`)
  const up = (at: number): number => Math.floor((at - 1) / 4)
  const links = nodes.slice(1).map((id, at) => ({ id: `l-${id}`, a: id, b: `n${up(at + 1)}` }))
  const isBehind = (at: number): boolean => at === 2 || (at > 0 && isBehind(up(at)))
  const startedMs = performance.now()
  const { hypotheses } = solveDegradations({
    nodes: nodes.map((id) => ({ id, kind: "router", monitored: true })),
    links,
    vantages: ["n0"],
    failed: [],
    paths: nodes.map((id, at) => ({
      ...{ from: "n0", to: id, sent: 60, delayMs: null },
      lost: isBehind(at) ? 15 + (at % 7) : 0,
    })),
    interfaces: [],
  })
  assert.deepEqual(
    hypotheses[0]?.faults.map(({ id }) => id),
    ["l-n2"],
  )
  // Loose, for busy machines: it guards against growth with the square of the network.
  assert.ok(performance.now() - startedMs < 10_000)
})
