/** Six ways to break the simulated network, with the expected incidents of each. */
import type { LabCommand } from "../simulator/commands.ts"

export type Cause = { readonly kind: "link" | "device" | "site" | "agent"; readonly name: string }
export type Scenario = {
  readonly name: string
  readonly command: LabCommand
  /**
   * One list per expected incident: the causes it may name. Several only where they are
   * indistinguishable.
   */
  readonly expected: readonly (readonly Cause[])[]
  /** Devices that stop answering because they have failed, or may have. */
  readonly down: readonly string[]
  /** Devices that stop answering without a failure of their own: no incidents, never down. */
  readonly unreachable: readonly string[]
  /** The state of every device is then unknown, so none may be down. */
  readonly isAllUnknown: boolean
}

const link = (name: string): Cause => ({ kind: "link", name })
const device = (name: string): Cause => ({ kind: "device", name })
const agent: Cause = { kind: "agent", name: "istanbul-agent" }
const STATUS_KNOWN = { down: [], unreachable: [], isAllUnknown: false }
const STATUS_UNKNOWN = { expected: [[agent]], down: [], unreachable: [], isAllUnknown: true }

const DOWNSTREAM_OF_ANKARA = ["sam-agg-1", "sam-acc-1", "tra-agg-1", "tra-acc-1"]
const ON_ITS_CORE = ["ank-agg-1", "ank-acc-1", "ank-acc-2"]

export const MANAGEMENT_PATH_DOWN: Scenario = {
  name: "agent's management path cut",
  command: { do: "cut-management-path" },
  ...STATUS_UNKNOWN,
}
export const UPLINK_DOWN: Scenario = {
  name: "agent's uplink cut",
  command: { do: "cut-uplink" },
  ...STATUS_UNKNOWN,
}

export const SCENARIOS: readonly Scenario[] = [
  {
    ...STATUS_KNOWN,
    name: "core link cut",
    command: { do: "cut", link: "bursa-izmir" },
    expected: [[link("bursa-izmir")]],
  },
  {
    ...STATUS_KNOWN,
    name: "router dead",
    command: { do: "kill", router: "ank-core-1" },
    expected: [[device("ank-core-1")]],
    down: ["ank-core-1"],
    unreachable: [...ON_ITS_CORE, ...DOWNSTREAM_OF_ANKARA],
  },
  {
    ...STATUS_KNOWN,
    name: "site power lost",
    command: { do: "power-off", site: "ankara" },
    expected: [[{ kind: "site", name: "Ankara" }]],
    down: ["ank-core-1", "ank-border-1", "ank-transit-1", "ank-bng-1", ...ON_ITS_CORE],
    unreachable: DOWNSTREAM_OF_ANKARA,
  },
  {
    ...STATUS_KNOWN,
    name: "upstream lost",
    command: { do: "lose-upstream", router: "ist-transit-1" },
    expected: [[device("ist-transit-1"), link("istanbul-transit")]],
    down: ["ist-transit-1"],
  },
  MANAGEMENT_PATH_DOWN,
  UPLINK_DOWN,
  {
    ...STATUS_KNOWN,
    name: "two faults at once",
    command: {
      do: "together",
      faults: [
        { do: "cut", link: "bursa-izmir" },
        { do: "kill", router: "ist-agg-1" },
      ],
    },
    expected: [[link("bursa-izmir")], [device("ist-agg-1")]],
    down: ["ist-agg-1"],
    unreachable: ["ist-acc-1", "ist-acc-2"],
  },
]

export const isSame = (one: Cause, other: Cause | undefined): boolean =>
  one.kind === other?.kind && one.name === other.name

/** Whether these causes, one per incident, are the expected ones in any order, each once. */
export const hasExpectedCauses = (
  causes: readonly (Cause | undefined)[],
  { expected }: Pick<Scenario, "expected">,
): boolean =>
  causes.length === expected.length &&
  expected.every(
    (names) => causes.filter((cause) => names.some((one) => isSame(one, cause))).length === 1,
  )
