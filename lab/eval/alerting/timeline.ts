/** One case as it goes by: faults come, symptoms follow in random order, noise lies over them, and everything recovers. */
import { drawFaults } from "../faults.ts"
import { type Noise, USUAL_NOISE } from "../observations.ts"
import { randomStream } from "../shape.ts"
import { DOWN, UNSEEN, UP, type Visibility, visibilityOf, type World } from "../world.ts"
import type { Timing } from "./timing.ts"

/** A look that gave nothing though there was something to be told. */
export const MISSING = 3
export type Timeline = {
  readonly truth: readonly string[]
  /** What is shown while all of the truth has failed. */
  readonly shown: Visibility
  /** For each look in time: one reading a place of the world: down, up, unseen or missing. */
  readonly probeRounds: readonly Uint8Array[]
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
export const makeTimeline = (
  world: World,
  faults: number,
  timing: Timing,
  seed: string,
  noise: Noise = USUAL_NOISE,
): Timeline => {
  const random = randomStream("play", seed)
  const truth = drawTruth(world, faults, random)
  const begins = truth.map((_, i) => (i === 0 ? 0 : upTo(timing.spread, random)))
  const ends = truth.map(() => timing.faultRounds + upTo(timing.spread, random))
  const visibilities = new Map<string, Visibility>()
  const visibilityAt = (time: number): Visibility => {
    const active = truth.filter((_, i) => (begins[i] ?? 0) <= time && time < (ends[i] ?? 0))
    const key = JSON.stringify(active)
    const known = visibilities.get(key) ?? visibilityOf(world, active)
    visibilities.set(key, known)
    return known
  }
  const delays = world.observables.map(
    () => [upTo(timing.delay, random), upTo(timing.delay, random)] as const,
  )
  const noisyUntil = delays.map(([delay]) => delay + timing.attempts)
  const before = Uint8Array.from(visibilityAt(-1))
  const probeRounds = Array.from(
    { length: timing.faultRounds + timing.recoveryRounds },
    (_, time) =>
      Uint8Array.from(world.observables, (_observable, place) => {
        const [coming, going] = delays[place] ?? [0, 0]
        const shown =
          visibilityAt(time - (time < timing.faultRounds ? coming : going))[place] ?? UNSEEN
        if (shown !== before[place]) noisyUntil[place] = time + timing.attempts
        before[place] = shown
        const [missing, inverted] = [random(), random()]
        if (shown === UNSEEN || time < coming || time >= (noisyUntil[place] ?? 0)) return shown
        if (missing < noise.missingRatio) return MISSING
        if (shown === DOWN) return inverted < noise.downAsUpRatio ? UP : DOWN
        return inverted < noise.upAsDownRatio ? DOWN : UP
      }),
  )
  return { truth, shown: visibilityOf(world, truth), probeRounds }
}
