/** Runs work one after another, in order; a failure affects its own piece of work only. */

export type SerialQueue = {
  readonly run: <T>(work: () => Promise<T>) => Promise<T>
  /** Pieces of work that are running or waiting. */
  readonly waiting: () => number
}

const createSerialQueue = (): SerialQueue => {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return {
    run: (work) => {
      waiting += 1
      const mine = last.then(work).finally(() => {
        waiting -= 1
      })
      last = mine.catch(() => undefined)
      return mine
    },
    waiting: () => waiting,
  }
}

export type SerialQueues<K> = {
  readonly run: <T>(key: K, work: () => Promise<T>) => Promise<T>
  readonly waiting: (key: K) => number
  /** Of the key with the most. */
  readonly longest: () => number
}

/** One serial queue for each key, kept only while it has work. */
export const createSerialQueues = <K>(): SerialQueues<K> => {
  const queues = new Map<K, SerialQueue>()
  return {
    run: async (key, work) => {
      const queue = queues.get(key) ?? createSerialQueue()
      queues.set(key, queue)
      try {
        return await queue.run(work)
      } finally {
        if (queue.waiting() === 0) queues.delete(key)
      }
    },
    waiting: (key) => queues.get(key)?.waiting() ?? 0,
    longest: () => Math.max(0, ...[...queues.values()].map((queue) => queue.waiting())),
  }
}
