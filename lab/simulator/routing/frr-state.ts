/** What FRR says of a router, as rows of RouterOS's menus. */
import { z } from "zod"
import type { Row } from "../routers/api-query.ts"
import { durationText } from "../routers/text.ts"
import type { RoutedRouter } from "./routing-plan.ts"

const OspfAnswer = z.object({
  neighbors: z
    .record(
      z.string(),
      z.array(
        z.object({
          nbrState: z.string(),
          nbrPriority: z.number().optional(),
          upTimeInMsec: z.number().optional(),
          ifaceAddress: z.string(),
          ifaceName: z.string(),
        }),
      ),
    )
    .optional(),
})
const BgpAnswer = z.object({
  ipv4Unicast: z
    .object({
      as: z.number(),
      peers: z.record(
        z.string(),
        z.object({
          state: z.string(),
          peerUptimeMsec: z.number().optional(),
          pfxRcd: z.number().optional(),
          connectionsDropped: z.number().optional(),
        }),
      ),
    })
    .optional(),
})
const BfdAnswer = z.array(
  z.object({
    peer: z.string(),
    local: z.string().optional(),
    interface: z.string().optional(),
    status: z.string(),
    uptime: z.number().optional(),
    multihop: z.boolean().optional(),
  }),
)
export type Answer = {
  readonly ospf: z.infer<typeof OspfAnswer>
  readonly bgp: z.infer<typeof BgpAnswer>
  readonly bfd: z.infer<typeof BfdAnswer>
}
export const NO_ANSWER: Answer = { ospf: {}, bgp: {}, bfd: [] }

/** Throws where FRR answers something else. */
export const parsePart = {
  ospf: (text: string) => OspfAnswer.parse(JSON.parse(text)),
  bgp: (text: string) => BgpAnswer.parse(JSON.parse(text)),
  bfd: (text: string) => BfdAnswer.parse(JSON.parse(text)),
} as const
export type Part = keyof typeof parsePart
export const SHOW: Readonly<Record<Part, string>> = {
  ospf: "show ip ospf neighbor json",
  bgp: "show ip bgp summary json",
  bfd: "show bfd peers json",
}
export const PART_OF: ReadonlyMap<string, Part> = new Map([
  ["/routing/ospf/neighbor", "ospf"],
  ["/routing/bgp/session", "bgp"],
  ["/routing/bgp/peer", "bgp"],
  ["/routing/bfd/session", "bfd"],
])

const idOf = (n: number): string => `*${(n + 1).toString(16).toUpperCase()}`

const ospfRows = (answer: Answer, isV6: boolean): Row[] =>
  Object.entries(answer.ospf.neighbors ?? {})
    .flatMap(([routerId, list]) => list.map((each) => ({ ...each, routerId })))
    .map((each, n) => {
      const [state = "", role = ""] = each.nbrState.split("/")
      return {
        ".id": idOf(n),
        ...(isV6 ? { instance: "default" } : { instance: "default-v2", area: "backbone-v2" }),
        "router-id": each.routerId,
        address: each.ifaceAddress,
        interface: each.ifaceName.split(":")[0] ?? "",
        priority: String(each.nbrPriority ?? 1),
        ...(role === "-" ? {} : { dr: role }),
        state,
        ...(state === "Full" ? { adjacency: durationText(each.upTimeInMsec ?? 0) } : {}),
      }
    })

const bgpRows = (router: RoutedRouter, answer: Answer, isV6: boolean): Row[] =>
  router.sessions.flatMap((session, n): Row[] => {
    const peer = answer.bgp.ipv4Unicast?.peers[session.address]
    const isUp = peer?.state === "Established"
    const common = {
      ".id": idOf(n),
      ...(isUp ? { "prefix-count": String(peer.pfxRcd ?? 0) } : {}),
      ...(isUp ? { uptime: durationText(peer.peerUptimeMsec ?? 0) } : {}),
    }
    if (isV6)
      return [
        {
          ...common,
          name: session.peer,
          "remote-address": session.address,
          "remote-as": String(session.remoteAs),
          state: (peer?.state ?? "idle").toLowerCase(),
          established: String(isUp),
          disabled: "false",
        },
      ]
    // v7 has no row for a session that is not established.
    if (!isUp) return []
    return [
      {
        ...common,
        name: `${session.peer}-1`,
        "remote.address": session.address,
        "remote.as": String(session.remoteAs),
        "local.as": String(router.as),
        ebgp: session.kind === "external" ? "" : "false",
        established: "true",
      },
    ]
  })

const connectionRows = (router: RoutedRouter): Row[] =>
  router.sessions.map((session, n) => ({
    ".id": idOf(n),
    name: session.peer,
    "remote.address": session.address,
    "remote.as": String(session.remoteAs),
    disabled: "false",
  }))

const bfdRows = (answer: Answer): Row[] =>
  answer.bfd.map((each, n) => ({
    ".id": idOf(n),
    "remote-address": `${each.peer}${each.interface === undefined ? "" : `%${each.interface}`}`,
    "local-address": each.local ?? "",
    state: each.status,
    multihop: String(each.multihop === true),
    ...(each.status === "up" ? { uptime: durationText((each.uptime ?? 0) * 1_000) } : {}),
  }))

/** Null: the menu is not about routing, or the release has no such menu. */
export const routingRows = (
  router: RoutedRouter,
  answer: Answer,
  menu: string,
  isV6: boolean,
): readonly Row[] | null => {
  switch (menu) {
    case "/routing/ospf/neighbor":
      return ospfRows(answer, isV6)
    case "/routing/bgp/session":
      return isV6 ? null : bgpRows(router, answer, false)
    case "/routing/bgp/connection":
      return isV6 ? null : connectionRows(router)
    case "/routing/bgp/peer":
      return isV6 ? bgpRows(router, answer, true) : null
    case "/routing/bfd/session":
      return isV6 ? null : bfdRows(answer)
    default:
      return null
  }
}

// ── log lines ──

export type RoutingLine = { readonly topics: string; readonly message: string }
const OSPF_CHANGE =
  /AdjChg: Nbr (\S+?)(?:, NbrIP \S+)? ?\(\S+\) on ([^:\s]+):([\d.]+): (\S+) -> (\S+)/
const BGP_CHANGE = /%ADJCHANGE: neighbor ([\d.]+)\S* .*? (Up|Down)(?: (.*))?$/
const STATES: Readonly<Record<string, string>> = {
  Deleted: "Down",
  Down: "Down",
  Init: "Init",
  "2-Way": "TwoWay",
  ExStart: "ExStart",
  Exchange: "Exchange",
  Loading: "Loading",
  Full: "Full",
}

/** A line of FRR's log as the router's release logs the same; null: it logs nothing of it. */
export const routingLine = (
  router: RoutedRouter,
  line: string,
  isV6: boolean,
): RoutingLine | null => {
  const ospf = OSPF_CHANGE.exec(line)
  if (ospf !== null) {
    const [, id = "", port = "", address = "", from = "", to = ""] = ospf
    const [was, now] = [STATES[from] ?? from, STATES[to] ?? to]
    if (was === now) return null
    return {
      topics: "route,ospf,info",
      message: isV6
        ? `OSPFv2 neighbor ${id}: state change from ${was} to ${now}`
        : `default-v2 { version: 2 router-id: ${router.routerId} } backbone-v2 { 0.0.0.0 } interface { p2p ${address}%${port} } neighbor { router-id: ${id} state: ${was} } state change to ${now}`,
    }
  }
  const bgp = BGP_CHANGE.exec(line)
  if (bgp === null) return null
  const [, address = "", state, reason = ""] = bgp
  const name = router.sessions.find((each) => each.address === address)?.peer ?? address
  const what = state === "Up" ? "session established" : `session closed: ${reason}`
  return {
    topics: "route,bgp,info",
    message: isV6 ? `peer ${address}: ${what}` : `${name}-1 {r_addr: ${address}} ${what}`.trimEnd(),
  }
}
