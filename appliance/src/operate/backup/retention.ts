/** Which backups are removed. */

export type Stored = {
  readonly id: string
  readonly startedAtMs: number
  readonly isVerified: boolean
}
export type Retention = { readonly keepCount: number; readonly keepDays: number }
export type Removal = { readonly id: string; readonly reason: "too-many" | "too-old" }

const DAY_MS = 86_400_000

/** The newest verified backup stays, however old it is. */
export const expired = (
  stored: readonly Stored[],
  { keepCount, keepDays }: Retention,
  nowMs: number,
): readonly Removal[] => {
  const newestFirst = stored.toSorted((a, b) => b.startedAtMs - a.startedAtMs)
  const last = newestFirst.find(({ isVerified }) => isVerified)
  return newestFirst.flatMap(({ id, startedAtMs }, index): Removal[] => {
    if (id === last?.id) return []
    if (index >= keepCount) return [{ id, reason: "too-many" }]
    return startedAtMs < nowMs - keepDays * DAY_MS ? [{ id, reason: "too-old" }] : []
  })
}
