/** Read-only menus: the state of the router. Rows of text, as the API prints them. */
import { menuExists, printMenu } from "../api-menus.ts"
import type { Row } from "../api-query.ts"
import { hasIsis } from "../personas.ts"
import type { Router } from "../router.ts"
import { timeText } from "./values.ts"

/** A neighbour at the other end of a link, from the topology. */
export type Peer = {
  readonly port: string
  readonly name: string
  readonly address: string
  readonly protocol: "bgp" | "ospf" | "isis"
  readonly remoteAs: number
}
export type PeerState = { readonly peer: Peer; readonly isUp: boolean; readonly sinceMs: number }

const idOf = (n: number): string => `*${n.toString(16).toUpperCase()}`
const sinceText = (sinceMs: number, nowMs: number): string =>
  timeText(BigInt(Math.max(0, Math.floor((nowMs - sinceMs) / 1000))) * 1_000_000_000n)

const sessionRow = ({ peer, isUp, sinceMs }: PeerState, n: number, nowMs: number): Row => ({
  ".id": idOf(n + 1),
  name: `${peer.name}-1`,
  "remote.address": peer.address,
  "remote.as": String(peer.remoteAs),
  ...(isUp ? { established: "true", "prefix-count": "1", uptime: sinceText(sinceMs, nowMs) } : {}),
})
const connectionRow = ({ peer }: PeerState, n: number): Row => ({
  ".id": idOf(n + 1),
  name: peer.name,
  "remote.address": peer.address,
  "remote.as": String(peer.remoteAs),
  disabled: "false",
})
const oldPeerRow = ({ peer, isUp, sinceMs }: PeerState, n: number, nowMs: number): Row => ({
  ".id": idOf(n + 1),
  name: peer.name,
  "remote-address": peer.address,
  "remote-as": String(peer.remoteAs),
  state: isUp ? "established" : "idle",
  established: String(isUp),
  ...(isUp ? { "prefix-count": "1", uptime: sinceText(sinceMs, nowMs) } : {}),
  disabled: "false",
})
/** A neighbour that stopped answering has no row. */
const neighborRow = (
  isV6: boolean,
  { peer, sinceMs }: PeerState,
  n: number,
  nowMs: number,
): Row => ({
  ".id": idOf(n + 1),
  ...(isV6 ? { instance: "default" } : { instance: "default-v2", area: "backbone-v2" }),
  "router-id": peer.address,
  address: peer.address,
  interface: peer.port,
  state: "Full",
  "state-changes": "5",
  adjacency: sinceText(sinceMs, nowMs),
})

/** Its system id is its address, in three groups of four digits. */
const isisRow = ({ peer }: PeerState, n: number): Row => ({
  ".id": idOf(n + 1),
  instance: "core",
  interface: peer.port,
  "level-type": "l2",
  snpa: `02:00:5E:00:00:${(n + 1).toString(16).padStart(2, "0").toUpperCase()}`,
  srcid: (
    peer.address
      .split(".")
      .map((part) => part.padStart(3, "0"))
      .join("")
      .match(/.{4}/g) ?? []
  ).join("."),
  state: "up",
})

/** A link that is down leaves its session, in the state down. */
const bfdRow = ({ peer, isUp, sinceMs }: PeerState, n: number, nowMs: number): Row => ({
  ".id": idOf(n + 1),
  "remote-address": `${peer.address}%${peer.port}`,
  state: isUp ? "up" : "down",
  "state-changes": "3",
  ...(isUp ? { uptime: sinceText(sinceMs, nowMs) } : {}),
})

/** Null where the router has no such menu. */
export const viewOf = (
  router: Router,
  peers: readonly PeerState[],
  path: string,
  nowMs: number,
): readonly Row[] | null => {
  const isV6 = router.persona.version.startsWith("6.")
  const of = (protocol: Peer["protocol"]) => peers.filter(({ peer }) => peer.protocol === protocol)
  switch (path) {
    case "/routing/bgp/session":
      return isV6
        ? null
        : of("bgp")
            .filter(({ isUp }) => isUp)
            .map((each, n) => sessionRow(each, n, nowMs))
    case "/routing/bgp/connection":
      return isV6 ? null : of("bgp").map(connectionRow)
    case "/routing/bgp/peer":
      return isV6 ? of("bgp").map((each, n) => oldPeerRow(each, n, nowMs)) : null
    case "/routing/ospf/neighbor":
      return of("ospf")
        .filter(({ isUp }) => isUp)
        .map((each, n) => neighborRow(isV6, each, n, nowMs))
    case "/routing/isis/neighbor":
      return hasIsis(router.persona)
        ? of("isis")
            .filter(({ isUp }) => isUp)
            .map(isisRow)
        : null
    case "/routing/bfd/session":
      return isV6 ? null : of("ospf").map((each, n) => bfdRow(each, n, nowMs))
    default:
      return menuExists(router, path) ? printMenu(router, path, nowMs) : null
  }
}
