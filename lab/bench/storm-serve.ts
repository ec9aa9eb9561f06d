/** One worker before a queue of looks: what is waited for, and how long, in event time. */
import type { Answer, Observation, Solver } from "@ispvm/appliance/cause"
import type { Arrival } from "./storm-stream.ts"

/** The looks that count: the last one at each thing. */
export type Desk = {
  readonly take: (look: Observation) => void
  /** In the order they were taken, as an answer counts them. */
  readonly held: () => readonly Observation[]
}
export const createDesk = (solver: Pick<Solver, "observe" | "forget">): Desk => {
  const held = new Map<string, Observation>()
  return {
    take: (look) => {
      const key = JSON.stringify([look.entity, look.signal, look.from, look.end])
      const before = held.get(key)
      if (before !== undefined) {
        solver.forget(before)
        held.delete(key)
      }
      solver.observe(look)
      held.set(key, look)
    },
    held: () => [...held.values()],
  }
}

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
  readonly taken: number
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
  readonly rest: (restMs: number) => Promise<void>
  readonly take: (look: Observation) => void
  readonly answer: () => Answer
  readonly onMoment: (moment: Moment) => void
}

/** Takes what has come and answers, again and again until `untilMs`; what comes meanwhile waits. */
export const serve = async ({ arrivals, fromMs, untilMs, everyMs, clock, rest, ...desk }: Serve): Promise<void> => {
  const come = (next: number, byMs: number): number => {
    let at = next
    while ((arrivals[at]?.atMs ?? Number.POSITIVE_INFINITY) <= byMs) at += 1
    return at
  }
  let [nowMs, next] = [fromMs + everyMs, 0]
  while (next < arrivals.length || nowMs <= untilMs) {
    const until = come(next, nowMs)
    const taken = arrivals.slice(next, until)
    const began = clock()
    for (const { look } of taken) desk.take(look)
    const asked = clock()
    const answer = desk.answer()
    const ended = clock()
    const due = fromMs + (Math.floor((nowMs - fromMs) / everyMs) + 1) * everyMs
    nowMs += ended - began
    next = until
    const waiting = come(next, nowMs) - next
    desk.onMoment({ atMs: nowMs, waiting, solveMs: ended - asked, busyMs: ended - began, taken: taken.length, answer })
    if (due > nowMs) await rest(due - nowMs)
    nowMs = Math.max(nowMs, due)
  }
}
