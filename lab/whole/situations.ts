/** Six ways in which the simulated network breaks, and what the incidents have to say of each. */
import type { LabCommand } from "../commands.ts"

export type Cause = { readonly kind: "link" | "device" | "site" | "agent"; readonly name: string }
export type Situation = {
  readonly name: string
  readonly command: LabCommand
  /** One list for each incident that has to stand: what its cause may be called. More than one only where nobody could tell them apart. */
  readonly wanted: readonly (readonly Cause[])[]
  /** Devices that fall silent because they have failed themselves, or could have. */
  readonly down: readonly string[]
  /** Devices that fall silent through no fault of their own: no incidents, and never called down. */
  readonly behind: readonly string[]
  /** Nothing is known of any device then, so none may be called down. */
  readonly isBlind: boolean
}

const link = (name: string): Cause => ({ kind: "link", name })
const device = (name: string): Cause => ({ kind: "device", name })
const agent: Cause = { kind: "agent", name: "istanbul-agent" }
const SIGHTED = { down: [], behind: [], isBlind: false }
const BLIND = { wanted: [[agent]], down: [], behind: [], isBlind: true }

const BEHIND_ANKARA = ["sam-agg-1", "sam-acc-1", "tra-agg-1", "tra-acc-1"]
const ON_ITS_CORE = ["ank-agg-1", "ank-acc-1", "ank-acc-2"]

export const WAY_HOME: Situation = { name: "agent's way home cut", command: { do: "cut-way-home" }, ...BLIND }
export const WAY_OUT: Situation = { name: "agent's way out cut", command: { do: "cut-way-out" }, ...BLIND }

export const SITUATIONS: readonly Situation[] = [
  {
    ...SIGHTED,
    name: "core link cut",
    command: { do: "cut", link: "bursa-izmir" },
    wanted: [[link("bursa-izmir")]],
  },
  {
    ...SIGHTED,
    name: "router dead",
    command: { do: "kill", router: "ank-core-1" },
    wanted: [[device("ank-core-1")]],
    down: ["ank-core-1"],
    behind: [...ON_ITS_CORE, ...BEHIND_ANKARA],
  },
  {
    ...SIGHTED,
    name: "site power lost",
    command: { do: "power-off", site: "ankara" },
    wanted: [[{ kind: "site", name: "Ankara" }]],
    down: ["ank-core-1", "ank-border-1", "ank-transit-1", "ank-bng-1", ...ON_ITS_CORE],
    behind: BEHIND_ANKARA,
  },
  {
    ...SIGHTED,
    name: "upstream lost",
    command: { do: "lose-upstream", router: "ist-transit-1" },
    wanted: [[device("ist-transit-1"), link("istanbul-transit")]],
    down: ["ist-transit-1"],
  },
  WAY_HOME,
  WAY_OUT,
  {
    ...SIGHTED,
    name: "two faults at once",
    command: {
      do: "together",
      levers: [
        { do: "cut", link: "bursa-izmir" },
        { do: "kill", router: "ist-agg-1" },
      ],
    },
    wanted: [[link("bursa-izmir")], [device("ist-agg-1")]],
    down: ["ist-agg-1"],
    behind: ["ist-acc-1", "ist-acc-2"],
  },
]

export const isSame = (one: Cause, other: Cause | undefined): boolean => one.kind === other?.kind && one.name === other.name

/** Whether these causes, one an incident, are the wanted ones in any order, each once. */
export const isRight = (causes: readonly (Cause | undefined)[], { wanted }: Pick<Situation, "wanted">): boolean =>
  causes.length === wanted.length &&
  wanted.every((names) => causes.filter((cause) => names.some((one) => isSame(one, cause))).length === 1)
