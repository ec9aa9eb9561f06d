/** The course of one case: faults begin, symptoms follow with noise, and everything recovers. */
import { drawFaults } from "../faults.ts"
import { type Noise, USUAL_NOISE } from "../observations.ts"
import { randomStream } from "../shape.ts"
import { DOWN, UNSEEN, UP, type Visibility, visibilityOf, type World } from "../world.ts"
import type { Timing } from "./timing.ts"

/** An observation that was lost, of something that could be observed. */
export const MISSING = 3
export type Timeline = {
  readonly truth: readonly string[]
  /** What is visible while all faults of the truth are active. */
  readonly shown: Visibility
  /** By probe round, one reading per observable of the world: down, up, unseen or missing. */
  readonly probeRounds: readonly Uint8Array[]
}

const upTo = (count: number, random: () => number): number => Math.floor(random() * (count + 1))

/** The vantage does not fail: a failed monitor sends no pages. */
const drawTruth = (world: World, faults: number, random: () => number): string[] => {
  for (;;) {
    const drawn = drawFaults(world, { faults, groupRatio: 0, uplinkRatio: 0 }, random)
    if (!drawn.some((id) => world.plan.vantages.includes(id))) return drawn
  }
}

/** The visibility at each time, while the faults come and go. */
const createVisibilityAt = (
  world: World,
  truth: readonly string[],
  timing: Timing,
  random: () => number,
): ((time: number) => Visibility) => {
  const begins = truth.map((_, i) => (i === 0 ? 0 : upTo(timing.spread, random)))
  const ends = truth.map(() => timing.faultRounds + upTo(timing.spread, random))
  const visibilities = new Map<string, Visibility>()
  return (time) => {
    const active = truth.filter((_, i) => (begins[i] ?? 0) <= time && time < (ends[i] ?? 0))
    const key = JSON.stringify(active)
    const known = visibilities.get(key) ?? visibilityOf(world, active)
    visibilities.set(key, known)
    return known
  }
}

/** What is read of `shown`; `missing` and `inverted` are random numbers. */
const readNoisily = (shown: number, noise: Noise, missing: number, inverted: number): number => {
  if (missing < noise.missingRatio) return MISSING
  if (shown === DOWN) return inverted < noise.downAsUpRatio ? UP : DOWN
  return inverted < noise.upAsDownRatio ? DOWN : UP
}

/**
 * The first `attempts` observations after each change are noisy: each is wrong or missing
 * independently. Later ones are right. What never changes is noisy when the faults begin.
 */
export const makeTimeline = (
  world: World,
  faults: number,
  timing: Timing,
  seed: string,
  noise: Noise = USUAL_NOISE,
): Timeline => {
  const random = randomStream("play", seed)
  const truth = drawTruth(world, faults, random)
  const visibilityAt = createVisibilityAt(world, truth, timing, random)
  const delays = world.observables.map(
    () => [upTo(timing.delay, random), upTo(timing.delay, random)] as const,
  )
  const noisyUntil = delays.map(([delay]) => delay + timing.attempts)
  const before = Uint8Array.from(visibilityAt(-1))
  const readAt = (place: number, time: number): number => {
    const [coming, going] = delays[place] ?? [0, 0]
    const delay = time < timing.faultRounds ? coming : going
    const shown = visibilityAt(time - delay)[place] ?? UNSEEN
    if (shown !== before[place]) noisyUntil[place] = time + timing.attempts
    before[place] = shown
    const [missing, inverted] = [random(), random()]
    const isNoisy = shown !== UNSEEN && time >= coming && time < (noisyUntil[place] ?? 0)
    return isNoisy ? readNoisily(shown, noise, missing, inverted) : shown
  }
  const probeRounds = Array.from(
    { length: timing.faultRounds + timing.recoveryRounds },
    (_, time) => Uint8Array.from(world.observables, (_observable, place) => readAt(place, time)),
  )
  return { truth, shown: visibilityOf(world, truth), probeRounds }
}
