import assert from "node:assert/strict"
import { test } from "node:test"
import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import { makeAgent, makeDevice, makeIncident, makeLink, uuid } from "../../../test/make.ts"
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
const links = [makeLink(1, one, two), makeLink(2, two, three), makeLink(3, three, four), makeLink(4, two, five)]
const fleet: Fleet = {
  phase: "ready",
  error: null,
  devices: new Map(devices.map((each) => [each.id, each])),
  links: new Map(links.map((each) => [each.id, each])),
  sites: new Map(),
  agents: new Map([[uuid(8_000), makeAgent(0, { deviceId: one.id })]]),
}
const symptom = (deviceId: string, part: "cause" | "behind") => ({
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
  causeHistory: [],
  ...changes,
})
const dead = detail({
  causes: [{ kind: "device", id: three.id, name: three.name }],
  symptomList: [symptom(three.id, "cause"), symptom(four.id, "behind")],
})
const partsIn = (picture: ReturnType<typeof blastPicture>) =>
  Object.fromEntries(picture.nodes.map((node) => [node.name, node.part]))

test("blast: a dead router, what is behind it and whoever stands next to it; nobody else", () =>
  assert.deepEqual(partsIn(blastPicture(fleet, dead, 500)), { "router-2": "near", "router-3": "cause", "router-4": "behind" }))
test("blast: rows lead away from the agent", () => {
  const ys = new Map(blastPicture(fleet, dead, 500).nodes.map((node) => [node.name, node.y]))
  assert.ok((ys.get("router-2") ?? 0) < (ys.get("router-3") ?? 0))
  assert.ok((ys.get("router-3") ?? 0) < (ys.get("router-4") ?? 0))
})
test("blast: a cut link shows its ends and is marked itself", () => {
  const cut = detail({ causes: [{ kind: "link", id: uuid(7_002), name: "" }] })
  const picture = blastPicture(fleet, cut, 500)
  assert.deepEqual(partsIn(picture), { "router-2": "near", "router-3": "near" })
  assert.deepEqual(
    picture.edges.map((edge) => edge.part),
    ["cause"],
  )
})
test("blast: what could as well be it is told apart from the cause", () => {
  const either = detail({ ...dead, causes: [{ kind: "link", id: uuid(7_002), name: "" }], alternatives: dead.causes.slice() })
  const picture = blastPicture(fleet, either, 500)
  assert.equal(partsIn(picture)["router-3"], "maybe")
  assert.equal(picture.edges.find((edge) => edge.id === uuid(7_002))?.part, "cause")
})
test("blast: a thousand behind one cut are a few and a number", () => {
  const many = Array.from({ length: 60 }, (_, n) => makeDevice(100 + n))
  const wide: Fleet = { ...fleet, devices: new Map([...fleet.devices, ...many.map((each) => [each.id, each] as const)]) }
  const picture = blastPicture(wide, detail({ symptomList: many.map((each) => symptom(each.id, "behind")) }), 500)
  assert.equal(picture.more, 36)
  assert.ok(picture.nodes.every((node) => node.x > 0 && node.x < 500))
})
test("blast: a removed device is left out", () =>
  assert.deepEqual(blastPicture(fleet, detail({ symptomList: [symptom(uuid(99), "cause")] }), 500).nodes, []))
