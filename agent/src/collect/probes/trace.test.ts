/** Paths through real routers: network namespaces, fping, and a route that changes. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import type { Event, Item } from "@ispvm/wire"
import { createDestinations } from "../destinations.ts"
import { createIcmpProbe } from "../reachability/fping.ts"
import { systemLookup } from "../reachability/resolve.ts"
import { createLocate } from "./locate.ts"
import { createProbes } from "./probes.ts"
import { isSamePath, mergePaths, type Path } from "./trace.ts"

const path = (text: string, isReached = true): Path => ({
  hops: text.split(" ").map((hop) => (hop === "*" ? null : hop)),
  isReached,
})
const SAME: readonly (readonly [string, Path, Path, boolean])[] = [
  ["the same routers", path("a b c"), path("a b c"), true],
  ["a router that was silent once", path("a b c"), path("a * c"), true],
  ["another router", path("a b c"), path("a x c"), false],
  ["one router more", path("a b c"), path("a b x c"), false],
  ["no longer reached", path("a b c"), path("a b", false), false],
  ["further along an unfinished path", path("a b", false), path("a b c", false), true],
]
for (const [name, one, other, expected] of SAME)
  test(`${name}: ${expected ? "the same path" : "another path"}`, () => {
    assert.equal(isSamePath(one, other), expected)
    assert.equal(isSamePath(other, one), expected)
  })
test("a silent hop keeps the router that is known of it", () =>
  assert.deepEqual(mergePaths(path("a b c"), path("a * c")).hops, ["a", "b", "c"]))

const run = (...words: string[]): string =>
  execFileSync(words[0] ?? "", words.slice(1), { encoding: "utf8", stdio: "pipe" })
const canMakeNetworks = ((): boolean => {
  if (process.getuid?.() !== 0) return false
  try {
    run("ip", "netns", "list")
    run("fping", "--version")
    return true
  } catch {
    return false
  }
})()

const mark = randomUUID().slice(0, 6)
const name = (node: string): string => `tr${mark}-${node}`
const inside = (node: string, ...words: string[]): string =>
  run("ip", "netns", "exec", name(node), ...words)
/** A cable between two nodes, with an address at each end. */
const connect = (one: string, oneIp: string, other: string, otherIp: string): void => {
  const [a, b] = [`to-${other}`, `to-${one}`]
  run(
    "ip",
    "link",
    "add",
    a,
    "netns",
    name(one),
    "type",
    "veth",
    "peer",
    "name",
    b,
    "netns",
    name(other),
  )
  for (const [node, port, ip] of [
    [one, a, oneIp],
    [other, b, otherIp],
  ] as const) {
    inside(node, "ip", "addr", "add", `${ip}/30`, "dev", port)
    inside(node, "ip", "link", "set", port, "up")
  }
}
const NODES = ["agent", "gw", "left", "right", "host"] as const
const HOST = "10.98.9.9"

const makeNetwork = (): void => {
  for (const node of NODES) {
    run("ip", "netns", "add", name(node))
    inside(node, "ip", "link", "set", "lo", "up")
    inside(node, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.icmp_ratelimit=0")
    inside(
      node,
      "sysctl",
      "-qw",
      "net.ipv4.conf.all.rp_filter=0",
      "net.ipv4.conf.default.rp_filter=0",
    )
  }
  connect("agent", "10.98.0.1", "gw", "10.98.0.2")
  connect("gw", "10.98.1.1", "left", "10.98.1.2")
  connect("gw", "10.98.2.1", "right", "10.98.2.2")
  connect("left", "10.98.3.1", "host", "10.98.3.2")
  connect("right", "10.98.4.1", "host", "10.98.4.2")
  inside("host", "ip", "addr", "add", `${HOST}/32`, "dev", "lo")
  inside("agent", "ip", "route", "add", "default", "via", "10.98.0.2")
  inside("host", "ip", "route", "add", "default", "via", "10.98.3.1")
  inside("left", "ip", "route", "add", "default", "via", "10.98.1.1")
  inside("right", "ip", "route", "add", "default", "via", "10.98.2.1")
  inside("left", "ip", "route", "add", `${HOST}/32`, "via", "10.98.3.2")
  inside("right", "ip", "route", "add", `${HOST}/32`, "via", "10.98.4.2")
  inside("gw", "ip", "route", "add", `${HOST}/32`, "via", "10.98.1.2")
}

const isEvent = (item: Item): item is Event => item.kind === "event"
/** `trace` runs the probe now, and answers what it reports. */
const createTracer = (fping: string) => {
  const items: Item[] = []
  let arrived = Promise.withResolvers<void>()
  const steady = (): number => performance.now()
  const destinations = createDestinations({ allowLoopback: true, steady, own: () => [] })
  const probes = createProbes({
    icmpProbe: createIcmpProbe(fping, "/usr/sbin:/usr/bin:/sbin:/bin"),
    locate: createLocate({ lookup: systemLookup, destinations, steady }),
    now: Date.now,
    steady,
    random: () => 0.5,
    newId: randomUUID,
    emit: (given) => {
      items.push(...given)
      arrived.resolve()
    },
    onFault: (error) => arrived.reject(error),
  })
  const id = randomUUID()
  const check = { kind: "trace", host: HOST, hops: 20 }
  const common = { device: randomUUID(), name: "Transit · agent", everyMs: 3_600_000 }
  probes.apply([{ ...common, id, timeoutMs: 2_000, check }])
  const trace = async (): Promise<readonly Item[]> => {
    // The run that has just reported has to end first.
    await new Promise(setImmediate)
    arrived = Promise.withResolvers<void>()
    items.length = 0
    probes.runNow([id])
    await arrived.promise
    return [...items]
  }
  return { probes, trace }
}

describe("through network namespaces", { skip: !canMakeNetworks }, () => {
  let folder: string
  before(() => {
    makeNetwork()
    // fping as the agent's machine would run it.
    folder = mkdtempSync(join(tmpdir(), "ispvm-trace-"))
    writeFileSync(
      join(folder, "fping"),
      `#!/bin/sh\nexec ip netns exec ${name("agent")} fping "$@"\n`,
    )
    chmodSync(join(folder, "fping"), 0o755)
  })
  after(() => {
    for (const node of NODES) run("ip", "netns", "del", name(node))
    rmSync(folder, { recursive: true, force: true })
  })

  test("a path is found, is the same again, and its change is an event with both paths", async () => {
    const { probes, trace } = createTracer(join(folder, "fping"))
    try {
      const [sample, first] = await trace()
      assert.ok(sample !== undefined && sample.kind === "service" && "hops" in sample)
      assert.deepEqual([sample.hops, sample.outcome, sample.isUp], [3, "ok", null])
      assert.ok(first !== undefined && isEvent(first))
      assert.equal(first.name, "path-seen")
      assert.equal(first.attributes.path, `10.98.0.2 10.98.1.2 ${HOST}`)
      assert.deepEqual((await trace()).filter(isEvent), [])
      inside("gw", "ip", "route", "replace", `${HOST}/32`, "via", "10.98.2.2")
      const [event, ...more] = (await trace()).filter(isEvent)
      assert.deepEqual(more, [])
      assert.deepEqual(
        [event?.name, event?.severity, event?.attributes.was, event?.attributes.path],
        ["path-changed", "warning", `10.98.0.2 10.98.1.2 ${HOST}`, `10.98.0.2 10.98.2.2 ${HOST}`],
      )
      inside("gw", "ip", "route", "del", `${HOST}/32`)
      const [gone] = (await trace()).filter(isEvent)
      assert.deepEqual([gone?.name, gone?.attributes.reached], ["path-changed", "false"])
    } finally {
      await probes.stop()
    }
  })
})
