/** One worker before a queue of looks: what is waited for, and how long, in event time. */
import type { Answer, Observation, Solver } from "@ispvm/rca"
import type { Arrival } from "./storm-stream.ts"

/** The observations that count: the last one of each thing. */
export type ObservationStore = {
  readonly add: (observation: Observation) => void
  /** In the order they were taken, as an answer counts them. */
  readonly current: () => readonly Observation[]
  /**
   * To be called with each answer. Where most of what was seen anew of a cause's symptoms is up, the
   * cause is over, and what was seen of the others before that says nothing any more: it is left out
   * until it is seen again. The appliance does so by the time of each look (`incidents/observe.ts`).
   */
  readonly dropOutdated: (answer: Answer) => void
}
/** Fewer symptoms seen anew are no proof: some of them read wrong. */
const MIN_FRESH = 4

export const createObservationStore = (
  solver: Pick<Solver, "observe" | "forget">,
): ObservationStore => {
  const current = new Map<string, Observation>()
  /** Symptoms of the cause named last, and what of them was seen since. */
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
      // Another cause: what was seen anew counts from here.
      const isSame = explained.size > 0 && [...explained].some((key) => symptoms.has(key))
      if (!isSame || fresh.up.size >= MIN_FRESH || fresh.down.size > MAX_FRESH) {
        fresh.up.clear()
        fresh.down.clear()
      }
      symptoms = explained
    },
  }
}
/** A cause that is seen again and again to last is judged by what is seen from then on. */
const MAX_FRESH = 20

export type Clock = () => number
/** Processor time of this process, in milliseconds: what else runs on the machine does not count. */
export const processorMs: Clock = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
export const wallMs: Clock = () => performance.now()

export type Moment = {
  /** When the answer was there, in event time, and how many looks were waiting then. */
  readonly atMs: number
  readonly waiting: number
  readonly solveMs: number
  readonly busyMs: number
  /** Looks taken before it. */
  readonly addedCount: number
  readonly answer: Answer
}
export type Serve = {
  /** By time. */
  readonly arrivals: readonly Arrival[]
  readonly fromMs: number
  readonly untilMs: number
  /** An answer this often, or when the one before is done. */
  readonly everyMs: number
  readonly clock: Clock
  readonly idle: (idleMs: number) => Promise<void>
  readonly add: (observation: Observation) => void
  readonly answer: () => Answer
  /** Re-checks that the answer asks for; they are taken before the next answer. Without, none are made. */
  readonly recheck?: (answer: Answer) => readonly Observation[]
  /** What an answer changes about the observations that count. */
  readonly dropOutdated?: (answer: Answer) => void
  readonly onMoment: (moment: Moment) => void
}

/** Takes what has come and answers, again and again until `untilMs`; what comes meanwhile waits. */
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
