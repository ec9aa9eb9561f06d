/** One case as it goes by: faults come, symptoms follow in random order, noise lies over them, and everything recovers. */
import { drawFaults } from "../faults.ts"
import { type Noise, USUAL_NOISE } from "../looks.ts"
import { stream } from "../shape.ts"
import { DOWN, type Sight, sightOf, UNSEEN, UP, type World } from "../world.ts"
import type { Pace } from "./pace.ts"

/** A look that gave nothing though there was something to be told. */
export const MISSING = 3
export type Play = {
  readonly truth: readonly string[]
  /** What is shown while all of the truth has failed. */
  readonly shown: Sight
  /** For each look in time: one reading a place of the world: down, up, unseen or missing. */
  readonly looks: readonly Uint8Array[]
}

const upTo = (count: number, random: () => number): number => Math.floor(random() * (count + 1))

/** The vantage does not fail: from a dead machine nobody pages. */
const drawTruth = (world: World, faults: number, random: () => number): string[] => {
  for (;;) {
    const drawn = drawFaults(world, { faults, groupRatio: 0, uplinkRatio: 0 }, random)
    if (!drawn.some((id) => world.plan.vantages.includes(id))) return drawn
  }
}

/**
 * Noise lies on the first looks after each change and, for what never changes, on as many looks when the fault comes: an observation is
 * looked at `attempts` times, each look wrong or missing for itself; after that it reads true.
 */
export const makePlay = (world: World, faults: number, pace: Pace, seed: string, noise: Noise = USUAL_NOISE): Play => {
  const random = stream("play", seed)
  const truth = drawTruth(world, faults, random)
  const begins = truth.map((_, i) => (i === 0 ? 0 : upTo(pace.spread, random)))
  const ends = truth.map(() => pace.lifetime + upTo(pace.spread, random))
  const sights = new Map<string, Sight>()
  const sightAt = (time: number): Sight => {
    const standing = truth.filter((_, i) => (begins[i] ?? 0) <= time && time < (ends[i] ?? 0))
    const key = JSON.stringify(standing)
    const known = sights.get(key) ?? sightOf(world, standing)
    sights.set(key, known)
    return known
  }
  const delays = world.things.map(() => [upTo(pace.delay, random), upTo(pace.delay, random)] as const)
  const noisyUntil = delays.map(([delay]) => delay + pace.attempts)
  const before = Uint8Array.from(sightAt(-1))
  const looks = Array.from({ length: pace.lifetime + pace.aftermath }, (_, time) =>
    Uint8Array.from(world.things, (_thing, place) => {
      const [coming, going] = delays[place] ?? [0, 0]
      const shown = sightAt(time - (time < pace.lifetime ? coming : going))[place] ?? UNSEEN
      if (shown !== before[place]) noisyUntil[place] = time + pace.attempts
      before[place] = shown
      const [missing, wrong] = [random(), random()]
      if (shown === UNSEEN || time < coming || time >= (noisyUntil[place] ?? 0)) return shown
      if (missing < noise.missingRatio) return MISSING
      if (shown === DOWN) return wrong < noise.downAsUpRatio ? UP : DOWN
      return wrong < noise.upAsDownRatio ? DOWN : UP
    }),
  )
  return { truth, shown: sightOf(world, truth), looks }
}
