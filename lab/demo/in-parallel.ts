/** Requests to an appliance, some at once. */

/** Concurrent requests; the appliance would accept more. */
const MAX_PARALLEL = 8

export const inParallel = async <T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> => {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: MAX_PARALLEL }, worker))
}
