/** Faults of a network in which FRR routes. A new one is one more entry. */
import type { Cause } from "../../e2e/scenarios.ts"
import type { LabCommand } from "../../simulator/commands.ts"

export type RoutedCase = {
  readonly name: string
  readonly command: LabCommand
  /** One list per incident: the causes it may name. */
  readonly expected: readonly (readonly Cause[])[]
  /** Without BFD, the time until OSPF gives up is an outage of its own. */
  readonly expectedWithoutBfd?: readonly (readonly Cause[])[]
  /** Routers whose log reports it. */
  readonly reporters: readonly string[]
  /** How long an expected cause may take. */
  readonly withinMs: number
  /** `slowly`: has to be the last, and nobody waits for the end of its incident. */
  readonly heals?: "slowly"
}

const link = (name: string): Cause => ({ kind: "link", name })
const device = (name: string): Cause => ({ kind: "device", name })
const LINK = "bursa-izmir"
const ENDS = ["bur-core-1", "izm-core-1"]

export const ROUTED_CASES: readonly RoutedCase[] = [
  {
    name: "link cut",
    command: { do: "cut", link: LINK },
    expected: [[link(LINK)]],
    reporters: ENDS,
    withinMs: 45_000,
  },
  {
    name: "line dead, ports up",
    command: { do: "degrade", link: LINK, ratio: 1 },
    // What takes the line finds another way within a second, before anything is unreachable.
    expected: [],
    expectedWithoutBfd: [[link(LINK)]],
    reporters: ENDS,
    withinMs: 60_000,
  },
  {
    name: "BGP down and up",
    command: { do: "bgp-down", router: "ist-border-1" },
    expected: [[device("ist-transit-1"), link("istanbul-transit")]],
    reporters: ["ist-border-1", "ist-core-1", "ank-core-1"],
    withinMs: 45_000,
  },
  {
    name: "OSPF down",
    command: { do: "ospf-down", link: LINK },
    // Traffic finds another way; a neighbour that stays away is an incident of its link.
    expected: [[link(LINK)]],
    reporters: ENDS,
    // The default rule waits for a minute, and neighbours are read every half of one.
    withinMs: 150_000,
  },
  {
    name: "one PoP isolated",
    command: {
      do: "together",
      faults: [
        { do: "cut", link: "adana-gaziantep" },
        { do: "cut", link: "kayseri-gaziantep" },
      ],
    },
    // Seen from outside, its router is dead.
    expected: [[device("gaz-agg-1"), { kind: "site", name: "Gaziantep" }]],
    reporters: ["ada-core-1", "kay-core-1"],
    withinMs: 45_000,
  },
  {
    name: "loss of 30 %",
    command: { do: "degrade", link: LINK, ratio: 0.3 },
    expected: [[link(LINK)]],
    reporters: ENDS,
    withinMs: 240_000,
    // Quality counts as restored after many minutes.
    heals: "slowly",
  },
]
