/**
 * Whose work is done next where strangers may ask for it: few at a time, in turns by source, and those who are known here before
 * strangers. What finds the queue full is told at once.
 */
export type Requester = {
  /** By what turns are given: an address, or a known browser. */
  readonly source: string
  readonly isKnown: boolean
}
/** Why there was no turn: too many wait, or those before it took too long. */
export type QueueRejection = "full" | "too-late"
export type QueueResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: QueueRejection }
export type FairQueue = {
  /** `work` is not begun where there was no turn for it. */
  readonly run: <T>(turn: Requester, work: () => Promise<T>) => Promise<QueueResult<T>>
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
const createRoundRobin = (limits: FairQueueLimits) => {
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
export const createFairQueue = (
  limits: FairQueueLimits,
  nowMs = (): number => performance.now(),
): FairQueue => {
  const identified = createRoundRobin(limits)
  const anonymous = createRoundRobin(limits)
  let running = 0
  /** How long a piece of work takes here, of late; 0 until one was done. */
  let typicalMs = 0
  const isTooLong = ({ source, isKnown }: Requester): boolean => {
    const ahead = identified.ahead(source) + (isKnown ? 0 : anonymous.ahead(source))
    return (ahead / limits.atOnce) * typicalMs > limits.maxWaitMs
  }
  const pump = (): void => {
    while (running < limits.atOnce) {
      const work = identified.next() ?? anonymous.next()
      if (work === undefined) return
      running += 1
      void work().finally(() => {
        running -= 1
        pump()
      })
    }
  }
  return {
    run: (requester, work) => {
      const { source, isKnown } = requester
      // Who would wait too long anyway is told at once: nobody looks at a login page for that long, and a guess costs nothing.
      if (isTooLong(requester)) return Promise.resolve({ ok: false, reason: "full" })
      const done = Promise.withResolvers<QueueResult<Awaited<ReturnType<typeof work>>>>()
      const sinceMs = nowMs()
      const turn: Waiting = async () => {
        if (nowMs() - sinceMs > limits.maxWaitMs)
          return done.resolve({ ok: false, reason: "too-late" })
        const begunMs = nowMs()
        try {
          done.resolve({ ok: true, value: await work() })
        } catch (error) {
          done.reject(error)
        }
        const tookMs = nowMs() - begunMs
        typicalMs = typicalMs === 0 ? tookMs : typicalMs + (tookMs - typicalMs) / 8
      }
      if (!(isKnown ? identified : anonymous).add(source, turn))
        return Promise.resolve({ ok: false, reason: "full" })
      pump()
      return done.promise
    },
  }
}
