import assert from "node:assert/strict"
import { test } from "node:test"
import { visibilityOf } from "../world.ts"
import { acceptedNamesOf, count, type ReportedPage } from "./count.ts"
import { makeInventory } from "./inventory.ts"
import { type Post, pagesOfNagios, pagesOfPosts } from "./page.ts"

/** v – a – b – c in a row, and a way round from v over d to b. Nobody tells of ports but v. */
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
const page = (...names: string[]): ReportedPage => ({ names, recovered: true })

test("what shows exactly the same counts as the fault itself, for everybody", () => {
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

test("a dead end of a failed link and a port at a failed router count for the others alone", () => {
  // With v telling of its port to a, the router and the link differ: a is reached over d while only the link has failed.
  assert.equal(count(acceptedNames("a"), [page("va")], "class").falseAlarms, 1)
  assert.equal(count(acceptedNames("a"), [page("va")], "ends").falseAlarms, 0)
  assert.equal(count(acceptedNames("ab", "va"), [page("a")], "ends").falseAlarms, 0)
  assert.equal(
    count(acceptedNames("va"), [page("a")], "ends").falseAlarms,
    1,
    "a is still reached: it is no dead end",
  )
})

test("a fault that another one hides is not missed, and naming it is not wrong", () => {
  assert.deepEqual(count(acceptedNames("b", "bc"), [page("b"), page("bc")], "class"), {
    faults: 1,
    pages: 2,
    missed: 0,
    falseAlarms: 0,
    recoveriesLost: 0,
  })
})

test("a page that was never told to be over is a recovery lost", () => {
  const pages = [page("c"), { names: ["c"], recovered: false }]
  assert.equal(count(acceptedNames("c"), pages, "ends").recoveriesLost, 1)
})

test("Nagios's lines become pages; a recovery ends all that was told of the same host or service", () => {
  const text =
    "PROBLEM\tn0-r1\t\tDOWN\nPROBLEM\tn0-r0\tn0-l0\tCRITICAL\nRECOVERY\tn0-r1\t\tUP\nPROBLEM\tn0-r1\t\tDOWN\n"
  assert.deepEqual(pagesOfNagios(text), [
    { networkName: "n0", names: ["n0-r1"], recovered: true },
    { networkName: "n0", names: ["n0-l0"], recovered: false },
    { networkName: "n0", names: ["n0-r1"], recovered: false },
  ])
})

const alert = (instance: string, status: "firing" | "resolved"): Post["alerts"][number] => ({
  status,
  fingerprint: instance,
  labels: { network: "n0", instance },
})
test("a message of Alertmanager is a page where something fires in it that did not before, over when all of it is", () => {
  const posts = [
    { alerts: [alert("n0-r1", "firing")] },
    { alerts: [alert("n0-r1", "firing"), alert("n0-c7", "firing"), alert("n0-c8", "firing")] },
    { alerts: [alert("n0-r1", "resolved"), alert("n0-c7", "resolved"), alert("n0-c8", "firing")] },
  ]
  assert.deepEqual(pagesOfPosts(posts), [
    { networkName: "n0", names: ["n0-r1"], recovered: true },
    { networkName: "n0", names: ["n0-c7", "n0-c8"], recovered: false },
  ])
  const again = [{ alerts: [alert("n0-r1", "resolved")] }, { alerts: [alert("n0-r1", "firing")] }]
  assert.equal(pagesOfPosts([...posts.slice(0, 1), ...again]).length, 2)
})
