import assert from "node:assert/strict"
import { test } from "node:test"
import type { Fault } from "../commands.ts"
import { applyFault, brokenBy, NO_FAULTS } from "../faults.ts"
import { ANATOLIA } from "../lab.ts"
import { readTopology } from "../topology-file.ts"
import { monitorRows, printMenu } from "./api-menus.ts"
import { NetworkModel } from "./network-model.ts"
import { planRouters } from "./plan.ts"
import { Router } from "./router.ts"

const NOW_MS = 1_790_000_000_000
const topology = readTopology(ANATOLIA)
const make = () => {
  const routers = planRouters(topology, NOW_MS, (address) => address).map(
    (spec) => new Router(spec),
  )
  const model = new NetworkModel(topology, routers, brokenBy(topology, NO_FAULTS))
  const inject = (...faults: readonly Fault[]) =>
    model.apply(
      brokenBy(
        topology,
        faults.reduce((state, fault) => applyFault(topology, state, fault), NO_FAULTS),
      ),
      NOW_MS + 1_000,
    )
  return { routers, model, inject }
}

test("bgp-down ends BGP at both ends, and links and OSPF stay", () => {
  const { model, inject } = make()
  const withBgp = topology.routers.find(({ name }) =>
    model.peersOf(name).some(({ peer, isUp }) => peer.protocol === "bgp" && isUp),
  )
  assert.ok(withBgp !== undefined)
  const of = (protocol: string) =>
    model.peersOf(withBgp.name).filter(({ peer }) => peer.protocol === protocol)
  const ospfBefore = of("ospf")
  inject({ do: "bgp-down", router: withBgp.name })
  assert.ok(of("bgp").every(({ isUp }) => !isUp))
  assert.deepEqual(of("ospf"), ospfBefore)
  inject()
  assert.ok(of("bgp").every(({ isUp }) => isUp))
})

test("drop-sessions ends the sessions of one router, and they come back", () => {
  const { routers, inject } = make()
  const sessions = (router: Router) => printMenu(router, "/ppp/active", NOW_MS + 2_000).length
  const router = routers.find((each) => sessions(each) > 0)
  assert.ok(router !== undefined)
  const before = sessions(router)
  inject({ do: "drop-sessions", router: router.spec.name })
  assert.equal(sessions(router), 0)
  inject()
  assert.equal(sessions(router), before)
})

test("fade-optic takes light from one port", () => {
  const { routers, inject } = make()
  const router = routers.find((each) =>
    each.ports.some((port) => port.plan.name.startsWith("sfp") && port.running),
  )
  const port = router?.ports.find((each) => each.plan.name.startsWith("sfp") && each.running)
  assert.ok(router !== undefined && port !== undefined)
  const rx = () =>
    Number.parseFloat(monitorRows(router, [port.plan.name], NOW_MS)?.[0]?.["sfp-rx-power"] ?? "NaN")
  const before = rx()
  inject({ do: "fade-optic", router: router.spec.name, port: port.plan.name, db: 9 })
  assert.ok(Math.abs(before - 9 - rx()) < 0.002, `${before} and ${rx()}`)
})

test("what a router serves follows from its ports: queues, clients, leases, light", () => {
  const { routers, inject } = make()
  const router = (name: string) => {
    const found = routers.find(({ spec }) => spec.name === name)
    assert.ok(found !== undefined, name)
    return found
  }
  const rows = (name: string, menu: string) => printMenu(router(name), menu, NOW_MS + 2_000)
  const before = rows("ist-bng-1", "/queue/simple").length
  assert.equal(before, rows("ist-bng-1", "/ppp/active").length)
  assert.ok(before > 10, "fewer than ten lost sessions are no alert")
  inject({ do: "drop-sessions", router: "ist-bng-1" })
  assert.equal(rows("ist-bng-1", "/queue/simple").length, 0)
  assert.equal(rows("ist-bng-1", "/interface/pppoe-server/server").length, 1, "it still serves")

  const tower = router("ist-acc-2")
  const clients = () => rows("ist-acc-2", "/interface/wireless/registration-table")
  const sectors = new Set(clients().map((row) => row.interface))
  const [down] = tower.ports.filter(({ plan }) => sectors.has(plan.name))
  assert.ok(down !== undefined)
  const all = clients().length
  down.setRunning(false, NOW_MS)
  assert.equal(clients().length, all - all / sectors.size)

  const bound = rows("ist-acc-1", "/ip/dhcp-server/lease").filter(
    ({ status }) => status === "bound",
  )
  assert.ok(bound.length > 0 && bound.every((row) => row["active-server"] === "customers"))
  assert.equal(rows("ist-acc-2", "/ip/dhcp-server").length, 0)

  const light = () => monitorRows(router("ist-core-1"), ["sfp-sfpplus1"], NOW_MS)?.[0] ?? {}
  const lowest = Number.parseFloat(light()["sfp-rx-power-low-alarm"] ?? "")
  assert.ok(Number.parseFloat(light()["sfp-rx-power"] ?? "") > lowest)
  inject({ do: "fade-optic", router: "ist-core-1", port: "sfp-sfpplus1", db: 13 })
  assert.ok(Number.parseFloat(light()["sfp-rx-power"] ?? "") < lowest)
})
