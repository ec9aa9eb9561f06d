/** Alerts of rules as incidents: one for each component, and none for what is already explained. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { textOf } from "../../../messages/text.ts"
import { IncidentId, LinkId } from "../../../platform/ids.ts"
import {
  AGENT,
  cpu,
  packSet,
  port,
  probe,
  R1,
  R2,
  type RuleWorld,
  ruleWorld,
  SITE,
  START_MS,
  topologyWith,
} from "../../alerts/rules/test/rule-world.ts"
import { buildTopology } from "../../alerts/topology.ts"
import { createIncidentEngine } from "../engine/engine.ts"
import type { Incident, Line } from "../model.ts"

type Sample = ReturnType<typeof cpu>
const MINUTE_MS = 60_000
const setUp = (topology = topologyWith()) => {
  const world: RuleWorld = ruleWorld(packSet(), { topology })
  const engine = createIncidentEngine(() => IncidentId.parse(randomUUID()))
  const incidents = new Map<string, Incident>()
  const lines: Line[] = []
  const review = (nowMs: number): void => {
    const outcome = engine.review(topology, world.engine, nowMs)
    for (const incident of outcome.changed) incidents.set(incident.id, incident)
    lines.push(...outcome.lines)
  }
  let nowMs = START_MS
  return {
    world,
    lines,
    during: (forMs: number, make: (atMs: number) => readonly Sample[]): void => {
      for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 5_000) {
        const samples = make(nowMs)
        const pings = [R1, R2].flatMap((device) =>
          samples.some((one) => one.kind === "ping" && one["device"] === device)
            ? []
            : [probe(nowMs, {}, device)],
        )
        world.deliver([...samples, ...pings])
        review(nowMs)
      }
    },
    all: () =>
      [...incidents.values()]
        .toSorted((one, other) => one.number - other.number)
        .map(({ state, severity, title, symptoms }) => [
          state,
          severity,
          textOf(title),
          symptoms.size,
        ]),
    of: (number: number) => [...incidents.values()].find((one) => one.number === number),
  }
}
const good = (at: number): readonly Sample[] => [cpu(30, at), port(at), port(at, {}, "ether1", R2)]

test("a busy processor opens one incident of its device; a second rule joins it; it closes with both", () => {
  const { during, all, lines } = setUp()
  during(5 * MINUTE_MS, good)
  const bad = (at: number) => [{ ...cpu(95, at), memoryUsedByte: 9.3 }, port(at)]
  during(9 * MINUTE_MS, bad)
  assert.deepEqual(all(), [])
  during(3 * MINUTE_MS, bad)
  assert.deepEqual(all(), [["open", "minor", "CPU load is high: router R1, and 1 more", 2]])
  during(2 * MINUTE_MS, (at) => [cpu(99, at), port(at)])
  during(6 * MINUTE_MS, (at) => [cpu(99, at), port(at)])
  assert.equal(all()[0]?.[1], "major", "its severity is that of its most severe alert")
  during(30 * MINUTE_MS, good)
  assert.deepEqual(all(), [["closed", "major", "CPU load is high: router R1 (over)", 2]])
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ["opened", "symptom", "recovered", "recovered", "closed"],
  )
})

test("errors at both ends are one incident of the link; a warning opens none", () => {
  const { during, all } = setUp()
  during(5 * MINUTE_MS, good)
  during(6 * MINUTE_MS, (at) => [
    { ...cpu(30, at), uptimeS: 20 },
    port(at, { errorsPs: 3 }),
    port(at, { errorsPs: 12 }, "ether1", R2),
  ])
  assert.deepEqual(all(), [["open", "major", "Link R1–R2 is degraded", 2]])
})

test("what a rule finds on a cut link or a dead device joins that incident and does not hold it open", () => {
  const { during, all, world } = setUp()
  during(5 * MINUTE_MS, good)
  const errors = (at: number) => [
    cpu(30, at),
    port(at, { errorsPs: 12 }),
    port(at, {}, "ether1", R2),
  ]
  during(6 * MINUTE_MS, errors)
  assert.deepEqual(all(), [["open", "major", "Interface errors: link R1–R2", 1]])
  const cut = (at: number) => [
    cpu(30, at),
    port(at, { errorsPs: 12, running: false }),
    port(at, { running: false }, "ether1", R2),
  ]
  during(MINUTE_MS, cut)
  assert.match(
    all()
      .map(([state, , title]) => `${state} ${title}`)
      .join(),
    /^closed Interface errors: link R1–R2 \(over\),open Link R1–R2 is (possibly |probably )?cut/,
  )
  assert.equal(world.phase("interface-errors", `${R1}/ether1`), "degraded")
  during(MINUTE_MS, errors)
  assert.deepEqual(
    all().map(([state, , title]) => `${state} ${title}`.replace(/ (possibly|probably)/, "")),
    [
      "closed Interface errors: link R1–R2 (over)",
      "closed Link R1–R2 was cut",
      "open Interface errors: link R1–R2",
    ],
  )
})

/** Modules are read once a minute, so an alert of them lasts until the reading after the repair. */
const modules = (atMs: number, dark: readonly string[]): readonly Sample[] =>
  ["ether1", "ether2"].map((name) => ({
    ...{ kind: "optics", device: R1, deviceKey: 1, atMs, source: "api", interface: name },
    ...(dark.includes(name) ? { rxDbm: -40, isOutside: true } : { rxDbm: -8, isOutside: false }),
  }))
const ports = (atMs: number, down: readonly string[], dark = down): readonly Sample[] => [
  cpu(30, atMs),
  ...["ether1", "ether2"].flatMap((name) =>
    [R1, R2].map((device) => port(atMs, { running: !down.includes(name) }, name, device)),
  ),
  ...((atMs - START_MS) % MINUTE_MS === 0 ? modules(atMs, dark) : []),
]
const lit = (at: number): readonly Sample[] => ports(at, [])
const titles = ({ all }: ReturnType<typeof setUp>): readonly string[] =>
  all().map(([state, , title]) => `${state} ${title}`.replace(/ (possibly|probably)/, ""))

test("a module without light, read before or just after the repair of its link, opens nothing", () => {
  const setting = setUp()
  const { during, world } = setting
  const phase = () => world.phase("optics-outside-limits", `${R1}/ether1`)
  during(5 * MINUTE_MS, lit)
  during(125_000, (at) => ports(at, ["ether1"]))
  assert.equal(phase(), "degraded")
  during(15_000, lit)
  assert.deepEqual(titles(setting), ["closed Link R1–R2 was cut"])
  // An answer that took long has the time of its end.
  during(5_000, (at) => [...lit(at), ...modules(at, ["ether1"])])
  during(30_000, lit)
  assert.equal(phase(), "degraded")
  assert.deepEqual(titles(setting), ["closed Link R1–R2 was cut"])
  during(5 * MINUTE_MS, lit)
  assert.deepEqual(titles(setting), ["closed Link R1–R2 was cut"])
})

test("a module that stays without light after the repair opens its incident: nothing is lost", () => {
  const setting = setUp()
  setting.during(5 * MINUTE_MS, lit)
  setting.during(125_000, (at) => ports(at, ["ether1"]))
  setting.during(5 * MINUTE_MS, (at) => ports(at, [], ["ether1"]))
  assert.deepEqual(titles(setting), [
    "closed Link R1–R2 was cut",
    "open Optics outside the module's limits: link R1–R2",
  ])
})

const withSecondLink = (): ReturnType<typeof topologyWith> => {
  const { devices, links, sites } = topologyWith()
  const second = {
    id: LinkId.parse("00000000-0000-4000-8000-000000000015"),
    name: "R1–R2 second",
    a: { deviceId: R1, interface: "ether2" },
    b: { deviceId: R2, interface: "ether2" },
    capacityBps: 1e9,
  }
  return buildTopology(
    [...devices.values()],
    [...links.values(), second],
    [{ id: AGENT, name: "A", deviceId: R1, siteId: SITE }],
    [...sites.values()],
  )
}

test("an incident that goes on with less still explains what was down in it", () => {
  const setting = setUp(withSecondLink())
  const { during, of } = setting
  during(5 * MINUTE_MS, lit)
  during(30_000, (at) => ports(at, ["ether1"]))
  during(95_000, (at) => ports(at, ["ether1", "ether2"]))
  during(40_000, (at) => ports(at, ["ether2"], ["ether1", "ether2"]))
  assert.deepEqual(
    of(1)?.causes.map(({ name }) => name),
    ["R1–R2 second"],
  )
  during(5 * MINUTE_MS, (at) => ports(at, ["ether2"]))
  during(5 * MINUTE_MS, lit)
  assert.deepEqual(titles(setting), ["closed Link R1–R2 second was cut"])
})

test("a device that does not answer opens no incident of rules, and its alerts are unknown", () => {
  const { during, all, world } = setUp()
  during(5 * MINUTE_MS, good)
  const silent = (at: number): Sample[] => [
    {
      ...probe(at, { answers: false, sent: 6, received: 0 }, R2),
      ...{ tcp: "silent", because: "missed" },
    },
    cpu(30, at),
    port(at),
  ]
  during(12 * MINUTE_MS, (at) => [cpu(95, at, R2), ...good(at)])
  assert.deepEqual(all(), [["open", "minor", "CPU load is high: router R2", 1]])
  during(10 * MINUTE_MS, (at) => [...silent(at), cpu(95, at, R2)])
  assert.equal(world.phase("cpu-high", R2), "unknown")
  const titles = all().map(([state, , title]) => `${state} ${title}`)
  assert.equal(titles.length, 2, titles.join())
  assert.match(titles[0] ?? "", /^closed CPU load/)
  assert.match(titles[1] ?? "", /^open (Router R2|Link R1–R2 is cut, or router R2)/)
  during(30 * MINUTE_MS, (at) => [cpu(20, at, R2), ...good(at)])
  assert.deepEqual(
    all().map(([state]) => state),
    ["closed", "closed"],
  )
})
