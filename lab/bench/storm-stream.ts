/** Observations with their arrival times: first the storm, then an even flow. */
import type { Observation } from "@ispvm/rca"
import { observeWithNoise, USUAL_NOISE } from "../eval/observations.ts"
import { shuffled } from "../eval/shape.ts"
import { DOWN, placeOf, type Visibility, visibilityOf, type World } from "../eval/world.ts"

export type Arrival = {
  readonly atMs: number
  readonly observation: Observation
  /** Reads down, and not because of noise. */
  readonly isTrulyDown: boolean
}

const SIGNALS = ["port", "adjacency"] as const

const isTrulyDown = (world: World, visibility: Visibility, observation: Observation): boolean => {
  const place = placeOf(world, observation)
  return observation.value === "down" && place !== undefined && visibility[place] === DOWN
}
/** One observation of everything observable, in random order. */
const observationsUnder = (
  world: World,
  visibility: Visibility,
  random: () => number,
): readonly Observation[] =>
  shuffled(observeWithNoise(world, visibility, USUAL_NOISE, random, SIGNALS), random)

/** `count` different observations, at random times within `durationMs` after the cut. */
export const makeStorm = (
  world: World,
  faults: readonly string[],
  count: number,
  durationMs: number,
  random: () => number,
): Arrival[] => {
  const visibility = visibilityOf(world, faults)
  const observations = observationsUnder(world, visibility, random).slice(0, count)
  if (observations.length < count)
    throw new Error(`only ${observations.length} things are observable, not ${count}`)
  return observations
    .map((observation) => ({
      atMs: random() * durationMs,
      observation,
      isTrulyDown: isTrulyDown(world, visibility, observation),
    }))
    .sort((one, other) => one.atMs - other.atMs)
}

const keyOf = ({ entity, signal, from, end }: Observation): string =>
  JSON.stringify([entity, signal, from, end])

/**
 * Observations in round-robin order at even intervals from `fromMs` on, under these faults.
 * `roundRobin` has everything that is observable without faults; what is not observable now is
 * skipped.
 */
export const makeFlow = (
  world: World,
  faults: readonly string[],
  roundRobin: RoundRobin,
  count: number,
  fromMs: number,
  durationMs: number,
  random: () => number,
): Arrival[] => {
  const visibility = visibilityOf(world, faults)
  const observations = new Map(
    observationsUnder(world, visibility, random).map((observation) => [
      keyOf(observation),
      observation,
    ]),
  )
  if (observations.size === 0) throw new Error("nothing is observable")
  const chosen: Observation[] = []
  while (chosen.length < count) {
    const observation = observations.get(
      roundRobin.order[roundRobin.at % roundRobin.order.length] ?? "",
    )
    roundRobin.at += 1
    if (observation !== undefined) chosen.push(observation)
  }
  return chosen.map((observation, n) => {
    return {
      atMs: fromMs + ((n + 1) * durationMs) / count,
      observation,
      isTrulyDown: isTrulyDown(world, visibility, observation),
    }
  })
}
export type RoundRobin = { readonly order: readonly string[]; at: number }
export const createRoundRobin = (world: World, random: () => number): RoundRobin => {
  const observableKeys = world.observables.flatMap((observable) =>
    (observable.signal === "reachable" ? ["reachable" as const] : SIGNALS).map((signal) =>
      keyOf({ ...observable, signal, value: "up" }),
    ),
  )
  return { order: shuffled(observableKeys, random), at: 0 }
}
