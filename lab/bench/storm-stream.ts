/** What comes in: looks with the time they come at, first the storm, then the even flow after it. */
import type { Observation } from "@ispvm/appliance/cause"
import { lookAt, USUAL_NOISE } from "../eval/looks.ts"
import { shuffled } from "../eval/shape.ts"
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

const keyOf = ({ entity, signal, from, end }: Observation): string => JSON.stringify([entity, signal, from, end])

/**
 * Things are looked at in turns, evenly, from `fromMs` on, under what has failed by then. `turns` is everything that is looked at when
 * all is well, by its place in the turn; what cannot be seen now is passed over.
 */
export const makeFlow = (
  world: World,
  faults: readonly string[],
  turns: Turns,
  count: number,
  fromMs: number,
  lastsMs: number,
  random: () => number,
): Arrival[] => {
  const sight = sightOf(world, faults)
  const looks = new Map(looksUnder(world, sight, random).map((look) => [keyOf(look), look]))
  if (looks.size === 0) throw new Error("nothing can be looked at")
  const taken: Observation[] = []
  while (taken.length < count) {
    const look = looks.get(turns.order[turns.at % turns.order.length] ?? "")
    turns.at += 1
    if (look !== undefined) taken.push(look)
  }
  return taken.map((look, n) => {
    return { atMs: fromMs + ((n + 1) * lastsMs) / count, look, isTrulyDown: isTrulyDown(world, sight, look) }
  })
}
export type Turns = { readonly order: readonly string[]; at: number }
export const createTurns = (world: World, random: () => number): Turns => {
  const things = world.things.flatMap((thing) =>
    (thing.signal === "reachable" ? ["reachable" as const] : SIGNALS).map((signal) => keyOf({ ...thing, signal, value: "up" })),
  )
  return { order: shuffled(things, random), at: 0 }
}
