/** Deletes much in transactions that hold no lock for long. */

/** So many rows at once; `remove` deletes no more. */
export const PORTION = 10_000
/** What is left then waits for the next run of the job. */
const MAX_PORTIONS = 100

/** Repeats until a portion is not full. Answers how many rows went. */
export const inPortions = async (remove: () => Promise<number>): Promise<number> => {
  let count = 0
  for (let portions = 0; portions < MAX_PORTIONS; portions += 1) {
    const removed = await remove()
    count += removed
    if (removed < PORTION) break
  }
  return count
}
