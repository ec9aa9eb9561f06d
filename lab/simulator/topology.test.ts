import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { ANATOLIA } from "./lab.ts"
import { isConnected } from "./routers/plan.ts"
import {
  type Broken,
  isLinkUp,
  loads,
  NOTHING_BROKEN,
  portKey,
  portStates,
  reachable,
  type Topology,
} from "./topology.ts"
import { readTopology } from "./topology-file.ts"

const anatolia = readTopology(ANATOLIA)

/**
 * A random network of up to 12 routers; the agent is at router 0, and the last one is the upstream.
 */
const network = fc
  .record({
    size: fc.integer({ min: 2, max: 12 }),
    seeds: fc.array(fc.nat(), { minLength: 1, maxLength: 30 }),
  })
  .map(({ size, seeds }): Topology => {
    const router = (n: number) => `r${n % size}`
    return {
      name: "random",
      seed: 1,
      access: { username: "u", password: "p", community: "c" },
      agent: { name: "a", at: "r0", address: "10.0.0.1" },
      sites: [],
      routers: Array.from({ length: size }, (_, n) => ({
        name: router(n),
        site: "s",
        address: `10.0.1.${n}`,
        roles: n === size - 1 ? ["upstream"] : ["access"],
        persona: "hex-7.14" as const,
        methods: ["api" as const],
        demandBps: n === size - 1 ? 0 : 10e6,
        customers: 0,
        sessions: 0,
        hasModem: false,
        radio: null,
      })),
      links: seeds
        .map((seed, n) => ({ a: router(seed), b: router(Math.floor(seed / size)), n }))
        .filter(({ a, b }) => a !== b)
        .map(({ a, b, n }) => ({
          name: `l${n}`,
          a: { router: a, port: `p${n}` },
          b: { router: b, port: `p${n}` },
          capacityBps: 1e9,
          medium: "fibre" as const,
        })),
    }
  })
const breakage = fc
  .record({ links: fc.array(fc.nat(29)), routers: fc.array(fc.nat(11)), uplinkDown: fc.boolean() })
  .map(
    ({ links, routers, uplinkDown }): Broken => ({
      cutLinks: new Set(links.map((n) => `l${n}`)),
      deadRouters: new Set(routers.map((n) => `r${n}`)),
      uplinkDown,
    }),
  )

test("every router of the shipped topology is reachable at its own address", () => {
  assert.equal(anatolia.routers.length, 43)
  assert.equal(anatolia.sites.length, 12)
  assert.ok(isConnected(anatolia))
})

test("no single core router or core link takes another core router's reachability", () => {
  const cores = anatolia.routers.filter((r) => r.roles.includes("core")).map((r) => r.name)
  for (const dead of cores.filter((name) => name !== anatolia.agent.at)) {
    const seen = reachable(anatolia, { ...NOTHING_BROKEN, deadRouters: new Set([dead]) })
    for (const core of cores)
      if (core !== dead) assert.ok(seen.has(core), `${core} without ${dead}`)
  }
  for (const link of anatolia.links.filter(
    (l) => cores.includes(l.a.router) && cores.includes(l.b.router),
  )) {
    const seen = reachable(anatolia, { ...NOTHING_BROKEN, cutLinks: new Set([link.name]) })
    assert.equal(seen.size, anatolia.routers.length, link.name)
  }
})

test("routers behind a cut are silent", () => {
  const seen = reachable(anatolia, { ...NOTHING_BROKEN, cutLinks: new Set(["ankara-samsun"]) })
  for (const name of ["sam-agg-1", "sam-acc-1", "tra-agg-1", "tra-acc-1"])
    assert.ok(!seen.has(name), name)
  assert.equal(seen.size, anatolia.routers.length - 4)
})

test("an agent whose own router is dead reaches no router", () => {
  assert.equal(
    reachable(anatolia, { ...NOTHING_BROKEN, deadRouters: new Set(["ist-core-1"]) }).size,
    0,
  )
})

test("breaking more never makes more reachable", () =>
  fc.assert(
    fc.property(network, breakage, breakage, (topology, one, other) => {
      const both = {
        cutLinks: new Set([...one.cutLinks, ...other.cutLinks]),
        deadRouters: new Set([...one.deadRouters, ...other.deadRouters]),
        uplinkDown: one.uplinkDown || other.uplinkDown,
      }
      const less = reachable(topology, one)
      for (const name of reachable(topology, both)) assert.ok(less.has(name))
    }),
  ))

test("a reachable router has a path of working links to the agent, and its neighbours over working links are reachable too", () =>
  fc.assert(
    fc.property(network, breakage, (topology, broken) => {
      const seen = reachable(topology, broken)
      for (const name of seen) assert.ok(!broken.deadRouters.has(name))
      for (const link of topology.links.filter((l) => isLinkUp(l, broken)))
        assert.equal(seen.has(link.a.router), seen.has(link.b.router))
    }),
  ))

test("both ports of a link share one state, which is down exactly when the link carries nothing", () =>
  fc.assert(
    fc.property(network, breakage, (topology, broken) => {
      const states = portStates(topology, broken)
      for (const link of topology.links)
        for (const end of [link.a, link.b])
          assert.equal(states.get(portKey(end)), isLinkUp(link, broken))
    }),
  ))

test("a link that is down carries no traffic, and none exceeds its capacity", () =>
  fc.assert(
    fc.property(network, breakage, (topology, broken) => {
      for (const [name, load] of loads(topology, broken)) {
        const link = topology.links.find((l) => l.name === name)
        assert.ok(link !== undefined)
        assert.ok(Math.max(load.aToBBps, load.bToABps) <= link.capacityBps)
        if (!isLinkUp(link, broken))
          assert.deepEqual(load, { aToBBps: 0, bToABps: 0, isFull: false })
      }
    }),
  ))

test("traffic takes another path when its link is cut", () => {
  const [whole, cut] = [
    loads(anatolia, NOTHING_BROKEN),
    loads(anatolia, { ...NOTHING_BROKEN, cutLinks: new Set(["ist-agg-1-uplink-1"]) }),
  ]
  assert.ok((whole.get("ist-agg-1-uplink-1")?.aToBBps ?? 0) > 400e6)
  assert.ok((cut.get("ist-agg-1-uplink-2")?.aToBBps ?? 0) > 400e6)
})
