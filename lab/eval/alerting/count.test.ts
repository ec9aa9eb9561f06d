import assert from "node:assert/strict"
import { test } from "node:test"
import { visibilityOf } from "../world.ts"
import { acceptedNamesOf, count, firstCorrectMs, type ReportedPage } from "./count.ts"
import { makeInventory } from "./inventory.ts"
import { type Post, pagesOfNagios, pagesOfPosts } from "./page.ts"

/** A chain v – a – b – c, and a second path v – d – b. Only v reports ports. */
const inventory = makeInventory("n0", {
  nodes: ["v", "a", "b", "c", "d"].map((id) => ({ id, kind: "router", monitored: id === "v" })),
  links: [
    ["v", "a"],
    ["a", "b"],
    ["b", "c"],
    ["v", "d"],
    ["d", "b"],
  ].map(([a = "", b = ""]) => ({ id: `${a}${b}`, a, b })),
  groups: [],
  vantages: ["v"],
})
const acceptedNames = (...truth: string[]) =>
  acceptedNamesOf(inventory.world, {
    truth,
    shown: visibilityOf(inventory.world, truth),
    probeRounds: [],
  })
const page = (...names: string[]): ReportedPage => ({ names, recovered: true, afterMs: 0 })

test("count: a fault with the same visible effects counts as the fault itself", () => {
  const [fault] = acceptedNames("c")
  assert.deepEqual([...(fault?.strict ?? [])].sort(), ["bc", "c"])
  assert.equal(count(acceptedNames("c"), [page("bc")], "class").missed, 0)
  assert.deepEqual(count(acceptedNames("c"), [page("b")], "class"), {
    faults: 1,
    pages: 1,
    missed: 1,
    falseAlarms: 1,
    recoveriesLost: 0,
  })
})

test("count: ends of failed links and ports at failed routers count with `ends` only", () => {
  // v reports its port to a, so the router and the link differ: a is reachable over d while only
  // the link has failed.
  assert.equal(count(acceptedNames("a"), [page("va")], "class").falseAlarms, 1)
  assert.equal(count(acceptedNames("a"), [page("va")], "ends").falseAlarms, 0)
  assert.equal(count(acceptedNames("ab", "va"), [page("a")], "ends").falseAlarms, 0)
  assert.equal(
    count(acceptedNames("va"), [page("a")], "ends").falseAlarms,
    1,
    "a is still reachable",
  )
})

test("count: a hidden fault is not missed, and naming it is no false alarm", () => {
  assert.deepEqual(count(acceptedNames("b", "bc"), [page("b"), page("bc")], "class"), {
    faults: 1,
    pages: 2,
    missed: 0,
    falseAlarms: 0,
    recoveriesLost: 0,
  })
})

test("count: a page without a recovery is a lost recovery", () => {
  const pages = [page("c"), { names: ["c"], recovered: false, afterMs: 0 }]
  assert.equal(count(acceptedNames("c"), pages, "ends").recoveriesLost, 1)
})

test("page: a Nagios recovery ends all pages of the same host or service", () => {
  const text =
    "PROBLEM\tn0-r1\t\tDOWN\t1\nPROBLEM\tn0-r0\tn0-l0\tCRITICAL\t2\n" +
    "RECOVERY\tn0-r1\t\tUP\t3\nPROBLEM\tn0-r1\t\tDOWN\t4\n"
  assert.deepEqual(pagesOfNagios(text), [
    { networkName: "n0", names: ["n0-r1"], recovered: true, atMs: 1 },
    { networkName: "n0", names: ["n0-l0"], recovered: false, atMs: 2 },
    { networkName: "n0", names: ["n0-r1"], recovered: false, atMs: 4 },
  ])
})

const alert = (instance: string, status: "firing" | "resolved"): Post["alerts"][number] => ({
  status,
  fingerprint: instance,
  labels: { network: "n0", instance },
})
test("page: an Alertmanager message with new alerts is a page until all are resolved", () => {
  const posts = [
    { atMs: 1, alerts: [alert("n0-r1", "firing")] },
    {
      atMs: 2,
      alerts: [alert("n0-r1", "firing"), alert("n0-c7", "firing"), alert("n0-c8", "firing")],
    },
    {
      atMs: 3,
      alerts: [alert("n0-r1", "resolved"), alert("n0-c7", "resolved"), alert("n0-c8", "firing")],
    },
  ]
  assert.deepEqual(pagesOfPosts(posts), [
    { networkName: "n0", names: ["n0-r1"], recovered: true, atMs: 1 },
    { networkName: "n0", names: ["n0-c7", "n0-c8"], recovered: false, atMs: 2 },
  ])
  const again = [
    { atMs: 2, alerts: [alert("n0-r1", "resolved")] },
    { atMs: 3, alerts: [alert("n0-r1", "firing")] },
  ]
  assert.equal(pagesOfPosts([...posts.slice(0, 1), ...again]).length, 2)
})

test("count: the first correct page is the earliest one that names the fault", () => {
  const pages = [
    { ...page("b"), afterMs: 1_000 },
    { ...page("bc"), afterMs: 5_000 },
    { ...page("c"), afterMs: 3_000 },
  ]
  assert.deepEqual(firstCorrectMs(acceptedNames("c"), pages, "class"), [3_000])
  assert.deepEqual(firstCorrectMs(acceptedNames("c"), pages.slice(0, 1), "class"), [])
})
