/** How long to wait before the next try: twice as long after each failure. */

export type BackOffLimits = { readonly firstMs: number; readonly longestMs: number }

/** `failures` in a row so far; 0 and 1 give the first wait. */
export const backOffMs = (failures: number, { firstMs, longestMs }: BackOffLimits): number =>
  Math.min(longestMs, firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)))
