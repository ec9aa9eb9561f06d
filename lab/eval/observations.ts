/** Observations with noise: some are missing, some are wrong, each independently. */
import type { Observation, Recheck } from "@ispvm/rca"
import { DOWN, placeOf, UNSEEN, type Visibility, type World } from "./world.ts"

export type Noise = {
  readonly missingRatio: number
  readonly downAsUpRatio: number
  readonly upAsDownRatio: number
}
export const USUAL_NOISE: Noise = {
  missingRatio: 0.025,
  downAsUpRatio: 0.025,
  upAsDownRatio: 0.005,
}
export const scaledNoise = (times: number): Noise => ({
  missingRatio: USUAL_NOISE.missingRatio * times,
  downAsUpRatio: USUAL_NOISE.downAsUpRatio * times,
  upAsDownRatio: USUAL_NOISE.upAsDownRatio * times,
})

const readOnce = (
  truth: number | undefined,
  noise: Noise,
  random: () => number,
): "up" | "down" | undefined => {
  const [missing, inverted] = [random(), random()]
  if (truth === undefined || truth === UNSEEN || missing < noise.missingRatio) return undefined
  const isDown = truth === DOWN ? inverted >= noise.downAsUpRatio : inverted < noise.upAsDownRatio
  return isDown ? "down" : "up"
}

/** `signals`: a port may be reported twice, as port and as adjacency. */
export const observeWithNoise = (
  world: World,
  visibility: Visibility,
  noise: Noise,
  random: () => number,
  signals: readonly ("port" | "adjacency")[] = ["port"],
): Observation[] =>
  world.observables.flatMap((observable, place) =>
    (observable.signal === "reachable" ? ["reachable" as const] : signals).flatMap((signal) => {
      const value = readOnce(visibility[place], noise, random)
      return value === undefined ? [] : [{ ...observable, signal, value }]
    }),
  )

/** New observations of what is requested; none of what is unseen or does not exist. */
export const recheckWithNoise = (
  world: World,
  visibility: Visibility,
  requested: readonly Recheck[],
  times: number,
  noise: Noise,
  random: () => number,
): Observation[] =>
  requested.flatMap((observable) => {
    const place = placeOf(world, observable)
    return Array.from({ length: times }, () =>
      readOnce(place === undefined ? undefined : visibility[place], noise, random),
    ).flatMap((value) => (value === undefined ? [] : [{ ...observable, value }]))
  })
