/**
 * Which failures are indistinguishable from a given fault for the agent, computed from the topology
 * alone. An incident that names one of them first is right. Pure.
 */
import type { Fault } from "../simulator/commands.ts"
import { applyFault, brokenBy, NO_FAULTS } from "../simulator/faults.ts"
import { portKey, portStates, reachable, type Topology } from "../simulator/topology.ts"
import type { Cause, Scenario } from "./scenarios.ts"

/** Who answers, and which ports have no link according to the routers that answer. */
export const observableState = (topology: Topology, faults: readonly Fault[]): string => {
  const broken = brokenBy(
    topology,
    faults.reduce((state, fault) => applyFault(topology, state, fault), NO_FAULTS),
  )
  const seen = reachable(topology, broken)
  const states = portStates(topology, broken)
  const downPorts = topology.links.flatMap(({ a, b }) =>
    [a, b].filter((end) => seen.has(end.router) && states.get(portKey(end)) === false).map(portKey),
  )
  return JSON.stringify([[...seen].sort(), downPorts.sort()])
}

type FaultCandidate = { readonly fault: Fault; readonly cause: Cause }
export const candidatesOf = (topology: Topology): readonly FaultCandidate[] => [
  ...topology.links.map(
    ({ name }): FaultCandidate => ({
      fault: { do: "cut", link: name },
      cause: { kind: "link", name },
    }),
  ),
  ...topology.routers.map(
    ({ name }): FaultCandidate => ({
      fault: { do: "kill", router: name },
      cause: { kind: "device", name },
    }),
  ),
  ...topology.sites.map(
    ({ key, name }): FaultCandidate => ({
      fault: { do: "power-off", site: key },
      cause: { kind: "site", name },
    }),
  ),
]

/**
 * For each of these faults, its indistinguishable causes with the other faults fixed, including its
 * own cause.
 */
export const equivalents = (topology: Topology, faults: readonly Fault[]): Cause[][] => {
  const actual = observableState(topology, faults)
  const candidates = candidatesOf(topology)
  return faults.map((_, index) =>
    candidates
      .filter(({ fault }) => observableState(topology, faults.with(index, fault)) === actual)
      .map(({ cause }) => cause),
  )
}

/**
 * Whether each of these faults shows by itself, and no smaller set of faults shows the same as all
 * of them.
 */
export const isDistinguishable = (topology: Topology, faults: readonly Fault[]): boolean => {
  const actual = observableState(topology, faults)
  const without = faults.map((_, index) => observableState(topology, faults.toSpliced(index, 1)))
  const singles =
    faults.length < 2
      ? []
      : candidatesOf(topology).map(({ fault }) => observableState(topology, [fault]))
  return ![...without, ...singles].includes(actual)
}

const FAULT_KINDS: readonly Fault["do"][] = ["cut", "kill", "power-off", "lose-upstream"]

/**
 * Faults as a situation with computed causes. Throws if they are indistinguishable from fewer
 * faults.
 */
export const scenarioOf = (
  topology: Topology,
  name: string,
  faults: readonly Fault[],
): Scenario => {
  const [first] = faults
  if (
    first === undefined ||
    !faults.every((fault) => FAULT_KINDS.includes(fault.do)) ||
    !isDistinguishable(topology, faults)
  )
    throw new Error(`${name}: not visible from the agent`)
  const state = faults.reduce((current, fault) => applyFault(topology, current, fault), NO_FAULTS)
  const broken = brokenBy(topology, state)
  const seen = reachable(topology, broken)
  const notReached = topology.routers
    .map((router) => router.name)
    .filter((router) => !seen.has(router))
  const expected = equivalents(topology, faults)
  const failed = new Set([
    ...broken.deadRouters,
    ...expected.flat().flatMap((one) => (one.kind === "device" ? one.name : [])),
  ])
  return {
    name,
    command: faults.length === 1 ? first : { do: "together", faults: [...faults] },
    expected,
    down: notReached.filter((router) => failed.has(router)),
    unreachable: notReached.filter((router) => !failed.has(router)),
    isAllUnknown: false,
  }
}
