/** Suggestions for mistyped names. */

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row[b.length] ?? 0
}

/** `; did you mean x?`, or the known names where none is similar. Empty where there are none. */
export const closest = (typed: string, known: readonly string[]): string => {
  const ranked = known
    .map((name) => ({
      name,
      score: name.startsWith(typed) || typed.startsWith(name) ? 1 : distance(typed, name),
    }))
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name))
  const best = ranked[0]
  if (best === undefined) return ""
  if (best.score <= Math.max(2, Math.floor(typed.length / 3))) return `; did you mean ${best.name}?`
  return known.length <= 12 ? `; there are ${known.join(", ")}` : ""
}
