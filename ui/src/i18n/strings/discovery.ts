import type {
  DiscoveryDecision,
  DiscoveryRun,
  LINK_KINDS,
  PROPOSAL_KINDS,
  ProposalState,
  SOURCES,
} from "@ispvm/appliance/api/discovery"
import { plural } from "../format/plural.ts"

type Decision = DiscoveryDecision["decision"]
const sources: Readonly<Record<(typeof SOURCES)[number], string>> = {
  lldp: "LLDP",
  cdp: "CDP",
  mndp: "MNDP",
  radio: "Radio",
  bridge: "Bridge table",
  ospf: "OSPF",
  isis: "IS-IS",
  arp: "ARP",
  subnet: "Subnet",
  bgp: "BGP",
}
const linkKinds: Readonly<Record<(typeof LINK_KINDS)[number], string>> = {
  cable: "Cable",
  bond: "Bond",
  tunnel: "Tunnel",
  segment: "Shared segment",
  peering: "Peering",
}
const kinds: Readonly<Record<(typeof PROPOSAL_KINDS)[number], string>> = {
  device: "Device",
  link: "Link",
  segment: "Segment",
  peer: "BGP peer",
}
const kindsOf: typeof kinds = {
  device: "Devices",
  link: "Links",
  segment: "Segments",
  peer: "BGP peers",
}
const states: Readonly<Record<ProposalState, string>> = {
  open: "Open",
  accepted: "Accepted",
  rejected: "Rejected",
}
const dropped: Readonly<Record<keyof DiscoveryRun["dropped"], string>> = {
  tooMany: "Rows beyond what one device may claim",
  ambiguous: "Neighbours that could be several devices",
  behindOthers: "Neighbours behind a bridge or switch, which are no direct links",
  shared: "Neighbours in a VLAN or bridge that many devices share",
  contradicted: "Earlier neighbours of ports that have another one now",
}
const proposals = (n: number): string => plural(n, { one: "# proposal", other: "# proposals" })
const done: Readonly<Record<Decision, (n: number) => string>> = {
  accept: (n) => `${proposals(n)} accepted.`,
  reject: (n) => `${proposals(n)} rejected.`,
  reopen: (n) => `${proposals(n)} reopened.`,
}
const notDone: typeof done = {
  accept: (n) => `${proposals(n)} could not be accepted`,
  reject: (n) => `${proposals(n)} could not be rejected`,
  reopen: (n) => `${proposals(n)} could not be reopened`,
}
/** Why several rows are one box, by the code of the reason. */
const reasons: Readonly<Record<string, string>> = {
  "same-mac": "the same MAC address",
  "same-chassis": "the same chassis",
  "same-address": "the same address",
  "same-default-address": "the same factory address",
  "same-name": "the same name",
  "shortened-name": "the same name, shortened",
  "default-name": "the same factory name",
  "same-model": "the same model",
  "known-port": "a port of that name",
  "ports-of-one-device": "ports of one device",
}

/** The page of what discovery proposes. */
export const discovery = {
  lead: "What devices report of their neighbours and the inventory does not have. Nothing is added without your decision.",
  failed: "The proposals could not be loaded",
  runNow: "Run now",
  running: "Comparing what devices report with the inventory…",
  ran: (n: number) =>
    n === 0
      ? "Discovery ran and found nothing new."
      : `Discovery ran: ${plural(n, { one: "# new proposal", other: "# new proposals" })}.`,
  facts: {
    label: "Last run",
    at: "Last run",
    never: "Not yet",
    took: "Took",
    devices: "Devices read",
    confirmed: "Links confirmed",
    proposed: "New proposals",
    leftOut: "Left out",
  },
  dropped,
  leftOutLead: "Reports that say nothing certain about a link or device:",
  sources,
  linkKinds,
  kinds,
  kindsOf,
  states,
  tabs: "State of proposals",
  filterKind: "Kind",
  filterSource: "Source",
  search: "Name, address, model…",
  atLeast: "Confidence",
  anyConfidence: "Any confidence",
  atLeastPercent: (percent: string) => `At least ${percent}`,
  columns: {
    kind: "Kind",
    what: "What",
    sources: "Sources",
    confidence: "Confidence",
    seen: "Seen",
    decided: "Decided",
    action: "Details",
  },
  firstSeen: "first seen",
  seenFrom: (names: string, more: number) =>
    more === 0 ? `seen from ${names}` : `seen from ${names} and ${more} more`,
  segmentOf: (n: number) => plural(n, { one: "Segment of # port", other: "Segment of # ports" }),
  /** Between the two ends of a link. */
  pair: (a: string, b: string) => `${a} – ${b}`,
  stale: "Stale",
  staleHint: "Nobody reports it any more.",
  openLink: "Open link",
  openDevice: "Open device",
  removedSince: "removed from the inventory",
  accept: "Accept",
  reject: "Reject",
  reopen: "Reopen",
  acceptOne: (name: string) => `Accept ${name}`,
  rejectOne: (name: string) => `Reject ${name}`,
  reopenOne: (name: string) => `Reopen ${name}`,
  showDetails: (name: string) => `Show the evidence for ${name}`,
  hideDetails: (name: string) => `Hide the evidence for ${name}`,
  working: (at: string, all: string) => `${at} of ${all}`,
  done,
  notDone,
  othersDone: (n: number) => `The other ${proposals(n)} went through.`,
  evidence: {
    heading: "Evidence",
    seenFrom: "Seen from",
    facts: "Details",
    reportedBy: (name: string) => `reported by ${name}`,
    gone: "no longer reported",
    addresses: "Addresses",
    macs: "MAC addresses",
    board: "Model",
    port: "Its port",
    linkKind: "Kind of link",
    firstSeen: "First seen",
    lastSeen: "Last seen",
    joinedBy: "Joined by",
    reason: (code: string) => reasons[code] ?? code,
    shownOnly: {
      segment:
        "A segment of more than two ports is shown only. It cannot be added to the inventory.",
      peer: "The other end of an external BGP session is shown only. It cannot be added to the inventory.",
    },
  },
  dialog: {
    heading: (n: number) => plural(n, { one: "Accept # device", other: "Accept # devices" }),
    lead: (links: number) =>
      links === 0
        ? "They are added to the inventory under their names and addresses."
        : `They are added to the inventory under their names and addresses, together with ${plural(links, { one: "# link", other: "# links" })}.`,
    site: "Site",
    agent: "Agent",
    credential: "Credential",
    credentialHint:
      "With a credential, MikroTik devices are read by RouterOS API over TLS, once their certificate is confirmed, and others by SNMP. Without one they are only pinged.",
    none: "None",
    agentHint: "Without an agent they are not monitored.",
    credentialsFailed: "The credentials could not be loaded",
  },
  emptyFirst: "Nothing discovered yet",
  emptyFirstText:
    "Discovery compares what devices report of their neighbours with the inventory, and proposes the devices and links that are missing. It needs devices that are read by API or SNMP.",
  emptyOpen: "No open proposals",
  emptyOpenText: (n: number) =>
    `What ${plural(n, { one: "# device reports", other: "# devices report" })} is in the inventory or decided. Discovery runs every ten minutes.`,
  emptyState: {
    accepted: "No accepted proposals",
    rejected: "No rejected proposals",
  },
  emptyStateText: {
    accepted: "Proposals that were added to the inventory are listed here. They can be reopened.",
    rejected:
      "Rejected proposals are remembered here and not proposed again. They can be reopened.",
  },
  none: "No matching proposals",
  noneText: "No proposal matches these filters.",
} as const
