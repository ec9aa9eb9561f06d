/** API answers for discovery; it stores decisions. */
import {
  DecisionAnswer,
  DiscoveryAnswer,
  DiscoveryDecision,
  DiscoveryQuery,
  DiscoveryRun,
  type Proposal,
} from "@ispvm/appliance/api/discovery"
import { uuid } from "./make.ts"
import { problem } from "./problem.ts"
import type { Answer } from "./server.ts"

export type DiscoveryWorld = {
  proposals: Proposal[]
  run: DiscoveryRun | null
  /** Why the inventory rejects a name. */
  readonly rejects: Map<string, string>
}

type End = Proposal["ends"][number]
const end = (n: number, name: string, port: string | null, farInterface: string | null = null) =>
  ({ deviceId: uuid(n), name, interface: port, farInterface }) satisfies End
const agoMs = (minutes: number): number => Date.now() - minutes * 60_000

export const makeProposal = (n: number, changes: Partial<Proposal> = {}): Proposal => {
  const sources = changes.sources ?? ["lldp", "mndp"]
  const ends = changes.ends ?? [
    end(1, "ank-core-1", "sfp1", "sfp2"),
    end(3, "izm-core-1", "sfp2", "sfp1"),
  ]
  const reporters = ends.filter(({ deviceId }) => deviceId !== null)
  return {
    id: uuid(40_000 + n),
    kind: "link",
    state: "open",
    confidence: 0.9,
    isStale: false,
    name: null,
    addresses: [],
    macs: [],
    board: null,
    linkKind: "cable",
    evidence: sources.flatMap((source) =>
      reporters.slice(0, 2).map(({ deviceId, name }, index) => ({
        ...{ source, deviceId, deviceName: name },
        ...{ seenAtMs: agoMs(3 + index), isGone: false },
      })),
    ),
    reason: null,
    firstSeenAtMs: agoMs(4_000 + n * 90),
    seenAtMs: agoMs(3),
    decidedAtMs: null,
    decidedBy: null,
    createdId: null,
    ...changes,
    ...{ sources, ends },
  }
}

const found = (n: number, name: string | null, changes: Partial<Proposal>): Proposal =>
  makeProposal(n, {
    ...{ kind: "device", linkKind: null, name, reason: "same-mac" },
    macs: [`48:A9:8A:00:10:${String(n).padStart(2, "0")}`],
    ...changes,
  })

export const RUN: DiscoveryRun = {
  ...{ atMs: 0, tookMs: 1_240, devices: 213, confirmed: 187, proposed: 5 },
  dropped: { tooMany: 0, ambiguous: 12, behindOthers: 41, shared: 118, contradicted: 3 },
}

/** Links, devices, a segment and a BGP peer to decide about; some decisions were made before. */
export const makeDiscovery = (): DiscoveryWorld => ({
  rejects: new Map(),
  run: { ...RUN, atMs: agoMs(4) },
  proposals: [
    makeProposal(1, { confidence: 0.998, sources: ["lldp", "mndp", "ospf", "subnet"] }),
    makeProposal(2, {
      confidence: 0.97,
      ends: [
        end(2, "ist-core-1", "sfp-sfpplus1", "sfp-sfpplus3"),
        end(4, "bur-core-1", "sfp-sfpplus3", "sfp-sfpplus1"),
      ],
    }),
    makeProposal(3, {
      ...{ confidence: 0.86, sources: ["radio", "mndp"] },
      ends: [end(5, "ant-core-1", "wlan60-1"), end(6, "kon-core-1", "wlan60-1")],
    }),
    makeProposal(4, {
      ...{ confidence: 0.72, sources: ["ospf", "subnet"], linkKind: "tunnel" },
      ends: [end(1, "ank-core-1", "gre-van"), end(7, "ada-core-1", null)],
    }),
    makeProposal(5, {
      ...{ confidence: 0.41, sources: [], isStale: true, seenAtMs: agoMs(1_900) },
      ends: [end(2, "ist-core-1", "ether7"), end(8, "kay-core-1", "ether2")],
      evidence: [
        {
          ...{ source: "cdp", deviceId: uuid(2), deviceName: "ist-core-1" },
          ...{ seenAtMs: agoMs(1_900), isGone: true },
        },
      ],
    }),
    found(6, "van-acc-4", {
      ...{ confidence: 0.99, addresses: ["10.20.4.9"], board: "CCR2116-12G-4S+" },
      ends: [
        end(1, "ank-core-1", "sfp-sfpplus5", "sfp-sfpplus1"),
        end(9, "sam-core-1", "ether3", "ether1"),
        end(10, "tra-core-1", "ether9", "ether2"),
      ],
    }),
    found(7, null, {
      ...{ confidence: 0.93, addresses: ["10.20.4.17", "fe80::4aa9:8aff:fe00:1007"] },
      ...{ sources: ["lldp", "arp"], ends: [end(3, "izm-core-1", "ether12", "eth0")] },
    }),
    found(8, "customer-switch", {
      ...{ confidence: 0.55, sources: ["cdp", "bridge"], reason: "default-name" },
      ...{
        addresses: [],
        board: "cisco WS-C2960",
        ends: [end(4, "bur-core-1", "ether5", "Gi0/1")],
      },
    }),
    makeProposal(9, {
      ...{ kind: "segment", linkKind: null, confidence: 0.81, sources: ["bridge", "arp"] },
      ends: [1, 2, 3, 4].map((n) => end(n, `swi-port-${n}`, `ether${n}`)),
    }),
    makeProposal(10, {
      ...{ kind: "peer", linkKind: null, confidence: 0.99, sources: ["bgp"] },
      ...{ name: "AS9121", addresses: ["198.51.100.1"], ends: [end(1, "ank-core-1", "sfp12")] },
    }),
    makeProposal(11, {
      ...{ state: "accepted", createdId: uuid(7_001), decidedBy: "ayse@example.net" },
      decidedAtMs: agoMs(90),
    }),
    found(12, "erz-acc-1", {
      ...{ state: "accepted", createdId: uuid(11), addresses: ["10.20.7.1"] },
      ...{
        decidedBy: "mehmet@example.net",
        decidedAtMs: agoMs(2_000),
        ends: [end(11, "erz-core-1", "ether4")],
      },
    }),
    makeProposal(13, {
      ...{ state: "rejected", confidence: 0.62, sources: ["arp"], decidedBy: "ayse@example.net" },
      decidedAtMs: agoMs(30),
    }),
  ],
})

/** As many open links and devices as a network that was never documented has. */
export const makeMany = (count: number): Proposal[] =>
  Array.from({ length: count }, (_, n) => {
    const confidence = 0.3 + ((n * 37) % 70) / 100
    const a = end(
      1 + (n % 12),
      `a-router-with-a-name-of-forty-letters-${String(n % 97).padStart(2, "0")}`,
      "sfp-sfpplus1",
    )
    return n % 4 === 0
      ? found(1_000 + n, `access-${n}`, {
          confidence,
          addresses: [`10.30.${n % 250}.1`],
          ends: [a],
        })
      : makeProposal(1_000 + n, {
          confidence,
          sources: n % 3 === 0 ? ["ospf", "subnet"] : ["lldp"],
          ends: [a, end(1 + ((n + 5) % 12), `b-router-${n}`, `combo${n % 16}`)],
        })
  })

/** The reason why it cannot be done; null: it is done. */
const carryOut = (world: DiscoveryWorld, id: string, { decision }: DiscoveryDecision) => {
  const at = world.proposals.findIndex((each) => each.id === id)
  const proposal = world.proposals[at]
  if (proposal === undefined) return { id, name: "", detail: "there is no such proposal" }
  const name = proposal.name ?? proposal.ends.map((each) => each.name).join(" – ")
  const isOfDevice = proposal.kind === "device"
  const reason =
    decision === "accept"
      ? isOfDevice && proposal.addresses.length === 0
        ? "no address is known at which it could be polled"
        : world.rejects.get(name)
      : decision === "reopen" && isOfDevice && proposal.state === "accepted"
        ? "remove the device on its own page"
        : undefined
  if (reason !== undefined) return { id, name, detail: reason }
  const state = ({ accept: "accepted", reject: "rejected", reopen: "open" } as const)[decision]
  world.proposals[at] = {
    ...proposal,
    ...{ state, createdId: state === "accepted" ? uuid(7_001) : null },
    ...(state === "open"
      ? { decidedAtMs: null, decidedBy: null }
      : { decidedAtMs: Date.now(), decidedBy: "ayse@example.net" }),
  }
  return null
}

export const answerDiscovery = (
  world: DiscoveryWorld,
  method: string,
  url: URL,
  body: unknown,
): Answer | null => {
  switch (`${method} ${url.pathname}`) {
    case "GET /discovery": {
      const { state, limit } = DiscoveryQuery.parse(Object.fromEntries(url.searchParams))
      const count = (of: string) => world.proposals.filter((each) => each.state === of).length
      const items = world.proposals.filter((each) => each.state === state)
      const counts = {
        open: count("open"),
        accepted: count("accepted"),
        rejected: count("rejected"),
      }
      const answer = { items: items.slice(0, limit), next: null, run: world.run, counts }
      return { status: 200, body: DiscoveryAnswer.parse(answer) }
    }
    case "POST /discovery/run":
      world.run = DiscoveryRun.parse({ ...RUN, atMs: Date.now(), proposed: 2 })
      return { status: 200, body: world.run }
    case "POST /discovery/decisions": {
      const parsed = DiscoveryDecision.safeParse(body)
      if (!parsed.success) return problem(422, "invalid", parsed.error.message)
      const { ids } = parsed.data
      const failed = ids
        .map((id) => carryOut(world, id, parsed.data))
        .filter((each) => each !== null)
      return {
        status: 200,
        body: DecisionAnswer.parse({ done: ids.length - failed.length, failed }),
      }
    }
    default:
      return null
  }
}
