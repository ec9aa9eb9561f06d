/** How many pieces of work run at once: of one key, and of all keys together. Nothing waits. */

export type ConcurrencyLimit = {
  /** Runs `work`, or throws what `reject` makes where the limit is full. */
  readonly run: <T>(key: string, work: () => Promise<T>) => Promise<T>
}
type Options = {
  readonly perKey: number
  readonly total: number
  readonly reject: () => Error
}

export const createConcurrencyLimit = ({ perKey, total, reject }: Options): ConcurrencyLimit => {
  const running = new Map<string, number>()
  let all = 0
  return {
    run: async (key, work) => {
      const mine = running.get(key) ?? 0
      if (mine >= perKey || all >= total) throw reject()
      running.set(key, mine + 1)
      all += 1
      try {
        return await work()
      } finally {
        all -= 1
        const left = (running.get(key) ?? 1) - 1
        if (left === 0) running.delete(key)
        else running.set(key, left)
      }
    },
  }
}
