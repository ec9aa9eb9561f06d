import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { clustersOf, fanned } from "./clusters.ts"
import { distanceToLine, overlap } from "./geometry.ts"
import { hitAt } from "./hits.ts"
import { hasLoad, namesOf, planOf } from "./plan.ts"
import type { LinkMark, Scene, SiteMark } from "./scene.ts"
import { placeTargets } from "./target-places.ts"

const EVERYWHERE = { x: 0, y: 0, width: 1e9, height: 1e9 }
const siteAt = (id: string, latitude: number, longitude: number, more: Partial<SiteMark> = {}) =>
  ({
    ...{ id, name: id, at: [latitude, longitude], status: "ok", devices: 1, inFault: 0 },
    ...{ sizePx: 16, dimmed: false, isCause: false },
    ...more,
  }) satisfies SiteMark
const linkOf = (fromSite: string, toSite: string, more: Partial<LinkMark> = {}): LinkMark => ({
  ...{ id: `${fromSite}-${toSite}`, name: "", fromSite, toSite, offset: 0, status: "ok" },
  ...{ widthPx: 4, outPx: 2, backPx: 2, outFull: false, backFull: false },
  ...{ dimmed: false, isCause: false },
  ...more,
})
const scene = (sites: readonly SiteMark[], links: readonly LinkMark[] = []): Scene => ({
  sites,
  links,
  unplaced: [],
})
const at = (zoom: number, area = EVERYWHERE, fannedId = "") => ({ zoom, area, fannedId })

test("plan: sites apart are marks of their own; from afar they are one, with the worst status", () => {
  const two = scene([
    siteAt("a", 39, 32, { devices: 4 }),
    siteAt("b", 39.1, 32.1, { status: "down" }),
  ])
  const near = planOf(two, at(9)).marks
  assert.deepEqual(
    near.map(({ id, status }) => [id, status]),
    [
      ["b", "down"],
      ["a", "ok"],
    ],
  )
  const [far, ...others] = planOf(two, at(4)).marks
  assert.deepEqual(others, [])
  assert.deepEqual([far?.id, far?.status, far?.sites.length], ["a", "down", 2])
})
test("plan: a cluster is dimmed where all of its sites are, and a cause where one is", () => {
  const dim = { dimmed: true }
  const [mixed] = planOf(scene([siteAt("a", 39, 32, dim), siteAt("b", 39, 32)]), at(4)).marks
  assert.equal(mixed?.dimmed, false)
  const [all] = planOf(
    scene([siteAt("a", 39, 32, dim), siteAt("b", 39, 32, { ...dim, isCause: true })]),
    at(4),
  ).marks
  assert.deepEqual([all?.dimmed, all?.isCause, all?.isOnePlace], [true, true, true])
})
test("plan: a fault does not move a cluster, and the order of the sites does not matter", () => {
  const sites = [siteAt("a", 39, 32), siteAt("b", 39.01, 32.01), siteAt("c", 39.02, 32.02)]
  const place = (all: readonly SiteMark[]) => {
    const [mark] = planOf(scene(all), at(5)).marks
    return [mark?.id, mark?.x, mark?.y]
  }
  const fault = sites.map((site) => (site.id === "c" ? { ...site, status: "down" as const } : site))
  assert.deepEqual(place(fault), place(sites))
  assert.deepEqual(place(sites.toReversed()), place(sites))
})
test("plan: lines end at what is drawn; within a cluster there is none, nor outside the area", () => {
  const sites = [siteAt("a", 39, 32), siteAt("b", 39.001, 32.001), siteAt("c", 41, 29)]
  const links = [linkOf("a", "b"), linkOf("b", "c")]
  const { links: drawn, marks } = planOf(scene(sites, links), at(6))
  assert.deepEqual(
    drawn.map(({ mark }) => mark.id),
    ["b-c"],
  )
  const cluster = marks.find((mark) => mark.sites.length === 2)
  assert.deepEqual([drawn[0]?.a.x, drawn[0]?.a.y], [cluster?.x, cluster?.y])
  const elsewhere = { x: 0, y: 0, width: 10, height: 10 }
  assert.deepEqual(planOf(scene(sites, links), at(6, elsewhere)).links, [])
})
test("plan: parallel links are side by side; a short line or a cut one has no load", () => {
  const sites = [siteAt("a", 39, 32), siteAt("b", 41, 29)]
  const links = [
    linkOf("a", "b", { id: "1", offset: -0.5 }),
    linkOf("a", "b", { id: "2", offset: 0.5 }),
  ]
  const [one, other] = planOf(scene(sites, links), at(7)).links
  assert.ok(one !== undefined && other !== undefined)
  assert.equal(
    Math.round(Math.hypot(one.middle.x - other.middle.x, one.middle.y - other.middle.y)),
    7,
  )
  assert.equal(hasLoad(one), true)
  assert.equal(hasLoad({ ...one, lengthPx: 10 }), false)
  assert.equal(hasLoad({ ...one, mark: { ...one.mark, status: "down" } }), false)
})
test("plan: sites in one place spread out where that is asked for", () => {
  const same = scene([siteAt("a", 39, 32), siteAt("b", 39, 32), siteAt("c", 39, 32)])
  assert.equal(planOf(same, at(15)).marks.length, 1)
  const spread = planOf(same, at(15, EVERYWHERE, "a")).marks
  assert.equal(spread.length, 3)
  assert.equal(new Set(spread.map(({ x, y }) => `${x} ${y}`)).size, 3)
})
test("clusters: fanned places do not touch", () => {
  const places = fanned(60)
  for (const [n, a] of places.entries())
    for (const b of places.slice(n + 1)) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) > 24)
})
test("clusters: each item is in exactly one, within the radius; no two clusters are closer", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ x: fc.integer({ min: 0, max: 300 }), y: fc.integer({ min: 0, max: 300 }) }),
      ),
      (items) => {
        const clusters = clustersOf(items, 20)
        assert.equal(
          clusters.reduce((sum, { members }) => sum + members.length, 0),
          items.length,
        )
        for (const [n, a] of clusters.entries()) {
          for (const { x, y } of a.members) assert.ok(Math.hypot(x - a.x, y - a.y) < 20)
          for (const b of clusters.slice(n + 1)) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= 20)
        }
      },
    ),
  ))
test("names: none on a name or on another mark; a fault's name comes before that of a larger site", () =>
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), (count) => {
      const sites = Array.from({ length: count }, (_, n) =>
        siteAt(`s${n}`, 39 + (n % 8) / 50, 32 + n / 400, {
          status: n % 7 === 3 ? "down" : "ok",
          devices: 1 + (n % 5),
        }),
      )
      const { marks } = planOf(scene(sites), at(10))
      const names = namesOf(
        marks,
        ({ id }) => ({ text: id, fraction: "" }),
        () => 60,
      )
      for (const [n, name] of names.entries()) {
        for (const other of names.slice(n + 1)) assert.equal(overlap(name.box, other.box), false)
        for (const mark of marks) {
          const box = { x: mark.x - 8, y: mark.y - 8, width: 16, height: 16 }
          assert.ok(mark === name.mark || !overlap(name.box, box))
        }
      }
      const worst = marks[0]
      assert.ok(worst === undefined || names[0]?.mark === worst || names.length < marks.length)
    }),
  ))
test("hits: a mark comes before the line below it; beside both there is nothing", () => {
  const plan = planOf(scene([siteAt("a", 39, 32), siteAt("b", 39, 34)], [linkOf("a", "b")]), at(7))
  const [a, b] = plan.marks
  assert.ok(a !== undefined && b !== undefined)
  const between = { x: (a.x + b.x) / 2, y: a.y + 8 }
  const [onMark, onLine] = [hitAt(plan, { x: a.x + 5, y: a.y }), hitAt(plan, between)]
  assert.equal(onMark?.kind === "mark" && onMark.mark.id, a.id)
  assert.equal(onLine?.kind === "link" && onLine.link.mark.id, "a-b")
  assert.equal(hitAt(plan, { x: between.x, y: between.y + 4 }), null)
})
test("targets: buttons are apart, those of parallel links along their lines, and have a limit", () => {
  const two = planOf(
    scene(
      [siteAt("a", 39, 32), siteAt("b", 41, 29)],
      [-0.5, 0.5].map((offset) => linkOf("a", "b", { id: `${offset}`, offset })),
    ),
    at(7),
  )
  const placed = placeTargets(two.marks, two.links, () => true)
  assert.equal(placed.links.length, 2)
  for (const { item, at: place } of placed.links) {
    const hit = hitAt(two, place)
    assert.equal(hit?.kind === "link" && hit.link.mark.id, item.mark.id)
  }
  const many = planOf(
    scene(
      Array.from({ length: 400 }, (_, n) => siteAt(`s${n}`, 30 + (n % 20), Math.floor(n / 20))),
    ),
    at(9),
  )
  const all = placeTargets(many.marks, [], () => true).marks
  assert.equal(all.length, 120)
  for (const [n, a] of all.entries())
    for (const b of all.slice(n + 1))
      assert.ok(Math.abs(a.at.x - b.at.x) >= 24 || Math.abs(a.at.y - b.at.y) >= 24)
  assert.deepEqual(placeTargets(many.marks, [], () => false).marks, [])
})
test("geometry: the distance to a line ends at its ends", () => {
  const [a, b] = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
  ]
  assert.equal(distanceToLine({ x: 5, y: 3 }, a, b), 3)
  assert.equal(distanceToLine({ x: 13, y: 4 }, a, b), 5)
  assert.equal(distanceToLine({ x: 3, y: 4 }, a, a), 5)
})
