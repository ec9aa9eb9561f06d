/** Looks at a sight through noise: some are missing, some read wrong, each for itself. */
import type { Observation, Recheck } from "@ispvm/appliance/cause"
import { DOWN, placeOf, type Sight, UNSEEN, type World } from "./world.ts"

export type Noise = {
  readonly missingRatio: number
  readonly downAsUpRatio: number
  readonly upAsDownRatio: number
}
export const USUAL_NOISE: Noise = { missingRatio: 0.025, downAsUpRatio: 0.025, upAsDownRatio: 0.005 }
export const noiseTimes = (times: number): Noise => ({
  missingRatio: USUAL_NOISE.missingRatio * times,
  downAsUpRatio: USUAL_NOISE.downAsUpRatio * times,
  upAsDownRatio: USUAL_NOISE.upAsDownRatio * times,
})

const readOnce = (truth: number | undefined, noise: Noise, random: () => number): "up" | "down" | undefined => {
  const [missing, wrong] = [random(), random()]
  if (truth === undefined || truth === UNSEEN || missing < noise.missingRatio) return undefined
  const isDown = truth === DOWN ? wrong >= noise.downAsUpRatio : wrong < noise.upAsDownRatio
  return isDown ? "down" : "up"
}

/** `signals`: a port may be told twice, as port and as adjacency. */
export const lookAt = (
  world: World,
  sight: Sight,
  noise: Noise,
  random: () => number,
  signals: readonly ("port" | "adjacency")[] = ["port"],
): Observation[] =>
  world.things.flatMap((thing, place) =>
    (thing.signal === "reachable" ? ["reachable" as const] : signals).flatMap((signal) => {
      const value = readOnce(sight[place], noise, random)
      return value === undefined ? [] : [{ ...thing, signal, value }]
    }),
  )

/** Fresh looks at what is asked for; what cannot be seen, or does not exist, gives none. */
export const lookAgain = (
  world: World,
  sight: Sight,
  asked: readonly Recheck[],
  times: number,
  noise: Noise,
  random: () => number,
): Observation[] =>
  asked.flatMap((thing) => {
    const place = placeOf(world, thing)
    return Array.from({ length: times }, () => readOnce(place === undefined ? undefined : sight[place], noise, random)).flatMap(
      (value) => (value === undefined ? [] : [{ ...thing, value }]),
    )
  })
