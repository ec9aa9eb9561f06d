import assert from "node:assert/strict"
import { test } from "node:test"
import { World } from "./world.ts"

const RING = ["A-B", "B-C", "C-D", "D-A"]
const ISP = [...RING, "C-E", "E-F", "E-G", "B-H"]

test("a core link with another way around it is one incident that names the link, within a second", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  const cutAtMs = world.nowMs
  world.cutLink("B-C")
  world.run(1_000)
  assert.deepEqual(world.titles(), ["Link B–C is cut"])
  assert.ok((world.open()[0]?.openedAtMs ?? 0) - cutAtMs <= 600, "opened well under a second after the syslog line")
  world.run(5_000)
  assert.deepEqual(world.titles(), ["Link B–C is cut"])
  assert.equal(world.open()[0]?.held.size, 2)
  world.mendLink("B-C")
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
  assert.deepEqual([...(world.open()[0]?.held.values() ?? [])].map((held) => held.part).sort(), ["cause", "evidence", "evidence"])
  world.run(20_000)
  assert.equal(world.incidents.size, 1)
  world.revive("C")
  world.run(20_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
  assert.equal(world.linesOf("closed").length, 1)
})

test("without a word from the neighbours a dead router is found by probes alone within three seconds", () => {
  const world = new World({ links: RING, at: "A", mute: ["A", "B", "C", "D"] }).run(12_000)
  world.kill("C")
  world.run(3_000)
  assert.deepEqual(world.titles(), ["Router C is not answering"])
})

test("a leaf router and its only link cannot be told apart, and the title says so", () => {
  const world = new World({ links: [...RING, "C-E"], at: "A" }).run(12_000)
  world.kill("E")
  world.run(4_000)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is dead"])
  assert.deepEqual(
    world.open()[0]?.alternatives.map((other) => other.name),
    ["E"],
  )
  world.revive("E")
  world.run(20_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
})

test("a port on the only way names its link and the router behind it at once, without waiting for either", () => {
  const world = new World({ links: ISP, at: "A" }).run(12_000)
  const cutAtMs = world.nowMs
  world.cutLink("C-E")
  world.run(200)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is dead"])
  assert.ok((world.open()[0]?.openedAtMs ?? 0) - cutAtMs <= 150)
  world.run(5_000)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is dead; 2 devices behind it"])
  assert.equal(world.incidents.size, 1)
})

test("what stands behind a dead router is behind it and no fault of its own", () => {
  const world = new World({ links: ISP, at: "A" }).run(12_000)
  world.kill("E")
  world.run(4_000)
  assert.equal(world.open().length, 1)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is dead; 2 devices behind it"])
  const held = [...(world.open()[0]?.held.values() ?? [])]
  const part = (name: string) =>
    held.find((one) => one.deviceId === world.device(name) && one.kind === "device-unreachable")?.part
  assert.deepEqual([part("E"), part("F"), part("G")], ["cause", "behind", "behind"])
  world.revive("E")
  world.run(25_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
})

test("two faults at once are two incidents, each with its own cause", () => {
  const world = new World({ links: ISP, at: "A" }).run(12_000)
  world.kill("H")
  world.cutLink("C-D")
  world.run(5_000)
  assert.deepEqual(world.titles().sort(), ["Link B–H is cut, or router H is dead", "Link C–D is cut"])
  world.mendLink("C-D")
  world.run(20_000)
  assert.deepEqual(world.titles(), ["Link B–H is cut, or router H is dead"])
})

test("two cuts of one ring name both links, and what they isolate is behind the later one", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  world.cutLink("A-B")
  world.run(5_000)
  world.cutLink("C-D")
  world.run(5_000)
  assert.equal(world.open().length, 2)
  assert.match(world.titles().join(" | "), /Link A–B is cut/)
  assert.match(world.titles().join(" | "), /Link C–D is cut.*2 devices behind it|Link C–D is cut, or router C is dead/)
})

test("a silent agent makes its devices unknown and opens one incident of its own kind", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  const lastHeardMs = world.nowMs
  world.stopAgent()
  world.run(5_000)
  world.kill("C")
  world.run(20_000)
  assert.deepEqual(world.titles(), ["Agent agent-1 is silent: 4 devices unknown"])
  const [incident] = world.open()
  const [symptom] = incident?.held.values() ?? []
  assert.deepEqual([incident?.openedAtMs, symptom?.sinceMs], [lastHeardMs + 10_500, lastHeardMs])
  assert.match(incident?.because[0] ?? "", /last heard 1[01] s before this was opened.*unknown since/)
  assert.equal(world.book.of("device-unreachable", world.device("A"))?.state.sinceMs, lastHeardMs)
  assert.deepEqual(
    world.names.map((name) => world.phase(name)),
    ["unknown", "unknown", "unknown", "unknown"],
  )
  world.revive("C")
  world.startAgent()
  world.run(10_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
})

test("what a silent agent had buffered opens nothing when it comes back", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  world.stopAgent()
  world.run(25_000)
  const device = world.device("C")
  const icmp = { sent: 6, received: 0, rttUs: null, jitterUs: null }
  const silent = [20_000, 15_000, 8_000].map((ago) => ({
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
  world.deliver({ pings: silent, interfaces: [], events: [] })
  world.run(10_000)
  assert.equal(world.incidents.size, 1, "only the agent's own")
  assert.equal(world.phase("C"), "ok")
})

test("an incident survives its agent's silence and ends once", () => {
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
    world.mendLink("B-C")
    world.run(1_500)
  }
  assert.deepEqual(world.titles(), ["Link B–C is cut"])
  world.run(120_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
})

test("where nobody has said where the agent stands, one cut is still one incident, and what was assumed is said", () => {
  const world = new World({ links: ISP, at: null, standsAt: "A" }).run(12_000)
  world.kill("E")
  world.run(4_000)
  assert.deepEqual(world.titles(), ["Link C–E is cut, or router E is dead; 2 devices behind it"])
  assert.match(world.open()[0]?.because.join(" ") ?? "", /Where agent agent-1 stands is not set; it was taken to stand at B\./)
  world.revive("E")
  world.run(25_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
})
