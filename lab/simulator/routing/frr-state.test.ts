import assert from "node:assert/strict"
import { test } from "node:test"
import { ANATOLIA } from "../lab.ts"
import { readTopology } from "../topology-file.ts"
import { frrConfig } from "./frr-config.ts"
import { NO_ANSWER, parsePart, routingLine, routingRows } from "./frr-state.ts"
import { planRouting, type RoutedRouter } from "./routing-plan.ts"

const plan = planRouting(readTopology(ANATOLIA))
const routerNamed = (name: string): RoutedRouter => {
  const found = plan.find((router) => router.name === name)
  assert.ok(found !== undefined)
  return found
}
const border = routerNamed("ist-border-1")
const [toUpstream] = border.sessions
assert.ok(toUpstream !== undefined)

test("borders speak BGP with their upstream and with the route reflectors", () => {
  assert.deepEqual(
    border.sessions.map(({ peer, kind }) => [peer, kind]),
    [
      ["ist-transit-1", "external"],
      ["ist-core-1", "internal"],
      ["ank-core-1", "internal"],
    ],
  )
  const reflector = routerNamed("ist-core-1")
  assert.deepEqual(
    reflector.sessions.map(({ peer, kind }) => [peer, kind]),
    [
      ["ist-border-1", "client"],
      ["ank-border-1", "client"],
      ["ank-core-1", "internal"],
    ],
  )
  assert.deepEqual(routerNamed("gaz-acc-1").sessions, [])
})

test("each router has the daemons that it needs, and BFD only where it is wanted", () => {
  const daemons = (name: string, hasBfd: boolean) => [
    ...frrConfig(routerNamed(name), "/x", { hasBfd, agentAddress: null }).keys(),
  ]
  assert.deepEqual(daemons("ist-transit-1", true), ["zebra", "bfdd", "bgpd"])
  assert.deepEqual(daemons("gaz-acc-1", true), ["zebra", "bfdd", "ospfd"])
  assert.deepEqual(daemons("ist-core-1", false), ["zebra", "ospfd", "bgpd"])
  const without = frrConfig(border, "/x", { hasBfd: false, agentAddress: null })
  assert.ok(![...without.values()].some((text) => text.includes("bfd")))
})

test("an answer of FRR becomes rows of the release's menus", () => {
  const ospf = parsePart.ospf(
    JSON.stringify({
      neighbors: {
        "172.31.0.3": [
          {
            nbrState: "Full/-",
            nbrPriority: 1,
            upTimeInMsec: 65_208,
            ifaceAddress: "172.24.0.10",
            ifaceName: "sfp-sfpplus2:172.24.0.9",
          },
        ],
      },
    }),
  )
  const peers = {
    [toUpstream.address]: { state: "Established", peerUptimeMsec: 14_000, pfxRcd: 2 },
  }
  const bgp = parsePart.bgp(JSON.stringify({ ipv4Unicast: { as: 64512, peers } }))
  const answer = { ...NO_ANSWER, ospf, bgp }
  const rows = (menu: string, isV6 = false) => routingRows(border, answer, menu, isV6)
  assert.deepEqual(rows("/routing/ospf/neighbor"), [
    {
      ".id": "*1",
      instance: "default-v2",
      area: "backbone-v2",
      "router-id": "172.31.0.3",
      address: "172.24.0.10",
      interface: "sfp-sfpplus2",
      priority: "1",
      state: "Full",
      adjacency: "1m5s",
    },
  ])
  assert.deepEqual(
    rows("/routing/bgp/session")?.map((row) => [row.name, row["prefix-count"], row.uptime]),
    [["ist-transit-1-1", "2", "14s"]],
    "v7 has rows of established sessions only",
  )
  assert.deepEqual(
    rows("/routing/bgp/peer", true)?.map((row) => [row.name, row.state]),
    [
      ["ist-transit-1", "established"],
      ["ist-core-1", "idle"],
      ["ank-core-1", "idle"],
    ],
  )
  assert.equal(rows("/routing/bgp/peer"), null)
  assert.equal(rows("/interface"), null)
})

test("a change in FRR's log becomes a line of the router", () => {
  const line =
    "2026/12/01 16:14:31 OSPF: [Y05P2-YJVXY] AdjChg: Nbr 172.31.0.3, NbrIP 172.24.0.10 (default) on sfp-sfpplus2:172.24.0.9: Full -> Deleted (KillNbr)"
  assert.deepEqual(routingLine(border, line, true), {
    topics: "route,ospf,info",
    message: "OSPFv2 neighbor 172.31.0.3: state change from Full to Down",
  })
  assert.match(
    routingLine(border, line, false)?.message ?? "",
    /state: Full } state change to Down$/,
  )
  const down = `2026/12/01 16:14:31 BGP: [M59KS] %ADJCHANGE: neighbor ${toUpstream.address}(ist-transit-1) in vrf default Down BFD down received`
  assert.deepEqual(routingLine(border, down, false), {
    topics: "route,bgp,info",
    message: `ist-transit-1-1 {r_addr: ${toUpstream.address}} session closed: BFD down received`,
  })
  assert.equal(routingLine(border, "2026/12/01 16:14:31 ZEBRA: started", false), null)
})
