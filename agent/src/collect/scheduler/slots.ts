/** Limits concurrent work; the rest waits in order of arrival. */

export type Slots = { readonly run: <T>(work: () => Promise<T>) => Promise<T> }

export const createSlots = (size: number): Slots => {
  const waiting: (() => void)[] = []
  let running = 0
  const release = (): void => {
    const next = waiting.shift()
    // The slot passes on directly, so that no newcomer can take it.
    if (next === undefined) running -= 1
    else next()
  }
  return {
    run: async (work) => {
      if (running < size) running += 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}
