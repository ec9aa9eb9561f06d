import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../../messages/text.ts"
import { deviceStatus, linkStatus } from "./status.ts"
import { World } from "./test/world.ts"

const LINKS = ["A-B", "B-C", "C-D", "D-A", "C-E", "E-F"]
const contextOf = (world: World) => ({
  topology: world.topology,
  view: world.alertEngine,
  incidentEngine: world.incidentEngine,
  failingSource: () => null,
})
const device = (world: World, name: string) => deviceStatus(contextOf(world), world.device(name))
const link = (world: World, name: string) => {
  const found = [...world.topology.links.values()].find(
    (one) => one.name === name.replace("-", "–"),
  )
  return linkStatus(contextOf(world), found?.id ?? "")
}
const ready = () => new World({ links: LINKS, at: "A" }).run(12_000)

test("a healthy network is ok, and says so", () => {
  const world = ready()
  assert.deepEqual(
    LINKS.map((name) => link(world, name).status.status),
    LINKS.map(() => "ok"),
  )
  assert.deepEqual(
    world.names.map((name) => device(world, name).status.status),
    world.names.map(() => "ok"),
  )
})
test("a router that answers and cannot be read is degraded, and says by what and why", () => {
  const world = ready()
  const failure = { source: "routeros-api", message: "wrong user name or password", sinceMs: 5_000 }
  const { status } = deviceStatus(
    { ...contextOf(world), failingSource: () => failure },
    world.device("B"),
  )
  assert.deepEqual(
    [status.status, status.reason, status.sinceMs],
    ["degraded", "source-failing", 5_000],
  )
  assert.equal(
    textOf(status.message),
    "Answers, but cannot be read by RouterOS API: wrong user name or password",
  )
})
test("before the first probe nothing is known, and the status says so", () => {
  const world = new World({ links: LINKS, at: "A" })
  assert.deepEqual(
    [device(world, "B").status.status, device(world, "B").status.reason],
    ["unknown", "no-data-yet"],
  )
  assert.deepEqual(
    [link(world, "A-B").status.status, link(world, "A-B").status.reason],
    ["unknown", "no-data-yet"],
  )
})
test("a cut link is down with its incident, its ends are ok", () => {
  const world = ready()
  world.cutLink("B-C")
  world.run(2_000)
  const found = link(world, "B-C")
  assert.deepEqual([found.status.status, found.incidentId], ["down", world.open()[0]?.id])
  assert.deepEqual(found.status.message, { code: "status.link-cut", params: { incident: 1 } })
  assert.equal(device(world, "B").status.status, "ok")
  world.repairLink("B-C")
  world.run(1_000)
  assert.equal(link(world, "B-C").status.status, "recovering")
  world.run(10_000)
  assert.deepEqual([link(world, "B-C").status.status, link(world, "B-C").incidentId], ["ok", null])
})
test("a dead router is down, its links and everything beyond it are unreachable, all in one incident", () => {
  const world = ready()
  world.kill("C")
  world.run(4_000)
  const id = world.open()[0]?.id
  assert.equal(world.open().length, 1)
  assert.deepEqual([device(world, "C").status.status, device(world, "C").incidentId], ["down", id])
  for (const name of ["E", "F"])
    assert.deepEqual(
      [device(world, name).status.status, device(world, name).incidentId],
      ["unreachable", id],
    )
  for (const name of ["B-C", "C-D", "C-E", "E-F"])
    assert.deepEqual(
      [name, link(world, name).status.status, link(world, name).incidentId],
      [name, "unreachable", id],
    )
  assert.equal(link(world, "D-A").status.status, "ok")
})
test("under an offline agent everything is unknown, with the agent's own incident", () => {
  const world = ready()
  world.stopAgent()
  world.run(13_000)
  const found = device(world, "B")
  assert.deepEqual(
    [found.status.status, found.status.reason, found.incidentId],
    ["unknown", "agent-offline", world.open()[0]?.id],
  )
  assert.deepEqual(
    [link(world, "A-B").status.status, link(world, "A-B").status.reason],
    ["unknown", "agent-offline"],
  )
})
test("what is not monitored is unknown, and says why", () => {
  const world = ready()
  assert.equal(deviceStatus(contextOf(world), "elsewhere").status.reason, "not-monitored")
})

test("an online agent that reaches nothing is suspected itself, and its devices are unknown", () => {
  for (const [at, title] of [
    [null, "Agent agent-1 has lost its path to the network: its 6 devices are unknown"],
    [
      "A",
      "Agent agent-1 has lost its path to the network, or router A is down: its 6 devices are unknown",
    ],
  ] as const) {
    const world = new World({ links: LINKS, at }).run(12_000)
    for (const name of world.names) world.dead.add(name)
    world.run(6_000)
    assert.deepEqual(world.titles(), [title])
    const [incident] = world.open()
    assert.deepEqual(
      incident?.causes.map(({ kind, name }) => [kind, name]),
      [["agent", "agent-1"]],
    )
    assert.deepEqual(
      incident?.evidence.map(({ stance, message }) => `${stance}: ${textOf(message)}`),
      [
        "for: Agent agent-1 sends its heartbeat, so it runs",
        "for: None of the 6 devices that agent agent-1 monitors answers: all stopped within 1 s",
      ],
    )
    assert.match(
      incident?.because.map((one) => textOf(one)).join(" ") ?? "",
      /lost its path to the network, or the router it is connected to has failed/,
    )
    for (const name of world.names) {
      const { status, incidentId } = device(world, name)
      assert.deepEqual(
        [status.status, status.reason, incidentId],
        ["unknown", "agent-isolated", incident?.id],
        name,
      )
    }
  }
})
test("an agent that is back is no longer called offline, not even for devices that it has not probed yet", () => {
  const world = ready()
  world.stopAgent()
  world.run(8_000)
  assert.match(textOf(device(world, "E").status.message), /^Agent agent-1 is offline/)
  // Online again, and nothing probed yet.
  const transitions = world.alertEngine.markAgentSeen(world.agentId, world.nowMs)
  const { status } = device(world, "E")
  assert.deepEqual(
    [status.status, status.reason, textOf(status.message)],
    ["unknown", "no-recent-data", "Not probed since agent agent-1 came back online."],
  )
  assert.deepEqual(
    [
      ...new Set(
        transitions
          .filter(({ alert }) => alert.kind !== "agent-offline")
          .map(({ reason }) => reason),
      ),
    ],
    ["no-recent-data"],
  )
  world.startAgent()
  world.run(12_000)
  for (const name of world.names) assert.equal(device(world, name).status.status, "ok", name)
  for (const { state } of world.alertEngine.all()) assert.notEqual(state.reason, "agent-offline")
})
test("a device that was moved to another agent no longer says that its agent is offline", () => {
  const world = ready()
  world.stopAgent()
  world.run(8_000)
  const view = {
    observing: (component: "device" | "link" | "agent", entity: string) =>
      component === "agent" ? undefined : world.alertEngine.observing(component, entity),
  }
  const { status } = deviceStatus(
    { ...contextOf(world), view: { ...world.alertEngine, ...view } },
    world.device("E"),
  )
  assert.deepEqual(
    [status.reason, textOf(status.message)],
    ["no-recent-data", "There is no recent data."],
  )
})
test("until it is clear why a router does not answer it is not called down", () => {
  const world = ready()
  world.kill("C")
  const seen = new Set<string>()
  for (let step = 0; step < 100; step += 1) {
    world.run(50)
    for (const name of ["E", "F"]) seen.add(device(world, name).status.status)
  }
  assert.deepEqual([...seen].sort(), ["degraded", "ok", "unreachable"])
})
