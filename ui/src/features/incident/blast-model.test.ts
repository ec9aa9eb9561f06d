import assert from "node:assert/strict"
import { test } from "node:test"
import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import {
  makeAgent,
  makeDevice,
  makeIncident,
  makeLink,
  makeSite,
  uuid,
} from "../../../test/make.ts"
import type { Fleet } from "../../state/fleet.ts"
import { blastPicture } from "./blast-model.ts"

/** agent at 1 – 2 – 3 – 4, and 2 – 5 beside it. */
const devices = [1, 2, 3, 4, 5].map((n) => makeDevice(n))
const [one, two, three, four, five] = devices as [
  (typeof devices)[0],
  (typeof devices)[0],
  (typeof devices)[0],
  (typeof devices)[0],
  (typeof devices)[0],
]
const links = [
  makeLink(1, one, two),
  makeLink(2, two, three),
  makeLink(3, three, four),
  makeLink(4, two, five),
]
const fleet: Fleet = {
  phase: "ready",
  error: null,
  devices: new Map(devices.map((each) => [each.id, each])),
  links: new Map(links.map((each) => [each.id, each])),
  sites: new Map(),
  agents: new Map([[uuid(8_000), makeAgent(0, { deviceId: one.id })]]),
}
const symptom = (deviceId: string, part: "cause" | "downstream") => ({
  alertId: deviceId,
  kind: "device-unreachable" as const,
  deviceId,
  deviceName: "",
  interface: null,
  phase: "down" as const,
  part,
  reason: "",
  sinceMs: 0,
})
const detail = (changes: Partial<IncidentDetail>): IncidentDetail => ({
  ...makeIncident(1),
  causes: [],
  symptomList: [],
  timeline: [],
  because: [],
  hypotheses: [],
  evidence: [],
  rechecks: [],
  diagnosisHistory: [],
  ...changes,
})
const dead = detail({
  causes: [{ kind: "device", id: three.id, name: three.name }],
  symptomList: [symptom(three.id, "cause"), symptom(four.id, "downstream")],
})
const partsIn = (picture: ReturnType<typeof blastPicture>) =>
  Object.fromEntries(picture.nodes.map((node) => [node.name, node.part]))

test("blast: a dead router, what is downstream of it and its neighbours; nothing else", () =>
  assert.deepEqual(partsIn(blastPicture(fleet, dead, 500)), {
    "router-2": "neighbour",
    "router-3": "cause",
    "router-4": "unreachable",
  }))
test("blast: rows lead away from the agent", () => {
  const ys = new Map(blastPicture(fleet, dead, 500).nodes.map((node) => [node.name, node.y]))
  assert.ok((ys.get("router-2") ?? 0) < (ys.get("router-3") ?? 0))
  assert.ok((ys.get("router-3") ?? 0) < (ys.get("router-4") ?? 0))
})
test("blast: a cut link without impact shows its ends and the ways round, and is marked itself", () => {
  const cut = detail({ causes: [{ kind: "link", id: uuid(7_002), name: "" }] })
  const picture = blastPicture(fleet, cut, 500)
  assert.deepEqual(partsIn(picture), {
    "router-1": "neighbour",
    "router-2": "neighbour",
    "router-3": "neighbour",
    "router-4": "neighbour",
    "router-5": "neighbour",
  })
  assert.deepEqual(
    picture.edges.filter((edge) => edge.part !== "neighbour").map((edge) => [edge.id, edge.part]),
    [[uuid(7_002), "cause"]],
  )
})
test("blast: a cut link with something downstream shows its ends alone", () => {
  const cut = detail({
    causes: [{ kind: "link", id: uuid(7_002), name: "" }],
    symptomList: [symptom(three.id, "downstream")],
  })
  assert.deepEqual(partsIn(blastPicture(fleet, cut, 500)), {
    "router-2": "neighbour",
    "router-3": "unreachable",
    "router-4": "neighbour",
  })
})
test("blast: an equivalent cause is drawn apart from the cause", () => {
  const either = detail({
    ...dead,
    causes: [{ kind: "link", id: uuid(7_002), name: "" }],
    alternatives: dead.causes.slice(),
  })
  const picture = blastPicture(fleet, either, 500)
  assert.equal(partsIn(picture)["router-3"], "maybe")
  assert.equal(picture.edges.find((edge) => edge.id === uuid(7_002))?.part, "cause")
})
test("blast: a thousand downstream of one cut are a few and a number", () => {
  const many = Array.from({ length: 60 }, (_, n) => makeDevice(100 + n))
  const wide: Fleet = {
    ...fleet,
    devices: new Map([...fleet.devices, ...many.map((each) => [each.id, each] as const)]),
    links: new Map([
      ...fleet.links,
      ...many.map((each, n) => [uuid(7_100 + n), makeLink(100 + n, three, each)] as const),
    ]),
  }
  const picture = blastPicture(
    wide,
    detail({ ...dead, symptomList: many.map((each) => symptom(each.id, "downstream")) }),
    500,
  )
  const shown = picture.nodes.filter((node) => node.part === "unreachable")
  assert.equal(shown.length + picture.more, 60)
  assert.ok(shown.length <= 4)
  assert.equal(
    picture.nodes.find((node) => node.id === three.id)?.hiddenCount,
    picture.more,
    "told at what they hang from",
  )
  assert.ok(picture.nodes.every((node) => node.x > 0 && node.x < 500))
})
test("blast: what is far downstream is counted at the last one shown", () => {
  const chain = Array.from({ length: 9 }, (_, n) => makeDevice(200 + n))
  const deep: Fleet = {
    ...fleet,
    devices: new Map([...fleet.devices, ...chain.map((each) => [each.id, each] as const)]),
    links: new Map([
      ...fleet.links,
      ...chain.map(
        (each, n) => [uuid(7_200 + n), makeLink(200 + n, chain[n - 1] ?? three, each)] as const,
      ),
    ]),
  }
  const picture = blastPicture(
    deep,
    detail({ ...dead, symptomList: chain.map((each) => symptom(each.id, "downstream")) }),
    500,
  )
  assert.deepEqual(
    picture.nodes
      .filter((node) => node.hiddenCount > 0)
      .map((node) => [node.name, node.hiddenCount]),
    [["router-202", 6]],
  )
})
test("blast: another explanation is drawn with the same things in the same places", () => {
  const line = { kind: "link" as const, id: uuid(7_002), name: "" }
  const weighed = detail({
    ...dead,
    hypotheses: [
      { components: dead.causes, probability: 0.7, equivalents: [[line]] },
      {
        components: [{ kind: "device", id: two.id, name: two.name }],
        probability: 0.2,
        equivalents: [[]],
      },
    ],
  })
  const [first, second] = [blastPicture(fleet, weighed, 500), blastPicture(fleet, weighed, 500, 1)]
  const places = (picture: typeof first) => picture.nodes.map(({ id, x, y }) => [id, x, y])
  assert.deepEqual(places(first), places(second))
  assert.equal(first.edges.find((edge) => edge.id === line.id)?.part, "maybe")
  assert.equal(partsIn(second)["router-2"], "cause")
  assert.equal(second.edges.find((edge) => edge.id === line.id)?.part, "unreachable")
})
test("blast: a line is drawn round a site that lost its power, and round nobody else", () => {
  const [there, below] = [
    { ...three, siteId: uuid(9_001) },
    { ...four, siteId: uuid(9_001) },
  ]
  const izmir = makeSite(1, { name: "Izmir" })
  const sited: Fleet = {
    ...fleet,
    devices: new Map([one, two, there, below, five].map((each) => [each.id, each])),
    sites: new Map([[izmir.id, izmir]]),
  }
  const siteDown = detail({ ...dead, causes: [{ kind: "site", id: izmir.id, name: "Izmir" }] })
  const picture = blastPicture(sited, siteDown, 500)
  const [box] = picture.sites
  assert.ok(box)
  const inside = picture.nodes.filter(
    ({ x, y }) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height,
  )
  assert.deepEqual(inside.map((node) => node.name).sort(), ["router-3", "router-4"])
})
test("blast: a cut-off agent stands above its routers, which are not known and not down", () => {
  const local = makeAgent(0, { name: "local", deviceId: one.id })
  const unseen = devices.map((each) => ({
    ...each,
    agentId: local.id,
    status: { ...each.status, status: "unknown" as const },
  }))
  const isolated: Fleet = {
    ...fleet,
    devices: new Map(unseen.map((each) => [each.id, each])),
    agents: new Map([[local.id, local]]),
  }
  const picture = blastPicture(
    isolated,
    detail({ causes: [{ kind: "agent", id: local.id, name: "local" }] }),
    800,
  )
  const [agent] = picture.nodes.filter((node) => node.kind === "agent")
  assert.equal(agent?.part, "cause")
  assert.ok(
    picture.nodes.every(
      (node) => node === agent || (node.part === "unknown" && node.y > (agent?.y ?? 0)),
    ),
  )
  assert.equal(picture.edges.filter((edge) => edge.id === null).length, 1)
})
test("blast: two lines between the same routers are two lines", () => {
  const parallel = makeLink(9, two, three)
  const doubled: Fleet = { ...fleet, links: new Map([...fleet.links, [parallel.id, parallel]]) }
  const cutOne = detail({ causes: [{ kind: "link", id: parallel.id, name: "" }] })
  const { edges } = blastPicture(doubled, cutOne, 500)
  const between = edges.filter((edge) => edge.id === parallel.id || edge.id === uuid(7_002))
  assert.deepEqual(between.map((edge) => edge.part).sort(), ["cause", "neighbour"])
  assert.equal(new Set(between.map((edge) => edge.path)).size, 2)
})
test("blast: a line bends around a node between its ends", () => {
  const past = makeLink(9, two, four)
  const over: Fleet = { ...fleet, links: new Map([...fleet.links, [past.id, past]]) }
  const all = detail({
    ...dead,
    symptomList: [three, four, five].map((each) => symptom(each.id, "downstream")),
  })
  const { nodes, edges } = blastPicture(over, all, 500)
  for (const { path } of edges.filter((edge) => !edge.path.includes("Q"))) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = path.match(/-?[\d.]+/g)?.map(Number) ?? []
    for (const node of nodes) {
      if (Math.hypot(node.x - x1, node.y - y1) < 1 || Math.hypot(node.x - x2, node.y - y2) < 1)
        continue
      const length = Math.hypot(x2 - x1, y2 - y1)
      const along = ((node.x - x1) * (x2 - x1) + (node.y - y1) * (y2 - y1)) / length
      const beside = Math.abs((node.y - y1) * (x2 - x1) - (node.x - x1) * (y2 - y1)) / length
      assert.ok(along < 0 || along > length || beside >= 15, `${path} runs through ${node.name}`)
    }
  }
})
test("blast: a removed device is left out", () =>
  assert.deepEqual(
    blastPicture(fleet, detail({ symptomList: [symptom(uuid(99), "cause")] }), 500).nodes,
    [],
  ))
