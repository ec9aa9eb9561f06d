/** One worker with a queue of observations: what waits, and how long, in event time. */
import type { Answer, Observation, Solver } from "@ispvm/rca"
import type { Arrival } from "./storm-stream.ts"

/** The current observations: the latest one of each observable. */
export type ObservationStore = {
  readonly add: (observation: Observation) => void
  /** In the order they were added: answers refer to them by index. */
  readonly current: () => readonly Observation[]
  /**
   * To be called with each answer. If most new observations of a cause's symptoms read up, the
   * cause is over, and older observations of its symptoms are outdated: they are dropped until they
   * are made again. The appliance decides that by the time of each observation.
   */
  readonly dropOutdated: (answer: Answer) => void
}
/** Fewer new observations prove nothing: some of them are wrong. */
const MIN_FRESH = 4

export const createObservationStore = (
  solver: Pick<Solver, "observe" | "forget">,
): ObservationStore => {
  const current = new Map<string, Observation>()
  /** Symptoms of the last cause, and which of them were observed since. */
  let symptoms: ReadonlySet<string> = new Set()
  const fresh = { up: new Set<string>(), down: new Set<string>() }
  const keyOf = (observation: Observation): string =>
    JSON.stringify([observation.entity, observation.signal, observation.from, observation.end])
  const drop = (key: string): void => {
    const observation = current.get(key)
    if (observation === undefined) return
    solver.forget(observation)
    current.delete(key)
  }
  return {
    add: (observation) => {
      const key = keyOf(observation)
      drop(key)
      solver.observe(observation)
      current.set(key, observation)
      if (symptoms.has(key)) fresh[observation.value].add(key)
    },
    current: () => [...current.values()],
    dropOutdated: ({ hypotheses }) => {
      if (fresh.up.size >= MIN_FRESH && fresh.up.size > fresh.down.size) {
        for (const key of symptoms)
          if (!fresh.down.has(key) && current.get(key)?.value === "down") drop(key)
      }
      const places = [...current.keys()]
      const explained = new Set(
        (hypotheses[0]?.explained ?? []).flatMap((place) => places[place] ?? []),
      )
      // New observations are counted from here on for another cause.
      const isSame = explained.size > 0 && [...explained].some((key) => symptoms.has(key))
      if (!isSame || fresh.up.size >= MIN_FRESH || fresh.down.size > MAX_FRESH) {
        fresh.up.clear()
        fresh.down.clear()
      }
      symptoms = explained
    },
  }
}
/** After this many new down observations the cause lasts, and counting starts again. */
const MAX_FRESH = 20

export type Clock = () => number
/** Processor time of this process in milliseconds, independent of other load. */
export const processorMs: Clock = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
export const wallMs: Clock = () => performance.now()

export type Moment = {
  /** When the answer was ready, in event time, and how many observations waited then. */
  readonly atMs: number
  readonly waiting: number
  readonly solveMs: number
  readonly busyMs: number
  /** Observations added before it. */
  readonly addedCount: number
  readonly answer: Answer
}
export type Serve = {
  /** Sorted by time. */
  readonly arrivals: readonly Arrival[]
  readonly fromMs: number
  readonly untilMs: number
  /** The interval of answers; longer if one takes longer. */
  readonly everyMs: number
  readonly clock: Clock
  readonly idle: (idleMs: number) => Promise<void>
  readonly add: (observation: Observation) => void
  readonly answer: () => Answer
  /** Makes the re-checks of an answer. They are added before the next answer. */
  readonly recheck?: (answer: Answer) => readonly Observation[]
  /** Drops observations that an answer shows to be outdated. */
  readonly dropOutdated?: (answer: Answer) => void
  readonly onMoment: (moment: Moment) => void
}

/** Adds what has arrived and answers, until `untilMs`. What arrives meanwhile waits. */
export const serve = async ({
  arrivals,
  fromMs,
  untilMs,
  everyMs,
  clock,
  idle,
  ...handlers
}: Serve): Promise<void> => {
  const arrivedBy = (next: number, byMs: number): number => {
    let at = next
    while ((arrivals[at]?.atMs ?? Number.POSITIVE_INFINITY) <= byMs) at += 1
    return at
  }
  let [nowMs, next] = [fromMs + everyMs, 0]
  let rechecked: readonly Observation[] = []
  while (next < arrivals.length || nowMs <= untilMs) {
    const until = arrivedBy(next, nowMs)
    const batch = arrivals.slice(next, until)
    const began = clock()
    for (const observation of rechecked) handlers.add(observation)
    for (const { observation } of batch) handlers.add(observation)
    const solveBegan = clock()
    const answer = handlers.answer()
    const ended = clock()
    handlers.dropOutdated?.(answer)
    rechecked = handlers.recheck?.(answer) ?? []
    const due = fromMs + (Math.floor((nowMs - fromMs) / everyMs) + 1) * everyMs
    nowMs += ended - began
    next = until
    const waiting = arrivedBy(next, nowMs) - next
    handlers.onMoment({
      atMs: nowMs,
      waiting,
      solveMs: ended - solveBegan,
      busyMs: ended - began,
      addedCount: batch.length,
      answer,
    })
    if (due > nowMs) await idle(due - nowMs)
    nowMs = Math.max(nowMs, due)
  }
}
