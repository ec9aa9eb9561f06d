/** What comes in: looks with the time they come at, first the storm, then the even flow after it. */
import type { Observation } from "@ispvm/appliance/cause"
import { lookAt, USUAL_NOISE } from "../eval/looks.ts"
import { pick, shuffled } from "../eval/shape.ts"
import { DOWN, placeOf, type Sight, sightOf, type World } from "../eval/world.ts"

export type Arrival = {
  readonly atMs: number
  readonly look: Observation
  /** Down in truth: what is wrong by noise is not. */
  readonly isTrulyDown: boolean
}

const SIGNALS = ["port", "adjacency"] as const

const isTrulyDown = (world: World, sight: Sight, look: Observation): boolean => {
  const place = placeOf(world, look)
  return look.value === "down" && place !== undefined && sight[place] === DOWN
}
/** Looks at everything that can be seen, in no order. */
const looksUnder = (world: World, sight: Sight, random: () => number): readonly Observation[] =>
  shuffled(lookAt(world, sight, USUAL_NOISE, random, SIGNALS), random)

/** `count` things looked at once each, at random moments of `lastsMs` after the cut. */
export const makeStorm = (
  world: World,
  faults: readonly string[],
  count: number,
  lastsMs: number,
  random: () => number,
): Arrival[] => {
  const sight = sightOf(world, faults)
  const looks = looksUnder(world, sight, random).slice(0, count)
  if (looks.length < count) throw new Error(`only ${looks.length} things can be looked at, not ${count}`)
  return looks
    .map((look) => ({ atMs: random() * lastsMs, look, isTrulyDown: isTrulyDown(world, sight, look) }))
    .sort((one, other) => one.atMs - other.atMs)
}

/** A look at any one thing every so often, evenly, from `fromMs` on, under what has failed by then. */
export const makeFlow = (
  world: World,
  faults: readonly string[],
  count: number,
  fromMs: number,
  lastsMs: number,
  random: () => number,
): Arrival[] => {
  const sight = sightOf(world, faults)
  const looks = looksUnder(world, sight, random)
  return Array.from({ length: count }, (_, n) => {
    const look = pick(looks, random)
    return { atMs: fromMs + ((n + 1) * lastsMs) / count, look, isTrulyDown: isTrulyDown(world, sight, look) }
  })
}
