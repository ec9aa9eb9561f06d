import assert from "node:assert/strict"
import { test } from "node:test"
import type { FailoverCase } from "../../api/links.ts"
import { failoverOf, type NetworkLink } from "./failover.ts"

const G = 1e9
const end = (device: string, site = device[0] ?? null) => ({ deviceId: device, siteId: site })
/**
 * `ab` connects devices a and b, each at a site of its own; the load is in Gbit/s, in both
 * directions.
 */
const link = (
  id: string,
  changes: Partial<NetworkLink> = {},
  [aToB, bToA] = [1, 0.5],
): NetworkLink => ({
  id,
  name: id,
  a: end(id[0] ?? ""),
  b: end(id[1] ?? ""),
  capacityBps: 10 * G,
  aToBBps: aToB * G,
  bToABps: bToA * G,
  isUp: true,
  ...changes,
})
const ids = (refs: readonly { readonly id: string }[] | undefined): string[] =>
  (refs ?? []).map((ref) => ref.id)
const left = (found: FailoverCase | null | undefined): readonly (number | null)[] =>
  [found?.aToB.leftBps, found?.bToA.leftBps].map((bps) =>
    bps == null ? null : Math.round(bps / 1e6) / 1e3,
  )

test("failover: of two parallel links either takes over the whole load of the other", () => {
  const found = failoverOf([link("ab1", {}, [4, 1]), link("ab2", {}, [5, 2])], "ab1")
  assert.equal(found?.kind, "parallel")
  assert.deepEqual(
    [ids(found?.ifThisFails?.carriedBy), left(found?.ifThisFails)],
    [["ab2"], [1, 7]],
  )
  assert.deepEqual(
    [ids(found?.ifPartnerFails?.failed), left(found?.ifPartnerFails)],
    [["ab2"], [1, 7]],
  )
})

test("failover: an overload is negative capacity", () => {
  const found = failoverOf([link("ab1", {}, [7, 1]), link("ab2", {}, [6, 1])], "ab1")
  assert.deepEqual(left(found?.ifThisFails), [-3, 8])
})

test("failover: a parallel link drawn from its other end counts in the right direction", () => {
  const turned = link("ba", {}, [2, 5])
  const found = failoverOf([link("ab", {}, [4, 1]), turned], "ab")
  assert.deepEqual(
    [left(found?.ifThisFails), left(found?.ifPartnerFails)],
    [
      [1, 7],
      [1, 7],
    ],
  )
})

test("failover: three parallel links share by capacity, and the heaviest partner is the worst", () => {
  const links = [
    link("ab1", {}, [2, 0]),
    link("ab2", {}, [6, 0]),
    link("ab3", { capacityBps: 20 * G }, [9, 0]),
  ]
  const found = failoverOf(links, "ab1")
  // 2 + 6 + 9 on what remains, 30: 13 left. For the partner: ab3's 9 split evenly between two of 10
  // each.
  assert.deepEqual(left(found?.ifThisFails), [13, 30])
  assert.deepEqual(
    [ids(found?.ifPartnerFails?.failed), left(found?.ifPartnerFails)],
    [["ab3"], [3.5, 10]],
  )
})

test("failover: on a ring it is the other direction, with its narrowest hop", () => {
  const ring = [
    link("ab", {}, [3, 1]),
    link("bc", { capacityBps: 5 * G }, [1, 1]),
    link("cd", {}, [2, 9.5]),
    link("da", {}, [1, 1]),
  ]
  const found = failoverOf(ring, "ab")
  assert.equal(found?.kind, "ring")
  assert.deepEqual(ids(found?.ifThisFails?.carriedBy), ["da", "cd", "bc"])
  // From a to b goes a-d-c-b: over cd against its drawing, 9.5 + 3 of 10; back over bc, 1 + 1 of 5.
  assert.deepEqual(left(found?.ifThisFails), [-2.5, 3])
  assert.deepEqual(
    [ids(found?.ifThisFails?.aToB.narrowest), ids(found?.ifThisFails?.bToA.narrowest)],
    [["cd"], ["bc"]],
  )
  assert.deepEqual(
    [ids(found?.ifPartnerFails?.failed), left(found?.ifPartnerFails)],
    [["cd"], [-2.5, 7]],
  )
})

test("failover: the fewest hops win, and among equals the most room", () => {
  const links = [
    link("ab"),
    link("ac"),
    link("cb", {}, [9, 9]),
    link("ad"),
    link("db", {}, [1, 1]),
    link("ax"),
    link("xy"),
    link("yb"),
  ]
  assert.deepEqual(ids(failoverOf(links, "ab")?.ifThisFails?.carriedBy), ["ad", "db"])
})

test("failover: a hop of parallel links carries as much as they do together", () => {
  const links = [
    link("ab", {}, [8, 1]),
    link("ac1", {}, [5, 1]),
    link("ac2", {}, [5, 1]),
    link("cb", { capacityBps: 40 * G }),
  ]
  const found = failoverOf(links, "ab")
  assert.deepEqual(
    [ids(found?.ifThisFails?.aToB.narrowest), left(found?.ifThisFails)],
    [
      ["ac1", "ac2"],
      [2, 17],
    ],
  )
})

test("failover: two routers at each of two sites are parallel by site", () => {
  const at = (id: string, a: string, b: string) => link(id, { a: end(a), b: end(b) })
  const links = [
    at("one", "a1", "b1"),
    at("two", "a2", "b2"),
    at("home", "a1", "a2"),
    at("away", "b1", "b2"),
  ]
  const found = failoverOf(links, "one")
  assert.deepEqual(
    [found?.kind, ids(found?.ifThisFails?.carriedBy)],
    ["same-sites", ["home", "two", "away"]],
  )
})

test("failover: in a tree there is no alternative path", () => {
  const found = failoverOf([link("ab"), link("bc"), link("bd")], "bc")
  assert.deepEqual(found, {
    kind: "none",
    hasFailed: false,
    ifThisFails: null,
    ifPartnerFails: null,
    unavailable: [],
  })
})

test("failover: a partner that is down is no alternative, and is named", () => {
  const found = failoverOf([link("ab1"), link("ab2", { isUp: false })], "ab1")
  assert.deepEqual([found?.kind, ids(found?.unavailable)], ["none", ["ab2"]])
})

test("failover: the traffic of a failed link has already moved", () => {
  const found = failoverOf([link("ab1", { isUp: false }, [4, 4]), link("ab2", {}, [9, 2])], "ab1")
  assert.deepEqual(
    [found?.hasFailed, left(found?.ifThisFails), found?.ifPartnerFails],
    [true, [1, 8], null],
  )
})

test("failover: without a known capacity or load nothing is calculated, and the answer says what is missing", () => {
  const missing = (links: readonly NetworkLink[]) => {
    const found = failoverOf(links, "ab1")
    const { ifThisFails, ifPartnerFails } = found ?? {}
    return [
      left(ifThisFails),
      left(ifPartnerFails),
      ifThisFails?.unknown.map(({ link: of, what }) => `${of.id} ${what}`),
    ]
  }
  assert.deepEqual(missing([link("ab1"), link("ab2", { capacityBps: null })]), [
    [null, null],
    [8, 9],
    ["ab2 capacity"],
  ])
  assert.deepEqual(missing([link("ab1", { aToBBps: null }), link("ab2")]), [
    [null, 9],
    [null, 9],
    ["ab1 load"],
  ])
  assert.deepEqual(missing([link("ab1"), link("ac"), link("cb", { capacityBps: null })]), [
    [null, null],
    [8, 9],
    ["cb capacity"],
  ])
})

test("failover: nothing is known of a link that does not exist", () =>
  assert.equal(failoverOf([link("ab")], "zz"), null))

test("failover: five thousand links in a ring of rings are searched", () => {
  const links = Array.from({ length: 5_000 }, (_, n) =>
    link(`l${n}`, { a: end(`n${n}`), b: end(n % 50 === 49 ? `n${n - 49}` : `n${n + 1}`) }),
  )
  assert.equal(failoverOf(links, "l2500")?.ifThisFails?.carriedBy.length, 49)
})
