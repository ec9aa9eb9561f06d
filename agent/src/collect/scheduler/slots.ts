/** Work that may run side by side, so much of it and no more; the rest waits in the order it came. */

export type Slots = { readonly run: <T>(work: () => Promise<T>) => Promise<T> }

export const createSlots = (size: number): Slots => {
  const waiting: (() => void)[] = []
  let running = 0
  const release = (): void => {
    const next = waiting.shift()
    // The slot passes to the next one: nobody who comes meanwhile can take it.
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
