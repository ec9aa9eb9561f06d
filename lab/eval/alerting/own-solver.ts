/**
 * The solver on the same observations: each cause of its best answer that lasts as long as the
 * other systems wait is one page.
 */
import { createSolver, type Hypothesis, type Observation, type Solver } from "@ispvm/rca"
import { DOWN, UP, type World } from "../world.ts"
import type { ReportedPage } from "./count.ts"
import type { Timeline } from "./timeline.ts"
import type { Timing } from "./timing.ts"

type Cause = {
  /** The cause and what is indistinguishable from it. */
  names: ReadonlySet<string>
  /** Rounds in a row in which it was named, or was not. */
  namedRounds: number
  absentRounds: number
  page: { readonly names: readonly string[]; recovered: boolean } | null
}

const observe = (world: World, readings: Uint8Array): Observation[] =>
  world.observables.flatMap((observable, place): Observation[] => {
    const reading = readings[place]
    return reading === DOWN || reading === UP
      ? [{ ...observable, value: reading === DOWN ? "down" : "up" }]
      : []
  })

/** A cause is the same as before if their names overlap. */
const matchCauses = (
  causes: readonly Cause[],
  best: Hypothesis | undefined,
): { cause: Cause; component: string; isNew: boolean }[] => {
  const matched = new Set<Cause>()
  return (best?.components ?? []).map((component, i) => {
    const names = new Set([component, ...(best?.classes[i] ?? [])])
    const known = causes.find(
      (cause) => !matched.has(cause) && [...names].some((name) => cause.names.has(name)),
    )
    const cause = known ?? { names, namedRounds: 0, absentRounds: 0, page: null }
    cause.names = names
    matched.add(cause)
    return { cause, component, isNew: known === undefined }
  })
}

/** The solver gets the last `attempts` probe rounds. `onSolve` gets the time of each answer. */
export const runOurs = (
  world: World,
  timeline: Timeline,
  timing: Timing,
  onSolve: (tookMs: number) => void,
): ReportedPage[] => {
  const solver: Solver = createSolver(world.plan)
  const recent: Observation[][] = Array.from({ length: timing.attempts }, () =>
    observe(world, new Uint8Array(world.observables.length).fill(UP)),
  )
  for (const observation of recent.flat()) solver.observe(observation)
  const requiredRounds = timing.attempts - 1 + timing.holdDown
  let causes: Cause[] = []
  const pages: { names: readonly string[]; recovered: boolean; afterMs: number }[] = []
  for (const [round, readings] of timeline.probeRounds.entries()) {
    for (const observation of recent.shift() ?? []) solver.forget(observation)
    const fresh = observe(world, readings)
    recent.push(fresh)
    for (const observation of fresh) solver.observe(observation)
    const began = performance.now()
    const [best] = solver.answer().hypotheses
    onSolve(performance.now() - began)
    const named = matchCauses(causes, best)
    const present = new Set(named.map(({ cause }) => cause))
    causes = [...causes, ...named.filter(({ isNew }) => isNew).map(({ cause }) => cause)]
    for (const { cause, component } of named) {
      cause.namedRounds += 1
      cause.absentRounds = 0
      if (cause.page !== null || cause.namedRounds <= requiredRounds) continue
      // What the appliance needs from there to the receiver is in `bench -- notify`.
      const page = { names: [component], recovered: false, afterMs: round * timing.probeIntervalMs }
      cause.page = page
      pages.push(page)
    }
    for (const cause of causes.filter((one) => !present.has(one))) {
      cause.absentRounds += 1
      cause.namedRounds = 0
      if (cause.page !== null && cause.absentRounds >= timing.attempts) cause.page.recovered = true
    }
    causes = causes.filter((cause) => present.has(cause) || cause.absentRounds < timing.attempts)
  }
  return pages
}
