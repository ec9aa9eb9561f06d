/** Ours on the same looks: what the solver's best answer names, once it has stood as long as the others wait, is one page a cause. */
import { createSolver, type Hypothesis, type Observation, type Solver } from "@ispvm/appliance/cause"
import { DOWN, UP, type World } from "../world.ts"
import type { Pace } from "./pace.ts"
import type { Play } from "./play.ts"

type Cause = {
  /** What may stand in for it, itself included. */
  names: ReadonlySet<string>
  /** Looks in a row it has been named, or since it was named last. */
  stood: number
  gone: number
  page: { readonly names: readonly string[]; recovered: boolean } | null
}
export type OurPage = { readonly names: readonly string[]; readonly recovered: boolean }

const observe = (world: World, readings: Uint8Array): Observation[] =>
  world.things.flatMap((thing, place): Observation[] => {
    const reading = readings[place]
    return reading === DOWN || reading === UP ? [{ ...thing, value: reading === DOWN ? "down" : "up" }] : []
  })

/** The same cause as before if what could stand in for the one could for the other. */
const follow = (
  causes: readonly Cause[],
  best: Hypothesis | undefined,
): { cause: Cause; component: string; isNew: boolean }[] => {
  const taken = new Set<Cause>()
  return (best?.components ?? []).map((component, i) => {
    const names = new Set([component, ...(best?.classes[i] ?? [])])
    const known = causes.find((cause) => !taken.has(cause) && [...names].some((name) => cause.names.has(name)))
    const cause = known ?? { names, stood: 0, gone: 0, page: null }
    cause.names = names
    taken.add(cause)
    return { cause, component, isNew: known === undefined }
  })
}

/** The solver is given the last `attempts` looks at everything. `onSolve` hears how long each answer took. */
export const playOurs = (world: World, play: Play, pace: Pace, onSolve: (tookMs: number) => void): OurPage[] => {
  const solver: Solver = createSolver(world.plan)
  const held: Observation[][] = Array.from({ length: pace.attempts }, () =>
    observe(world, new Uint8Array(world.things.length).fill(UP)),
  )
  for (const look of held.flat()) solver.observe(look)
  const wanted = pace.attempts - 1 + pace.settle
  let causes: Cause[] = []
  const pages: { readonly names: readonly string[]; recovered: boolean }[] = []
  for (const readings of play.looks) {
    for (const look of held.shift() ?? []) solver.forget(look)
    const fresh = observe(world, readings)
    held.push(fresh)
    for (const look of fresh) solver.observe(look)
    const began = performance.now()
    const [best] = solver.answer().hypotheses
    onSolve(performance.now() - began)
    const named = follow(causes, best)
    const present = new Set(named.map(({ cause }) => cause))
    causes = [...causes, ...named.filter(({ isNew }) => isNew).map(({ cause }) => cause)]
    for (const { cause, component } of named) {
      cause.stood += 1
      cause.gone = 0
      if (cause.page !== null || cause.stood <= wanted) continue
      cause.page = { names: [component], recovered: false }
      pages.push(cause.page)
    }
    for (const cause of causes.filter((one) => !present.has(one))) {
      cause.gone += 1
      cause.stood = 0
      if (cause.page !== null && cause.gone >= pace.attempts) cause.page.recovered = true
    }
    causes = causes.filter((cause) => present.has(cause) || cause.gone < pace.attempts)
  }
  return pages
}
