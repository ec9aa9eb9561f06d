/** The SVG path of a sparkline in a box of `width` × `height`. A null is a gap. */
export const sparkPath = (
  values: readonly (number | null)[],
  width: number,
  height: number,
): { line: string; area: string } => {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return { line: "", area: "" }
  const top = Math.max(...known)
  const bottom = Math.min(0, ...known)
  const span = top - bottom || 1
  const step = values.length > 1 ? width / (values.length - 1) : 0
  const runs: [x: number, y: number][][] = []
  let run: [number, number][] = []
  values.forEach((value, index) => {
    if (value === null) {
      if (run.length > 0) runs.push(run)
      run = []
      return
    }
    run.push([round(index * step), round(height - ((value - bottom) / span) * height)])
  })
  if (run.length > 0) runs.push(run)
  const line = runs.map(pen).join("")
  const area = runs
    .map(
      (each) => `${pen(each)}L${each.at(-1)?.[0] ?? 0} ${height}L${each[0]?.[0] ?? 0} ${height}Z`,
    )
    .join("")
  return { line, area }
}

/** A lone point would draw nothing: it becomes a dash as long as the pen is wide. */
const pen = (points: readonly [number, number][]): string => {
  const [first, ...others] = points
  if (first === undefined) return ""
  if (others.length === 0) return `M${first[0]} ${first[1]}h1`
  return `M${first[0]} ${first[1]}${others.map(([x, y]) => `L${x} ${y}`).join("")}`
}

const round = (value: number): number => Math.round(value * 10) / 10
