import assert from "node:assert/strict"
import { test } from "node:test"
import { recordingsFolder } from "../config.ts"
import { readGraphml } from "./graphml.ts"
import { isHeldOut, recordedShapes } from "./recorded.ts"
import { largestComponent, shapeOfGraphml } from "./shape.ts"

const MAP = `\uFEFF<?xml version="1.0" encoding="utf-8"?>
<!-- a comment: <node id="9"/> is not in the map -->
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="label" attr.type="string" for="node" id="k1" />
  <key attr.name='LinkLabel' attr.type='string' for='edge' id='k2'><default>none</default></key>
  <graph edgedefault="undirected">
    <data key="k9">Bahçe &amp; Söhne</data>
    <node id="0"><data key="k1">Çeşme</data></node>
    <node id="1"><data key="k1">Ödemiş</data></node>
    <node id="2"><data key="k1">POP</data></node>
    <node id="3"><data key="k1">POP</data></node>
    <node id="4"/>
    <node id="5"><data key="k1">far &lt;&#228;&#x6F;&gt;</data></node>
    <edge source="0" target="1"><data key="k2">10 &gt; 1 Gbit/s</data></edge>
    <edge source="1" target="0" />
    <edge source="1" target="2"/>
    <edge source="2" target="3"/>
    <edge source="3" target="3"/>
    <edge source="4" target="4"/>
  </graph>
</graphml>
`
test("graphml: nodes, edges and their data under the names of their keys", () => {
  const graph = readGraphml(MAP)
  assert.deepEqual(
    graph.nodes.map(({ id, data }) => [id, data.label]),
    [
      ["0", "Çeşme"],
      ["1", "Ödemiş"],
      ["2", "POP"],
      ["3", "POP"],
      ["4", undefined],
      ["5", "far <äo>"],
    ],
  )
  assert.deepEqual(graph.edges[0], {
    source: "0",
    target: "1",
    data: { LinkLabel: "10 > 1 Gbit/s" },
  })
  assert.equal(graph.edges.length, 6)
})
test("graphml: parallel links stay, loops go, equal labels are numbered", () => {
  const shape = largestComponent(shapeOfGraphml("map", readGraphml(MAP)))
  assert.deepEqual(shape.routers, ["Çeşme", "Ödemiş", "POP (2)", "POP (3)"])
  assert.deepEqual(
    shape.links.map(({ id }) => id),
    ["Çeşme – Ödemiş", "Ödemiş – Çeşme", "Ödemiş – POP (2)", "POP (2) – POP (3)"],
  )
  const twice = shapeOfGraphml(
    "twice",
    readGraphml(MAP.replace('source="1" target="0"', 'source="0" target="1"')),
  )
  assert.deepEqual(twice.links.slice(0, 2), [
    { id: "Çeşme – Ödemiş", a: "Çeşme", b: "Ödemiş" },
    { id: "Çeşme – Ödemiş #2", a: "Çeşme", b: "Ödemiş" },
  ])
})

const body = (text: string): string => `<graphml><graph>${text}</graph></graphml>`
const rejected: readonly (readonly [string, RegExp])[] = [
  [body('<node id="0"><port name="x"/></node>'), /<port> inside <node> is not supported/],
  [body('<hyperedge id="0"/>'), /<hyperedge> inside <graph> is not supported/],
  ["<html></html>", /<html> inside <> is not supported/],
  [body("<node/>"), /<node> without id/],
  [body('<node id="0"/><edge source="0" target="7"/>'), /an edge to "7", which is not a node/],
  [body('<node id="0"/><node id="0"/>'), /two nodes with the same id/],
  [body('<node id="0"><data key="k">&nbsp;</data></node>'), /unknown entity &nbsp;/],
  [body('<node id="0">'), /<\/graph> closes a tag that is not open/],
  [body('<node id="0"/> stray'), /"stray" is outside of <data>/],
  ['<graphml><graph><node id="0"/>', /<graph> is not closed/],
  [body("<node id="), /./],
]
for (const [text, message] of rejected)
  test(`graphml: rejected: ${text}`, () => void assert.throws(() => readGraphml(text), message))

const folder = recordingsFolder()
test("graphml: every recorded map is read, and its used part is connected", {
  skip: folder === undefined && "ISPVM_RECORDINGS is not set: no recorded map was read",
}, (t) => {
  const shapes = recordedShapes(folder ?? "")
  const heldOut = shapes.filter(({ name }) => isHeldOut(name)).length
  t.diagnostic(`${shapes.length} maps of 8 to 120 routers, ${heldOut} of them held out`)
  assert.ok(shapes.length > 0)
  for (const shape of shapes) {
    assert.ok(shape.routers.length >= 8 && shape.routers.length <= 120, shape.name)
    assert.deepEqual(largestComponent(shape), shape)
  }
})
test("graphml: all years of one network are in the same half", () => {
  assert.equal(isHeldOut("Ring199901"), isHeldOut("Ring201105"))
})
