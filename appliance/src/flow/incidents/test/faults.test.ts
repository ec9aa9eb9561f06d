import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../../../messages/text.ts"
import { countDevices } from "../model.ts"
import { World } from "./world.ts"

const RING = ["A-B", "B-C", "C-D", "D-A"]
const ISP = [...RING, "C-E", "E-F", "E-G", "B-H"]

test("a core link with another way around it is one incident that names the link, within a second", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  const cutAtMs = world.nowMs
  world.cutLink("B-C")
  world.run(1_000)
  assert.deepEqual(world.titles(), ["Link B–C is cut"])
  assert.ok(
    (world.open()[0]?.openedAtMs ?? 0) - cutAtMs <= 600,
    "opened well under a second after the syslog line",
  )
  world.run(5_000)
  assert.deepEqual(world.titles(), ["Link B–C is cut"])
  assert.equal(world.open()[0]?.symptoms.size, 2)
  world.repairLink("B-C")
  world.run(15_000)
  assert.deepEqual(world.titles(), [])
  assert.deepEqual(world.linesOf("opened").length, 1)
  assert.deepEqual(world.linesOf("closed").length, 1)
})

test("a dead router in a ring is one incident that names it, with its neighbours' ports folded in", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  world.kill("C")
  world.run(3_000)
  assert.deepEqual(world.titles(), ["Router C is not answering"])
  assert.deepEqual(
    [...(world.open()[0]?.symptoms.values() ?? [])].map((symptom) => symptom.role).sort(),
    ["cause", "evidence", "evidence"],
  )
  world.run(20_000)
  assert.equal(world.incidents.size, 1)
  world.revive("C")
  world.run(20_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
  assert.equal(world.linesOf("closed").length, 1)
})

test("without reports from its neighbours a dead router is found by probes alone within three seconds", () => {
  const world = new World({ links: RING, at: "A", mute: ["A", "B", "C", "D"] }).run(12_000)
  world.kill("C")
  world.run(3_000)
  assert.deepEqual(world.titles(), ["Router C is not answering"])
})

test("a leaf router and its only link are indistinguishable, and the title says so", () => {
  const world = new World({ links: [...RING, "C-E"], at: "A" }).run(12_000)
  world.kill("E")
  world.run(4_000)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is down"])
  assert.deepEqual(
    world.open()[0]?.alternatives.map((other) => other.name),
    ["E"],
  )
  world.revive("E")
  world.run(20_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
})

test("a port on the only path names its link and the downstream router at once, without waiting for either", () => {
  const world = new World({ links: ISP, at: "A" }).run(12_000)
  const cutAtMs = world.nowMs
  world.cutLink("C-E")
  world.run(200)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is down; 2 devices downstream"])
  assert.ok((world.open()[0]?.openedAtMs ?? 0) - cutAtMs <= 150)
  const counts = () => world.open().map(countDevices)
  assert.deepEqual(
    counts(),
    [{ down: 1, downstream: 2 }],
    "what is unreachable counts before it has been probed",
  )
  world.run(5_000)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is down; 2 devices downstream"])
  assert.deepEqual(counts(), [{ down: 1, downstream: 2 }])
  assert.deepEqual([...new Set(world.titleHistory)], world.titles(), "one title all along")
  assert.equal(world.incidents.size, 1)
})

test("what is beyond a dead router is downstream of it and no fault of its own", () => {
  const world = new World({ links: ISP, at: "A" }).run(12_000)
  world.kill("E")
  world.run(4_000)
  assert.equal(world.open().length, 1)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is down; 2 devices downstream"])
  const symptoms = [...(world.open()[0]?.symptoms.values() ?? [])]
  const part = (name: string) =>
    symptoms.find((one) => one.deviceId === world.device(name) && one.observes === "device")?.role
  assert.deepEqual([part("E"), part("F"), part("G")], ["cause", "downstream", "downstream"])
  world.revive("E")
  world.run(25_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
})

test("a lost upstream is named as such, and the incident says throughout whether another upstream remains", () => {
  const world = new World({ links: [...RING, "C-T", "D-U"], at: "A", upstreams: ["T", "U"] }).run(
    12_000,
  )
  const because = (): string =>
    world
      .open()[0]
      ?.because.map((one) => textOf(one))
      .join(" ") ?? ""
  world.kill("T")
  world.run(4_000)
  assert.deepEqual(world.titles(), ["Upstream T is lost: link C–T is cut, or it is down"])
  assert.match(
    because(),
    /A failure of upstream T would look exactly the same\. U still answers, so another upstream is up\.$/,
  )
  world.kill("U")
  world.run(4_000)
  assert.match(because(), /No other upstream answers: not U\.$/)
  world.revive("T")
  world.revive("U")
  world.run(30_000)
  assert.deepEqual(
    [...world.incidents.values()].map((incident) => [
      textOf(incident.title),
      incident.because
        .slice(-1)
        .map((one) => textOf(one))
        .join(),
    ]),
    [
      ["Upstream T was lost: link C–T was cut", "T has answered since, so it is not down."],
      ["Upstream U was lost: link D–U was cut", "U has answered since, so it is not down."],
    ],
  )
})

test("two faults at once are two incidents, each with its own cause", () => {
  const world = new World({ links: ISP, at: "A" }).run(12_000)
  world.kill("H")
  world.cutLink("C-D")
  world.run(5_000)
  assert.deepEqual(world.titles().sort(), [
    "Link B–H is cut, or router H is down",
    "Link C–D is cut",
  ])
  world.repairLink("C-D")
  world.run(20_000)
  assert.deepEqual(world.titles(), ["Link B–H is cut, or router H is down"])
})

test("two cuts of one ring name both links, and what they isolate is downstream of the later one", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  world.cutLink("A-B")
  world.run(5_000)
  world.cutLink("C-D")
  world.run(5_000)
  assert.equal(world.open().length, 2)
  assert.match(world.titles().join(" | "), /Link A–B is cut/)
  assert.match(
    world.titles().join(" | "),
    /Link C–D is cut.*2 devices downstream|Link C–D is cut, or router C is down/,
  )
})

test("an offline agent makes its devices unknown and opens one incident of its own kind", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  const lastSeenMs = world.nowMs
  world.stopAgent()
  world.run(5_000)
  world.kill("C")
  world.run(20_000)
  assert.deepEqual(world.titles(), ["Agent agent-1 is offline: 4 devices unknown"])
  const [incident] = world.open()
  const [symptom] = incident?.symptoms.values() ?? []
  assert.deepEqual([incident?.openedAtMs, symptom?.sinceMs], [lastSeenMs + 4_500, lastSeenMs])
  assert.deepEqual(
    incident?.evidence.map(({ stance, message }) => `${stance}: ${textOf(message)}`),
    ["for: Agent agent-1 sent no heartbeat for 5 s, although the appliance could receive one"],
  )
  assert.match(
    incident?.because.map((one) => textOf(one))[0] ?? "",
    /last seen [45] s before this incident was opened.*unknown since/,
  )
  assert.equal(
    world.alertEngine.of("device-unreachable", world.device("A"))?.state.sinceMs,
    lastSeenMs,
  )
  assert.deepEqual(
    world.names.map((name) => world.phase(name)),
    ["unknown", "unknown", "unknown", "unknown"],
  )
  world.revive("C")
  world.startAgent()
  world.run(10_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
  const [over] = world.incidents.values()
  assert.equal(over && textOf(over.title), "Agent agent-1 was offline: 4 devices were unknown")
  assert.match(
    over?.because.map((one) => textOf(one))[0] ?? "",
    /last seen [45] s before this incident was opened\..*were unknown until it was online again\.$/,
  )
})

test("what an offline agent had buffered opens nothing when it comes back", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  world.stopAgent()
  world.run(25_000)
  const device = world.device("C")
  const icmp = { sent: 6, received: 0, rttUs: null, jitterUs: null }
  const unanswered = [20_000, 15_000, 8_000].map((ago) => ({
    kind: "ping" as const,
    device,
    targetId: 1,
    atMs: world.nowMs - ago,
    answers: false,
    icmp,
    tcp: "silent" as const,
    because: "missed" as const,
  }))
  world.startAgent()
  world.deliver({ pings: unanswered, interfaces: [], events: [] })
  world.run(10_000)
  assert.equal(world.incidents.size, 1, "only the agent's own")
  assert.equal(world.phase("C"), "ok")
})

test("an incident survives while its agent is offline, and ends once", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  world.kill("C")
  world.run(5_000)
  world.stopAgent()
  world.run(15_000)
  assert.equal(world.open().length, 2)
  world.revive("C")
  world.startAgent()
  world.run(20_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 2)
  assert.equal(world.linesOf("closed").length, 2)
})

test("five percent loss each way for ten minutes opens nothing", () => {
  const world = new World({ links: ISP, at: "A", seed: 7 }).run(5_000)
  world.loss = 0.05
  world.run(600_000)
  assert.deepEqual([...world.incidents.values()], [])
  assert.equal(world.transitions.filter((one) => one.now === "down").length, 0)
})

test("a flapping port is one incident that ends when the port has calmed down", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  for (let flap = 0; flap < 5; flap += 1) {
    world.cutLink("B-C")
    world.run(2_000)
    world.repairLink("B-C")
    world.run(1_500)
  }
  assert.deepEqual(world.titles(), ["Link B–C is flapping: 5 times in 14 s"])
  assert.deepEqual(
    world.open()[0]?.because.map((one) => textOf(one).replaceAll(/to-. on ./g, "P")),
    ["Ports P and P went down 5 times in 14 s."],
  )
  assert.equal(world.linesOf("cause-changed").length, 1, "the count alone is no diagnosis change")
  assert.match(
    world.linesOf("cause-changed")[0] ?? "",
    /^Now: Link B–C is flapping: 3 times in 7 s\. Before: Link B–C was cut\./,
  )
  world.run(120_000)
  assert.deepEqual(world.titles(), [])
  assert.deepEqual(
    [...world.incidents.values()].map((incident) => textOf(incident.title)),
    ["Link B–C flapped: 5 times in 14 s"],
  )
})

test("a port that flaps on the only path never makes a dead router of one that answers in between", () => {
  const world = new World({ links: ISP, at: "A" }).run(12_000)
  for (let flap = 0; flap < 8; flap += 1) {
    world.cutLink("C-E")
    world.run(700)
    world.repairLink("C-E")
    world.run(700)
    if (flap === 1) assert.deepEqual(world.titles().join().includes("dead"), false)
  }
  assert.match(world.titles().join(" | "), /^Link C–E is flapping: [78] times in \d+ s$/)
  world.run(100_000)
  assert.deepEqual(
    [...world.incidents.values()].map((incident) => [
      incident.state,
      textOf(incident.title),
      incident.alternatives,
    ]),
    [["closed", "Link C–E flapped: 8 times in 10 s", []]],
  )
  const dead = world.titleHistory.findLastIndex((title) => title.includes("dead"))
  assert.ok(
    world.titleHistory.slice(dead + 1).length >= 3,
    "it is not called dead any more once it has answered",
  )
  for (const title of world.titleHistory.slice(0, dead + 1))
    assert.match(title, /^Link C–E (is|was) cut, or router E \1 dead/)
})

test("a flapping port that stays down in the end is a cut link again", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  for (let flap = 0; flap < 4; flap += 1) {
    world.cutLink("B-C")
    world.run(1_000)
    world.repairLink("B-C")
    world.run(1_000)
  }
  world.cutLink("B-C")
  world.run(50_000)
  assert.match(world.titles().join(), /^Link B–C is flapping: 5 times/)
  world.run(20_000)
  assert.deepEqual(world.titles(), ["Link B–C is cut"])
})

test("a single-homed router that is back before it could have booted was not dead, and after long either is left open", () => {
  for (const [goneMs, ended] of [
    [4_000, "Link C–E was cut; 2 devices were downstream"],
    [30_000, "Link C–E was cut, or router E was down; 2 devices were downstream"],
  ] as const) {
    const world = new World({ links: ISP, at: "A" }).run(12_000)
    world.cutLink("C-E")
    world.run(goneMs)
    assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is down; 2 devices downstream"])
    world.repairLink("C-E")
    world.run(2_500)
    assert.deepEqual(world.titles(), [ended])
    world.run(30_000)
    assert.deepEqual(
      [...world.incidents.values()].map((incident) => [incident.state, textOf(incident.title)]),
      [["closed", ended]],
    )
  }
})

test("an incident keeps its diagnosis while its agent is offline", () => {
  const world = new World({ links: ISP, at: "A" }).run(12_000)
  world.kill("E")
  world.run(5_000)
  world.stopAgent()
  world.run(20_000)
  assert.equal(world.titles()[0], "Link C–E is cut, or router E is down; 2 devices downstream")
})

test("where the agent's own uplink has failed, the incident says that what is downstream may be fine", () => {
  const world = new World({ links: ["A-B", "B-C", "C-D", "D-B"], at: "A" }).run(12_000)
  world.kill("B")
  world.run(5_000)
  const [incident] = world.open()
  assert.equal(world.incidents.size, 1)
  assert.match(
    incident?.because.map((one) => textOf(one)).join(" ") ?? "",
    /only path of agent agent-1, so devices downstream may still work for customers/,
  )
  const other = new World({ links: ISP, at: "A" }).run(12_000)
  other.kill("E")
  other.run(5_000)
  assert.doesNotMatch(
    other
      .open()[0]
      ?.because.map((one) => textOf(one))
      .join(" ") ?? "",
    /only path of agent/,
  )
})

test("where the agent's location is not set, one cut is still one incident, and the assumption is stated", () => {
  const world = new World({ links: ISP, at: null, actualAt: "A" }).run(12_000)
  world.kill("E")
  world.run(4_000)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is down; 2 devices downstream"])
  assert.match(
    world
      .open()[0]
      ?.because.map((one) => textOf(one))
      .join(" ") ?? "",
    /The place of agent agent-1 is not configured; it is assumed to be at B\./,
  )
  world.revive("E")
  world.run(25_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
})
