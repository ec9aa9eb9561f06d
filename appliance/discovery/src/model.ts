/** What discovery reads, and what it finds. All times are epoch ms, all ids opaque. */

/** How something became known. `bridge`: a table of learned MAC addresses; `subnet`: both ends have
 * an address of a network that is too small for a third. */
export type Source =
  | "lldp"
  | "cdp"
  | "mndp"
  | "radio"
  | "bridge"
  | "ospf"
  | "isis"
  | "arp"
  | "subnet"
  | "bgp"

export type InterfaceKind =
  | "port"
  | "radio"
  | "bond"
  | "vlan"
  | "bridge"
  | "tunnel"
  | "loopback"
  | "other"
export type Interface = {
  readonly name: string
  readonly kind: InterfaceKind
  /** Lower case with colons. */
  readonly mac: string | null
  /** Interfaces below: of a VLAN its parent, of a bridge or bond its members. */
  readonly on: readonly string[]
}

/** `goneAtMs`: the device no longer reports it since then. */
export type Seen = { readonly seenAtMs: number; readonly goneAtMs: number | null }
export type NeighbourRow = Seen & {
  /**
   * As reported; several, separated by commas, if a port belongs to a bridge. Null: not known, as by
   * SNMP of RouterOS 6.
   */
  readonly interface: string | null
  readonly identity: string | null
  readonly remotePort: string | null
  readonly addresses: readonly string[]
  readonly mac: string | null
  readonly chassisId: string | null
  readonly board: string | null
  readonly sources: readonly Source[]
  readonly isBridge: boolean
}
export type OspfRow = Seen & {
  readonly interface: string | null
  readonly address: string
  readonly routerId: string | null
  readonly isFull: boolean
  readonly source: "ospf" | "isis"
}
export type BgpRow = Seen & {
  readonly name: string
  readonly remoteAddress: string
  readonly remoteId: string | null
  readonly remoteAs: number | null
  readonly isExternal: boolean
  readonly isEstablished: boolean
}
export type ArpRow = Seen & {
  readonly address: string
  readonly mac: string
  readonly interface: string
}
export type HostRow = Seen & { readonly mac: string; readonly interface: string }
export type OwnAddress = {
  readonly address: string
  /** Length of the prefix. */
  readonly length: number
  readonly interface: string
}

/** What one monitored device says of itself and of others. */
export type DeviceReport = {
  readonly id: string
  /** What it calls itself, and what the operator calls it. */
  readonly names: readonly string[]
  readonly board: string | null
  readonly serial: string | null
  /** At which it is polled. */
  readonly address: string | null
  readonly routerIds: readonly string[]
  readonly addresses: readonly OwnAddress[]
  readonly interfaces: readonly Interface[]
  readonly neighbours: readonly NeighbourRow[]
  readonly ospf: readonly OspfRow[]
  readonly bgp: readonly BgpRow[]
  readonly arp: readonly ArpRow[]
  readonly hosts: readonly HostRow[]
}

/** Why something is the same, or is believed, with its weight (natural logarithm of odds). */
export type Reason = { readonly code: ReasonCode; readonly weight: number }
export type ReasonCode =
  | "same-mac"
  | "other-mac"
  | "same-chassis"
  | "same-address"
  | "same-default-address"
  | "other-address"
  | "same-name"
  | "shortened-name"
  | "default-name"
  | "other-name"
  | "same-model"
  | "other-model"
  | "known-port"
  | "unknown-port"
  | "ports-of-one-device"

export type NodeKind = "device" | "found" | "segment" | "peer"
export type Node = {
  readonly id: string
  /** `device`: of the inventory. `found`: named by its neighbours alone. `segment`: what joins more
   * than two ports and has no name itself. `peer`: the other end of an external BGP session. */
  readonly kind: NodeKind
  readonly name: string | null
  readonly addresses: readonly string[]
  readonly macs: readonly string[]
  readonly board: string | null
  readonly isBridge: boolean
  readonly sources: readonly Source[]
  /** Why several rows are one node, the weakest of them; empty for a device of the inventory. */
  readonly reasons: readonly Reason[]
  readonly seenAtMs: number
}

export type End = { readonly node: string; readonly interface: string | null }
export type Evidence = {
  readonly source: Source
  /** The node that reports it. */
  readonly by: string
  readonly seenAtMs: number
  readonly isGone: boolean
}
/** `cable`: two ports, a radio link included. `bond`: two bonds of several cables. `vlan`: two VLAN
 * interfaces across something that shows nothing of itself. */
export type LinkKind = "cable" | "bond" | "vlan" | "tunnel" | "segment" | "peering"
export type Link = {
  readonly id: string
  readonly kind: LinkKind
  readonly a: End
  readonly b: End
  /** 0 to 1: that this link exists now. */
  readonly confidence: number
  /** Nobody reports it any more. */
  readonly isStale: boolean
  readonly evidence: readonly Evidence[]
  readonly seenAtMs: number
  /** Of a bond: ids of its cables. */
  readonly members: readonly string[]
}

/** What was left out, by reason. */
export type Dropped = {
  /** Rows beyond what one device may claim. */
  readonly tooMany: number
  /** Rows whose node could be several. */
  readonly ambiguous: number
  /** Neighbours that a bridge between forwards; they are no links. */
  readonly behindOthers: number
  /** Neighbours in a VLAN or bridge that many share; they say nothing of cables. */
  readonly shared: number
  /** What an end that is elsewhere now had been. */
  readonly contradicted: number
}
export type Discovered = {
  readonly nodes: readonly Node[]
  readonly links: readonly Link[]
  readonly dropped: Dropped
}
