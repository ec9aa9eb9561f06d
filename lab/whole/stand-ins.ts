/**
 * What could have failed in a fault's place without the agent seeing any difference, reckoned from the topology alone: an incident that names
 * one of them first is right, for nobody could know better from there. Pure.
 */
import type { Lever } from "../commands.ts"
import { brokenBy, pulled, UNTOUCHED } from "../levers.ts"
import { portKey, portStates, reachable, type Topology } from "../topology.ts"
import type { Cause, Situation } from "./situations.ts"

/** Who answers, and which ports have no link by the word of those who answer. */
export const sightOf = (topology: Topology, levers: readonly Lever[]): string => {
  const broken = brokenBy(
    topology,
    levers.reduce((hand, lever) => pulled(topology, hand, lever), UNTOUCHED),
  )
  const seen = reachable(topology, broken)
  const states = portStates(topology, broken)
  const dark = topology.links.flatMap(({ a, b }) =>
    [a, b].filter((end) => seen.has(end.router) && states.get(portKey(end)) === false).map(portKey),
  )
  return JSON.stringify([[...seen].sort(), dark.sort()])
}

type Fault = { readonly lever: Lever; readonly cause: Cause }
export const faultsOf = (topology: Topology): readonly Fault[] => [
  ...topology.links.map(({ name }): Fault => ({ lever: { do: "cut", link: name }, cause: { kind: "link", name } })),
  ...topology.routers.map(({ name }): Fault => ({ lever: { do: "kill", router: name }, cause: { kind: "device", name } })),
  ...topology.sites.map(({ key, name }): Fault => ({ lever: { do: "power-off", site: key }, cause: { kind: "site", name } })),
]

/** For each of these levers what could stand in its place, the others held fixed; the lever's own cause is among it. */
export const standIns = (topology: Topology, levers: readonly Lever[]): Cause[][] => {
  const truth = sightOf(topology, levers)
  const faults = faultsOf(topology)
  return levers.map((_, index) =>
    faults.filter(({ lever }) => sightOf(topology, levers.with(index, lever)) === truth).map(({ cause }) => cause),
  )
}

/** Whether each of these faults shows by itself, and no smaller set of faults shows the same as all of them. */
export const isApart = (topology: Topology, levers: readonly Lever[]): boolean => {
  const truth = sightOf(topology, levers)
  const without = levers.map((_, index) => sightOf(topology, levers.toSpliced(index, 1)))
  const singles = levers.length < 2 ? [] : faultsOf(topology).map(({ lever }) => sightOf(topology, [lever]))
  return ![...without, ...singles].includes(truth)
}

const PLACES: readonly Lever["do"][] = ["cut", "kill", "power-off", "lose-upstream"]

/** Levers as a situation whose wanted causes are reckoned. Throws where they cannot be told apart from fewer. */
export const situationOf = (topology: Topology, name: string, levers: readonly Lever[]): Situation => {
  const [first] = levers
  if (first === undefined || !levers.every((lever) => PLACES.includes(lever.do)) || !isApart(topology, levers))
    throw new Error(`${name}: nobody could see that from where the agent stands`)
  const hand = levers.reduce((now, lever) => pulled(topology, now, lever), UNTOUCHED)
  const broken = brokenBy(topology, hand)
  const seen = reachable(topology, broken)
  const silent = topology.routers.map((router) => router.name).filter((router) => !seen.has(router))
  const wanted = standIns(topology, levers)
  const failed = new Set([...broken.deadRouters, ...wanted.flat().flatMap((one) => (one.kind === "device" ? one.name : []))])
  return {
    name,
    command: levers.length === 1 ? first : { do: "together", levers: [...levers] },
    wanted,
    down: silent.filter((router) => failed.has(router)),
    behind: silent.filter((router) => !failed.has(router)),
    isBlind: false,
  }
}
