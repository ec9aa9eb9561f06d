import assert from "node:assert/strict"
import { test } from "node:test"
import { severityOf } from "../severity.ts"
import { World } from "./world.ts"

const RING = ["A-B", "B-C", "C-D", "D-A"]

test("a link with another way around it is minor, a router alone major, others out of reach critical", () => {
  const ring = new World({ links: RING, at: "A" }).run(12_000)
  ring.cutLink("B-C")
  ring.run(3_000)
  assert.deepEqual(
    ring.open().map(({ severity }) => severity),
    ["minor"],
  )
  const dead = new World({ links: RING, at: "A" }).run(12_000)
  dead.kill("C")
  dead.run(3_000)
  assert.deepEqual(
    dead.open().map(({ severity }) => severity),
    ["major"],
  )
  const tree = new World({ links: [...RING, "C-E", "E-F"], at: "A" }).run(12_000)
  tree.cutLink("C-E")
  tree.run(3_000)
  assert.deepEqual(
    tree.open().map(({ severity }) => severity),
    ["critical"],
  )
})

test("a site without power and a lost upstream are critical although nothing else is out of reach", () => {
  const site = new World({ links: RING, at: "A", sites: { Hill: ["B", "C"] } }).run(12_000)
  site.kill("B")
  site.kill("C")
  site.run(4_000)
  assert.deepEqual(
    site.open().map(({ severity }) => severity),
    ["critical"],
  )
  const upstream = new World({ links: [...RING, "C-U"], at: "A", upstreams: ["U"] }).run(12_000)
  upstream.kill("U")
  upstream.run(4_000)
  assert.deepEqual(
    upstream.open().map(({ severity }) => severity),
    ["critical"],
  )
})

test("a severity does not fall while the incident is open, and a person's choice stays", () => {
  const world = new World({ links: [...RING, "C-E", "E-F"], at: "A" }).run(12_000)
  world.cutLink("C-E")
  world.run(3_000)
  const [incident] = world.open()
  assert.ok(incident !== undefined)
  const recovering = { ...incident, downstream: 0, expected: [], symptoms: new Map() }
  assert.equal(severityOf(world.topology, recovering), "critical")
  const lowered = { ...incident, severity: "warning", severitySetBy: "Ada" } as const
  assert.equal(severityOf(world.topology, lowered), "warning")
})
