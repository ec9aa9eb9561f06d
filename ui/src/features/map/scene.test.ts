import assert from "node:assert/strict"
import { test } from "node:test"
import { makeDevice, makeIncident, makeLink, makeSite } from "../../../test/make.ts"
import { type Fleet, NO_FLEET } from "../../state/fleet.ts"
import { blastOf } from "../network/blast.ts"
import { boundsOf, sceneOf, siteSize } from "./scene.ts"

const sites = [
  makeSite(1, { name: "A" }),
  makeSite(2, { name: "B", latitude: 41, longitude: 29 }),
  makeSite(3, { name: "C", latitude: null }),
]
const at = (n: number) => ({ siteId: sites[n]?.id ?? null, siteName: sites[n]?.name ?? null })
const down = {
  status: "down" as const,
  reason: "",
  message: { code: "status.no-recent-data", params: {} } as const,
  sinceMs: 0,
}
const one = makeDevice(1, at(0))
const two = makeDevice(2, at(1))
const three = makeDevice(3, { ...at(1), status: down, incidentId: makeIncident(1).id })
const links = [makeLink(1, one, two), makeLink(2, two, one), makeLink(3, two, three)]
const byId = <T extends { id: string }>(items: readonly T[]) =>
  new Map(items.map((item) => [item.id, item]))
const fleet: Fleet = {
  ...NO_FLEET,
  phase: "ready",
  sites: byId(sites),
  devices: byId([one, two, three]),
  links: byId(links),
}
const all = { blast: null, faultsOnly: false, nowMs: 0 }

test("scene: a site shows its worst device", () => {
  assert.deepEqual(
    sceneOf(fleet, all).sites.map((site) => [site.name, site.status, site.devices, site.inFault]),
    [
      ["A", "ok", 1, 0],
      ["B", "down", 2, 1],
    ],
  )
})
test("scene: a site without coordinates is named apart", () => {
  assert.deepEqual(
    sceneOf(fleet, all).unplaced.map((site) => site.name),
    ["C"],
  )
})
test("scene: links inside a site have no line", () => {
  assert.deepEqual(
    sceneOf(fleet, all).links.map((link) => link.id),
    [links[0]?.id, links[1]?.id],
  )
})
test("scene: parallel links stand side by side, however they were drawn", () => {
  // The second runs the other way, so the same offset is the other side of the road.
  assert.deepEqual(
    sceneOf(fleet, all).links.map((link) => link.offset),
    [-0.5, -0.5],
  )
})
test("scene: only what an incident touches stands out", () => {
  const incident = makeIncident(1, { causes: [{ kind: "device", id: three.id, name: three.name }] })
  const { sites: marks, links: lines } = sceneOf(fleet, {
    blast: blastOf(fleet, incident),
    faultsOnly: false,
    nowMs: 0,
  })
  assert.deepEqual(
    marks.map((site) => [site.dimmed, site.isCause]),
    [
      [true, false],
      [false, true],
    ],
  )
  assert.deepEqual(
    lines.map((link) => link.dimmed),
    [true, true],
  )
})
test("scene: a cut link keeps both its ends in sight", () => {
  const incident = makeIncident(2, { causes: [{ kind: "link", id: links[0]?.id ?? "", name: "" }] })
  const { sites: marks, links: lines } = sceneOf(fleet, {
    blast: blastOf(fleet, incident),
    faultsOnly: false,
    nowMs: 0,
  })
  assert.deepEqual(
    marks.map((site) => site.dimmed),
    [false, false],
  )
  assert.deepEqual(
    lines.map((link) => [link.dimmed, link.isCause]),
    [
      [false, true],
      [true, false],
    ],
  )
})
test("blast: an offline agent impacts all that only it sees", () => {
  const unseen = { ...one, status: { ...down, status: "unknown" as const } }
  const incident = makeIncident(3, {
    causes: [{ kind: "agent", id: one.agentId ?? "", name: "local" }],
  })
  const blast = blastOf({ ...fleet, devices: byId([unseen, two]) }, incident)
  assert.deepEqual([...blast.devices], [unseen.id])
})
test("scene: a site grows with what hangs on it, to a limit", () => {
  assert.ok(siteSize(1) < siteSize(8) && siteSize(8) < siteSize(64))
  assert.equal(siteSize(1_000_000), 30)
})
test("scene: bounds hold every place, and nothing has none", () => {
  assert.equal(boundsOf([]), null)
  assert.deepEqual(
    boundsOf([
      [1, 5],
      [3, 2],
    ]),
    [
      [1, 2],
      [3, 5],
    ],
  )
})
