/** One source for several readers, at the pace of the slowest: nothing is held for long. */

type Waiting<T> = {
  readonly resolve: (result: IteratorResult<T, undefined>) => void
  readonly reject: (error: unknown) => void
}

/** Each reader gets every value. One that ends early no longer holds up the others. */
export const tee = <T>(source: AsyncIterable<T>, count: number): readonly AsyncIterable<T>[] => {
  const iterator = source[Symbol.asyncIterator]()
  const waiting = new Map<number, Waiting<T>>()
  const left = new Set(Array.from({ length: count }, (_, index) => index))
  let isReading = false
  const advance = async (): Promise<void> => {
    if (isReading || left.size === 0 || waiting.size < left.size) return
    isReading = true
    const readers = [...waiting.values()]
    waiting.clear()
    try {
      const next = await iterator.next()
      const result = next.done === true ? ({ done: true, value: undefined } as const) : next
      for (const { resolve } of readers) resolve(result)
    } catch (error) {
      for (const { reject } of readers) reject(error)
    }
    isReading = false
    await advance()
  }
  const leave = async (index: number): Promise<void> => {
    left.delete(index)
    waiting.delete(index)
    if (left.size === 0) await iterator.return?.()
    else await advance()
  }
  return [...left].map((index) => ({
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<T, undefined>>((resolve, reject) => {
          waiting.set(index, { resolve, reject })
          void advance()
        }),
      return: async () => {
        await leave(index)
        return { done: true, value: undefined }
      },
    }),
  }))
}
