/**
 * A queue for work that strangers can request: few pieces at once, in turns by source, known
 * requesters first. A full queue rejects at once.
 */
export type Requester = {
  /** By which turns are given: an address, or a known browser. */
  readonly source: string
  readonly isKnown: boolean
}
/** Why the work was not run: the queue is full, or the wait was too long. */
export type QueueRejection = "full" | "too-late"
export type QueueResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: QueueRejection }
export type FairQueue = {
  /** `work` does not start if it is rejected. */
  readonly run: <T>(turn: Requester, work: () => Promise<T>) => Promise<QueueResult<T>>
}
export type FairQueueLimits = {
  readonly atOnce: number
  /** Waiting pieces of one source, and of all strangers or all known requesters. */
  readonly perSource: number
  readonly waiting: number
  /** Work that has waited longer is rejected; nobody waits a minute for a login. */
  readonly maxWaitMs: number
}

type Waiting = () => Promise<void>

/** Sources in turns: the one served last comes last. */
const createRoundRobin = (limits: FairQueueLimits) => {
  const bySource = new Map<string, Waiting[]>()
  let waiting = 0
  return {
    /** Pieces of work ahead of a new one of this source. */
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
  /** Recent duration of a piece of work; 0 until the first is done. */
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
      // Rejected at once if the wait would be too long.
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
