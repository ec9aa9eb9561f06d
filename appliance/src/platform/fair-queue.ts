/**
 * Whose work is done next where strangers may ask for it: few at a time, in turns by source, and those who are known here before
 * strangers. What finds the queue full is told at once.
 */
export type Turn = {
  /** By what turns are given: an address, or a known browser. */
  readonly source: string
  readonly isKnown: boolean
}
/** Why there was no turn: too many wait, or those before it took too long. */
export type NoTurn = "full" | "too-late"
export type Turned<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: NoTurn }
export type FairQueue = {
  /** `work` is not begun where there was no turn for it. */
  readonly run: <T>(turn: Turn, work: () => Promise<T>) => Promise<Turned<T>>
}
export type FairQueueLimits = {
  readonly atOnce: number
  /** Waiting ones of one source, and of all strangers or of all known ones. */
  readonly perSource: number
  readonly waiting: number
  /** Who has waited longer is told so: people do not look at a login page for a minute. */
  readonly maxWaitMs: number
}

type Waiting = () => Promise<void>

/** Sources in turns: the one that was served last comes last again. */
const createTurns = (limits: FairQueueLimits) => {
  const bySource = new Map<string, Waiting[]>()
  let waiting = 0
  return {
    /** Pieces of work that come before a new one of this source. */
    ahead: (source: string): number => bySource.size * ((bySource.get(source)?.length ?? 0) + 1),
    add: (source: string, work: Waiting): boolean => {
      const own = bySource.get(source) ?? []
      if (own.length >= limits.perSource || waiting >= limits.waiting) return false
      own.push(work)
      bySource.set(source, own)
      waiting += 1
      return true
    },
    next: (): Waiting | undefined => {
      const [first] = bySource
      if (first === undefined) return undefined
      const [source, own] = first
      const work = own.shift()
      bySource.delete(source)
      if (own.length > 0) bySource.set(source, own)
      waiting -= 1
      return work
    },
  }
}

/** `nowMs`: a steady clock. */
export const createFairQueue = (limits: FairQueueLimits, nowMs = (): number => performance.now()): FairQueue => {
  const known = createTurns(limits)
  const strangers = createTurns(limits)
  let running = 0
  /** How long a piece of work takes here, of late; 0 until one was done. */
  let usualMs = 0
  const isTooLong = ({ source, isKnown }: Turn): boolean => {
    const ahead = known.ahead(source) + (isKnown ? 0 : strangers.ahead(source))
    return (ahead / limits.atOnce) * usualMs > limits.maxWaitMs
  }
  const pump = (): void => {
    while (running < limits.atOnce) {
      const work = known.next() ?? strangers.next()
      if (work === undefined) return
      running += 1
      void work().finally(() => {
        running -= 1
        pump()
      })
    }
  }
  return {
    run: (asked, work) => {
      const { source, isKnown } = asked
      // Who would wait too long anyway is told at once: nobody looks at a login page for that long, and a guess costs nothing.
      if (isTooLong(asked)) return Promise.resolve({ ok: false, reason: "full" })
      const done = Promise.withResolvers<Turned<Awaited<ReturnType<typeof work>>>>()
      const sinceMs = nowMs()
      const turn: Waiting = async () => {
        if (nowMs() - sinceMs > limits.maxWaitMs) return done.resolve({ ok: false, reason: "too-late" })
        const begunMs = nowMs()
        try {
          done.resolve({ ok: true, value: await work() })
        } catch (error) {
          done.reject(error)
        }
        const tookMs = nowMs() - begunMs
        usualMs = usualMs === 0 ? tookMs : usualMs + (tookMs - usualMs) / 8
      }
      if (!(isKnown ? known : strangers).add(source, turn)) return Promise.resolve({ ok: false, reason: "full" })
      pump()
      return done.promise
    },
  }
}
