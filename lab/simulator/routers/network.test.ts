import assert from "node:assert/strict"
import { test } from "node:test"
import { ANATOLIA } from "../lab.ts"
import type { Broken } from "../topology.ts"
import { readTopology } from "../topology-file.ts"
import { compareOids } from "./ber.ts"
import { nftScript } from "./fabric.ts"
import { mibOf } from "./mib.ts"
import { NetworkModel } from "./network-model.ts"
import { planRouters } from "./plan.ts"
import { Router } from "./router.ts"

const topology = readTopology(ANATOLIA)
const T0 = Date.UTC(2026, 5, 10, 12)
const broken = (cut: readonly string[], dead: readonly string[] = []): Broken => ({
  cutLinks: new Set(cut),
  deadRouters: new Set(dead),
  uplinkDown: false,
})
const build = () => {
  const routers = planRouters(topology, T0, (a) => a).map((spec) => new Router(spec))
  return { model: new NetworkModel(topology, routers, broken([])), routers }
}
const named = (routers: readonly Router[], name: string): Router => {
  const router = routers.find((r) => r.spec.name === name)
  assert.ok(router !== undefined)
  return router
}
const rateBps = (
  router: Router,
  port: string,
  direction: "rxByte" | "txByte",
  atMs: number,
): number => {
  const meter = router.port(port)?.[direction]
  assert.ok(meter !== undefined)
  return Number(meter.read(atMs + 10_000) - meter.read(atMs)) * 0.8
}

test("one end of a link sends what the other receives", () => {
  const { routers } = build()
  const sent = rateBps(named(routers, "bur-core-1"), "sfp-sfpplus1", "rxByte", T0)
  const received = rateBps(named(routers, "ist-core-1"), "sfp-sfpplus3", "txByte", T0)
  assert.ok(sent > 100e6)
  assert.ok(Math.abs(sent - received) / sent < 0.001)
})

test("counters of a port that is down stop, and traffic moves to the other path", () => {
  const { model, routers } = build()
  model.apply(broken(["ist-agg-1-uplink-1"]), T0)
  const agg = named(routers, "ist-agg-1")
  assert.equal(rateBps(agg, "ether1", "rxByte", T0), 0)
  assert.ok(rateBps(agg, "ether2", "rxByte", T0) > 300e6)
  assert.equal(agg.port("ether1")?.linkDowns, 1)
})

test("a revived router restarts its counters, uptime and log", () => {
  const { model, routers } = build()
  model.apply(broken([], ["gaz-agg-1"]), T0)
  model.apply(broken([]), T0 + 60_000)
  const router = named(routers, "gaz-agg-1")
  assert.equal(router.uptimeMs(T0 + 61_000), 1_000)
  assert.deepEqual(
    router.log.map((e) => e.message),
    [
      "router rebooted",
      ...["ether1", "ether16"].map((port) => `${port} link up (speed 1G, full duplex)`),
      "sfp-sfpplus1 link up (speed 10G, full duplex)",
    ],
  )
  assert.ok((router.port("sfp-sfpplus1")?.rxByte.read(T0 + 61_000) ?? 0n) < 1_000_000_000n)
})

test("a congested link is full at any hour, at both ends, and its sender drops packets", () => {
  for (const hour of [3, 18]) {
    const { model, routers } = build()
    const atMs = T0 + hour * 3_600_000
    model.apply({ ...broken([]), congestedLinks: new Set(["ankara-konya"]) }, atMs)
    const [sender, receiver] = [named(routers, "ank-core-1"), named(routers, "kon-core-1")]
    for (const bps of [
      rateBps(sender, "ether12", "txByte", atMs),
      rateBps(receiver, "sfp-sfpplus1", "rxByte", atMs),
    ])
      assert.ok(bps > 0.96e9 && bps < 0.98e9, `${bps} at ${hour} h`)
    assert.ok(rateBps(sender, "ether12", "rxByte", atMs) < 0.8e9)
    const drops = (router: Router, port: string): number =>
      Number(router.port(port)?.txDrop.read(atMs + 10_000)) -
      Number(router.port(port)?.txDrop.read(atMs))
    assert.ok(drops(sender, "ether12") > 10_000)
    assert.ok(drops(receiver, "sfp-sfpplus1") < 1_000)
    model.apply(broken([]), atMs + 60_000)
    assert.ok(rateBps(sender, "ether12", "txByte", atMs + 60_000) < 0.8e9, "and then it is not")
  }
})

test("two labs with the same seed are identical", () => {
  const read = () =>
    build().routers.map((r) => [
      r.serial(),
      r.cpuLoad(T0),
      ...r.ports.map((p) => String(p.rxByte.read(T0))),
    ])
  assert.deepEqual(read(), read())
})

test("every router's objects are sorted, without duplicates", () => {
  for (const router of build().routers) {
    const mib = mibOf(router)
    for (let i = 1; i < mib.length; i++)
      assert.ok(compareOids(mib[i - 1]?.oid ?? [], mib[i]?.oid ?? []) < 0, router.spec.name)
  }
})

test("rules for nft drop packets of silent routers in both directions, and a share of the rest", () => {
  const script = nftScript(["10.40.1.1", "10.40.1.2"], 0.05)
  assert.match(script, /add element ip ispvm_lab silent \{ 10\.40\.1\.1, 10\.40\.1\.2 \}/)
  assert.match(script, /iif lo numgen random mod 10000 < 500 drop/)
  assert.doesNotMatch(nftScript([], 0), /add element|numgen/)
})

test("no port ever carries more than its speed, nor than its link, whatever is broken", () => {
  const { model, routers } = build()
  const limitOf = (router: string, port: string): number => {
    const link = topology.links.find(({ a, b }) =>
      [a, b].some((end) => end.router === router && end.port === port),
    )
    const speed = named(routers, router).port(port)?.plan.speedBps ?? 0
    return Math.min(speed, link?.capacityBps ?? speed)
  }
  const over = (atMs: number): string[] =>
    routers.flatMap((router) =>
      router.ports.flatMap(({ plan: { name, speedBps } }) =>
        speedBps > 0 &&
        (["rxByte", "txByte"] as const).some(
          (direction) => rateBps(router, name, direction, atMs) > limitOf(router.spec.name, name),
        )
          ? [`${router.spec.name} ${name}`]
          : [],
      ),
    )
  // Four days including the evening peak; then with the core ring cut, when all traffic goes one
  // way round.
  for (let hour = 0; hour < 96; hour += 1)
    assert.deepEqual(over(T0 + hour * 3_600_000), [], `hour ${hour}`)
  const cutAtMs = T0 + 96 * 3_600_000
  model.apply(broken(["istanbul-ankara", "eskisehir-istanbul", "istanbul-transit"]), cutAtMs)
  for (let hour = 0; hour < 48; hour += 1)
    assert.deepEqual(over(cutAtMs + hour * 3_600_000), [], `hour ${hour} of the cut`)
})

test("every link's ports are at least as fast as the link", () => {
  const { routers } = build()
  for (const { name, a, b, capacityBps } of topology.links)
    for (const end of [a, b])
      assert.ok(
        (named(routers, end.router).port(end.port)?.plan.speedBps ?? 0) >= capacityBps,
        `${name} at ${end.router} ${end.port}`,
      )
})
